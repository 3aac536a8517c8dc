"""What a webhook event leads to: a look at the run it is about, or a question whether a connection works."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

from accounts import health
from editor.lib.tx import writing
from editor.runs.models import Hook, HookEvent, Run, State
from editor.runs.nudging import nudge

_PLAIN: Final = re.compile(r"[\x21-\x7e]{1,200}")
_NEWS: Final = frozenset({"workflow.started", "workflow.completed"})

DOUBT_EVERY: Final = timedelta(minutes=10)
KEEP_EVENTS: Final = timedelta(days=3)
"""The service repeats an event for hours at the most."""

FORGET_AT_ONCE: Final = 1000


def take(hook: Hook, event: dict[str, Any], now: datetime) -> bool:
    """Act on a genuine event, once. False: it came before, or has no id to tell it by."""
    event_id, kind = _plain(event, "id"), _plain(event, "type")
    if not event_id:
        return False
    data = event.get("data")
    about = data if isinstance(data, dict) else {}
    workflow_id = _plain(about, "workflowId")
    with writing():
        _, new = HookEvent.objects.get_or_create(
            hook=hook,
            event_id=event_id,
            defaults={
                "received_at": now,
                "workflow_id": workflow_id,
                "account_id": _plain(about, "accountId"),
            },
        )
        health.note_heard(hook.client_key, now)
        if new:
            _act(hook, kind, workflow_id, now)
    return new


def _act(hook: Hook, kind: str, workflow_id: str, now: datetime) -> None:
    if kind.startswith("account."):
        health.probe_client(hook.client_key, now)
    if kind in _NEWS and workflow_id:
        told_of = Run.objects.filter(
            remote_id=workflow_id,
            state=State.WAITING,
            next_look_at__gt=now,
            connection__client_key=hook.client_key,
        )
        for connection in set(told_of.values_list("connection", flat=True)):
            told_of.filter(connection=connection).update(next_look_at=now)
            nudge(connection)


def _plain(fields: dict[str, Any], name: str) -> str:
    """An id or a type: a short text without spaces; "" for anything else."""
    text = fields.get(name)
    return text if isinstance(text, str) and _PLAIN.fullmatch(text) else ""


def doubt(hook: Hook, now: datetime) -> None:
    """A signature did not fit: forged, or the secret was changed at the service. Let the worker find out,
    but not as often as somebody might knock."""
    if hook.checked_at and hook.checked_at < now - DOUBT_EVERY:
        Hook.objects.filter(pk=hook.pk, checked_at=hook.checked_at, check_at__gt=now).update(
            check_at=now, checked_at=now
        )


def forget(now: datetime) -> int:
    """Delete events that cannot be repeated any more, some at a time. Returns how many."""
    old = HookEvent.objects.filter(received_at__lt=now - KEEP_EVENTS)
    keys = list(old.values_list("pk", flat=True)[:FORGET_AT_ONCE])
    return HookEvent.objects.filter(pk__in=keys).delete()[0] if keys else 0
