"""Is this delivery from the service, and is it fresh?"""

import pytest

from editor.linkedapi.signatures import sign, verify

SECRET, TIMESTAMP, BODY = (
    "s3cr3t-demo",
    "1790000000",
    b'{"id":"webhook.test:1","type":"webhook.test"}',
)
SIGNATURE = "5df7a53f0d31e9b65b6eacf76fd10563a6dc913a04e992a10a19fd8da436c537"


def check(**changes):
    given = {
        "secret": SECRET,
        "signature": SIGNATURE,
        "timestamp": TIMESTAMP,
        "body": BODY,
        "now": 1_790_000_000.0,
    } | changes
    return verify(given.pop("secret"), **given)


def test_the_check_value_of_the_reference():
    assert sign(SECRET, TIMESTAMP, BODY) == SIGNATURE
    assert check()


@pytest.mark.parametrize("away", [-300, 0, 300])
def test_five_minutes_either_way_are_fresh(away):
    assert check(now=1_790_000_000 + away)


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY + b" "},
        {"body": BODY.replace(b"test", b"Test")},
        {"secret": "another"},
        {"secret": ""},
        {"now": 1_790_000_301},
        {"now": 1_789_999_699},
        {"timestamp": "1790000001"},
        {"timestamp": ""},
        {"timestamp": "1790000000.0"},
        {"timestamp": " 1790000000"},
        {"timestamp": "-1790000000"},
        {"timestamp": "١٧٩٠٠٠٠٠٠٠"},
        {"timestamp": "1790000000\n"},
        {"timestamp": "1790000000,1790000000"},
        {"timestamp": "9" * 400},
        {"signature": ""},
        {"signature": SIGNATURE.upper()},
        {"signature": "sha256=" + SIGNATURE},
        {"signature": SIGNATURE[:-1]},
        {"signature": SIGNATURE + "\n"},
        {"signature": f"{SIGNATURE},{SIGNATURE}"},
        {"signature": "0" * 64},
    ],
    ids=repr,
)
def test_anything_else_is_refused(change):
    assert not check(**change)
