"""Tokens, envelopes, statuses, and bodies that nobody should send."""

import json
from itertools import count

import pytest

from editor import catalog
from editor.sandbox import admin
from editor.sandbox.faults import STATUSES
from editor.sandbox.models import Client
from editor.sandbox.services import create_account
from editor.trees import codec
from editor.trees.validate import validate
from tests.sandbox.conftest import Caller, error
from tests.trees.broken import BROKEN

CHECK = {
    "actionType": "st.checkConnectionStatus",
    "personUrl": "https://www.linkedin.com/in/example-ines-quintal",
}
ACCOUNT_CALLS = [
    ("POST", "workflows"),
    ("GET", "workflows/wf-1"),
    ("DELETE", "workflows/wf-1"),
    ("GET", "account"),
    ("GET", "stats/actions"),
    ("POST", "conversations/poll"),
    ("POST", "inbox/poll"),
    ("POST", "network/poll"),
]


@pytest.mark.parametrize(("method", "path"), ACCOUNT_CALLS)
def test_both_tokens_are_needed(caller, method, path):
    def refused(**tokens):
        caller.headers = tokens
        return error(caller.ask(method, path))

    good = dict(caller.headers)
    assert refused() == (401, "linkedApiTokenRequired")
    assert refused(**good | {"linked-api-token": "wrong"}) == (401, "invalidLinkedApiToken")
    del good["identification-token"]
    assert refused(**good) == (401, "identificationTokenRequired")
    assert refused(**good, **{"identification-token": "x"}) == (401, "invalidIdentificationToken")


def test_the_token_of_another_client_opens_nothing(caller):
    stranger = create_account("stranger")
    caller.headers["identification-token"] = stranger.identification_token

    assert error(caller.ask("GET", "account")) == (401, "invalidIdentificationToken")


def test_two_accounts_of_one_client_have_queues_of_their_own(caller):
    sister = Caller(create_account("sister", linked_api_token=caller.account.linked_api_token))
    mine = caller.start(CHECK)

    assert sister.get("account")["name"] == "sister"
    assert error(sister.ask("GET", f"workflows/{mine}")) == (404, "workflowNotFound")
    assert error(sister.ask("DELETE", f"workflows/{mine}")) == (404, "workflowNotFound")
    assert len(caller.admin("accounts.getAll")["accounts"]) == 2


def test_admin_calls_need_the_client_token_only(caller):
    del caller.headers["identification-token"]
    assert caller.admin("accounts.getAll")["accounts"]

    caller.headers = {}
    assert error(caller.ask("POST", "admin/accounts.getAll")) == (401, "linkedApiTokenRequired")


def test_starting_and_looking_answer_as_documented(caller):
    started = caller.post("workflows", CHECK)
    looked = caller.look(started["workflowId"])

    assert started["workflowId"].startswith("wf-")
    assert (started["workflowStatus"], started["pendingReason"]) == ("pending", "queued")
    assert looked["workflowStatus"] == "completed"
    assert "workflowId" not in looked
    assert set(looked["completion"]["data"]) == {"connectionStatus"}


def test_the_completion_mirrors_the_request(caller):
    ssi = {"actionType": "st.retrieveSSI"}
    page = {
        "actionType": "st.openPersonPage",
        "personUrl": CHECK["personUrl"],
        "then": {"actionType": "st.retrievePersonSkills", "label": "s"},
    }
    as_list = page | {"then": [page["then"]]}

    assert isinstance(caller.run(ssi), dict)
    assert [node["actionType"] for node in caller.run([ssi, CHECK])] == [
        "st.retrieveSSI",
        "st.checkConnectionStatus",
    ]
    assert caller.run(page)["data"]["then"]["label"] == "s"
    assert [node["label"] for node in caller.run(as_list)["data"]["then"]] == ["s"]
    assert "label" not in caller.run(as_list)
    assert caller.run(page | {"then": []})["data"] == {"then": []}


