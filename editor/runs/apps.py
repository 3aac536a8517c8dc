from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "editor.runs"
    label = "runs"
