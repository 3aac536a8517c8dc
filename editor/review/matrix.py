"""The matrix of a workflow: its outline with a narrow column for each of its last runs, so that one sees where it began
to fail. Made from the summaries of outcomes alone; no result is read.

A node is the same node in all runs that know its id, whatever was changed in between. Nodes that are no longer in the
workflow stand below the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from editor.catalog import ActionType, Catalog
from editor.lib.paging import Page, page
from editor.runs.models import FINAL, Origin, Run, RunPlan
from editor.runs.results.outcome import Summary, summary_from_json, tree_as_written
from editor.runs.words import explain
from editor.trees.nodes import MISSING, Node, Tree
from editor.workflows.models import Workflow

COLUMNS: Final = 30

FAILING: Final = ("failed", "partly")
SAYS_NOTHING: Final = ("not_reached", "waiting", "skipped")
"""A node that did not run is neither well nor ill: a row of failures goes on over it."""

WORDS: Final = {
    "done": "Done",
    "failed": "Failed",
    "partly": "Partly failed",
    "not_reached": "Not reached",
    "waiting": "Not run",
    "skipped": "Left out",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One node in one run. `first`: here a row of failures began."""

    summary: Summary
    first: bool = False

    @property
    def state(self) -> str:
        return self.summary.state

    @property
    def words(self) -> str:
        """ "Partly failed: 3 done, 2 failed: no longer exists"."""
        told = WORDS[self.state]
        if self.summary.done + self.summary.failed > 1:
            counts = [f"{self.summary.done:,} done"] if self.summary.done else []
            counts += [f"{self.summary.failed:,} failed"] if self.summary.failed else []
            told += f": {', '.join(counts)}"
        return " · ".join([told, *self.errors])

    @property
    def errors(self) -> list[str]:
        return [explain(error).title for error in self.summary.errors or {}]


@dataclass(frozen=True, slots=True)
class Line:
    """One node over all runs; `cells` stand like the runs, oldest first, None where a run did not know it.

    `since`: the index of the run with which the failures began that still go on, None when it does not fail.
    `seen_well`: whether a run before that is shown in which it did not fail; otherwise it may have begun earlier.
    """

    node: Node
    level: int
    action: ActionType | None
    gone: bool
    cells: tuple[Cell | None, ...]
    since: int | None = None
    seen_well: bool = False

    @property
    def name(self) -> str:
        return self.action.name if self.action else self.node.type or "Unknown action"

    @property
    def label(self) -> str:
        return "" if self.node.label is MISSING else str(self.node.label)

    @property
    def fails_itself(self) -> bool:
        """Not only because something inside of it fails."""
        return self.since is not None and any(
            cell is not None and cell.summary.errors for cell in self.cells[self.since :]
        )

    @property
    def errors(self) -> list[str]:
        """What it fails with now."""
        last = next((c for c in reversed(self.cells) if c and c.state in FAILING), None)
        return last.errors if last else []


# --- Reading -----------------------------------------------------------------------------------


def runs_page(workflow: Workflow, *, cursor: str = "") -> Page[Run]:
    """Runs of the workflow that have ended, newest first, with their outcomes, in one query. Raises BadCursor.

    Not those of only what failed: their roots are items of loops, and none of its nodes.
    """
    found = Run.objects.filter(workflow=workflow, state__in=FINAL).select_related("outcome")
    found = found.exclude(origin=Origin.AGAIN, part=True)
    found = found.defer("outcome__completion", "outcome__unexpected", "inputs", "evidence")
    return page(found, order="-created_at", cursor=cursor, size=COLUMNS)


def summaries_of(run: Run) -> dict[str, Summary]:
    """{} for a run that ended without results."""
    outcome = getattr(run, "outcome", None)
    return (
        {id_: summary_from_json(value) for id_, value in outcome.nodes.items()} if outcome else {}
    )


def gone(tree: Tree, runs: Sequence[Run], known: Sequence[Mapping[str, Summary]]) -> list[Node]:
    """Nodes that the runs (oldest first) had and that the workflow has no more, as they last were; in one query, none
    when there are none."""
    last_in = {
        id_: run.pk
        for run, found in zip(runs, known, strict=True)
        for id_ in found
        if id_ not in tree.nodes
    }
    if not last_in:
        return []
    plans = RunPlan.objects.filter(run__in=set(last_in.values())).defer("definition")
    trees = {plan.pk: tree_as_written(plan) for plan in plans}
    nodes = (trees[run].get(id_) for id_, run in last_in.items() if run in trees)
    return [node for node in nodes if node is not None]


# --- Making ------------------------------------------------------------------------------------


def lines(
    tree: Tree, gone: Iterable[Node], known: Sequence[Mapping[str, Summary]], catalog: Catalog
) -> list[Line]:
    """In document order, then what is gone. `known`: the summaries of each run, oldest first."""
    here = [_line(node, depth, False, known, catalog) for node, depth in tree.walk()]
    return here + [_line(node, 0, True, known, catalog) for node in gone]


def _line(
    node: Node,
    depth: int,
    is_gone: bool,
    known: Sequence[Mapping[str, Summary]],
    catalog: Catalog,
) -> Line:
    action = catalog.actions.get(node.type)
    found = [summaries.get(node.id) for summaries in known]
    cells: list[Cell | None] = []
    since, seen_well, well = None, False, False
    for index, summary in enumerate(found):
        fails = summary is not None and summary.state in FAILING
        cells.append(Cell(summary, first=fails and since is None) if summary else None)
        if fails and since is None:
            since, seen_well = index, well
        elif summary is not None and not fails and summary.state not in SAYS_NOTHING:
            since, well = None, True
    return Line(node, depth + 1, action, is_gone, tuple(cells), since, seen_well)


def only_failing(lines: Sequence[Line]) -> list[Line]:
    """The lines that failed in any of the runs, each with those above it."""
    kept: list[Line] = []
    lowest = 0  # lines of a level below this one lead to one that is kept
    for line in reversed(lines):
        failed = any(cell is not None and cell.state in FAILING for cell in line.cells)
        if failed or line.level < lowest:
            kept.append(line)
            lowest = line.level
    return kept[::-1]
