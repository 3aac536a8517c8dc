"""Erase a LinkedIn person from the results of a team: `./manage.py erase_person URL --team SLUG`."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Team
from accounts.services import Refused
from editor.personal import erasing


class Command(BaseCommand):
    help = "The same as the team's page, for results so many that a browser would not wait."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="such as https://www.linkedin.com/in/ada")
        parser.add_argument("--team", required=True, help="the team's slug")

    def handle(self, *, address: str, team: str, **options: Any) -> None:
        try:
            done = erasing.erase(Team.objects.get(slug=team), address, actor=None)
        except Team.DoesNotExist:
            raise CommandError(f"There is no team {team!r}.") from None
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Erased: {done.in_words or 'nothing was found'}.")
        for place in done.places:
            self.stdout.write(
                f"Look at: {place.kind} “{place.name}”, {settings.PUBLIC_URL}{place.path}"
            )
        if done.busy:
            self.stdout.write(f"{done.busy} runs are under way: erase again when they have ended.")
