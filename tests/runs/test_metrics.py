"""/metrics: off by default, for whoever knows the token, and without names in it."""

import re
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Connection
from editor.lib.prometheus import Metric, text
from editor.runs import queries
from editor.runs.models import Hook, HookEvent, Run, WorkerHeartbeat
from editor.runs.workers import working
from tests.runs.conftest import CHECK
from tests.runs.test_advance import spoilt

TOKEN = "a-token-that-is-long-enough"
LINE = re.compile(r'^[a-z_]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? -?[0-9.e+-]+$')


@pytest.fixture
def told(client, settings, db):
    """{"name{labels}": value} of the page as it is now."""
    settings.METRICS_TOKEN = TOKEN

    def told():
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
        lines = answer.content.decode().splitlines()
        samples = [line for line in lines if not line.startswith("# ")]
        assert all(LINE.match(line) for line in samples)
        return {name: float(value) for name, _, value in (s.rpartition(" ") for s in samples)}

    return told


def test_it_is_off_by_default(client, db):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "given", ["", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}", "Bearer ä"]
)
def test_nobody_reads_it_without_the_token(client, settings, ann, given):
    settings.METRICS_TOKEN = TOKEN
    for browser in (client, ann):
        refused = browser.get("/metrics", headers={"Authorization": given})
        assert refused.status_code == 401
        assert b"trellis_" not in refused.content


def test_runs_are_counted_by_state_with_the_age_of_the_oldest(told, make_run, worker):
    assert told()['trellis_runs{state="queued"}'] == 0
    runs = [make_run(CHECK) for _ in range(4)]
    Run.objects.filter(pk=runs[0].pk).update(created_at=timezone.now() - timedelta(seconds=90))
    Run.objects.filter(pk=runs[1].pk).update(state="uncertain", next_look_at=None)
    found = told()
    assert found['trellis_runs{state="queued"}'] == 3
    assert found['trellis_runs{state="uncertain"}'] == 1
    assert 90 <= found["trellis_queue_oldest_seconds"] < 200
    assert found["trellis_look_late_seconds"] == 0
    worker.advance(runs[0])
    assert told()['trellis_runs{state="queued"}'] == 2


def test_a_worker_that_does_not_look_shows(told, make_run):
    run = make_run(CHECK)
    late = timezone.now() - timedelta(seconds=70)
    Run.objects.filter(pk=run.pk).update(state="waiting", remote_id="wf-1", next_look_at=late)
    assert told()["trellis_look_late_seconds"] >= 70


def test_a_worker_tells_what_it_has_done(told, make_run, worker, account):
    def counted():
        working.beat("w1", [])
        found = told()
        return [
            found.get(f'trellis_{name}_total{{worker="w1",result="{result}"}}', 0)
            for name, result in (
                ("starts", "accepted"), ("looks", "completed"), ("starts", "refused"),
                ("refusals", "plusPlanRequired"), ("starts", "unknown"),
            )
        ]  # fmt: skip

    before = counted()
    worker.advance(make_run(CHECK))
    spoilt(account, "plusPlanRequired")
    worker.advance(make_run(CHECK))
    Connection.objects.update(probe_at=None)
    spoilt(account, "lost")
    worker.advance(make_run(CHECK))
    after = counted()
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1, 1, 1]
    assert told()['trellis_worker_seen_seconds{worker="w1"}'] < 60


def test_refusals_of_a_kind_that_nobody_knows_are_one_series(told, make_run, worker, account):
    spoilt(account, "somethingNew")
    worker.advance(make_run(CHECK))
    working.beat("w1", [])
    assert not [name for name in told() if "somethingNew" in name]


def test_webhooks_and_accounts_on_hold(told, ann):
    assert told()["trellis_webhooks_total"] == 0
    hook = Hook.objects.create(client_key="k")
    event = HookEvent.objects.create(hook=hook, event_id="e1")
    Connection.objects.update(probe_at=timezone.now())
    found = told()
    assert found["trellis_webhooks_total"] == event.pk
    assert found["trellis_webhook_last_seconds"] < 60
    assert found["trellis_connections_on_hold"] == 1


def test_no_names_no_tokens_and_always_as_many_questions(
    told,
    client,
    make_run,
    worker,
    ann,
    connection,
):
    def asked():
        working.beat("w1", [])
        with CaptureQueriesContext(database) as captured:
            told()
        return len(captured)

    worker.advance(make_run(CHECK))
    few = asked()
    for _ in range(5):
        make_run(CHECK)
    WorkerHeartbeat.objects.create(worker_id="w2", host="secret-host", pid=1)
    assert asked() == few
    page = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    for secret in (
        ann.team.name, "Ann", "Founders", "secret-host", connection.linked_api_token, TOKEN,
    ):  # fmt: skip
        assert secret not in page


def test_a_label_cannot_break_out_of_its_line():
    metric = Metric("x", "gauge", "Help.")
    metric.add(1.5, a='"\\\n')
    assert text([metric]).splitlines()[2] == 'x{a="\\"\\\\\\n"} 1.5'


def test_the_questions_use_their_indexes(db):
    if database.vendor != "sqlite":
        return  # a planner with statistics reads small tables whole
    plans = []
    with database.cursor() as cursor:
        for sql in (
            "SELECT COUNT(*) FROM runs_run WHERE state = 'uncertain'",
            queries.OLDEST_QUEUED,
            "SELECT state, COUNT(id), MIN(next_look_at) FROM runs_run"
            " WHERE next_look_at IS NOT NULL GROUP BY state",
        ):
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plans.append(str(cursor.fetchall()))
    for plan, index in zip(plans, ("run_uncertain", "run_queue", "run_due"), strict=True):
        assert index in plan
