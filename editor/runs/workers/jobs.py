"""The driver for many machines: jobs of Procrastinate, on PostgreSQL, say which connection wants a look (`nudging`).

The rows stay the truth, so nothing depends on a job. One that came to nothing because its worker was killed is found
missing: runs that have been due for a while are nudged again. Jobs take no locks: one under way when its worker or its
database connection goes would keep it for a long time, and a connection's queue has a constraint of its own
(docs/decisions/0016-jobs-are-nudges.md).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.utils import timezone
from procrastinate import App
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition, Status
from procrastinate.psycopg_connector import PsycopgConnector

from editor.runs import queries
from editor.runs.nudging import DRIVE, QUEUE, remind

from . import hands
from .duties import DUTIES, Duty
from .hands import db
from .together import gathering
from .working import Worker, arrive, begin, drop, finish, guarded, leave, pause

log = logging.getLogger(__name__)

POLL_SECONDS: Final = 0.5
"""How late a look may be whose time was set before; what is due at once is told at once."""

OVERLOOKED: Final = timedelta(seconds=3)
"""What has been due for so long may have lost its nudge."""

MEND_SECONDS: Final = 2
AT_ONCE: Final = 500
CONNECTIONS: Final = 4
"""To the database, for jobs; beside them the worker has one for runs, one for duties and one for errands."""


async def work(worker: Worker) -> None:
    """Until `worker.stop` is set; then finish what is in hand, and leave."""
    with hands.at_hand(), gathering():
        await _work(worker)


async def _work(worker: Worker) -> None:
    beating = await arrive(worker)
    try:
        while not worker.stop.is_set():
            try:
                await _serve(worker)
            except (ConnectorException, OSError):
                log.exception("The database does not answer; trying again")
            await pause(worker, 1.0)
    finally:
        await finish(worker)
        await drop(beating)
        await leave(worker)


async def _serve(worker: Worker) -> None:
    """Fetch jobs until the worker is asked to stop, or the database goes away under our hands."""
    app = app_of(worker)
    async with app.open_async():
        fetching = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=worker.seats,
                fetch_job_polling_interval=POLL_SECONDS,
                # What a job has begun is in the worker's hand, and goes on without it.
                shutdown_graceful_timeout=0.5,
                delete_jobs=DeleteJobCondition.ALWAYS.value,
                update_heartbeat_interval=settings.WORKER_LEASE / 3,
                stalled_worker_timeout=settings.WORKER_LEASE,
                install_signal_handlers=False,
            )
        )
        stopping = asyncio.create_task(worker.stop.wait())
        try:
            await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if fetching.done():
                fetching.result()
        finally:
            await drop(fetching, stopping)


def app_of(worker: Worker) -> App:
    """What jobs make this worker do: carry on the runs of a connection, and each duty when its time has come."""
    app = App(
        connector=PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=CONNECTIONS)
    )
    app.task(name=DRIVE, queue=QUEUE)(_drive_job(worker))
    for duty in (*DUTIES, Duty("mend", MEND_SECONDS, partial(_mend, app))):
        task = app.task(name=duty.name, queue=QUEUE)(_once_at_a_time(worker, duty))
        # A duty that is still waiting for a worker is not put in line once more.
        app.periodic(cron=cron_of(duty.seconds), queueing_lock=duty.name)(task)
    return app


def cron_of(seconds: float) -> str:
    """Every so many seconds, one at least, as cron with seconds at its end has it."""
    whole = max(1, round(seconds))
    return f"* * * * * */{whole}" if whole < 60 else "* * * * * 0"


def _drive_job(worker: Worker) -> Callable[[int], Awaitable[None]]:
    async def job(connection: int) -> None:
        await drive(worker, connection)

    return job


def _once_at_a_time(worker: Worker, duty: Duty) -> Callable[[int], Awaitable[None]]:
    """A duty may take longer than the time to its next turn."""
    under_way = asyncio.Lock()

    async def job(timestamp: int) -> None:
        if not under_way.locked():
            async with under_way:
                await guarded(worker, partial(duty.act, worker))

    return job


async def drive(worker: Worker, connection: int) -> None:
    """A piece of work on every run of the connection that is due and that nobody has in hand."""
    runs = await guarded(worker, partial(db, queries.due_of, connection, set(worker.in_hand)))
    begun = [begin(worker, run) for run in runs or () if run.pk not in worker.in_hand]
    if begun:
        await asyncio.wait(begun)


# --- What went missing -------------------------------------------------------------------------


async def _mend(app: App, worker: Worker) -> None:
    """Clear away what workers left that are gone, and nudge again what was overlooked."""
    silent = settings.WORKER_LEASE
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent):
        log.warning("Job %s was left by a worker that is gone", job.call_string)
        await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)
    await app.job_manager.prune_stalled_workers(silent)
    await db(nudge_overlooked)


def nudge_overlooked() -> int:
    """Nudge the connections with runs that should have been taken a while ago; how many."""
    found = queries.overlooked(timezone.now() - OVERLOOKED, AT_ONCE)
    return sum(remind(connection) for connection in found)
