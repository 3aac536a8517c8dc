"""Before a run whose loops find their targets: whom an earlier run reached, for it may find them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, QuerySet

from accounts.models import Connection
from editor import catalog
from editor.runs import ledger
from editor.runs.models import FINAL, Act, Run, State
from editor.trees.nodes import Tree

from .repeats import SHOWN, short

LOOKED_AT: Final = 50
"""So many of the newest runs are looked through for one that reached somebody."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of act of that run: how often it was done, and to whom first."""

    name: str
    icon: str
    count: int
    shown: Sequence[str]

    @property
    def more(self) -> int:
        return self.count - len(self.shown)


@dataclass(frozen=True, slots=True)
class Met:
    """`run`: the last one that reached somebody, None when none did. `untold`: a later one that the service had taken
    and that ended without results: whom it met nobody knows."""

    run: Run | None
    kinds: Sequence[Kind]
    untold: Run | None


def met_before(tree: Tree, connection: Connection | None, runs: QuerySet[Run] | None) -> Met | None:
    """What the earlier `runs` of a workflow tell of a run of `tree` on this account. None when it meets nobody, or when
    there is nothing to tell. What reached invented people does not count for real ones."""
    kinds = ledger.met_kinds(tree, catalog.default())
    if not kinds or connection is None or runs is None:
        return None
    newest = runs.select_related("connection").order_by("-created_at", "-pk").defer("evidence")
    recent = [run for run in newest[:LOOKED_AT] if run.connection.kind == connection.kind]
    last = next((run for run in recent if run.acted), None)
    later = recent[: recent.index(last)] if last else recent
    untold = next((run for run in later if _ended_untold(run)), None)
    reached = _reached(last, kinds) if last else []
    return Met(last, reached, untold) if reached or untold else None


def _ended_untold(run: Run) -> bool:
    return run.state in FINAL and run.state != State.COMPLETED and run.accepted_at is not None


def _reached(run: Run, kinds: Sequence[str]) -> list[Kind]:
    acts = Act.objects.filter(run=run, action_type__in=kinds, sure=True)
    counts = acts.values_list("action_type").annotate(Count("pk")).order_by("action_type")
    actions = catalog.default().actions
    return [
        Kind(actions[name].name, actions[name].icon, count, _first(acts, name))
        for name, count in counts
    ]


def _first(acts: QuerySet[Act], action_type: str) -> list[str]:
    found = acts.filter(action_type=action_type).order_by("pk").values_list("target", flat=True)
    return [short(target) for target in found[:SHOWN]]
