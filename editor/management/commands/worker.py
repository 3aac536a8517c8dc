"""Send runs to the service and fetch what comes back: `./manage.py worker`.

Start as many as you like, on as many machines as reach the database.
"""

import asyncio
import signal
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from editor.lib.garbage import settle
from editor.linkedapi import Client
from editor.runs.workers import loop
from editor.runs.workers.hands import Loop
from editor.runs.workers.working import Worker


class Command(BaseCommand):
    help = "Work on runs until SIGTERM or Ctrl-C; what is in hand is finished first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seats",
            type=int,
            default=settings.WORKER_SEATS,
            help="how many runs may be worked on at the same time (default: %(default)s)",
        )

    def handle(self, *, seats: int, **options: Any) -> None:
        with asyncio.Runner(loop_factory=Loop) as runner:
            runner.run(_work(seats))


async def _work(seats: int) -> None:
    settle()
    async with Client() as client:
        worker = Worker(client, seats)
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, worker.stop.set)
        await _driver()(worker)


def _driver() -> Callable[[Worker], Awaitable[None]]:
    if settings.RUN_DRIVER == "procrastinate":
        from editor.runs.workers import jobs  # for PostgreSQL only

        return jobs.work
    return loop.work
