"""The embedded driver: find due runs, advance them side by side, for as long as the process lives.

The rows are the queue; nothing is kept in memory that a restart would miss. Any number of these loops
may work on one database: claims (see `transitions`) sort out who does what.
"""

import asyncio
import time
from functools import partial

from editor.runs import queries

from . import hands
from .duties import DUTIES, Duty
from .hands import db
from .together import gathering
from .working import Worker, arrive, begin, drop, finish, guarded, leave, pause, repeat

IDLE_SECONDS = 0.2
"""How long a new run may go unnoticed."""

LEISURE_SECONDS = 0.25
"""How often a duty that can wait looks whether the worker is free."""

GATHER_SECONDS = 0.001
"""Pieces often end together; one look for what comes next serves them all."""


async def work(worker: Worker) -> None:
    """Until `worker.stop` is set; then finish what is in hand, and leave."""
    with hands.at_hand(), gathering():
        await _work(worker)


async def _work(worker: Worker) -> None:
    beside = [await arrive(worker), asyncio.create_task(_stopped(worker))]
    stopping = beside[-1]
    beside += [
        asyncio.create_task(repeat(worker, duty.seconds, partial(do, worker, duty)))
        for duty in DUTIES
    ]
    try:
        while not worker.stop.is_set():
            began = await guarded(worker, partial(take_due, worker))
            await asyncio.wait(
                {stopping, *worker.in_hand.values()},
                timeout=0 if began and len(worker.in_hand) < worker.seats else IDLE_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
            await asyncio.sleep(GATHER_SECONDS)
    finally:
        await finish(worker)
        await drop(*beside)
        await leave(worker)


async def do(worker: Worker, duty: Duty) -> None:
    """A duty, in a moment in which nothing is in hand if it has the patience."""
    deadline = time.monotonic() + duty.patience
    while worker.in_hand and time.monotonic() < deadline and not worker.stop.is_set():
        await pause(worker, LEISURE_SECONDS)
    await duty.act(worker)


async def _stopped(worker: Worker) -> None:
    await worker.stop.wait()


async def take_due(worker: Worker) -> bool:
    """Begin a piece of work on every due run there is a seat for. Whether there was any."""
    free = worker.seats - len(worker.in_hand)
    if free <= 0:
        return False
    runs = await db(queries.due, free, set(worker.in_hand))
    for run in runs:
        begin(worker, run)
    return bool(runs)
