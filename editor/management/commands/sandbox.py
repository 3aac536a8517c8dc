"""The sandbox's command line.

./manage.py sandbox tokens [--team demo]   the play tokens of a team's first sandbox connection
./manage.py sandbox forget --days 30       delete what the sandbox did longer ago than that
"""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Connection, Kind
from editor.sandbox import services


class Command(BaseCommand):
    help = "Print the sandbox's play tokens, or delete its old rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        tokens = verbs.add_parser("tokens", help="print the tokens of a team's sandbox connection")
        tokens.add_argument("--team", default="demo", help="the team's slug (default: demo)")
        forget = verbs.add_parser("forget", help="delete workflows, statistics and deliveries")
        forget.add_argument("--days", type=int, required=True, help="that are older than this")

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "tokens":
            self.tokens(options["team"])
        else:
            self.forget(options["days"])

    def tokens(self, team: str) -> None:
        """Two lines, `name: value`. They open nothing but the sandbox, so printing them is no leak."""
        mine = Connection.objects.filter(team__slug=team, kind=Kind.SANDBOX)
        connection = mine.order_by("id").first()
        if connection is None:
            raise CommandError(
                f"There is no team “{team}” with a sandbox connection. "
                "Name another one with --team, or add the demo with ./manage.py demo."
            )
        self.stdout.write(f"linked-api-token: {connection.linked_api_token}")
        self.stdout.write(f"identification-token: {connection.identification_token}")

    def forget(self, days: int) -> None:
        if days < 0:
            raise CommandError("--days is a number of days from 0.")
        before, rows = timezone.now() - timedelta(days=days), 0
        while deleted := services.forget(before):
            rows += deleted
        self.stdout.write(f"Deleted {rows:,} rows of the sandbox.")
