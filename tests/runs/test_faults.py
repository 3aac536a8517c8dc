"""Everything goes wrong at once, at random, and in the end the books agree.

Workers of either driver are killed again and again and the database goes away under their hands, while the service
spoils its answers, signs the account out for a while, and tells of everything twice, late, out of order and mixed with
forgeries. Each run carries a label of its own, so that the sandbox's books can be laid beside ours, run by run.

`FAULT_RUNS` says how many runs (CI: few), `FAULT_SEED` which dice; what happened is printed (`pytest -s`).
"""

import json
import logging
import os
import random
import re
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
from django.db import DatabaseError
from django.db import connection as database
from django.db.models import Q
from django.utils import timezone

from accounts import health
from accounts import services as accounts
from accounts.models import Connection
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.linkedapi import signatures
from editor.runs import services
from editor.runs.models import MOVING, Hook, HookEvent, Run, RunPlan, State, WorkerHeartbeat
from editor.runs.results import outcome
from editor.runs.transitions import DIED
from editor.sandbox import services as sandbox
from editor.sandbox import views as sandbox_views
from editor.sandbox.models import SandboxAccount, SandboxWorkflow
from tests.people import owner
from tests.runs.conftest import CHECK, database_url, dial, workflow_of
from tests.runs.test_killed import begin, eventually, kill

pytestmark = pytest.mark.django_db(transaction=True)

RUNS = int(os.environ.get("FAULT_RUNS", "15"))
CONNECTIONS = 5
SEED = int(os.environ.get("FAULT_SEED", "0")) or random.randrange(1, 1_000_000)
PATIENCE = 120 + 2 * RUNS
"""Seconds after which a test that does not come to its end fails."""

# Answers to a start that leave open whether it arrived; and those that are a clear no.
DOUBTFUL = ("http500", "http503", "lost", "garbage", "half", "empty", "http500-after")
CLEAR = ("tooManyRequests-1", "linkedinAccountSignedOut", "invalidLinkedApiToken", "slow-400")
CALLS = ("POST /workflows", "POST /workflows", "GET /workflows", "GET /stats/actions")
UNCLEAR = ("http", "lost", "garbage", "half", "empty")
LOCKED_SECONDS = 1.5
"""A worker of this test waits one second for SQLite's write lock."""
LABEL = re.compile(r'"label": ?"(run-\d+)"')


