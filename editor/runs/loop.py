"""The embedded driver: find due runs, advance them side by side, for as long as the process lives.

The rows are the queue; nothing is kept in memory that a restart would miss. Any number of these loops
may work on one database: claims (see `transitions`) sort out who does what.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django.utils import timezone

from editor.lib import logs
from editor.lib.ids import new_id
from editor.linkedapi import Client, OutcomeUnknown
from editor.runs import counting, hearing, hooks, queries, tidying, transitions
from editor.runs.advance import advance
from editor.runs.feeding import feed
from editor.runs.firing import AT_ONCE, fire_due
from editor.runs.models import Run, State, WorkerHeartbeat
from editor.runs.notices import mail_due
from editor.runs.probing import probe_due
from editor.sandbox.services import deliver_due, forget

log = logging.getLogger(__name__)
T = TypeVar("T")

IDLE_SECONDS = 0.2
"""How long a new run may go unnoticed."""

GATHER_SECONDS = 0.005
"""Pieces often end together; one look for what comes next serves them all."""

GRACE_SECONDS = 8.0
"""How long pieces under way may take once the loop is asked to stop."""

SCHEDULES_SECONDS = 1.0
"""How long a schedule may be behind its time."""

MAIL_SECONDS = 5.0
"""How long a notice may wait for its e-mail; it may be read in the app first."""

HOOKS_SECONDS = 10.0
"""How long a new connection may go without its webhook."""

TIDY_SECONDS = 5.0
"""How often a piece of what nobody keeps any longer is removed."""

FORGET_SECONDS = 60.0
SANDBOX_KEEPS = timedelta(days=35)
"""The Linked API answers questions about the last 30 days."""

FEED_SECONDS = 0.5
"""How long the next row of a batch may go unnoticed."""

FORGET_WORKERS_AFTER = timedelta(hours=1)


@dataclass
class Worker:
    """One loop: its name, and the runs it has in hand at this moment."""

    client: Client
    seats: int = field(default_factory=lambda: settings.WORKER_SEATS)
    id: str = field(default_factory=new_id)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    in_hand: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    errands: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "errands"))


async def work(worker: Worker) -> None:
    """Until `worker.stop` is set; then finish what is in hand, and leave."""
    await _guarded(_arrive, worker)
    beats = [
        asyncio.create_task(_repeat(worker, settings.WORKER_LEASE / 3, _beat)),
        asyncio.create_task(_repeat(worker, 0.5, _deliver)),
        asyncio.create_task(_repeat(worker, 1.0, _probe)),
        asyncio.create_task(_repeat(worker, HOOKS_SECONDS, _look_after_hooks)),
        asyncio.create_task(_repeat(worker, TIDY_SECONDS, _tidy)),
        asyncio.create_task(_repeat(worker, FORGET_SECONDS, _forget)),
        asyncio.create_task(_repeat(worker, FEED_SECONDS, _feed)),
        asyncio.create_task(_repeat(worker, SCHEDULES_SECONDS, _fire)),
        asyncio.create_task(_repeat(worker, MAIL_SECONDS, _mail)),
    ]
    stopping = asyncio.create_task(worker.stop.wait())
    try:
        while not worker.stop.is_set():
            began = await _guarded(take_due, worker)
            await asyncio.wait(
                {stopping, *worker.in_hand.values()},
                timeout=0 if began and len(worker.in_hand) < worker.seats else IDLE_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
            await asyncio.sleep(GATHER_SECONDS)
        if worker.in_hand:
            await asyncio.wait(worker.in_hand.values(), timeout=GRACE_SECONDS)
    finally:
        for task in (*beats, stopping, *worker.in_hand.values()):
            task.cancel()
        await asyncio.gather(*beats, stopping, *worker.in_hand.values(), return_exceptions=True)
        await _guarded(_leave, worker)
        await _errand(worker, connections.close_all)
        worker.errands.shutdown()


async def take_due(worker: Worker) -> bool:
    """Begin a piece of work on every due run there is a seat for. Whether there was any."""
    free = worker.seats - len(worker.in_hand)
    if free <= 0:
        return False
    runs = await sync_to_async(_due)(free, set(worker.in_hand))
    for run in runs:
        task = asyncio.create_task(_piece(worker, run))
        worker.in_hand[run.pk] = task
        task.add_done_callback(lambda _, pk=run.pk: worker.in_hand.pop(pk))  # type: ignore[misc]
    return bool(runs)


def _due(at_most: int, busy: set[int]) -> list[Run]:
    close_old_connections()
    return queries.due(at_most, busy)


async def _piece(worker: Worker, run: Run) -> None:
    logs.about.set({"run": run.public_id, "connection": run.connection.public_id})
    try:
        await advance(run, worker.client, worker.id)
    except (DatabaseError, InterfaceError):
        # The claim runs out and the run comes round again, uncertain if its start was on its way.
        log.exception("Run %s: the database did not take the next step", run.public_id)
    except Exception:
        log.exception("Run %s could not be advanced", run.public_id)
        if run.state == State.WAITING:
            broken = OutcomeUnknown("Trellis could not handle the answer.", type="unknownError")
            await sync_to_async(transitions.look_failed)(run, broken, timezone.now())


# --- Beside the runs ---------------------------------------------------------------------------


async def _beat(worker: Worker) -> None:
    """Show that we live, and keep our claims on starts that are on their way."""
    await sync_to_async(beat)(worker.id, list(worker.in_hand))


def beat(worker_id: str, in_hand: list[int]) -> None:
    now = timezone.now()
    WorkerHeartbeat.objects.update_or_create(
        worker_id=worker_id,
        defaults={
            "seen_at": now,
            "host": socket.gethostname()[:100],
            "pid": os.getpid(),
            "counts": counting.counts(),
        },
    )
    Run.objects.filter(pk__in=in_hand, state=State.SUBMITTING, claimed_by=worker_id).update(
        next_look_at=transitions.lease(now)
    )
    WorkerHeartbeat.objects.filter(seen_at__lt=now - FORGET_WORKERS_AFTER).delete()


async def _arrive(worker: Worker) -> None:
    await sync_to_async(hooks.address_changed)()


async def _leave(worker: Worker) -> None:
    await WorkerHeartbeat.objects.filter(worker_id=worker.id).adelete()


async def _deliver(worker: Worker) -> None:
    """The sandbox has no process of its own to send its webhooks. In a thread of its own: a receiver
    that is slow to answer must not hold up the runs."""
    await _errand(worker, _deliver_due)


async def _probe(worker: Worker) -> None:
    """Ask for paused connections whether they work again."""
    await probe_due(worker.client)


async def _mail(worker: Worker) -> None:
    """In the thread of errands: a mail server may be slow."""
    await _errand(worker, _mail_due)


def _mail_due() -> None:
    close_old_connections()
    mail_due(timezone.now())


async def _fire(worker: Worker) -> None:
    """Start what schedules plan; many plan for the same full hour."""
    while await sync_to_async(_fire_due)() == AT_ONCE and not worker.stop.is_set():
        pass


def _fire_due() -> int:
    close_old_connections()
    return fire_due(timezone.now())


async def _look_after_hooks(worker: Worker) -> None:
    await hooks.look_after(worker.client)
    await sync_to_async(hearing.forget)(timezone.now())


async def _tidy(worker: Worker) -> None:
    await _errand(worker, _tidy_a_piece)


def _tidy_a_piece() -> None:
    close_old_connections()
    tidying.tidy(timezone.now())


async def _forget(worker: Worker) -> None:
    await _errand(worker, _forget_the_sandboxs)


def _forget_the_sandboxs() -> None:
    close_old_connections()
    forget(timezone.now() - SANDBOX_KEEPS)


async def _feed(worker: Worker) -> None:
    """The next rows of batches become runs."""
    await sync_to_async(feed)(timezone.now())


async def _errand(worker: Worker, act: Callable[[], None]) -> None:
    await sync_to_async(act, thread_sensitive=False, executor=worker.errands)()


def _deliver_due() -> None:
    close_old_connections()
    deliver_due(timezone.now())


async def _repeat(worker: Worker, seconds: float, act: Callable[[Worker], Awaitable[None]]) -> None:
    while not worker.stop.is_set():
        await _guarded(act, worker)
        with suppress(TimeoutError):
            await asyncio.wait_for(worker.stop.wait(), seconds)


async def _guarded(act: Callable[[Worker], Awaitable[T]], worker: Worker) -> T | None:
    """The loop outlives a database that is away for a while."""
    try:
        return await act(worker)
    except (DatabaseError, InterfaceError):
        log.exception("The database does not answer; trying again")
        with suppress(TimeoutError):
            await asyncio.wait_for(worker.stop.wait(), 1.0)
        return None
