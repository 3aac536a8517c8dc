"""Encrypt everything with the newest key: `./manage.py rotate_keys`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.rotating import rotate_second_steps
from editor.lib import rotation


class Command(BaseCommand):
    help = (
        "Encrypt all secrets with the first of the encryption keys, also while Trellis runs. When it says that"
        " none is left, the older keys can go. Broken off, it is simply begun again."
    )

    def handle(self, **options: Any) -> None:
        tally = rotation.Tally()
        for model, column in rotation.columns():
            rotation.rotate_column(model, column, tally)
            self.stdout.write(f"{model._meta.label}.{column}: done")
        rotate_second_steps(tally)
        self.stdout.write(
            f"{tally.changed} changed to the newest key, {tally.fresh} had it already."
        )
        if tally.lost:
            raise CommandError(
                f"{tally.lost} texts fit no key: they stay as they are. Put the key that made them"
                " at the end of ENCRYPTION_KEYS, or give those connections new tokens."
            )
        self.stdout.write("Nothing needs an older key any more.")
