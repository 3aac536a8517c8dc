"""Move a run one piece further. The only code that talks to the service about a run.

`advance` is idempotent: it may be called late, twice at once, or on another machine. Every piece begins
with a claim, a conditional UPDATE that one caller wins, and ends with another one that counts only if
nothing happened to the run in between (`transitions`).
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, close_old_connections
from django.db.models import Q
from django.utils import timezone

from accounts import health
from editor import catalog
from editor.lib.tx import writing
from editor.linkedapi import (
    Client,
    LinkedApiError,
    Look,
    NotSent,
    OutcomeUnknown,
    Refused,
    Started,
)
from editor.runs import policy, queries
from editor.runs import transitions as to
from editor.runs.models import Run, State
from editor.runs.policy import AfterStart
from editor.runs.results import outcome

from . import counting
from .hands import AWAY, aside, db
from .storing import store
from .together import together

log = logging.getLogger(__name__)

SETTLE_SECONDS = 600.0
SETTLE_PAUSE = 0.2

# No documented status says it; servers that name a reason name one of these.
_CANCELLED = frozenset({"cancelled", "canceled", "workflowCancelled"})


async def advance(run: Run, client: Client, worker: str) -> None:
    """One piece of work on `run`, read from the database a moment ago with its connection and plan.

    Final runs are left alone. Raises nothing that the service could cause.
    """
    step = _STEPS.get(State(run.state))
    if step is not None:
        await step(run, client, worker)


async def _start(run: Run, client: Client, worker: str) -> None:
    if run.cancel_asked_at:
        await db(to.cancel, run, timezone.now())
        return
    if not await _claimed(run, worker):
        return
    try:
        started = await client.start(run.connection.credentials(), outcome.definition_of(run.plan))
    except (NotSent, Refused) as error:
        counting.count("starts", "refused" if isinstance(error, Refused) else "not-sent")
        counting.refused(error.type)
        no = partial(_AFTER_START[policy.after_start(error)], run, error, timezone.now())
        await _settle(db, to.not_started, run, no)
    except OutcomeUnknown as error:
        counting.count("starts", "unknown")
        await _settle(db, to.lose, run, error.message, timezone.now())
    else:
        counting.count("starts", "accepted")
        if await _settle(together, _accept, (run, started)):
            await _take_look(run, client)
        else:
            log.warning("Run %s: the answer to an old start came too late", run.public_id)


async def _claimed(run: Run, worker: str) -> bool:
    try:
        return await together(_claim_starts, run, worker)
    except IntegrityError:  # another worker sent the connection's next run
        return False
    except AWAY:
        # It may have been committed all the same; but nothing was sent, so it is not uncertain.
        await _settle(db, to.unclaim_start, run, worker, timezone.now())
        raise


def _claim_starts(runs: Sequence[Run], worker: str) -> list[bool]:
    return to.claim_starts(runs, worker, timezone.now())


def _claim_looks(runs: Sequence[Run]) -> list[bool]:
    return to.claim_looks(runs, timezone.now())


def _accept(started: Sequence[tuple[Run, Started]]) -> list[bool]:
    return to.accept_all(started, timezone.now())


def _refuse(run: Run, error: LinkedApiError, now: datetime) -> bool:
    return to.fail(run, error.type, error.message, now)


_AFTER_START = {
    AfterStart.LATER: to.requeue,
    AfterStart.MENDED: to.hold,
    AfterStart.NEVER: _refuse,
}


async def _abandoned(run: Run, client: Client, worker: str) -> None:
    await db(to.lose_abandoned, run, timezone.now())


async def _look(run: Run, client: Client, worker: str) -> None:
    if not await together(_claim_looks, run):
        return
    if run.cancel_asked_at:
        await _cancel(run, client)
    else:
        await _take_look(run, client)


async def _cancel(run: Run, client: Client) -> None:
    """Ask the service to stop it. When it does not, a look tells why: it may have ended, also by a cancel of ours
    whose answer nobody has written down."""
    try:
        stopped = await client.cancel(run.connection.credentials(), run.remote_id)
        why = "The service says that there was nothing left to cancel."
    except LinkedApiError as error:
        now = timezone.now()
        if policy.look_may_wait(error) and not _looked_long_enough(run, now):
            await db(to.look_failed, run, error, now)
            return
        stopped, why = False, error.message
    if stopped:
        await db(to.cancel, run, timezone.now(), "", await _done_by_now(run, client))
        return
    await _take_look(run, client)
    if not run.failed_looks:
        await db(to.cancel_refused, run, why)


async def _take_look(run: Run, client: Client) -> None:
    try:
        look = await client.look(run.connection.credentials(), run.remote_id)
    except LinkedApiError as error:
        counting.count("looks", "no-answer")
        await db(_look_failed, run, error, timezone.now())
        return
    counting.count("looks", look.status)
    now = timezone.now()
    if look.status == "completed":
        await _complete(run, look.completion)
    elif look.status == "failed":
        seen = await _done_by_now(run, client)
        if _was_cancelled(run, look.failure_reason):
            await db(to.cancel, run, timezone.now(), look.failure_message, seen)
        else:
            await db(_failed, run, look, seen, timezone.now())
    elif _looked_long_enough(run, now):
        message = f"It did not finish within {policy.LOOK_FOR_DAYS} days. It may still go on."
        await db(to.fail, run, "workflowTimeout", message, now)
    else:
        await together(_keep_waiting, (run, look))


def _was_cancelled(run: Run, reason: str) -> bool:
    """Whether somebody's cancel ended it: ours, when it was asked for and no other reason is known."""
    known = catalog.default().error_types.get(reason)
    named = known is not None and known.level != "client"
    return reason in _CANCELLED or (run.cancel_asked_at is not None and not named)


