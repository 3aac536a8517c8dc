"""Back up the SQLite database while Trellis runs, and put a backup back.

An archive is a gzipped tar, readable by its owner only: `about.json`, `db.sqlite3` and, when asked for, `keys/…`.

The keys are left out unless somebody asks: with them whoever finds the archive can read every token, without them the
tokens in it are noise. So the archive says by which key (a hash of it) they were encrypted, and `restore` refuses a
database whose tokens nobody here could read.
"""

import contextlib
import hashlib
import io
import json
import os
import shutil
import socket
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

FORMAT = 1
KEYS = ("encryption.key", "secret.key")
MIGRATION = tuple[str, str]
_GIVE = "Give the path of an archive that `manage.py backup` wrote."


class Refused(Exception):
    """It cannot be done, and nothing was changed; the message says why and what helps."""


@dataclass(frozen=True, slots=True)
class Place:
    """An installation: its database, the folder of its keys, and the encryption keys that it uses now."""

    database: Path
    data: Path
    encryption_keys: Sequence[str] = field(repr=False)

    @property
    def keeps_its_keys(self) -> bool:
        """Whether the encryption keys are those of its file, and not of the environment."""
        file = self.data / "encryption.key"
        return file.exists() and file.read_text().split() == list(self.encryption_keys)


# --- Backing up --------------------------------------------------------------------------------


def backup(place: Place, archive: Path, *, with_keys: bool, now: datetime) -> int:
    """Write the archive, whole or not at all, and return its size. Writers go on meanwhile. Raises Refused."""
    if archive.exists():
        raise Refused(f"{archive} exists already; a backup never overwrites another.")
    if not place.database.exists():
        raise Refused(f"There is no database at {place.database}.")
    keys = [place.data / name for name in KEYS if (place.data / name).exists()]
    if with_keys and not place.keeps_its_keys:
        raise Refused(
            "The encryption keys stand in the environment, not in a file: back them up there."
        )
    with _draft(archive.parent) as folder:
        copy = folder / "db.sqlite3"
        _copy(place.database, copy)
        about = {
            "format": FORMAT,
            "made": now.isoformat(timespec="seconds"),
            "encryption_keys": [fingerprint(key) for key in place.encryption_keys],
            "with_keys": with_keys,
        }
        draft = folder / "archive"
        with _private(draft) as file, tarfile.open(fileobj=file, mode="w:gz") as tar:
            _add(tar, "about.json", io.BytesIO(json.dumps(about, indent=2).encode()), now)
            for name, path in [("db.sqlite3", copy), *((f"keys/{k.name}", k) for k in keys)]:
                if path is copy or with_keys:
                    with path.open("rb") as content:
                        _add(tar, name, content, now)
        os.rename(draft, archive)
    return archive.stat().st_size


def fingerprint(key: str) -> str:
    """Tells keys apart and gives nothing away of one: 32 random bytes cannot be guessed."""
    return hashlib.sha256(f"trellis backup {key}".encode()).hexdigest()[:16]


def _copy(database: Path, to: Path) -> None:
    """SQLite's own online backup: one consistent moment, also while others write."""
    os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with (
        contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(to)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal and -shm beside it


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], now: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = content.seek(0, io.SEEK_END)
    entry.mode, entry.mtime = 0o600, int(now.timestamp())
    content.seek(0)
    tar.addfile(entry, content)


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


@contextlib.contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """A folder beside the goal, so that the finished file is there at one stroke."""
    if not folder.is_dir():
        raise Refused(f"There is no folder {folder}.")
    draft = Path(tempfile.mkdtemp(prefix=".trellis-", dir=folder))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


# --- Restoring ---------------------------------------------------------------------------------


