"""A run from one state to the next, with the sandbox on the other end."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts import services as accounts
from editor.linkedapi import Client, Started
from editor.runs import policy, queries, services, transitions
from editor.runs.models import FINAL, Run, State
from editor.runs.results.outcome import summary_from_json
from editor.runs.words import standing
from tests.runs.conftest import CHECK, INVITE_ALL, ByHand, arrived, dial, make_due


def spoilt(account, *answers, call="POST /workflows"):
    """The sandbox's next answers to a call."""
    dial(account, answers=[{"call": call, "answer": answer} for answer in answers])


# --- The ordinary way --------------------------------------------------------------------------


def test_a_run_is_sent_looked_at_and_stored(make_run, worker):
    run = worker.advance(make_run(CHECK))
    assert run.state == State.COMPLETED
    assert worker.transport.requests == [
        ("POST", "/workflows"),
        ("GET", f"/workflows/{run.remote_id}"),
    ]
    assert (run.done, run.failed, run.not_reached, run.acted) == (1, 0, 0, 0)
    result = run.results.get()
    assert (result.action_type, result.success) == ("st.checkConnectionStatus", True)
    assert "connectionStatus" in result.data
    assert run.accepted_at <= run.finished_at
    assert (run.holds_queue, run.next_look_at, run.claimed_by) == (False, None, "")
    run.workflow.refresh_from_db()
    assert run.workflow.last_run_state == "completed"


def test_the_list_of_workflows_says_what_the_list_of_runs_says(ann, make_run, worker):
    missing = CHECK | {"personUrl": "https://www.linkedin.com/in/trellis-error-personNotFound"}
    for wire, words in (
        (CHECK, "Done"),
        ([CHECK, missing], "Done with errors"),
        (missing, "Done, all failed"),
    ):
        run = worker.advance(make_run(wire))
        of_run = f'<span class="state" data-state="{standing(run).state}">{words}</span>'
        for address in ("workflows", "runs"):
            assert of_run in ann.get(f"/t/{ann.team.slug}/{address}").content.decode()


def test_a_loop_gives_a_row_per_item_and_counts_the_acts(make_run, worker):
    run = worker.advance(make_run(INVITE_ALL))
    by_type = {}
    for result in run.results.order_by("ordinal"):
        by_type.setdefault(result.action_type, []).append(result.path)
    assert by_type["st.sendConnectionRequest"] == ["0", "1", "2"]
    assert run.results.filter(action_type="st.checkConnectionStatus", label="before").count() == 3
    assert run.done + run.failed == 10
    assert (
        run.acted
        == run.results.filter(action_type="st.sendConnectionRequest", success=True).count()
    )
    summaries = [summary_from_json(value) for value in run.outcome.nodes.values()]
    assert [summary.items for summary in summaries if summary.items] == [(3, 0, 0)]
    assert [summary.found for summary in summaries if summary.found] == [3]


def test_a_run_that_takes_its_time_waits_and_is_looked_at_again(make_run, worker, account):
    dial(account, delay=3600)
    run = worker.advance(make_run(CHECK))
    assert (run.state, run.looks, run.holds_queue) == ("waiting", 1, True)
    assert run.remote_id
    assert queries.due(10) == [], "not before its pause is over"
    make_due(run)
    assert worker.advance(run).looks == 2
    assert arrived(account) == 1


def test_what_a_run_waits_for_is_kept(make_run, worker, account):
    night = {"from": "00:00", "to": "00:01", "days": [], "timeZone": "Europe/Lisbon"}
    dial(account, workingHours=night | {"policy": "park"})
    run = worker.advance(make_run(CHECK))
    assert (run.state, run.pending_reason) == ("waiting", "outsideWorkingHours")
    assert run.pending_message
    assert run.next_look_at - timezone.now() > timedelta(minutes=4)


def test_the_service_may_fail_the_whole_workflow(make_run, worker):
    url = "https://www.linkedin.com/in/trellis-fail-languageNotSupported"
    run = worker.advance(make_run(CHECK | {"personUrl": url}))
    assert (run.state, run.failure_reason) == ("failed", "languageNotSupported")
    assert not run.results.exists()


def test_actions_that_fail_do_not_fail_the_run(make_run, worker):
    url = "https://www.linkedin.com/in/trellis-error-personNotFound"
    run = worker.advance(make_run(CHECK | {"personUrl": url}))
    assert (run.state, run.done, run.failed) == ("completed", 0, 1)
    assert run.results.get().error_type == "personNotFound"


