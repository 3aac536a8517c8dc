"""Who has a workflow open, and which action they look at: what the pages tell while they ask for news."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from editor.workflows.models import Presence, Workflow

LATELY = timedelta(seconds=25)
"""Who was not seen for longer is not here any more. A page asks at least every 15 seconds."""

NOTED_EVERY = timedelta(seconds=10)
"""A page that asks more often is noted no more often, unless another action is selected there."""


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody who has the workflow open, in however many tabs; `node`: the action selected in the last used, or ""."""

    user: User
    node: str


def note(workflow: Workflow, user: User, tab: str, node: str) -> tuple[Here, ...]:
    """Note that a tab is here, and tell which others are, by name. One query when nothing is new."""
    now = timezone.now()
    recent = Presence.objects.filter(workflow=workflow, seen_at__gte=now - LATELY)
    rows = list(recent.select_related("user").order_by("-seen_at"))
    mine = next((row for row in rows if row.tab == tab and row.user_id == user.pk), None)
    if mine is None:
        Presence.objects.filter(workflow=workflow, seen_at__lt=now - LATELY).delete()
    if mine is None or mine.node != node or now - mine.seen_at > NOTED_EVERY:
        Presence.objects.bulk_create(
            [Presence(workflow=workflow, user=user, tab=tab, node=node, seen_at=now)],
            update_conflicts=True,
            unique_fields=["workflow", "tab"],
            update_fields=["user", "node", "seen_at"],
        )
    return _once_each(row for row in rows if row.user_id != user.pk)


def fingerprint(people: Iterable[Here]) -> str:
    """Changes whenever the page would show something else; "" for nobody."""
    shown = [f"{here.user.pk} {here.user} {here.node}" for here in people]
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:12] if shown else ""


def everywhere(workflows: Iterable[Workflow]) -> dict[int, tuple[Here, ...]]:
    """Who is in which of these workflows, by key, in one query."""
    recent = Presence.objects.filter(
        workflow__in=[workflow.pk for workflow in workflows],
        seen_at__gte=timezone.now() - LATELY,
    )
    found: dict[int, list[Presence]] = {}
    for row in recent.select_related("user").order_by("-seen_at"):
        found.setdefault(row.workflow_id, []).append(row)
    return {key: _once_each(rows) for key, rows in found.items()}


def _once_each(rows: Iterable[Presence]) -> tuple[Here, ...]:
    """Each person once, as in the tab where they last were."""
    found: dict[int, Here] = {}
    for row in rows:
        found.setdefault(row.user_id, Here(row.user, row.node))
    return tuple(sorted(found.values(), key=lambda here: (str(here.user), here.user.pk)))
