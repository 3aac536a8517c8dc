"""Webhooks in: genuine ones lead to a look, all others to nothing; and how ours get set."""

import json
import time
from datetime import timedelta

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.urls import reverse
from django.utils import timezone
from linkedapi.webhooks import verify_webhook_signature

from accounts import health
from accounts.models import Connection, client_key_of
from editor.linkedapi import Client, Look, Refused, signatures
from editor.runs import policy, queries
from editor.runs.models import Hook, HookEvent, Run
from editor.runs.workers import hearing, hooks
from editor.sandbox import services as sandbox
from editor.sandbox.models import SandboxWorkflow, Webhook
from tests.runs.conftest import CHECK, ByHand, InProcess, dial
from tests.runs.test_advance import spoilt

SECRET = "s3cr3t-of-the-client"
FAR = timedelta(minutes=5)


@pytest.fixture
def hook(connection):
    """A webhook that is set."""
    return Hook.objects.create(
        client_key=connection.client_key,
        secret=SECRET,
        url="https://trellis.example.com/hooks/x",
        check_at=timezone.now() + timedelta(hours=9),
        checked_at=timezone.now() - timedelta(hours=1),
    )


@pytest.fixture
def waiting(make_run, worker, account):
    """A run that the service works on and that is to be looked at in five minutes."""
    dial(account, delay=3600)
    run = worker.advance(make_run(CHECK))
    Run.objects.filter(pk=run.pk).update(next_look_at=timezone.now() + FAR)
    return run


def event(run, kind="workflow.completed", **changes):
    data = {"workflowId": run.remote_id, "accountId": "a", "status": "completed"}
    return {"id": f"{kind}:{run.remote_id}", "type": kind, "data": data} | changes


def post(person, hook, value, *, secret=SECRET, at=None, ago=0, body=None, **headers):
    """What the service does; changes make it a forgery."""
    body = json.dumps(value).encode() if body is None else body
    stamp = str(int(time.time() - ago if at is None else at))
    signed = {
        "linked-api-signature": signatures.sign(secret, stamp, body),
        "linked-api-signature-timestamp": stamp,
    }
    return person.post(
        reverse("runs:hook", args=[hook.path]),
        body,
        content_type="application/json",
        headers=signed | headers,
    )


def is_due(run):
    return run.pk in [due.pk for due in queries.due(10)]


# --- What comes in -----------------------------------------------------------------------------


def test_a_genuine_event_lets_the_worker_look_at_once(nobody, hook, waiting):
    assert not is_due(waiting)
    answer = post(nobody, hook, event(waiting))
    assert (answer.status_code, answer.content) == (204, b"")
    assert is_due(waiting)
    connection = Connection.objects.get(pk=waiting.connection_id)
    assert connection.heard_at


def test_a_repeated_event_does_nothing_and_gets_the_same_answer(nobody, hook, waiting):
    post(nobody, hook, event(waiting))
    Run.objects.filter(pk=waiting.pk).update(next_look_at=timezone.now() + FAR)
    assert post(nobody, hook, event(waiting)).status_code == 204
    assert not is_due(waiting)
    assert HookEvent.objects.count() == 1


