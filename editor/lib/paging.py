"""Pages by key set: "the next 50 after this row", whose cost does not grow with the page number.

A list is ordered by one column and, to break ties, by primary key; both in the same direction.
A cursor is the two values of the last row shown, as text that fits a URL.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


class BadCursor(ValueError):
    """The cursor is not one that this list has handed out."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page; `next` is the cursor of the page after it, or "" when this is the last."""

    rows: Sequence[Row]
    next: str


def page(rows: QuerySet[Row], *, order: str, cursor: str = "", size: int = 50) -> Page[Row]:
    """One page of `rows` ordered by `order` ("-created_at": newest first), in one query.

    Raises BadCursor when `cursor` was made up or belongs to a list ordered otherwise.
    """
    field = order.removeprefix("-")
    descending = order.startswith("-")
    if cursor:
        value, key = _read(cursor, rows.model, field)
        beyond = "lt" if descending else "gt"
        # The first condition follows from the second; an index can begin there only because it is spelled out.
        rows = rows.filter(
            Q(**{f"{field}__{beyond}e": value}),
            Q(**{f"{field}__{beyond}": value}) | Q(**{field: value, f"pk__{beyond}": key}),
        )
    found = list(rows.order_by(order, "-pk" if descending else "pk")[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, _write(found[-1], field) if more else "")


def _write(row: Model, field: str) -> str:
    value = getattr(row, field)
    if isinstance(value, datetime):
        value = value.isoformat()
    return base64.urlsafe_b64encode(json.dumps([value, row.pk]).encode()).decode().rstrip("=")


def _read(cursor: str, model: type[Model], field: str) -> tuple[Any, Any]:
    try:
        value, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        column, primary = model._meta.get_field(field), model._meta.pk
        value, key = column.to_python(value), primary.to_python(key)  # type: ignore[union-attr]
    except (ValueError, TypeError, OverflowError, ValidationError) as error:
        raise BadCursor(f"{cursor!r} is not a page of this list.") from error
    if value is None or key is None:
        raise BadCursor(f"{cursor!r} is not a page of this list.")
    return value, key
