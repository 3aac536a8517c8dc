"""The columns of a results table: of one run, or of many together, as they were chosen for the workflow.

Columns follow from what a run ran and the catalogue, so every run of a version has the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from editor import catalog
from editor.runs.models import Run, RunPlan
from editor.runs.privacy import Hides
from editor.runs.results import outcome
from editor.runs.results.rows import short
from editor.trees import table, table_choice
from editor.trees.table import Column
from editor.trees.table_choice import Choice
from editor.trees.table_levels import Level

MOST_VERSIONS: Final = 20
"""A table of many runs has the columns of the newest so many versions among them."""

MOST_KNOWN: Final = 500
_known: dict[str, tuple[tuple[Column, ...], tuple[Level, ...]]] = {}
"""Columns and levels by `_what_ran`; the catalogue is read once per process."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of a table. `id` is its name in addresses and in `ResultRow.cells`; `head`, alone, tells it from all
    others; `hidden`: its values are hidden from the reader."""

    id: str
    column: Column
    title: str
    head: str
    hidden: bool = False

    @property
    def group(self) -> str:
        return self.column.group

    @property
    def kind(self) -> str:
        return self.column.kind

    @property
    def is_number(self) -> bool:
        return self.column.kind in ("integer", "number")


def of_runs(runs: Sequence[Run]) -> tuple[Column, ...]:
    """Every column of these runs (newest first), in the order of the newest; at most a query per version."""
    found: dict[str, Column] = {}
    for columns, _ in _of_each(runs):
        for column in columns:
            found.setdefault(column.key, column)
    return tuple(found.values())


def levels_of(runs: Sequence[Run]) -> tuple[Level, ...]:
    """What the rows of these runs can be about, as `of_runs`."""
    found: dict[str, Level] = {}
    for _, levels in _of_each(runs):
        for level in levels:
            found.setdefault(level.name, level)
    return tuple(found.values())


def _of_each(runs: Sequence[Run]) -> list[tuple[tuple[Column, ...], tuple[Level, ...]]]:
    newest: dict[str, Run] = {}
    for run in runs:
        newest.setdefault(_what_ran(run), run)
    return [_of(what, run) for what, run in list(newest.items())[:MOST_VERSIONS]]


def _what_ran(run: Run) -> str:
    """The same for all runs of a whole version; versions never change, and neither does what a run ran."""
    if run.workflow is None or run.part:
        return run.public_id
    return f"{run.workflow.public_id} {run.version_number}"


def _of(what: str, run: Run) -> tuple[tuple[Column, ...], tuple[Level, ...]]:
    if what not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        plan = RunPlan.objects.get(run=run.pk)
        tree = outcome.tree_as_written(plan)
        _known[what] = (
            table.columns(tree, catalog.default()),
            table.levels(tree, catalog.default()),
        )
    return _known[what]


def shown(columns: Sequence[Column], choice: Choice, hides: Hides) -> list[Shown]:
    """The columns that a table shows, as chosen for the workflow."""
    return shown_of(all_of(columns, choice, hides), choice)


def shown_of(every: Sequence[Shown], choice: Choice, only: Sequence[str] = ()) -> list[Shown]:
    """Of every column those chosen for the workflow, or `only` those ids, in that order."""
    known = by_id(every)
    if only:
        return [known[each] for each in only if each in known]
    columns = [each.column for each in every]
    return [known[short(each.key)] for each in table_choice.shown(columns, choice)]


def with_states(shown: Sequence[Shown], every: Sequence[Shown]) -> list[Shown]:
    """And how all went that these columns tell of, right after the first: who asks for how one action went sees what
    kept it from running, beside who it was."""
    levels = {each.column.level for each in shown}
    states = [each for each in every if each.kind == "state" and each.column.level in levels]
    others = [each for each in shown if each not in states]
    return [*others[:1], *states, *others[1:]]


def all_of(columns: Sequence[Column], choice: Choice, hides: Hides) -> list[Shown]:
    """Every column, chosen or not, in the chosen order, under its chosen name."""
    picked = table_choice.picked(columns, choice)
    heads = _heads([(each.column.group, each.title) for each in picked])
    return [
        Shown(
            short(each.key), each.column, each.title, head,
            each.column.private is not None and each.column.private in hides,
        )
        for each, head in zip(picked, heads, strict=True)
    ]  # fmt: skip


def _heads(titles: Sequence[tuple[str, str]]) -> list[str]:
    """ "Name" where there is one, else "Open person page: Name", with a number where that is not enough."""
    alone = Counter(title for _, title in titles)
    heads = [
        title if alone[title] == 1 or not group else f"{group}: {title}" for group, title in titles
    ]
    seen = Counter[str]()
    for number, head in enumerate(heads):
        seen[head] += 1
        if seen[head] > 1:
            heads[number] = f"{head} ({seen[head]})"
    return heads


def by_id(columns: Iterable[Shown]) -> Mapping[str, Shown]:
    return {each.id: each for each in columns}
