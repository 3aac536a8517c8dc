"""Who can check the Linked API's webhooks can check ours, and nobody takes a forged one."""

import time

import pytest
from django.utils import timezone
from linkedapi.webhooks.signature import verify_webhook_signature

from editor.linkedapi import signatures
from editor.outgoing import services
from tests.outgoing.receiver import send_all_due


def sdk_accepts(secret, headers, body, **changes):
    facts = {
        "raw_body": body,
        "timestamp": headers["linked-api-signature-timestamp"],
        "signature": headers["linked-api-signature"],
        "secret": secret,
    }
    return verify_webhook_signature(**facts | changes)


def ours_accepts(secret, headers, raw_body, **changes):
    facts = {
        "body": raw_body,
        "timestamp": headers["linked-api-signature-timestamp"],
        "signature": headers["linked-api-signature"],
        "now": time.time(),
    }
    return signatures.verify(secret, **facts | changes)


@pytest.fixture
def sent(endpoint, receiver, sender):
    """Headers and body of a delivery as they came over the wire."""
    services.send_test(endpoint, timezone.now())
    send_all_due(sender)
    return receiver.got[0]


def test_the_official_sdk_accepts_what_we_send_over_the_wire(endpoint, sent):
    headers, body = sent
    assert sdk_accepts(endpoint.secret, headers, body)
    assert ours_accepts(endpoint.secret, headers, body)


@pytest.mark.parametrize(
    "tampered",
    [
        {"raw_body": b'{"id":"evt-forged"}'},
        {"signature": "0" * 64},
        {"signature": ""},
        {"timestamp": "1790000000"},
        {"timestamp": ""},
        {"secret": "whsec_of-somebody-else"},
    ],
    ids=lambda change: " ".join(f"{name}={value!r}" for name, value in change.items()),
)
def test_both_refuse_what_was_tampered_with(endpoint, sent, tampered):
    headers, body = sent
    tampered = dict(tampered)
    secret = tampered.pop("secret", endpoint.secret)
    body = tampered.pop("raw_body", body)
    assert not ours_accepts(secret, headers, body, **tampered)
    assert not sdk_accepts(secret, headers, body, **tampered)


def test_a_body_with_one_more_space_or_an_hour_later_is_refused(endpoint, sent):
    headers, body = sent
    assert not sdk_accepts(endpoint.secret, headers, body + b" ")
    assert not ours_accepts(endpoint.secret, headers, body + b" ")
    later = time.time() + 3600
    assert not sdk_accepts(endpoint.secret, headers, body, now_seconds=later)
    assert not ours_accepts(endpoint.secret, headers, body, now=later)


def test_each_try_is_signed_with_the_time_of_the_try(endpoint, receiver, sender):
    receiver.answer(500)
    delivery = services.send_test(endpoint, timezone.now())
    send_all_due(sender)
    endpoint.deliveries.update(due_at=timezone.now())
    endpoint.secret = "whsec_rotated-in-between"
    endpoint.save()
    send_all_due(sender)
    (_, first), (headers, second) = receiver.got
    assert first == second == delivery.body.encode()
    assert sdk_accepts("whsec_rotated-in-between", headers, second)
