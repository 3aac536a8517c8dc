"""Counts by day, written when a run is taken in, so that charts of a million runs read some rows.

`DayCounts.counts` is {key: number}; keys are

    run OUTCOME               runs that ended: "completed", "partly" (with failed actions), "failed", "cancelled"
    took BUCKET               how long they took, from the press of the button: the index of a bucket of TOOK
    done TYPE, failed TYPE    actions that ran
    used CATEGORY ACCOUNT     what of them succeeded and counts against a limit of a connection (its public id)
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date
from itertools import pairwise
from typing import Final

from django.db.models import Count

from accounts.models import Connection, Team
from editor import catalog
from editor.review.models import DayCounts
from editor.runs.models import ActionResult, Run, State
from editor.workflows.models import Workflow

TOOK: Final = (10, 20, 40, 60, 120, 300, 600, 1200, 2400, 3600, 7200, 14400, 28800, 86400)
"""Seconds where one bucket ends and the next begins; the last bucket has no end."""

OUTCOMES: Final = ("completed", "partly", "failed", "cancelled")

Counts = Counter[str]
_Place = tuple[int, int, date]
"""Team, workflow (0: all of the team) and day."""


def count(runs: Sequence[Run]) -> None:
    """Add runs that have ended and were not counted before; inside a transaction."""
    places: dict[_Place, Counts] = {}
    ran = _actions(runs)
    for run in runs:
        day = (run.finished_at or run.created_at).astimezone(UTC).date()
        for workflow in {0, run.workflow_id or 0}:
            place = places.setdefault((run.team_id, workflow, day), Counter())
            place.update(of_run(run))
            place.update(ran.get(run.pk, {}))
    # In one order, so that two workers never wait for each other.
    for (team, workflow, day), added in sorted(places.items()):
        _add(team, workflow or None, day, added)


def _add(team: int, workflow: int | None, day: date, added: Counts) -> None:
    row, _ = DayCounts.objects.select_for_update().get_or_create(
        team_id=team,
        workflow_id=workflow,  # type: ignore[misc] # None is one, too
        day=day,
    )
    row.counts = dict(Counter(row.counts) + added)
    row.save(update_fields=["counts"])


def of_run(run: Run) -> Counts:
    """What one run that has ended adds, without its actions."""
    outcome = "partly" if run.state == State.COMPLETED and run.failed else run.state
    counts = Counter({f"run {outcome}": 1})
    if run.finished_at and run.state != State.CANCELLED:
        seconds = (run.finished_at - run.created_at).total_seconds()
        counts[f"took {sum(seconds >= end for end in TOOK)}"] = 1
    return counts


def _actions(runs: Sequence[Run]) -> dict[int, Counts]:
    """What ran in each run, in one query."""
    accounts = {run.pk: run.connection_id for run in runs}
    known = _public_ids(set(accounts.values()))
    rows = (
        ActionResult.objects.filter(run__in=accounts)
        .order_by()
        .values_list("run_id", "action_type", "success")
        .annotate(Count("pk"))
    )
    found: dict[int, Counts] = {}
    for run, type_, success, times in rows:
        counts = of_action(type_, success, times, known[accounts[run]])
        found.setdefault(run, Counter()).update(counts)
    return found


def of_action(type_: str, success: bool, times: int, account: str) -> Counts:
    """What an action adds that ran so often on a connection (its public id)."""
    counts = Counter({f"{'done' if success else 'failed'} {type_}": times})
    action = catalog.default().actions.get(type_)
    if success and action and action.limit_category:
        counts[f"used {action.limit_category} {account}"] = times
    return counts


def _public_ids(connections: set[int]) -> dict[int, str]:
    return dict(Connection.objects.filter(pk__in=connections).values_list("pk", "public_id"))


# --- Reading -----------------------------------------------------------------------------------


def between(
    team: Team, workflow: Workflow | None, first: date, last: date
) -> list[tuple[date, Counts]]:
    """The days that have something, oldest first, in one query."""
    rows = DayCounts.objects.filter(team=team, workflow=workflow, day__range=(first, last))
    return [(row.day, Counter(row.counts)) for row in rows.order_by("day")]


def under(counts: Mapping[str, int], kind: str) -> dict[str, int]:
    """The counts of one kind: {"st.openPersonPage": 3} for "done"."""
    start = f"{kind} "
    return {key[len(start) :]: n for key, n in counts.items() if key.startswith(start)}


def total(days: Iterable[tuple[date, Counts]]) -> Counts:
    added: Counts = Counter()
    for _, counts in days:
        added.update(counts)
    return added


def buckets() -> list[str]:
    """The buckets of TOOK in words: "under 10 s", "10 to 20 s" ... "more than a day"."""
    ends = [_seconds(end) for end in TOOK]
    between = [f"{a} to {b}" for a, b in pairwise(ends)]
    return [f"under {ends[0]}", *between, f"over {ends[-1]}"]


def _seconds(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"
