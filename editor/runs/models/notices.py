"""Rows of notifications. They are imported by `models`, where Django looks for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class NoticeKind(models.TextChoices):
    RUN_FAILED = "run_failed", "A run failed"
    RUN_UNCERTAIN = "run_uncertain", "A run needs a decision"
    BATCH_FINISHED = "batch_finished", "A batch is over"
    BATCH_HELD = "batch_held", "A batch is on hold"
    SCHEDULE_PAUSED = "schedule_paused", "A schedule paused itself"
    CONNECTION_PAUSED = "connection_paused", "An account needs attention"
    WEBHOOK_OFF = "webhook_off", "A webhook switched itself off"
    TEAM_CLOSES = "team_closes", "A team will be deleted"


class Notice(models.Model):
    """Something that one person should know. What happens again before it is read makes it newer, not more.

    `topic` says what it is about; there is one unread notice per person and topic, and `times` counts how often.
    `kind` is "" for notices from before there were kinds. `in_app` is False for what goes by e-mail only: that is on no
    page. `mail_at`: when it is to be sent by e-mail; the claim of whoever sends it is taking that away.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_index=False
    )
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices, blank=True)
    topic = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    text = models.CharField(max_length=500, blank=True)
    path = models.CharField(max_length=200)
    times = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)
    in_app = models.BooleanField(default=True)

    class Meta:
        constraints = [
            # Also the bell of every page: how many are unread.
            models.UniqueConstraint(
                fields=["user", "topic"], condition=Q(read_at=None), name="notice_unread_once"
            ),
        ]
        indexes = [
            # The page: a person's notices, newest first, by key set.
            models.Index(fields=["user", "-at", "-id"], name="notice_newest_first"),
            # The worker: what is to be sent.
            models.Index(
                fields=["mail_at"], name="notice_to_mail", condition=Q(mail_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class NoticeChoice(models.Model):
    """How a person wants to hear of one kind of notice. Without a row: as `notices.choices` says for all."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_choices", db_index=False
    )
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    in_app = models.BooleanField()
    by_mail = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notice_choice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"
