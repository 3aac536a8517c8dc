"""Runs: what was sent, how it stands, and what came back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from editor.lib.fields import ExactJSONField, public_id_field
from editor.runs.privacy import EVERYTHING, Hides

from .batches import Batch, BatchRow, BatchState, RowState
from .hooks import Hook, HookEvent, new_path
from .keeping import Keeping
from .notices import Notice, NoticeChoice, NoticeKind
from .rows import ResultRow
from .schedules import Firing, Schedule
from .uncovering import Uncovering

__all__ = [
    "Batch", "BatchRow", "BatchState", "Firing", "Hook", "HookEvent", "Keeping", "Notice", "NoticeChoice", "NoticeKind",
    "ResultRow", "RowState", "Schedule", "Uncovering", "new_path",
]  # fmt: skip


class State(models.TextChoices):
    QUEUED = "queued", "Queued"
    SUBMITTING = "submitting", "Sending"
    WAITING = "waiting", "Running"
    UNCERTAIN = "uncertain", "Not sure"
    COMPLETED = "completed", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


FINAL = (State.COMPLETED, State.FAILED, State.CANCELLED)
MOVING = (State.QUEUED, State.SUBMITTING, State.WAITING)


class Origin(models.TextChoices):
    """What started a run."""

    PERSON = "person", "A person"
    BATCH = "batch", "A batch"
    SCHEDULE = "schedule", "A schedule"
    AGAIN = "again", "Run again"
    DRY = "dry", "A dry run"


def duration(seconds: float) -> str:
    """ "0.4 s", "48 s", "11 min 20 s", "3 h 5 min", "2 d 4 h"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, unit, small, small_unit in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // small} {small_unit}"
    return f"{whole} s"


