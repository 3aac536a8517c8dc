"""Reading of runs."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection as database
from django.db.models import Count, DateTimeField, Exists, IntegerField, Min, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.query import ModelIterable
from django.utils import timezone

from accounts.health import FIRST_PROBE
from accounts.models import Connection, Team, User
from editor.lib.prepared import Rows

from . import privacy
from .models import FINAL, ActionResult, HookEvent, Run, State, Uncovering, WorkerHeartbeat
from .privacy import Hides

UNCLAIMED_AT_MOST = 5
SKEW = timedelta(seconds=10)
"""Our clock and the service's may differ a little."""

_NOT_SHOWN = ("connection__linked_api_token", "connection__identification_token")
_ROW_NOT_SHOWN = ("batch_row__cells", "batch_row__values")


# --- For pages ---------------------------------------------------------------------------------


def run(team: Team, public_id: str) -> Run:
    """One run of this team with its connection, workflow, plan, outcome and batch, in one query.

    Raises Run.DoesNotExist, for another team's too.
    """
    return (
        team.runs.select_related(
            "connection", "workflow", "schedule", "plan", "outcome", "batch_row__batch"
        )
        .defer(*_NOT_SHOWN, *_ROW_NOT_SHOWN, "outcome__completion")
        .get(public_id=public_id)
    )


def uncovered(runs: Iterable[Run], user: User) -> frozenset[int]:
    """The keys of those that this person has said why they need to see all of, not long ago."""
    found = Uncovering.objects.filter(run__in=runs, user=user, until__gt=timezone.now())
    return frozenset(found.values_list("run_id", flat=True))


def results_of(run: Run, node_id: str, *, errors_only: bool = False) -> QuerySet[ActionResult]:
    """What one node gave, in the order of its items, without what is hidden from the run's reader; page it by
    "ordinal"."""
    found = _seen(run.results.filter(node_id=node_id), run.hides)
    return found.filter(success=False) if errors_only else found


def results_for(run: Run, node_ids: Collection[str], path: str) -> dict[str, ActionResult]:
    """What these nodes gave for one item, by node, without what is hidden from the run's reader."""
    found = _seen(run.results.filter(node_id__in=node_ids, path=path), run.hides)
    return {result.node_id: result for result in found}


def _seen(found: QuerySet[ActionResult], hides: Hides) -> QuerySet[ActionResult]:
    """The same rows, each as its reader may see it. Filters keep that; `values()` would not."""
    found = found.all()
    if hides:
        found._iterable_class = _redacting(hides)
    return found


@cache
def _redacting(hides: Hides) -> type[ModelIterable]:  # type: ignore[type-arg]
    class Redacting(ModelIterable):  # type: ignore[type-arg]
        def __iter__(self) -> Iterator[ActionResult]:
            for result in super().__iter__():
                if "data" not in result.get_deferred_fields():
                    result.data = privacy.redacted(result.data, hides, result.action_type)
                result.label = privacy.text(result.label, hides)
                result.error_message = privacy.text(result.error_message, hides)
                yield result

    return Redacting


def outcomes(
    run: Run, node_ids: Collection[str], paths: Collection[str]
) -> dict[tuple[str, str], ActionResult]:
    """How these nodes fared for these items, without their data: {(node id, path): result}."""
    if not node_ids or not paths:
        return {}
    found = run.results.filter(node_id__in=node_ids, path__in=paths).defer("data")
    found = _seen(found, run.hides)
    return {(result.node_id, result.path): result for result in found}


def ahead_in_queue(run: Run) -> int:
    """How many runs of the connection come before this queued one."""
    before = Run.objects.filter(connection=run.connection_id)
    queued = before.filter(state=State.QUEUED, pk__lt=run.pk).count()
    return queued + before.filter(holds_queue=True).count()


def sent_since(run: Run) -> int:
    """How many other runs of the connection were sent since this one, before it ended: their acts look the same."""
    others = Run.objects.filter(connection=run.connection_id).exclude(pk=run.pk)
    until = run.finished_at or timezone.now()
    return others.filter(
        submitted_at__gte=run.submitted_at or run.created_at, submitted_at__lt=until
    ).count()


