"""Which columns of a results table are shown, in which order and under which names: a choice that is stored as JSON.

    picked(columns, choice)     what a table shows: the columns as they are chosen
    renamed / turned / moved    the choice after one change

A choice is a list of `{"key", "title"?, "shown"}`, in the order of the table; [] is none. What it does not name stands
behind its neighbour in the order of the tree, shown as the catalogue suggests. Keys that lead nowhere now stay where
they are: their action may be switched off for a while, or be another one in the next version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from editor.trees.table import Column

MAX_TITLE: Final = 80
MAX_ENTRIES: Final = 2_000
MAX_KEY: Final = 4_000

Choice = list[dict[str, Any]]


class NoColumn(KeyError):
    """The key leads to no column of this tree."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A column as a table shows it. `title` is what a person called it, or the column's own."""

    column: Column
    title: str
    shown: bool

    @property
    def key(self) -> str:
        return self.column.key

    @property
    def renamed(self) -> bool:
        return self.title != self.column.title


def clean(value: Any) -> Choice:
    """A choice from JSON of whatever origin: what is none of it is left out, of a key the first entry counts."""
    found: dict[str, dict[str, Any]] = {}
    for entry in value[:MAX_ENTRIES] if isinstance(value, list) else ():
        key = entry.get("key") if isinstance(entry, Mapping) else None
        if not isinstance(key, str) or not 0 < len(key) <= MAX_KEY:
            continue
        kept: dict[str, Any] = {"key": key, "shown": entry.get("shown") is not False}
        if title := tidy_title(entry.get("title")):
            kept["title"] = title
        found.setdefault(key, kept)
    return list(found.values())


def tidy_title(title: Any) -> str:
    """One line of at most MAX_TITLE characters; "" when it is none."""
    if not isinstance(title, str):
        return ""
    printable = "".join(letter if letter.isprintable() else " " for letter in title)
    return " ".join(printable.split())[:MAX_TITLE].rstrip()


def picked(columns: Sequence[Column], choice: Choice) -> list[Picked]:
    """Every column, chosen or not, in the order of the table."""
    entries = {entry["key"]: entry for entry in choice}
    by_key = {column.key: column for column in columns}
    order = _order(by_key, choice)
    return [_picked(by_key[key], entries.get(key)) for key in order if key in by_key]


def shown(columns: Sequence[Column], choice: Choice) -> list[Picked]:
    """The columns that a table shows."""
    return [each for each in picked(columns, choice) if each.shown]


def turned(columns: Sequence[Column], choice: Choice, key: str, on: bool) -> Choice:
    """The choice with one column shown or not. Raises NoColumn."""
    return _changed(columns, choice, key, shown=on)


def renamed(columns: Sequence[Column], choice: Choice, key: str, title: str) -> Choice:
    """The choice with another name for a column; "" is its own again. Raises NoColumn."""
    own = next((column.title for column in columns if column.key == key), "")
    title = tidy_title(title)
    return _changed(columns, choice, key, title="" if title == own else title)


def moved(columns: Sequence[Column], choice: Choice, key: str, before: str) -> Choice:
    """The choice with a column right before another one; "": at the end. Raises NoColumn."""
    full = _full(columns, choice)
    mine = _entry(full, columns, key)
    others = [entry for entry in full if entry is not mine]
    at = others.index(_entry(others, columns, before)) if before else len(others)
    return [*others[:at], mine, *others[at:]]


def _changed(columns: Sequence[Column], choice: Choice, key: str, **changes: Any) -> Choice:
    full = _full(columns, choice)
    entry = _entry(full, columns, key)
    entry |= changes
    if not entry.get("title"):
        entry.pop("title", None)
    return full


def _full(columns: Sequence[Column], choice: Choice) -> Choice:
    """An entry for every column, so that those that are new later can be told from these."""
    by_key = {column.key: column for column in columns}
    entries = {entry["key"]: dict(entry) for entry in choice}
    return [
        entries.get(key) or {"key": key, "shown": by_key[key].shown}
        for key in _order(by_key, choice)
    ]


def _entry(entries: Choice, columns: Iterable[Column], key: str) -> dict[str, Any]:
    there = any(column.key == key for column in columns)
    entry = next((entry for entry in entries if entry["key"] == key), None)
    if entry is None or not there:
        raise NoColumn(key)
    return entry


def _order(columns: Iterable[str], choice: Choice) -> list[str]:
    """Every key of both. A column that was not chosen stands behind the chosen one before it in the tree."""
    chosen = {entry["key"] for entry in choice}
    behind: dict[str | None, list[str]] = defaultdict(list)
    before: str | None = None
    for key in columns:
        if key in chosen:
            before = key
        else:
            behind[before].append(key)
    order = behind[None]
    for entry in choice:
        order += [entry["key"], *behind.get(entry["key"], ())]
    return order


def _picked(column: Column, entry: Mapping[str, Any] | None) -> Picked:
    if entry is None:
        return Picked(column, column.title, column.shown)
    return Picked(column, entry.get("title") or column.title, entry["shown"])
