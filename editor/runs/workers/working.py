"""What one worker process is, whichever driver it has: a name, the runs in hand, a pulse.

Drivers (`loop`, `jobs`) differ in how they learn that a run is due; what they do then is the same piece.
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
from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from editor.lib import logs
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.linkedapi import Client
from editor.outgoing.sending import Sender
from editor.runs import transitions
from editor.runs.models import Run, State, WorkerHeartbeat
from editor.runs.notices import services as notices

from . import counting, hooks
from .advance import advance, broken
from .hands import AWAY, db

log = logging.getLogger(__name__)
T = TypeVar("T")

GRACE_SECONDS = 8.0
"""How long pieces under way may take once the worker is asked to stop."""

FORGET_WORKERS_AFTER = timedelta(hours=1)


@dataclass
class Worker:
    """One process: its name, and the runs it has in hand at this moment."""

    client: Client
    seats: int = field(default_factory=lambda: settings.WORKER_SEATS)
    id: str = field(default_factory=new_id)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    in_hand: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    sender: Sender = field(default_factory=lambda: Sender(notices.webhook_off))
    errands: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "errands"))


def begin(worker: Worker, run: Run) -> asyncio.Task[None]:
    """Begin a piece of work on a due run; it stays in hand until it is done."""
    task = asyncio.create_task(piece(worker, run))
    worker.in_hand[run.pk] = task
    task.add_done_callback(lambda _: worker.in_hand.pop(run.pk))
    return task


async def piece(worker: Worker, run: Run) -> None:
    logs.about.set({"run": run.public_id, "connection": run.connection.public_id})
    try:
        await advance(run, worker.client, worker.id)
    except AWAY:
        # The claim runs out and the run comes round again, uncertain if its start was on its way.
        log.exception("Run %s: the database did not take the next step", run.public_id)
    except Exception:
        log.exception("Run %s could not be advanced", run.public_id)
        if run.state == State.WAITING:
            await db(broken, run, timezone.now())


# --- From the first to the last moment ---------------------------------------------------------


async def arrive(worker: Worker) -> asyncio.Task[None]:
    """Show from now on that we live; cancel the task before `leave`."""
    await guarded(worker, sync_to_async(hooks.address_changed))
    return asyncio.create_task(repeat(worker, settings.WORKER_LEASE / 3, lambda: _beat(worker)))


async def finish(worker: Worker) -> None:
    """Let what is in hand come to its end, for a while."""
    left = [*worker.in_hand.values(), *worker.sender.tasks]
    if left:
        await asyncio.wait(left, timeout=GRACE_SECONDS)
    await drop(*left)


async def leave(worker: Worker) -> None:
    await guarded(worker, WorkerHeartbeat.objects.filter(worker_id=worker.id).adelete)
    await errand(worker, connections.close_all)
    worker.errands.shutdown()


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
    with writing():
        mine = Run.objects.filter(pk__in=in_hand, state=State.SUBMITTING, claimed_by=worker_id)
        # Locked in the order of their keys, like everywhere, so that nobody waits for each other in a ring.
        keys = list(mine.order_by("pk").select_for_update().values_list("pk", flat=True))
        Run.objects.filter(pk__in=keys).update(next_look_at=transitions.lease(now))
    WorkerHeartbeat.objects.filter(seen_at__lt=now - FORGET_WORKERS_AFTER).delete()


# --- Tasks -------------------------------------------------------------------------------------


async def errand(worker: Worker, act: Callable[[], T]) -> T:
    """In a thread of its own: what may be slow must not hold up the runs."""
    return await sync_to_async(act, thread_sensitive=False, executor=worker.errands)()


async def repeat(worker: Worker, seconds: float, act: Callable[[], Awaitable[object]]) -> None:
    while not worker.stop.is_set():
        await guarded(worker, act)
        await pause(worker, seconds)


async def guarded(worker: Worker, act: Callable[[], Awaitable[T]]) -> T | None:
    """A worker outlives a database that is away for a while."""
    try:
        return await act()
    except (DatabaseError, InterfaceError):
        log.exception("The database does not answer; trying again")
        await pause(worker, 1.0)
        return None


async def pause(worker: Worker, seconds: float) -> None:
    """Unless the worker is asked to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(worker.stop.wait(), seconds)


async def drop(*tasks: asyncio.Task[None] | asyncio.Task[bool]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
