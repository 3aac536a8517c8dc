"""Rows of schedules. They are imported by `models`, where Django looks for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from editor.lib.fields import ExactJSONField, public_id_field
from editor.runs import recurrence


class CatchUp(models.TextChoices):
    SKIP = "skip", "Leave out what was missed"
    ONCE = "once", "Run once, late"


class Outcome(models.TextChoices):
    STARTED = "started", "Started"
    BUSY = "busy", "Left out"
    MISSED = "missed", "Missed"
    REPEATS = "repeats", "Left out"
    FAILED = "failed", "Failed"


class Repeats(models.TextChoices):
    """What becomes of acts that somebody whom the workflow names has got before, by the ledger."""

    PEOPLE = "people", "Leave those people out"
    RUN = "run", "Leave the whole run out"
    GO = "go", "Go on: they get it again"


class Schedule(models.Model):
    """Runs of a workflow that start by themselves.

    - `cron` is read in `zone`. `next_at` is the planned instant that comes next, and stays until it is dealt with:
      the run for it has a key made of it, so it can never be started twice. None: nothing is planned.
    - `look_at` is when a worker looks next, and the claim of whoever does so (as with runs): it is moved on by
      conditional UPDATE. None while nothing is to be looked at: it is paused.
    - `acts` are what other people would see of each run, in words, as `owner` confirmed it ("" for nothing). When the
      workflow would do something else by now, the run is not started.
    - `owner` made it or was the last to change it; runs are started in that person's name, as long as their role
      lets them.
    - `repeats`: what becomes of acts that the ledger knows already.
    - `outcome`, `outcome_at` (a planned instant) and `note` say how it went last; before that: Firing. `failures`: how
      many starts in a row were not possible.
    - `paused` by somebody, or by Trellis itself after too many failures (then `note` says so).
    - `made_key` comes from the form, so that pressing twice makes one.
    """

    public_id = public_id_field()
    team = models.ForeignKey(
        "accounts.Team", models.CASCADE, related_name="schedules", db_index=False
    )
    workflow = models.ForeignKey("workflows.Workflow", models.CASCADE, related_name="schedules")
    connection = models.ForeignKey(
        "accounts.Connection", models.SET_NULL, null=True, related_name="schedules"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_key = models.CharField(max_length=64)
    cron = models.CharField(max_length=recurrence.CRON_MAX)
    zone = models.CharField(max_length=64)
    inputs = ExactJSONField(default=dict)
    acts = models.TextField(blank=True)
    catch_up = models.CharField(max_length=4, choices=CatchUp, default=CatchUp.SKIP)
    skip_when_busy = models.BooleanField(default=True)
    repeats = models.CharField(max_length=6, choices=Repeats, default=Repeats.PEOPLE)

    paused = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True)
    outcome_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    failures = models.PositiveIntegerField(default=0)
    last_run = models.ForeignKey("runs.Run", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "made_key"], name="schedule_made_once"),
            models.CheckConstraint(
                condition=Q(paused=False) | Q(look_at=None), name="schedule_paused_is_not_looked_at"
            ),
        ]
        indexes = [
            # The list page: a team's schedules, newest first, by key set.
            models.Index(fields=["team", "-created_at", "-id"], name="schedule_newest_first"),
            # The worker: whose time has come.
            models.Index(
                fields=["look_at"], name="schedule_due", condition=Q(look_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{recurrence.in_words(self.cron)} ({self.zone})"

    @property
    def words(self) -> str:
        """ "Every working day at 09:00"."""
        return recurrence.in_words(self.cron)

    @property
    def is_failing(self) -> bool:
        return self.failures > 0


class Firing(models.Model):
    """What came of one planned instant of a schedule, written when it was dealt with, at `at`.

    `run` is the one that it started, or the one that was in the way; None also when that is not kept any more.
    """

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="firings", db_index=False)
    planned_at = models.DateTimeField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=7, choices=Outcome)
    note = models.CharField(max_length=500, blank=True)
    run = models.ForeignKey("runs.Run", models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            # Also the history: a schedule's, newest first, by key set.
            models.UniqueConstraint(fields=["schedule", "planned_at"], name="firing_once"),
        ]

    def __str__(self) -> str:
        return f"{self.planned_at}: {self.outcome}"
