"""Ann's team keeps runs for a while; what is older goes, a little at a time. The ledger stays."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from editor.runs import ledger, queries
from editor.runs.models import (
    Act,
    ActionResult,
    Batch,
    BatchRow,
    Keeping,
    ResultRow,
    Run,
    RunOutcome,
    RunPlan,
)
from editor.runs.pages import keeping
from editor.runs.workers import tidying
from editor.sandbox import services as sandbox
from editor.sandbox.models import SandboxWorkflow
from tests.runs.conftest import CHECK, INVITE_ALL, workflow_of

ADA = "https://www.linkedin.com/in/example-ada"
WRITE = {"actionType": "st.sendMessage", "personUrl": ADA, "text": "Hello"}


def ago(days):
    return timezone.now() - timedelta(days=days)


def age(run, days):
    Run.objects.filter(pk=run.pk).update(created_at=ago(days), finished_at=ago(days))
    return run


def keep(ann, days, most=None):
    keeping.keep(ann.team, actor=ann.user, days=days, most=most, now=timezone.now())


def tidy(now=None):
    """Until there is nothing left to do."""
    removed = 0
    while Keeping.objects.filter(next_at__lte=now or timezone.now()).exists():
        removed += tidying.tidy(now or timezone.now())
    return removed


def told():
    return [
        (event.details["runs"], event.details["results"])
        for event in AuditEvent.objects.filter(verb="runs.removed").order_by("pk")
    ]


@pytest.fixture
def old(make_run, worker):
    return age(worker.advance(make_run(INVITE_ALL)), 31)


def test_for_ever_unless_somebody_says_otherwise(old, ann):
    assert tidy() == 0
    keep(ann, None)
    assert tidy() == 0
    assert Run.objects.count() == 1


def test_what_is_older_goes_with_all_that_hangs_on_it(old, make_run, worker, ann):
    young = age(worker.advance(make_run(CHECK)), 29)
    keep(ann, 30)
    assert tidy() == 1
    assert list(Run.objects.all()) == [young]
    for model in (RunPlan, RunOutcome, ActionResult, ResultRow):
        assert set(model.objects.values_list("run", flat=True)) == {young.pk}


def test_of_too_many_the_oldest_go_but_for_those_with_a_star_or_under_way(
    make_run, worker, account, ann
):
    runs = [age(worker.advance(make_run(CHECK)), days) for days in (9, 8, 7, 6, 5)]
    waiting = age(make_run(CHECK), 10)
    Run.objects.filter(pk=runs[1].pk).update(starred_at=timezone.now())
    keep(ann, None, most=3)
    assert tidy() == 1
    assert set(Run.objects.all()) == {waiting, *runs[1:]}

    keep(ann, 6, most=3)  # whichever comes first
    assert tidy() == 2
    assert set(Run.objects.all()) == {waiting, runs[1], runs[4]}


def test_the_ledger_stays(make_run, worker, ann, connection):
    age(worker.advance(make_run(WRITE)), 40)
    keep(ann, 30)
    tidy()
    assert not Run.objects.exists()
    (before,) = ledger.already(connection, "st.sendMessage", [ADA]).values()
    assert (before.by, before.run) == ("Ann", "")


def test_runs_that_have_not_ended_stay_however_old(make_run, account, worker, ann):
    waiting = make_run(CHECK)
    Run.objects.update(created_at=ago(400))
    uncertain = make_run(CHECK)
    Run.objects.filter(pk=uncertain.pk).update(state="uncertain", created_at=ago(400))
    keep(ann, 1)
    assert tidy() == 0
    assert set(Run.objects.all()) == {waiting, uncertain}


def test_a_run_that_ended_lately_stays_although_it_began_long_ago(make_run, worker, ann):
    run = worker.advance(make_run(CHECK))
    Run.objects.filter(pk=run.pk).update(created_at=ago(90))
    keep(ann, 30)
    assert tidy() == 0


def test_another_teams_runs_are_its_own_affair(old, eve):
    keep(eve, 1)
    assert tidy() == 0
    assert Run.objects.count() == 1


def test_each_statement_is_small_and_a_call_does_a_bounded_piece(old, ann, monkeypatch):
    few = ActionResult.objects.count() // 3
    monkeypatch.setattr(tidying, "PIECE", few)
    monkeypatch.setattr(tidying, "PIECES_AT_ONCE", 2)
    keep(ann, 30)
    before = ActionResult.objects.count()
    assert tidying.tidy(timezone.now()) == 0
    assert before - ActionResult.objects.count() == 2 * few
    assert Act.objects.exclude(run=None).exists(), "not its turn yet"
    assert tidy() == 1
    assert told() == [(1, before)]


def test_a_call_costs_no_more_for_many_runs(make_run, worker, ann):
    def asked(many):
        for _ in range(many):
            age(worker.advance(make_run(CHECK)), 31)
        keep(ann, 30)
        with CaptureQueriesContext(database) as captured:
            assert tidying.tidy(timezone.now()) == many
        tidy()
        return len(captured)

    assert asked(2) == asked(8)


def test_the_log_is_told_once_a_day_in_one_line(old, make_run, worker, ann):
    results = ActionResult.objects.count()
    keep(ann, 30)
    tidy()
    assert told() == [(1, results)]
    for _ in range(2):
        age(worker.advance(make_run(CHECK)), 31)
        tidy(timezone.now() + timedelta(hours=2))
    assert told() == [(1, results)]
    tidy(timezone.now() + timedelta(hours=27))
    assert told() == [(1, results), (2, 2)]
    tidy(timezone.now() + timedelta(days=3))
    assert len(told()) == 2, "nothing went, nothing is told"


def test_two_workers_do_not_do_the_same(old, ann):
    keep(ann, 30)
    row = Keeping.objects.get()
    assert tidying._claim(row, timezone.now())
    row.next_at = Keeping.objects.get().next_at - tidying.LEASE
    assert not tidying._claim(row, timezone.now())
    assert tidying.tidy(timezone.now()) == 0, "somebody is at it"
    assert tidying.tidy(timezone.now() + 2 * tidying.LEASE) == 1, "and has not come back"


def test_the_list_of_workflows_has_no_way_to_a_run_that_is_gone(old, ann):
    keep(ann, 30)
    tidy()
    html = ann.get(reverse("workflows:index", args=[ann.team.slug])).content.decode()
    assert old.public_id not in html
    assert "Never ran" not in html
    assert ann.get(reverse("runs:run", args=[ann.team.slug, old.public_id])).status_code == 404


def test_a_batch_that_is_over_goes_with_its_table_in_pieces(ann, account, monkeypatch):
    workflow = workflow_of(ann.team, CHECK)
    start = {"team": ann.team, "workflow": workflow, "connection": ann.team.connections.get()}
    start |= {"version_number": 1, "workflow_name": "x", "actor_name": "Ann"}
    over = Batch.objects.create(**start, state="finished", finished_at=ago(31))
    under_way = Batch.objects.create(**start, state="running", created_at=ago(400))
    for batch in (over, under_way):
        BatchRow.objects.bulk_create(
            BatchRow(batch=batch, number=n, cells=["Ada"]) for n in range(10)
        )
    monkeypatch.setattr(tidying, "PIECE", 3)
    monkeypatch.setattr(tidying, "PIECES_AT_ONCE", 2)
    assert "0 runs and 1 batch," in ann.post(page(ann), {"days": "30"}).content.decode()
    keep(ann, 30)
    tidying.tidy(timezone.now())
    assert over.rows.count() == 4
    tidy()
    assert list(Batch.objects.all()) == [under_way]
    assert under_way.rows.count() == 10
    assert AuditEvent.objects.get(verb="runs.removed").details["batches"] == 1


def test_a_table_that_nobody_starts_goes_after_a_month(ann, account, monkeypatch):
    workflow = workflow_of(ann.team, CHECK)
    start = {"team": ann.team, "workflow": workflow, "connection": ann.team.connections.get()}
    start |= {"version_number": 1, "workflow_name": "x", "actor_name": "Ann"}
    forgotten = Batch.objects.create(**start, created_at=ago(31))
    BatchRow.objects.bulk_create(
        BatchRow(batch=forgotten, number=n, cells=["Ada"]) for n in range(10)
    )
    young = Batch.objects.create(**start, created_at=ago(29))
    running = Batch.objects.create(**start, state="running", created_at=ago(400))
    monkeypatch.setattr(tidying, "PIECE", 3)
    monkeypatch.setattr(tidying, "PIECES_AT_ONCE", 2)

    assert tidying.drop_draft(timezone.now()) == 0
    assert forgotten.rows.count() == 4  # the rest with the next calls
    while not tidying.drop_draft(timezone.now()):
        pass
    assert set(Batch.objects.all()) == {young, running}
    assert tidying.drop_draft(timezone.now()) == 0


# --- The page ----------------------------------------------------------------------------------


def page(ann):
    return reverse("runs:keeping", args=[ann.team.slug])


def test_shortening_asks_first_with_the_number(old, ann):
    asked = ann.post(page(ann), {"days": "30"})
    assert asked.status_code == 422
    assert "This removes 1 run," in asked.content.decode()
    assert not Keeping.objects.exists()
    asked = ann.post(page(ann), {"days": "7", "confirmed": "for 30 days"})
    assert asked.status_code == 422, "that was for 30"
    assert ann.post(page(ann), {"days": "7", "confirmed": "for 7 days"}).status_code == 302
    assert tidy() == 1
    event = AuditEvent.objects.get(verb="team.keeping_changed")
    assert (event.details, event.actor) == ({"before": "for ever", "after": "for 7 days"}, ann.user)


def test_what_removes_nothing_is_saved_at_once(ann):
    ann.post(page(ann), {"days": "30"})
    assert "for 30 days" in ann.get(page(ann)).content.decode()
    ann.post(page(ann), {"days": ""})
    assert keeping.kept(ann.team) == {"days": None, "most": None}
    assert "for ever" in ann.get(page(ann)).content.decode()


@pytest.mark.parametrize("days", ["0", "-3", "many", "99999"])
def test_a_number_that_is_none_is_said_at_its_field(ann, days):
    refused = ann.post(page(ann), {"days": days})
    assert refused.status_code == 422
    assert 'class="error"' in refused.content.decode()
    assert not Keeping.objects.exists()


def test_a_viewer_sees_and_only_admins_set(ann, vic, bob):
    assert "Admins can change this" in vic.get(page(ann)).content.decode()
    assert bob.post(page(ann), {"days": "1"}).status_code == 403
    assert f'href="{page(ann)}"' in vic.get(f"/t/{ann.team.slug}/team").content.decode()


def test_the_sandbox_forgets_in_pieces(make_run, worker, account):
    for _ in range(3):
        worker.advance(make_run(CHECK))
    assert sandbox.forget(ago(1)) == 0
    SandboxWorkflow.objects.update(ends_at=ago(40))
    assert sandbox.forget(ago(35), most=2) == 2
    assert sandbox.forget(ago(35), most=2) == 1
    assert sandbox.forget(ago(35), most=2) == 0


def test_the_query_uses_the_index(ann):
    plan = queries.removable(ann.team, timezone.now(), 30).explain()
    if database.vendor == "sqlite":  # a planner with statistics reads small tables whole
        assert "run_newest_by_state" in plan or "run_newest_first" in plan