class Storm:
    """What goes wrong, and what was seen of it."""

    def __init__(self, url: str, dice: random.Random, at_least: int) -> None:
        self.url, self.dice, self.at_least = url, dice, at_least
        self.workers: dict[str, subprocess.Popen] = {}
        self.begun = 0
        self.seen: Counter[str] = Counter()
        self.doubted: set[str] = set()
        self.died: set[str] = set()

    # --- The workers ---

    def see_to_workers(self) -> None:
        while len(self.workers) < self.at_least:
            self.begun += 1
            name = f"storm-{self.begun}"
            self.workers[name] = begin(
                f"{self.url}/sandbox",
                DATABASE_URL=f"{database_url()}?{OPTIONS[database.vendor].format(name=name)}",
                WEBHOOK_URL=self.url,
                WORKER_LEASE="4",
                LOG_LEVEL="CRITICAL",
            )

    def kill_one(self) -> None:
        """Kill -9, and note which starts it had on their way: their answers are lost."""
        name = self.dice.choice(list(self.workers))
        known = WorkerHeartbeat.objects.filter(pid=self.workers[name].pid).first()
        if known is None:  # it has not begun yet
            return
        kill(self.workers.pop(name))
        # Its connections are gone with its machine, one that was just being made too.
        eventually(lambda: not self.drop(backends(name)), lambda: doing(name))
        starts = Run.objects.filter(claimed_by=known.worker_id)
        on_their_way = starts.filter(
            Q(state=State.SUBMITTING) | Q(state=State.UNCERTAIN, pending_message=DIED)
        )
        self.died |= set(on_their_way.values_list("workflow_name", flat=True))
        self.seen["workers killed"] += 1

    def take_database_away(self) -> None:
        """From some workers; what they know of a start must not be lost by that."""
        if database.vendor == "sqlite":
            with closing(sqlite3.connect(database.settings_dict["NAME"], timeout=30)) as other:
                other.execute("BEGIN IMMEDIATE")
                time.sleep(LOCKED_SECONDS)
            self.seen["database locked"] += 1
            return
        found = backends("storm-%")
        dropped = self.dice.sample(found, self.dice.randint(0, len(found)))
        self.drop(dropped)
        self.seen["database connections dropped"] += len(dropped)

    def drop(self, found: list[int]) -> list[int]:
        for backend in found:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
        return found

    def end(self) -> None:
        for worker in self.workers.values():
            kill(worker)
        # Webhooks are on their way, also of workers long dead.
        eventually(lambda: not doing("", but_not="idle"), lambda: doing("", but_not="idle"))

    # --- The service ---

    def spoil(self) -> None:
        """Dial some bad answers for one account."""
        pk = self.dice.choice(SandboxAccount.objects.values_list("pk", flat=True))
        with writing():
            account = SandboxAccount.objects.select_for_update().get(pk=pk)
            waiting = account.dials.get("answers", [])[-1:]
            spoilt = {
                "call": self.dice.choice(CALLS),
                "answer": self.dice.choice(DOUBTFUL + CLEAR),
            }
            dial(account, answers=[*waiting, spoilt])

    def listens(self, call: object, answer: object) -> None:
        """The sandbox is about to spoil this answer."""
        self.seen[f"{call.request.method} {answer.name}"] += 1
        if call.request.method == "POST" and answer.name in UNCLEAR:
            self.doubt(call.body)

    def doubt(self, body: bytes) -> None:
        self.doubted |= set(LABEL.findall(body.decode()))

    # --- The webhooks ---

    def mislead(self) -> None:
        """Events with a wrong signature or of an hour ago, which do not get in; and genuine ones out of order, which do
        no harm: whatever they tell, the service is asked."""
        hook = self.dice.choice([*Hook.objects.exclude(secret="")] or [None])
        run = self.dice.choice([*Run.objects.exclude(remote_id="")[:50]] or [None])
        if hook is None or run is None:
            return
        now = int(time.time())
        for kind, secret, at, status in (
            ("completed", "guess", now, 404),
            ("completed", hook.secret, now - 3600, 404),
            ("completed", hook.secret, now, 204),
            ("started", hook.secret, now, 204),
        ):
            event = {
                "id": new_id(),
                "type": f"workflow.{kind}",
                "data": {"workflowId": run.remote_id},
            }
            body = json.dumps(event).encode()
            headers = {
                signatures.SIGNATURE_HEADER: signatures.sign(secret, str(at), body),
                signatures.TIMESTAMP_HEADER: str(at),
            }
            answer = httpx.post(
                f"{self.url}/hooks/{hook.path}", content=body, headers=headers, timeout=60
            )
            assert answer.status_code == status, answer.text
            self.seen["events forged" if status == 404 else "events out of order"] += 1

    # --- All of it ---

    def rage(self) -> None:
        self.see_to_workers()
        for act, chance in (
            (self.spoil, 0.3),
            (self.mislead, 0.1),
            (self.kill_one, 0.06),
            (self.take_database_away, 0.08),
        ):
            if self.dice.random() < chance:
                act()
        self.mend()

    def mend(self) -> None:
        """People do what the pages tell them."""
        for connection in Connection.objects.filter(probe_at__gt=timezone.now()):
            self.seen["connections mended"] += health.probe_now(connection, timezone.now())


OPTIONS = {"sqlite": "timeout=1", "postgresql": "application_name={name}"}


def backends(name: str) -> list[int]:
    """Database connections of workers with such a name."""
    if database.vendor == "sqlite":
        return []
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name LIKE %s ORDER BY pid", [name]
        )
        return [pid for (pid,) in cursor.fetchall()]


def doing(name: str, but_not: str = "") -> list[tuple]:
    """What the others on this database are at: those of a name, or without one; not those in a state."""
    if database.vendor == "sqlite":
        return []
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT application_name, state, wait_event, query FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND application_name = %s AND state <> %s",
            [name, but_not],
        )
        return cursor.fetchall()


@pytest.fixture(params=["2 embedded", "2 procrastinate", "4 procrastinate"])
def forces(request) -> int:
    """How many workers, of which driver."""
    count, driver = request.param.split()
    if driver == "procrastinate":
        request.getfixturevalue("procrastinate")
    return int(count)


@pytest.fixture
def storm(forces, live_server, settings, monkeypatch, caplog) -> Iterator[Storm]:
    caplog.set_level(logging.CRITICAL, logger="django")  # every fault would be told
    settings.SANDBOX_URL = f"{live_server.url}/sandbox"
    settings.WEBHOOK_URL = live_server.url
    storm = Storm(live_server.url, random.Random(SEED), forces)
    dialled, start = sandbox_views._dialled, sandbox.start

    def listening(call):
        answer = dialled(call)
        if answer is not None:
            storm.listens(call, answer)
        return answer

    def starting(account, body, now):
        try:
            return start(account, body, now)
        except DatabaseError:  # the sandbox's own, at a busy time
            storm.doubt(body)
            raise

    monkeypatch.setattr(sandbox_views, "_dialled", listening)
    monkeypatch.setattr(sandbox, "start", starting)
    yield storm
    storm.end()


