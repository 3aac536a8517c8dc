"""The moves of a run between its states: each one conditional UPDATE that touches one row or none; what many runs do at
the same time is one statement for all of them.

A move names the state it starts from. When the row is no longer there (another worker was faster, a
person cancelled) nothing is written and the function returns False; whoever called has lost the race
and leaves the run alone. `attempts` is part of the condition: an answer to an old start never touches a
run that was sent again since.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError
from django.db.models import F, Q
from django.utils import timezone

from accounts import health
from editor import catalog
from editor.lib import bulk
from editor.lib.tx import joining, one_statement, writing
from editor.linkedapi import LinkedApiError, Look, Started
from editor.workflows.services import note_run

from . import ledger, nudging, policy
from .models import Batch, BatchRow, BatchState, Ended, RowState, Run, State
from .moves import Changes, move, move_all, take_over
from .notices import announcing
from .notices import services as notices
from .results import outcome
from .texts import fit

NOTHING_PENDING: dict[str, Any] = {"pending_reason": "", "pending_message": ""}
DIED: Final = "The worker that was sending it ended before the answer came."
TAKEN_BACK: Final = {
    BatchState.PAUSED: "Taken back: the batch was paused.",
    BatchState.STOPPED: "Taken back: the batch was stopped.",
}
"""Why a run of a batch that was halted is not sent any more."""


def _seconds(pause: float) -> timedelta:
    return timedelta(seconds=pause)


def lease(now: datetime) -> datetime:
    """Until when a claim holds unless it is renewed."""
    return now + _seconds(settings.WORKER_LEASE)


# --- Claims ------------------------------------------------------------------------------------


def claim_starts(runs: Sequence[Run], worker: str, now: datetime) -> list[bool]:
    """queued -> submitting, before the requests leave: which of them this call won. `attempts` counts these claims.

    Raises IntegrityError when the connection of one is taken (run_one_at_a_time); then none is claimed.
    """
    due = [run for run in runs if run.next_look_at and run.next_look_at <= now]
    won = _claim(
        {run: {"attempts": run.attempts + 1} for run in due if run.cancel_asked_at is None},
        now,
        state=State.SUBMITTING,
        claimed_by=worker,
        holds_queue=True,
        submitted_at=now,
        **NOTHING_PENDING,
    )
    return [run in won for run in runs]


def claim_looks(runs: Sequence[Run], now: datetime) -> list[bool]:
    """Take due looks, so that no other worker does the same: which of them this call won."""
    won = _claim({run: {} for run in runs}, now)
    return [run in won for run in runs]


def _claim(changes: Mapping[Run, Changes], now: datetime, **same: Any) -> Mapping[Run, Changes]:
    """Nobody else has them until the claim runs out. A row that somebody else is at is theirs."""
    with one_statement():
        won = move_all(
            changes,
            "next_look_at",
            "cancel_asked_at",
            claim=True,
            skip_locked=True,
            next_look_at=lease(now),
            **same,
        )
    take_over(won)
    return won


def claim_start(run: Run, worker: str, now: datetime) -> bool:
    """`claim_starts` of one; False too when its connection is taken."""
    try:
        return claim_starts([run], worker, now)[0]
    except IntegrityError:
        return False


# --- The start ---------------------------------------------------------------------------------


def not_started(run: Run, settle: Callable[[], bool]) -> bool:
    """This very start, told by `attempts`, has certainly started nothing: `settle` moves the run on.

    Also when that comes late and the run already counts as uncertain, because its worker was only slow. Not when a
    person has decided meanwhile.
    """
    run.state = State.SUBMITTING
    if settle():
        return True
    run.state = State.UNCERTAIN
    with writing():
        if settled := settle():
            notices.run_settled(run, timezone.now())
    return settled


def unclaim_start(run: Run, worker: str, now: datetime) -> bool:
    """Undo a claim of which nobody knows whether it was made; `run` is as it was before, and nothing was sent."""
    claimed = copy(run)
    claimed.attempts += 1

    def undo() -> bool:
        return _back_into_queue(
            claimed,
            now,
            Q(claimed_by=worker),
            attempts=run.attempts,
            next_look_at=now,
            **NOTHING_PENDING,
        )

    return not_started(claimed, undo)


def accept_all(answers: Sequence[tuple[Run, Started]], now: datetime) -> list[bool]:
    """submitting -> waiting: the service has them, and the same worker takes the first look. Which of them it was.

    An answer may come late, when the run already counts as uncertain, or is queued because a person
    wants it sent again; it is still the truth. Then the connection's queue has gone on without it.
    """
    accepted: set[Run] = set()
    on_trial = any(run.connection.error_type for run, _ in answers)
    with writing() if on_trial else one_statement():  # seldom more: those that are late
        for state in (State.SUBMITTING, State.UNCERTAIN, State.QUEUED):
            late = {run: _accepted(started) for run, started in answers if run not in accepted}
            for run in late:
                run.state = state
            moved = move_all(
                late,
                claim=True,
                state=State.WAITING,
                accepted_at=now,
                next_look_at=lease(now),
                failed_looks=0,
            )
            take_over(moved)
            accepted.update(moved)
            for run in moved if state != State.SUBMITTING else ():
                notices.run_settled(run, now)
        for run in accepted:
            if run.connection.error_type:
                health.works(run.connection, now)
    return [run in accepted for run, _ in answers]


def _accepted(started: Started) -> dict[str, Any]:
    return {
        "remote_id": fit(started.workflow_id, 200),
        "pending_reason": fit(started.pending_reason, 80),
        "pending_message": fit(started.message, 2000),
    }


def requeue(run: Run, error: LinkedApiError, now: datetime) -> bool:
    """submitting -> queued: it definitely was not started. After too many times, -> failed."""
    tries = run.failed_looks + 1
    if policy.start_gives_up(tries, error):
        return fail(run, error.type, error.message, now)
    again_at = now + _seconds(policy.start_pause(tries, error))
    return _back_into_queue(run, now, **_refused(error, tries), next_look_at=again_at)


def hold(run: Run, error: LinkedApiError, now: datetime) -> bool:
    """submitting -> queued, and with it the whole queue waits until the connection is mended."""
    with writing():
        held = _back_into_queue(run, now, **_refused(error, 0), next_look_at=now)
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


def _refused(error: LinkedApiError, tries: int) -> dict[str, Any]:
    return {
        "failed_looks": tries,
        "pending_reason": fit(error.type, 80),
        "pending_message": fit(error.message, 2000),
    }


def _back_into_queue(run: Run, now: datetime, *where: Q, **changes: Any) -> bool:
    """Where it was before its start, which has certainly come to nothing. But a batch may have been halted while it was
    being sent: then it goes no further."""
    with joining():
        why = _halted(run)
        back = move(
            run,
            *where,
            to=State.QUEUED,
            tell=run.state == State.UNCERTAIN,
            holds_queue=False,
            claimed_by="",
            **changes,
        )
        if back and why:
            take_back(run, why, now)
    return back


def _halted(run: Run) -> str:
    """Why the batch of a run wants nothing more to be sent, "" when it does, or has none. Whoever halts it at this very
    moment waits, and then finds the run in the queue."""
    if run.batch_id is None:
        return ""
    batch = Batch.objects.select_for_update(no_key=True).filter(pk=run.batch_id).first()
    return TAKEN_BACK.get(BatchState(batch.state), "") if batch else ""


def take_back(run: Run, why: str, now: datetime) -> bool:
    """End a queued run of a batch that has certainly not started: its row waits again. Not one that is to be sent again
    although it may have arrived: it stays."""
    if run.doubted:
        return False
    with writing():
        ended = end(run, State.CANCELLED, now, failure_message=why)
        if ended:
            BatchRow.objects.filter(run=run).update(
                state=RowState.WAITING, run=None, began_at=None, tries=F("tries") + 1
            )
    return ended


def lose(run: Run, message: str, now: datetime, *where: Q, **changes: Any) -> bool:
    """submitting -> uncertain: nobody can say whether it arrived."""
    with writing():
        lost = move(
            run,
            *where,
            to=State.UNCERTAIN,
            tell=True,
            holds_queue=False,
            next_look_at=now,
            pending_reason="startUnknown",
            pending_message=fit(message, 2000),
            **changes,
        )
        if lost:
            notices.run_uncertain(run, now)
            announcing.run_uncertain(run, now)
    return lost


def lose_abandoned(run: Run, now: datetime) -> bool:
    """The same for a start whose worker is gone: it did not renew its claim."""
    return lose(run, DIED, now, Q(next_look_at__lte=now))


# --- Waiting -----------------------------------------------------------------------------------


def _claimed(run: Run) -> Q:
    """Whoever changes `next_look_at` has taken the claim over: another worker, or a person's cancel."""
    return Q(next_look_at=run.next_look_at)


