"""Remove a team with all it has, a piece at a time, each in a transaction of its own, so that nobody waits long."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Model, QuerySet

from accounts.models import AuditEvent, Team
from editor.lib.tx import writing
from editor.outgoing.models import Delivery
from editor.runs.models import Act, ActionResult, Batch, BatchRow, ResultRow, Run

# What there may be much of: rows, how they lead to the team, and how many go at once (what hangs on each goes along).
# Runs, acts and batches refer to connections, which are the team's own: so they go before them.
_PIECES: Final[list[tuple[type[Model], str, int]]] = [
    (ActionResult, "run__team", 500),
    (ResultRow, "run__team", 500),
    (Act, "team", 500),
    (Run, "team", 100),
    (BatchRow, "batch__team", 500),
    (Batch, "team", 20),
    (Delivery, "endpoint__team", 500),
    (AuditEvent, "team", 500),
]


def pieces(team: Team) -> Iterator[int]:
    """Each step removes a piece and tells how many rows; the team is gone when there are no more."""
    for model, path, at_once in _PIECES:
        # Not by its manager: the log of acts goes with its team, and only with it.
        rows: QuerySet[Any] = QuerySet(model).filter(**{path: team})
        while removed := _remove(rows, at_once):
            yield removed
    while removed := _remove(team.workflows.all(), 5):
        yield removed
    with writing():
        team.delete()
    yield 1


def remove(team: Team) -> None:
    """All of it now."""
    for _ in pieces(team):
        pass


def _remove(rows: "QuerySet[Any]", at_once: int) -> int:
    keys = list(rows.values_list("pk", flat=True)[:at_once])
    if keys:
        with writing():
            QuerySet(rows.model).filter(pk__in=keys).delete()
    return len(keys)
