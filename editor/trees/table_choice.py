"""Which columns of a results table are shown, in which order and under which names: a choice that is stored as JSON.

    picked(columns, choice)     what a table shows: the columns as they are chosen
    renamed / turned / moved    the choice after one change
    merged(columns, base, mine, theirs)     two changes of one choice as one

A choice is a list of `{"key", "title"?, "shown"?}`, in the order of the table; [] is none. What it does not name stands
behind its neighbour in the order of the tree, and what it does not say is as the catalogue suggests: an entry may be
there for the order alone. Keys that lead nowhere now stay where they are: their action may be switched off for a while,
or be another one in the next version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from editor.trees.nodes import MISSING, Missing
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
        kept: dict[str, Any] = {"key": key}
        if isinstance(entry.get("shown"), bool):
            kept["shown"] = entry["shown"]
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


def title_in(choice: Iterable[Mapping[str, Any]], key: str) -> str | Missing:
    """What a column is called by choice; MISSING when it has its own name."""
    return next(
        (each["title"] for each in choice if each["key"] == key and "title" in each), MISSING
    )


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
    keys = [column.key for column in columns]
    if not {key, before or key} <= set(keys):
        raise NoColumn(key)
    if key == before:
        return choice
    order = [each for each in _order(keys, choice) if each != key]
    order.insert(order.index(before) if before else len(order), key)
    behind = keys[keys.index(key) + 1 :][:1]  # would go along, with all that follow it in the tree
    return _tidy(keys, _in(order, choice, {key, before, *behind}))


def merged(columns: Sequence[Column], base: Choice, mine: Choice, theirs: Choice) -> Choice | None:
    """What both made of `base`, as one; None when they say different things of one column, or have two orders."""
    if theirs == base:
        return mine
    said = _said_by_both(base, mine, theirs)
    keys = [column.key for column in columns]
    before, *orders = (
        [key for key in _order(keys, choice) if key in keys] for choice in (base, mine, theirs)
    )
    if said is None or (before not in orders and orders[0] != orders[1]):
        return None
    leading = theirs if orders[0] == before else mine
    order = _order(keys, leading)
    order += [entry["key"] for entry in said if entry["key"] not in order]
    return _tidy(keys, _in(order, said, {entry["key"] for entry in leading}))


def _said_by_both(*choices: Choice) -> Choice | None:
    """The entries of (base, mine, theirs) with the changes of both; None when they differ in one."""
    by_key = [{entry["key"]: entry for entry in choice} for choice in choices]
    said: Choice = []
    for key in dict.fromkeys(key for entries in by_key for key in entries):
        entry: dict[str, Any] = {"key": key}
        for name in ("title", "shown"):
            base, mine, theirs = (entries.get(key, {}).get(name) for entries in by_key)
            if base not in (mine, theirs) and mine != theirs:
                return None
            value = theirs if mine == base else mine
            if value is not None:
                entry[name] = value
        if len(entry) > 1:
            said.append(entry)
    return said


def _changed(columns: Sequence[Column], choice: Choice, key: str, **changes: Any) -> Choice:
    keys = [column.key for column in columns]
    if key not in keys:
        raise NoColumn(key)
    entries = _in(_order(keys, choice), choice, {key})
    entry = next(entry for entry in entries if entry["key"] == key)
    entry |= changes
    if not entry.get("title"):
        entry.pop("title", None)
    return _tidy(keys, entries)


def _in(order: Iterable[str], choice: Choice, more: Collection[str]) -> Choice:
    """The entries of a choice in this order, and bare ones of `more`. Of those, no order changes that was the same."""
    entries = {entry["key"]: dict(entry) for entry in choice}
    return [entries.get(key) or {"key": key} for key in order if key in entries or key in more]


def _tidy(columns: Iterable[str], choice: Choice) -> Choice:
    """Without the entries that say nothing, where these do not keep the order either."""
    columns = list(columns)
    saying = [entry for entry in choice if len(entry) > 1]
    return saying if _order(columns, saying) == _order(columns, choice) else choice


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
    return Picked(column, entry.get("title") or column.title, entry.get("shown", column.shown))
