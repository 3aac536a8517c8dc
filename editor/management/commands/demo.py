"""The demo team: `./manage.py demo`."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from editor import demo


class Command(BaseCommand):
    help = "Make the demo team with sample workflows and runs, if there is none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--wait",
            type=float,
            default=0,
            metavar="SECONDS",
            help="so long for a worker to finish the runs",
        )

    def handle(self, *, wait: float, **options: Any) -> None:
        if not demo.seed():
            return
        self.stdout.write("Made the demo team; its first runs are under way.")
        deadline = time.monotonic() + wait
        while demo.runs_under_way() and time.monotonic() < deadline:
            time.sleep(0.2)
