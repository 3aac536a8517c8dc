"""The demo team: `./manage.py demo`."""

from typing import Any

from django.core.management.base import BaseCommand

from editor import demo


class Command(BaseCommand):
    help = "Make the demo team with sample workflows and queued runs, if there is none."

    def handle(self, **options: Any) -> None:
        if demo.seed():
            self.stdout.write("Made the demo team. A worker carries its first runs out.")
