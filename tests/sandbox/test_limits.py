"""Limits by category and period, what is used of them, and the statistics behind it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from editor.sandbox import limits
from editor.sandbox.models import ExecutedAction
from tests.sandbox.conftest import error
from tests.sandbox.samples import KNOWN, nodes_of

PERSON = "https://www.linkedin.com/in/example-rui-falcao"
MESSAGE = {"actionType": "st.sendMessage", "personUrl": PERSON, "text": "Hello"}
STATUS = {"actionType": "st.checkConnectionStatus", "personUrl": PERSON}


def limit(caller, category, period, value, **more):
    entry = {"category": category, "period": period, "maxValue": value, **more}
    caller.admin("limits.set", limits=[entry])


def usage(caller, category="stMessages", period="daily"):
    for item in caller.admin("limits.getUsage")["usage"]:
        if (item["category"], item["period"]) == (category, period):
            return item["currentUsage"], item["maxValue"], item["isEnabled"]
    raise AssertionError("no such limit")


def outcomes(completion, action_type="st.sendMessage"):
    return [
        "done" if node["success"] else node["error"]["type"]
        for node in nodes_of(completion, action_type)
    ]


def test_what_is_used_up_is_not_done_and_the_workflow_goes_on(caller):
    limit(caller, "stMessages", "daily", 2)
    completion = caller.run([MESSAGE, STATUS, MESSAGE, MESSAGE, STATUS])

    assert outcomes(completion) == ["done", "done", "limitExceeded"]
    assert outcomes(completion, "st.checkConnectionStatus") == ["done", "done"]
    assert usage(caller) == (2, 2, True)
    assert outcomes(caller.run(MESSAGE)) == ["limitExceeded"]


def test_actions_that_were_not_done_are_not_in_the_statistics(caller):
    limit(caller, "stMessages", "daily", 0)
    caller.run([MESSAGE, STATUS])
    now = timezone.now()
    span = (
        f"start={(now - timedelta(days=1)).isoformat()}&end={(now + timedelta(days=1)).isoformat()}"
    )
    entries = caller.get(f"stats/actions?{span.replace('+', '%2B')}")

    assert [(e["actionType"], e["success"]) for e in entries] == [
        ("st.checkConnectionStatus", True)
    ]
    assert entries[0]["time"].endswith("Z")


def test_failed_actions_are_executed_but_use_nothing_up(caller):
    limit(caller, "stMessages", "daily", 1)
    failing = MESSAGE | {"label": "trellis-error-messagingNotAllowed"}
    completion = caller.run([failing, MESSAGE])

    assert outcomes(completion) == ["messagingNotAllowed", "done"]
    assert ExecutedAction.objects.filter(success=False).count() == 1


def test_the_narrowest_period_counts(caller):
    limit(caller, "stMessages", "monthly", 3)
    limit(caller, "stMessages", "daily", 1)

    assert outcomes(caller.run([MESSAGE, MESSAGE])) == ["done", "limitExceeded"]


def test_the_window_moves_on(caller):
    limit(caller, "stMessages", "daily", 1)
    limit(caller, "stMessages", "weekly", 5)
    caller.run(MESSAGE)
    ExecutedAction.objects.update(time=timezone.now() - timedelta(hours=25))

    assert usage(caller) == (0, 1, True)
    assert usage(caller, period="weekly") == (1, 5, True)
    assert outcomes(caller.run(MESSAGE)) == ["done"]


def test_in_a_loop_the_limit_stops_the_rest(caller):
    limit(caller, "stConnectionRequests", "daily", 2)
    completion = caller.run(
        {
            "actionType": "st.searchPeople",
            "limit": 4,
            "then": {
                "actionType": "st.doForPeople",
                "then": {
                    "actionType": "st.openPersonPage",
                    "then": {"actionType": "st.sendConnectionRequest"},
                },
            },
        }
    )
    assert outcomes(completion, "st.sendConnectionRequest") == ["done"] * 2 + ["limitExceeded"] * 2
    assert outcomes(completion, "st.openPersonPage") == ["done"] * 4


def test_a_limit_that_is_switched_off_stops_nothing(caller):
    limit(caller, "stMessages", "daily", 0, isEnabled=False)

    assert outcomes(caller.run(MESSAGE)) == ["done"]


def test_limits_are_set_deleted_and_reset_one_by_one(caller):
    limit(caller, "stMessages", "daily", 7)
    limit(caller, "stPosts", "weekly", 3)
    assert usage(caller)[1:] == (7, True)

    caller.admin("limits.delete", limits=[{"category": "stMessages", "period": "daily"}])
    assert usage(caller)[1:] == (50, False)
    assert usage(caller, "stPosts", "weekly")[1:] == (3, True)

    caller.admin("limits.resetToDefaults")
    assert caller.admin("limits.get") == caller.admin("limits.getDefaults")


def test_every_category_of_the_catalogue_has_its_three_limits(caller):
    found = {(item["category"], item["period"]) for item in caller.admin("limits.get")["limits"]}

    assert found == {(c, p) for c in KNOWN.limit_categories for p in limits.PERIODS}


@pytest.mark.parametrize(
    "entry",
    [
        7,
        {},
        {"category": "stMessages"},
        {"category": "nothing", "period": "daily", "maxValue": 1},
        {"category": "stMessages", "period": "hourly", "maxValue": 1},
        {"category": "stMessages", "period": "daily", "maxValue": -1},
        {"category": "stMessages", "period": "daily", "maxValue": "1"},
        {"category": "stMessages", "period": "daily", "maxValue": True},
        {"category": "stMessages", "period": "daily", "maxValue": 2**40},
        {"category": "stMessages", "period": "daily", "maxValue": 1, "isEnabled": "yes"},
    ],
)
def test_a_wrong_entry_is_refused_and_nothing_is_set(caller, entry):
    good = {"category": "stMessages", "period": "daily", "maxValue": 1}
    body = {"accountId": caller.account.public_id, "limits": [good, entry]}

    assert error(caller.ask("POST", "admin/limits.set", body)) == (400, "invalidRequestPayload")
    assert caller.account.limits.count() == 0


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?start=2026-01-01",
        "?start=yesterday&end=today",
        "?start=2026-01-01&end=2026-03-01",
        "?start=2026-02-01&end=2026-01-01",
    ],
)
def test_a_wrong_span_of_statistics_is_refused(caller, query):
    assert error(caller.ask("GET", f"stats/actions{query}")) == (400, "invalidRequestPayload")


def test_admin_calls_are_limited_to_a_hundred_a_minute(caller):
    for _ in range(100):
        caller.admin("subscription.getStatus")
    refused = caller.ask("POST", "admin/subscription.getStatus", {})

    assert error(refused) == (429, "tooManyRequests")
    assert 1 <= int(refused["Retry-After"]) <= 60
    caller.account.client.refresh_from_db()
    caller.account.client.calls_from -= timedelta(seconds=61)
    caller.account.client.save()
    assert caller.admin("subscription.getStatus")
