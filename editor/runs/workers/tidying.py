"""Remove what teams do not keep any longer, a little at a time (`keeping` says how long).

Only runs that have ended go, with their plans, values and results, batches that are over, with their tables, and what
came of schedules. The ledger stays: who got what is still known.
Every statement touches at most PIECE rows, in a transaction of its own, so that nobody waits long for a lock.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.db.models import F, QuerySet

from accounts import audit
from editor.lib.tx import writing
from editor.runs import queries
from editor.runs.batches import queries as batch_queries
from editor.runs.models import (
    Act,
    ActionResult,
    Batch,
    BatchRow,
    BatchState,
    Firing,
    Keeping,
    ResultRow,
    Run,
)
from editor.workflows.services import forget_runs

M = TypeVar("M", Act, ActionResult, ResultRow)

PIECE: Final = 500
RUNS_AT_ONCE: Final = 20
PIECES_AT_ONCE: Final = 10
TEAMS_AT_ONCE: Final = 10
EVERY: Final = timedelta(hours=1)
LEASE: Final = timedelta(minutes=5)
TELL_EVERY: Final = timedelta(days=1)
DRAFTS_KEPT: Final = timedelta(days=30)


def tidy(now: datetime) -> int:
    """A bounded piece of work for some of the teams that are due. Returns how many runs it removed."""
    due = Keeping.objects.filter(next_at__lte=now).order_by("next_at").select_related("team")
    return sum(_tidy(each, now) for each in due[:TEAMS_AT_ONCE] if _claim(each, now))


def _claim(keeping: Keeping, now: datetime) -> bool:
    """One worker at a time; a claim that nobody finishes runs out."""
    mine = Keeping.objects.filter(pk=keeping.pk, next_at=keeping.next_at)
    keeping.next_at = now + LEASE
    return mine.update(next_at=keeping.next_at) == 1


def _tidy(keeping: Keeping, now: datetime) -> int:
    old = queries.removable(keeping.team, now, keeping.days, keeping.most)[:RUNS_AT_ONCE]
    runs = list(old.only("pk", "public_id", "workflow_id"))
    if runs:
        removed = _remove(keeping, runs)
    elif batch := batch_queries.removable(keeping.team, now, keeping.days).only("pk").first():
        removed = _remove_batch(keeping, batch)
    elif _remove_firings(keeping, now):
        removed = 0
    else:
        _rest(keeping, now)
        return 0
    _again(keeping, now)
    return removed


def _remove(keeping: Keeping, runs: Sequence[Run]) -> int:
    """These runs, or as much of what hangs on them as goes in one call. Returns how many runs went."""
    keys = [run.pk for run in runs]
    for _ in range(PIECES_AT_ONCE):
        if not _remove_results(keeping, keys) and not _piece_of(Act, keys).update(run=None):
            return _remove_bare(keeping, runs)
    return 0


def _remove_results(keeping: Keeping, runs: Sequence[int]) -> int:
    with writing():
        gone = _piece_of(ActionResult, runs).delete()[0]
        if gone:
            _count(keeping, results=F("results") + gone)
        rows = _piece_of(ResultRow, runs).delete()[0]
    return gone + rows


def _piece_of(model: type[M], runs: Sequence[int]) -> QuerySet[M]:
    rows = model._default_manager.filter(run__in=runs)
    return model._default_manager.filter(pk__in=rows.values("pk")[:PIECE])


def _remove_firings(keeping: Keeping, now: datetime) -> int:
    """A piece of the histories of schedules. Each keeps no more than `firing.FIRINGS_KEPT` anyway."""
    if keeping.days is None:
        return 0
    old = Firing.objects.filter(
        schedule__team=keeping.team, planned_at__lt=now - timedelta(days=keeping.days)
    )
    return Firing.objects.filter(pk__in=old.values("pk")[:PIECE]).delete()[0]


def _remove_batch(keeping: Keeping, batch: Batch) -> int:
    """A batch, or as many of its rows as go in one call. Their runs, if any are left, stay."""
    if _remove_rows(batch):
        with writing():
            batch.delete()
            _count(keeping, batches=F("batches") + 1)
    return 0


def _remove_rows(batch: Batch) -> bool:
    """Whether they are all gone, or it takes another call."""
    for _ in range(PIECES_AT_ONCE):
        rows = BatchRow.objects.filter(batch=batch).values("pk")[:PIECE]
        if not BatchRow.objects.filter(pk__in=rows).delete()[0]:
            return True
    return False


def drop_draft(now: datetime) -> int:
    """The oldest table that nobody has started within DRAFTS_KEPT goes. Returns how many went, none or one."""
    drafts = Batch.objects.filter(state=BatchState.DRAFT, created_at__lt=now - DRAFTS_KEPT)
    draft = drafts.order_by("pk").only("pk").first()
    if draft is None or not _remove_rows(draft):
        return 0
    return int(drafts.filter(pk=draft.pk).delete()[0] > 0)


def _remove_bare(keeping: Keeping, runs: Sequence[Run]) -> int:
    """Runs that nothing long hangs on any more."""
    with writing():
        Run.objects.filter(pk__in=[run.pk for run in runs]).delete()
        forget_runs([(run.workflow_id, run.public_id) for run in runs if run.workflow_id])
        _count(keeping, runs=F("runs") + len(runs))
    return len(runs)


def remove(runs: Sequence[Run]) -> int:
    """These runs that have ended and all that hangs on them, now: somebody said so. Returns how many went."""
    keys = [run.pk for run in runs]
    for model in (ActionResult, ResultRow):
        while _piece_of(model, keys).delete()[0]:  # type: ignore[type-var]
            pass
    while _piece_of(Act, keys).update(run=None):
        pass
    for first in range(0, len(runs), RUNS_AT_ONCE):
        piece = runs[first : first + RUNS_AT_ONCE]
        with writing():
            Run.objects.filter(pk__in=[run.pk for run in piece]).delete()
            forget_runs([(run.workflow_id, run.public_id) for run in piece if run.workflow_id])
    return len(runs)


def _count(keeping: Keeping, **more: Any) -> None:
    Keeping.objects.filter(pk=keeping.pk).update(**more)


def _again(keeping: Keeping, now: datetime) -> None:
    """There may be more: with the next call."""
    Keeping.objects.filter(pk=keeping.pk, next_at=keeping.next_at).update(next_at=now)


def _rest(keeping: Keeping, now: datetime) -> None:
    """Nothing old is left for now. What went is told once a day."""
    with writing():
        mine = Keeping.objects.select_for_update().filter(pk=keeping.pk, next_at=keeping.next_at)
        found = mine.first()
        if found is None:
            return  # somebody has changed how long runs are kept
        went = found.runs or found.batches
        if went and (found.told_at is None or found.told_at <= now - TELL_EVERY):
            audit.record(
                keeping.team, None, "runs.removed", "Old runs",
                runs=found.runs, results=found.results, batches=found.batches,
                days=found.days, most=found.most,
            )  # fmt: skip
            went = found.runs = found.results = found.batches = 0
            found.told_at = now
        keeps_all = found.days is None and found.most is None
        found.next_at = None if keeps_all and not went else now + EVERY
        found.save()
