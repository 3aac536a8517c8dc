"""What workers do beside the runs, again and again. One list for both drivers: `loop` repeats each duty in every
worker, `jobs` lets one worker of all have it each time. Both are safe: whoever does a thing claims it in the database.
Rooms above add theirs when the process begins.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.utils import timezone

from editor.outgoing.sending import send_due
from editor.outgoing.services import forget as forget_deliveries
from editor.runs.batches.feeding import feed
from editor.runs.notices.services import mail_due
from editor.runs.schedules.firing import AT_ONCE, fire_due
from editor.sandbox.services import deliver_due, forget

from . import hearing, hooks
from .probing import probe_due
from .tidying import drop_draft, tidy
from .working import Worker, errand

SANDBOX_KEEPS: Final = timedelta(days=35)
"""The Linked API answers questions about the last 30 days."""


@dataclass(frozen=True, slots=True)
class Duty:
    """`seconds`: how long after one time the next begins; with jobs, whole seconds and one at least.

    `patience`: so many seconds it waits for a moment in which the worker has no run in hand.
    """

    name: str
    seconds: float
    act: Callable[[Worker], Awaitable[object]]
    patience: float = 0


async def _fire(worker: Worker) -> None:
    """Many schedules plan for the same full hour."""
    while await _now(fire_due) == AT_ONCE and not worker.stop.is_set():
        pass


async def _probe(worker: Worker) -> None:
    await probe_due(worker.client)


async def _look_after_hooks(worker: Worker) -> None:
    await hooks.look_after(worker.client)
    await _now(hearing.forget)


async def _send_webhooks(worker: Worker) -> None:
    """Only begins to: receivers that are slow hold up nobody."""
    await sync_to_async(close_old_connections)()
    await send_due(worker.sender)


def _forget_the_sandboxs(now: datetime) -> int:
    return forget(now - SANDBOX_KEEPS)


async def _now(act: Callable[[datetime], int]) -> int:
    """In the thread that has the worker's database connection."""
    return await sync_to_async(partial(_fresh, act))()


def aside(act: Callable[[datetime], int]) -> Callable[[Worker], Awaitable[int]]:
    """In the thread of errands: receivers and mail servers may be slow, deleting takes its time."""
    return lambda worker: errand(worker, partial(_fresh, act))


def _fresh(act: Callable[[datetime], int]) -> int:
    close_old_connections()
    return act(timezone.now())


DUTIES: Final = [
    # The sandbox has no process of its own to send its webhooks.
    Duty("deliver", 0.5, aside(deliver_due)),
    # The next row of a batch becomes a run.
    Duty("feed", 0.5, lambda worker: _now(feed)),
    # Schedules.
    Duty("fire", 1, _fire),
    # Paused connections that may work again.
    Duty("probe", 1, _probe),
    # Events for the team's other tools.
    Duty("webhooks", 0.5, _send_webhooks),
    # E-mail about what may be read in the app before.
    Duty("mail", 5, aside(mail_due)),
    # A piece of what nobody keeps any longer.
    Duty("tidy", 5, aside(tidy)),
    Duty("drop_drafts", 60, aside(drop_draft)),
    # Webhooks: a new connection wants one.
    Duty("hooks", 10, _look_after_hooks),
    Duty("forget", 60, aside(_forget_the_sandboxs)),
    # Old rows of the log of what was sent.
    Duty("forget_webhooks", 10, aside(forget_deliveries)),
]
