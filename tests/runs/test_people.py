"""What people do with a run: cancel it, and decide about one whose start was lost."""

from datetime import timedelta
from email.utils import format_datetime
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from editor.linkedapi import Look, NotSent
from editor.runs import ledger, policy, queries, services, transitions
from editor.runs.models import FINAL, Notice, Run, State
from editor.sandbox import services as sandbox
from editor.sandbox.models import ExecutedAction
from tests.runs.conftest import CHECK, INVITE_ALL, ByHand, InProcess, arrived, dial, make_due
from tests.runs.test_advance import spoilt

NOT_SENT = NotSent("The service could not be reached.")
RUNNING = Look("running")


def audited(run):
    return [
        event.verb
        for event in AuditEvent.objects.filter(team=run.team, verb__startswith="run.").order_by(
            "pk"
        )
    ][1:]


@pytest.fixture
def waiting(make_run, worker, account):
    """A run that the service is working on."""
    dial(account, delay=3600)
    return worker.advance(make_run(CHECK))


@pytest.fixture
def uncertain(make_run, worker, account):
    """A run whose start arrived and whose answer was lost."""
    spoilt(account, "lost")
    return worker.advance(make_run(INVITE_ALL))


# --- Cancel ------------------------------------------------------------------------------------


def test_a_queued_run_is_cancelled_at_once_and_nothing_is_sent(make_run, ann, worker, account):
    run = make_run(CHECK)
    services.cancel(run, actor=ann.user)
    run = worker.advance(run)
    assert (run.state, arrived(account)) == ("cancelled", 0)
    assert audited(run) == ["run.cancelled"]


def test_cancelling_a_waiting_run_tells_the_service(waiting, ann, worker, account):
    services.cancel(waiting, actor=ann.user)
    assert [run.pk for run in queries.due(5)] == [waiting.pk], "at once, not after the pause"
    run = worker.advance(waiting)
    assert (run.state, run.holds_queue) == ("cancelled", False)
    assert ("DELETE", f"/workflows/{run.remote_id}") in worker.transport.requests
    assert account.workflows.get().cancelled_at is not None


def test_a_run_cancelled_at_the_service_shows_what_had_already_happened(
    waiting, ann, worker, account
):
    services.cancel(waiting, actor=ann.user)
    run = worker.advance(waiting)
    html = page_of(ann, run)
    assert "What had already happened" in html
    assert "Check connection status" in html.split("What had already happened")[1].split("</ul>")[0]
    assert 'data-node-state="unknown"' in html
    assert "not reached" not in html, "nobody knows that"


def test_what_a_cancelled_run_may_have_done_is_warned_of_as_perhaps_done(
    make_run, ann, worker, account
):
    dial(account, delay=3600)
    waiting = worker.advance(make_run(WRITE_TO_THREE))
    # The first of three has gone out, the second may be under way, the third is far off.
    account.workflows.update(
        starts_at=timezone.now() - timedelta(minutes=25),
        ends_at=timezone.now() + timedelta(minutes=35),
    )
    Run.objects.update(submitted_at=timezone.now() - timedelta(minutes=26))
    services.cancel(waiting, actor=ann.user)
    run = worker.advance(waiting)
    assert reached(run) == {"ada": False, "bob": False}
    html = page_of(ann, run)
    assert "2 acts on whom the workflow names may have been done" in html
    again = ann.get(f"/t/{run.team.slug}/workflows/{run.workflow.public_id}/run").content.decode()
    assert "2 of 3 may have got it already" in again
    assert again.count("nobody knows") == 2
    assert "Go on knowingly: 2 may get it twice" in again
    assert run.acted == 0, "only what is known counts"


def test_what_a_run_surely_did_counts_before_what_another_may_have_done(
    make_run, ann, worker, account, connection
):
    done = worker.advance(make_run(WRITE_TO_THREE))
    dial(account, delay=3600)
    waiting = worker.advance(make_run(WRITE_TO_THREE))
    spoilt(account, "http500", call="GET /stats/actions")
    services.cancel(waiting, actor=ann.user)
    run = worker.advance(waiting)
    assert reached(run) == dict.fromkeys(["ada", "bob", "eve"], False), "nobody knows of any"
    before = ledger.already(connection, "st.sendMessage", [to("ada")])[to("ada")]
    assert (before.sure, before.run) == (True, done.public_id)