def unclaimed_workflows(run: Run) -> list[tuple[str, datetime]]:
    """Workflows that webhooks told of since an uncertain run was sent and that belong to no run: (id,
    when it was told), oldest first. On the run's own account, when earlier events tell which that is."""
    told = HookEvent.objects.filter(hook__client_key=run.connection.client_key)
    own = Run.objects.filter(connection=run.connection_id, remote_id=OuterRef("workflow_id"))
    account = told.filter(Exists(own)).exclude(account_id="").values_list("account_id", flat=True)
    since = (run.submitted_at or run.created_at) - SKEW
    unclaimed = (
        told.filter(received_at__gte=since)
        .exclude(workflow_id="")
        .exclude(Exists(Run.objects.filter(remote_id=OuterRef("workflow_id"))))
    )
    if known := account.first():
        unclaimed = unclaimed.filter(account_id=known)
    first = unclaimed.values("workflow_id").annotate(at=Min("received_at")).order_by("at")
    return [(row["workflow_id"], row["at"]) for row in first[:UNCLAIMED_AT_MOST]]


def removable(
    team: Team, now: datetime, days: int | None, most: int | None = None
) -> QuerySet[Run]:
    """The team's runs that ended more than `days` ago, and those that ended before the newest `most` were started; None
    sets no end. Never those with a star.

    The index by state and creation finds them; a run that took long stays as long after its end as any other.
    """
    ended = Run.objects.filter(team=team, state__in=FINAL, starred_at=None)
    old = ended.none()
    if days is not None:
        before = now - timedelta(days=days)
        old = ended.filter(created_at__lt=before, finished_at__lt=before)
    if most is None:
        return old
    newest = Run.objects.filter(team=team).order_by("-created_at", "-id")
    first_kept = newest.values_list("created_at", flat=True)[most - 1 : most].first()
    if first_kept is None:
        return old
    return old | ended.filter(created_at__lt=first_kept)


# --- For the worker ----------------------------------------------------------------------------

_WITH_ALL = Run.objects.select_related("connection", "plan")

# Runs that were sent and whose time to be looked at has come; then the first of each connection's
# queue, where nothing of the connection is under way, it is not paused and its team is not about to be deleted. The
# latter walks from one connection with a queue to the next, so it costs the same for ten queued runs and for ten
# thousand; as a join, PostgreSQL would rather go through all that are due. Literals, not parameters, let both databases
# use the partial indexes.
_DUE = """
    WITH RECURSIVE queue(id) AS (
        SELECT MIN(connection_id) FROM runs_run WHERE state = 'queued'
        UNION ALL
        SELECT (
            SELECT MIN(connection_id) FROM runs_run
            WHERE state = 'queued' AND connection_id > queue.id
        )
        FROM queue WHERE queue.id IS NOT NULL
    ),
    heads(id) AS MATERIALIZED (
        SELECT (SELECT MIN(id) FROM runs_run WHERE state = 'queued' AND connection_id = queue.id)
        FROM queue
        WHERE queue.id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM runs_run WHERE holds_queue AND connection_id = queue.id
        )
    )
    SELECT id FROM (
        SELECT id, 1 AS turn FROM (
            SELECT id FROM runs_run
            WHERE state IN ('submitting', 'waiting', 'uncertain') AND next_look_at <= %s
            ORDER BY next_look_at LIMIT %s
        ) AS looks
        UNION ALL
        SELECT heads.id, 2 FROM heads WHERE (
            SELECT next_look_at <= %s
                AND (cancel_asked_at IS NOT NULL OR (probe_at IS NULL AND closes_at IS NULL))
            FROM runs_run JOIN accounts_connection ON accounts_connection.id = connection_id
            JOIN accounts_team ON accounts_team.id = runs_run.team_id
            WHERE runs_run.id = heads.id
        )
    ) AS due ORDER BY turn LIMIT %s
"""
_DUE_RUNS = Rows(
    lambda at, at_most: _WITH_ALL.filter(
        pk__in=RawSQL(_DUE, (at, at_most, at, at_most))  # noqa: S611 - it has parameters
    ),
    at=DateTimeField(),
    at_most=IntegerField(),
)


def due(at_most: int, busy: Collection[int] = ()) -> list[Run]:
    """Runs that want to be advanced now, without the `busy` ones: looks before starts."""
    found = _DUE_RUNS(at=timezone.now(), at_most=at_most + len(busy))
    free = [run for run in found if run.pk not in busy]
    return sorted(free, key=_turn)[:at_most]