# --- The start goes wrong ----------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["lost", "garbage", "half", "empty", "http500-after", "http502"])
def test_a_start_whose_answer_is_lost_is_never_sent_again_by_itself(
    make_run, worker, account, answer
):
    spoilt(account, answer)
    run = worker.advance(make_run(CHECK))
    assert run.state == State.UNCERTAIN
    assert (run.holds_queue, run.pending_reason) == (False, "startUnknown")
    sent = arrived(account)
    assert sent == (0 if answer == "http502" else 1)
    for _ in range(3):
        make_due(run)
        worker.take_all_due()
    run.refresh_from_db()
    assert (run.state, arrived(account)) == (State.UNCERTAIN, sent)
    assert worker.transport.requests.count(("POST", "/workflows")) == 1


def test_a_start_that_did_not_leave_goes_back_into_the_queue(
    make_run, worker, unreachable, account
):
    run = unreachable.advance(make_run(CHECK))
    assert (run.state, run.holds_queue, run.pending_reason) == ("queued", False, "httpError")
    assert "reached" in run.pending_message
    assert run.next_look_at > timezone.now()
    assert queries.due(10) == []
    make_due(run)
    run = worker.advance(run)
    assert (run.state, run.attempts, run.pending_reason) == ("completed", 2, "")
    assert arrived(account) == 1


def test_a_start_that_never_leaves_fails_in_the_end(make_run, unreachable):
    run = make_run(CHECK)
    Run.objects.filter(pk=run.pk).update(failed_looks=policy.STARTS_AT_MOST - 2)
    assert unreachable.advance(run).state == "queued"
    make_due(run)
    run = unreachable.advance(run)
    assert (run.state, run.failure_reason) == ("failed", "httpError")


def test_a_rate_limit_waits_as_long_as_the_service_says(make_run, worker, account):
    spoilt(account, "tooManyRequests-30")
    run = worker.advance(make_run(CHECK))
    assert (run.state, run.pending_reason) == ("queued", "tooManyRequests")
    pause = run.next_look_at - timezone.now()
    assert timedelta(seconds=20) < pause <= timedelta(seconds=33)
    make_due(run)
    assert worker.advance(run).state == "completed"
    assert arrived(account) == 1


@pytest.mark.parametrize("answer", ["invalidWorkflow", "invalidWorkflow-as-200", "somethingNew"])
def test_a_refused_start_fails_the_run_with_the_services_words(make_run, worker, account, answer):
    spoilt(account, answer)
    run = worker.advance(make_run(CHECK))
    assert (run.state, run.failure_reason) == ("failed", answer.removesuffix("-as-200"))
    assert run.failure_message
    assert (run.holds_queue, arrived(account)) == (False, 0)


def test_an_older_service_that_only_gives_an_id_is_enough(make_run, worker, account):
    spoilt(account, "old")
    assert worker.advance(make_run(CHECK)).state == "completed"


def test_a_start_whose_worker_died_becomes_uncertain_once_its_claim_has_run_out(
    make_run, worker, account
):
    run = make_run(CHECK)
    assert transitions.claim_start(run, "dead-worker", timezone.now())
    assert worker.advance(run).state == "submitting", "the worker may still be alive"
    make_due(run)
    assert worker.advance(run).state == "uncertain"
    assert arrived(account) == 0


def test_an_answer_that_comes_after_all_is_still_the_truth(make_run, worker, account):
    """The worker was only slow: others took it for dead, then its answer came."""
    run = make_run(CHECK)
    slow = queries.for_worker(run.pk)
    assert transitions.claim_start(slow, "slow-worker", timezone.now())
    make_due(run)
    assert worker.advance(run).state == "uncertain"
    assert transitions.accept_all([(slow, started("wf-1"))], timezone.now()) == [True]
    run.refresh_from_db()
    assert (run.state, run.remote_id, run.holds_queue) == ("waiting", "wf-1", False)


def test_an_answer_to_an_old_start_does_not_touch_a_run_that_was_sent_again(make_run, ann, worker):
    run = make_run(CHECK)
    slow = queries.for_worker(run.pk)
    transitions.claim_start(slow, "slow-worker", timezone.now())
    make_due(run)
    run = worker.advance(run)
    services.send_again(run, actor=ann.user)
    run = worker.advance(run)
    assert (run.state, run.attempts) == ("completed", 2)
    assert transitions.accept_all([(slow, started("wf-old"))], timezone.now()) == [False]
    assert Run.objects.get(pk=run.pk).remote_id == run.remote_id


