from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "editor.sandbox"
    label = "sandbox"