class Run(models.Model):
    """One workflow sent once to one LinkedIn account.

    States:
    1. `queued`: not sent. The oldest queued run of a connection goes first; `next_look_at` says not
       before when (a start that definitely did not count is tried again with growing pauses). While
       the connection is paused (`accounts.health`), the whole queue waits.
    2. `submitting`: the start is being sent by the worker `claimed_by`, which moves `next_look_at` on
       as long as it lives. Stored before the request leaves. Found later than `next_look_at`, nobody
       can say whether it arrived: it becomes `uncertain`.
    3. `waiting`: the service has it as `remote_id`; `pending_reason` and `pending_message` say what
       it waits for, or why the last look failed. Looked at when `next_look_at` has come.
    4. `uncertain`: the answer to the start was lost. Never sent again by itself: a person says that it
       arrived, sends it again, or gives up. Meanwhile `evidence` holds what the usage statistics show.
    5. `completed`: it ran to its end; actions may have failed. RunOutcome and ActionResult say how.
    6. `failed`: refused, or ended by the service; `failure_reason` is its error type.
    7. `cancelled`: a person ended it. It stays so, whatever the service says later.

    Of one that ended so (6, 7) when the service had it, `evidence` holds what the usage statistics showed by then.

    Never: a final run moves again; two runs of a connection hold its queue; one `submit_key` makes
    two runs; a run is sent twice without a person asking for it.

    `attempts` counts the starts that were claimed; `claimed_by` is the worker that claimed the last of them, "" once it
    has certainly come to nothing, or the run has ended. `doubted`: a person had it sent again although an earlier start
    may have arrived, so whatever comes of the last one, it may have acted. `failed_looks` counts the looks, or before
    that the starts, in a row that told nothing.

    The run keeps what it ran (RunPlan), so changing or deleting the workflow changes nothing here; names are copied for
    the same reason. `inputs` are the values (`trees.inputs.check_values`) in what was sent. `part`: it ran less than
    its version. `acted` counts actions done that others can see. A star keeps it from being removed for its age.
    """

    hides: Hides = EVERYTHING
    """What is hidden from whoever reads this object. Pages get theirs from `opening.open_run`."""

    public_id = public_id_field()
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="runs", db_index=False)
    workflow = models.ForeignKey(
        "workflows.Workflow", models.SET_NULL, null=True, related_name="runs", db_index=False
    )
    workflow_name = models.CharField(max_length=120)
    version = models.ForeignKey(
        "workflows.Version", models.SET_NULL, null=True, related_name="runs", db_index=False
    )
    version_number = models.PositiveIntegerField()
    connection = models.ForeignKey(
        "accounts.Connection", models.PROTECT, related_name="runs", db_index=False
    )
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.PERSON)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    started_by_name = models.CharField(max_length=80)
    schedule = models.ForeignKey(
        Schedule, models.SET_NULL, null=True, related_name="runs", db_index=False
    )
    batch = models.ForeignKey(
        Batch, models.SET_NULL, null=True, related_name="runs", db_index=False
    )
    part = models.BooleanField(default=False)
    inputs = ExactJSONField(default=dict)
    submit_key = models.CharField(max_length=64)

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    holds_queue = models.BooleanField(default=False)
    claimed_by = models.CharField(max_length=12, blank=True)
    next_look_at = models.DateTimeField(null=True, default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    doubted = models.BooleanField(default=False, db_default=False)
    looks = models.PositiveIntegerField(default=0)
    failed_looks = models.PositiveIntegerField(default=0)
    remote_id = models.CharField(max_length=200, blank=True)
    pending_reason = models.CharField(max_length=80, blank=True)
    pending_message = models.TextField(blank=True)
    failure_reason = models.CharField(max_length=80, blank=True)
    failure_message = models.TextField(blank=True)
    evidence = ExactJSONField(default=dict)

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    not_reached = models.PositiveIntegerField(default=0)
    acted = models.PositiveIntegerField(default=0)

    starred_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    note_by_name = models.CharField(max_length=80, blank=True)
    note_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "submit_key"], name="run_once_per_key"),
            # Runs of one account run one after another: so does our queue in front of them.
            models.UniqueConstraint(
                fields=["connection"], condition=Q(holds_queue=True), name="run_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="run_state_known"),
            models.CheckConstraint(
                condition=Q(holds_queue=False) | Q(state__in=[State.SUBMITTING, State.WAITING]),
                name="run_holds_queue_while_sent",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WAITING) | ~Q(remote_id=""), name="run_waits_for_something"
            ),
        ]
        indexes = [
            # The list of runs: a team's, newest first, by key set; then with one thing chosen each, in the same order.
            # Where a foreign key comes first, the database also needs it when what it points to is deleted.
            models.Index(fields=["team", "-created_at", "-id"], name="run_newest_first"),
            models.Index(
                fields=["team", "state", "-created_at", "-id"], name="run_newest_by_state"
            ),
            models.Index(
                fields=["team", "origin", "-created_at", "-id"], name="run_newest_by_origin"
            ),
            models.Index(fields=["workflow", "-created_at", "-id"], name="run_newest_by_workflow"),
            models.Index(fields=["version", "-created_at", "-id"], name="run_newest_by_version"),
            models.Index(
                fields=["connection", "-created_at", "-id"], name="run_newest_by_connection"
            ),
            models.Index(
                fields=["started_by", "team", "-created_at", "-id"], name="run_newest_by_person"
            ),
            models.Index(
                fields=["batch", "-created_at", "-id"],
                name="run_newest_by_batch",
                condition=Q(batch__isnull=False),
            ),
            models.Index(
                fields=["team", "-created_at", "-id"],
                name="run_newest_starred",
                condition=Q(starred_at__isnull=False),
            ),
            # The worker: which connections have a queue, and who is first in it.
            models.Index("connection", "id", name="run_queue", condition=Q(state=State.QUEUED)),
            # A schedule: whether a run of it is under way; and the list.
            models.Index(
                fields=["schedule", "-created_at", "-id"],
                name="run_of_schedule",
                condition=Q(schedule__isnull=False),
            ),
            # /metrics: how many wait for a person. `run_due` has all others that have not ended.
            models.Index("state", name="run_uncertain", condition=Q(state=State.UNCERTAIN)),
            # A webhook: the run that an event is about.
            models.Index(fields=["remote_id"], name="run_remote"),
            # The worker: whose turn to be looked at has come. Final runs have no such time.
            models.Index(
                "state", "next_look_at", name="run_due", condition=Q(next_look_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_name}: {self.state}"

    @property
    def is_final(self) -> bool:
        return self.state in FINAL

    @property
    def came_to(self) -> str:
        """The state; of a completed run whose actions did not all go well "partly", or "fruitless" when none did."""
        if self.state != State.COMPLETED or not self.failed:
            return self.state
        return "partly" if self.done else "fruitless"

    @property
    def took(self) -> str:
        """From the press of the button to the end, in words; "" while there is none."""
        return (
            duration((self.finished_at - self.created_at).total_seconds())
            if self.finished_at
            else ""
        )

    @property
    def is_moving(self) -> bool:
        """Whether it changes without a person doing something."""
        return self.state in MOVING


class Ended(models.Model):
    """A run that has ended and that review has not taken in yet (`editor.review.indexing`): written in the transaction
    of the end, removed when it is done."""

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return f"Run {self.run_id} has ended"


class RunPlan(models.Model):
    """What a run runs, written once at its start.

    `definition`: the very bytes that are sent, zlib. `tree`: `workflows.rows.tree_to_json` of the workflow as it is
    written, with its inputs, the node ids that results refer to and disabled nodes, zlib JSON. With `Run.inputs` in
    place of the placeholders it is the definition (`outcome.tree_of`).
    """

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="plan")
    definition = models.BinaryField()
    tree = models.BinaryField()

    def __str__(self) -> str:
        return f"Plan of run {self.run_id}"


class RunOutcome(models.Model):
    """What came back for a completed run, written once at its end.

    `completion`: as it came, zlib JSON. `nodes`: per node id what the outline shows, see
    `summary.Summary`. `unexpected`: results that belong to no node, [{parent, path, value}, ...]. `rows`: how many
    its table has (ResultRow); null for a run from before tables, until somebody looks at it (`row_filling`).
    """

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="outcome")
    completion = models.BinaryField()
    nodes = ExactJSONField()
    unexpected = ExactJSONField()
    rows = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return f"Outcome of run {self.run_id}"