def test_an_answer_that_comes_before_it_is_sent_again_spares_the_second_start(
    make_run, ann, worker
):
    run = make_run(CHECK)
    slow = queries.for_worker(run.pk)
    transitions.claim_start(slow, "slow-worker", timezone.now())
    make_due(run)
    services.send_again(worker.advance(run), actor=ann.user)
    assert transitions.accept_all([(slow, started("wf-1"))], timezone.now()) == [True]
    run.refresh_from_db()
    assert (run.state, run.remote_id) == ("waiting", "wf-1")
    assert ("POST", "/workflows") not in worker.transport.requests


def test_an_answer_to_an_old_start_is_not_taken_for_the_one_under_way(make_run, ann, worker):
    run = make_run(CHECK)
    slow = queries.for_worker(run.pk)
    transitions.claim_start(slow, "slow-worker", timezone.now())
    make_due(run)
    services.send_again(worker.advance(run), actor=ann.user)
    assert transitions.claim_start(queries.for_worker(run.pk), "another", timezone.now())
    assert transitions.accept_all([(slow, started("wf-old"))], timezone.now()) == [False]
    run.refresh_from_db()
    assert (run.state, run.attempts, run.remote_id) == ("submitting", 2, "")


@pytest.fixture
def taken_for_dead(make_run, worker, account, monkeypatch):
    """Claims, calls; before the answer is there, others take the worker for dead: the run is uncertain."""

    def advance(spoilt_answer, decide=lambda run: None):
        run, start = make_run(CHECK), Client.start

        def others():
            make_due(run)
            assert transitions.lose_abandoned(queries.for_worker(run.pk), timezone.now())
            decide(run)

        async def slow(client, who, definition):
            await sync_to_async(others)()
            return await start(client, who, definition)

        spoilt(account, spoilt_answer)
        with monkeypatch.context() as patched:
            patched.setattr(Client, "start", slow)
            return worker.advance(run)

    return advance


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("tooManyRequests-1", "queued"),
        ("linkedinAccountSignedOut", "queued"),
        ("invalidWorkflow", "failed"),
        ("lost", "uncertain"),
    ],
)
def test_a_clear_no_that_comes_late_is_still_a_no(taken_for_dead, worker, account, answer, state):
    run = taken_for_dead(answer)
    run.workflow.refresh_from_db()
    assert (run.state, run.workflow.last_run_state, run.attempts) == (state, state, 1)
    assert (run.holds_queue, run.connection.paused) == (False, "SignedOut" in answer)
    if answer == "tooManyRequests-1":
        make_due(run)
        assert worker.advance(run).state == "completed"
        assert arrived(account) == 1


def test_a_late_no_does_not_undo_what_a_person_decided(taken_for_dead, ann):
    def give_up(run):
        services.give_up(Run.objects.get(pk=run.pk), actor=ann.user)

    assert taken_for_dead("tooManyRequests-1", give_up).state == "cancelled"


def test_a_no_to_an_old_start_does_not_touch_a_run_that_was_sent_again(
    taken_for_dead, ann, account
):
    def send_again(run):
        services.send_again(Run.objects.get(pk=run.pk), actor=ann.user)
        assert transitions.claim_start(queries.for_worker(run.pk), "another", timezone.now())
        make_due(run)
        assert transitions.lose_abandoned(queries.for_worker(run.pk), timezone.now())

    run = taken_for_dead("tooManyRequests-1", send_again)
    assert (run.state, run.attempts, run.claimed_by) == ("uncertain", 2, "another")


def started(workflow_id):
    return Started(workflow_id)


# --- A look goes wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("http500", "httpError"),
        ("lost", "httpError"),
        ("garbage", "httpError"),
        ("tooManyRequests-7", "tooManyRequests"),
        ("invalidIdentificationToken", "invalidIdentificationToken"),
        ("linkedinAccountSignedOut-as-200", "linkedinAccountSignedOut"),
    ],
)
def test_a_look_that_fails_is_repeated_and_the_run_says_why_it_waits(
    make_run, worker, account, answer, reason
):
    spoilt(account, answer, answer, call="GET /workflows")
    run = worker.advance(make_run(CHECK))
    assert (run.state, run.failed_looks, run.pending_reason) == ("waiting", 1, reason)
    make_due(run)
    assert worker.advance(run).failed_looks == 2
    make_due(run)
    run = worker.advance(run)
    assert (run.state, run.pending_reason, arrived(account)) == ("completed", "", 1)


def test_a_workflow_that_the_service_does_not_know_ends_the_run(make_run, worker, account):
    spoilt(account, "workflowNotFound", call="GET /workflows")
    run = worker.advance(make_run(CHECK))
    assert (run.state, run.failure_reason) == ("failed", "workflowNotFound")


