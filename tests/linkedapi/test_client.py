"""Our client and our sandbox: two readings of one protocol, talking to each other."""

import json
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from editor.lib.fields import Unreadable
from editor.linkedapi import Client, NotSent, Refused, wait_for
from editor.sandbox import services as sandbox
from tests.runs.conftest import CHECK, INVITE_ALL, InProcess, account, connection, dial

__all__ = ["account", "connection"]  # fixtures


@pytest.fixture
def call(connection, account):
    """`call("look", workflow_id)`: one method of the client, for the team's sandbox account."""

    def call(method, *args, **tokens):
        who = connection.credentials()
        for name, value in tokens.items():
            object.__setattr__(who, name, value)

        async def go():
            async with Client(InProcess()) as client:
                return await getattr(client, method)(who, *args)

        return async_to_sync(go)()

    return call


def wire(value):
    return json.dumps(value).encode()


def test_whom_the_tokens_stand_for(call, connection, account):
    found = call("account")
    assert (found.name, found.url) == (account.name, account.url)
    assert wait_for(lambda client: client.account(connection.credentials()), InProcess()) == found


def test_a_workflow_from_start_to_completion(call):
    started = call("start", wire(CHECK))
    assert started.workflow_id.startswith("wf-")
    look = call("look", started.workflow_id)
    assert look.status == "completed"
    assert look.completion["actionType"] == CHECK["actionType"]
    assert look.completion["success"] is True


def test_an_array_comes_back_as_an_array(call):
    look = call("look", call("start", wire([CHECK, CHECK])).workflow_id)
    assert [node["success"] for node in look.completion] == [True, True]


def test_while_it_waits_it_says_why(call, account):
    dial(account, delay=3600)
    first, second = (call("start", wire(CHECK)) for _ in range(2))
    assert call("look", first.workflow_id).status in ("pending", "running")
    behind = call("look", second.workflow_id)
    assert (behind.status, behind.pending_reason) == ("pending", "queued")


def test_a_workflow_that_fails_as_a_whole(call):
    bad = CHECK | {"personUrl": "https://www.linkedin.com/in/trellis-fail-linkedinAccountSignedOut"}
    look = call("look", call("start", wire(bad)).workflow_id)
    assert (look.status, look.failure_reason) == ("failed", "linkedinAccountSignedOut")


def test_cancel_says_whether_there_was_anything_to_cancel(call, account):
    dial(account, delay=3600)
    started = call("start", wire(CHECK))
    assert call("cancel", started.workflow_id) is True
    dial(account, delay=0)
    done = call("start", wire(CHECK))
    call("look", done.workflow_id)
    assert call("cancel", done.workflow_id) is False


def test_statistics_tell_what_ran(call):
    call("look", call("start", wire(INVITE_ALL)).workflow_id)
    now = timezone.now()
    executed, _ = call("stats", now - timedelta(hours=1), now + timedelta(minutes=1))
    types = [entry.action_type for entry in executed]
    assert types.count("st.openPersonPage") == 3
    assert executed == tuple(sorted(executed, key=lambda entry: entry.time))
    assert call("stats", now - timedelta(days=2), now - timedelta(days=1))[0] == ()


@pytest.mark.parametrize(
    ("tokens", "type_"),
    [
        ({"linked_api_token": ""}, "linkedApiTokenRequired"),
        ({"linked_api_token": "linked_wrong"}, "invalidLinkedApiToken"),
        ({"identification_token": ""}, "identificationTokenRequired"),
        ({"identification_token": "id_wrong"}, "invalidIdentificationToken"),
    ],
)
def test_wrong_tokens_are_refused_by_type(call, tokens, type_):
    for method, *args in (("account",), ("start", wire(CHECK)), ("look", "wf-1")):
        with pytest.raises(Refused) as caught:
            call(method, *args, **tokens)
        assert caught.value.type == type_


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"7", b"\xff"])
def test_what_is_no_workflow_is_refused(call, body):
    with pytest.raises(Refused) as caught:
        call("start", body)
    assert caught.value.type in ("invalidRequestPayload", "invalidWorkflow")


def test_a_broken_constraint_is_refused_with_its_place(call):
    page = "https://www.linkedin.com/in/example-ines-quintal"
    misplaced = {"actionType": "st.openPersonPage", "personUrl": page, "then": INVITE_ALL}
    with pytest.raises(Refused) as caught:
        call("start", wire(misplaced))
    assert caught.value.type == "invalidWorkflow"
    assert "/then" in caught.value.message


@pytest.mark.parametrize("workflow_id", ["wf-unknown", "../account", "a/b", "?x=1", "ü", "%2e%2e"])
def test_an_unknown_workflow_is_refused_whatever_the_id_looks_like(call, workflow_id):
    with pytest.raises(Refused) as caught:
        call("look", workflow_id)
    assert caught.value.status == 404


def test_how_the_account_stands_by_the_admin_api(call, account):
    assert call("standing") == "active"
    assert call("reconnection_link") == ""
    sandbox.set_status(account, "reconnection_required", timezone.now())
    assert call("standing") == "reconnection_required"
    assert "/sandbox/" in call("reconnection_link")
    account.disconnected_at = timezone.now()
    account.save()
    assert call("standing") == ""


def test_a_token_that_no_header_takes_does_not_leave(call, connection):
    connection.identification_token = Unreadable("gAAAA")
    with pytest.raises(NotSent) as caught:
        call("account")
    assert caught.value.type == "tokenUnusable"
