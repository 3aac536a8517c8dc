"""Running what is due: workflows that have ended get their completion and leave their traces."""

import json
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db.models import BigIntegerField

from editor import catalog
from editor.lib import bulk
from editor.lib.prepared import Update
from editor.lib.tx import writing
from editor.sandbox import limits, queries, queue, reading, traces
from editor.sandbox.dials import dial
from editor.sandbox.models import (
    COMPLETED,
    FAILED,
    INBOX,
    NETWORK,
    OPEN,
    Client,
    Delivery,
    ExecutedAction,
    SandboxAccount,
    SandboxWorkflow,
    Trace,
    Webhook,
)
from editor.sandbox.play import Setting, Step, TooMuch, play

_EXECUTED = Update(
    lambda key: SandboxWorkflow.objects.filter(OPEN, pk=key),
    ("executed_at", "completion", "failure"),
    key=BigIntegerField(),
)
_TRACE = ("account_id", "kind", "namespace", "person", "time", "data")

TOO_LARGE = "workflowTooLarge"
"""Our own failure reason: loops in loops asked for more than the sandbox runs."""


def find(account: SandboxAccount, remote_id: str, now: datetime) -> SandboxWorkflow:
    """A workflow of this account, run when it is due. Raises ApiError for any other id."""
    found = queries.workflow_of(account, remote_id, now)
    if found.executed_at is None and found.cancelled_at is None and found.ends_at <= now:
        if not found.is_first:
            for earlier in queries.due(account, now).filter(pk__lt=found.pk):
                _run(account, earlier, now)
        _run(account, found, now)
    return found


def settle(account: SandboxAccount, now: datetime) -> None:
    """Run, in their order, the workflows of an account that have ended by now and were not run yet.

    Nothing is lost when it is called late or twice: whoever stores the result first wins.
    """
    for workflow in queries.due(account, now):
        _run(account, workflow, now)


def _run(account: SandboxAccount, workflow: SandboxWorkflow, now: datetime) -> None:
    """Run one workflow and store what came of it; when somebody else was quicker, take over theirs."""
    failure, completion, steps = workflow.failure, "", []
    if not failure and account.status == "reconnection_required":
        failure = "linkedinAccountSignedOut"
    if not failure:
        try:
            result, steps = played(account, workflow)
            completion = json.dumps(result)
        except TooMuch:
            failure = TOO_LARGE
    with writing():
        if _EXECUTED(key=workflow.pk, executed_at=now, completion=completion, failure=failure):
            record(account, workflow, steps, workflow.ends_at)
            workflow.executed_at, workflow.completion, workflow.failure = now, completion, failure
            return
    workflow.refresh_from_db()


def played(account: SandboxAccount, workflow: SandboxWorkflow) -> tuple[Any, list[Step]]:
    """The completion and steps of a workflow. Raises TooMuch."""
    tree = reading.tree_of(workflow.body.encode())
    setting = Setting(
        at=workflow.starts_at,
        own=account.slug,
        most=dial(account.dials, "results"),
        sales_navigator=dial(account.dials, "salesNavigator"),
        left=limits.left(account, workflow.starts_at) if workflow.is_limited else {},
    )
    return play(tree, catalog.default(), setting)


def record(
    account: SandboxAccount, workflow: SandboxWorkflow, steps: list[Step], until: datetime
) -> None:
    """Store what was executed up to a moment: statistics, traces, and what the webhook hears of them."""
    length = workflow.ends_at - workflow.starts_at
    done = [
        (step, at)
        for number, step in enumerate(steps, start=1)
        if (at := workflow.starts_at + length * number / len(steps)) <= until
    ]
    bulk.insert(
        ExecutedAction,
        ("account", "action_type", "category", "success", "time"),
        (
            (account.pk, step.action.type, step.action.limit_category or "", step.success, at)
            for step, at in done
        ),
    )
    left = [trace for step, at in done for trace in traces.left_by(step, at, length)]
    if left:
        _leave(account, left)


def _leave(account: SandboxAccount, left: list[Trace]) -> None:
    for trace in left:
        trace.account = account
    bulk.insert(Trace, _TRACE, map(attrgetter(*_TRACE), left))
    webhook = active_webhook(account.client)
    if webhook is None:
        return
    watched = set(
        Trace.objects.filter(account=account, kind__in=[INBOX, NETWORK]).values_list(
            "kind", "namespace"
        )
    )
    told = [
        traces.told(account, webhook, trace)
        for trace in left
        if (traces.WATCHED_BY.get(trace.kind), trace.namespace) in watched
    ]
    Delivery.objects.bulk_create(delivery for delivery in told if delivery)


def outcome(workflow: SandboxWorkflow) -> dict[str, Any]:
    """The `result` of GET /workflows/{id} for a workflow that has ended."""
    reason = queue.CANCELLED if workflow.cancelled_at else workflow.failure
    if reason:
        failure = {"reason": reason, "message": _failure_words(reason)}
        return {"workflowStatus": FAILED, "failure": failure}
    return {"workflowStatus": COMPLETED, "completion": json.loads(workflow.completion)}


def _failure_words(reason: str) -> str:
    ours = {
        queue.CANCELLED: "The workflow was cancelled.",
        TOO_LARGE: "The loops of this workflow ask for more than the sandbox runs.",
    }
    known = catalog.default().error_types.get(reason)
    return ours.get(reason) or (
        known.meaning if known else "The sandbox was asked for this failure."
    )


def active_webhook(client: Client) -> Webhook | None:
    return client.webhooks.filter(is_active=True).first() if client.has_webhook else None
