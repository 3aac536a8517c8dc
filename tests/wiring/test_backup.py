"""A backup of the SQLite database while others write, and back again: whole, or not at all."""

import io
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.db import connection

from accounts import inviting
from accounts.models import Connection, Role
from editor import backup
from editor.lib.keys import new_encryption_key
from editor.outgoing.models import Endpoint
from editor.runs.models import Hook
from tests.people import PASSWORD

NOW = datetime(2026, 11, 25, 19, 30, tzinfo=UTC)
KNOWN = {("runs", "0001_initial"), ("runs", "0002_inputs")}


@pytest.fixture
def place(tmp_path):
    return an_installation(tmp_path / "one", "from the first day")


def an_installation(folder, text, migrations=("0001_initial",)):
    """A database in WAL mode with one row of somebody's work, and keys beside it."""
    folder.mkdir()
    keys = [new_encryption_key()]
    (folder / "encryption.key").write_text(keys[0] + "\n")
    (folder / "secret.key").write_text(f"secret of {folder.name}\n")
    with opened(folder / "db.sqlite3") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE django_migrations (app TEXT, name TEXT)")
        database.execute("CREATE TABLE work (text TEXT)")
        database.executemany(
            "INSERT INTO django_migrations VALUES ('runs', ?)", [(name,) for name in migrations]
        )
        database.execute("INSERT INTO work VALUES (?)", [text])
        database.commit()
    return backup.Place(folder / "db.sqlite3", folder, keys)


class opened:  # noqa: N801 - a context manager that also closes
    def __init__(self, path):
        self.database = sqlite3.connect(path)

    def __enter__(self):
        return self.database

    def __exit__(self, *_):
        self.database.close()


def work(path):
    with opened(path) as database:
        return [text for (text,) in database.execute("SELECT text FROM work ORDER BY rowid")]


def write(path, text):
    with opened(path) as database:
        database.execute("INSERT INTO work VALUES (?)", [text])
        database.commit()


def backed_up(place, name="a.tar.gz", with_keys=False):
    archive = place.data.parent / name
    backup.backup(place, archive, with_keys=with_keys, now=NOW)
    return archive


@pytest.fixture
def quiet_port():
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        port = closed_soon.getsockname()[1]
    return ("127.0.0.1", port)


@pytest.fixture
def restore(quiet_port):
    def restore(place, archive):
        return backup.restore(place, archive, known=KNOWN, listens=quiet_port, now=NOW)

    return restore


def names(archive):
    with tarfile.open(archive) as tar:
        return set(tar.getnames())


# --- Backing up --------------------------------------------------------------------------------


def test_what_was_written_since_is_undone_and_kept_aside(place, restore):
    archive = backed_up(place)
    write(place.database, "by mistake")
    [aside] = restore(place, archive)
    assert work(place.database) == ["from the first day"]
    assert work(aside) == ["from the first day", "by mistake"]
    assert aside.name == "db.sqlite3.before-20261125-193000"
    assert sorted(os.listdir(place.data)) == sorted(
        ["db.sqlite3", aside.name, "encryption.key", "secret.key"]
    )


def test_others_write_meanwhile(place):
    with opened(place.database) as busy:
        busy.execute("BEGIN IMMEDIATE")
        busy.execute("INSERT INTO work VALUES ('not yet committed')")
        archive = backed_up(place)
        busy.commit()
    with tarfile.open(archive) as tar:
        copy = tar.extractfile("db.sqlite3").read()
    assert b"not yet committed" not in copy


def test_the_keys_stay_out_unless_asked_for(place):
    archive = backed_up(place)
    assert names(archive) == {"about.json", "db.sqlite3"}
    with tarfile.open(archive) as tar:
        told = tar.extractfile("about.json").read().decode()
    assert place.encryption_keys[0] not in told
    assert names(backed_up(place, "b.tar.gz", with_keys=True)) == {
        "about.json", "db.sqlite3", "keys/encryption.key", "keys/secret.key",
    }  # fmt: skip


def test_only_the_owner_reads_it_and_nothing_else_is_left(place):
    archive = backed_up(place)
    assert archive.stat().st_mode & 0o777 == 0o600
    assert sorted(os.listdir(archive.parent)) == ["a.tar.gz", "one"]


