"""Real worker processes of both drivers against a real server, killed in the middle of everything."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from accounts import services as accounts
from editor.lib.ids import new_id
from editor.runs import services
from editor.runs.batches import reading
from editor.runs.batches import services as batching
from editor.runs.models import MOVING, Run, WorkerHeartbeat
from editor.sandbox.models import SandboxAccount, SandboxWorkflow
from tests.people import owner
from tests.runs.conftest import CHECK, database_url, dial, workflow_of
from tests.runs.test_advance import spoilt
from tests.runs.test_batches import made, url

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60
"""Seconds after which a condition that does not come true fails the test; it is never waited out."""


def eventually(condition: Callable[[], object], instead: Callable[[], object] = lambda: "") -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen {instead()}"
        time.sleep(0.02)


def begin(sandbox_url: str, **more: str) -> subprocess.Popen:
    """A worker of its own, with a short lease so that abandoned runs are found soon."""
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "SANDBOX_URL": sandbox_url,
        "ENCRYPTION_KEYS": ",".join(settings.ENCRYPTION_KEYS),
        "RUN_DRIVER": settings.RUN_DRIVER,
        "WORKER_LEASE": "1",
        "LOG_LEVEL": "ERROR",
    }
    return subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=env | more)


@contextmanager
def process(sandbox_url: str) -> Iterator[subprocess.Popen]:
    """The same, for as long as the block lasts."""
    worker = begin(sandbox_url)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def kill(worker: subprocess.Popen) -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait()


@pytest.fixture(params=["embedded", "procrastinate"])
def either_driver(request) -> None:
    if request.param == "procrastinate":
        request.getfixturevalue("procrastinate")


@pytest.fixture
def sandbox_url(live_server, settings) -> str:
    settings.SANDBOX_URL = f"{live_server.url}/sandbox"
    return settings.SANDBOX_URL


@pytest.fixture
def accounts_of_ann(db):
    """Ann's team with three sandbox accounts: [(connection, account), ...]."""
    ann = owner("Ann", "Outreach")
    for name in ("Second", "Third"):
        accounts.add_sandbox(team=ann.team, actor=ann.user, name=name)
    pairs = []
    for connection in ann.team.connections.order_by("pk"):
        account = SandboxAccount.objects.get(identification_token=connection.identification_token)
        dial(account, delay=0)
        pairs.append((connection, account))
    return pairs


def queue(connection) -> Run:
    return services.start_run(
        workflow_of(connection.team, CHECK),
        connection=connection,
        actor=None,
        submit_key=new_id(),
    )


def state(run: Run) -> str:
    return Run.objects.get(pk=run.pk).state


def books(account) -> set[str]:
    """The ids of the workflows that the sandbox has taken, by its own books."""
    return set(SandboxWorkflow.objects.filter(account=account).values_list("remote_id", flat=True))


@pytest.mark.usefixtures("either_driver")
def test_a_worker_killed_in_every_state_loses_nothing_and_sends_nothing_twice(
    sandbox_url, accounts_of_ann
):
    (one, first), (two, second), (three, third) = accounts_of_ann
    spoilt(first, "slow-3000")  # the start arrives, its answer takes its time
    dial(second, delay=2)
    spoilt(third, "slow-3000", call="GET /workflows")
    sending, behind, waiting, looked_at = queue(one), queue(one), queue(two), queue(three)

    with process(sandbox_url) as worker:
        eventually(lambda: books(first) and state(waiting) == state(looked_at) == "waiting")
        assert (state(sending), state(behind)) == ("submitting", "queued")
        kill(worker)
    assert (state(sending), state(behind)) == ("submitting", "queued")
    assert (state(waiting), state(looked_at)) == ("waiting", "waiting")

    with process(sandbox_url):
        eventually(lambda: state(sending) == "uncertain")
        for run in (behind, waiting, looked_at):
            eventually(lambda run=run: state(run) == "completed")
    for account, runs in {first: [behind], second: [waiting], third: [looked_at]}.items():
        known = {Run.objects.get(pk=run.pk).remote_id for run in runs}
        assert known <= books(account)
    assert [len(books(account)) for account in (first, second, third)] == [2, 1, 1]


def test_workers_killed_again_and_again_leave_books_that_agree(sandbox_url, accounts_of_ann):
    runs = [queue(connection) for connection, _ in accounts_of_ann for _ in range(8)]

    def done() -> int:
        return Run.objects.filter(state__in=["completed", "uncertain"]).count()

    for _ in range(3):
        before = done()
        with process(sandbox_url) as worker:
            eventually(lambda before=before: done() > before + 2 or done() == len(runs))
            kill(worker)
    with process(sandbox_url):
        eventually(lambda: done() == len(runs))

    for connection, account in accounts_of_ann:
        mine = Run.objects.filter(connection=connection)
        completed = set(mine.filter(state="completed").values_list("remote_id", flat=True))
        uncertain = mine.filter(state="uncertain").count()
        assert len(completed) + uncertain == 8
        assert completed <= books(account)
        assert len(books(account) - completed) <= uncertain, "something was sent twice"
        assert set(mine.values_list("attempts", flat=True)) == {1}


@pytest.mark.usefixtures("either_driver")
def test_two_workers_at_once_share_the_work(sandbox_url, accounts_of_ann):
    runs = [queue(connection) for connection, _ in accounts_of_ann for _ in range(5)]
    with process(sandbox_url), process(sandbox_url):
        eventually(lambda: WorkerHeartbeat.objects.count() == 2)
        eventually(lambda: Run.objects.filter(state="completed").count() == len(runs))
    for connection, account in accounts_of_ann:
        mine = Run.objects.filter(connection=connection).order_by("pk")
        assert {run.remote_id for run in mine} == books(account)
        ends = [run.finished_at for run in mine]
        assert ends == sorted(ends), "each connection's runs go in their order"


@pytest.mark.usefixtures("either_driver")
def test_asked_to_stop_a_worker_finishes_what_is_in_hand(sandbox_url, accounts_of_ann):
    (connection, account), *_ = accounts_of_ann
    spoilt(account, "slow-1000")
    run, behind = queue(connection), queue(connection)
    with process(sandbox_url) as worker:
        eventually(lambda: books(account))
        worker.terminate()
        assert worker.wait(PATIENCE) == 0
    assert (state(run), state(behind)) == ("completed", "queued")
    assert not WorkerHeartbeat.objects.exists()


def test_two_workers_killed_again_and_again_make_one_run_of_each_row(sandbox_url, accounts_of_ann):
    connection, account = accounts_of_ann[0]
    ann = connection.team.memberships.get().user
    lines = reading.read_text("\n".join(url(f"p{number}") for number in range(12)))
    batch = batching.create(made(connection.team), connection=connection, actor=ann, lines=lines)
    batching.start(batch, actor=ann, confirmed="12:12", per_day=None, working_days=False)

    def begun() -> int:
        return batch.rows.filter(state="run").count()

    with process(sandbox_url):
        for mark in (3, 6, 9):
            with process(sandbox_url) as second:
                eventually(lambda mark=mark: begun() >= mark)
                kill(second)
        eventually(lambda: begun() == 12 and not Run.objects.filter(state__in=MOVING).exists())
    assert Run.objects.count() == 12 == len(set(batch.rows.values_list("run", flat=True)))
    sent = Run.objects.exclude(state="uncertain").count()
    assert sent <= len(books(account)) <= 12
