"""The loop that drives runs: what it takes, how it shows that it lives, and what it survives."""

import asyncio
import threading
from datetime import timedelta

import httpx
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import DataError
from django.utils import timezone

from editor.linkedapi import Client, Started
from editor.runs import policy, queries, transitions
from editor.runs.models import Run, WorkerHeartbeat
from editor.runs.results import outcome
from editor.runs.workers import advance, loop, working
from editor.runs.workers.duties import Duty
from tests.runs.conftest import CHECK, InProcess, arrived, dial, make_due


def run_loop(until, seats=5):
    """The real loop on the test's own connection, until the condition holds."""

    async def go():
        async with Client(InProcess()) as client:
            worker = working.Worker(client, seats)
            at_work = asyncio.create_task(loop.work(worker))
            async with asyncio.timeout(60):
                while not await sync_to_async(until)():
                    await asyncio.sleep(0.01)
            worker.stop.set()
            await at_work
            return worker

    return async_to_sync(go)()


@pytest.mark.django_db(transaction=True)
def test_the_loop_drives_every_run_to_its_end_and_leaves_no_trace(make_run, account):
    runs = [make_run(CHECK) for _ in range(4)]
    run_loop(lambda: Run.objects.filter(state="completed").count() == len(runs))
    assert arrived(account) == len(runs)
    assert not WorkerHeartbeat.objects.exists(), "a worker that leaves says so"


def test_a_duty_that_can_wait_waits_while_runs_are_in_hand(monkeypatch):
    monkeypatch.setattr(loop, "LEISURE_SECONDS", 0.001)
    done = []

    async def act(worker):
        done.append(len(worker.in_hand))

    async def go():
        async with Client(InProcess()) as client:
            worker = working.Worker(client, 1)
            worker.in_hand[1] = asyncio.current_task()
            await loop.do(worker, Duty("at once", 1, act))
            waiting = asyncio.create_task(loop.do(worker, Duty("patient", 1, act, patience=3600)))
            for _ in range(20):
                await asyncio.sleep(0)
            assert done == [1], "the patient one has not begun"
            worker.in_hand.clear()
            await waiting

    asyncio.run(go())
    assert done == [1, 0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("big", [False, True])
def test_what_came_back_is_stored_beside_the_loop_if_it_is_big(make_run, monkeypatch, big):
    threads = {}
    for module, name in ((transitions, "claim_starts"), (outcome, "prepare"), (advance, "store")):
        monkeypatch.setattr(module, name, telling(getattr(module, name), name, threads))
    monkeypatch.setattr(outcome, "BIG", 0 if big else 5_000)
    make_run(CHECK)
    run_loop(lambda: Run.objects.filter(state="completed").exists())
    loops = threads.pop("claim_starts")
    assert [thread != loops for thread in threads.values()] == [big, big]


def telling(function, name, threads):
    """The same function; `threads` then has the one it ran in."""

    def told(*args, **kwargs):
        threads[name] = threading.get_ident()
        return function(*args, **kwargs)

    return told


def test_a_heartbeat_is_seen_and_old_ones_are_forgotten(db):
    assert not queries.worker_seen(timedelta(seconds=30))
    long_gone = timezone.now() - timedelta(hours=2)
    WorkerHeartbeat.objects.create(worker_id="gone", host="h", pid=1, seen_at=long_gone)
    working.beat("alive", [])
    assert queries.worker_seen(timedelta(seconds=30))
    assert list(WorkerHeartbeat.objects.values_list("worker_id", flat=True)) == ["alive"]


def test_a_beat_renews_the_claims_on_starts_under_way_and_on_nothing_else(make_run):
    mine, other = queries.for_worker(make_run(CHECK).pk), make_run(CHECK)
    assert transitions.claim_start(mine, "me", timezone.now())
    make_due(mine)
    before = Run.objects.get(pk=other.pk).next_look_at
    working.beat("another", [mine.pk])
    assert Run.objects.get(pk=mine.pk).next_look_at <= timezone.now()
    working.beat("me", [mine.pk, other.pk])
    assert Run.objects.get(pk=mine.pk).next_look_at > timezone.now()
    assert Run.objects.get(pk=other.pk).next_look_at == before
    transitions.accept_all([(mine, Started("wf-1"))], timezone.now())
    working.beat("me", [mine.pk])
    assert Run.objects.get(pk=mine.pk).next_look_at == mine.next_look_at, "a look keeps its claim"


class Broken(httpx.AsyncBaseTransport):
    """The way to the service breaks in a manner that nobody foresaw."""

    async def handle_async_request(self, request):
        raise RuntimeError("not foreseen")


def broken_piece(run):
    run = queries.for_worker(run.pk)

    async def go():
        async with Client(Broken()) as client:
            await working.piece(working.Worker(client, 1), run)

    async_to_sync(go)()
    return Run.objects.get(pk=run.pk)


def test_what_nobody_foresaw_does_not_send_a_start_again(make_run, worker, account):
    run = broken_piece(make_run(CHECK))
    assert run.state == "submitting"
    make_due(run)
    assert worker.advance(run).state == "uncertain"
    assert arrived(account) == 0


def test_what_nobody_foresaw_puts_a_look_off(make_run, worker, account):
    dial(account, delay=3600)
    run = worker.advance(make_run(CHECK))
    make_due(run)
    run = broken_piece(run)
    assert (run.state, run.failed_looks, run.pending_reason) == ("waiting", 1, "unknownError")
    assert run.next_look_at > timezone.now()


def test_what_the_database_can_never_take_puts_a_look_off_and_says_so(
    make_run, worker, account, monkeypatch
):
    dial(account, delay=3600)
    run = worker.advance(make_run(CHECK))

    async def refuse(*_):
        raise DataError("value out of range")

    monkeypatch.setattr(working, "advance", refuse)
    run = broken_piece(run)
    assert (run.state, run.failed_looks, run.pending_reason) == ("waiting", 1, "unknownError")


def test_what_can_never_be_handled_does_not_hold_the_account_for_ever(make_run, worker, account):
    dial(account, delay=3600)
    run = worker.advance(make_run(CHECK))
    long_ago = timezone.now() - timedelta(days=policy.LOOK_FOR_DAYS, minutes=1)
    Run.objects.update(accepted_at=long_ago)
    make_due(run)
    run = broken_piece(run)
    assert (run.state, run.holds_queue) == ("failed", False)
    assert run.failure_message == "Trellis could not handle the answer."