def restore(
    place: Place, archive: Path, *, known: set[MIGRATION], listens: tuple[str, int], now: datetime
) -> list[Path]:
    """Put the archive's database, and its keys if it has them, in the place of what is there. Returns where the old
    files lie now. `known`: the migrations of this Trellis; `listens`: where its web server would answer.

    Raises Refused when Trellis runs, when the archive is broken or from a newer one, and when nobody could read
    its tokens.
    """
    if not archive.is_file():
        raise Refused(f"There is no file {archive}. {_GIVE}")
    _refuse_running(place, listens)
    with _draft(place.database.parent) as folder:
        about = _unpack(archive, folder)
        keys = [folder / name for name in KEYS if (folder / name).exists()]
        _check_keys(about, place, keys)
        _check_database(folder / "db.sqlite3", known)
        pairs = [(folder / "db.sqlite3", place.database)]
        pairs += [(key, place.data / key.name) for key in keys]
        return _swap(pairs, f".before-{now:%Y%m%d-%H%M%S}")


def _refuse_running(place: Place, listens: tuple[str, int]) -> None:
    with contextlib.suppress(OSError), socket.create_connection(listens, timeout=1):
        raise Refused(f"Something answers at {listens[0]}:{listens[1]}. Stop Trellis first.")
    if not _is_sqlite(place.database):
        return  # missing or broken: all the more reason to restore
    try:
        with contextlib.closing(sqlite3.connect(place.database, timeout=0.5)) as database:
            # Leaving WAL takes the file for oneself alone: it fails while any process has it open.
            database.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise Refused(f"The database is in use ({error}). Stop Trellis first.") from None
    except sqlite3.DatabaseError:
        return


def _is_sqlite(path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"
    return False


def _unpack(archive: Path, folder: Path) -> dict[str, Any]:
    """The files that we know by name, and nothing else that may be in there."""
    wanted = {"about.json": "about.json", "db.sqlite3": "db.sqlite3"}
    wanted |= {f"keys/{name}": name for name in KEYS}
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for entry in tar:
                content = tar.extractfile(entry) if entry.isreg() else None
                if content is not None and entry.name in wanted:
                    with _private(folder / wanted[entry.name]) as file:
                        shutil.copyfileobj(content, file)
        about = json.loads((folder / "about.json").read_text())
        found, _ = about["format"], about["encryption_keys"]
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        raise Refused(
            f"{archive} is no backup of Trellis: it holds no {missing}. {_GIVE}"
        ) from None
    except (OSError, EOFError, tarfile.TarError, ValueError, LookupError, TypeError) as error:
        why = f"{archive} cannot be read as a backup of Trellis ({error})."
        raise Refused(f"{why} {_GIVE}") from None
    if found != FORMAT:
        raise Refused(f"{archive} has format {found}; this Trellis reads {FORMAT}.")
    return dict(about)


def _check_keys(about: dict[str, Any], place: Place, keys: Sequence[Path]) -> None:
    """Every key that a token may be encrypted by must be at hand afterwards."""
    if place.keeps_its_keys and any(key.name == "encryption.key" for key in keys):
        return
    if not set(about["encryption_keys"]) <= set(map(fingerprint, place.encryption_keys)):
        raise Refused(
            "The tokens in this backup were encrypted by another key, and without it nobody can read them. Add the"
            f" lines of that installation's encryption.key to the one in {place.data} (or to ENCRYPTION_KEYS) first."
        )


def _check_database(path: Path, known: set[MIGRATION]) -> None:
    try:
        with contextlib.closing(sqlite3.connect(path)) as database:
            (sound,) = database.execute("PRAGMA quick_check(1)").fetchone()
            rows = database.execute("SELECT app, name FROM django_migrations").fetchall()
    except sqlite3.Error as error:
        raise Refused(f"The database in the backup cannot be read: {error}.") from None
    if sound != "ok":
        raise Refused(f"The database in the backup is damaged: {sound}.")
    if newer := sorted({(app, name) for app, name in rows} - known):
        app, name = newer[0]
        raise Refused(
            f"The backup is from a newer Trellis (it knows {app}.{name}). Update this one, then restore."
        )


def _swap(pairs: Sequence[tuple[Path, Path]], suffix: str) -> list[Path]:
    """Each old file aside, the new one in its place. A log of the old database must not be taken for one of the new."""
    aside = []
    for new, old in pairs:
        for end in ("", "-wal", "-shm", "-journal"):
            there = old.with_name(old.name + end)
            if there.exists():
                kept = old.with_name(old.name + suffix + end)
                os.rename(there, kept)
                aside.append(kept)
        shutil.move(new, old)
    return aside
