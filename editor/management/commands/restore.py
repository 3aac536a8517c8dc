"""Put a backup in the place of the SQLite database: `./manage.py restore FILE`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from editor import backup
from editor.management.commands.backup import here


class Command(BaseCommand):
    help = "Restore what `backup` wrote. Trellis must not be running; the old files are kept aside."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive that backup wrote")

    def handle(self, *, file: Path, **options: Any) -> None:
        place = here()
        known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
        connections.close_all()
        try:
            aside = backup.restore(
                place,
                file,
                known=set(known or ()),
                listens=(settings.HOST, settings.PORT),
                now=timezone.now(),
            )
        except (backup.Refused, OSError) as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        self.stdout.write(f"Restored {file}. Start Trellis: it brings the database up to date.")
        for path in aside:
            self.stdout.write(f"The old one lies at {path}")
