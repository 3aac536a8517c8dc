"""Encrypting anew what an older key has encrypted, while everything runs.

In batches, row by row: a row counts only when it still holds what was read, so nothing that somebody
changes meanwhile is lost. What has the newest key already is left alone, so a run that was broken off
is simply begun again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db.models import Model, TextField, Value
from django.db.models.functions import Cast

from editor.lib.fields import EncryptedTextField, decrypt, encrypt

BATCH = 200


@dataclass(slots=True)
class Tally:
    """What became of the texts: `changed` to the newest key, had it already (`fresh`), no key fits (`lost`)."""

    changed: int = 0
    fresh: int = 0
    lost: int = 0


def rotated(text: str, tally: Tally) -> str:
    """The same secret under the newest key; the text itself when that is so already, or no key fits."""
    try:
        Fernet(settings.ENCRYPTION_KEYS[0]).decrypt(text.encode())
    except InvalidToken:
        pass
    else:
        tally.fresh += 1
        return text
    try:
        fresh = encrypt(decrypt(text))
    except InvalidToken:
        tally.lost += 1
        return text
    tally.changed += 1
    return fresh


def columns() -> list[tuple[type[Model], str]]:
    """Every encrypted column of the project."""
    return [
        (model, field.attname)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def rotate_column(model: type[Model], column: str, tally: Tally) -> None:
    raw = Cast(column, TextField())  # the text as it is stored, not what it says
    for key, old in pairs(model, lambda rows: rows.annotate(raw=raw).exclude(raw=""), "raw"):
        new = rotated(old, tally)
        if new != old:
            unchanged = model._base_manager.annotate(raw=raw).filter(pk=key, raw=old)
            unchanged.update(**{column: Value(new, output_field=TextField())})


def pairs(
    model: type[Model], narrow: Callable[[Any], Any], column: str
) -> Iterator[tuple[Any, Any]]:
    """Key and value of every row, a batch per query, in the order of keys."""
    last = None
    while True:
        rows = narrow(model._base_manager.all())
        rows = rows if last is None else rows.filter(pk__gt=last)
        found = list(rows.order_by("pk").values_list("pk", column)[:BATCH])
        yield from found
        if len(found) < BATCH:
            return
        last = found[-1][0]
