"""From SQLite to PostgreSQL: a database that people have worked with, row by row and byte by byte."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection as database

from editor.lib.keys import new_encryption_key
from tests.runs.conftest import database_url

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent.parent

WORK = """
import django
django.setup()
from accounts import services as accounts
from accounts.models import Team
from editor.lib.ids import new_id
from editor.runs import services
from editor.runs.models import RunOutcome
from editor.workflows import services as workflows

user = accounts.create_user_with_team(
    email="ann@example.com", password="long enough 1", name="Ann", team_name="Outreach"
)
team = Team.objects.get()
person = "https://www.linkedin.com/in/a"
wire = f'{{"actionType": "st.checkConnectionStatus", "personUrl": "{person}", "x": 12345678901234567890}}'
made = workflows.import_wire(team, actor=user, name="Zażółć 🌱", source=wire)
run = services.start_run(made, connection=team.connections.get(), actor=user, submit_key=new_id())
RunOutcome.objects.create(
    run=run, completion=bytes(range(256)), nodes={"b": 1, "a": [1234567890123456789]}, unexpected=[]
)
"""


@pytest.fixture
def installation(tmp_path):
    """SQLite with somebody's work in it; its file and its environment."""
    file = tmp_path / "db.sqlite3"
    env = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{file}",
        "ENCRYPTION_KEYS": new_encryption_key(),
        "DJANGO_SETTINGS_MODULE": "editor.settings",
    }
    manage(env, "migrate", "--verbosity=0")
    subprocess.run([sys.executable, "-c", WORK], cwd=ROOT, env=env, check=True)
    return file, env


def manage(env, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=env, check=False, capture_output=True, text=True,
    )  # fmt: skip


def rows(cursor, table, order="id"):
    cursor.execute(f"SELECT * FROM {table} ORDER BY {order}")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"), reason="Copies into PostgreSQL"
)
def test_everything_comes_along_and_life_goes_on(installation):
    file, env = installation
    env = env | {"DATABASE_URL": database_url()}
    answer = manage(env, "copyfrom", str(file))
    assert answer.returncode == 0, answer.stderr
    assert "Everything was copied." in answer.stdout

    from django.apps import apps

    with sqlite3.connect(file) as old, database.cursor() as new:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if model._meta.app_label in ("auth", "contenttypes"):
                continue
            before = old.execute(f"SELECT COUNT(*) FROM {table}").fetchone()
            new.execute(f"SELECT COUNT(*) FROM {table}")
            assert new.fetchone() == before, table
        cursor = old.cursor()
        for table, order, columns in (
            ("accounts_connection", "id", ["identification_token", "linked_api_token"]),
            ("runs_run", "id", ["public_id", "inputs", "submit_key"]),
            ("runs_runplan", "run_id", ["definition", "tree"]),
            ("runs_runoutcome", "run_id", ["completion", "nodes"]),
            ("workflows_node", "id", ["params"]),
        ):
            there, here = rows(cursor, table, order), rows(new, table, order)
            assert there, table
            for one, other in zip(there, here, strict=True):
                for column in columns:
                    value = other[column]
                    value = bytes(value) if isinstance(value, memoryview) else value
                    assert value == one[column], f"{table}.{column}"

    again = WORK.replace("ann@example.com", "bob@example.com").replace(
        "Team.objects.get()", "Team.objects.last()"
    )
    subprocess.run([sys.executable, "-c", again], cwd=ROOT, env=env, check=True)

    answer = manage(env, "copyfrom", str(file))
    assert answer.returncode == 1
    assert "People work in the new database" in answer.stderr


def test_it_wants_postgresql_and_says_so(tmp_path):
    answer = manage(os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/db"}, "copyfrom", "x")
    assert answer.returncode == 1
    assert "Set DATABASE_URL to the PostgreSQL database" in answer.stderr
