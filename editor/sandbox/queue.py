"""When a workflow runs and what state it is in: pure functions of stored instants.

An account's workflows run one after another. A quarter of the delay passes before a workflow starts in
an empty queue, three quarters while it runs, so that each state can be seen.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from editor.sandbox import hours
from editor.sandbox.models import COMPLETED, FAILED, PENDING, RUNNING, SandboxWorkflow

WAIT_EXPIRED = "workingHoursWaitExpired"
CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Times:
    """From when to when a workflow runs; `failure` is set when it never will."""

    starts_at: datetime
    ends_at: datetime
    failure: str = ""


def schedule(
    now: datetime, delay: float, busy_until: datetime | None, working: hours.Hours | None
) -> Times:
    """The place of a new workflow at the end of a queue that is busy until then (None: empty)."""
    length = timedelta(seconds=delay)
    ready = now + length / 4
    return _placed(now, max(ready, busy_until or ready), length * 3 / 4, working)


def moved_up(workflow: SandboxWorkflow, free_at: datetime, working: hours.Hours | None) -> Times:
    """The place of a waiting workflow after one before it was cancelled; never later than it was."""
    length = workflow.ends_at - workflow.starts_at
    ready = workflow.created_at + length / 3
    found = _placed(workflow.created_at, max(ready, free_at), length, working)
    if found.failure or found.starts_at > workflow.starts_at:
        return Times(workflow.starts_at, workflow.ends_at)
    return found


def _placed(
    sent_at: datetime, wanted: datetime, length: timedelta, working: hours.Hours | None
) -> Times:
    if working is None:
        return Times(wanted, wanted + length)
    starts_at = hours.next_opening(working, wanted)
    last_call = sent_at + hours.longest_wait(working)
    if starts_at is None or starts_at > last_call:
        return Times(last_call, last_call, WAIT_EXPIRED)
    return Times(starts_at, starts_at + length)


def state(workflow: SandboxWorkflow, now: datetime) -> str:
    """pending, running, completed or failed."""
    if workflow.cancelled_at is not None:
        return FAILED
    if now < workflow.starts_at:
        return PENDING
    if now < workflow.ends_at:
        return RUNNING
    return FAILED if workflow.failure else COMPLETED


def pending_reason(working: hours.Hours | None, now: datetime) -> dict[str, Any]:
    """`pendingReason` and `message` of a waiting workflow."""
    if working is not None and not hours.is_open(working, now):
        return {"pendingReason": "outsideWorkingHours", "message": hours.words(working, now)}
    return {"pendingReason": "queued", "message": "Waiting for its turn in the account's queue."}
