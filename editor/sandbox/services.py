"""What the sandbox does: accounts, starting and cancelling workflows, delivering webhooks, forgetting.

Functions that depend on the time take it as `now`; nothing here waits and nothing runs by itself.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from editor import catalog
from editor.lib import prepared
from editor.lib.tx import writing
from editor.sandbox import deliveries, faults, hours, queue, reading, running, telling
from editor.sandbox.dials import dial
from editor.sandbox.errors import ApiError
from editor.sandbox.models import (
    COMPLETED,
    FAILED,
    OPEN,
    RUNNING,
    Client,
    Delivery,
    ExecutedAction,
    SandboxAccount,
    SandboxWorkflow,
    Trace,
)
from editor.sandbox.play import Step, TooMuch
from editor.sandbox.world import LINKEDIN
from editor.trees.nodes import Tree

# --- Accounts ----------------------------------------------------------------------------------


def create_account(name: str, *, linked_api_token: str | None = None) -> SandboxAccount:
    """A new invented account, with a client of its own unless the token of one is given."""
    with writing():
        token = {"linked_api_token": linked_api_token} if linked_api_token else {}
        client = Client.objects.get_or_create(**token)[0] if token else Client.objects.create()
        slug = f"example-{slugify(name)[:80] or 'account'}"
        return SandboxAccount.objects.create(
            client=client, name=name[:200], url=f"{LINKEDIN}/in/{slug}"
        )


def set_status(account: SandboxAccount, status: str, now: datetime) -> None:
    """Make the account active, frozen or reconnection_required, and tell the webhook."""
    with writing():
        SandboxAccount.objects.filter(pk=account.pk).update(status=status)
        account.status = status
        telling.tell_status(account, status, now)


def disconnect(account: SandboxAccount, now: datetime) -> None:
    """Take the account off the client for good: its token opens nothing, what waits never runs."""
    with writing():
        SandboxAccount.objects.filter(pk=account.pk).update(disconnected_at=now)
        waiting = account.workflows.filter(OPEN, ends_at__gt=now)
        waiting.update(cancelled_at=now, announced=3)
        telling.tell_status(account, "deleted", now)


# --- Starting a workflow -----------------------------------------------------------------------


def start(account: SandboxAccount, body: bytes, now: datetime) -> SandboxWorkflow:
    """Check a workflow and put it into the account's queue. Raises ApiError; then nothing was queued."""
    if account.status == "reconnection_required":
        raise ApiError("linkedinAccountSignedOut", "LinkedIn ended the session. Connect it again.")
    if account.status == "frozen" or account.client.subscription_status in ("past_due", "canceled"):
        raise ApiError("subscriptionRequired", "There is no paid seat for this LinkedIn account.")
    tree = reading.read(body)
    _check_plan(account.client, tree)
    working = dial(account.dials, "workingHours")
    if hours.refuses(working) and not hours.is_open(working, now):
        raise ApiError("outsideWorkingHours", "The account is outside its working hours.")
    return _enqueue(account, body.decode("utf-8-sig"), now)


def _check_plan(client: Client, tree: Tree) -> None:
    """Searches and everything of Sales Navigator need a Plus seat. (Which actions really do is not
    documented; an old heading puts search and data retrieval under Plus.)"""
    if any(seat["seatType"] == "plus" and seat["quantity"] > 0 for seat in client.seats):
        return
    actions = catalog.default().actions
    for node in tree.nodes.values():
        if actions[node.type].kind == "search" or actions[node.type].namespace == "nv":
            raise ApiError("plusPlanRequired", f"{node.type} needs the Plus plan.")


def _enqueue(account: SandboxAccount, body: str, now: datetime) -> SandboxWorkflow:
    delay = dial(account.dials, "delay")
    delay = settings.SANDBOX_DELAY if delay is None else delay
    workflow = SandboxWorkflow(
        account=account,
        body=body,
        created_at=now,
        announced=0 if account.client.has_webhook else 3,
    )
    while True:
        working = dial(account.dials, "workingHours")
        times = queue.schedule(now, delay, account.busy_until, working)
        workflow.starts_at, workflow.ends_at = times.starts_at, times.ends_at
        workflow.failure = times.failure or faults.failure_in(body)[:100]
        if times.failure or times.ends_at <= now:
            prepared.insert(workflow)
            return workflow
        with writing():
            if _occupy(account, times.ends_at):
                prepared.insert(workflow)
                return workflow
        account.refresh_from_db(fields=["busy_until"])