def test_what_was_cancelled_while_it_stood_in_line_reached_nobody(make_run, ann, worker, account):
    dial(account, delay=3600)
    worker.advance(make_run(CHECK))
    Run.objects.update(holds_queue=False)  # the service has a line of its own
    waiting = worker.advance(make_run(WRITE_TO_THREE))
    assert waiting.pending_reason == "queued"
    services.cancel(waiting, actor=ann.user)
    assert reached(worker.advance(waiting)) == {}


@pytest.mark.parametrize("ends", ["failed by the service", "given up", "not known to it any more"])
def test_a_run_that_ended_without_results_may_have_reached_whom_it_names(
    make_run, ann, worker, account, ends
):
    dial(account, delay=3600)
    waiting = worker.advance(make_run(WRITE_TO_THREE))
    spoilt(account, "http500", call="GET /stats/actions")
    if ends == "failed by the service":
        now = timezone.now()
        account.workflows.update(failure="linkedinAccountSignedOut", starts_at=now, ends_at=now)
    if ends == "given up":
        Run.objects.filter(pk=waiting.pk).update(state="uncertain", holds_queue=False)
        services.give_up(Run.objects.get(pk=waiting.pk), actor=ann.user)
    if ends == "not known to it any more":
        account.workflows.all().delete()
    make_due(waiting)
    run = Run.objects.get(pk=waiting.pk)
    run = run if run.is_final else worker.advance(run)
    assert run.state == ("cancelled" if ends == "given up" else "failed")
    assert reached(run) == dict.fromkeys(["ada", "bob", "eve"], False)


@pytest.mark.parametrize("ends", ["refused for now", "refused", "in line"])
def test_whatever_comes_of_the_second_start_the_first_may_have_reached_whom_it_names(
    make_run, ann, worker, account, ends
):
    spoilt(account, "lost", {"refused": "invalidWorkflow"}.get(ends, "tooManyRequests-1"))
    run = worker.advance(make_run(WRITE_TO_THREE))
    services.send_again(run, actor=ann.user)
    if ends == "in line":
        spoilt(account)
        dial(account, delay=3600)
        worker.advance(make_run(CHECK))
        Run.objects.update(holds_queue=False)  # the service has a line of its own
    run = worker.advance(run)
    if ends != "refused":
        assert run.pending_reason == {"in line": "queued"}.get(ends, "tooManyRequests")
        services.cancel(run, actor=ann.user)
        run = Run.objects.get(pk=run.pk)
        run = run if run.is_final else worker.advance(run)
    assert run.is_final
    assert reached(run) == dict.fromkeys(["ada", "bob", "eve"], False)


def test_a_run_that_was_refused_reached_nobody(make_run, worker, account):
    spoilt(account, "invalidWorkflow")
    run = worker.advance(make_run(WRITE_TO_THREE))
    assert (run.state, reached(run)) == ("failed", {})


def to(name):
    return f"https://www.linkedin.com/in/example-{name}"


WRITE_TO_THREE = [
    {"actionType": "st.sendMessage", "personUrl": to(name), "text": "Hello"}
    for name in ("ada", "bob", "eve")
]


def reached(run):
    """Whom the ledger has for a run, and whether that is sure."""
    acts = run.acts.order_by("pk").values_list("target", "sure")
    return {target.removeprefix(to("")): sure for target, sure in acts}


class WithClock(InProcess):
    """The service says what time it is, by a clock that goes ahead of ours."""

    ahead = timedelta(seconds=8)

    async def handle_async_request(self, request):
        answer = await super().handle_async_request(request)
        answer.headers["date"] = format_datetime(timezone.now() + self.ahead, usegmt=True)
        return answer


def test_what_ran_just_before_a_cancelled_run_is_not_counted_as_its_own(
    waiting, ann, account, team
):
    sent = waiting.submitted_at + WithClock.ahead
    ran = partial(
        ExecutedAction.objects.create,
        account=account,
        action_type=CHECK["actionType"],
        success=True,
    )
    for seconds in (-5, -2, 0):
        ran(time=sent + timedelta(seconds=seconds))
    services.cancel(waiting, actor=ann.user)
    run = ByHand(WithClock()).advance(waiting)
    own = [action["at"] for action in run.evidence["actions"]]
    assert [at[:19] for at in own] == [sent.isoformat()[:19]]
    assert "1×" in page_of(ann, run)


def test_runs_that_were_sent_after_one_was_cancelled_are_not_counted_beside_it(
    waiting, make_run, ann, worker, account
):
    services.cancel(waiting, actor=ann.user)
    run = worker.advance(waiting)
    worker.advance(make_run(CHECK))
    assert "other run" not in page_of(ann, run)


