"""The outline of a run: the tree as it ran, one row per node with what became of it."""

from dataclasses import dataclass

from editor.catalog import Catalog
from editor.runs.models import Run, RunOutcome
from editor.runs.words import explain
from editor.trees import results
from editor.trees.nodes import Tree
from editor.workflows.shown import cards

from .outcome import Summary, summaries, summary_from_json

ICONS = {
    "done": "check",
    "failed": "x",
    "partly": "circle-alert",
    "not_reached": "minus",
    "waiting": "clock",
    "skipped": "eye-off",
    "unknown": "circle-help",
}
MOST_ERRORS_NAMED = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the outline. `facts` stand beside each other: (text, is it bad). `trouble`: it or something below it
    failed."""

    row: cards.Row
    summary: Summary
    facts: tuple[tuple[str, bool], ...]
    acted: int
    trouble: bool

    @property
    def state(self) -> str:
        return self.summary.state

    @property
    def failed(self) -> bool:
        """Whether the action itself failed, at least once; a loop only tells of what is in it."""
        return self.summary.failed > 0

    @property
    def icon(self) -> str:
        return ICONS[self.summary.state]


STATES = {
    "done": "done",
    "failed": "failed",
    "partly": "partly done",
    "not_reached": "not reached",
    "waiting": "waiting",
    "skipped": "left out: it was disabled",
    "unknown": "not known",
}


def summaries_of(run: Run, tree: Tree) -> dict[str, Summary]:
    """What became of each node: from the outcome; without one all waiting, or all not reached, or, when the service had
    taken the run or may have, all not known."""
    outcome: RunOutcome | None = getattr(run, "outcome", None)
    if outcome is not None:
        return {node: summary_from_json(value) for node, value in outcome.nodes.items()}
    waiting = summaries(results.waiting(tree))
    if not run.is_final:
        return waiting
    began = run.accepted_at is not None or bool(run.evidence)
    ended = {"waiting": Summary("unknown" if began else "not_reached")}
    return {node: ended.get(summary.state, summary) for node, summary in waiting.items()}


def lines(tree: Tree, found: dict[str, Summary], catalog: Catalog) -> list[Line]:
    """Rows in document order; `row.closes` says how many lists end after each, as in the editor."""
    rows = cards.rows_of(tree, list(tree.walk()), catalog, {})
    what = [found.get(row.id, Summary("not_reached")) for row in rows]
    trouble: set[str] = set()
    for row, summary in zip(reversed(rows), reversed(what), strict=True):
        if summary.failed or row.id in trouble:
            trouble |= {row.id, row.parent}
    return [_line(row, summary, row.id in trouble) for row, summary in zip(rows, what, strict=True)]


def _line(row: cards.Row, summary: Summary, trouble: bool) -> Line:
    acted = summary.done if row.action is not None and row.action.acts else 0
    return Line(row, summary, tuple(facts(summary)), acted, trouble)


def facts(summary: Summary) -> list[tuple[str, bool]]:
    """What became of a node in a few words each: (text, is it bad)."""
    if summary.state in ("waiting", "skipped", "not_reached", "unknown"):
        return [(STATES[summary.state], False)]
    if summary.items is not None:
        return _item_facts(*summary.items)
    told: list[tuple[str, bool]] = []
    if summary.found is not None:
        told.append((f"{summary.found:,} found", False))
    elif summary.done:
        told.append(
            (f"{summary.done:,} done" if summary.done + summary.failed > 1 else "done", False)
        )
    told += _error_facts(summary)
    if summary.not_reached:
        told.append((f"{summary.not_reached:,} not reached", False))
    return told


def _item_facts(total: int, passed_over: int, failed: int) -> list[tuple[str, bool]]:
    facts = [(f"{total:,} item{'' if total == 1 else 's'}", False)]
    if failed:
        facts += [
            (f"{total - passed_over - failed:,} fine", False),
            (f"{failed:,} with errors", True),
        ]
    if passed_over:
        facts.append((f"{passed_over:,} passed over", False))
    return facts


def _error_facts(summary: Summary) -> list[tuple[str, bool]]:
    """ "2 already pending", "1 e-mail address required", or just the error where it ran once."""
    errors = summary.errors or {}
    once = summary.done + summary.failed == 1
    facts = []
    for error_type, count in list(errors.items())[:MOST_ERRORS_NAMED]:
        title = explain(error_type).title
        facts.append((title if once else f"{count:,} {title[:1].lower()}{title[1:]}", True))
    rest = summary.failed - sum(list(errors.values())[:MOST_ERRORS_NAMED])
    plural = "" if rest == 1 else "s"
    return [*facts, (f"{rest:,} other error{plural}", True)] if rest > 0 else facts


def first_to_show(lines: list[Line], action: str = "") -> str:
    """The node whose results a fresh page shows: where something went wrong, if there is with an `action` of this
    type, else the first."""
    wrong = [line for line in lines if line.state in ("failed", "partly") and line.summary.errors]
    asked = [line for line in wrong if line.row.type == action]
    return next((line.row.id for line in (*asked, *wrong, *lines)), "")
