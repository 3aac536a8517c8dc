"""The moves of a run between its states: each one conditional UPDATE that touches one row or none. Claims are made for
several runs at once.

A move names the state it starts from. When the row is no longer there (another worker was faster, a
person cancelled) nothing is written and the function returns False; whoever called has lost the race
and leaves the run alone. `attempts` is part of the condition: an answer to an old start never touches a
run that was sent again since.
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import F, Q

from accounts import health
from editor.lib.tx import joining, writing
from editor.linkedapi import LinkedApiError, Look, Started
from editor.workflows.services import note_run

from . import nudging, policy
from .models import Ended, Run, State
from .notices import announcing
from .notices import services as notices
from .texts import fit

NOTHING_PENDING: dict[str, Any] = {"pending_reason": "", "pending_message": ""}


def move(
    run: Run, *where: Q, to: State, tell: bool = False, claim: bool = False, **changes: Any
) -> bool:
    """Move the row if it still is as `run` and `where` say; `run` then has the new values too.

    `tell`: write the state down for the list of workflows. Not for states that last a moment.
    `claim`: whoever moves it has it in hand, until `next_look_at`. Otherwise workers are told when it is due next, and
    that its queue goes on without it.
    """
    changes["state"] = to
    still = Run.objects.filter(*where, pk=run.pk, state=run.state, attempts=run.attempts)
    nudges = (
        not claim
        and nudging.wanted()
        and bool(changes.get("next_look_at") or "holds_queue" in changes)
    )
    # One statement is a transaction by itself.
    with joining() if tell or nudges else nullcontext():
        if still.update(**changes) != 1:
            return False
        if tell and run.workflow_id is not None:
            note_run(run.workflow_id, run_id=run.public_id, state=to, at=run.created_at)
        if nudges:
            nudging.nudge(run.connection_id, changes.get("next_look_at"))
    for name, value in changes.items():
        setattr(run, name, value)
    return True


def _seconds(pause: float) -> timedelta:
    return timedelta(seconds=pause)


def lease(now: datetime) -> datetime:
    """Until when a claim holds unless it is renewed."""
    return now + _seconds(settings.WORKER_LEASE)


# --- Claims ------------------------------------------------------------------------------------


def claim_starts(runs: Sequence[Run], worker: str, now: datetime) -> list[bool]:
    """queued -> submitting, before the requests leave: which of them this call won.

    Raises IntegrityError when the connection of one is taken (run_one_at_a_time); then none is claimed.
    """
    due = Q(next_look_at__lte=now, cancel_asked_at=None)
    return _claim(
        runs,
        due,
        state=State.SUBMITTING,
        holds_queue=True,
        claimed_by=worker,
        submitted_at=now,
        next_look_at=lease(now),
        **NOTHING_PENDING,
    )


def claim_looks(runs: Sequence[Run], worker: str, now: datetime) -> list[bool]:
    """Take due looks, so that no other worker does the same: which of them this call won."""
    return _claim(runs, Q(), claimed_by=worker, next_look_at=lease(now))


def _claim(runs: Sequence[Run], where: Q, **changes: Any) -> list[bool]:
    """Change the rows that still are as `runs` say; those `runs` then have the new values too.

    In the order of their keys, so that two workers never wait for each other in a ring. A row that somebody else is at
    is theirs. `attempts` counts the claims of a start.
    """
    starts = changes.get("state") == State.SUBMITTING
    with writing():
        rows = Run.objects.filter(where, pk__in=[run.pk for run in runs]).order_by("pk")
        still = set(
            rows.select_for_update(skip_locked=True).values_list(
                "pk", "state", "attempts", "next_look_at"
            )
        )
        won = [(run.pk, run.state, run.attempts, run.next_look_at) in still for run in runs]
        mine = [run for run, is_mine in zip(runs, won, strict=True) if is_mine]
        counted = {"attempts": F("attempts") + 1} if starts else {}
        Run.objects.filter(pk__in=[run.pk for run in mine]).update(**changes, **counted)
    for run in mine:
        run.attempts += starts
        for name, value in changes.items():
            setattr(run, name, value)
    return won


def claim_start(run: Run, worker: str, now: datetime) -> bool:
    """`claim_starts` of one; False too when its connection is taken."""
    try:
        return claim_starts([run], worker, now)[0]
    except IntegrityError:
        return False


def claim_look(run: Run, worker: str, now: datetime) -> bool:
    """`claim_looks` of one."""
    return claim_looks([run], worker, now)[0]


# --- The start ---------------------------------------------------------------------------------


def unclaim_start(run: Run, worker: str, now: datetime) -> bool:
    """Undo a claim of which nobody knows whether it was made; `run` is as it was before, and nothing was sent."""
    with writing():
        claimed = Run.objects.filter(
            pk=run.pk, state=State.SUBMITTING, claimed_by=worker, attempts=run.attempts + 1
        ).update(
            state=State.QUEUED,
            holds_queue=False,
            claimed_by="",
            attempts=run.attempts,
            next_look_at=now,
        )
        if claimed:
            nudging.nudge(run.connection_id)
    return bool(claimed)


def accept(run: Run, started: Started, now: datetime) -> bool:
    """submitting -> waiting: the service has it, and the same worker takes the first look.

    The answer may come late, when the run already counts as uncertain, or is queued because a person
    wants it sent again; it is still the truth. Then the connection's queue has gone on without it.
    """
    for state in (State.SUBMITTING, State.UNCERTAIN, State.QUEUED):
        run.state = state
        if move(
            run,
            to=State.WAITING,
            claim=True,
            remote_id=fit(started.workflow_id, 200),
            accepted_at=now,
            next_look_at=lease(now),
            pending_reason=fit(started.pending_reason, 80),
            pending_message=fit(started.message, 2000),
            failed_looks=0,
        ):
            if run.connection.error_type:
                health.works(run.connection, now)
            return True
    return False


def requeue(run: Run, error: LinkedApiError, now: datetime) -> bool:
    """submitting -> queued: it definitely was not started. After too many times, -> failed."""
    tries = run.failed_looks + 1
    if policy.start_gives_up(tries, error):
        return fail(run, error.type, error.message, now)
    return _back_into_queue(run, error, tries, now + _seconds(policy.start_pause(tries, error)))


def hold(run: Run, error: LinkedApiError, now: datetime) -> bool:
    """submitting -> queued, and with it the whole queue waits until the connection is mended."""
    with writing():
        held = _back_into_queue(run, error, 0, now)
        if held:
            pause(run, error, now)
    return held


def pause(run: Run, error: LinkedApiError, now: datetime) -> None:
    """The connection does not work: mark it, and tell those who can mend it, once per trouble."""
    before = run.connection.error_type
    with writing():
        if health.pause(run.connection, error, now) and before != error.type:
            notices.connection_paused(run.connection, now)
            announcing.connection_paused(run.connection, error.type, now)


def _back_into_queue(run: Run, error: LinkedApiError, tries: int, again_at: datetime) -> bool:
    return move(
        run,
        to=State.QUEUED,
        holds_queue=False,
        claimed_by="",
        failed_looks=tries,
        next_look_at=again_at,
        pending_reason=fit(error.type, 80),
        pending_message=fit(error.message, 2000),
    )


def lose(run: Run, message: str, now: datetime, *where: Q) -> bool:
    """submitting -> uncertain: nobody can say whether it arrived."""
    with writing():
        lost = move(
            run,
            *where,
            to=State.UNCERTAIN,
            tell=True,
            holds_queue=False,
            claimed_by="",
            next_look_at=now,
            pending_reason="startUnknown",
            pending_message=fit(message, 2000),
        )
        if lost:
            notices.run_uncertain(run, now)
            announcing.run_uncertain(run, now)
    return lost


def lose_abandoned(run: Run, now: datetime) -> bool:
    """The same for a start whose worker is gone: it did not renew its claim."""
    died = "The worker that was sending it ended before the answer came."
    return lose(run, died, now, Q(next_look_at__lte=now))


# --- Waiting -----------------------------------------------------------------------------------


def _claimed(run: Run) -> Q:
    """Whoever changes `next_look_at` has taken the claim over: another worker, or a person's cancel."""
    return Q(next_look_at=run.next_look_at)