def _look_failed(run: Run, error: LinkedApiError, now: datetime) -> bool:
    if policy.look_may_wait(error) and not _looked_long_enough(run, now):
        return to.look_failed(run, error, now)
    if isinstance(error, Refused) and not (run.looks or run.holds_queue):
        # Somebody has named this workflow for it (`services.mark_arrived`), and there is none: all is as it was.
        message = f"There is no workflow “{run.remote_id}” on this account, which somebody named."
        named = Q(remote_id=run.remote_id)
        return to.lose(run, message, now, named, remote_id="", accepted_at=None)
    if isinstance(error, Refused) and run.cancel_asked_at:
        return to.cancel(run, now, error.message)  # what was cancelled need not be known any longer
    return to.fail(run, error.type, error.message, now)


def broken(run: Run, now: datetime) -> bool:
    """Trellis could not handle what the service said of a run: perhaps the next version can, but the account's queue
    does not wait for that for ever."""
    error = OutcomeUnknown("Trellis could not handle the answer.", type="unknownError")
    return _look_failed(run, error, now)


def _keep_waiting(looks: Sequence[tuple[Run, Look]]) -> list[bool]:
    return to.keep_waiting_all(looks, timezone.now())


def _failed(run: Run, look: Look, seen: dict[str, Any], now: datetime) -> bool:
    with writing():
        if look.failure_reason in health.NEEDS_A_PERSON:
            error = Refused(look.failure_message, type=look.failure_reason)
            to.pause(run, error, now)
        return to.fail(run, look.failure_reason, look.failure_message, now, seen)


def _looked_long_enough(run: Run, now: datetime) -> bool:
    since = run.accepted_at or run.created_at
    return now - since > timedelta(days=policy.LOOK_FOR_DAYS)


async def _complete(run: Run, completion: Any) -> None:
    tree, form = outcome.tree_of(run.plan), outcome.form_of(run.plan)
    made = partial(outcome.prepare, run.pk, tree, completion, catalog.default(), form)
    if outcome.is_big(completion):  # other runs go on meanwhile
        await aside(_store, [(run, await asyncio.to_thread(made))])
    else:
        await together(_store, (run, made()))


def _store(completed: Sequence[tuple[Run, outcome.Stored]]) -> list[bool]:
    return store(completed, timezone.now())


async def _gather_evidence(run: Run, client: Client, worker: str) -> None:
    """What ran on the account since the start was sent: the only trace that a lost start leaves."""
    if not await together(_claim_looks, run):
        return
    now = timezone.now()
    try:
        seen = await _executed(run, client, now)
    except LinkedApiError as error:
        # What was seen before stays.
        failures = run.evidence.get("failures", 0) + 1
        found = {"failures": failures, "error": error.message, "at": now.isoformat()}
        pause = policy.failed_evidence_pause(failures, error)
        await db(to.note_evidence, run, run.evidence | found, pause, timezone.now())
        return
    times = run.evidence.get("times", 0) + 1
    found = {"times": times, "at": now.isoformat(), "actions": seen}
    await db(to.note_evidence, run, found, policy.evidence_pause(times), timezone.now())


async def _done_by_now(run: Run, client: Client) -> dict[str, Any]:
    """The evidence of a run that ended at the service before its time: nothing else tells what had run by then."""
    now = timezone.now()
    try:
        return {"at": now.isoformat(), "actions": await _executed(run, client, now)}
    except LinkedApiError as error:
        return {"at": now.isoformat(), "error": error.message}


async def _executed(run: Run, client: Client, now: datetime) -> list[dict[str, Any]]:
    """What the statistics tell of its kinds of action since it was sent, by the service's clock if that is known: what
    ran just before is not of this run. Raises LinkedApiError."""
    sent, until = run.submitted_at or run.created_at, now + queries.SKEW
    since = max(sent - queries.SKEW, until - timedelta(days=30))
    executed, clock = await client.stats(run.connection.credentials(), since, until)
    if clock is not None:
        since = sent + (clock - timezone.now())
    types = {node.type for node in outcome.tree_of(run.plan).nodes.values()}
    return [
        {"type": e.action_type, "success": e.success, "at": e.time.isoformat()}
        for e in executed
        if e.time >= since and e.action_type in types
    ][: policy.EVIDENCE_KEPT]


_STEPS = {
    State.QUEUED: _start,
    State.SUBMITTING: _abandoned,
    State.WAITING: _look,
    State.UNCERTAIN: _gather_evidence,
}


async def _settle(write: Callable[..., Awaitable[Any]], *args: Any) -> Any:
    """`write(*args)`, until the database takes it: what is known only here is worth waiting for one that is away."""
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            return await write(*args)
        except AWAY:
            if time.monotonic() > until:
                raise
            log.warning("The database does not take how a start went; trying again")
            await asyncio.sleep(SETTLE_PAUSE)
            await db(close_old_connections)
