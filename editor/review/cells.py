"""One value of a results table, for whom and for what it is shown.

seen(cells, column, hides)      the value as its reader may see it: the only way to one
cell(value, column)             for a page
in_file(column)(value)          for one cell of a file
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from editor import catalog
from editor.review.columns import Shown
from editor.runs import privacy
from editor.runs.privacy import HIDDEN, Hides
from editor.runs.results.rows import CUT, MOST_IN_CELL
from editor.runs.words import explain

MOST_ON_PAGE: Final = 600
"""A longer text is cut on the page; files have the whole."""


@dataclass(frozen=True, slots=True)
class Cell:
    """`tone`: "good", "bad", "muted" or ""; `at`: a moment; `title` is shown on hover."""

    text: str = ""
    href: str = ""
    tone: str = ""
    title: str = ""
    at: datetime | None = None
    number: bool = False


def seen(cells: Mapping[str, Any], column: Shown, hides: Hides) -> Any:
    """The value of a row in a column, without what is hidden; None when there is none."""
    value = cells.get(column.id)
    if value is None or not hides:
        return value
    if column.hidden and column.column.private and value not in ("", []):
        return HIDDEN[column.column.private]
    return privacy.redacted(list(value) if isinstance(value, list) else value, hides)


def cell(value: Any, column: Shown) -> Cell:
    """For a page, by what the catalogue knows of the column; whatever else came, as a text."""
    if value is None or value == "" or value == []:
        return Cell()
    if isinstance(value, bool):
        return Cell("Yes" if value else "No")
    if isinstance(value, int | float):
        return Cell(f"{value:,}", number=True)
    if isinstance(value, str):
        if column.kind == "state":
            return _state(value)
        if column.kind == "url" and value.startswith(("https://", "http://")):
            return Cell(_address(value), href=value, title=value[:1000])
        if column.kind == "date-time" and (at := _moment(value)):
            return Cell(value, at=at)
    text = str(line(value, between=", "))
    if text in HIDDEN.values():
        return Cell(text, tone="muted")
    return Cell(text[:MOST_ON_PAGE] + ("…" if len(text) > MOST_ON_PAGE else ""))


def in_file(column: Shown) -> Callable[[Any], str | int | float]:
    """What writes the values of a column into a file that people read: how an action went, as the page says it."""
    return _state_in_file if column.kind == "state" else line


def _state_in_file(value: Any) -> str | int | float:
    return state_in_words(value) if isinstance(value, str) and value else line(value)


def line(value: Any, between: str = "; ") -> str | int | float:
    """Numbers stay numbers, all else is a text that one cell of a file takes."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    text = between.join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= MOST_IN_CELL else text[:MOST_IN_CELL] + CUT


STATES: Final = ("done", "failed", *catalog.default().error_types)
"""What a column says of how an action went; errors that the catalogue does not know come too."""


@lru_cache(maxsize=1024)
def state_in_words(value: str) -> str:
    return value if value in ("done", "failed") else explain(value).title


def _state(value: str) -> Cell:
    if value == "done":
        return Cell("done", tone="good")
    meaning = explain("" if value == "failed" else value).meaning
    return Cell(state_in_words(value), tone="bad", title=meaning)


def _address(url: str) -> str:
    text = url.split("://", 1)[1].removeprefix("www.").rstrip("/")
    return text if len(text) <= 60 else text[:59] + "…"


def _moment(value: str) -> datetime | None:
    try:
        at = parse_datetime(value)
    except ValueError:
        return None
    if at is None:
        return None
    try:
        return make_aware(at) if is_naive(at) else at
    except (ValueError, OverflowError):
        return None
