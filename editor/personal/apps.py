from django.apps import AppConfig


class PersonalConfig(AppConfig):
    name = "editor.personal"
    label = "personal"

    def ready(self) -> None:
        """The worker also removes teams whose time is over."""
        from editor.personal.closing import remove_due
        from editor.runs.workers.duties import DUTIES, Duty, aside

        DUTIES.append(Duty("remove teams", 10, aside(remove_due)))
