from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class LibraryConfig(AppConfig):
    name = "editor.library"

    def ready(self) -> None:
        post_migrate.connect(_starters, sender=self)


def _starters(apps: Any = apps, **about: Any) -> None:
    """Bring the starters of this release into the database, once its tables are those of this release."""
    from editor.library import shipped

    if shipped.tables_are_there(apps):
        shipped.bring_in()
