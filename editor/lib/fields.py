"""Model fields that carry a convention, so that it lives in one place."""

import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from editor.lib.ids import new_id


def public_id_field() -> "models.CharField[str, str]":
    """The id that URLs and other programs see; the integer key stays inside the database."""
    return models.CharField(max_length=12, unique=True, default=new_id, editable=False)


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """With the newest key of this installation."""
    return _cipher(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """The text behind what `encrypt` gave. Raises InvalidToken when none of the keys fits."""
    return _cipher(tuple(settings.ENCRYPTION_KEYS)).decrypt(text.encode()).decode()


@lru_cache(maxsize=8192)
def _read_before(text: str, keys: tuple[str, ...]) -> str:
    """`decrypt` for rows, while the keys are these: a worker reads a connection's tokens at every look, and decrypting
    takes half of that."""
    return decrypt(text)


class Unreadable(str):
    """Stands for a text that no key of this installation decrypts.

    As a text it says so, with a character that no header takes, so it is never sent as a token. Saved
    again it is what it was: nothing is lost, and with the old key put back it can be read again.
    """

    encrypted: str

    def __new__(cls, encrypted: str) -> "Unreadable":
        unreadable = super().__new__(cls, "\N{REPLACEMENT CHARACTER} cannot be decrypted")
        unreadable.encrypted = encrypted
        return unreadable


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that the database only ever sees encrypted (Fernet: AES-128-CBC and HMAC-SHA256).

    The first of `settings.ENCRYPTION_KEYS` encrypts, all of them decrypt, so a key is changed by
    putting the new one first. A value cannot be searched for: the same text encrypts differently
    each time. What none of the keys decrypts comes as `Unreadable`: one lost text must not keep the
    rows around it from being read.
    """

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "":
            return value
        if isinstance(value, Unreadable):
            return value.encrypted
        return encrypt(str(value))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if not value:
            return value
        try:
            return _read_before(value, tuple(settings.ENCRYPTION_KEYS))
        except InvalidToken:
            return Unreadable(value)


class ExactJSONField(models.TextField):  # type: ignore[type-arg]
    """A JSON value kept as text, so that it comes back exactly: order of keys, and whole numbers of any size.

    Django's own JSONField is jsonb on PostgreSQL, which sorts keys. The price: no search inside.
    The text is ASCII only, because a database refuses some characters (NUL, half pairs) that JSON can say.
    """

    # What the type checker takes for the values that go in and come out.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(value)