def test_a_run_that_never_finishes_is_given_up_after_a_week(make_run, worker, account):
    dial(account, delay=3600)
    run = worker.advance(make_run(CHECK))
    long_ago = timezone.now() - timedelta(days=policy.LOOK_FOR_DAYS, minutes=1)
    Run.objects.filter(pk=run.pk).update(accepted_at=long_ago)
    make_due(run)
    run = worker.advance(run)
    assert (run.state, run.failure_reason) == ("failed", "workflowTimeout")


# --- One queue per connection ------------------------------------------------------------------


def test_runs_of_a_connection_go_one_after_another_in_their_order(make_run, worker, account):
    dial(account, delay=3600)
    first, second, third = (make_run(CHECK) for _ in range(3))
    assert [run.pk for run in queries.due(10)] == [first.pk]
    worker.take_all_due()
    assert queries.due(10) == []
    assert queries.ahead_in_queue(third) == 2
    assert worker.advance(second).state == "queued", "the database does not let it overtake"
    Run.objects.filter(pk=first.pk).update(cancel_asked_at=timezone.now())
    make_due(first)
    worker.take_all_due()
    assert [run.pk for run in queries.due(10)] == [second.pk]


def test_a_pause_at_the_head_holds_the_queue(make_run, worker, account):
    spoilt(account, "tooManyRequests-30")
    first, second = make_run(CHECK), make_run(CHECK)
    worker.take_all_due()
    assert queries.due(10) == []
    make_due(first)
    worker.take_all_due()
    assert [run.pk for run in queries.due(10)] == [second.pk]


def test_connections_do_not_wait_for_each_other(make_run, ann, worker, account):
    dial(account, delay=3600)
    other = accounts.add_sandbox(team=ann.team, actor=ann.user, name="Another")
    one, two = make_run(CHECK), make_run(CHECK, connection=other)
    assert {run.pk for run in queries.due(10)} == {one.pk, two.pk}


def test_an_uncertain_run_does_not_hold_the_queue(make_run, worker, account):
    spoilt(account, "lost")
    make_run(CHECK)
    second = make_run(CHECK)
    worker.take_all_due()
    assert second.pk in [run.pk for run in queries.due(10)]


def test_the_worker_takes_no_more_than_it_has_seats(make_run, account):
    for _ in range(3):
        make_run(CHECK)
    assert len(queries.due(1)) == 1
    assert queries.due(5, busy=[run.pk for run in queries.due(5)]) == []


# --- Twice, late, elsewhere --------------------------------------------------------------------


def test_two_workers_with_the_same_row_send_it_once(make_run, account):
    one, two = ByHand(), ByHand()
    run = make_run(CHECK)
    stale = queries.for_worker(run.pk)
    assert one.advance(run).state == "completed"
    assert not transitions.claim_start(stale, two.id, timezone.now())
    assert arrived(account) == 1


def test_a_run_that_is_put_off_is_not_sent_before_its_time(make_run, worker, account):
    spoilt(account, "tooManyRequests-30")
    put_off = worker.advance(make_run(CHECK))
    assert worker.advance(put_off).state == "queued", "whoever asks"
    assert worker.transport.requests == [("POST", "/workflows")]


def test_a_run_that_was_cancelled_meanwhile_is_not_taken_to_be_sent(make_run, worker):
    run = make_run(CHECK)
    before = queries.for_worker(run.pk)
    Run.objects.filter(pk=run.pk).update(cancel_asked_at=timezone.now())
    for seen in (before, queries.for_worker(run.pk)):
        assert not transitions.claim_start(seen, worker.id, timezone.now())


def test_two_workers_with_the_same_look_store_it_once(make_run, worker, account):
    dial(account, delay=3600)
    run = worker.advance(make_run(CHECK))
    make_due(run)
    one, two = queries.for_worker(run.pk), queries.for_worker(run.pk)
    assert transitions.claim_looks([one], timezone.now()) == [True]
    assert transitions.claim_looks([two], timezone.now()) == [False]


@pytest.mark.parametrize("state", FINAL)
def test_a_final_run_never_moves_again(make_run, worker, account, state):
    run = make_run(CHECK)
    transitions.end(queries.for_worker(run.pk), state, timezone.now())
    for change in ({}, {"next_look_at": timezone.now()}, {"cancel_asked_at": timezone.now()}):
        Run.objects.filter(pk=run.pk).update(**change)
        assert worker.advance(run).state == state
    assert worker.transport.requests == []
