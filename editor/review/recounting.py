"""Count by day what was taken in before there were counts: set by set, not run by run."""

from collections import Counter
from datetime import UTC, date
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import TruncDate

from editor.review import daily

Place = tuple[int, int, date]
"""Team, workflow (0: all of the team) and day."""


def recount(models: Any) -> None:
    """Write the counts of all runs that have ended and wait no more to be taken in; there are none so far.

    `models(app, name)` gives a model: in a migration that of then (`apps.get_model`).
    """
    waits = models("runs", "Ended").objects.filter(run=OuterRef("pk"))
    ended = models("runs", "Run").objects.exclude(finished_at=None).filter(~Exists(waits))
    places: dict[Place, Counter[str]] = {}
    for run in ended.only(
        "team_id", "workflow_id", "state", "failed", "created_at", "finished_at"
    ).iterator():
        day = run.finished_at.astimezone(UTC).date()
        _add(places, run.team_id, run.workflow_id, day, daily.of_run(run))
    of_ended = models("runs", "ActionResult").objects.filter(run__in=ended.values("pk"))
    for (team, workflow, day, account, type_, success), times in _actions(of_ended):
        _add(places, team, workflow, day, daily.of_action(type_, success, times, account))
    models("review", "DayCounts").objects.bulk_create(
        (
            models("review", "DayCounts")(
                team_id=team, workflow_id=workflow or None, day=day, counts=dict(counts)
            )
            for (team, workflow, day), counts in places.items()
        ),
        batch_size=500,
    )


def _actions(results: Any) -> Any:
    day = TruncDate("run__finished_at", tzinfo=UTC)
    facts = ("run__team_id", "run__workflow_id", "day", "run__connection__public_id")
    rows = (
        results.annotate(day=day)
        .order_by()
        .values_list(*facts, "action_type", "success")
        .annotate(times=Count("pk"))
    )
    return ((row[:-1], row[-1]) for row in rows.iterator())


def _add(
    places: dict[Place, Counter[str]],
    team: int,
    workflow: int | None,
    day: date,
    counts: Counter[str],
) -> None:
    for each in {0, workflow or 0}:
        places.setdefault((team, each, day), Counter()).update(counts)
