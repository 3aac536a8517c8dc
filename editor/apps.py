from django.apps import AppConfig
from django.conf import settings

from editor import catalog


class EditorConfig(AppConfig):
    """The project itself: no models, an app so that its management commands are found."""

    name = "editor"

    def ready(self) -> None:
        """A wrong override of the catalogue stops the start, not the first request."""
        catalog.configure(settings.CATALOG_OVERRIDES)