def test_a_loop_has_no_node_and_its_item_is_what_the_child_is_about(caller):
    completion = caller.run(
        {
            "actionType": "nv.searchPeople",
            "limit": 3,
            "then": {
                "actionType": "nv.doForPeople",
                "then": {
                    "actionType": "nv.openPersonPage",
                    "basicInfo": True,
                    "then": {
                        "actionType": "st.openPersonPage",
                        "basicInfo": True,
                        "then": [{"actionType": "st.retrievePersonPosts", "limit": 1}],
                    },
                },
            },
        }
    )
    assert len(completion["data"]) == 3
    for item in completion["data"]:
        (opened,) = item["then"]
        standard = opened["data"]["then"]
        (posts,) = standard["data"]["then"]
        assert opened["actionType"] == "nv.openPersonPage"
        assert opened["data"]["name"] == standard["data"]["name"] == item["name"]
        assert opened["data"]["hashedUrl"] == item["hashedUrl"]
        assert item["name"] in [
            (post["reposter"] or post["author"])["name"] for post in posts["data"]
        ]


def test_skills_are_picked_by_pattern(caller):
    def endorsed(**patterns):
        completion = caller.run(
            {
                "actionType": "st.openPersonPage",
                "personUrl": "https://www.linkedin.com/in/example-rui-falcao",
                "then": {
                    "actionType": "st.retrievePersonSkills",
                    "then": {
                        "actionType": "st.doForSkills",
                        **patterns,
                        "then": {"actionType": "st.endorsePersonSkill"},
                    },
                },
            }
        )
        return [item["name"] for item in completion["data"]["then"]["data"] if "then" in item]

    everything = endorsed()
    assert "Logistics" in everything
    assert endorsed(skillNamePatterns=["logist"]) == ["Logistics"]
    assert endorsed(skillNamePatterns=["L*"]) == [name for name in everything if name[0] == "L"]
    assert endorsed(skillNamePatterns=["Juggling"]) == []


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_a_broken_workflow_is_refused_and_gets_no_place_in_the_queue(caller, case):
    if case.readable and not _errors(case.source):
        assert caller.ask("POST", "workflows", case.source).status_code == 200
        return
    status, error_type = error(caller.ask("POST", "workflows", case.source))

    assert status == 400
    assert error_type in ("invalidWorkflow", "invalidRequestPayload")
    assert caller.account.workflows.count() == 0


def _errors(source):
    tree = codec.decode(source, map(str, count()).__next__)
    return [p for p in validate(tree, catalog.default()) if p.severity == "error"]


def test_the_message_of_a_refusal_says_where_and_what(caller):
    answer = caller.ask(
        "POST",
        "workflows",
        [CHECK, {"actionType": "st.retrieveFeed", "limit": 1000}, {"actionType": "st.doForPosts"}],
    )
    message = json.loads(answer.content)["error"]["message"]

    assert error(answer) == (400, "invalidWorkflow")
    assert "/1/limit: " in message
    assert "/2" in message


@pytest.mark.parametrize("body", [[], "text", 7, None, [[]], True])
def test_what_is_no_workflow_at_all_is_an_invalid_payload(caller, body):
    sent = json.dumps(body).encode()
    status, error_type = error(caller.ask("POST", "workflows", sent))

    assert (status, error_type) in [(400, "invalidRequestPayload"), (400, "invalidWorkflow")]
    assert (body in ([], "text", 7, None, True)) == (error_type == "invalidRequestPayload")


HOSTILE = {
    "nothing": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"accountId": "\xff\xfe"}',
    "UTF-16": '{"accountId": "x"}'.encode("utf-16"),
    "a NUL": b'{"accountId": "\\u0000", "personUrl": "\\u0000", "since": "\\u0000"}',
    "half a pair": b'{"accountId": "\\ud800"}',
    "deep": b"[" * 10_000 + b"]" * 10_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "not finite": b'{"accountId": NaN, "since": Infinity}',
    "a huge number": b'{"accountId": 1' + b"0" * 5000 + b"}",
    "5 MB": b'{"accountId": "' + b"x" * 5_300_000 + b'"}',
    "12 MB": b"x" * 12_000_000,
    "a list": b"[1, null, {}]",
    "wrong types": b'{"accountId": {"a": 1}, "limits": "x", "id": [], "events": {}, "dials": 3,'
    b' "personUrl": 3, "since": [], "url": {}, "headers": 7, "sessionId": {}, "deliveryId": 1}',
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_body_makes_the_server_stumble(caller, body):
    paths = ["workflows", "conversations/poll", "inbox/poll", "network/poll"]
    paths += [f"admin/{name}" for name in ("limits.set", "webhook.set", "sandbox.setDials", "nope")]
    for path in paths:
        answer = caller.ask("POST", path, body)
        assert answer["Content-Type"] == "application/json"
        assert answer.status_code in (200, 400, 401, 404)
        json.loads(answer.content)


