"""How long a team keeps its runs. It is imported by `models`, where Django looks for it."""

from django.db import models


class Keeping(models.Model):
    """How long, and how many, a team keeps of runs that have ended: `days` without one are for ever, and `most`, the
    newest runs that it keeps, without one are all.

    `next_at`: when the worker looks for what is older, and the claim of whoever does so. `runs`, `results` and
    `batches` count what went since the audit log was last told, at `told_at`.
    """

    team = models.OneToOneField(
        "accounts.Team", models.CASCADE, primary_key=True, related_name="keeping"
    )
    days = models.PositiveIntegerField(null=True)
    most = models.PositiveIntegerField(null=True)
    next_at = models.DateTimeField(null=True, db_index=True)
    runs = models.PositiveIntegerField(default=0)
    results = models.PositiveIntegerField(default=0)
    batches = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.team_id}: {self.days or 'for ever'}, {self.most or 'all'}"
