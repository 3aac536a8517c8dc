"""Reading of batches."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Connection, Team
from editor import catalog
from editor.lib.paging import Page, page
from editor.runs import ledger
from editor.runs.models import MOVING, Batch, BatchRow, BatchState, RowState, Run, State

PAGE = 50
SERVED_AT_ONCE = 50
LISTED = 8
_PIECE = 500

_RUN_STATES = {
    "queued": Q(run__state=State.QUEUED),
    "moving": Q(run__state__in=MOVING),
    "uncertain": Q(run__state=State.UNCERTAIN),
    "failed": Q(run__state=State.FAILED) | Q(run__state=State.COMPLETED, run__failed__gt=0),
    "cancelled": Q(run__state=State.CANCELLED),
}

SHOWS = {
    "all": Q(),
    "bad": Q(state=RowState.BAD),
    "skipped": Q(state=RowState.SKIPPED),
    "waiting": Q(state=RowState.WAITING),
    "begun": Q(state=RowState.RUN),
} | {name: Q(state=RowState.RUN) & where for name, where in _RUN_STATES.items()}
"""What a list of rows can be narrowed to."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How the rows of a batch stand. `acts`: what the waiting ones can do at most."""

    all: int
    waiting: int
    bad: int
    skipped: int
    begun: int
    queued: int
    moving: int
    uncertain: int
    failed: int
    cancelled: int
    acts: int

    @property
    def done(self) -> int:
        return self.begun - self.moving - self.uncertain - self.failed - self.cancelled

    @property
    def over(self) -> int:
        return self.begun - self.moving

    @property
    def to_do(self) -> int:
        """The rows that the progress is counted by."""
        return self.begun + self.waiting

    @property
    def in_words(self) -> str:
        """ "12 rows: 9 done, 2 with errors, 1 skipped." Of a batch that is over."""
        parts = [(self.done, "done"), (self.failed, "with errors"), (self.uncertain, "not sure")]
        parts += [(self.cancelled, "cancelled"), (self.skipped, "skipped"), (self.bad, "bad")]
        said = ", ".join(f"{count:,} {word}" for count, word in parts if count)
        return f"{self.all:,} row{'' if self.all == 1 else 's'}: {said}."


def batch(team: Team, public_id: str) -> Batch:
    """One batch of this team. Raises Batch.DoesNotExist, for another team's too."""
    found = team.batches.select_related("connection", "workflow", "version", "team")
    return found.defer("connection__linked_api_token", "connection__identification_token").get(
        public_id=public_id
    )


def under_way(team: Team) -> Sequence[Batch]:
    """The newest batches that are not over."""
    over = [BatchState.STOPPED, BatchState.FINISHED]
    return list(team.batches.exclude(state__in=over).order_by("-created_at")[:LISTED])


def counts(batch: Batch) -> Counts:
    """In one query."""
    found = batch.rows.aggregate(
        all=Count("pk"),
        acts=Sum("acts", filter=Q(state=RowState.WAITING), default=0),
        **{name: Count("pk", filter=where) for name, where in SHOWS.items() if name != "all"},
    )
    return Counts(**found)


def rows(batch: Batch, *, show: str = "all", cursor: str = "") -> Page[BatchRow]:
    """Rows with their runs, in their order, in one query. Raises paging.BadCursor."""
    found = batch.rows.filter(SHOWS[show]).select_related("run__connection")
    found = found.defer(
        "run__connection__linked_api_token", "run__connection__identification_token"
    )
    return page(found, order="number", cursor=cursor, size=PAGE)


def already_got(
    connection: Connection, rows: Sequence[Iterable[tuple[str, str]]]
) -> dict[int, str]:
    """Which rows, each given as its (action type, target), somebody was reached by before: {index: words}."""
    by_type: dict[str, list[tuple[int, str]]] = {}
    for index, targets in enumerate(rows):
        for action_type, target in targets:
            by_type.setdefault(action_type, []).append((index, target))
    found: dict[int, str] = {}
    for action_type, wanted in by_type.items():
        before = ledger.already(connection, action_type, [target for _, target in wanted])
        name = catalog.default().actions[action_type].name
        for index, target in wanted:
            if done := before.get(target):
                day = date_format(timezone.localtime(done.at), "j F Y")
                did = "did" if done.sure else "may have done"
                found.setdefault(index, f"{name}: {done.by} {did} this for {target} on {day}.")
    return found


def removable(team: Team, now: datetime, days: int | None) -> QuerySet[Batch]:
    """The team's batches that were over more than `days` ago; none when it keeps them for ever (None)."""
    if days is None:
        return Batch.objects.none()
    over = (BatchState.FINISHED, BatchState.STOPPED)
    return Batch.objects.filter(
        team=team, state__in=over, finished_at__lt=now - timedelta(days=days)
    )


def in_other_batches(batch: Batch, values: Sequence[Mapping[str, str]]) -> set[str]:
    """Which of these values another batch of the workflow has that is not over: the same list, read twice."""
    rows = _same_elsewhere(batch).filter(
        batch__state__in=[BatchState.RUNNING, BatchState.PAUSED],
        state__in=[RowState.WAITING, RowState.RUN],
    )
    found: set[str] = set()
    for start in range(0, len(values), _PIECE):
        same = rows.filter(values__in=values[start : start + _PIECE])
        found |= {known(each) for each in same.values_list("values", flat=True)}
    return found


def known(values: Mapping[str, str]) -> str:
    """Tells values apart."""
    return json.dumps(values, sort_keys=True)


def is_under_way_elsewhere(batch: Batch, values: Mapping[str, str]) -> bool:
    """Whether another batch of the workflow has begun these values, and nobody knows yet what came of it."""
    open_states = [*MOVING, State.UNCERTAIN]
    same = _same_elsewhere(batch).filter(state=RowState.RUN, run__state__in=open_states)
    return same.filter(values=values).exists()


def _same_elsewhere(batch: Batch) -> QuerySet[BatchRow]:
    return BatchRow.objects.filter(batch__workflow=batch.workflow_id).exclude(batch=batch.pk)


# --- For the worker ----------------------------------------------------------------------------


def due(now: datetime) -> list[Batch]:
    """Batches that may make runs now."""
    found = Batch.objects.filter(
        state=BatchState.RUNNING, next_at__lte=now, workflow__isnull=False, version__isnull=False,
        team__closes_at=None,
    )  # fmt: skip
    return list(found.select_related("connection").order_by("next_at")[:SERVED_AT_ONCE])


def queued(batch: Batch) -> int:
    """How many of its runs are in line. By the connection's queue, which is short, not by its rows."""
    return Run.objects.filter(
        Exists(BatchRow.objects.filter(batch=batch, run=OuterRef("pk"))),
        connection=batch.connection_id,
        state=State.QUEUED,
    ).count()


def has_waiting(batch: Batch) -> bool:
    return batch.rows.filter(state=RowState.WAITING).exists()


def is_moving(batch: Batch) -> bool:
    return batch.rows.filter(state=RowState.RUN, run__state__in=MOVING).exists()


def begun_since(batch: Batch, since: datetime) -> int:
    return batch.rows.filter(state=RowState.RUN, began_at__gte=since).count()