def test_every_admin_call_survives_every_hostile_body(caller):
    for name in admin.CALLS:
        Client.objects.update(calls=0)
        for body in HOSTILE.values():
            if len(body) < 100_000:
                answer = caller.ask("POST", f"admin/{name}", body)
                assert answer.status_code in (200, 400, 401, 404), (name, body[:60])
                json.loads(answer.content)


@pytest.mark.parametrize(
    "path",
    [
        "nope",
        "workflows/",
        "workflows/a/b",
        "admin",
        "admin/",
        "admin/x/y",
        "account/x",
        "%00",
        "é",
    ],
)
def test_what_is_not_there_is_said_in_json(caller, path):
    assert error(caller.ask("GET", path))[0] == 404


@pytest.mark.parametrize("remote_id", ["wf-1", "%00", "a%20b", "é", "x" * 5000, "'; drop table"])
def test_an_unknown_workflow_is_not_found(caller, remote_id):
    assert error(caller.ask("GET", f"workflows/{remote_id}")) == (404, "workflowNotFound")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "workflows"), ("PUT", "account"), ("GET", "admin/x")]
)
def test_a_wrong_method_is_said_in_json(caller, method, path):
    assert error(caller.ask(method, path)) == (405, "methodNotAllowed")


def test_the_deepest_workflow_runs(caller):
    wire = None
    for level in range(200, 0, -1):
        kind = "st.openPersonPage" if level % 2 else "nv.openPersonPage"
        wire = {"actionType": kind} | ({"then": [wire]} if wire else {})
    completion = caller.run(wire | {"personUrl": CHECK["personUrl"]})

    for _ in range(199):
        (completion,) = completion["data"]["then"]
    assert completion["success"] is True


def test_loops_in_loops_have_an_end(caller):
    caller.dial(results=2500)
    people = {"actionType": "st.searchPeople", "limit": 1000}
    posts = {"actionType": "st.retrievePersonPosts", "limit": 20}
    reactions = {"actionType": "st.retrievePostReactions", "limit": 1000}
    wire = _chain(
        people,
        {"actionType": "st.doForPeople"},
        {"actionType": "st.openPersonPage"},
        posts,
        {"actionType": "st.doForPosts"},
        {"actionType": "st.openPost"},
        reactions,
    )
    looked = caller.look(caller.start(wire))

    assert looked["workflowStatus"] == "failed"
    assert looked["failure"]["reason"] == "workflowTooLarge"


def _chain(*actions):
    wire = actions[-1]
    for action in reversed(actions[:-1]):
        wire = action | {"then": wire}
    return wire


def test_every_request_level_error_of_the_catalogue_has_a_status(caller):
    known = {e.type for e in catalog.default().error_types.values() if e.level == "request"}
    plain_400 = {"invalidRequestPayload", "invalidWorkflow", "conversationsNotSynced"}

    assert known - plain_400 <= set(STATUSES)
    for name in known:
        assert error(caller.ask("GET", "account", sandbox_answer=name)) == (
            STATUSES.get(name, 400),
            name,
        )


def test_queries_do_not_grow_with_the_workflow(caller, django_assert_num_queries):
    """Look-up of the account, insert; then account, workflow with what is before it and limits it,
    savepoint, update, insert of the log (few rows or many), release."""
    for wire in ([CHECK] * 3, [CHECK] * 199):
        with django_assert_num_queries(2):
            workflow_id = caller.start(wire)
        with django_assert_num_queries(6):
            caller.look(workflow_id)
        with django_assert_num_queries(2):
            caller.look(workflow_id)
