"""Copy everything from a SQLite database into the PostgreSQL one of the settings, as it is: same keys, same bytes.

Rows are read as values of the columns, not as objects: nothing is decrypted, worked out anew or given a new
time. All of it is one transaction, so the new database has everything or nothing.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management.color import no_style
from django.db import connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

SOURCE = "source"
MADE_BY_MIGRATIONS = {"contenttypes", "auth"}
JOBS = "procrastinate"
"""Nudges for the workers of one installation: the new one makes its own."""


class Refused(Exception):
    """It cannot be done, and nothing was changed; the message says why and what helps."""


def copy(file: Path, tell: Callable[[str, int], None]) -> None:
    """Copy the rows of the SQLite database into the default one; `tell(table, rows)` after each. Raises Refused."""
    if connection.vendor != "postgresql":
        raise Refused("Set DATABASE_URL to the PostgreSQL database that is to have the data.")
    if not file.is_file():
        raise Refused(f"There is no database at {file}.")
    with _opened(file) as source:
        _refuse_other_age(source)
        _refuse_a_database_in_use()
        with transaction.atomic():
            _clear()
            for model in _models():
                tell(model._meta.db_table, _copy_table(source, model))
            _go_on_counting()


class _opened:  # noqa: N801 - a context manager
    """The SQLite database as one of Django's, read at one moment."""

    def __init__(self, file: Path) -> None:
        self.settings = connections.settings["default"] | {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": f"{file.resolve().as_uri()}?mode=ro",
            "OPTIONS": {},
        }

    def __enter__(self) -> BaseDatabaseWrapper:
        connections.settings[SOURCE] = self.settings
        self.source = connections[SOURCE]
        self.source.cursor().execute("BEGIN")
        return self.source

    def __exit__(self, *_: object) -> None:
        self.source.close()
        del connections.settings[SOURCE], connections[SOURCE]


def _refuse_other_age(source: BaseDatabaseWrapper) -> None:
    there, here = (
        {key for key in MigrationRecorder(each).applied_migrations() if key[0] != JOBS}
        for each in (source, connection)
    )
    if there != here:
        raise Refused(
            "The two databases do not have the same tables: run `manage.py migrate` on both, with this version."
        )


def _refuse_a_database_in_use() -> None:
    if get_user_model()._base_manager.exists():
        raise Refused("People work in the new database already. Make an empty one and migrate it.")


def _models() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and model._meta.app_label not in MADE_BY_MIGRATIONS | {JOBS}:
            yield model


def _clear() -> None:
    """Take out what migrations put in; the rows that come have it too."""
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in _models())
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables}")


def _copy_table(source: BaseDatabaseWrapper, model: type[models.Model]) -> int:
    """Foreign keys are checked at the end of the transaction, so the order of the tables does not matter."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = ", ".join(quote(field.column) for field in model._meta.concrete_fields)
    copied = 0
    with source.cursor() as reading, connection.cursor() as writing:
        reading.execute(f"SELECT {columns} FROM {table}")  # noqa: S608 - names of our own tables
        with writing.copy(f"COPY {table} ({columns}) FROM STDIN") as rows:
            for row in reading:
                rows.write_row(row)
                copied += 1
    return copied


def _go_on_counting() -> None:
    """New rows get keys after those that were copied."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(_models())):
            cursor.execute(statement)
