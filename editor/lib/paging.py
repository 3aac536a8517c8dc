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
    if cursor:
        rows = rows.filter(beyond(order, read_place(cursor, rows.model, field)))
    found = list(rows.order_by(order, "-pk" if order.startswith("-") else "pk")[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, place_of(found[-1], field) if more else "")


def beyond(order: str, place: tuple[Any, Any], key: str = "pk", *, itself: bool = False) -> Q:
    """The condition on what comes after this place in a list ordered by `order` and `key`; `itself` included."""
    field, value, primary = order.removeprefix("-"), *place
    after = "lt" if order.startswith("-") else "gt"
    # The first condition follows from the second; an index can begin there only because it is spelled out.
    return Q(**{f"{field}__{after}e": value}) & (
        Q(**{f"{field}__{after}": value})
        | Q(**{field: value, f"{key}__{after}{'e' if itself else ''}": primary})
    )


def place_of(row: Model, field: str) -> str:
    """Where a row stands in a list ordered by `field`, as text for a URL."""
    value = getattr(row, field)
    if isinstance(value, datetime):
        value = value.isoformat()
    return base64.urlsafe_b64encode(json.dumps([value, row.pk]).encode()).decode().rstrip("=")


def read_place(cursor: str, model: type[Model], field: str) -> tuple[Any, Any]:
    """The value and the key that `place_of` wrote. Raises BadCursor."""
    try:
        value, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        column, primary = model._meta.get_field(field), model._meta.pk
        value, key = column.to_python(value), primary.to_python(key)  # type: ignore[union-attr]
    except (ValueError, TypeError, OverflowError, ValidationError) as error:
        raise BadCursor(f"{cursor!r} is not a page of this list.") from error
    if value is None or key is None:
        raise BadCursor(f"{cursor!r} is not a page of this list.")
    return value, key
