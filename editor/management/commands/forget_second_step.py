"""Let somebody in who lost phone and recovery codes: `./manage.py forget_second_step ann@example.com`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.models import User


class Command(BaseCommand):
    help = "Take passkeys, authenticator app and recovery codes from a person: the password alone signs in again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address that the person signs in with")

    def handle(self, *, email: str, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(email)
        except User.DoesNotExist:
            raise CommandError(f"Nobody signs in with {email}.") from None
        if not services.forget_second_step(user):
            raise CommandError(f"{user.email} has no second step.")
        self.stdout.write(f"{user.email} signs in with the password alone now.")