def keep_waiting(run: Run, look: Look, now: datetime) -> bool:
    """The workflow is on its way; look again later."""
    looks = run.looks + 1
    heard_at = run.connection.heard_at
    hears = heard_at is not None and now - heard_at < policy.HEARD_WITHIN
    return move(
        run,
        _claimed(run),
        to=State.WAITING,
        tell=looks == 1,
        looks=looks,
        failed_looks=0,
        next_look_at=now + _seconds(policy.look_pause(looks, look, hears)),
        pending_reason=fit(look.pending_reason, 80),
        pending_message=fit(look.message, 2000),
    )


def look_failed(run: Run, error: LinkedApiError, now: datetime) -> bool:
    """A look told nothing: try again later, say why on the page."""
    failed_looks = run.failed_looks + 1
    wait = policy.failed_look_pause(failed_looks, error)
    if error.type in health.NEEDS_A_PERSON and not run.connection.paused:
        pause(run, error, now)
    return move(
        run,
        _claimed(run),
        to=State.WAITING,
        tell=failed_looks == 1,
        failed_looks=failed_looks,
        next_look_at=now + _seconds(wait),
        pending_reason=fit(error.type, 80),
        pending_message=fit(error.message, 2000),
    )


def wake(connection: int, now: datetime) -> None:
    """The connection works again: its queue goes on, and runs whose looks failed for that are looked at."""
    with writing():
        Run.objects.filter(
            connection=connection,
            state=State.WAITING,
            failed_looks__gt=0,
            pending_reason__in=health.NEEDS_A_PERSON,
        ).update(next_look_at=now)
        nudging.nudge(connection)