def test_statistics_that_cannot_be_read_do_not_keep_a_run_from_being_cancelled(
    waiting, ann, worker, account
):
    spoilt(account, "http500", call="GET /stats/actions")
    services.cancel(waiting, actor=ann.user)
    run = worker.advance(waiting)
    assert run.state == "cancelled"
    assert "could not be read" in page_of(ann, run)


def test_a_run_cancelled_before_it_was_sent_has_done_nothing(make_run, ann):
    run = make_run(CHECK)
    services.cancel(run, actor=ann.user)
    html = page_of(ann, run)
    assert "What had already happened" not in html
    assert 'data-node-state="not_reached"' in html


def page_of(person, run):
    return person.get(f"/t/{run.team.slug}/runs/{run.public_id}").content.decode()


def test_a_run_that_had_finished_before_the_cancel_keeps_its_results(waiting, ann, worker, account):
    account.workflows.update(ends_at=timezone.now(), starts_at=timezone.now())
    services.cancel(waiting, actor=ann.user)
    run = worker.advance(waiting)
    assert (run.state, run.done) == ("completed", 1)


def test_a_cancel_that_the_service_refuses_leaves_the_run_going_and_says_so(
    waiting, ann, worker, account
):
    spoilt(account, "somethingNew", call="DELETE /workflows")
    services.cancel(waiting, actor=ann.user)
    run = worker.advance(waiting)
    assert (run.state, run.cancel_asked_at) == ("waiting", None)
    services.cancel(run, actor=ann.user)
    assert worker.advance(run).state == "cancelled"


@pytest.mark.parametrize("since", ["failed, nobody knows why", "not known any more"])
def test_what_ended_after_a_cancel_that_nobody_wrote_down_was_cancelled(
    waiting, ann, worker, account, since
):
    """The worker was killed between the service's yes and the database; services differ in what they say later."""
    services.cancel(waiting, actor=ann.user)
    now = timezone.now()
    if since == "not known any more":
        account.workflows.all().delete()
    else:
        account.workflows.update(failure="aWordOfItsOwn", starts_at=now, ends_at=now)
    run = worker.advance(waiting)
    assert (run.state, run.failure_reason) == ("cancelled", "")
    assert not Notice.objects.exists(), "it is what was wanted"


def test_what_failed_for_a_reason_of_its_own_before_the_cancel_has_failed(
    waiting, ann, worker, account
):
    now = timezone.now()
    account.workflows.update(failure="linkedinAccountSignedOut", starts_at=now, ends_at=now)
    services.cancel(waiting, actor=ann.user)
    run = worker.advance(waiting)
    assert (run.state, run.failure_reason) == ("failed", "linkedinAccountSignedOut")
    assert run.connection.paused


def test_a_cancel_that_is_never_answered_ends_with_the_run(waiting, ann, worker, account):
    services.cancel(waiting, actor=ann.user)
    long_ago = timezone.now() - timedelta(days=policy.LOOK_FOR_DAYS, minutes=1)
    Run.objects.update(created_at=long_ago, accepted_at=long_ago)
    calls = ("DELETE /workflows", "GET /workflows")
    dial(account, answers=[{"call": call, "answer": "http500"} for call in calls])
    assert worker.advance(waiting).is_final


@pytest.mark.parametrize("answer", ["http500", "lost", "tooManyRequests"])
def test_a_cancel_whose_answer_is_lost_is_asked_again(waiting, ann, worker, account, answer):
    spoilt(account, answer, call="DELETE /workflows")
    services.cancel(waiting, actor=ann.user)
    run = worker.advance(waiting)
    make_due(run)
    assert worker.advance(run).state == "cancelled"


@pytest.mark.parametrize("pause", [7, 70])
def test_a_cancel_waits_as_long_as_the_service_asks_for(waiting, ann, worker, account, pause):
    spoilt(account, f"tooManyRequests-{pause}", call="DELETE /workflows")
    services.cancel(waiting, actor=ann.user)
    run = worker.advance(waiting)
    assert (run.state, run.pending_reason) == ("waiting", "tooManyRequests")
    assert (run.next_look_at - timezone.now()).total_seconds() > pause - 3


def test_a_workflow_that_was_cancelled_at_the_service_counts_as_cancelled(waiting, worker, account):
    sandbox.cancel(account, waiting.remote_id, timezone.now())
    make_due(waiting)
    assert worker.advance(waiting).state == "cancelled"


