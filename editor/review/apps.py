from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "editor.review"
    label = "review"

    def ready(self) -> None:
        """The worker also takes in what has ended."""
        from editor.review.indexing import take_in
        from editor.runs.workers.duties import DUTIES, Duty, aside

        # Much at once costs less than often a little, and nothing while results come in by the dozen.
        DUTIES.append(Duty("take in", 1, aside(take_in), patience=10))
