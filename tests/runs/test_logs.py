"""What stands in the log: which run a line is about, and never a secret."""

import io
import json
import logging

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings

from accounts import services as accounts
from editor.lib.logs import Discreet, JsonLines
from editor.linkedapi import Client
from editor.runs import queries
from editor.runs.models import Hook
from editor.runs.workers import working
from tests.people import PASSWORD
from tests.runs.conftest import CHECK, make_due
from tests.runs.test_advance import spoilt


@pytest.fixture
def lines():
    """Everything that goes to the log as settings.LOGGING has it, at the level DEBUG."""
    root, stream = logging.getLogger(), io.StringIO()
    [ours] = [h for h in root.handlers if type(h) is logging.StreamHandler]
    assert isinstance(ours.filters[0], Discreet)
    before = (ours.formatter, ours.level, root.level)
    ours.setFormatter(JsonLines())
    stderr = ours.setStream(stream)
    ours.setLevel(logging.DEBUG)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    ours.setStream(stderr)
    ours.setFormatter(before[0])
    ours.setLevel(before[1])
    root.setLevel(before[2])


class Broken(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request):
        raise RuntimeError("not foreseen")


def piece(run, transport):
    """One piece of work as the loop does it."""

    run = queries.for_worker(run.pk)

    async def go():
        async with Client(transport) as client:
            await working.piece(working.Worker(client, 1), run)

    async_to_sync(go)()


def test_a_line_about_a_run_names_it(lines, make_run, connection):
    run = make_run(CHECK)
    piece(run, Broken())
    [line] = [line for line in lines() if "could not be advanced" in line["message"]]
    assert (line["run"], line["connection"]) == (run.public_id, connection.public_id)
    assert "not foreseen" in line["exception"]


def test_no_line_tells_a_secret(
    lines,
    make_run,
    worker,
    account,
    connection,
    unreachable,
    ann,
    nobody,
    settings,
):
    settings.METRICS_TOKEN = "metrics-token-of-this-test"
    real = {"linked_api_token": "linked_4711_token", "identification_token": "id_4711_token"}
    accounts.add_linkedapi(team=ann.team, actor=ann.user, name="Real", **real)
    hook = Hook.objects.create(client_key="k", secret="secret-of-the-hook")

    piece(make_run(CHECK), Broken())
    for fault in ("plusPlanRequired", "lost", "invalidLinkedApiToken", "html"):
        spoilt(account, fault)
        worker.advance(make_run(CHECK))
    run = unreachable.advance(make_run(CHECK))
    make_due(run)
    team = f"/t/{ann.team.slug}/team"
    ann.post(f"{team}/connections/new", {"name": "", **real})
    ann.post(f"{team}/connections/new", {"name": "x", **real, "linked_api_token": "sp ace"})
    nobody.post("/accounts/login/", {"login": "ann@example.com", "password": PASSWORD + "?"})
    nobody.get("/accounts/password/reset/key/1-a-key-that-opens/")
    nobody.get("/metrics", headers={"Authorization": "Bearer wrong-metrics-token"})
    for path in (hook.path, "nobodys-path"):
        nobody.post(f"/hooks/{path}", b"{}", content_type="application/json")

    found = lines()
    told = json.dumps(found)
    assert len(found) > 5, "there was something to tell"
    assert "/hooks/…" in json.dumps(found, ensure_ascii=False)
    secrets = [
        *real.values(), connection.linked_api_token, connection.identification_token,
        hook.path, hook.secret, "a-key-that-opens", PASSWORD, "wrong-metrics-token",
        settings.METRICS_TOKEN, settings.SECRET_KEY, *settings.ENCRYPTION_KEYS,
        ann.session.session_key, nobody.cookies["csrftoken"].value if nobody.cookies else "none",
    ]  # fmt: skip
    assert [secret for secret in secrets if secret in told] == []


def test_the_handler_of_the_settings_has_the_filter_in_both_formats():
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["discreet"]
    record = logging.makeLogRecord({"msg": "Not Found: %s", "args": ("/hooks/abc?x=1",)})
    assert Discreet().filter(record)
    assert record.getMessage() == "Not Found: /hooks/…"