def test_a_cancel_during_the_start_holds_once_the_answer_is_there(make_run, ann, worker, account):
    dial(account, delay=3600)
    run = queries.for_worker(make_run(CHECK).pk)
    transitions.claim_start(run, worker.id, timezone.now())
    services.cancel(Run.objects.get(pk=run.pk), actor=ann.user)
    assert Run.objects.get(pk=run.pk).state == "submitting"
    make_due(run)
    assert worker.advance(run).state == "uncertain", "whether it arrived is another question"


def test_a_cancel_during_a_start_that_did_not_leave_ends_the_run(
    make_run, ann, worker, unreachable, account
):
    run = queries.for_worker(make_run(CHECK).pk)
    transitions.claim_start(run, worker.id, timezone.now())
    services.cancel(Run.objects.get(pk=run.pk), actor=ann.user)
    transitions.requeue(run, NOT_SENT, timezone.now())
    make_due(run)
    assert worker.advance(run).state == "cancelled"
    assert arrived(account) == 0


def test_a_cancel_asked_during_a_look_is_not_put_off_by_it(waiting, ann, worker):
    looking = queries.for_worker(waiting.pk)
    transitions.claim_looks([looking], timezone.now())
    services.cancel(Run.objects.get(pk=waiting.pk), actor=ann.user)
    assert transitions.keep_waiting_all([(looking, RUNNING)], timezone.now()) == [False]
    assert not transitions.look_failed(looking, NOT_SENT, timezone.now())
    assert [run.pk for run in queries.due(5)] == [waiting.pk]


def test_results_that_come_after_a_cancel_are_not_stored(waiting, ann, account):
    looking = queries.for_worker(waiting.pk)
    transitions.claim_looks([looking], timezone.now())
    transitions.cancel(queries.for_worker(waiting.pk), timezone.now())
    assert not transitions.end(looking, State.COMPLETED, timezone.now())
    assert Run.objects.get(pk=waiting.pk).state == "cancelled"


@pytest.mark.parametrize("state", FINAL)
def test_there_is_nothing_to_cancel_in_a_final_run(make_run, ann, state):
    run = make_run(CHECK)
    transitions.end(queries.for_worker(run.pk), state, timezone.now())
    with pytest.raises(services.Refused):
        services.cancel(Run.objects.get(pk=run.pk), actor=ann.user)


def test_cancelling_twice_is_cancelling_once(waiting, ann):
    services.cancel(waiting, actor=ann.user)
    services.cancel(Run.objects.get(pk=waiting.pk), actor=ann.user)
    assert audited(waiting) == ["run.cancelled"]


# --- Uncertain ---------------------------------------------------------------------------------


def test_a_workflow_that_is_another_runs_is_not_this_one(uncertain, make_run, ann, worker):
    """Its results would come, and count, twice."""
    other = worker.advance(make_run(CHECK))
    with pytest.raises(services.Refused, match="belongs to another run"):
        services.mark_arrived(uncertain, actor=ann.user, remote_id=other.remote_id)
    assert Run.objects.get(pk=uncertain.pk).state == "uncertain"


def test_a_workflow_that_there_is_not_leaves_the_run_in_doubt(uncertain, ann, worker, account):
    """A slip of the hand must not end it: the right one can still be named."""
    remote_id = account.workflows.get().remote_id
    services.mark_arrived(uncertain, actor=ann.user, remote_id="wf-mistyped")
    run = worker.advance(uncertain)
    assert (run.state, run.remote_id, run.accepted_at) == ("uncertain", "", None)
    html = page_of(ann, run)
    assert "There is no workflow “wf-mistyped” on this account" in html
    assert "not sure whether it started" in ann.get("/notices").content.decode()
    services.mark_arrived(run, actor=ann.user, remote_id=remote_id)
    assert worker.advance(run).state == "completed"


def test_the_statistics_are_gathered_as_evidence(uncertain, worker, account):
    run = worker.advance(uncertain)
    assert run.evidence["times"] == 1
    types = [action["type"] for action in run.evidence["actions"]]
    assert types.count("st.openPersonPage") == 3
    assert (run.state, run.next_look_at > timezone.now()) == ("uncertain", True)


def test_evidence_that_cannot_be_had_says_why(uncertain, worker, account):
    spoilt(account, "http500", call="GET /stats/actions")
    run = worker.advance(uncertain)
    assert "500" in run.evidence["error"]
    make_due(run)
    run = worker.advance(run)
    assert "actions" in run.evidence
    assert "error" not in run.evidence

    spoilt(account, "tooManyRequests-900", call="GET /stats/actions")
    make_due(run)
    again = worker.advance(run)
    assert again.evidence["actions"] == run.evidence["actions"], "what was seen before stays"
    assert again.next_look_at - timezone.now() > timedelta(minutes=14)


