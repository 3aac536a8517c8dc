"""Keys that an installation makes for itself at its first start and keeps beside its data."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet
from environs import ValidationError


def new_secret() -> str:
    """Text for Django's SECRET_KEY."""
    return secrets.token_urlsafe(50)


def new_encryption_key() -> str:
    """A Fernet key as text."""
    return Fernet.generate_key().decode()


def must_be_fernet(values: list[str]) -> None:
    """Raises ValidationError when one of them cannot be an encryption key."""
    for value in values:
        try:
            Fernet(value)
        except ValueError:
            raise ValidationError(
                "Each key must be 32 bytes in URL-safe base64; DATA_DIR/encryption.key shows one."
            ) from None


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """The text in `path`; when the file is missing, it is made first, readable by its owner only.

    Two processes that start at once agree: each writes a file of its own and the first to link it
    to `path` wins, so nobody ever reads a half-written key.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
        with os.fdopen(handle, "w") as file:
            file.write(make() + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        os.unlink(draft)
    return path.read_text().strip()
