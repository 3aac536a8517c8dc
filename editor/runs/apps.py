from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "editor.runs"
    label = "runs"

    def ready(self) -> None:
        from accounts import health

        from .notices.services import connection_works

        health.ON_MENDED.append(connection_works)