def test_it_arrived_watches_the_named_workflow(uncertain, ann, worker, account):
    remote_id = account.workflows.get().remote_id
    services.mark_arrived(uncertain, actor=ann.user, remote_id=f" {remote_id} ")
    run = worker.advance(uncertain)
    assert (run.state, run.remote_id, arrived(account)) == ("completed", remote_id, 1)
    assert audited(run) == ["run.marked_arrived"]


def test_watching_one_that_arrived_does_not_need_the_queue(
    uncertain, make_run, ann, worker, account
):
    dial(account, delay=3600)
    worker.advance(make_run(CHECK))
    services.mark_arrived(uncertain, actor=ann.user, remote_id="wf-1")
    assert Run.objects.get(pk=uncertain.pk).state == "waiting"


@pytest.mark.parametrize("remote_id", ["", " ", "../account", "wf 1", "wf-1\n2", "..", "x" * 201])
def test_what_is_no_workflow_id_is_refused(uncertain, ann, remote_id):
    with pytest.raises(services.Refused):
        services.mark_arrived(uncertain, actor=ann.user, remote_id=remote_id)
    assert Run.objects.get(pk=uncertain.pk).state == "uncertain"


def test_send_again_sends_once_more(uncertain, ann, worker, account):
    services.send_again(uncertain, actor=ann.user)
    run = worker.advance(uncertain)
    assert (run.state, run.attempts, arrived(account)) == ("completed", 2, 2)
    assert audited(run) == ["run.sent_again"]


def test_give_up_ends_it_and_says_what_is_not_known(uncertain, ann, worker, account):
    services.give_up(uncertain, actor=ann.user)
    run = worker.advance(uncertain)
    assert (run.state, arrived(account)) == ("cancelled", 1)
    assert "Ann" in run.failure_message


def test_keep_watching_begins_anew(uncertain, ann, worker):
    run = worker.advance(uncertain)
    services.keep_watching(run, actor=ann.user)
    run = Run.objects.get(pk=run.pk)
    assert (run.state, run.evidence) == ("uncertain", {})
    assert worker.advance(run).evidence["times"] == 1


def test_what_was_seen_before_does_not_end_a_watch_that_somebody_began_anew(uncertain, ann):
    make_due(uncertain)
    looking = queries.for_worker(uncertain.pk)
    assert transitions.claim_looks([looking], timezone.now()) == [True]
    services.keep_watching(Run.objects.get(pk=uncertain.pk), actor=ann.user)
    assert not transitions.note_evidence(looking, {"times": 7}, None, timezone.now())
    assert [run.pk for run in queries.due(5)] == [uncertain.pk]


DECISIONS = {
    "arrived": lambda run, user: services.mark_arrived(run, actor=user, remote_id="wf-1"),
    "again": lambda run, user: services.send_again(run, actor=user),
    "give up": lambda run, user: services.give_up(run, actor=user),
    "watch": lambda run, user: services.keep_watching(run, actor=user),
}


@pytest.mark.parametrize("decision", ["arrived", "again"])
def test_who_wants_it_to_go_on_takes_back_the_cancel_of_before(uncertain, ann, decision):
    Run.objects.filter(pk=uncertain.pk).update(cancel_asked_at=timezone.now())
    DECISIONS[decision](uncertain, ann.user)
    assert Run.objects.get(pk=uncertain.pk).cancel_asked_at is None


@pytest.mark.parametrize("second", DECISIONS)
@pytest.mark.parametrize("first", ["arrived", "again", "give up"])
def test_the_first_decision_holds(uncertain, ann, first, second):
    """Two people with the same page: the second one's press does nothing but say so."""
    stale = Run.objects.get(pk=uncertain.pk)
    DECISIONS[first](Run.objects.get(pk=uncertain.pk), ann.user)
    after = Run.objects.get(pk=uncertain.pk).state
    with pytest.raises(services.Refused):
        DECISIONS[second](stale, ann.user)
    assert Run.objects.get(pk=uncertain.pk).state == after


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize("state", [state for state in State if state != State.UNCERTAIN])
def test_only_an_uncertain_run_can_be_decided_about(make_run, ann, state, decision):
    run = make_run(CHECK)
    Run.objects.filter(pk=run.pk).update(state=state, remote_id="wf-1")
    with pytest.raises(services.Refused):
        DECISIONS[decision](Run.objects.get(pk=run.pk), ann.user)
    assert Run.objects.get(pk=run.pk).state == state
