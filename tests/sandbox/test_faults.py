"""Everything that can be made to go wrong, by marks, by the header, and by dials."""

import http.client
import json
from urllib.parse import urlsplit

import pytest

from editor.sandbox import faults
from editor.sandbox.services import create_account
from tests.sandbox.conftest import Caller, error, result
from tests.sandbox.samples import nodes_of

PERSON = "https://www.linkedin.com/in/example-rui-falcao"
SSI = {"actionType": "st.retrieveSSI"}
PAGE = {"actionType": "st.openPersonPage", "personUrl": PERSON}
LOOP = {
    "actionType": "st.searchPeople",
    "limit": 6,
    "then": {
        "actionType": "st.doForPeople",
        "then": {
            "actionType": "st.openPersonPage",
            "basicInfo": True,
            "then": {"actionType": "st.sendMessage", "text": "Hello"},
        },
    },
}


def outcomes(completion, action_type):
    return [n.get("error", {}).get("type", "done") for n in nodes_of(completion, action_type)]


# --- Error marks -------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["personUrl", "label"])
def test_a_mark_in_any_text_of_an_action_makes_it_fail(caller, key):
    mark = "https://www.linkedin.com/in/trellis-error-personNotFound"
    completion = caller.run(PAGE | {key: mark, "then": {"actionType": "st.retrievePersonSkills"}})

    assert completion["error"]["type"] == "personNotFound"
    assert completion["error"]["message"]
    assert "data" not in completion


def test_a_mark_deep_in_a_filter_counts_too(caller):
    search = {"actionType": "st.searchPeople"}
    marked = search | {"filter": {"locations": ["Norway", "trellis-error-searchingNotAllowed"]}}

    assert outcomes(caller.run(marked), "st.searchPeople") == ["searchingNotAllowed"]


def test_case_does_not_count_because_addresses_are_often_lowered(caller):
    url = "https://www.linkedin.com/in/trellis-error-personnotfound"

    assert caller.run(PAGE | {"personUrl": url})["error"]["type"] == "personNotFound"


def test_an_error_that_the_action_does_not_know_goes_to_those_below_that_do(caller):
    url = "https://www.linkedin.com/in/rui-trellis-error-messagingNotAllowed"
    message = {"actionType": "st.sendMessage", "text": "Hello"}
    status = {"actionType": "st.checkConnectionStatus"}
    completion = caller.run(PAGE | {"personUrl": url, "then": [message, status]})

    assert completion["success"] is True
    assert [n["success"] for n in completion["data"]["then"]] == [False, True]
    assert completion["data"]["then"][0]["error"]["type"] == "messagingNotAllowed"


def test_in_a_loop_every_third_can_fail(caller):
    marked = LOOP | {"term": "freight trellis-error-messagingNotAllowed-every-3"}
    completion = caller.run(marked)

    assert outcomes(completion, "st.sendMessage") == [
        "done", "done", "messagingNotAllowed", "done", "done", "messagingNotAllowed",
    ]  # fmt: skip
    assert outcomes(completion, "st.openPersonPage") == ["done"] * 6


def test_what_stands_below_a_failed_page_did_not_run(caller):
    completion = caller.run(LOOP | {"label": "trellis-error-personNotFound-every-2"})

    assert outcomes(completion, "st.openPersonPage") == ["done", "personNotFound"] * 3
    assert outcomes(completion, "st.sendMessage") == ["done"] * 3


@pytest.mark.parametrize("where", ["page", "loop"])
def test_an_error_that_nobody_documents_can_be_tried_out(caller, where):
    if where == "page":
        completion = caller.run(PAGE | {"label": "trellis-error-somethingNew"})
        assert completion["error"]["type"] == "somethingNew"
    else:
        loop = LOOP["then"] | {"label": "trellis-error-somethingNew"}
        completion = caller.run(LOOP | {"then": loop})
        assert outcomes(completion, "st.openPersonPage") == ["somethingNew"] * 6


