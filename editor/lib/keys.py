"""Keys that an installation makes for itself at its first start and keeps beside its data."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet


def new_secret() -> str:
    """Text for Django's SECRET_KEY."""
    return secrets.token_urlsafe(50)


def new_encryption_key() -> str:
    """A Fernet key as text."""
    return Fernet.generate_key().decode()


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """The text in `path`; when the file is missing, it is made first, readable by its owner only.

    Two processes that start at once agree: each writes a file of its own and the first to link it
    to `path` wins, so nobody ever reads a half-written key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(make() + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