def keep_waiting_all(looks: Sequence[tuple[Run, Look]], now: datetime) -> list[bool]:
    """Workflows that are on their way; look again later. Which of them were still ours to look at."""
    with writing():
        moved = move_all(
            {run: _waiting(run, look, now) for run, look in looks}, "next_look_at", failed_looks=0
        )
        _tell_all([run for run, new in moved.items() if new["looks"] == 1])
    take_over(moved)
    return [run in moved for run, _ in looks]


def _waiting(run: Run, look: Look, now: datetime) -> dict[str, Any]:
    looks = run.looks + 1
    heard_at = run.connection.heard_at
    hears = heard_at is not None and now - heard_at < policy.HEARD_WITHIN
    return {
        "looks": looks,
        "next_look_at": now + _seconds(policy.look_pause(looks, look, hears)),
        "pending_reason": fit(look.pending_reason, 80),
        "pending_message": fit(look.message, 2000),
    }


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
    """The service did not cancel; the run, unless it has ended, goes on and can be cancelled again."""
    return move(
        run,
        Q(state=State.WAITING),
        to=State.WAITING,
        cancel_asked_at=None,
        pending_message=fit(message, 2000),
    )


def note_evidence(run: Run, evidence: dict[str, Any], pause: float | None, now: datetime) -> bool:
    """What the statistics show of an uncertain run, and when to look there again (None: not any more)."""
    again = None if pause is None else now + _seconds(pause)
    return move(run, _claimed(run), to=State.UNCERTAIN, evidence=evidence, next_look_at=again)