def test_two_marks_in_one_text(caller):
    both = "trellis-error-personNotFound-every-2 trellis-error-messagingNotAllowed-every-2"
    completion = caller.run(LOOP | {"term": both})

    assert outcomes(completion, "st.openPersonPage") == ["done", "personNotFound"] * 3
    assert outcomes(completion, "st.sendMessage") == ["done", "messagingNotAllowed", "done"]


def test_without_marks_nothing_fails(caller):
    assert set(outcomes(caller.run(LOOP), "st.sendMessage")) == {"done"}


# --- What the account cannot do ----------------------------------------------------------------


def test_without_sales_navigator_its_actions_fail_and_the_others_do_not(caller):
    caller.dial(salesNavigator=False)
    completion = caller.run([{"actionType": "nv.searchPeople"}, SSI])

    assert outcomes(completion, "nv.searchPeople") == ["noSalesNavigator"]
    assert outcomes(completion, "st.retrieveSSI") == ["done"]


def test_the_own_profile_is_refused_where_that_is_documented(caller):
    own = caller.get("account")["url"]

    assert caller.run(PAGE | {"personUrl": own})["error"]["type"] == "selfProfileNotAllowed"


# --- Whole workflows ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reason",
    ["linkedinAccountSignedOut", "languageNotSupported", "workingHoursWaitExpired", "newOne"],
)
def test_a_workflow_can_fail_as_a_whole(caller, reason):
    looked = caller.look(caller.start(SSI | {"label": f"trellis-fail-{reason}"}))

    assert looked["workflowStatus"] == "failed"
    assert set(looked) == {"workflowStatus", "failure"}
    assert looked["failure"]["reason"] == reason
    assert looked["failure"]["message"]


# --- Spoilt answers ----------------------------------------------------------------------------


def queued(caller):
    return caller.account.workflows.count()


@pytest.mark.parametrize(
    ("wanted", "status", "error_type"),
    [
        ("tooManyRequests", 429, "tooManyRequests"),
        ("outsideWorkingHours", 409, "outsideWorkingHours"),
        ("trialLimitReached", 403, "trialLimitReached"),
        ("toomanyrequests-as-200", 200, "tooManyRequests"),
        ("somethingNew", 400, "somethingNew"),
    ],
)
def test_an_error_can_be_asked_for_in_three_ways_and_nothing_is_queued(
    caller, wanted, status, error_type
):
    by_header = caller.ask("POST", "workflows", SSI, sandbox_answer=wanted)
    by_mark = caller.ask("POST", "workflows", SSI | {"label": f"trellis-answer-{wanted}"})
    caller.dial(answers=[{"call": "POST /workflows", "answer": wanted}])
    by_dial = caller.ask("POST", "workflows", SSI)

    for answer in (by_header, by_mark, by_dial):
        assert error(answer) == (status, error_type)
    assert queued(caller) == 0


def test_retry_after_can_be_chosen(caller):
    answer = caller.ask("GET", "account", sandbox_answer="tooManyRequests-30")

    assert answer["Retry-After"] == "30"


@pytest.mark.parametrize(
    ("wanted", "status"), [("http500", 500), ("http502", 502), ("http503", 503)]
)
def test_a_page_instead_of_json(caller, wanted, status):
    answer = caller.ask("POST", "workflows", SSI, sandbox_answer=wanted)

    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")
    assert queued(caller) == 0


def test_a_page_after_the_work_was_done(caller):
    assert caller.ask("POST", "workflows", SSI, sandbox_answer="http500-after").status_code == 500
    assert queued(caller) == 1


@pytest.mark.parametrize("wanted", ["garbage", "half", "empty"])
def test_an_answer_that_cannot_be_read_although_the_work_was_done(caller, wanted):
    answer = caller.ask("POST", "workflows", SSI, sandbox_answer=wanted)

    assert answer.status_code == 200
    with pytest.raises(ValueError):  # noqa: PT011 decoding and JSON errors both are
        json.loads(answer.content)
    assert queued(caller) == 1


