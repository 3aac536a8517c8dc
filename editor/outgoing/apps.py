from django.apps import AppConfig


class OutgoingConfig(AppConfig):
    name = "editor.outgoing"
    label = "outgoing"
