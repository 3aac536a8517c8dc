"""Webhooks: what is told, signed how, and sent again when nobody took it. The clock is an argument."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from linkedapi.webhooks import parse_webhook_event, verify_webhook_signature

from editor.sandbox import deliveries, events
from editor.sandbox.models import Delivery
from editor.sandbox.services import cancel, create_account, deliver_due, start
from tests.sandbox.conftest import Caller, error

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SSI = b'{"actionType": "st.retrieveSSI"}'


class Receiver:
    """What arrived, and the status that the next requests are answered with (the last one stays)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.statuses = [200]

    @property
    def events(self) -> list[dict]:
        return [json.loads(body) for _, body in self.requests]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]


@contextmanager
def listening() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests.append(({k.lower(): v for k, v in self.headers.items()}, body))
            status = receiver.statuses[0]
            if len(receiver.statuses) > 1:
                receiver.statuses.pop(0)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def receiver():
    with listening() as receiver:
        yield receiver


def subscribe(caller, receiver, **options):
    made = caller.admin("webhook.set", url=receiver.url, **options)["webhook"]
    caller.account.client.refresh_from_db()
    return made


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def test_three_events_tell_the_life_of_a_workflow(caller, receiver):
    subscribe(caller, receiver)
    caller.account.dials = {"delay": 8}
    workflow = start(caller.account, SSI, NOON)

    assert [deliver_due(after(n)) for n in (0, 1, 3, 4, 8, 9)] == [1, 0, 1, 0, 1, 0]
    assert receiver.types == ["workflow.created", "workflow.started", "workflow.completed"]
    created, started, completed = receiver.events
    assert completed["id"] == f"workflow.completed:{workflow.remote_id}"
    assert started["data"] == {
        "workflowId": workflow.remote_id,
        "accountId": caller.account.public_id,
        "status": "running",
    }
    assert created["createdAt"] == "2026-11-23T12:00:00.000Z"
    assert completed["data"]["result"] == caller.look(workflow.remote_id)


def test_everything_that_is_due_is_told_at_once_and_in_order(caller, receiver):
    subscribe(caller, receiver)
    start(caller.account, SSI, NOON)
    start(caller.account, SSI, NOON)

    assert deliver_due(NOON) == 6
    assert receiver.types == ["workflow.created", "workflow.started", "workflow.completed"] * 2


def test_the_official_sdk_reads_every_event(caller, receiver):
    subscribe(caller, receiver)
    caller.run([{"actionType": "st.syncInbox"}, {"actionType": "st.syncNetwork"}])
    people = caller.run({"actionType": "st.searchPeople", "limit": 4})["data"]
    acts = (
        {"actionType": "st.sendMessage", "text": "Hi"},
        {"actionType": "st.sendConnectionRequest"},
    )
    caller.run([act | {"personUrl": who["publicUrl"]} for who in people for act in acts])
    accept = {"invitationType": "connect", "personUrl": people[0]["publicUrl"]}
    caller.run({"actionType": "st.acceptInvitation"} | accept)
    for status in ("frozen", "reconnection_required", "active"):
        caller.admin("sandbox.setStatus", status=status)
    caller.admin("webhook.sendTest")
    caller.admin("accounts.disconnect")
    deliver_due()

    assert set(receiver.types) == {*events.EVENT_TYPES, "webhook.test"}
    for _, body in receiver.requests:
        event = parse_webhook_event(body)
        assert type(event).__name__ != "UnknownWebhookEvent"
        assert event.data.model_dump(exclude_none=True)
    assert len({event["id"] for event in receiver.events}) == len(receiver.events)


def test_a_failed_workflow_is_completed_with_the_status_failed(caller, receiver):
    subscribe(caller, receiver)
    caller.start({"actionType": "st.retrieveSSI", "label": "trellis-fail-languageNotSupported"})
    deliver_due()

    data = receiver.events[-1]["data"]
    assert (receiver.types[-1], data["status"]) == ("workflow.completed", "failed")
    assert data["result"]["failure"]["reason"] == "languageNotSupported"


def test_thin_events_leave_the_result_to_be_fetched(caller, receiver):
    subscribe(caller, receiver, payloadMode="thin")
    start(caller.account, SSI, NOON)
    deliver_due(NOON)

    assert all("result" not in event["data"] for event in receiver.events)


def test_only_the_selected_events_come_and_tests_always(caller, receiver):
    subscribe(caller, receiver, events=["workflow.completed", "account.*"])
    start(caller.account, SSI, NOON)
    caller.admin("webhook.sendTest")
    caller.admin("sandbox.setStatus", status="frozen")
    deliver_due()

    assert sorted(receiver.types) == ["account.frozen", "webhook.test", "workflow.completed"]


