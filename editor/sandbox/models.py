"""The rows of the sandbox: invented accounts, what they were asked to do and what they left behind.

Its tokens are play tokens. They open nothing but this sandbox, in which nothing is real, so they are
stored as they are: that makes finding an account by its token one indexed look-up, and lets
`manage.py sandbox tokens` print them.

Bodies and results are stored as JSON text, not as JSON columns: they are handed out again as they are
and never searched, and text holds everything that JSON can say.
"""

import secrets
import uuid
from typing import Any

from django.db import models
from django.utils import timezone

from editor.lib.fields import public_id_field

PENDING, RUNNING, COMPLETED, FAILED = "pending", "running", "completed", "failed"

# Kinds of trace: see Trace.
CONVERSATION, INBOX, NETWORK, MESSAGE, CONNECTION = (
    "conversation",
    "inbox",
    "network",
    "message",
    "connection",
)


def new_linked_api_token() -> str:
    return f"linked_{secrets.token_hex(16)}"


def new_identification_token() -> str:
    return f"id_{secrets.token_hex(16)}"


def new_uuid() -> str:
    return str(uuid.uuid4())


def new_remote_id() -> str:
    return f"wf-{uuid.uuid4()}"


def new_webhook_id() -> str:
    return f"whs-{uuid.uuid4()}"


def new_webhook_secret() -> str:
    return secrets.token_hex(32)


def plus_seat() -> list[dict[str, Any]]:
    return [{"seatType": "plus", "quantity": 10, "billingPeriod": "month"}]


class Client(models.Model):
    """One customer of the Linked API: the owner of a `linked-api-token`, of accounts and of one webhook.

    `calls_from` and `calls` count its admin calls in the running minute. `has_webhook` says that an
    active webhook exists, so that starting a workflow need not look for it.
    """

    linked_api_token = models.CharField(max_length=80, unique=True, default=new_linked_api_token)
    subscription_status = models.CharField(max_length=20, default="active")
    seats = models.JSONField(default=plus_seat)
    has_webhook = models.BooleanField(default=False)
    calls_from = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"client {self.pk}"


class SandboxAccount(models.Model):
    """An invented LinkedIn account that is connected to a client.

    `public_id` is the accountId of the admin calls. `status` is active, frozen (no seat) or
    reconnection_required. `dials` holds what was set of `dials.DIALS`. `busy_until` is the end of the
    last workflow in its queue. A disconnected account stays as a row; its token opens nothing.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="accounts")
    public_id = models.CharField(max_length=36, unique=True, default=new_uuid)
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    identification_token = models.CharField(
        max_length=80, unique=True, default=new_identification_token
    )
    status = models.CharField(max_length=24, default="active")
    dials = models.JSONField(default=dict)
    busy_until = models.DateTimeField(null=True)
    connected_at = models.DateTimeField(default=timezone.now)
    disconnected_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    @property
    def linked_api_token(self) -> str:
        return self.client.linked_api_token

    @property
    def slug(self) -> str:
        """The last part of the account's own profile address."""
        return self.url.rpartition("/")[2]


OPEN = models.Q(executed_at=None, cancelled_at=None)
"""Workflows that were neither run nor cancelled."""


class SandboxWorkflow(models.Model):
    """A workflow in an account's queue. Its state is worked out from instants, nothing moves it:

        pending    before starts_at
        running    from starts_at to ends_at
        completed  from ends_at on; failed when `failure` (a reason) is set
        failed     from cancelled_at on, with the reason "cancelled" (our own invention)

    `executed_at` is set by the first look after ends_at, together with the completion (JSON text) and
    everything the actions left behind. `announced` counts the webhook events that were made of it:
    1 created, 2 started, 3 completed or nobody is to be told. `is_limited` is False when a query has
    found that no limit of the account is switched on.
    """

    is_limited = True

    remote_id = models.CharField(max_length=40, unique=True, default=new_remote_id)
    account = models.ForeignKey(SandboxAccount, models.CASCADE, related_name="workflows")
    body = models.TextField()
    created_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    executed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=100, default="", blank=True)
    completion = models.TextField(default="", blank=True)
    announced = models.PositiveSmallIntegerField(default=3)

    class Meta:
        indexes = [
            # Every look at an account: what has ended and was not executed yet; cancelling: the queue.
            models.Index(
                fields=["account", "id"],
                name="sandbox_queue",
                condition=OPEN,
            ),
            # deliver_due: of which workflows somebody is to be told.
            models.Index(
                fields=["id"], name="sandbox_unannounced", condition=models.Q(announced__lt=3)
            ),
        ]

    def __str__(self) -> str:
        return self.remote_id


