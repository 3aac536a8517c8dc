"""Telling webhooks: what happened to accounts and workflows becomes deliveries."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from editor.lib.tx import writing
from editor.sandbox import events
from editor.sandbox.dials import dial
from editor.sandbox.models import (
    COMPLETED,
    FAILED,
    Delivery,
    SandboxAccount,
    SandboxWorkflow,
    Webhook,
)
from editor.sandbox.running import active_webhook, find, outcome

_STATUS_EVENTS = {
    "active": "account.active",
    "frozen": "account.frozen",
    "reconnection_required": "account.reconnectionRequired",
    "deleted": "account.deleted",
}


def tell_status(account: SandboxAccount, status: str, now: datetime) -> None:
    webhook, event_type = active_webhook(account.client), _STATUS_EVENTS[status]
    if webhook and events.wants(webhook, event_type):
        event_id = f"{event_type}:{account.public_id}:{int(now.timestamp() * 1000)}"
        data = {"accountId": account.public_id, "status": status}
        events.delivery(webhook, event_type, event_id, data, now).save()


def announce(now: datetime, most: int) -> None:
    """Make deliveries of the workflow events that have come about by now."""
    due = Q(announced=0) | Q(announced=1, starts_at__lte=now) | Q(announced=2, ends_at__lte=now)
    waiting = SandboxWorkflow.objects.filter(due, announced__lt=3, cancelled_at=None)
    for workflow in waiting.select_related("account__client").order_by("id")[:most]:
        _announce(workflow, now)


def _announce(workflow: SandboxWorkflow, now: datetime) -> None:
    account = workflow.account
    instants = (workflow.created_at, workflow.starts_at, workflow.ends_at)
    reached = sum(instant <= now for instant in instants)
    if reached <= workflow.announced:
        return
    if reached == 3:
        workflow = find(account, workflow.remote_id, now)
    webhook = active_webhook(account.client)
    with writing():
        same = SandboxWorkflow.objects.filter(
            pk=workflow.pk, announced=workflow.announced, cancelled_at=None
        )
        if same.update(announced=reached if webhook else 3) and webhook:
            numbers = range(workflow.announced, reached)
            Delivery.objects.bulk_create(_workflow_events(account, workflow, webhook, numbers, now))


def _workflow_events(
    account: SandboxAccount,
    workflow: SandboxWorkflow,
    webhook: Webhook,
    numbers: Iterable[int],
    now: datetime,
) -> Iterable[Delivery]:
    """The first, second, third event of a workflow, as far as the webhook selects them."""
    instants = (workflow.created_at, workflow.starts_at, workflow.ends_at)
    for number in numbers:
        event_type = f"workflow.{('created', 'started', 'completed')[number]}"
        if not events.wants(webhook, event_type):
            continue
        data = {
            "workflowId": workflow.remote_id,
            "accountId": account.public_id,
            "status": ("pending", "running", FAILED if workflow.failure else COMPLETED)[number],
        }
        if number == 2 and webhook.payload_mode == "fat":
            data["result"] = outcome(workflow)
        late = dial(account.dials, "webhookLate") and number < 2
        for _ in range(2 if dial(account.dials, "webhookTwice") else 1):
            yield events.delivery(
                webhook,
                event_type,
                f"{event_type}:{workflow.remote_id}",
                data,
                instants[number],
                due_at=now + timedelta(minutes=1) if late else now,
                workflow=workflow,
            )