FORGERIES = {
    "another secret": {"secret": "guess"},
    "no secret": {"secret": ""},
    "an old one": {"ago": 301},
    "one from the future": {"ago": -400},
    "no signature": {"linked-api-signature": ""},
    "capital hex": {"linked-api-signature": "A" * 64},
    "no time": {"linked-api-signature-timestamp": ""},
    "two times": {"linked-api-signature-timestamp": "1790000000,1790000000"},
    "another time": {"linked-api-signature-timestamp": "1790000000"},
    "too long": {"body": b" " * (64 * 1024 + 1)},
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_forged_and_old_ones_do_nothing_and_learn_nothing(nobody, hook, waiting, forgery):
    answer = post(nobody, hook, event(waiting), **forgery)
    unknown = nobody.post("/hooks/nonesuch", b"{}", content_type="application/json")
    assert (answer.status_code, answer.content) == (404, b"")
    assert (unknown.status_code, unknown.content) == (404, b"")
    assert answer.headers.items() == unknown.headers.items()
    assert not is_due(waiting)
    assert not HookEvent.objects.exists()


def test_a_body_that_was_changed_on_its_way_is_refused(nobody, hook, waiting):
    stamp, body = str(int(time.time())), json.dumps(event(waiting)).encode()
    signature = signatures.sign(SECRET, stamp, body)
    for tampered in (body + b" ", body.replace(b"completed", b"Completed"), body[:-1], b""):
        answer = post(
            nobody, hook, None, body=tampered, at=int(stamp), **{"linked-api-signature": signature}
        )
        assert answer.status_code == 404
    assert not is_due(waiting)


def test_a_secret_that_cannot_be_decrypted_proves_nothing(nobody, hook, waiting, settings):
    settings.ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    known = str(Hook.objects.get(pk=hook.pk).secret)
    assert post(nobody, hook, event(waiting), secret=known).status_code == 404


@pytest.mark.parametrize(
    "odd",
    [
        {},
        [],
        {"id": "x"},
        {"id": 7, "type": "workflow.completed"},
        {"id": "x" * 201, "type": "workflow.completed"},
        {"id": "x", "type": "something.new", "data": {"workflowId": 7}},
        {"id": "x", "type": "workflow.completed", "data": {"workflowId": ["wf"]}},
        {"id": "x", "type": "workflow.completed", "data": None},
        {"id": "x\ud800", "type": "workflow.completed"},
    ],
    ids=str,
)
def test_genuine_events_of_a_form_we_do_not_know_are_taken_and_change_nothing(
    nobody, hook, waiting, odd
):
    assert post(nobody, hook, odd).status_code == 204
    assert not is_due(waiting)


def test_an_event_of_another_client_does_not_touch_our_run(nobody, hook, waiting):
    other = Hook.objects.create(client_key="other", secret="other")
    assert post(nobody, other, event(waiting), secret="other").status_code == 204
    assert not is_due(waiting)


def test_an_event_about_a_final_run_leaves_it_alone(nobody, hook, waiting):
    Run.objects.filter(pk=waiting.pk).update(
        state="completed", next_look_at=None, holds_queue=False
    )
    post(nobody, hook, event(waiting))
    assert Run.objects.get(pk=waiting.pk).next_look_at is None


def test_news_of_the_account_lets_paused_connections_be_asked(nobody, hook, waiting, connection):
    health.pause(connection, Refused("", type="linkedinAccountSignedOut"), timezone.now())
    assert queries.due_probes(10) == []
    post(nobody, hook, {"id": "a", "type": "account.active", "data": {"status": "active"}})
    assert [due.pk for due in queries.due_probes(10)] == [connection.pk]


def test_taking_one_costs_few_queries(nobody, hook, waiting, django_assert_max_num_queries):
    # The hook; then in one transaction (4 for it and its savepoints): is it known, keep it, heard,
    # whose queue to nudge, look.
    with django_assert_max_num_queries(10):
        post(nobody, hook, event(waiting))


def test_events_are_forgotten_once_they_cannot_come_again(hook):
    now = timezone.now()
    for number, age in enumerate((0, 2, 4, 5)):
        HookEvent.objects.create(hook=hook, event_id=f"e{number}", received_at=now - age * DAY)
    assert hearing.forget(now) == 2
    assert hearing.forget(now) == 0
    assert HookEvent.objects.count() == 2


DAY = timedelta(days=1)


def test_a_wrong_signature_has_the_webhook_looked_after_but_not_at_every_knock(nobody, hook):
    post(nobody, hook, {}, secret="changed at the service")
    found = Hook.objects.get(pk=hook.pk)
    assert found.check_at <= timezone.now()
    Hook.objects.filter(pk=hook.pk).update(check_at=timezone.now() + FAR)
    post(nobody, hook, {}, secret="knock")
    assert Hook.objects.get(pk=hook.pk).check_at > timezone.now()


# --- The trace of a lost start -----------------------------------------------------------------


@pytest.fixture
def lost(make_run, worker, account, hook):
    """A run whose start arrived; the answer did not."""
    spoilt(account, "lost")
    return worker.advance(make_run(CHECK))


def begun(account):
    """What the service tells of the workflow that it took last."""
    workflow = SandboxWorkflow.objects.filter(account=account).latest("pk")
    data = {"workflowId": workflow.remote_id, "accountId": account.public_id, "status": "pending"}
    return {
        "id": f"workflow.created:{workflow.remote_id}",
        "type": "workflow.created",
        "data": data,
    }


def page_of(person, run):
    return person.get(reverse("runs:run", args=[run.team.slug, run.public_id])).content.decode()


def test_a_webhook_shows_which_workflow_a_lost_start_became(
    nobody, ann, hook, lost, worker, account
):
    live = reverse("runs:live", args=[lost.team.slug, lost.public_id]) + "?shows=uncertain"
    tag = ann.get(live)["HX-PTag"]
    event = begun(account)
    post(nobody, hook, event)
    assert ann.get(live, headers={"HX-PTag": tag}).status_code == 200, "the page shows it at once"
    page = page_of(ann, lost)
    workflow_id = event["data"]["workflowId"]
    assert "It is likely this one." in page
    assert workflow_id in page
    assert lost.state == Run.objects.get(pk=lost.pk).state, "a person decides"

    decide = reverse("runs:decide", args=[lost.team.slug, lost.public_id, "arrived"])
    ann.post(decide, {"remote_id": workflow_id})
    assert worker.advance(lost).state == "completed"


def test_workflows_of_our_runs_and_of_other_accounts_are_no_trace(
    nobody, hook, lost, make_run, worker, account
):
    known = worker.advance(make_run(CHECK))
    post(nobody, hook, begun(account))
    assert known.remote_id
    assert queries.unclaimed_workflows(lost) == []
    elsewhere = {"workflowId": "wf-elsewhere", "accountId": "another", "status": "pending"}
    post(nobody, hook, {"id": "e", "type": "workflow.created", "data": elsewhere})
    assert queries.unclaimed_workflows(lost) == []


def test_what_was_told_before_the_start_is_no_trace(nobody, hook, lost, account):
    post(nobody, hook, begun(account))
    HookEvent.objects.update(received_at=timezone.now() - FAR)
    assert queries.unclaimed_workflows(lost) == []


# --- Polling stays, and slows down -------------------------------------------------------------


def test_looks_are_rarer_while_webhooks_come_in():
    quick = [policy.look_pause(n, Look("running"), True) for n in range(1, 5)]
    assert max(quick) < 4
    assert policy.look_pause(5, Look("running"), True) == pytest.approx(60, rel=0.11)
    assert policy.look_pause(5, Look("running"), False) == pytest.approx(5, rel=0.11)


@pytest.mark.parametrize(("ago", "pause"), [(1, 60), (61, 5)])
def test_a_connection_that_heard_nothing_for_an_hour_is_polled_as_before(
    waiting, worker, connection, ago, pause
):
    heard_at = timezone.now() - timedelta(minutes=ago)
    Connection.objects.filter(pk=connection.pk).update(heard_at=heard_at)
    Run.objects.filter(pk=waiting.pk).update(looks=9, next_look_at=timezone.now())
    run = worker.advance(waiting)
    assert (run.next_look_at - timezone.now()).total_seconds() == pytest.approx(pause, rel=0.2)


# --- Setting them ------------------------------------------------------------------------------


def look_after(transport=None):
    async def go():
        async with Client(transport or InProcess()) as client:
            await hooks.look_after(client)

    async_to_sync(go)()


def hook_of(connection):
    return Hook.objects.get(client_key=connection.client_key)


@pytest.fixture
def reachable(settings):
    settings.WEBHOOK_URL = "https://trellis.example.com"
    return settings


def active():
    return list(Webhook.objects.filter(is_active=True))


def test_a_client_gets_its_webhook_thin_and_signed(reachable, connection, account):
    look_after()
    (set_there,) = active()
    hook = hook_of(connection)
    assert set_there.url == hook.url == f"https://trellis.example.com/hooks/{hook.path}"
    assert (set_there.payload_mode, set_there.signing_enabled) == ("thin", True)
    assert (hook.secret, hook.remote_id) == (set_there.secret, set_there.public_id)
    assert len(hook.path) == 43
    transport = InProcess()
    look_after(transport)
    assert transport.requests == [], "not before tomorrow"


def test_without_an_address_nothing_is_set(connection, account):
    transport = InProcess()
    look_after(transport)
    assert (transport.requests, Hook.objects.count()) == ([], 0)


def test_connections_with_one_token_share_one_webhook(reachable, ann, connection, account):
    second = sandbox.create_account("Second", linked_api_token=connection.linked_api_token)
    other = Connection.objects.create(
        team=ann.team,
        name="Second",
        kind=connection.kind,
        linked_api_token=second.linked_api_token,
        identification_token=second.identification_token,
        client_key=client_key_of(connection.kind, second.linked_api_token),
    )
    assert other.client_key == connection.client_key
    look_after()
    assert len(active()) == Hook.objects.count() == 1


def test_another_address_sets_it_anew(reachable, connection, account):
    look_after()
    (before,) = active()
    reachable.WEBHOOK_URL = "https://elsewhere.example.com"
    hooks.address_changed()
    look_after()
    (after,) = active()
    assert after.url == f"https://elsewhere.example.com/hooks/{hook_of(connection).path}"
    assert after.pk != before.pk
    assert hook_of(connection).secret == after.secret

    reachable.WEBHOOK_URL = ""
    hooks.address_changed()
    look_after()
    assert active() == []
    assert (hook_of(connection).url, hook_of(connection).secret) == ("", "")


def test_a_secret_that_was_changed_at_the_service_is_fetched(reachable, connection, account):
    look_after()
    Webhook.objects.update(secret="changed")
    Hook.objects.update(check_at=timezone.now())
    look_after()
    assert hook_of(connection).secret == "changed"


def test_a_webhook_that_is_gone_is_set_again(reachable, connection, account):
    look_after()
    Webhook.objects.update(is_active=False)
    Hook.objects.update(check_at=timezone.now())
    look_after()
    assert len(active()) == 1


def test_when_the_answer_to_setting_it_is_lost_it_is_found_again(reachable, connection, account):
    look_after()
    Hook.objects.update(remote_id="", url="", secret="", check_at=timezone.now())
    look_after()
    (same,) = active()
    assert hook_of(connection).secret == same.secret
    assert Webhook.objects.count() == 1


def test_another_programs_webhook_is_left_alone(reachable, ann, connection, account):
    theirs = Webhook.objects.create(client=account.client, url="https://crm.example.com/in")
    type(account.client).objects.update(has_webhook=True)
    look_after()
    assert active() == [theirs]
    assert hook_of(connection).url == ""
    page = reverse("accounts:connection", args=[ann.team.slug, connection.public_id])
    assert "crm.example.com" in ann.get(page).content.decode()


def test_what_cannot_be_set_is_tried_again_later(reachable, connection, account, unreachable):
    look_after(unreachable.transport)
    hook = hook_of(connection)
    assert (hook.tries, hook.url) == (1, "")
    assert hook.check_at > timezone.now()
    Hook.objects.update(check_at=timezone.now())
    look_after()
    assert hook_of(connection).url
    assert Connection.objects.get(pk=connection.pk).webhook_note == ""


def test_a_client_that_no_connection_uses_is_forgotten(reachable, hook, connection):
    Hook.objects.update(client_key="gone", check_at=timezone.now())
    look_after()
    assert not Hook.objects.filter(client_key="gone").exists()


# --- From end to end ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_sandbox_tells_over_http_and_the_run_ends_without_a_poll(
    live_server, settings, make_run, account, connection
):
    settings.WEBHOOK_URL = live_server.url
    settings.SANDBOX_URL = f"{live_server.url}/sandbox"
    worker = ByHand(httpx.AsyncHTTPTransport())
    look_after(httpx.AsyncHTTPTransport())
    dial(account, delay=3600, webhookTwice=True)

    run = worker.advance(make_run(CHECK))
    assert run.state == "waiting"
    Run.objects.filter(pk=run.pk).update(next_look_at=timezone.now() + FAR)
    account.workflows.update(starts_at=timezone.now(), ends_at=timezone.now())
    sandbox.deliver_due(timezone.now())

    assert is_due(run)
    assert worker.advance(run).state == "completed"
    kinds = sorted(HookEvent.objects.values_list("event_id", flat=True))
    assert kinds == [
        f"workflow.{kind}:{run.remote_id}" for kind in ("completed", "created", "started")
    ]


def test_the_official_sdk_and_we_agree_on_what_is_genuine():
    at, body = 1_790_000_000, b'{"id": "x"}'
    signature = signatures.sign(SECRET, str(at), body)

    def sdk(**changes):
        given = {"raw_body": body, "signature": signature, "timestamp": str(at)}
        return verify_webhook_signature(**{"secret": SECRET, "now_seconds": at} | given | changes)

    def ours(**changes):
        given = {"body": body, "signature": signature, "timestamp": str(at), "now": at}
        return signatures.verify(changes.pop("secret", SECRET), **given | changes)

    assert sdk()
    assert ours()
    assert not sdk(raw_body=body + b" ")
    assert not ours(body=body + b" ")
    assert not sdk(secret="another")
    assert not ours(secret="another")
    assert not sdk(now_seconds=at + 301)
    assert not ours(now=at + 301)


def test_a_spoilt_look_after_a_webhook_is_just_repeated(nobody, hook, waiting, worker, account):
    spoilt(account, "http500", call="GET /workflows")
    post(nobody, hook, event(waiting))
    run = worker.advance(waiting)
    assert (run.state, run.failed_looks) == ("waiting", 1)