def cancel_refused(run: Run, message: str) -> bool:
    """The service did not cancel; the run goes on and can be cancelled again."""
    return move(run, to=State.WAITING, cancel_asked_at=None, pending_message=fit(message, 2000))


def note_evidence(run: Run, evidence: dict[str, Any], pause: float | None, now: datetime) -> bool:
    """What the statistics show of an uncertain run, and when to look there again (None: not any more)."""
    again = None if pause is None else now + _seconds(pause)
    return move(run, _claimed(run), to=State.UNCERTAIN, evidence=evidence, next_look_at=again)


# --- The end -----------------------------------------------------------------------------------


def end(run: Run, to: State, now: datetime, **changes: Any) -> bool:
    """Into a final state: nothing is due any more, and the connection's queue goes on."""
    return bool(end_all({run: changes}, to, now))


def end_all(changes: Mapping[Run, Mapping[str, Any]], to: State, now: datetime) -> list[Run]:
    """The same for several, each with changes of its own, in one transaction. Returns those that it ended.

    First all runs in the order of their keys, then their workflows: so two workers never wait for each other in a ring.
    """
    with writing():
        ended = [
            run
            for run in sorted(changes, key=attrgetter("pk"))
            if move(
                run,
                to=to,
                holds_queue=False,
                claimed_by="",
                next_look_at=None,
                finished_at=now,
                **{**NOTHING_PENDING, **changes[run]},
            )
        ]
        _tell_all(ended)
        Ended.objects.bulk_create([Ended(run=run) for run in ended], ignore_conflicts=True)
        announcing.runs_ended(ended, now)
    return ended


def _tell_all(runs: Sequence[Run]) -> None:
    """Write down for the list of workflows how the last run of each stands."""
    last = {run.workflow_id: run for run in sorted(runs, key=attrgetter("created_at"))}
    for workflow_id, run in sorted(
        (workflow_id, run) for workflow_id, run in last.items() if workflow_id is not None
    ):
        note_run(workflow_id, run_id=run.public_id, state=run.state, at=run.created_at)


def fail(run: Run, reason: str, message: str, now: datetime) -> bool:
    reason, message = fit(reason, 80), fit(message, 2000)
    with writing():
        failed = end(run, State.FAILED, now, failure_reason=reason, failure_message=message)
        if failed:
            notices.run_failed(run, now)
    return failed


def cancel(run: Run, now: datetime, message: str = "") -> bool:
    return end(run, State.CANCELLED, now, failure_message=fit(message, 2000))
