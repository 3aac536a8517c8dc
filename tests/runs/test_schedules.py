"""Runs that start by themselves: when, once each, in whose name, and what happens when they cannot."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import AuditEvent, Role
from editor.lib.ids import new_id
from editor.review import columns
from editor.runs import services
from editor.runs.models import Firing, Keeping, Run, Schedule
from editor.runs.results import outcome
from editor.runs.schedules import firing
from editor.runs.schedules import services as schedules
from editor.runs.workers.tidying import tidy
from editor.trees import codec
from editor.workflows import services as workflows
from tests.people import member
from tests.runs.conftest import CHECK, INVITE_ALL, workflow_of
from tests.runs.test_loop import run_loop

MONDAY = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
NINE = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def schedule(ann):
    """schedule(wire, ...): one that Ann makes on a Monday at 8:00, for every working day at 9:00."""

    def make(wire=CHECK, inputs=None, workflow=None, owner=ann, **more):
        workflow = workflow or workflow_of(ann.team, wire)
        inputs = inputs or {}
        wanted = {
            "connection": ann.team.connections.get(),
            "cron": "0 9 * * 1-5",
            "zone": "UTC",
            "inputs": inputs,
            "acts": schedules.acts_in_words(services.plan_with(workflow, inputs)),
            "catch_up": "skip",
            "skip_when_busy": True,
        }
        return schedules.make(
            workflow, owner=owner.user, made_key=new_id(24),
            wanted=schedules.Wanted(**wanted | more), now=MONDAY,
        )  # fmt: skip

    return make


def after(schedule, now):
    """The schedule after a worker has looked."""
    firing.fire_due(now)
    return Schedule.objects.get(pk=schedule.pk)


def finish_all():
    Run.objects.update(state="completed", next_look_at=None, holds_queue=False)


def test_it_starts_when_its_time_has_come_and_not_before(schedule):
    ours = schedule(INVITE_ALL)
    assert ours.next_at == NINE
    assert after(ours, NINE - MINUTE).outcome == ""
    assert not Run.objects.exists()

    ours = after(ours, NINE)
    run = Run.objects.get()
    assert (run.state, run.started_by_name, run.schedule) == ("queued", "Ann", ours)
    assert (ours.outcome, ours.outcome_at, ours.last_run) == ("started", NINE, run)
    assert ours.next_at == ours.look_at == NINE + DAY


def test_it_starts_once_however_often_workers_look(schedule):
    ours = schedule()
    stale = Schedule.objects.select_related("team", "workflow", "connection", "owner").get()
    for _ in range(3):
        after(ours, NINE)
    assert not firing.fire(stale, NINE), "whoever read it before does not get it"
    assert Run.objects.count() == 1


def test_the_weekend_is_left_out(schedule):
    ours = schedule()
    for days in range(14):
        finish_all()
        after(ours, NINE + days * DAY)
    assert Run.objects.count() == 10


def test_the_values_of_inputs_go_with_it(ann, schedule):
    wire = CHECK | {"label": "{{ who }}"}
    tree = codec.from_wire(wire, new_id).declaring(({"name": "who"},))
    workflow = workflows.import_tree(ann.team, actor=ann.user, name="Ask", tree=tree)
    after(schedule(workflow=workflow, inputs={"who": "Ines"}), NINE)
    assert Run.objects.get().inputs == {"who": "Ines"}


# --- What is in the way ------------------------------------------------------------------------


def test_while_the_run_before_is_not_over_none_is_started_and_that_is_noted(schedule):
    ours = schedule()
    after(ours, NINE)
    ours = after(ours, NINE + DAY)
    assert (ours.outcome, ours.outcome_at, Run.objects.count()) == ("busy", NINE + DAY, 1)
    assert "not over" in ours.note
    finish_all()
    ours = after(ours, NINE + 2 * DAY)
    assert (ours.outcome, ours.note, Run.objects.count()) == ("started", "", 2)


def test_a_run_in_doubt_is_not_over(schedule):
    ours = schedule()
    after(ours, NINE)
    Run.objects.update(state="uncertain", holds_queue=False)
    assert after(ours, NINE + DAY).outcome == "busy"


def test_somebody_may_want_them_side_by_side(schedule):
    ours = schedule(skip_when_busy=False)
    after(ours, NINE)
    after(ours, NINE + DAY)
    assert Run.objects.count() == 2


def test_what_was_missed_is_left_out_or_made_up_for_once(schedule):
    left_out, made_up = schedule(), schedule(catch_up="once")
    late = NINE + 3 * DAY + timedelta(hours=2)
    left_out, made_up = after(left_out, late), Schedule.objects.get(pk=made_up.pk)
    assert (left_out.outcome, made_up.outcome) == ("missed", "started")
    assert "09:00 on 4 January" in left_out.note
    assert "late" in made_up.note
    assert Run.objects.get().schedule == made_up
    assert left_out.next_at == made_up.next_at == NINE + 4 * DAY


def test_a_few_minutes_are_not_late(schedule):
    assert after(schedule(), NINE + 4 * MINUTE).outcome == "started"


# --- Nobody gets the same twice by mistake -----------------------------------------------------

ADA, RUI = (f"https://www.linkedin.com/in/example-{name}" for name in ("ada", "rui"))


def message(address):
    return {"actionType": "st.sendMessage", "personUrl": address, "text": "Hello"}


PAGE = {
    "actionType": "st.openPersonPage",
    "personUrl": ADA,
    "basicInfo": True,
    "then": [{"actionType": "st.sendConnectionRequest"}],
}


def run_all(worker):
    """Whatever waits runs to its end, now."""
    Run.objects.filter(state="queued").update(next_look_at=timezone.now())
    while worker.take_all_due():
        Run.objects.filter(state="waiting").update(next_look_at=timezone.now())


def sent(run):
    """Whom the actions of a run are about, by what is sent."""
    definition = json.loads(outcome.definition_of(run.plan))
    roots = definition if isinstance(definition, list) else [definition]
    return [root["personUrl"] for root in roots]


def test_who_got_it_is_left_out_from_then_on_and_the_history_tells(schedule, account, worker, ann):
    by_hand = services.start_run(
        workflow_of(ann.team, message(ADA)), connection=ann.team.connections.get(),
        actor=ann.user, submit_key="by hand",
    )  # fmt: skip
    run_all(worker)
    assert Run.objects.get(pk=by_hand.pk).acted == 1
    ours = schedule([message(ADA), message(RUI), CHECK])
    ours = after(ours, NINE)
    assert sent(ours.last_run) == [RUI, CHECK["personUrl"]]
    assert ours.outcome == "started"
    assert ours.note.startswith("1 of its 2 acts went to the same target before, last on ")
    assert "linkedin.com" not in ours.note
    run_all(worker)
    ours = after(ours, NINE + DAY)
    assert sent(ours.last_run) == [CHECK["personUrl"]]
    assert ours.note.startswith("Its acts went to the same targets before")


def test_a_run_that_left_somebody_out_takes_no_column_from_the_others(
    schedule, account, worker, ann
):
    ours = schedule([PAGE, CHECK])
    after(ours, NINE)
    run_all(worker)
    after(ours, NINE + DAY)
    run_all(worker)
    whole, part = Run.objects.order_by("pk")
    assert (whole.part, part.part) == (False, True)
    assert whole.version == part.version
    both = columns.of_runs([part, whole])
    assert {column.group for column in columns.of_runs([part])} < {column.group for column in both}
    assert columns.of_runs([whole]) == columns.of_runs([whole, part])


def test_when_nothing_is_left_to_do_no_run_is_made(schedule, account, worker):
    ours = schedule(PAGE)
    after(ours, NINE)
    run_all(worker)
    ours = after(ours, NINE + DAY)
    assert (ours.outcome, ours.failures, Run.objects.count()) == ("repeats", 0, 1)
    assert "nothing else is left to do" in ours.note, "nor is the page opened for nothing"


@pytest.mark.parametrize(
    ("repeats", "outcome_of_it", "runs"), [("run", "repeats", 1), ("go", "started", 2)]
)
def test_somebody_may_want_the_whole_run_left_out_or_go_on_knowingly(
    schedule, account, worker, repeats, outcome_of_it, runs
):
    ours = schedule([message(ADA), CHECK], repeats=repeats)
    after(ours, NINE)
    run_all(worker)
    ours = after(ours, NINE + DAY)
    assert (ours.outcome, Run.objects.count()) == (outcome_of_it, runs)
    if repeats == "go":
        assert sent(ours.last_run) == [ADA, CHECK["personUrl"]]


def test_while_nobody_knows_whom_the_run_before_reached_none_is_started(schedule):
    ours = schedule(message(ADA), skip_when_busy=False)
    after(ours, NINE)
    ours = after(ours, NINE + DAY)
    assert (ours.outcome, Run.objects.count()) == ("busy", 1)
    assert "nobody knows whom it has reached" in ours.note


def test_what_a_loop_finds_is_not_known_before_and_goes_on(schedule, account, worker):
    ours = schedule(INVITE_ALL)
    after(ours, NINE)
    run_all(worker)
    assert after(ours, NINE + DAY).outcome == "started"


# --- What came of it ---------------------------------------------------------------------------


def history(ours):
    return [(each.planned_at, each.outcome) for each in ours.firings.order_by("planned_at")]


def test_every_planned_instant_that_was_dealt_with_stands_in_the_history_once(schedule):
    ours = schedule()
    after(ours, NINE)
    first = Run.objects.get()
    after(ours, NINE + DAY)
    finish_all()
    breaks(ours)
    ours = after(ours, NINE + 2 * DAY)
    assert history(ours) == [
        (NINE, "started"), (NINE + DAY, "busy"), (NINE + 2 * DAY, "failed"),
    ]  # fmt: skip
    assert [each.run for each in ours.firings.order_by("planned_at")] == [first, first, None]
    assert "problem" in ours.firings.get(planned_at=NINE + 2 * DAY).note


def test_what_was_missed_says_how_many(schedule):
    ours = after(schedule(cron="0 * * * *"), NINE + 3 * timedelta(hours=1) + 6 * MINUTE)
    assert "this one and 3 after it were left out" in ours.note
    ours = after(ours, NINE + 20 * DAY)
    assert "this one and more than 99 after it" in ours.note


def test_the_history_has_an_end(schedule, monkeypatch):
    monkeypatch.setattr(firing, "FIRINGS_KEPT", 3)
    ours = schedule(cron="0 9 * * *")
    for days in range(5):
        after(ours, NINE + days * DAY)
    assert [at for at, _ in history(ours)] == [NINE + days * DAY for days in (2, 3, 4)]


def test_the_history_goes_with_what_the_team_does_not_keep(ann, schedule):
    ours = schedule(cron="0 9 * * *")
    for days in range(5):
        after(ours, NINE + days * DAY)
    now = NINE + 9 * DAY
    Keeping.objects.update_or_create(team=ann.team, defaults={"days": 7, "next_at": now})
    for _ in range(3):
        tidy(now)
    assert [at for at, _ in history(ours)] == [NINE + days * DAY for days in (2, 3, 4)]


def test_deleted_while_it_is_in_hand_it_leaves_its_run_and_nothing_else(ann, schedule, monkeypatch):
    ours = schedule()
    start = schedules.start

    def meanwhile(found, **more):
        made = start(found, **more)
        schedules.delete(ours, actor=ann.user)
        return made

    monkeypatch.setattr(schedules, "start", meanwhile)
    assert firing.fire_due(NINE) == 1
    assert (Run.objects.count(), Schedule.objects.count(), Firing.objects.count()) == (1, 0, 0)


# --- What fails --------------------------------------------------------------------------------


def breaks(ours):
    workflows.set_params(
        ours.workflow, ours.workflow.nodes.get().id, {"personUrl": "nowhere"}, actor=None
    )


def test_a_workflow_with_errors_fails_it_in_words_and_it_stays_on(schedule):
    ours = schedule()
    breaks(ours)
    ours = after(ours, NINE)
    assert (ours.outcome, ours.failures, ours.paused) == ("failed", 1, False)
    assert "problem" in ours.note
    assert ours.next_at == NINE + DAY


def test_after_five_failures_in_a_row_it_pauses_itself_and_says_so(schedule):
    ours = schedule(cron="0 9 * * *")
    breaks(ours)
    for days in range(7):
        ours = after(ours, NINE + days * DAY)
    assert (ours.paused, ours.failures, ours.next_at, ours.look_at) == (True, 5, None, None)
    assert ours.note.startswith("Paused after 5 failures in a row.")
    assert AuditEvent.objects.get(verb="schedule.paused").actor_name == "Trellis"


def test_a_start_that_goes_well_forgets_the_failures(schedule):
    ours = schedule()
    Schedule.objects.update(failures=4)
    assert after(ours, NINE).failures == 0


def test_a_connection_that_is_gone_is_told(ann, schedule):
    ours = schedule()
    ann.team.connections.get().delete()
    ours = after(ours, NINE)
    assert (ours.outcome, Run.objects.count()) == ("failed", 0)
    assert "connection is gone" in ours.note


def test_values_that_do_not_fit_any_more_are_told(ann, schedule):
    ours = schedule(inputs={"gone": "x"})
    ours = after(ours, NINE)
    assert ours.outcome == "failed"
    assert "gone" in ours.note


def test_an_archived_workflow_does_not_run(ann, schedule):
    ours = schedule()
    workflows.archive(ours.workflow, actor=ann.user)
    assert "archive" in after(ours, NINE).note
    assert not Run.objects.exists()


def test_acts_that_nobody_confirmed_are_not_done(schedule):
    ours = schedule(INVITE_ALL)
    search = ours.workflow.nodes.get(parent=None)
    workflows.set_params(ours.workflow, search.id, {"limit": 30}, actor=None)
    ours = after(ours, NINE)
    assert (ours.outcome, Run.objects.count()) == ("failed", 0)
    assert "up to 30 connection requests" in ours.note
    assert "up to 3 connection requests was confirmed" in ours.note


def test_it_does_not_run_in_the_name_of_somebody_who_may_not(ann, schedule):
    rae = member(ann.team, "Rae", Role.RUNNER)
    ours = schedule(owner=rae)
    ann.team.memberships.filter(user=rae.user).update(role=Role.VIEWER)
    ours = after(ours, NINE)
    assert "Rae may not run" in ours.note
    schedules.change(ours, owner=ann.user, wanted=wanted_of(ours), now=NINE)
    assert after(ours, NINE + DAY).outcome == "started"
    assert Run.objects.get().started_by == ann.user


def wanted_of(ours):
    return schedules.Wanted(
        ours.connection, ours.cron, ours.zone, ours.inputs, ours.acts, ours.catch_up,
        ours.skip_when_busy,
    )  # fmt: skip


def test_what_nobody_foresaw_is_a_failure_and_holds_up_no_other(schedule, monkeypatch):
    one, other = schedule(), schedule()
    start = schedules.start

    def breaks_for_one(found, **more):
        if found.pk == one.pk:
            raise RuntimeError("not foreseen")
        return start(found, **more)

    monkeypatch.setattr(schedules, "start", breaks_for_one)
    assert after(one, NINE).outcome == "failed"
    assert Schedule.objects.get(pk=other.pk).outcome == "started"


# --- Never twice, never lost -------------------------------------------------------------------


def test_a_worker_that_died_after_the_start_is_followed_by_one_that_finds_the_run(schedule):
    ours = schedule()
    schedules.start(ours, actor=ours.owner, submit_key=firing.key_of(ours, NINE))
    Schedule.objects.update(look_at=NINE + firing.LEASE)
    assert after(ours, NINE).outcome == "", "somebody else has it in hand"
    ours = after(ours, NINE + DAY / 2)
    assert (ours.outcome, ours.outcome_at, Run.objects.count()) == ("started", NINE, 1)


def test_a_worker_that_died_before_the_start_loses_nothing(schedule):
    ours = schedule()
    Schedule.objects.update(look_at=NINE + firing.LEASE)
    assert after(ours, NINE + firing.LEASE).outcome == "started"


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_start_each_planned_instant_once(schedule):
    ours = [schedule(skip_when_busy=False) for _ in range(3)]

    def look(now):
        try:
            return firing.fire_due(now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        had = [sum(workers.map(look, [NINE + days * DAY] * 4)) for days in range(4)]
    assert had == [len(ours)] * 4
    assert Run.objects.count() == sum(had)


@pytest.mark.django_db(transaction=True)
def test_the_loop_looks_for_schedules(schedule, account):
    ours = schedule(catch_up="once")
    Schedule.objects.update(next_at=timezone.now(), look_at=timezone.now())
    run_loop(lambda: Run.objects.filter(state="completed").exists())
    assert Run.objects.get().schedule == ours


# --- What people do ----------------------------------------------------------------------------


def test_paused_it_starts_nothing_and_resumed_it_goes_on_from_now(ann, schedule):
    ours = schedule(catch_up="once")
    schedules.pause(ours, actor=ann.user)
    ours = after(ours, NINE + DAY)
    assert (ours.paused, ours.next_at, Run.objects.count()) == (True, None, 0)
    schedules.resume(ours, actor=ann.user, now=NINE + DAY + MINUTE)
    ours = after(ours, NINE + 2 * DAY)
    assert Run.objects.count() == 1, "what was meant to be left out is not made up for"


def test_paused_while_it_is_in_hand_it_stays_paused(ann, schedule, monkeypatch):
    ours = schedule()
    start = schedules.start

    def meanwhile(found, **more):
        schedules.pause(found, actor=ann.user)
        return start(found, **more)

    monkeypatch.setattr(schedules, "start", meanwhile)
    ours = after(ours, NINE)
    assert (ours.paused, ours.next_at, ours.look_at) == (True, None, None)


def test_changed_by_one_while_another_pauses_or_resumes_it_both_count(ann, schedule):
    ours = schedule()
    wanted = schedules.Wanted(ours.connection, "0 10 * * 1-5", "UTC", {}, "", "skip", True)
    as_it_was = Schedule.objects.get()
    schedules.pause(ours, actor=ann.user)
    schedules.change(as_it_was, owner=ann.user, wanted=wanted, now=MONDAY)
    ours.refresh_from_db()
    assert (ours.cron, ours.paused, ours.next_at) == ("0 10 * * 1-5", True, None)

    as_it_was = Schedule.objects.get()
    schedules.resume(ours, actor=ann.user, now=MONDAY)
    schedules.change(as_it_was, owner=ann.user, wanted=wanted, now=MONDAY)
    ours.refresh_from_db()
    assert (ours.paused, ours.next_at) == (False, NINE + timedelta(hours=1))

    as_it_was = Schedule.objects.get()
    schedules.delete(ours, actor=ann.user)
    with pytest.raises(services.Refused, match="deleted meanwhile"):
        schedules.change(as_it_was, owner=ann.user, wanted=wanted, now=MONDAY)


def test_deleting_it_leaves_its_runs(ann, schedule):
    ours = schedule()
    after(ours, NINE)
    schedules.delete(ours, actor=ann.user)
    assert Run.objects.get().schedule is None


def test_the_same_key_makes_one(ann):
    workflow = workflow_of(ann.team, CHECK)
    wanted = schedules.Wanted(ann.team.connections.get(), "0 9 * * *", "UTC", {}, "", "skip", True)
    made = {
        schedules.make(workflow, owner=ann.user, made_key="key", wanted=wanted, now=MONDAY).pk
        for _ in range(2)
    }
    assert len(made) == Schedule.objects.count() == 1


def test_a_look_costs_one_query_while_nothing_is_due(schedule, django_assert_num_queries):
    for _ in range(3):
        schedule()
    with django_assert_num_queries(1):
        firing.fire_due(MONDAY)