def test_it_overwrites_nothing(place):
    archive = backed_up(place)
    with pytest.raises(backup.Refused, match="exists already"):
        backed_up(place)
    assert names(archive)


def test_keys_of_the_environment_are_not_in_a_file_to_take_along(place):
    elsewhere = backup.Place(place.database, place.data, [new_encryption_key()])
    with pytest.raises(backup.Refused, match="environment"):
        backed_up(elsewhere, with_keys=True)


@pytest.mark.django_db(transaction=True)
def test_no_secret_can_be_read_out_of_it(tmp_path, ann):
    """A real database with one of each kind of secret in it: the file has what only the keys can open."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has its own tools")
    secrets = {
        "linked_api_token": "linked_canary-7f3a9c0e",
        "identification_token": "id_canary-51d2b8aa",
    }
    rows = Connection.objects.filter(team=ann.team)
    found = rows.get()
    for name, secret in secrets.items():
        setattr(found, name, secret)
    found.save()
    hears = Hook.objects.create(client_key="k", secret="hook_canary-0b1c2d3e", url="https://x.org")
    tells = Endpoint.objects.create(team=ann.team, url="https://ann:canary@x.org/in", events=[])
    _, invitation = inviting.invite(team=ann.team, actor=ann.user, role=Role.RUNNER)
    TOTP.activate(ann.user, "CANARYJBSWY3DPEH")

    keys = [settings.SECRET_KEY, *settings.ENCRYPTION_KEYS]
    place = backup.Place(Path(connection.settings_dict["NAME"]), tmp_path, keys[1:])
    archive = tmp_path / "real.tar.gz"
    backup.backup(place, archive, with_keys=False, now=NOW)

    with tarfile.open(archive) as tar:
        told = b"".join(tar.extractfile(entry).read() for entry in tar)
    assert ann.team.name.encode() in told
    kept = [*secrets.values(), hears.secret, tells.secret, tells.url, "CANARYJBSWY3DPEH"]
    for secret in (*kept, invitation, PASSWORD, *keys):
        assert secret.encode() not in told


# --- Restoring ---------------------------------------------------------------------------------


def untouched(place):
    return work(place.database) == ["of this machine"] and not [
        name for name in os.listdir(place.data) if "before" in name or name.startswith(".")
    ]


@pytest.fixture
def other(tmp_path):
    return an_installation(tmp_path / "other", "of this machine")


def test_another_installation_takes_it_with_its_keys(place, other, restore):
    aside = restore(other, backed_up(place, with_keys=True))
    assert work(other.database) == ["from the first day"]
    assert (other.data / "encryption.key").read_text().split() == place.encryption_keys
    assert {path.name.partition(".before")[0] for path in aside} == {
        "db.sqlite3", "encryption.key", "secret.key",
    }  # fmt: skip
    assert (other.data / "encryption.key").stat().st_mode & 0o777 == 0o600


def test_tokens_that_nobody_could_read_are_refused_with_the_remedy(place, other, restore):
    archive = backed_up(place)
    with pytest.raises(backup.Refused, match=r"lines of that installation's encryption\.key"):
        restore(other, archive)
    assert untouched(other)
    with_both = [*other.encryption_keys, *place.encryption_keys]
    restore(backup.Place(other.database, other.data, with_both), archive)
    assert work(other.database) == ["from the first day"]


def test_a_database_that_somebody_has_open_is_refused(place, other, restore):
    archive = backed_up(place, with_keys=True)
    with opened(other.database) as busy:
        busy.execute("SELECT * FROM work").fetchall()
        with pytest.raises(backup.Refused, match="in use"):
            restore(other, archive)
    assert untouched(other)


def test_a_server_that_answers_is_refused(place, other):
    archive = backed_up(place, with_keys=True)
    refused = pytest.raises(backup.Refused, match="Stop Trellis first")
    with socket.create_server(("127.0.0.1", 0)) as server, refused:
        backup.restore(other, archive, known=KNOWN, listens=server.getsockname(), now=NOW)
    assert untouched(other)


def test_a_backup_of_a_newer_trellis_is_refused(tmp_path, other, restore):
    newer = an_installation(tmp_path / "newer", "of tomorrow", ["0001_initial", "0099_tomorrow"])
    with pytest.raises(backup.Refused, match=r"newer Trellis \(it knows runs\.0099_tomorrow\)"):
        restore(other, backed_up(newer, with_keys=True))
    assert untouched(other)


def tar_of(path, **files):
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name.replace("__", "/").replace("_", "."))
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return path


ABOUT = json.dumps({"format": 1, "encryption_keys": []}).encode()


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"about_json": b"{", "db_sqlite3": b""},
        {"about_json": b"[]", "db_sqlite3": b""},
        {"about_json": b'{"format": 2, "encryption_keys": []}', "db_sqlite3": b""},
        {"about_json": ABOUT},
        {"about_json": ABOUT, "db_sqlite3": b"no database"},
        {"about_json": ABOUT, "db_sqlite3": b""},
    ],
)
def test_what_is_no_backup_is_refused(files, tmp_path, other, restore):
    with pytest.raises(backup.Refused):
        restore(other, tar_of(tmp_path / "x.tar.gz", **files))
    assert untouched(other)


def test_what_was_mistyped_is_refused_with_the_remedy(tmp_path, other, restore):
    for name, content, why in (("gone", None, "no file"), ("words", "hello", "not a gzip file")):
        path = tmp_path / name
        if content:
            path.write_text(content)
        with pytest.raises(backup.Refused, match=f"{why}.*`manage.py backup` wrote"):
            restore(other, path)


def test_a_cut_off_archive_is_refused(place, other, restore):
    archive = backed_up(place, with_keys=True)
    archive.write_bytes(archive.read_bytes()[:-200])
    with pytest.raises(backup.Refused):
        restore(other, archive)
    assert untouched(other)


def test_files_with_ways_out_of_the_folder_are_passed_over(place, other, restore, tmp_path):
    archive = backed_up(place, with_keys=True)
    evil = tmp_path / "evil.tar.gz"
    with tarfile.open(archive) as good, tarfile.open(evil, "w:gz") as tar:
        for entry in good:
            tar.addfile(entry, good.extractfile(entry))
        bad = tarfile.TarInfo("../../escaped")
        bad.size = 1
        tar.addfile(bad, io.BytesIO(b"x"))
    restore(other, evil)
    assert work(other.database) == ["from the first day"]
    assert not list(tmp_path.rglob("escaped"))


def test_a_broken_database_gives_way_with_its_log(place, other, restore):
    other.database.write_bytes(b"broken" * 1000)
    log = other.data / "db.sqlite3-wal"
    log.write_bytes(b"of the broken one")
    aside = restore(other, backed_up(place, with_keys=True))
    assert work(other.database) == ["from the first day"]
    assert not log.exists()
    assert "db.sqlite3.before-20261125-193000-wal" in {path.name for path in aside}


# --- The commands ------------------------------------------------------------------------------


def manage(folder, *words, **variables):
    environment = os.environ | {"DATA_DIR": str(folder), "PORT": "1"}
    environment.pop("DATABASE_URL", None)
    environment |= variables
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=settings.BASE_DIR, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_by_the_commands(tmp_path):
    assert manage(tmp_path / "data", "migrate", "--verbosity", "0").returncode == 0
    archive = tmp_path / "today.tar.gz"
    wrote = manage(tmp_path / "data", "backup", str(archive))
    assert "It does not hold the keys" in wrote.stdout
    restored = manage(tmp_path / "data", "restore", str(archive))
    assert "Start Trellis" in restored.stdout, restored.stderr
    assert "db.sqlite3.before-" in restored.stdout
    refused = manage(tmp_path / "another", "restore", str(archive))
    assert refused.returncode == 1
    assert "Nothing was changed" in refused.stderr


def test_postgresql_has_its_own_tools(tmp_path):
    refused = manage(
        tmp_path / "data", "backup", "x", DATABASE_URL="postgres://nobody@127.0.0.1:1/x"
    )
    assert "pg_dump" in refused.stderr
