"""A sample of what a template brings: it is really run, on the people whom the sandbox invents. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice, zip_longest
from operator import itemgetter
from typing import Any

from editor.catalog import Catalog
from editor.sandbox.play import Setting, TooMuch, play
from editor.trees import codec, placeholders, results, table, table_choice
from editor.trees.inputs import by_name, check_values
from editor.trees.nodes import MISSING, Tree
from editor.trees.table import Column, Row
from editor.trees.table_choice import Choice, Picked
from editor.trees.validate import validate

ROWS = 5
COLUMNS = 8
ITEMS = 5
"""So many things a list of the sample finds when it has no limit of its own."""

LONGEST = 120
MANY = 200


class NoSample(Exception):
    """It cannot be run with these values; the message says why."""


def sample(
    tree: Tree, raw: Mapping[str, Any], choice: Choice, catalog: Catalog, at: datetime
) -> dict[str, Any]:
    """{columns: [[group, title], ...], rows: [[text, ...], ...], more: rows left out}, run at `at`.

    `choice` says which columns; [] leaves it to us.

    Raises NoSample when values are missing or wrong, or when it would run for ever.
    """
    values, problems = check_values(by_name(tree.inputs or ()).values(), raw)
    if problems:
        raise NoSample(problems[0].message)
    sent = placeholders.substitute(tree, values)
    if wrong := next((p for p in validate(sent, catalog) if p.severity == "error"), None):
        raise NoSample(wrong.message)
    # As it goes over the wire: without what is switched off.
    wire = codec.from_wire(codec.to_wire(sent), iter(map(str, range(len(sent) + 1))).__next__)
    try:
        completion, _ = play(wire, catalog, Setting(at, "example-you", most=ITEMS))
    except TooMuch as error:
        raise NoSample(
            "It would run more actions than the sandbox does. Lower its limits."
        ) from error
    return _as_table(tree, sent, completion, catalog, choice)


def _as_table(
    tree: Tree, sent: Tree, completion: Any, catalog: Catalog, choice: Choice
) -> dict[str, Any]:
    picked = shown_columns(tree, catalog, choice)
    columns = [each.column for each in picked]
    rows = list(table.rows(sent, catalog, results.fold(sent, completion, catalog), columns))
    told = list(range(len(picked)))[:COLUMNS] if choice else _telling(columns, rows[:MANY])
    shown = _varied(dict.fromkeys(tuple(_text(row.values[n]) for n in told) for row in rows))
    return {
        "columns": [[columns[n].group, picked[n].title] for n in told],
        "rows": [list(row) for row in shown[:ROWS]],
        "more": max(0, len(shown) - ROWS),
    }


def _varied(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The first row of everybody before the second ones: five people tell more than one with five jobs."""
    times: Counter[str] = Counter()
    turns = []
    for row in rows:
        first = row[0] if row else ""
        times[first] += 1
        turns.append((times[first], row))
    return [row for _, row in sorted(turns, key=itemgetter(0))]


def _telling(columns: Sequence[Column], rows: Sequence[Row]) -> list[int]:
    """The numbers of the columns to show while nobody chose: of those that say something, the first ones of each
    action in turn."""
    groups: dict[str, list[int]] = {}
    seen: set[str] = set()  # the page of a person says again what the search said
    for number, column in enumerate(columns):
        written = repr([row.values[number] for row in rows])
        if written not in seen and any(_says_something(row.values[number]) for row in rows):
            seen.add(written)
            groups.setdefault(column.group, []).append(number)
    in_turn = (n for turn in zip_longest(*groups.values()) for n in turn if n is not None)
    return sorted(islice(in_turn, COLUMNS))


def _says_something(value: Any) -> bool:
    """Whether a person would read it: not an id of LinkedIn's own, nor a hashed address."""
    return value not in (None, "", []) and not re.search(r"^urn:li:|/in/ACoA", str(value))


def shown_columns(tree: Tree, catalog: Catalog, choice: Choice) -> Sequence[Picked]:
    """The columns that a table of its results shows."""
    return table_choice.shown(table.columns(tree, catalog), choice)


def _text(value: Any) -> str:
    if value is None or value is MISSING:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        text = ", ".join(map(_text, value))
    elif isinstance(value, dict):
        text = ", ".join(f"{key}: {_text(item)}" for key, item in value.items())
    else:
        text = str(value)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
