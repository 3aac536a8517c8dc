"""Set-up that every test shares: a throw-away DATA_DIR, fast passwords, and the people of tests/people.py.

Settings are read once, at import, so the environment is laid here, before Django wakes up.
"""

import atexit
import os
import shutil
import tempfile

DATA_DIR = tempfile.mkdtemp(prefix="trellis-test-")
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)

os.environ |= {
    "DATA_DIR": DATA_DIR,
    "DJANGO_SETTINGS_MODULE": "editor.settings",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright's sync API runs inside an event loop
    "LOG_LEVEL": "WARNING",
    "SANDBOX_DELAY": "0",
    # No test ends PostgreSQL's own server, so none need wait until its disk has what was committed.
    "PGOPTIONS": "-c synchronous_commit=off",
}
for name in (
    "DEBUG",
    "PUBLIC_URL",
    "WEBHOOK_URL",
    "SANDBOX_URL",
    "LINKEDAPI_URL",
    "PORT",
    "CATALOG_OVERRIDES",
):
    os.environ.pop(name, None)

from collections.abc import Iterator  # noqa: E402
from typing import Any  # noqa: E402

import django  # noqa: E402
import pytest  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from pytest_django import DjangoDbBlocker  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.SENDS_MAIL = True  # to an outbox
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
settings.WHITENOISE_AUTOREFRESH = True
settings.WHITENOISE_MAX_AGE = 3600  # no file changes while tests run
if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: servers and workers of a test are threads and processes of their own.
    # Not a new dict: a worker of xdist inherits the environment and has filled in the rest already.
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"{DATA_DIR}/test.sqlite3"

django.setup()

from django.db.backends.postgresql.operations import DatabaseOperations  # noqa: E402
from django.db.models.signals import post_migrate  # noqa: E402

# Roles say who may do what. Django's own permissions, which nobody asks for, would be made anew after each test that
# committed, and took most of the time of emptying.
assert post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")

pytest_plugins = ["tests.people", "tests.leaks"]


def empty_what_is_full(operations: Any, style: Any, tables: list[str], **how: Any) -> list[str]:
    """What empties the tables after a test that committed: few hold a row, and PostgreSQL takes seconds for TRUNCATE
    of all. Foreign keys are looked at when it is done, so the order is any."""
    names = [operations.quote_name(table) for table in tables]
    with operations.connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'EXISTS (SELECT 1 FROM {name})' for name in names)}")
        full = cursor.fetchone()
    return [f"DELETE FROM {name}" for name, is_full in zip(names, full, strict=True) if is_full]


DatabaseOperations.sql_flush = empty_what_is_full  # type: ignore[method-assign]

ASKING = {"db", "transactional_db", "live_server", "django_db_setup"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what asks for a database (`-m database`). All else is refused one by pytest-django, so it cannot turn out
    differently on another."""
    for item in items:
        asks = not ASKING.isdisjoint(item.fixturenames)  # type: ignore[attr-defined]
        if asks or item.get_closest_marker("django_db"):
            item.add_marker("database")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """PostgreSQL drops no database that somebody is in: send away what live servers and workers left.

    Their threads are of this process and idle by now; they would end with it, only later.
    """
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