def test_old_servers_answer_with_the_id_only(caller):
    started = caller.post("workflows", SSI, sandbox_answer="old")

    assert set(started) == {"workflowId"}
    assert caller.look(started["workflowId"])["workflowStatus"] == "completed"


def test_a_slow_answer_is_the_same_answer(caller):
    assert caller.post("workflows", SSI, sandbox_answer="slow-1")["workflowStatus"] == "pending"


@pytest.mark.parametrize("wanted", ["http", "slow500x", "-", "http50", "a b", "500"])
def test_an_answer_that_does_not_exist_is_refused_with_an_example(caller, wanted):
    answer = caller.ask("GET", "account", sandbox_answer=wanted)

    assert error(answer) == (400, "invalidRequestPayload")
    assert b"http500" in answer.content


def test_dialled_answers_are_used_up_one_by_one_each_for_its_call(caller):
    workflow_id = caller.start(SSI)
    caller.dial(
        answers=[
            {"call": "GET /workflows", "answer": "http500", "times": 2},
            {"call": "GET /account", "answer": "garbage"},
            {"answer": "tooManyRequests"},
        ]
    )
    statuses = [caller.ask("GET", f"workflows/{workflow_id}").status_code for _ in range(4)]

    assert statuses == [500, 500, 429, 200]
    assert caller.ask("GET", "account").content.startswith(b"\x00")
    assert caller.get("account")


@pytest.mark.parametrize(
    "dials",
    [
        None,
        [],
        {"nothing": 1},
        {"delay": -1},
        {"delay": "1"},
        {"delay": True},
        {"results": 2.5},
        {"results": 100_000},
        {"salesNavigator": "no"},
        {"workingHours": {"from": "x"}},
        {"answers": "http500"},
        {"answers": [1]},
        {"answers": [{"answer": "http"}]},
        {"answers": [{"answer": "lost", "call": "GET /nothing"}]},
        {"answers": [{"answer": "lost", "times": 0}]},
    ],
)
def test_dials_that_make_no_sense_are_refused_and_nothing_is_set(caller, dials):
    body = {"accountId": caller.account.public_id, "dials": dials}

    assert error(caller.ask("POST", "admin/sandbox.setDials", body)) == (
        400,
        "invalidRequestPayload",
    )
    caller.account.refresh_from_db()
    assert caller.account.dials == {}


def test_dials_are_kept_and_shown(caller):
    caller.dial(results=3, delay=None)
    shown = caller.admin("sandbox.getDials")["dials"]

    assert (shown["results"], shown["delay"], shown["salesNavigator"]) == (3, None, True)
    assert len(caller.run({"actionType": "st.searchPeople", "limit": 1000})["data"]) == 3


def test_the_subscription_can_lapse(caller):
    caller.admin("sandbox.setSubscription", status="canceled")

    assert error(caller.ask("POST", "workflows", SSI)) == (403, "subscriptionRequired")
    assert caller.admin("subscription.getStatus")["status"] == "canceled"


def test_every_spoilt_answer_can_be_asked_for_as_it_is_explained():
    for name, (text, _) in faults.ANSWERS.items():
        assert faults.answer(text, ()).name == name


# --- Connections that break off, over real HTTP ------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("wanted", "arrived"), [("lost", 1), ("dropped", 0)])
def test_the_connection_closes_without_an_answer(live_server, wanted, arrived):
    caller = Caller(create_account("demo"))
    address = urlsplit(live_server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    connection.request(
        "POST",
        "/sandbox/workflows",
        json.dumps(SSI),
        {**caller.headers, "sandbox-answer": wanted, "Content-Type": "application/json"},
    )
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        connection.getresponse().read()
    connection.close()

    assert queued(caller) == arrived
    assert result(caller.ask("GET", "account"))
