"""Move from SQLite to PostgreSQL: `./manage.py copyfrom DB.SQLITE3` with the settings of the new installation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from editor import moving


class Command(BaseCommand):
    help = "Copy a SQLite database into the empty, migrated PostgreSQL database of the settings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the SQLite database, with Trellis stopped")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            moving.copy(file, self.tell)
        except (moving.Refused, DatabaseError) as error:
            raise CommandError(f"Nothing was copied. {error}") from error
        self.stdout.write("Everything was copied.")

    def tell(self, table: str, rows: int) -> None:
        if rows:
            self.stdout.write(f"{table:32} {rows:>9,}")
