"""Telling the workers that something of a connection is due: a job, deferred in the transaction that makes it so.

A nudge says nothing but which connection, and when: what there is to do stands in the rows. So it may come late, twice,
or for nothing; and one that is lost is found missing (`jobs`). The embedded driver asks for due rows by itself
and wants none.
"""

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils import timezone

if TYPE_CHECKING:
    from procrastinate import App

DRIVE: Final = "drive"
"""The job's name; it has one argument, the key of a connection."""

QUEUE: Final = "trellis"
_COUNTED_FROM: Final = datetime(2025, 1, 1, tzinfo=UTC)


def wanted() -> bool:
    """Whether somebody listens."""
    return bool(settings.RUN_DRIVER == "procrastinate")


def nudge(connection: int, at: datetime | None = None) -> None:
    """Runs of the connection want a look, now or at `at`; call it inside the transaction that says so."""
    if not wanted():
        return
    now = timezone.now()
    due = max(at, now) if at else now
    job = _app().configure_task(
        DRIVE, queue=QUEUE, priority=priority(due), schedule_at=due if due > now else None
    )
    job.defer(connection=connection)


def remind(connection: int) -> bool:
    """A nudge of somebody who found work that nobody does: unless such a one is still waiting. Not in a transaction."""
    from procrastinate.exceptions import AlreadyEnqueued

    job = _app().configure_task(
        DRIVE,
        queue=QUEUE,
        priority=priority(timezone.now()),
        queueing_lock=f"{DRIVE} {connection}",
    )
    try:
        job.defer(connection=connection)
    except AlreadyEnqueued:
        return False
    return True


def priority(due: datetime) -> int:
    """What is due first goes first; and those who fetch jobs need not wade through the later ones."""
    return -int((due - _COUNTED_FROM).total_seconds())


@cache
def _app() -> "App":
    """For deferring only: on Django's own database connection, hence in its transaction."""
    from procrastinate import App
    from procrastinate.contrib.django.django_connector import DjangoConnector

    return App(connector=DjangoConnector())
