"""What differs between the results tables of two runs: rows that are new, gone or changed.

    rows_diff(before, after, choice, most=200) -> RowsDiff

Rows are the same when they are about the same (`ResultRow.identity`, an address); rows that say nothing of that, when
all their values are equal. Only columns that both runs have are compared, those that a table shows.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from editor.review import columns, row_units
from editor.review.cells import Cell, cell, seen
from editor.review.columns import Shown
from editor.runs.models import ResultRow, Run
from editor.runs.privacy import Hides
from editor.runs.results import row_filling
from editor.trees.table_choice import Choice

Kind = Literal["new", "gone", "changed"]
Cells = dict[str, Any]

MOST: Final = 200
NAMES: Final = ("name", "title", "companyName", "text", "headline")


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that differs. `name` is what people call it, `href` its address or ""; `cells` are those of the row that
    is there (of a changed one, the later), by `RowsDiff.columns`; `changes`: (title of the column, before, after)."""

    kind: Kind
    name: str
    href: str
    cells: Sequence[Cell]
    changes: Sequence[tuple[str, Cell, Cell]] = ()


@dataclass(frozen=True, slots=True)
class RowsDiff:
    """How many rows of each kind there are, and the first `most` of those that differ: new, gone, changed."""

    columns: Sequence[Shown]
    new: int
    gone: int
    changed: int
    same: int
    differences: Sequence[Difference]

    @property
    def more(self) -> int:
        return self.new + self.gone + self.changed - len(self.differences)


def rows_diff(before: Run, after: Run, choice: Choice, most: int = MOST) -> RowsDiff:
    """Both runs as `opening.open_run` gives them to their reader; `choice`: `workflows.edits.choosing.choice_of`.

    A bounded number of queries; both tables are held in memory.
    """
    row_filling.fill([before, after])
    hides = Hides(
        before.hides.messages or after.hides.messages, before.hides.emails or after.hides.emails
    )
    old_keys, new_keys = ({c.key for c in columns.of_runs([run])} for run in (before, after))
    shown = columns.shown(columns.of_runs([after, before]), choice, hides)
    compared = [column for column in shown if column.column.key in old_keys & new_keys]
    found: dict[str, list[tuple[Cells | None, Cells | None]]] = defaultdict(list)
    levels = [each.column.level for each in shown]
    old_rows, new_rows = _rows(before, shown, levels), _rows(after, shown, levels)
    for old, new in _pairs(old_rows, new_rows, compared):
        found[_kind(old, new, compared)].append((old, new))
    kinds: tuple[Kind, ...] = ("new", "gone", "changed")
    first = [(kind, *pair) for kind in kinds for pair in found[kind]][:most]
    differences = [_difference(*each, shown, compared, hides) for each in first]
    return RowsDiff(
        shown, len(found["new"]), len(found["gone"]), len(found["changed"]), len(found["same"]),
        differences,
    )  # fmt: skip


def _rows(run: Run, shown: Sequence[Shown], levels: Sequence[str]) -> list[tuple[str, Cells]]:
    """(what it is about, cells) of the rows that a table with these columns has."""
    units = row_units.of(columns.levels_of([run]), shown, levels)
    found = ResultRow.objects.filter(units.where, run=run).order_by("ordinal")
    return [
        (next((keys[key] for key in units.keys if key in keys), "") if units else identity, cells)
        for identity, keys, cells in found.values_list("identity", "keys", "cells")
    ]


def _pairs(
    before: Sequence[tuple[str, Cells]],
    after: Sequence[tuple[str, Cells]],
    compared: Sequence[Shown],
) -> Iterator[tuple[Cells | None, Cells | None]]:
    """Rows about the same, in the order of the later run; what is gone comes last."""
    waiting: dict[str, list[Cells]] = defaultdict(list)
    for identity, cells in reversed(before):
        waiting[identity or _all_of(cells, compared)].append(cells)
    for identity, cells in after:
        same = waiting.get(identity or _all_of(cells, compared))
        yield same.pop() if same else None, cells
    for left in waiting.values():
        for cells in reversed(left):
            yield cells, None


def _all_of(cells: Cells, compared: Sequence[Shown]) -> str:
    return repr([cells.get(column.id) for column in compared])


def _kind(old: Cells | None, new: Cells | None, compared: Sequence[Shown]) -> str:
    if old is None:
        return "new"
    if new is None:
        return "gone"
    differ = any(old.get(column.id) != new.get(column.id) for column in compared)
    return "changed" if differ else "same"


def _difference(
    kind: Kind,
    old: Cells | None,
    new: Cells | None,
    shown: Sequence[Shown],
    compared: Sequence[Shown],
    hides: Hides,
) -> Difference:
    there = new if new is not None else old or {}
    changes = [
        (
            column.head,
            cell(seen(old, column, hides), column),
            cell(seen(new, column, hides), column),
        )
        for column in compared
        if old is not None and new is not None and old.get(column.id) != new.get(column.id)
    ]
    drawn = [cell(seen(there, column, hides), column) for column in shown]
    named = [
        (NAMES.index(column.column.path[-1]), each.text)
        for column, each in zip(shown, drawn, strict=True)
        if column.column.path and column.column.path[-1] in NAMES and each.text
    ]
    href = next((each.href for each in drawn if each.href), "")
    name = min(named)[1] if named else href or next((each.text for each in drawn if each.text), "")
    return Difference(kind, name, href, drawn, changes)
