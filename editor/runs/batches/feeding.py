"""The worker's share in batches: rows become runs, a few at a time.

Few runs of a batch are in line at any moment, so it can be paused at once, and a long table costs no more than a short
one. A row is taken by a conditional UPDATE under the lock of its batch, in the transaction that makes its run: two
workers make one run of it, and a worker that dies in between has made none.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from datetime import time as clock
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts import audit
from accounts import queries as accounts
from editor import catalog
from editor.lib.tx import writing
from editor.runs import acting, ledger, sending, services
from editor.runs.models import Batch, BatchRow, BatchState, RowState
from editor.runs.notices import announcing
from editor.runs.notices import services as notices
from editor.trees import placeholders
from editor.trees.nodes import Tree
from editor.workflows.models import Version
from editor.workflows.rows import tree_from_json

from . import queries
from .services import take_back

log = logging.getLogger(__name__)

IN_LINE_AT_MOST = 2
DAY_BEGINS = clock(9)
"""When the share of a later day begins."""

FAILED_PAUSE = timedelta(minutes=1)
_FRIDAY = 4


def feed(now: datetime) -> int:
    """Make the next runs of all batches; how many."""
    made = 0
    for batch in queries.due(now):
        try:
            made += _serve(batch, now)
        except Exception:
            # One batch that cannot go on must not hold up the others, nor be tried without a pause.
            log.exception("Batch %s could not go on", batch.public_id)
            _running(batch).update(next_at=now + FAILED_PAUSE)
    return made


def _running(batch: Batch) -> QuerySet[Batch]:
    return Batch.objects.filter(pk=batch.pk, state=BatchState.RUNNING)


def _serve(batch: Batch, now: datetime) -> int:
    if queries.queued(batch) >= IN_LINE_AT_MOST:
        return 0
    if not queries.has_waiting(batch):
        if not queries.is_moving(batch):
            _finish(batch, now)
        return 0
    with writing():
        locked = _running(batch).filter(next_at__lte=now).select_for_update(of=("self",))
        found = locked.select_related("version__workflow__team", "connection", "actor").first()
        return _begin_some(found, now) if found else 0


def _finish(batch: Batch, now: datetime) -> None:
    with writing():
        if _running(batch).update(state=BatchState.FINISHED, finished_at=now):
            announcing.batch_finished(batch, now)
            notices.batch_finished(batch, queries.counts(batch).in_words, now)


def _begin_some(batch: Batch, now: datetime) -> int:
    left, version = left_today(batch, now), batch.version
    if left == 0 or version is None:
        _running(batch).update(next_at=next_day(batch, now))
        return 0
    tree = tree_from_json(version.tree)
    if batch.actor is None or not accounts.may_use(batch.actor, batch.connection):
        _hold(batch, f"{batch.actor_name} may not run on “{batch.connection.name}” any more", now)
        return 0
    if acting.barred(batch.connection, batch.actor, tree):
        _hold(batch, f"{batch.actor_name} may not run what other people see any more", now)
        return 0
    room = IN_LINE_AT_MOST - queries.queued(batch)
    room = room if left is None else min(room, left)
    rows = batch.rows.filter(state=RowState.WAITING).order_by("number")[: max(room, 0)]
    return sum(_begin(batch, version, tree, row, now) for row in rows)


def _hold(batch: Batch, why: str, now: datetime) -> None:
    """Nothing is sent in the name of somebody who may not do so any more: somebody else resumes it."""
    if _running(batch).update(state=BatchState.PAUSED, held=why[:200]):
        take_back(batch, BatchState.PAUSED)
        audit.record(
            batch.team, None, "batch.paused", batch.workflow_name, batch=batch.public_id, why=why
        )  # fmt: skip
        notices.batch_held(batch, why, now)


def _begin(batch: Batch, version: Version, tree: Tree, row: BatchRow, now: datetime) -> bool:
    """Make the run of a row; or say why there is none."""
    values, problems = sending.values_of(tree, row.values)
    waiting = BatchRow.objects.filter(pk=row.pk, state=RowState.WAITING)
    if problems:
        waiting.update(state=RowState.BAD, note=" ".join(p.message for p in problems[:3]))
        return False
    if not row.kept and (note := _repeats(batch, tree, row, values)):
        waiting.update(state=RowState.SKIPPED, note=note)
        return False
    if waiting.update(state=RowState.RUN, began_at=now, note="") != 1:
        return False
    run = services.add_run(
        version.workflow, version, connection=batch.connection, actor=batch.actor,
        submit_key=f"batch:{batch.public_id}:{row.number}:{row.tries}", values=values, batch=batch,
    )  # fmt: skip
    BatchRow.objects.filter(pk=row.pk).update(run=run)
    return True


def _repeats(batch: Batch, tree: Tree, row: BatchRow, values: Mapping[str, Any]) -> str:
    """What somebody did meanwhile that this row would do once more, in words; or ""."""
    known = ledger.known_targets(placeholders.substitute(tree, values), catalog.default())
    targets = [(node.type, target) for node, target in known]
    if targets and queries.is_under_way_elsewhere(batch, row.values):
        return "Another batch of this workflow has just begun the same row."
    return queries.already_got(batch.connection, [targets]).get(0, "")


# --- Days --------------------------------------------------------------------------------------


def left_today(batch: Batch, now: datetime) -> int | None:
    """How many rows may still begin today; None: as many as there are."""
    today = now.astimezone(ZoneInfo(batch.time_zone))
    if batch.working_days and today.weekday() > _FRIDAY:
        return 0
    if batch.per_day is None:
        return None
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
    return max(0, batch.per_day - queries.begun_since(batch, midnight))


def next_day(batch: Batch, now: datetime) -> datetime:
    """When the share of the next day begins that is one for this batch."""
    zone = ZoneInfo(batch.time_zone)
    day = now.astimezone(zone).date() + timedelta(days=1)
    while batch.working_days and day.weekday() > _FRIDAY:
        day += timedelta(days=1)
    return datetime.combine(day, DAY_BEGINS, zone)
