"""Order, states, cancelling and working hours. The clock is an argument: nothing here waits."""

from datetime import UTC, datetime, timedelta

import pytest

from editor.sandbox import hours, queue, running, services
from editor.sandbox.errors import ApiError
from editor.sandbox.models import ExecutedAction, SandboxWorkflow
from editor.sandbox.services import cancel, create_account, set_status, start

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
SSI = b'{"actionType": "st.retrieveSSI"}'
TWO = b'[{"actionType": "st.retrieveSSI"}, {"actionType": "st.retrievePerformance"}]'


def after(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def account(db):
    account = create_account("demo")
    account.dials = {"delay": 8}
    account.save()
    return account


def state(workflow, now):
    return queue.state(running.find(workflow.account, workflow.remote_id, now), now)


def test_a_workflow_waits_runs_and_ends(account):
    workflow = start(account, SSI, NOON)

    assert state(workflow, after(0)) == "pending"
    assert state(workflow, after(1.9)) == "pending"
    assert state(workflow, after(2)) == "running"
    assert state(workflow, after(7.9)) == "running"
    assert state(workflow, after(8)) == "completed"


def test_without_delay_the_first_look_finds_it_done(account):
    account.dials = {"delay": 0}

    assert state(start(account, SSI, NOON), NOON) == "completed"


def test_workflows_of_one_account_run_one_after_another(account):
    first, second, third = (start(account, SSI, after(n)) for n in range(3))

    assert first.ends_at == second.starts_at
    assert second.ends_at == third.starts_at
    assert [state(w, after(9)) for w in (first, second, third)] == [
        "completed",
        "running",
        "pending",
    ]


def test_another_account_does_not_wait(account):
    start(account, SSI, NOON)
    other = create_account("other", linked_api_token=account.linked_api_token)
    other.dials = {"delay": 8}

    assert start(other, SSI, NOON).starts_at == after(2)


def test_two_programs_that_start_at_once_get_two_places(account):
    """Both read the same end of the queue; the second to store it sees that and takes the next place."""
    seen_by_both = type(account).objects.get(pk=account.pk)
    first, second = start(account, SSI, NOON), start(seen_by_both, SSI, NOON)

    assert second.starts_at == first.ends_at


def test_what_is_due_runs_in_the_order_it_was_sent(account):
    sent = [start(account, SSI, NOON) for _ in range(3)]
    running.settle(account, after(1000))

    times = list(ExecutedAction.objects.order_by("id").values_list("time", flat=True))
    assert times == sorted(times) == [w.ends_at for w in sent]


def test_settling_twice_runs_nothing_twice(account):
    workflow = start(account, TWO, NOON)
    stale = SandboxWorkflow.objects.get(pk=workflow.pk)
    running.settle(account, after(100))
    before = SandboxWorkflow.objects.get(pk=workflow.pk).completion
    running._run(account, stale, after(200))  # a second process that read the row too early

    assert ExecutedAction.objects.count() == 2
    assert SandboxWorkflow.objects.get(pk=workflow.pk).completion == before


# --- Cancelling --------------------------------------------------------------------------------


def test_a_waiting_workflow_is_cancelled_and_the_queue_moves_up(account):
    first, second, third = (start(account, SSI, NOON) for _ in range(3))
    assert cancel(account, second.remote_id, after(3)) is True

    third.refresh_from_db()
    assert third.starts_at == first.ends_at
    fourth = start(type(account).objects.get(pk=account.pk), SSI, after(3))
    assert fourth.starts_at == third.ends_at
    assert state(second, after(1000)) == "failed"
    assert ExecutedAction.objects.count() == 0


def test_what_a_running_workflow_had_done_stays_done(account):
    workflow = start(account, TWO, NOON)
    assert cancel(account, workflow.remote_id, after(6)) is True  # the first of two ran at 5 s

    assert [row.action_type for row in ExecutedAction.objects.all()] == ["st.retrieveSSI"]
    looked = running.outcome(running.find(account, workflow.remote_id, after(9)))
    assert looked["failure"]["reason"] == "cancelled"


def test_the_next_one_starts_when_a_running_one_is_cancelled(account):
    first, second = start(account, SSI, NOON), start(account, SSI, NOON)
    cancel(account, first.remote_id, after(4))

    second.refresh_from_db()
    assert second.starts_at == after(4)
    assert second.ends_at - second.starts_at == timedelta(seconds=6)


def test_what_has_ended_cannot_be_cancelled(account):
    workflow = start(account, SSI, NOON)

    assert cancel(account, workflow.remote_id, after(8)) is False
    assert cancel(account, start(account, SSI, NOON).remote_id, after(9)) is True
    assert state(workflow, after(9)) == "completed"


def test_cancelling_twice_answers_false(account):
    workflow = start(account, SSI, NOON)

    assert cancel(account, workflow.remote_id, NOON) is True
    assert cancel(account, workflow.remote_id, NOON) is False


def test_an_unknown_workflow_cannot_be_cancelled(account):
    with pytest.raises(ApiError) as refused:
        cancel(account, "wf-1", NOON)
    assert refused.value.type == "workflowNotFound"


# --- Working hours -----------------------------------------------------------------------------

OFFICE = {"from": "08:30", "to": "17:30", "timeZone": "Europe/Lisbon", "days": [0, 1, 2, 3, 4]}
SATURDAY = datetime(2026, 11, 28, 12, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 30, 8, 30, tzinfo=UTC)


def test_inside_the_hours_nothing_is_different(account):
    account.dials |= {"workingHours": OFFICE}

    assert start(account, SSI, NOON).starts_at == after(2)


def test_outside_a_workflow_is_parked_until_they_open(account):
    account.dials |= {"workingHours": OFFICE}
    workflow = start(account, SSI, SATURDAY)

    assert workflow.starts_at == MONDAY_MORNING
    assert state(workflow, SATURDAY) == "pending"
    assert queue.pending_reason(OFFICE, SATURDAY) == {
        "pendingReason": "outsideWorkingHours",
        "message": "Parked until the working hours reopen: Mon 30 Nov, 08:30 (Europe/Lisbon).",
    }
    assert state(workflow, MONDAY_MORNING + timedelta(seconds=6)) == "completed"


def test_or_refused_when_the_account_says_so(account):
    account.dials |= {"workingHours": OFFICE | {"offHours": "refuse"}}

    with pytest.raises(ApiError) as refused:
        start(account, SSI, SATURDAY)
    assert (refused.value.type, refused.value.status) == ("outsideWorkingHours", 409)
    assert start(account, SSI, NOON)


def test_who_waits_too_long_fails(account):
    account.dials |= {"workingHours": OFFICE | {"waitHours": 24}}
    workflow = start(account, SSI, SATURDAY)

    assert state(workflow, SATURDAY + timedelta(hours=23)) == "pending"
    assert state(workflow, SATURDAY + timedelta(hours=24)) == "failed"
    looked = running.outcome(
        running.find(account, workflow.remote_id, SATURDAY + timedelta(days=2))
    )
    assert looked["failure"]["reason"] == "workingHoursWaitExpired"
    assert ExecutedAction.objects.count() == 0


def test_hours_that_never_open_park_for_good(account):
    never = OFFICE | {"to": "08:30", "waitHours": 1}
    account.dials |= {"workingHours": never}
    workflow = start(account, SSI, NOON)

    assert queue.pending_reason(never, NOON)["message"] == "Parked: the working hours never open."
    assert state(workflow, NOON + timedelta(hours=1)) == "failed"


def test_before_the_hours_of_the_same_day_it_is_the_same_day():
    early = datetime(2026, 11, 30, 3, tzinfo=UTC)

    assert hours.next_opening(OFFICE, early) == MONDAY_MORNING
    assert hours.next_opening(OFFICE, NOON) == NOON
    assert hours.next_opening(None, SATURDAY) == SATURDAY


def test_hours_in_summer_and_winter_are_those_of_the_wall_clock():
    summer = hours.next_opening(OFFICE, datetime(2026, 7, 4, 12, tzinfo=UTC))

    assert summer == datetime(2026, 7, 6, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        5,
        {},
        {"from": "8:30", "to": "17:30"},
        {"from": "18:00", "to": "17:30"},
        OFFICE | {"timeZone": "Nowhere/City"},
        OFFICE | {"timeZone": 3},
        OFFICE | {"timeZone": "../etc/passwd"},
        OFFICE | {"days": []},
        OFFICE | {"days": [7]},
        OFFICE | {"days": ["Mon"]},
        OFFICE | {"offHours": "sleep"},
        OFFICE | {"waitHours": -1},
        OFFICE | {"lunch": "12:00"},
    ],
)
def test_hours_that_make_no_sense_are_refused(wrong):
    assert hours.fault_of(wrong)
    assert not hours.fault_of(OFFICE)