def test_cancelled_workflows_tell_nothing_more(caller, receiver):
    subscribe(caller, receiver)
    caller.account.dials = {"delay": 8}
    workflow = start(caller.account, SSI, NOON)
    cancel(caller.account, workflow.remote_id, after(3))
    deliver_due(after(100))

    assert receiver.types == []


def test_what_happened_without_a_webhook_is_never_told(caller, receiver):
    start(caller.account, SSI, NOON)
    subscribe(caller, receiver)
    deliver_due(after(100))

    assert receiver.types == []


# --- Signatures and headers --------------------------------------------------------------------


def test_the_check_value_of_the_documentation():
    body = b'{"id":"webhook.test:1","type":"webhook.test"}'

    assert events.signature("s3cr3t-demo", 1790000000, body) == (
        "5df7a53f0d31e9b65b6eacf76fd10563a6dc913a04e992a10a19fd8da436c537"
    )


def test_the_official_verifier_accepts_each_attempt_and_no_changed_one(caller, receiver):
    secret = subscribe(caller, receiver, signingEnabled=True)["secret"]
    caller.admin("webhook.sendTest")
    receiver.statuses = [500, 200]
    now = datetime.now(UTC)
    deliver_due(now)
    deliver_due(now + timedelta(seconds=400))

    for (headers, body), at in zip(
        receiver.requests, (now, now + timedelta(seconds=400)), strict=True
    ):
        given = {
            "raw_body": body,
            "timestamp": headers["linked-api-signature-timestamp"],
            "signature": headers["linked-api-signature"],
            "secret": secret,
            "now_seconds": at.timestamp(),
        }
        assert verify_webhook_signature(**given)
        assert not verify_webhook_signature(**given | {"raw_body": body + b" "})
        assert not verify_webhook_signature(**given | {"secret": "another"})
        assert not verify_webhook_signature(**given | {"now_seconds": at.timestamp() + 301})


def test_without_signing_there_is_no_signature_and_own_headers_go_along(caller, receiver):
    subscribe(caller, receiver, headers={"X-Shared-Secret": "plain"})
    caller.admin("webhook.sendTest")
    deliver_due()

    ((headers, _),) = receiver.requests
    assert headers["x-shared-secret"] == "plain"
    assert headers["content-type"] == "application/json"
    assert not [name for name in headers if name.startswith("linked-api-")]


# --- Attempts ----------------------------------------------------------------------------------


def shown(caller):
    return caller.admin("webhook.deliveries")["deliveries"]


def test_eight_attempts_with_growing_waits_and_then_no_more(caller, receiver):
    subscribe(caller, receiver, events=["workflow.created"])
    receiver.statuses = [503]
    start(caller.account, SSI, NOON)
    elapsed = 0
    for number, wait in enumerate((0, 5, 10, 20, 40, 80, 160, 320), start=1):
        elapsed += wait
        assert deliver_due(after(elapsed - 1)) == 0
        assert deliver_due(after(elapsed)) == 1
        assert shown(caller)[0]["attempts"] == number
    assert deliver_due(after(elapsed + 100_000)) == 0

    assert len(receiver.requests) == 8
    assert len({body for _, body in receiver.requests}) == 1
    (delivery,) = shown(caller)
    assert (delivery["status"], delivery["attempts"]) == ("failed", 8)
    assert delivery["responseStatusCode"] == 503
    assert delivery["lastError"]


def test_a_later_attempt_that_is_taken_ends_it(caller, receiver):
    subscribe(caller, receiver, events=["workflow.created"])
    receiver.statuses = [500, 204]
    start(caller.account, SSI, NOON)

    assert [deliver_due(after(n)) for n in (0, 4, 5, 500)] == [1, 0, 1, 0]
    (delivery,) = shown(caller)
    assert (delivery["status"], delivery["attempts"], delivery["lastError"]) == ("success", 2, None)
    assert delivery["responseStatusCode"] == 204


@pytest.mark.parametrize("status", [302, 404, 500])
def test_nothing_but_2xx_counts_and_redirects_are_not_followed(caller, receiver, status):
    subscribe(caller, receiver, events=["workflow.created"])
    receiver.statuses = [status]
    start(caller.account, SSI, NOON)
    deliver_due(NOON)

    (delivery,) = shown(caller)
    assert (delivery["status"], delivery["responseStatusCode"]) == ("pending", status)
    assert len(receiver.requests) == 1


def test_a_receiver_that_is_not_there_is_tried_again(caller, receiver):
    closed = Receiver("http://127.0.0.1:1/hook")
    subscribe(caller, closed, events=["workflow.created"])
    start(caller.account, SSI, NOON)
    deliver_due(NOON)

    (delivery,) = shown(caller)
    assert (delivery["status"], delivery["responseStatusCode"]) == ("pending", None)
    assert delivery["lastError"].startswith("No answer")


