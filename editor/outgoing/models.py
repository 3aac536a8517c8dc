"""Webhooks that go out: where to, and what was sent."""

import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from editor.lib.fields import EncryptedTextField, public_id_field


class Kind(models.TextChoices):
    """What an endpoint may ask for. The values stand in payloads and stay as they are."""

    RUN_FINISHED = "run.finished", "Run finished"
    RUN_FAILED = "run.failed", "Run failed"
    RUN_NEEDS_PERSON = "run.needsPerson", "Run needs a person"
    BATCH_FINISHED = "batch.finished", "Batch finished"
    CONNECTION_NEEDS_ATTENTION = "connection.needsAttention", "Connection needs attention"
    ACT_DONE = "act.done", "Act done"


TEST = "webhook.test"
"""The type of a test event: sent to one endpoint, whatever it asks for."""


class State(models.TextChoices):
    PENDING = "pending", "On its way"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Given up"


def new_secret() -> str:
    """32 random bytes. The key of the signature is this text as it stands, with its prefix."""
    return f"whsec_{secrets.token_urlsafe(32)}"


class Endpoint(models.Model):
    """An address of another tool of the team.

    `url` may itself be a secret (it often is one that cannot be guessed), so it is encrypted like `secret`, and shown
    to admins only. `events`: values of Kind. `made_key`: one form makes one endpoint, however often it is sent.

    It is on, switched off by a person, or switched off by itself because nothing arrived for long: then `off_note`
    says so. `failing_since`: the first failure after the last success.
    """

    public_id = public_id_field()
    team = models.ForeignKey(
        "accounts.Team", models.CASCADE, related_name="endpoints", db_index=False
    )
    description = models.CharField(max_length=120)
    url = EncryptedTextField()
    secret = EncryptedTextField(default=new_secret)
    events = models.JSONField(default=list)
    is_on = models.BooleanField(default=True)
    off_note = models.CharField(max_length=300, blank=True)
    failing_since = models.DateTimeField(null=True)
    made_key = models.CharField(max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            # Also: the endpoints of a team.
            models.UniqueConstraint(fields=["team", "made_key"], name="endpoint_once_per_key"),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def host(self) -> str:
        """As much of the address as may stand in logs and in the audit."""
        return urlsplit(self.url).hostname or ""

    @property
    def event_names(self) -> list[str]:
        return [kind.label for kind in Kind if kind in self.events]


class Delivery(models.Model):
    """One event on its way to one endpoint; written in the transaction of what it tells.

    `event_id` is the same for all endpoints, tries and replays, so receivers know a repeat. `body` are the very bytes.

    `pending` until a receiver answers 2xx (`delivered`) or it is given up (`failed`). `due_at` is the time of the next
    try and the claim of whoever makes it; None when it is over. `response_code`, `duration_ms`, `answer` and `error`
    tell of the last try. `replayed_by`: who sent it once more, "" for the first time.
    """

    public_id = public_id_field()
    endpoint = models.ForeignKey(
        Endpoint, models.CASCADE, related_name="deliveries", db_index=False
    )
    event_id = models.CharField(max_length=20)
    type = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, default=timezone.now)
    tried_at = models.DateTimeField(null=True)
    response_code = models.PositiveSmallIntegerField(null=True)
    duration_ms = models.PositiveIntegerField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    error = models.CharField(max_length=300, blank=True)
    replayed_by = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="delivery_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=State.PENDING, due_at__isnull=False)
                | (~Q(state=State.PENDING) & Q(due_at=None)),
                name="delivery_due_while_pending",
            ),
        ]
        indexes = [
            # The log of an endpoint, newest first, by key set; the second with a state chosen.
            models.Index(fields=["endpoint", "-created_at", "-id"], name="delivery_newest_first"),
            models.Index(
                fields=["endpoint", "state", "-created_at", "-id"], name="delivery_newest_by_state"
            ),
            # The worker: what is to be sent.
            models.Index(fields=["due_at"], name="delivery_due", condition=Q(due_at__isnull=False)),
            # The worker: what nobody keeps any longer.
            models.Index(fields=["created_at"], name="delivery_age", condition=Q(due_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