def _turn(run: Run) -> tuple[Any, ...]:
    return run.state == State.QUEUED, run.next_look_at, run.pk


def _due_keys(at: datetime, at_most: int) -> list[int]:
    instant = database.ops.adapt_datetimefield_value(at)
    with database.cursor() as cursor:
        cursor.execute(_DUE, [instant, at_most, instant, at_most])
        return [pk for (pk,) in cursor.fetchall()]


def due_of(connection: int, busy: Collection[int] = ()) -> list[Run]:
    """The same for one connection."""
    now = timezone.now()
    mine = Run.objects.filter(connection=connection)
    sent = mine.filter(state__in=[State.SUBMITTING, State.WAITING, State.UNCERTAIN])
    keys = set(sent.filter(next_look_at__lte=now).values_list("pk", flat=True))
    queue = mine.filter(state=State.QUEUED).order_by("pk")
    first = queue.select_related("connection", "team").first()
    if (
        first
        and first.next_look_at
        and first.next_look_at <= now
        and (first.cancel_asked_at or not (first.connection.probe_at or first.team.closes_at))
        and not mine.filter(holds_queue=True).exists()
    ):
        keys.add(first.pk)
    keys -= set(busy)
    return list(_WITH_ALL.filter(pk__in=keys)) if keys else []


def overlooked(since: datetime, at_most: int) -> list[int]:
    """Connections with runs that have been due since then, and nobody took them."""
    late = Run.objects.filter(pk__in=_due_keys(since, at_most))
    return list(late.order_by("connection").values_list("connection", flat=True).distinct())


def due_probes(at_most: int) -> list[Connection]:
    """Paused connections that are to be asked whether they work again, because runs wait for them: when
    their time has come, or somebody has queued a run since they were asked and so seems to think so."""
    now = timezone.now()
    theirs = Run.objects.filter(connection=OuterRef("pk"))
    waiting = Exists(theirs.filter(state__in=[State.QUEUED, State.WAITING]))
    new = Exists(theirs.filter(state=State.QUEUED, created_at__gt=OuterRef("checked_at")))
    asked_long_ago = Q(checked_at__lt=now - timedelta(seconds=FIRST_PROBE))
    due = Connection.objects.filter(
        Q(waiting, probe_at__lte=now) | Q(new, asked_long_ago, probe_at__gt=now)
    )
    return list(due.order_by("probe_at")[:at_most])


def worker_seen(within: timedelta) -> bool:
    """Whether some worker has shown that it lives, not longer ago than `within`."""
    return WorkerHeartbeat.objects.filter(seen_at__gte=timezone.now() - within).exists()


def for_worker(pk: int) -> Run:
    """One run as `advance` wants it."""
    return _WITH_ALL.get(pk=pk)


# --- For /metrics ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnderWay:
    count: int
    first_look: datetime


def under_way() -> dict[str, UnderWay]:
    """Of each state: the runs that Trellis will look at again by itself, and when at the first of them."""
    rows = (
        Run.objects.filter(next_look_at__isnull=False)
        .values_list("state")
        .annotate(Count("pk"), Min("next_look_at"))
        .order_by()
    )
    return {state: UnderWay(count, first) for state, count, first in rows}


def uncertain() -> int:
    """How many wait for a person. A literal, as above."""
    with database.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM runs_run WHERE state = 'uncertain'")
        return int(cursor.fetchone()[0])


# The first of each queue, by the index of the queues; asked for the first of all, SQLite would go through all runs.
OLDEST_QUEUED = """
    SELECT MIN(first) FROM (
        SELECT MIN(id) AS first FROM runs_run WHERE state = 'queued' GROUP BY connection_id
    ) AS heads
"""


def oldest_queued() -> datetime | None:
    with database.cursor() as cursor:
        cursor.execute(OLDEST_QUEUED)
        (pk,) = cursor.fetchone()
    return Run.objects.filter(pk=pk).values_list("created_at", flat=True).first()


def on_hold() -> int:
    return Connection.objects.filter(probe_at__isnull=False).count()


def last_webhook() -> tuple[int, datetime | None]:
    """Its number, which counts all that ever came, and when it came."""
    row = HookEvent.objects.order_by("-pk").values_list("pk", "received_at").first()
    return row or (0, None)


def workers() -> list[WorkerHeartbeat]:
    return list(WorkerHeartbeat.objects.order_by("started_at", "pk"))