# --- The account's own state -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error_type", "http_status"),
    [
        ("reconnection_required", "linkedinAccountSignedOut", 409),
        ("frozen", "subscriptionRequired", 403),
    ],
)
def test_an_account_that_is_not_active_starts_nothing(account, status, error_type, http_status):
    set_status(account, status, NOON)

    with pytest.raises(ApiError) as refused:
        start(account, SSI, NOON)
    assert (refused.value.type, refused.value.status) == (error_type, http_status)


def test_who_is_signed_out_meanwhile_fails(account):
    workflow = start(account, SSI, NOON)
    set_status(account, "reconnection_required", after(1))

    assert state(workflow, after(8)) == "failed"
    workflow.refresh_from_db()
    assert workflow.failure == "linkedinAccountSignedOut"


def test_searches_and_sales_navigator_need_a_plus_seat(account):
    account.client.seats = [{"seatType": "core", "quantity": 1, "billingPeriod": "month"}]

    for body in (b'{"actionType": "st.searchPeople"}', b'[{"actionType": "nv.syncInbox"}]'):
        with pytest.raises(ApiError) as refused:
            start(account, body, NOON)
        assert (refused.value.type, refused.value.status) == ("plusPlanRequired", 403)
    assert start(account, SSI, NOON)


def test_old_rows_can_be_forgotten(account):
    start(account, SSI, NOON)
    running.settle(account, after(100))
    start(account, SSI, after(200))

    assert services.forget(after(150)) == 2
    assert SandboxWorkflow.objects.count() == 1
    assert ExecutedAction.objects.count() == 0
