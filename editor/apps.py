from django.apps import AppConfig


class EditorConfig(AppConfig):
    """The project itself: no models, an app so that its management commands are found."""

    name = "editor"
