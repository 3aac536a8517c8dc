"""What other tools of the team are told (`editor.outgoing`), and how it is put; docs/webhooks.md lists it for people.

Called inside the transaction of what it tells. Ids, counts and links only: no messages, no results, no texts of
errors, for whatever somebody typed into a workflow could stand in them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import chain, starmap
from typing import Any, Final, TypeVar

from django.conf import settings
from django.urls import reverse

from accounts.models import Connection
from editor.outgoing.events import tell
from editor.outgoing.models import Kind
from editor.runs.ledger import Done
from editor.runs.models import Batch, BatchRow, RowState, Run, State

T = TypeVar("T")

TARGETS_AT_MOST: Final = 100

_ENDS: Final = {
    State.COMPLETED: Kind.RUN_FINISHED,
    State.CANCELLED: Kind.RUN_FINISHED,
    State.FAILED: Kind.RUN_FAILED,
}


def runs_ended(runs: Iterable[Run], now: datetime) -> None:
    for (team, kind), theirs in _grouped(
        (run.team_id, _ENDS[State(run.state)], run) for run in runs
    ):
        tell(team, kind, partial(map, _run, theirs), now)


def run_uncertain(run: Run, now: datetime) -> None:
    tell(run.team_id, Kind.RUN_NEEDS_PERSON, lambda: [_run(run)], now)


def acts_done(ended: Iterable[tuple[Run, Sequence[Done]]], now: datetime) -> None:
    """One event for each kind of act of a run, however many there were."""
    for (team, kind), theirs in _grouped(
        (run.team_id, Kind.ACT_DONE, (run, acts)) for run, acts in ended if acts
    ):
        tell(team, kind, partial(chain.from_iterable, starmap(_acts, theirs)), now)


def _grouped(told: Iterable[tuple[int, Kind, T]]) -> Iterable[tuple[tuple[int, Kind], list[T]]]:
    """What one team is told of one kind goes together: it takes a query to know who listens."""
    groups: dict[tuple[int, Kind], list[T]] = {}
    for team, kind, about in told:
        groups.setdefault((team, kind), []).append(about)
    return groups.items()


def batch_finished(batch: Batch, now: datetime) -> None:
    tell(batch.team_id, Kind.BATCH_FINISHED, lambda: [_batch(batch, now)], now)


def connection_paused(connection: Connection, error_type: str, now: datetime) -> None:
    tell(
        connection.team_id,
        Kind.CONNECTION_NEEDS_ATTENTION,
        lambda: [{"connection": _connection(connection), "errorType": error_type}],
        now,
    )


# --- How it is put -----------------------------------------------------------------------------


def _run(run: Run) -> dict[str, Any]:
    row = BatchRow.objects.filter(run=run).select_related("batch").first()
    return {
        "run": {
            "id": run.public_id,
            "url": _url("runs:run", run.team.slug, run.public_id),
            "state": run.state,
            "failureReason": run.failure_reason or None,
            "createdAt": _at(run.created_at),
            "finishedAt": _at(run.finished_at),
            "done": run.done,
            "failed": run.failed,
            "notReached": run.not_reached,
            "acts": run.acted,
        },
        "workflow": _workflow(run),
        "connection": _connection(run.connection),
        "batch": {"id": row.batch.public_id, "row": row.number} if row else None,
    }


def _acts(run: Run, done: Sequence[Done]) -> list[dict[str, Any]]:
    """`targets`: LinkedIn addresses, as the ledger has them."""
    about = _run(run)
    return [
        about
        | {
            "actionType": action_type,
            "count": count,
            "targets": [
                act.names[0] for act in done if act.action_type == action_type and act.names
            ][:TARGETS_AT_MOST],
        }
        for action_type, count in Counter(act.action_type for act in done).items()
    ]


def _batch(batch: Batch, now: datetime) -> dict[str, Any]:
    rows = batch.rows.all()
    ran = Counter(rows.filter(state=RowState.RUN).values_list("run__state", flat=True))
    return {
        "batch": {
            "id": batch.public_id,
            "url": _url("runs:batch", batch.team.slug, batch.public_id),
            "startedAt": _at(batch.started_at),
            "finishedAt": _at(now),
            "rows": rows.count(),
            "skipped": rows.filter(state__in=[RowState.SKIPPED, RowState.BAD]).count(),
            "completed": ran[State.COMPLETED],
            "failed": ran[State.FAILED],
            "cancelled": ran[State.CANCELLED],
            "uncertain": ran[State.UNCERTAIN],
        },
        "workflow": _workflow(batch),
        "connection": _connection(batch.connection),
    }


def _workflow(ran: Run | Batch) -> dict[str, Any] | None:
    """None once it was deleted."""
    workflow = ran.workflow
    if workflow is None:
        return None
    return {
        "id": workflow.public_id,
        "url": _url("workflows:editor", ran.team.slug, workflow.public_id),
        "name": ran.workflow_name,
        "version": ran.version_number,
    }


def _connection(connection: Connection) -> dict[str, Any]:
    return {"id": connection.public_id, "name": connection.name}


def _url(name: str, *args: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=args)}"


def _at(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
