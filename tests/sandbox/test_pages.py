"""The sandbox's pages for people, and its command."""

import json
from html import unescape
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from editor.sandbox import admin, dials, faults, guide
from editor.sandbox.models import Client, ExecutedAction, SandboxAccount
from tests.sandbox.conftest import error
from tests.sandbox.samples import KNOWN, nodes


@pytest.fixture
def page(client):
    answer = client.get("/sandbox/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.django_db
def test_it_explains_everything_that_can_be_dialled_provoked_and_called(page):
    provoked = {error.type for action in KNOWN.actions.values() for error in action.errors}

    for text in (
        *provoked,
        *faults.STATUSES.keys() & KNOWN.error_types.keys(),
        *dials.DIALS,
        *admin.CALLS,
    ):
        assert text in page, text
    for text, words in faults.ANSWERS.values():
        assert text in page
        assert words in page


@pytest.mark.django_db
def test_no_token_stands_on_it(ann):
    account = SandboxAccount.objects.select_related("client").get()
    text = ann.get("/sandbox/").content.decode()

    assert account.identification_token not in text
    assert account.linked_api_token not in text


@pytest.mark.parametrize("example", guide.EXAMPLES, ids=lambda example: example.id)
def test_each_example_does_what_it_says(caller, page, example):
    assert example.text in page
    completion = caller.run(json.loads(example.text))

    assert [n.get("error", {}).get("type", "") for n in nodes(completion)] == list(example.outcomes)


def test_the_example_of_the_dials_can_be_set(caller, page):
    text = json.dumps(guide.DIALS_EXAMPLE, indent=2)
    assert text in page
    caller.dial(**json.loads(text))

    assert caller.account.dials == guide.DIALS_EXAMPLE


# --- Connecting an account ---------------------------------------------------------------------


def link(caller, name, key):
    return "/sandbox/" + caller.admin(name)[key].partition("/sandbox/")[2]


def test_the_link_of_a_session_connects_an_invented_account(caller, client):
    address = link(caller, "accounts.createConnectionSession", "connectionLink")
    session_id = address.rpartition("/")[2]
    pending = caller.admin("accounts.getAll")["pendingConnectionSessions"]
    assert pending == [{"sessionId": session_id, "status": "pending"}]

    assert b"Connect an invented account" in client.get(address).content
    assert len(caller.admin("accounts.getAll")["accounts"]) == 1
    assert b"Connected" in client.post(address).content
    found = caller.admin("accounts.getAll")
    assert [account["name"] for account in found["accounts"]] == ["demo", "Invented account"]
    assert found["pendingConnectionSessions"] == []
    session = caller.admin("accounts.getConnectionSession", sessionId=session_id)["session"]
    assert session["status"] == "success"
    assert client.post(address).status_code == 404


def test_an_account_that_lost_its_session_gets_a_link_and_is_active_again(caller, client):
    caller.admin("sandbox.setStatus", status="reconnection_required")
    (shown,) = caller.admin("accounts.getAll")["accounts"]
    assert shown["status"] == "reconnection_required"
    again = caller.admin("accounts.getAll")["accounts"][0]
    assert again["reconnectionSessionId"] == shown["reconnectionSessionId"]

    client.post("/sandbox/" + shown["reconnectionLink"].partition("/sandbox/")[2])
    assert caller.admin("accounts.getAll")["accounts"][0]["status"] == "active"


def test_a_cancelled_session_connects_nobody(caller, client):
    address = link(caller, "accounts.createConnectionSession", "connectionLink")
    caller.admin("accounts.cancelConnectionSession", sessionId=address.rpartition("/")[2])

    assert client.get(address).status_code == 404
    assert error(
        caller.ask("POST", "admin/accounts.getConnectionSession", {"sessionId": "nope"})
    ) == (404, "sessionNotFound")


def test_without_a_free_seat_nobody_is_connected(caller):
    caller.admin("subscription.setSeats", quantity=1, seatType="plus", billingPeriod="month")
    refused = caller.ask("POST", "admin/accounts.createConnectionSession", {})

    assert error(refused) == (403, "noAvailableSeats")


def test_accounts_of_others_are_not_found(caller, ann):
    other = SandboxAccount.objects.exclude(pk=caller.account.pk).get()
    for body, error_type in (
        ({}, "accountIdRequired"),
        ({"accountId": other.public_id}, "accountNotFound"),
    ):
        for name in ("limits.get", "accounts.disconnect", "sandbox.setDials", "sandbox.getDials"):
            assert error(caller.ask("POST", f"admin/{name}", body)) == (401, error_type)


def test_a_new_token_replaces_the_old_one(caller):
    token = caller.admin("accounts.regenerateIdentificationToken")["token"]

    assert error(caller.ask("GET", "account")) == (401, "invalidIdentificationToken")
    caller.headers["identification-token"] = token
    assert caller.get("account")


def test_a_disconnected_account_is_gone_for_good(caller):
    caller.dial(delay=3600)
    caller.start({"actionType": "st.retrieveSSI"})
    caller.admin("accounts.disconnect")

    assert error(caller.ask("GET", "account")) == (401, "invalidIdentificationToken")
    assert caller.account.workflows.get().cancelled_at
    assert ExecutedAction.objects.count() == 0


# --- The command -------------------------------------------------------------------------------


def printed(*arguments):
    out = StringIO()
    call_command("sandbox", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_tokens_of_a_team(ann):
    lines = dict(
        line.split(": ") for line in printed("tokens", "--team", ann.team.slug).splitlines()
    )

    assert list(lines) == ["linked-api-token", "identification-token"]
    account = SandboxAccount.objects.get(identification_token=lines["identification-token"])
    assert account.linked_api_token == lines["linked-api-token"]


def test_a_team_that_is_not_there_is_named(db):
    with pytest.raises(CommandError, match="no team “demo”"):
        printed("tokens")


def test_the_command_forgets_old_rows(caller):
    caller.run({"actionType": "st.retrieveSSI"})

    assert printed("forget", "--days", "1") == "Deleted 0 rows of the sandbox.\n"
    assert printed("forget", "--days", "0") == "Deleted 2 rows of the sandbox.\n"
    assert Client.objects.count() == 1
