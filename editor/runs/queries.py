"""Reading of runs."""

from collections.abc import Collection
from datetime import timedelta

from django.db import connection as database
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Team
from editor.lib.paging import Page, page
from editor.runs.models import ActionResult, Run, State, WorkerHeartbeat

PAGE = 50
_NOT_SHOWN = ("connection__linked_api_token", "connection__identification_token")


# --- For pages ---------------------------------------------------------------------------------


def run(team: Team, public_id: str) -> Run:
    """One run of this team with its connection, workflow, plan and outcome, in one query.

    Raises Run.DoesNotExist, for another team's too.
    """
    return (
        team.runs.select_related("connection", "workflow", "plan", "outcome")
        .defer(*_NOT_SHOWN, "outcome__completion")
        .get(public_id=public_id)
    )


def list_page(team: Team, *, state: str = "", workflow: str = "", cursor: str = "") -> Page[Run]:
    """The team's runs, newest first, in one query; `workflow` is a public id.

    Raises paging.BadCursor.
    """
    found = team.runs.select_related("connection", "workflow").defer(*_NOT_SHOWN)
    if state:
        found = found.filter(state=state)
    if workflow:
        found = found.filter(workflow__public_id=workflow, workflow__team=team)
    return page(found, order="-created_at", cursor=cursor, size=PAGE)


def results_of(run: Run, node_id: str, *, errors_only: bool = False) -> QuerySet[ActionResult]:
    """What one node gave, in the order of its items; page it by "ordinal"."""
    found = run.results.filter(node_id=node_id)
    return found.filter(success=False) if errors_only else found


def outcomes(
    run: Run, node_ids: Collection[str], paths: Collection[str]
) -> dict[tuple[str, str], ActionResult]:
    """How these nodes fared for these items, without their data: {(node id, path): result}."""
    if not node_ids or not paths:
        return {}
    found = run.results.filter(node_id__in=node_ids, path__in=paths).defer("data")
    return {(result.node_id, result.path): result for result in found}


def ahead_in_queue(run: Run) -> int:
    """How many runs of the connection come before this queued one."""
    before = Run.objects.filter(connection=run.connection_id)
    queued = before.filter(state=State.QUEUED, pk__lt=run.pk).count()
    return queued + before.filter(holds_queue=True).count()


def sent_since(run: Run) -> int:
    """How many other runs of the connection were sent since this one: their acts look the same."""
    others = Run.objects.filter(connection=run.connection_id).exclude(pk=run.pk)
    return others.filter(submitted_at__gte=run.submitted_at or run.created_at).count()


# --- For the worker ----------------------------------------------------------------------------

_WITH_ALL = Run.objects.select_related("connection", "plan")

# The first of each connection's queue, where nothing of the connection is under way. Walks from one
# connection with a queue to the next, so it costs the same for ten queued runs and for ten thousand.
# The literals let both databases use the partial indexes.
_HEADS = """
    WITH RECURSIVE queue(id) AS (
        SELECT MIN(connection_id) FROM runs_run WHERE state = 'queued'
        UNION ALL
        SELECT (
            SELECT MIN(connection_id) FROM runs_run
            WHERE state = 'queued' AND connection_id > queue.id
        )
        FROM queue WHERE queue.id IS NOT NULL
    )
    SELECT (SELECT MIN(id) FROM runs_run WHERE state = 'queued' AND connection_id = queue.id)
    FROM queue
    WHERE queue.id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM runs_run WHERE holds_queue AND connection_id = queue.id
    )
"""


def due(at_most: int, busy: Collection[int] = ()) -> list[Run]:
    """Runs that want to be advanced now, those waiting longest first, without the `busy` ones."""
    now = timezone.now()
    sent = [State.SUBMITTING, State.WAITING, State.UNCERTAIN]
    looks = (
        _WITH_ALL.filter(state__in=sent, next_look_at__lte=now)
        .exclude(pk__in=busy)
        .order_by("next_look_at")
    )
    found = list(looks[:at_most])
    room = at_most - len(found)
    if room > 0 and (heads := [pk for pk in _heads() if pk not in busy]):
        starts = _WITH_ALL.filter(pk__in=heads[: 4 * room], next_look_at__lte=now)
        found += starts.order_by("pk")[:room]
    return found


def _heads() -> list[int]:
    with database.cursor() as cursor:
        cursor.execute(_HEADS)
        return [pk for (pk,) in cursor.fetchall() if pk is not None]


def worker_seen(within: timedelta) -> bool:
    """Whether some worker has shown that it lives, not longer ago than `within`."""
    return WorkerHeartbeat.objects.filter(seen_at__gte=timezone.now() - within).exists()


def for_worker(pk: int) -> Run:
    """One run as `advance` wants it."""
    return _WITH_ALL.get(pk=pk)
