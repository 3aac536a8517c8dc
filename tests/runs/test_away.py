"""A run's start while the database goes away: what is known only to the worker is not lost."""

import pytest
from django.db import OperationalError
from django.utils import timezone

from editor.runs import queries, transitions
from editor.runs.models import Run
from editor.runs.workers import advance as advancing
from tests.runs.conftest import arrived, make_due
from tests.runs.test_advance import spoilt

pytestmark = pytest.mark.django_db(transaction=True)  # database connections are closed


def away(monkeypatch, move, times=2, done=False):
    """The database does not take a move at first; or takes it, and its word of that is lost (`done`). Returns what is
    left of the times that it fails."""
    monkeypatch.setattr(advancing, "SETTLE_PAUSE", 0)
    real, left = getattr(transitions, move), [None] * times

    def failing(*args):
        if left:
            left.pop()
            if done:
                real(read_again(args[0]), *args[1:])
            raise OperationalError("server closed the connection unexpectedly")
        return real(*args)

    for when, act in advancing._AFTER_START.items():  # it has the moves themselves, not their names
        if act is real:
            monkeypatch.setitem(advancing._AFTER_START, when, failing)
    monkeypatch.setattr(transitions, move, failing)
    return left


def read_again(what):
    """The run or runs as another worker has them: what was given stays as it was."""
    if isinstance(what, Run):
        return queries.for_worker(what.pk)
    return [queries.for_worker(run.pk) for run in what]


def test_the_answer_to_a_start_waits_for_the_database(make_run, worker, account, monkeypatch):
    left = away(monkeypatch, "accept_all")
    assert worker.advance(make_run()).state == "completed"
    assert (arrived(account), left) == (1, [])


def test_a_refusal_waits_for_the_database(make_run, worker, account, monkeypatch):
    left = away(monkeypatch, "requeue")
    spoilt(account, "tooManyRequests-1")
    assert (worker.advance(make_run()).state, left) == ("queued", [])


@pytest.mark.parametrize("done", [False, True])
def test_a_claim_of_which_nobody_heard_is_undone_for_nothing_was_sent(
    make_run, worker, account, monkeypatch, done
):
    away(monkeypatch, "claim_starts", times=1, done=done)
    run = make_run()
    with pytest.raises(OperationalError):
        worker.advance(run)
    run = Run.objects.get(pk=run.pk)
    assert (run.state, run.attempts, run.holds_queue) == ("queued", 0, False)
    assert arrived(account) == 0
    assert worker.advance(run).state == "completed"
    assert arrived(account) == 1


@pytest.mark.parametrize("sender", ["this", "another"])
def test_only_the_claim_of_this_worker_is_undone_when_others_have_taken_it_for_dead(
    make_run, sender
):
    run = make_run()
    unsure = queries.for_worker(run.pk)
    assert transitions.claim_start(queries.for_worker(run.pk), sender, timezone.now())
    make_due(run)
    assert transitions.lose_abandoned(queries.for_worker(run.pk), timezone.now())
    undone = transitions.unclaim_start(unsure, "this", timezone.now())
    run.refresh_from_db()
    assert (undone, run.state, run.attempts) == (
        (True, "queued", 0) if sender == "this" else (False, "uncertain", 1)
    )
