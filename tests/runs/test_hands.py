"""A worker's database work in the thread of its loop: nobody's answer is lost while the loop is held up."""

import asyncio
import threading
import time
from functools import partial

import pytest
from django.db import connection as database

from editor.runs.workers.hands import Loop, aside, at_hand, db

pytestmark = pytest.mark.django_db(transaction=True)  # connections are looked at, and closed


def in_worker(call):
    """What the coroutine function returns as a part of a worker."""

    async def work():
        with at_hand():
            return await call()

    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(work())


def hold_up(monkeypatch, seconds):
    """What holds up the loop for so long by everybody's clock."""
    passed, clock = [0.0], time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: clock() + passed[0])

    def held_up():
        passed[0] += seconds

    return held_up


@pytest.mark.parametrize("seconds", [0.01, 3600])
def test_an_answer_that_came_while_the_database_was_slow_is_read(monkeypatch, seconds):
    held_up = hold_up(monkeypatch, seconds)

    async def call():
        answer = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(60):
            await db(held_up)
            answer.set_result("accepted")
            await asyncio.sleep(0)
            return await answer

    assert in_worker(call) == "accepted"


def test_what_the_loop_is_not_held_up_by_counts(monkeypatch):
    held_up = hold_up(monkeypatch, 3600)

    async def call():
        async with asyncio.timeout(60):
            held_up()
            await asyncio.sleep(0)
            await asyncio.get_running_loop().create_future()

    with pytest.raises(TimeoutError):
        in_worker(call)


def test_database_work_stays_in_the_thread_of_the_loop_unless_it_is_big_or_nobodys():
    async def threads():
        return (
            threading.get_ident(),
            await db(threading.get_ident),
            await aside(threading.get_ident),
        )

    loops, small, big = in_worker(threads)
    assert small == loops != big
    loops, anybodys, _ = asyncio.run(threads())
    assert anybodys != loops


def test_a_worker_does_not_wait_long_for_what_somebody_has_locked():
    if database.vendor != "postgresql":
        pytest.skip("SQLite has a limit of its own")

    def limit():
        with database.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            return cursor.fetchone()[0]

    database.close()  # the worker makes its own
    assert in_worker(partial(db, limit)) == "3s"
    assert limit() == "0"
