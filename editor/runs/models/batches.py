"""Batches: one workflow, run once for each row of a table. `models` names these too."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from editor.lib.fields import ExactJSONField, public_id_field


class BatchState(models.TextChoices):
    DRAFT = "draft", "Being prepared"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    STOPPED = "stopped", "Stopped"
    FINISHED = "finished", "Finished"


class RowState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SKIPPED = "skipped", "Skipped"
    BAD = "bad", "Bad"
    RUN = "run", "Run"


class Batch(models.Model):
    """A table, and what becomes of it.

    States: `draft` until somebody confirms it; then `running`, which the worker serves; `paused` by a person and
    back; `stopped` by a person, for good; `finished` when no row waits and no run of it moves any more.

    What it runs is settled when the table is read, and stays: `version`. Without its workflow it goes no further.
    `columns`: their names, [] when the table has none. `mapping`: by input {"column": index} or
    {"value": text}; an input that is not in it has its default. `endless`: nobody can say how much a row does.

    `per_day` rows at most begin in a day of `time_zone` (None: no limit), with `working_days` from Monday to Friday.
    `held`: why Trellis paused it by itself, "" when it did not.
    `next_at`: before that there is nothing to do, because today's share has begun.
    """

    public_id = public_id_field()
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="batches")
    workflow = models.ForeignKey(
        "workflows.Workflow", models.SET_NULL, null=True, related_name="batches"
    )
    workflow_name = models.CharField(max_length=120)
    version = models.ForeignKey(
        "workflows.Version", models.SET_NULL, null=True, related_name="batches"
    )
    version_number = models.PositiveIntegerField()
    connection = models.ForeignKey("accounts.Connection", models.PROTECT, related_name="batches")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    actor_name = models.CharField(max_length=80)
    columns = ExactJSONField(default=list)
    mapping = ExactJSONField(default=dict)
    endless = models.BooleanField(default=False)

    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.DRAFT)
    held = models.CharField(max_length=200, blank=True)
    per_day = models.PositiveIntegerField(null=True)
    working_days = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=64, default="UTC")
    next_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=BatchState.values), name="batch_state_known"
            ),
        ]
        indexes = [
            # The worker: whose turn has come.
            models.Index(fields=["next_at"], name="batch_due", condition=Q(state="running")),
            # The list page: those that are not over.
            models.Index(fields=["team", "-created_at"], name="batch_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_name}: {self.state}"

    @property
    def is_draft(self) -> bool:
        return self.state == BatchState.DRAFT

    @property
    def is_over(self) -> bool:
        return self.state in (BatchState.STOPPED, BatchState.FINISHED)


class BatchRow(models.Model):
    """One row: `number` as a spreadsheet counts it, `cells` as texts, `values` what the inputs get (texts too).

    `waiting` rows become runs, in order; `run` has begun as `run`, at `began_at`. `skipped` and `bad` do not run;
    `note` says why. `kept`: a person wants it although it repeats something. `acts`: how much other people can see
    of it at most. `tries`: how often a run of it was taken back before it was sent.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    cells = ExactJSONField()
    values = ExactJSONField(default=dict)
    state = models.CharField(max_length=10, choices=RowState, default=RowState.WAITING)
    note = models.TextField(blank=True)
    kept = models.BooleanField(default=False)
    acts = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    run = models.OneToOneField("runs.Run", models.SET_NULL, null=True, related_name="batch_row")
    began_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="batch_row_once"),
            models.CheckConstraint(
                condition=Q(state__in=RowState.values), name="batch_row_state_known"
            ),
        ]
        indexes = [
            # The worker: the next rows. The page: the rows in a state.
            models.Index(fields=["batch", "state", "number"], name="batch_row_by_state"),
        ]

    def __str__(self) -> str:
        return f"Row {self.number}: {self.state}"
