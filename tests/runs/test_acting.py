"""A team says who may run what other people see, and every way to a run keeps to it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import services as accounts
from accounts.models import AuditEvent
from editor.runs import acting, services
from editor.runs.batches import feeding, reading
from editor.runs.batches import queries as batch_queries
from editor.runs.batches import services as batching
from editor.runs.models import Run
from editor.runs.schedules import firing
from editor.runs.schedules import services as schedules
from editor.runs.schedules.services import Wanted
from tests.runs.conftest import CHECK, workflow_of
from tests.runs.test_batches import made, url

URL = "https://www.linkedin.com/in/example-ada"
INVITE = {"actionType": "st.sendConnectionRequest", "personUrl": URL}


@pytest.fixture
def real(ann):
    return accounts.add_linkedapi(
        team=ann.team, actor=ann.user, name="Real",
        linked_api_token="linked_12345678", identification_token="id_12345678",
    )  # fmt: skip


@pytest.fixture
def builders_only(ann, real):
    acting.settle(ann.team, actor=ann.user, acts_for="builder")
    real.refresh_from_db()


def start(person, workflow, connection, key="key"):
    return services.start_run(
        workflow, connection=connection, actor=person.user, submit_key=key
    )  # fmt: skip


def test_at_first_every_runner_may(ann, rae, real):
    assert start(rae, workflow_of(ann.team, INVITE), real)


def test_a_runner_may_not_when_it_takes_a_builder(ann, bob, rae, real, builders_only):
    invite, check = workflow_of(ann.team, INVITE), workflow_of(ann.team, CHECK)
    with pytest.raises(services.Refused, match="takes the role Builder"):
        start(rae, invite, real)
    assert start(bob, invite, real, "bob")
    assert start(rae, check, real, "reads"), "what only reads stays open"
    sandbox = ann.team.connections.get(kind="sandbox")
    assert start(rae, invite, sandbox, "sandbox"), "the sandbox reaches nobody"


def test_nor_run_again_what_a_builder_ran(ann, bob, rae, real, builders_only):
    run = start(bob, workflow_of(ann.team, INVITE), real)
    with pytest.raises(services.Refused, match="takes the role Builder"):
        services.run_as_it_was(run, connection=real, actor=rae.user, submit_key="again")
    assert Run.objects.count() == 1


def test_the_form_says_so_before_and_refuses_all_the_same(ann, rae, real, builders_only):
    workflow = workflow_of(ann.team, INVITE)
    ann.team.connections.filter(kind="sandbox").delete()
    address = f"/t/outreach/workflows/{workflow.public_id}/run"
    shown = rae.get(address)
    assert "takes the role Builder" in shown.content.decode()
    mark = shown.context["ask"].mark
    answer = rae.post(
        address, {"submit_key": "key", "connection": real.public_id, "confirmed": mark}
    )
    assert answer.status_code == 422
    assert "takes the role Builder" in answer.content.decode()
    assert not Run.objects.exists()


def test_the_form_follows_the_account_that_is_chosen(ann, rae, real, builders_only):
    address = f"/t/outreach/workflows/{workflow_of(ann.team, INVITE).public_id}/run"
    shown = rae.get(address)
    assert "takes the role Builder" not in shown.content.decode(), "the sandbox is chosen"
    plan = rae.post(f"{address}/plan", {"submit_key": "key", "connection": real.public_id})
    assert "takes the role Builder" in plan.content.decode()
    assert "confirmed" not in plan.content.decode(), "there is nothing to confirm"
    answer = rae.post(address, {"submit_key": "key", "connection": real.public_id})
    assert "takes the role Builder" in answer.context["faults"]["all"]
    assert "Open the editor" not in answer.content.decode(), "it cannot mend this"


def test_so_do_doing_it_again_the_schedule_and_the_rows(ann, bob, rae, real, builders_only):
    invite = workflow_of(ann.team, INVITE)
    run = start(bob, invite, real)
    lines = reading.read_text(url("ada"))
    batch = batching.create(made(ann.team), connection=real, actor=rae.user, lines=lines)
    for address, form in (
        (f"/t/outreach/runs/{run.public_id}/again", None),
        (f"/t/outreach/workflows/{invite.public_id}/schedule/preview", {"connection": real.public_id}),
        (f"/t/outreach/batches/{batch.public_id}", None),
    ):  # fmt: skip
        answer = rae.post(address, form) if form else rae.get(address)
        assert "takes the role Builder" in answer.content.decode(), address
        assert 'name="confirmed"' not in answer.content.decode(), address


def test_a_batch_of_somebody_who_may_not_any_more_pauses(ann, rae, real):
    lines = reading.read_text(f"{url('ada')}\n{url('joe')}")
    batch = batching.create(made(ann.team), connection=real, actor=rae.user, lines=lines)
    found = batch_queries.batch(ann.team, batch.public_id)
    mark = batching.mark(found, batch_queries.counts(found))
    batching.start(found, actor=rae.user, confirmed=mark, per_day=None, working_days=False)
    acting.settle(ann.team, actor=ann.user, acts_for="builder")
    feeding.feed(timezone.now())
    batch.refresh_from_db()
    assert (batch.state, Run.objects.count()) == ("paused", 0)
    with pytest.raises(services.Refused, match="takes the role Builder"):
        batching.resume(batch, actor=rae.user)


def test_a_schedule_of_somebody_who_may_not_any_more_fails_in_words(ann, rae, real):
    workflow = workflow_of(ann.team, INVITE)
    acts = schedules.acts_in_words(services.plan_with(workflow, {}))
    wanted = Wanted(
        connection=real,
        cron="0 9 * * *",
        zone="UTC",
        inputs={},
        acts=acts,
        catch_up="skip",
        skip_when_busy=True,
    )
    now = timezone.now()
    schedule = schedules.make(workflow, owner=rae.user, made_key="k1", wanted=wanted, now=now)
    acting.settle(ann.team, actor=ann.user, acts_for="builder")
    firing.fire_due(schedule.next_at + timedelta(seconds=1))
    schedule.refresh_from_db()
    assert schedule.outcome == "failed"
    assert "takes the role Builder" in schedule.note
    with pytest.raises(services.Refused, match="takes the role Builder"):
        schedules.make(schedule.workflow, owner=rae.user, made_key="k2", wanted=wanted, now=now)


def test_admins_settle_it_and_everybody_sees_it(ann, ada, rae):
    assert ada.post("/t/outreach/team/acts", {"acts_for": "admin"}).status_code == 302
    assert rae.post("/t/outreach/team/acts", {"acts_for": "runner"}).status_code == 403
    assert "Admins and owners" in rae.get("/t/outreach/team/acts").content.decode()
    assert ada.post("/t/outreach/team/acts", {"acts_for": "viewer"}).status_code == 422
    event = AuditEvent.objects.get(verb="team.acts_changed")
    assert event.details == {"before": "runner", "after": "admin"}
