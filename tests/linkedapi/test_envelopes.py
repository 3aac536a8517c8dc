"""What the service says, both ways in which it may say it."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.linkedapi import envelopes
from editor.linkedapi.errors import LinkedApiError, OutcomeUnknown, Refused

NO = {"success": False, "error": {"type": "invalidWorkflow", "message": "st.x is unknown"}}


def result(status, body, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return envelopes.result(status, headers, raw)


def refusal(status, body, **headers):
    with pytest.raises(LinkedApiError) as caught:
        result(status, body, **headers)
    return caught.value


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_good_answer_gives_its_result(status):
    assert result(status, {"success": True, "result": [1]}) == [1]


def test_numbers_that_are_none_become_null():
    assert result(200, b'{"result": [NaN, -Infinity, 1e999, 1.5]}') == [None, None, None, 1.5]


def test_a_result_may_be_left_out_and_so_may_success():
    assert result(200, {"success": True}) == {}
    assert result(200, {"result": {"workflowId": "wf-1"}}) == {"workflowId": "wf-1"}


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 429])
def test_a_typed_no_is_a_refusal_whatever_the_status(status):
    error = refusal(status, NO)
    assert type(error) is Refused
    assert (error.type, error.message, error.status) == (
        "invalidWorkflow",
        "st.x is unknown",
        status,
    )


@pytest.mark.parametrize(
    ("body", "type_", "message"),
    [
        (
            {"error": {"type": "invalidLinkedApiToken", "message": "no"}},
            "invalidLinkedApiToken",
            "no",
        ),
        ({"success": False}, "unknownError", "The service answered with HTTP status 401."),
        ({"error": "plain text"}, "unknownError", "plain text"),
        ({"error": {"type": 7, "message": []}}, "unknownError", "The service answered with HTTP"),
        (b"<html>Forbidden</html>", "httpError", "The service answered with HTTP status 401."),
        (b"", "httpError", "The service answered with HTTP status 401."),
        ([], "httpError", "The service answered with HTTP status 401."),
    ],
)
def test_a_4xx_is_a_refusal_however_little_it_says(body, type_, message):
    error = refusal(401, body)
    assert (type(error), error.type) == (Refused, type_)
    assert error.message.startswith(message)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 302, 408])
@pytest.mark.parametrize("body", [NO, b"<html>Bad gateway</html>", b"", {"success": True}])
def test_a_failing_server_leaves_the_outcome_unknown_even_when_it_names_a_type(status, body):
    assert type(refusal(status, body)) is OutcomeUnknown


@pytest.mark.parametrize(
    "body",
    [b"", b"half an ans", b"\xff\xfe", b"[" * 100_000, b'{"a": 1e', {}, [], 1, None, "text",
     {"success": "true"}, {"success": None}],
    ids=lambda body: repr(body)[:20],
)  # fmt: skip
def test_a_2xx_that_is_no_envelope_leaves_the_outcome_unknown(body):
    assert type(refusal(200, body)) is OutcomeUnknown


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0.5", 0.5), ("-3", 0), ("1e9", 86_400), ("soon", None), ("nan", None), ("", None)],
)
def test_retry_after_is_read_in_seconds(header, seconds):
    assert refusal(429, NO, **{"retry-after": header}).retry_after == seconds


def test_an_answer_may_say_what_time_it_is_where_it_comes_from():
    assert envelopes.clock({"date": "Tue, 01 Dec 2026 10:00:00 GMT"}) == datetime(
        2026, 12, 1, 10, tzinfo=UTC
    )
    assert envelopes.clock({}) is None
    assert envelopes.clock({"date": "noon"}) is None
    for beyond in ("Fri, 31 Dec 9999 23:59:59 -2359", f"Tue, 01 Dec 2026 10:00:00 +{'9' * 20}"):
        assert envelopes.clock({"date": beyond}) is None


def test_retry_after_may_be_a_date():
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3_500 < refusal(429, NO, **{"retry-after": later}).retry_after <= 3_600


def test_a_429_without_a_body_is_still_a_rate_limit():
    assert refusal(429, b"slow down").type == "tooManyRequests"


@given(st.integers(100, 599), st.binary() | st.recursive(
    st.none() | st.booleans() | st.text(max_size=3),
    lambda inner: st.dictionaries(st.sampled_from(["success", "result", "error", "type"]), inner),
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_any_answer_is_a_result_or_one_of_our_errors(status, body):
    try:
        envelopes.result(status, {}, body)
    except LinkedApiError:
        return
    assert 200 <= status < 300


# --- Start -------------------------------------------------------------------------------------


def test_a_start_names_the_workflow():
    full = {
        "workflowId": "wf-1",
        "workflowStatus": "pending",
        "pendingReason": "queued",
        "message": "m",
    }
    assert envelopes.started(full) == envelopes.Started("wf-1", "queued", "m")


def test_an_older_server_says_the_id_only():
    assert envelopes.started({"workflowId": "wf-1"}) == envelopes.Started("wf-1")


@pytest.mark.parametrize("value", [{}, [], None, {"workflowId": ""}, {"workflowId": 7}], ids=repr)
def test_a_start_without_an_id_may_have_started_something(value):
    with pytest.raises(OutcomeUnknown):
        envelopes.started(value)


# --- Look --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ({"workflowStatus": "pending", "pendingReason": "queued"}, "pending"),
        ({"workflowStatus": "running"}, "running"),
        ({"workflowStatus": "somethingNew"}, "running"),
        ({"workflowStatus": "completed", "completion": {"success": True}}, "completed"),
        ({"completion": []}, "completed"),
        ({"workflowStatus": "completed"}, "completed"),
        ({"workflowStatus": "failed", "failure": {"reason": "x", "message": "y"}}, "failed"),
        ({"failure": {"reason": "x"}}, "failed"),
        ({"workflowStatus": "failed"}, "failed"),
    ],
    ids=repr,
)
def test_a_look_tells_how_it_stands(value, status):
    assert envelopes.look(value).status == status


def test_a_completion_counts_more_than_a_failure_beside_it():
    both = {"workflowStatus": "failed", "completion": [], "failure": {"reason": "x"}}
    assert envelopes.look(both).status == "completed"


def test_waiting_says_why():
    parked = {"workflowStatus": "pending", "pendingReason": "outsideWorkingHours", "message": "Mon"}
    look = envelopes.look(parked)
    assert (look.pending_reason, look.message) == ("outsideWorkingHours", "Mon")


@pytest.mark.parametrize("value", [{}, [], None, {"workflowStatus": 3}], ids=repr)
def test_a_look_that_tells_nothing_is_no_answer(value):
    with pytest.raises(OutcomeUnknown):
        envelopes.look(value)


# --- The rest ----------------------------------------------------------------------------------


def test_cancelled_is_true_only_when_said():
    assert envelopes.cancelled({"cancelled": True})
    assert not envelopes.cancelled({"cancelled": False})
    assert not envelopes.cancelled({})


def test_statistics_are_sorted_and_unreadable_entries_left_out():
    good = {"actionType": "st.openPersonPage", "success": True, "time": "2026-10-02T12:30:00Z"}
    earlier = good | {"time": "2026-10-02T12:29:00", "success": False}
    found = envelopes.executed([good, {"time": "noon"}, None, 3, earlier])
    assert [(e.success, e.time.isoformat()) for e in found] == [
        (False, "2026-10-02T12:29:00+00:00"),
        (True, "2026-10-02T12:30:00+00:00"),
    ]


def test_limits_come_with_what_is_used_and_only_those_that_are_on():
    on = {"category": "stMessages", "period": "daily", "maxValue": 50, "currentUsage": 3}
    older = {"category": "stPosts", "period": "weekly", "maxValue": 5, "currentValue": 1}
    off = on | {"isEnabled": False}
    found = envelopes.usage({"usage": [on | {"isEnabled": True}, older, off, {}, None, "x"]})
    assert [(u.category, u.period, u.used, u.most) for u in found] == [
        ("stMessages", "daily", 3, 50),
        ("stPosts", "weekly", 1, 5),
    ]
    assert envelopes.usage(None) == ()


def test_the_admin_api_knows_an_account_by_another_id():
    accounts = {"accounts": [None, {"id": "a", "identificationToken": "t"}]}
    assert envelopes.account_id(accounts, "t") == "a"
    assert envelopes.account_id(accounts, "other") == ""
    assert envelopes.account_id([], "t") == ""


@pytest.mark.parametrize(
    ("link", "taken"),
    [("https://x.test/s/1", True), ("javascript:alert(1)", False), (None, False), (7, False)],
)
def test_a_link_to_sign_in_again_is_a_web_address_or_none(link, taken):
    listed = {"accounts": [{"identificationToken": "id_1", "reconnectionLink": link}]}
    assert envelopes.reconnection_link(listed, "id_1") == (link if taken else "")
    assert envelopes.reconnection_link(listed, "id_2") == ""