@pytest.fixture
def team():
    """Ann's team with sandbox accounts that tell everything twice, two of them late."""
    ann = owner("Ann", "Outreach")
    for number in range(1, CONNECTIONS):
        accounts.add_sandbox(team=ann.team, actor=ann.user, name=f"Account {number}")
    for number, account in enumerate(SandboxAccount.objects.order_by("pk")):
        delay = (0, 0, 0.2, 0.5, 0.05)[number % 5]
        dial(account, delay=delay, webhookTwice=True, webhookLate=number % 2 == 1)
    return ann.team


def queue_runs(team) -> None:
    connections = list(team.connections.order_by("pk"))
    for number in range(RUNS):
        label = f"run-{number}"
        services.start_run(
            workflow_of(team, CHECK | {"label": label}, name=label),
            connection=connections[number % len(connections)],
            actor=None,
            submit_key=label,
        )


def moving() -> int:
    return Run.objects.filter(state__in=MOVING).count()


def test_the_books_agree_whatever_goes_wrong(storm, team):
    queue_runs(team)
    began, deadline = time.monotonic(), time.monotonic() + PATIENCE
    while moving() > RUNS / 10 and time.monotonic() < began + PATIENCE / 3:
        storm.rage()
        time.sleep(0.1)
    while moving():  # the storm is over
        storm.see_to_workers()
        storm.mend()
        assert time.monotonic() < deadline, f"seed {SEED}: {moving()} runs do not come to an end"
        time.sleep(0.1)
    told(storm, time.monotonic() - began)
    compare_books(storm)


def compare_books(storm: Storm) -> None:
    why = f"seed {SEED}"
    runs = {run.workflow_name: run for run in Run.objects.select_related("connection")}
    books: dict[str, list[SandboxWorkflow]] = {name: [] for name in runs}
    for workflow in SandboxWorkflow.objects.select_related("account"):
        books[LABEL.findall(workflow.body)[0]].append(workflow)

    assert [name for name, found in books.items() if len(found) > 1] == [], f"{why}: sent twice"
    for name, run in runs.items():
        assert run.state in (State.COMPLETED, State.UNCERTAIN), (
            f"{why}: {name} {run.failure_reason}"
        )
        if run.state == State.COMPLETED:
            (workflow,) = books[name]
            assert workflow.remote_id == run.remote_id, why
            assert workflow.account.identification_token == run.connection.identification_token, why
            came = outcome.unpack(run.outcome.completion)
            assert came == json.loads(workflow.completion), why
            assert run.results.count() == 1, why
    uncertain = {
        name: run.pending_message for name, run in runs.items() if run.state == State.UNCERTAIN
    }
    wrong = uncertain.keys() ^ (storm.doubted | storm.died)
    assert not wrong, (
        f"{why}: uncertain, and only where it is; {[(n, uncertain.get(n)) for n in wrong]}"
    )
    assert RunPlan.objects.count() == RUNS, why
    events = HookEvent.objects.values_list("hook", "event_id")
    assert len(events) == len(set(events)), f"{why}: a webhook was taken twice"
    # A few runs may all have ended before the service has taken our address.
    assert events or RUNS < 100, f"{why}: no webhook came in"


def told(storm: Storm, took: float) -> None:
    states = Counter(Run.objects.values_list("state", flat=True))
    bodies = SandboxWorkflow.objects.values_list("body", flat=True)
    arrived = {LABEL.findall(body)[0] for body in bodies}
    uncertain = set(Run.objects.filter(state="uncertain").values_list("workflow_name", flat=True))
    starts = Counter(Run.objects.values_list("attempts", flat=True))
    lines = (
        f"{database.vendor}, seed {SEED}: {RUNS} runs in {took:.0f} s: {dict(states)}",
        f"uncertain: {len(uncertain & arrived)} had arrived, {len(uncertain - arrived)} had not",
        f"start lost by its answer {len(storm.doubted)}, by a dead worker {len(storm.died)}",
        f"starts per run: {dict(sorted(starts.items()))}; genuine events {HookEvent.objects.count()}",
        f"webhooks set {Hook.objects.exclude(url='').count()} of {Hook.objects.count()}",
        str(dict(storm.seen.most_common())),
    )
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
