"""Webhooks that come in: where they come to, and what came. `models` names these too."""

import secrets

from django.db import models
from django.utils import timezone

from editor.lib.fields import EncryptedTextField


def new_path() -> str:
    """32 random bytes for an address."""
    return secrets.token_urlsafe(32)


class Hook(models.Model):
    """Our webhook at one Linked API client, for all connections with its token (`client_key`).

    - `path` is the last part of the address that its events come to; nobody can guess it.
    - `remote_id`, `url`, `secret`: as it is set at the service; `url` is "" as long as none is.
    - `check_at`: when the worker sets it or looks after it next; also the claim of whoever does so.
      `tries` have failed in a row.
    """

    client_key = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=43, unique=True, default=new_path, editable=False)
    remote_id = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=500, blank=True)
    secret = EncryptedTextField(blank=True)
    check_at = models.DateTimeField(default=timezone.now, db_index=True)
    checked_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.url or "not set"


class HookEvent(models.Model):
    """An event that came in and was genuine: kept for some days, so that a repeat does nothing.

    One about a workflow says which, and on which account of the client: for an uncertain run that may
    be the trace of its start.
    """

    hook = models.ForeignKey(Hook, models.CASCADE, related_name="events", db_index=False)
    event_id = models.CharField(max_length=200)
    workflow_id = models.CharField(max_length=200, blank=True)
    account_id = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hook", "event_id"], name="hook_event_once"),
        ]

    def __str__(self) -> str:
        return self.event_id