# --- The end -----------------------------------------------------------------------------------


def end(run: Run, to: State, now: datetime, **changes: Any) -> bool:
    """Into a final state: nothing is due any more, and the connection's queue goes on."""
    return bool(end_all({run: changes}, to, now))


def end_all(changes: Mapping[Run, Changes], to: State, now: datetime) -> list[Run]:
    """The same for several, each with changes of its own, of the same fields. Returns those that it ended.

    First all runs in the order of their keys, then their workflows: so two workers never wait for each other in a ring.
    """
    with writing():
        moved = move_all(
            changes,
            state=to,
            holds_queue=False,
            claimed_by="",
            next_look_at=None,
            finished_at=now,
            **NOTHING_PENDING,
        )
        take_over(moved)
        ended = sorted(moved, key=attrgetter("pk"))
        _tell_all(ended)
        bulk.insert_missing(Ended, ("run",), [(run.pk,) for run in ended])
        announcing.runs_ended(ended, now)
    return ended


def _tell_all(runs: Sequence[Run]) -> None:
    """Write down for the list of workflows how the last run of each stands."""
    last = {run.workflow_id: run for run in sorted(runs, key=attrgetter("created_at"))}
    for workflow_id, run in sorted(
        (workflow_id, run) for workflow_id, run in last.items() if workflow_id is not None
    ):
        note_run(workflow_id, run_id=run.public_id, state=run.came_to, at=run.created_at)


def fail(
    run: Run, reason: str, message: str, now: datetime, evidence: Changes | None = None
) -> bool:
    """`evidence`: as for `cancel`."""
    taken = run.state == State.WAITING or run.doubted
    why = {"failure_reason": fit(reason, 80), "failure_message": fit(message, 2000)}
    with writing():
        failed = _end_untold(run, State.FAILED, now, evidence, taken, **why)
        if failed:
            notices.run_failed(run, now)
    return failed


def cancel(run: Run, now: datetime, message: str = "", evidence: Changes | None = None) -> bool:
    """`evidence`: what the statistics show of a run that the service had taken."""
    taken = run.state != State.QUEUED or run.doubted
    why = fit(message, 2000)
    return _end_untold(run, State.CANCELLED, now, evidence, taken, failure_message=why)


def _end_untold(
    run: Run, to: State, now: datetime, evidence: Changes | None, taken: bool, **changes: Any
) -> bool:
    """End a run whose results never come; what it may have done all the same, if the service had `taken` it or may
    have, goes into the ledger."""
    # Of a start before the last one the statistics are not asked.
    ran = None if evidence is None or run.doubted else evidence.get("actions")
    parked = ran == [] and bool(run.pending_reason) and not run.failed_looks
    if ran and len(ran) >= policy.EVIDENCE_KEPT:
        ran = None  # what came after them is not among them
    told = {} if evidence is None else {"evidence": evidence}
    with writing():
        ended = end(run, to, now, **changes, **told)
        if ended and taken and not parked:
            tree = outcome.tree_of(run.plan)
            perhaps = ledger.perhaps_of(tree, catalog.default(), ran)
            ledger.enter([(run, perhaps)], now, sure=False)
    return ended