class ActionResult(models.Model):
    """One time that one action of a run was executed. Rows are added in bulk and never changed.

    `ordinal` counts a node's rows in the order of its items; `path` is the item ("3.0": item 0 of the
    list inside item 3; "" outside of loops). `data` has no results of children in it; null when there
    was none. Types and texts come from outside and are kept as they came, cut to size.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="results", db_index=False)
    node_id = models.CharField(max_length=12)
    ordinal = models.PositiveIntegerField()
    path = models.CharField(max_length=200, blank=True)
    action_type = models.CharField(max_length=200)
    label = models.CharField(max_length=200, blank=True)
    success = models.BooleanField()
    error_type = models.CharField(max_length=80, blank=True)
    error_message = models.TextField(blank=True)
    data = ExactJSONField()

    class Meta:
        constraints = [
            # Also the run page: results of one node, page by page.
            models.UniqueConstraint(fields=["run", "node_id", "ordinal"], name="result_once"),
        ]
        indexes = [
            # The run page: the errors of one node, page by page.
            models.Index(
                "run", "node_id", "ordinal", name="result_errors", condition=Q(success=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_type} [{self.path}]"


class Act(models.Model):
    """One thing done that other people can see, entered when the run's results are stored; never changed. `sure` is
    False for what may have been done: by a run that ended at the service without telling what it had done.

    The ledger outlives the run: `run` becomes empty when it is deleted. `target` is the address as the
    workflow or the service wrote it, "" when there is none (a post of one's own). `text_hash` tells
    texts apart ("" for an act without one); the text itself stays with the run.
    """

    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="acts", db_index=False)
    connection = models.ForeignKey("accounts.Connection", models.PROTECT, related_name="acts")
    run = models.ForeignKey(Run, models.SET_NULL, null=True, related_name="acts", db_index=False)
    node_id = models.CharField(max_length=12)
    ordinal = models.PositiveIntegerField()
    action_type = models.CharField(max_length=200)
    target = models.CharField(max_length=300, blank=True)
    text_hash = models.CharField(max_length=64, blank=True)
    by_name = models.CharField(max_length=80)
    done_at = models.DateTimeField()
    sure = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "node_id", "ordinal"], name="act_once"),
        ]
        indexes = [
            # The ledger page: a team's acts, newest first, by key set.
            models.Index(fields=["team", "-done_at", "-id"], name="act_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.action_type} to {self.target}"


class ActTarget(models.Model):
    """One name of an act's target (`ledger.key_of`): people have a public address, a hashed one, a URN. Of somebody
    who was erased it is `ledger.hidden`."""

    act = models.ForeignKey(Act, models.CASCADE, related_name="targets")
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="+", db_index=False)
    action_type = models.CharField(max_length=200)
    key = models.CharField(max_length=300)

    class Meta:
        indexes = [
            # Before a run: which of these targets already got this act.
            models.Index(fields=["team", "action_type", "key"], name="act_target"),
        ]

    def __str__(self) -> str:
        return self.key


class WorkerHeartbeat(models.Model):
    """A worker process that was alive at `seen_at`, and what it had done by then (`counting.counts`). Rows of
    workers long gone are removed."""

    worker_id = models.CharField(max_length=12, primary_key=True)
    host = models.CharField(max_length=100)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"
