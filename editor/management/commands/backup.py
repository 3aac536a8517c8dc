"""Back up the SQLite database while Trellis runs: `./manage.py backup FILE`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from editor import backup


class Command(BaseCommand):
    help = "Write the SQLite database into an archive (.tar.gz), also while Trellis runs."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive to write; it must not exist")
        parser.add_argument(
            "--with-keys",
            action="store_true",
            help="put the keys in too; whoever has the archive can then read every token",
        )

    def handle(self, *, file: Path, with_keys: bool, **options: Any) -> None:
        try:
            size = backup.backup(here(), file.resolve(), with_keys=with_keys, now=timezone.now())
        except (backup.Refused, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Wrote {file} ({size / 1e6:,.1f} MB).")
        if with_keys:
            self.stdout.write("It holds the keys: whoever reads it can read every token.")
        else:
            self.stdout.write(
                "It does not hold the keys. Keep a copy of encryption.key apart from it: without"
                " that nobody can read the tokens again."
            )


def here() -> backup.Place:
    """This installation. Raises CommandError on PostgreSQL."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        raise CommandError("This is for SQLite. PostgreSQL has pg_dump and pg_restore.")
    return backup.Place(Path(database["NAME"]), settings.DATA_DIR, settings.ENCRYPTION_KEYS)
