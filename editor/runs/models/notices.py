"""Rows of notifications. They are imported by `models`, where Django looks for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Notice(models.Model):
    """Something that one person should know. What happens again before it is read makes it newer, not more.

    `topic` says what it is about; there is one unread notice per person and topic, and `times` counts how often.
    `mail_at`: when it is to be sent by e-mail; the claim of whoever sends it is taking that away.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_index=False
    )
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="+")
    topic = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    text = models.CharField(max_length=500, blank=True)
    path = models.CharField(max_length=200)
    times = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)

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


class NoticeWish(models.Model):
    """A person who wants notices by e-mail too."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="notice_wish"
    )

    def __str__(self) -> str:
        return f"{self.user_id} by e-mail"