def _occupy(account: SandboxAccount, until: datetime) -> bool:
    """Take the end of the queue; False when somebody else took it since it was read."""
    same = SandboxAccount.objects.filter(pk=account.pk, busy_until=account.busy_until)
    return same.update(busy_until=until) == 1


# --- Spoilt answers ----------------------------------------------------------------------------


def next_answer(account: SandboxAccount, call: str) -> str | None:
    """Use up one of the spoilt answers that are dialled for this call, such as "GET /workflows"."""
    if not dial(account.dials, "answers"):
        return None
    with writing():
        locked = SandboxAccount.objects.select_for_update().get(pk=account.pk)
        waiting = list(dial(locked.dials, "answers"))
        for index, item in enumerate(waiting):
            if item.get("call", "*") in ("*", call):
                left = item.get("times", 1) - 1
                waiting[index : index + 1] = [{**item, "times": left}] if left else []
                locked.dials = {**locked.dials, "answers": waiting}
                locked.save(update_fields=["dials"])
                return str(item["answer"])
    return None


# --- Cancelling --------------------------------------------------------------------------------


def cancel(account: SandboxAccount, remote_id: str, now: datetime) -> bool:
    """Stop a workflow that waits or runs; False for one that has ended. What already ran stays done.

    Raises ApiError for an unknown id.
    """
    workflow = running.find(account, remote_id, now)
    state = queue.state(workflow, now)
    if state in (COMPLETED, FAILED):
        return False
    steps = _played_before_cancel(account, workflow) if state == RUNNING else []
    with writing():
        waiting = SandboxWorkflow.objects.filter(OPEN, pk=workflow.pk)
        if not waiting.update(cancelled_at=now, announced=3):
            return False
        Delivery.objects.filter(workflow=workflow, status="pending").delete()
        running.record(account, workflow, steps, now)
        _move_up(account, now)
    return True


def _played_before_cancel(account: SandboxAccount, workflow: SandboxWorkflow) -> list[Step]:
    try:
        return running.played(account, workflow)[1]
    except TooMuch:
        return []


def _move_up(account: SandboxAccount, now: datetime) -> None:
    """Let what waits behind a cancelled workflow come earlier."""
    SandboxAccount.objects.select_for_update().get(pk=account.pk)
    behind = list(
        account.workflows.filter(OPEN, ends_at__gt=now)
        .exclude(failure=queue.WAIT_EXPIRED)
        .order_by("id")
    )
    free_at = now
    for workflow in behind:
        if workflow.starts_at > now:
            times = queue.moved_up(workflow, free_at, dial(account.dials, "workingHours"))
            workflow.starts_at, workflow.ends_at = times.starts_at, times.ends_at
        free_at = workflow.ends_at
    SandboxWorkflow.objects.bulk_update(behind, ["starts_at", "ends_at"])
    SandboxAccount.objects.filter(pk=account.pk).update(busy_until=free_at)


# --- Webhooks ----------------------------------------------------------------------------------


def deliver_due(now: datetime | None = None, most: int = 100) -> int:
    """Turn what happened into webhook events and send what is due. Returns how many attempts it made.

    Call it again and again; each call does a bounded piece of work: it begins no attempt after five
    seconds, and an attempt takes five at the most. It posts outside of any transaction.
    """
    now = now or timezone.now()
    telling.announce(now, most)
    return deliveries.deliver(now, most)


# --- Housekeeping ------------------------------------------------------------------------------


def forget(before: datetime, most: int = 500) -> int:
    """Delete workflows, statistics, traces and deliveries from before a moment. Returns how many rows.

    Call it again and again, until it says 0: of each kind it looks at the `most` oldest rows. Rows are made
    in the order of time, more or less, so their keys find the old ones.
    """
    sent = Delivery.objects.exclude(status__in=["pending", "delivering"])
    left = Trace.objects.filter(kind__in=["message", "connection"])
    kinds: tuple[tuple[QuerySet[Any], str], ...] = (
        (sent, "created_at"),
        (SandboxWorkflow.objects.all(), "ends_at"),
        (ExecutedAction.objects.all(), "time"),
        (left, "time"),
    )
    return sum(_forget(rows, when, before, most) for rows, when in kinds)


def _forget(rows: QuerySet[Any], when: str, before: datetime, most: int) -> int:
    oldest = rows.order_by("pk").values_list("pk", when)[:most]
    old = [pk for pk, at in oldest if at < before]
    return rows.model._default_manager.filter(pk__in=old).delete()[0] if old else 0
