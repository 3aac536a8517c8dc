"""Nobody can make Trellis knock at doors inside its own network."""

import socket

import pytest
from django.utils import timezone

from editor.outgoing import services, targets
from tests.outgoing.receiver import send_all_due

INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:db8::1",
]  # fmt: skip
OUTSIDE = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"]


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_are_not_public(address):
    assert not targets.is_public(targets.ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_addresses_outside_are(address):
    assert targets.is_public(targets.ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://hooks.example.com/", "https://"),
        ("ftp://hooks.example.com/", "https://"),
        ("hooks.example.com/x", "https://"),
        ("https://", "https://"),
        ("https://[::1", "no web address"),
        ("https://hooks.example.com:99999/", "no web address"),
        ("https://ann:secret@hooks.example.com/", "password"),
        ("https://hooks.example.com/#part", "#"),
        ("https://hooks.example.com/a b", "spaces"),
        ("https://hooks.example.com/" + "x" * 2000, "2,000"),
        ("https://localhost/x", "private"),
        ("https://127.0.0.1/x", "private"),
        ("https://[::ffff:10.0.0.1]/x", "private"),
        ("https://metadata.internal/x", "private"),
    ],
)
def test_what_somebody_types_is_refused_in_words(url, word):
    assert word in targets.fault(url)


def test_what_is_right_goes_through_and_becomes_ascii():
    assert targets.fault("https://hooks.example.com:8443/a?b=c") == ""
    assert (
        targets.tidy(" https://bücher.example/ü?q=1 ") == "https://xn--bcher-kva.example/%C3%BC?q=1"
    )


def test_a_name_that_stands_for_an_address_inside_is_not_connected_to(
    endpoint, receiver, sender, settings, monkeypatch
):
    """What counts is what the name means at the moment of sending: here it is a public name that leads home."""
    endpoint.url = receiver.url.replace("127.0.0.1", "rebound.example.com")
    endpoint.save()
    leads_home = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: leads_home)
    settings.WEBHOOKS_TO_PRIVATE = False
    delivery = services.send_test(endpoint, timezone.now())
    send_all_due(sender)
    delivery.refresh_from_db()
    assert receiver.got == []
    assert "private network" in delivery.error
    assert delivery.state == "pending"

    settings.WEBHOOKS_TO_PRIVATE = True  # the same name, allowed: it was the check that kept us out
    endpoint.deliveries.update(due_at=timezone.now())
    send_all_due(sender)
    assert [headers["host"] for headers, _ in receiver.got] == [endpoint.url.split("/")[2]]
