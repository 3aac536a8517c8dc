"""How each action fared in one run and in another. Pure: a diff of both trees and both summaries in, rows out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from editor.catalog import Catalog
from editor.runs.results import outline
from editor.runs.results.outcome import Summary
from editor.trees.diff import Diff, Entry
from editor.workflows.shown import cards

NOT_THERE = Summary("skipped")


@dataclass(frozen=True, slots=True)
class Side:
    """How an action stands in one run; `facts` as in the outline of a run. None of it where it was not there."""

    state: str
    icon: str
    facts: Sequence[tuple[str, bool]]


Verdict = tuple[str, str]
"""What is another now in a few words, and its tone: "good", "bad" or ""; both "" when nothing is."""


@dataclass(frozen=True, slots=True)
class Fared:
    """One action of the outline of both; `row.closes` says how many lists end after it. `before` and `after` are None
    where it was not there. `quiet`: nothing differs here nor below."""

    row: cards.Row
    before: Side | None
    after: Side | None
    verdict: str
    tone: str
    quiet: bool


def compare(
    found: Diff, before: Mapping[str, Summary], after: Mapping[str, Summary], catalog: Catalog
) -> list[Fared]:
    """Every action of both runs, in the order of the outline of both."""
    pairs = [_summaries(entry, before, after) for entry in found.entries]
    verdicts = [verdict(*pair) for pair in pairs]
    rows = _rows(found, catalog)
    loud = _loud(rows, verdicts)
    return [
        Fared(row, _side(old), _side(new), *told, quiet=row.id not in loud)
        for row, (old, new), told in zip(rows, pairs, verdicts, strict=True)
    ]


def _summaries(
    entry: Entry, before: Mapping[str, Summary], after: Mapping[str, Summary]
) -> tuple[Summary | None, Summary | None]:
    return (
        before.get(entry.id, NOT_THERE) if entry.before else None,
        after.get(entry.id, NOT_THERE) if entry.after else None,
    )


def _rows(found: Diff, catalog: Catalog) -> list[cards.Row]:
    """One row per entry, each from the tree that has it."""
    nexts = [entry.depth for entry in found.entries[1:]] + [0]
    return [
        cards.row(
            found.after if entry.after else found.before,
            entry.node,
            entry.depth,
            catalog,
            (),
            closes=entry.depth - following + 1,
        )
        for entry, following in zip(found.entries, nexts, strict=False)
    ]


def _loud(rows: Sequence[cards.Row], verdicts: Sequence[Verdict]) -> set[str]:
    """Where something differs, and what is above that."""
    found: set[str] = set()
    above: list[str] = []
    for row, (words, _) in zip(rows, verdicts, strict=True):
        above[row.level - 1 :] = [row.id]
        if words:
            found.update(above)
    return found


def _side(summary: Summary | None) -> Side | None:
    if summary is None:
        return None
    return Side(summary.state, outline.ICONS[summary.state], outline.facts(summary))


def verdict(before: Summary | None, after: Summary | None) -> Verdict:
    """How an action fared against how it had."""
    if before is None or after is None:
        return ("new", "") if before is None else ("gone", "")
    failed = [_failed(before), _failed(after)]
    if failed[1] and not failed[0]:
        return "fails now", "bad"
    if failed[0] and not failed[1]:
        return ("works again", "good") if after.state == "done" else ("not reached now", "bad")
    if failed[0] != failed[1]:
        words = f"{_more(*failed)} failed"
        return words, "bad" if failed[1] > failed[0] else "good"
    if before.state != after.state:
        return {"done": ("reached now", "good"), "not_reached": ("not reached now", "bad")}.get(
            after.state, (outline.STATES.get(after.state, after.state), "")
        )
    return _counted(before, after)


def _failed(summary: Summary) -> int:
    return summary.items[2] if summary.items else summary.failed


def _counted(before: Summary, after: Summary) -> Verdict:
    old, new = (
        s.items[0] if s.items else s.found if s.found is not None else s.done
        for s in (before, after)
    )
    return _more(old, new), ""


def _more(old: int, new: int) -> str:
    return f"{abs(new - old):,} {'more' if new > old else 'fewer'}" if old != new else ""
