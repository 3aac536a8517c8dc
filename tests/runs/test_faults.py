"""Everything goes wrong at once, at random, and in the end the books agree.

Two workers are killed again and again while the service spoils its answers, signs the account out for a
while, and tells of everything twice, late and mixed with forgeries. Each run carries a label of its own, so
that the sandbox's books can be laid beside ours, run by run.

`FAULT_RUNS` says how many runs (CI: few), `FAULT_SEED` which dice; what happened is printed (`pytest -s`).
"""

import json
import logging
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest
from django.db import connection as database
from django.utils import timezone

from accounts import health
from accounts import services as accounts
from accounts.models import Connection
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.linkedapi import signatures
from editor.runs import outcome, services
from editor.runs.models import MOVING, Hook, HookEvent, Run, RunPlan, State, WorkerHeartbeat
from editor.sandbox import views as sandbox_views
from editor.sandbox.models import SandboxAccount, SandboxWorkflow
from tests.people import owner
from tests.runs.conftest import CHECK, dial, workflow_of
from tests.runs.test_killed import begin, kill

pytestmark = pytest.mark.django_db(transaction=True)

RUNS = int(os.environ.get("FAULT_RUNS", "20"))
CONNECTIONS = 5
SEED = int(os.environ.get("FAULT_SEED", "0")) or random.randrange(1, 1_000_000)
PATIENCE = 120 + 2 * RUNS
"""Seconds after which a test that does not come to its end fails."""

# Answers to a start that leave open whether it arrived; and those that are a clear no.
DOUBTFUL = ("http500", "http503", "lost", "garbage", "half", "empty", "http500-after")
CLEAR = ("tooManyRequests-1", "linkedinAccountSignedOut", "invalidLinkedApiToken", "slow-400")
CALLS = ("POST /workflows", "POST /workflows", "GET /workflows", "GET /stats/actions")
UNCLEAR = ("http", "lost", "garbage", "half", "empty")
LABEL = re.compile(r'"label": ?"(run-\d+)"')


class Storm:
    """What goes wrong, and what was seen of it."""

    def __init__(self, url: str, dice: random.Random) -> None:
        self.url, self.dice = url, dice
        self.workers: list[subprocess.Popen] = []
        self.seen: Counter[str] = Counter()
        self.doubted: set[str] = set()
        self.died: set[str] = set()

    # --- The workers ---

    def see_to_workers(self, at_least: int = 2) -> None:
        while len(self.workers) < at_least:
            self.workers.append(
                begin(
                    f"{self.url}/sandbox",
                    WEBHOOK_URL=self.url,
                    WORKER_LEASE="4",
                    LOG_LEVEL="CRITICAL",
                )
            )

    def kill_one(self) -> None:
        """Kill -9, and note which starts it had on their way: their answers are lost."""
        worker = self.dice.choice(self.workers)
        known = WorkerHeartbeat.objects.filter(pid=worker.pid).first()
        if known is None:  # it has not begun yet
            return
        kill(worker)
        self.workers.remove(worker)
        on_their_way = Run.objects.filter(state=State.SUBMITTING, claimed_by=known.worker_id)
        self.died |= set(on_their_way.values_list("workflow_name", flat=True))
        self.seen["workers killed"] += 1

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()

    # --- The service ---

    def spoil(self) -> None:
        """Dial some bad answers for one account."""
        pk = self.dice.choice(SandboxAccount.objects.values_list("pk", flat=True))
        with writing():
            account = SandboxAccount.objects.select_for_update().get(pk=pk)
            waiting = account.dials.get("answers", [])[-3:]
            spoilt = {
                "call": self.dice.choice(CALLS),
                "answer": self.dice.choice(DOUBTFUL + CLEAR),
            }
            dial(account, answers=[*waiting, spoilt])

    def listens(self, call: object, answer: object) -> None:
        """The sandbox is about to spoil this answer."""
        self.seen[f"{call.request.method} {answer.name}"] += 1
        if call.request.method == "POST" and answer.name in UNCLEAR:
            self.doubted |= set(LABEL.findall(call.body.decode()))

    # --- The webhooks ---

    def forge(self) -> None:
        """An event with a wrong signature, and a genuine one from an hour ago: neither gets in."""
        hook = self.dice.choice([*Hook.objects.exclude(secret="")] or [None])
        run = self.dice.choice([*Run.objects.exclude(remote_id="")[:50]] or [None])
        if hook is None or run is None:
            return
        now = int(time.time())
        for secret, at in (("guess", now), (hook.secret, now - 3600)):
            event = {
                "id": new_id(),
                "type": "workflow.completed",
                "data": {"workflowId": run.remote_id},
            }
            body = json.dumps(event).encode()
            headers = {
                signatures.SIGNATURE_HEADER: signatures.sign(secret, str(at), body),
                signatures.TIMESTAMP_HEADER: str(at),
            }
            answer = httpx.post(f"{self.url}/hooks/{hook.path}", content=body, headers=headers)
            assert answer.status_code == 404
            self.seen["events forged"] += 1

    # --- All of it ---

    def rage(self) -> None:
        for act, chance in ((self.spoil, 0.5), (self.forge, 0.1), (self.kill_one, 0.04)):
            if self.dice.random() < chance:
                act()
        self.see_to_workers()
        self.mend()

    def mend(self) -> None:
        """People do what the pages tell them."""
        for connection in Connection.objects.filter(probe_at__gt=timezone.now()):
            self.seen["connections mended"] += health.probe_now(connection, timezone.now())


@pytest.fixture
def storm(live_server, settings, monkeypatch, caplog) -> Iterator[Storm]:
    caplog.set_level(logging.CRITICAL, logger="django")  # every fault would be told
    settings.SANDBOX_URL = f"{live_server.url}/sandbox"
    settings.WEBHOOK_URL = live_server.url
    storm = Storm(live_server.url, random.Random(SEED))
    dialled = sandbox_views._dialled

    def listening(call):
        answer = dialled(call)
        if answer is not None:
            storm.listens(call, answer)
        return answer

    monkeypatch.setattr(sandbox_views, "_dialled", listening)
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
    uncertain = {name for name, run in runs.items() if run.state == State.UNCERTAIN}
    assert uncertain == storm.doubted | storm.died, f"{why}: uncertain, and only where it is"
    assert RunPlan.objects.count() == RUNS, why
    events = HookEvent.objects.values_list("hook", "event_id")
    assert len(events) == len(set(events)) > 0, f"{why}: no webhook came in"


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
