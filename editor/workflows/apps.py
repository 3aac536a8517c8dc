from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "editor.workflows"
    label = "workflows"