def test_an_attempt_whose_process_was_killed_is_made_again(caller, receiver):
    subscribe(caller, receiver, events=["workflow.created"])
    start(caller.account, SSI, NOON)
    receiver.statuses = [200]
    deliver_due(NOON)
    Delivery.objects.update(status="delivering", attempts=1, due_at=after(30))

    assert deliver_due(after(29)) == 0
    assert deliver_due(after(30)) == 1
    assert [d["status"] for d in shown(caller)] == ["success"]


def test_of_two_workers_one_sends(caller, receiver):
    subscribe(caller, receiver, events=["workflow.created"])
    start(caller.account, SSI, NOON)
    deliver_due(NOON)
    (row,) = Delivery.objects.select_related("webhook")
    row.status, row.attempts = "pending", 0  # what a second worker had read before

    assert deliveries._claim(row, NOON) is False


def test_a_replay_is_the_same_event_again(caller, receiver):
    subscribe(caller, receiver, events=["workflow.created"])
    start(caller.account, SSI, NOON)
    deliver_due(NOON)
    caller.admin("webhook.replayDelivery", deliveryId=shown(caller)[0]["id"])
    deliver_due()

    first, second = receiver.events
    assert first == second


def test_deleting_the_webhook_drops_what_waits_and_keeps_the_history(caller, receiver):
    made = subscribe(caller, receiver, events=["workflow.created"])
    start(caller.account, SSI, NOON)
    deliver_due(NOON)
    caller.admin("webhook.sendTest")
    caller.admin("webhook.delete", id=made["id"])
    deliver_due()

    assert receiver.types == ["workflow.created"]
    assert sorted(d["status"] for d in shown(caller)) == ["failed", "success"]
    assert caller.admin("webhook.get") == {"webhooks": []}


def test_events_can_come_twice_and_out_of_order_on_request(caller, receiver):
    subscribe(caller, receiver)
    caller.dial(webhookTwice=True, webhookLate=True)
    start(caller.account, SSI, NOON)
    deliver_due(NOON)
    deliver_due(after(60))

    assert receiver.types[:2] == ["workflow.completed"] * 2
    assert sorted(receiver.types[2:]) == ["workflow.created"] * 2 + ["workflow.started"] * 2
    assert len({event["id"] for event in receiver.events}) == 3


# --- Managing ----------------------------------------------------------------------------------


def test_a_second_webhook_is_refused_until_the_first_is_deleted(caller, receiver):
    made = subscribe(caller, receiver)
    again = caller.ask("POST", "admin/webhook.set", {"url": receiver.url})
    assert error(again) == (400, "invalidRequestPayload")

    caller.admin("webhook.delete", id=made["id"])
    assert subscribe(caller, receiver)["id"] != made["id"]


def test_the_secret_is_shown_only_when_it_is_asked_for(caller, receiver):
    made = subscribe(caller, receiver)
    assert "secret" not in made
    assert "secret" not in caller.admin("webhook.get")["webhooks"][0]
    assert "secret" not in caller.admin("webhook.setPayloadMode", id=made["id"], payloadMode="thin")

    secret = caller.admin("webhook.revealSecret", id=made["id"])["webhook"]["secret"]
    rotated = caller.admin("webhook.rotateSecret", id=made["id"])["webhook"]["secret"]
    assert secret != rotated


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://example.com"},
        {"url": "file:///etc/passwd"},
        {"url": "http://"},
        {"url": "http://[::1"},
        {"url": "http://exa mple.com/"},
        {"url": "http://example.com/\nHost: x"},
        {"url": 5},
        {"payloadMode": "medium"},
        {"signingEnabled": "yes"},
        {"headers": {"Host": "x"}},
        {"headers": {"linked-api-signature": "x"}},
        {"headers": {"X-A": "line\r\nbreak"}},
        {"headers": {"bad name": "x"}},
        {"headers": {"X-A": "1", "x-a": "2"}},
        {"headers": ["X-A"]},
        {"events": ["everything"]},
        {"events": "workflow.*"},
    ],
)
def test_a_wrong_subscription_is_refused(caller, wrong):
    body = {"url": "https://hooks.example.com/x"} | wrong

    assert error(caller.ask("POST", "admin/webhook.set", body)) == (400, "invalidRequestPayload")
    assert caller.admin("webhook.get") == {"webhooks": []}


def test_another_clients_webhook_is_not_there(caller, receiver):
    made = subscribe(caller, receiver)
    caller.admin("webhook.sendTest")
    (delivery,) = shown(caller)
    eve = Caller(create_account("eve"))

    for name, body in (
        ("webhook.delete", {"id": made["id"]}),
        ("webhook.revealSecret", {"id": made["id"]}),
        ("webhook.replayDelivery", {"deliveryId": delivery["id"]}),
    ):
        assert error(eve.ask("POST", f"admin/{name}", body)) == (400, "invalidRequestPayload")
    assert eve.admin("webhook.deliveries") == {"deliveries": []}