class ExecutedAction(models.Model):
    """One action that ran: an entry of GET /stats/actions. `category` is the limit it counts for."""

    account = models.ForeignKey(SandboxAccount, models.CASCADE, related_name="actions")
    action_type = models.CharField(max_length=100)
    category = models.CharField(max_length=40, default="", blank=True)
    success = models.BooleanField()
    time = models.DateTimeField()

    class Meta:
        # GET /stats/actions and the usage of limits: the actions of an account in a span of time.
        indexes = [models.Index(fields=["account", "time"], name="sandbox_stats")]

    def __str__(self) -> str:
        return f"{self.action_type} at {self.time}"


class Trace(models.Model):
    """Something an action left behind that a poll can read.

        conversation  st/nv.syncConversation: the history with `person` is loaded; data {until}
        inbox         st/nv.syncInbox: messages are captured from now on
        network       st.syncNetwork: changes of the network are captured from now on
        message       a message of ours, or an invented reply to it; data {sender, text}
        connection    a request of ours was accepted (invented); data {type}

    `time` may lie a little ahead: an invented reply is there once its time has come.
    """

    account = models.ForeignKey(SandboxAccount, models.CASCADE, related_name="traces")
    kind = models.CharField(max_length=12)
    namespace = models.CharField(max_length=2, default="", blank=True)
    person = models.CharField(max_length=300, default="", blank=True)
    time = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        # The three polls: the traces of an account by kind, newest first.
        indexes = [models.Index(fields=["account", "kind", "-time"], name="sandbox_traces")]

    def __str__(self) -> str:
        return f"{self.kind} {self.person}"


class SandboxLimit(models.Model):
    """A limit that was set for an account; the others are those of `limits.DEFAULTS`."""

    account = models.ForeignKey(SandboxAccount, models.CASCADE, related_name="limits")
    category = models.CharField(max_length=40)
    period = models.CharField(max_length=8)
    max_value = models.PositiveIntegerField()
    is_enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "category", "period"], name="sandbox_one_limit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.period}"


class ConnectionSession(models.Model):
    """An attempt to connect a new account, or (with `account`) to connect one again.

    Pending until somebody opens its link and agrees (`finished_at`), it is cancelled, or an hour passes.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="sessions")
    account = models.ForeignKey(SandboxAccount, models.CASCADE, null=True, related_name="sessions")
    public_id = models.CharField(max_length=36, unique=True, default=new_uuid)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.public_id


class Webhook(models.Model):
    """A client's subscription. At most one is active; a deleted one stays with its deliveries.

    `events` are selectors such as `workflow.*`; None selects every event. `secret` signs deliveries
    when `signing_enabled`; `headers` go with each of them.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="webhooks")
    public_id = models.CharField(max_length=40, unique=True, default=new_webhook_id)
    url = models.CharField(max_length=2000)
    payload_mode = models.CharField(max_length=4, default="fat")
    is_active = models.BooleanField(default=True)
    signing_enabled = models.BooleanField(default=False)
    secret = models.CharField(max_length=64, default=new_webhook_secret)
    headers = models.JSONField(default=dict)
    events = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=models.Q(is_active=True), name="sandbox_one_webhook"
            )
        ]

    def __str__(self) -> str:
        return self.public_id


class Delivery(models.Model):
    """One event on its way to a webhook: pending -> delivering -> success | pending again | failed.

    `body` is the JSON text as it is sent, the same for each of the at most eight attempts. While it is
    delivering, `due_at` is when the attempt is taken for lost. `workflow` is there so that cancelling
    can take back what was not sent yet.
    """

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    workflow = models.ForeignKey(SandboxWorkflow, models.CASCADE, null=True, related_name="+")
    public_id = public_id_field()
    event_type = models.CharField(max_length=60)
    event_id = models.CharField(max_length=120)
    body = models.TextField()
    status = models.CharField(max_length=10, default="pending")
    attempts = models.PositiveSmallIntegerField(default=0)
    response_status_code = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=300, default="", blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        indexes = [
            # deliver_due: what is to be sent now.
            models.Index(
                fields=["due_at"],
                name="sandbox_due",
                condition=models.Q(status__in=["pending", "delivering"]),
            ),
            # webhook.deliveries: the newest of a client.
            models.Index(fields=["webhook", "-created_at"], name="sandbox_deliveries"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.webhook_id}"
