"""Ann deletes a team: everybody is told, nothing runs, it can be brought back, and then all of it is gone."""

import logging
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.utils import timezone

from accounts.models import AuditEvent, Connection, Role, Team
from editor.library.models import Template
from editor.personal import closing, removing
from editor.runs.models import Notice, Run, Schedule
from editor.runs.notices.services import mail_due
from editor.runs.schedules.firing import fire_due
from editor.workflows import services as workflows
from editor.workflows.models import Workflow
from tests.people import Person, member
from tests.tables.urls import FILL

PAGE = "/t/outreach/team/delete"
LATER = closing.GRACE + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def nothing_leaves(settings):
    settings.SANDBOX_URL = "http://127.0.0.1:1"


@pytest.fixture
def full(ann: Person, vic: Person) -> Person:
    """Ann's team with one or more of everything that the table of URLs knows how to make."""
    for make in FILL.values():
        make(ann)
    return ann


def deleted(ann: Person):
    return ann.post(PAGE, {"name": "Outreach"})


def removed_by_workers(now):
    """As the duty does it, again and again."""
    while closing.remove_due(now):
        pass


def of_team(team_pk):
    """How many rows of each kind refer to that team, whatever room they are of."""
    found = {}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            if column.related_model is Team:
                count = model._base_manager.filter(**{column.attname: team_pk}).count()
                found[model._meta.label] = count
    return found


def test_the_page_says_what_goes_and_wants_the_name(full):
    page = full.get(PAGE).content.decode()
    for words in (
        "workflows, with their versions",
        "run, with its results",
        "connection, with its tokens",
        "what others made of",
    ):
        assert words in page
    assert "Download" in page

    answer = full.post(PAGE, {"name": "outreach"})
    assert answer.status_code == 422
    assert "Type “Outreach”" in answer.content.decode()
    assert Team.objects.get(slug="outreach").closes_at is None


def test_everybody_is_told_and_the_log_of_the_server_too(ann, vic, caplog):
    with caplog.at_level(logging.WARNING):
        deleted(ann)

    assert "Team outreach will be deleted on" in caplog.text
    assert AuditEvent.objects.filter(verb="team.to_be_deleted").count() == 1
    assert set(Notice.objects.values_list("user__email", flat=True)) == {
        "ann@example.com", "vic@example.com",
    }  # fmt: skip
    mail_due(timezone.now())
    assert sorted(sent.to[0] for sent in mail.outbox) == ["ann@example.com", "vic@example.com"]
    assert "Outreach will be deleted on" in mail.outbox[0].subject
    assert "will be deleted on" in vic.get("/t/outreach/workflows").content.decode()
    assert "Bring it back" not in vic.get("/t/outreach/workflows").content.decode()


def test_nothing_runs_until_then_and_all_can_be_read(full):
    workflow = Workflow.objects.filter(team=full.team).earliest("pk")
    connection = Connection.objects.filter(team=full.team).earliest("pk")
    Schedule.objects.update(look_at=timezone.now(), next_at=timezone.now())
    runs = Run.objects.count()
    deleted(full)

    answer = full.post(
        f"/t/outreach/workflows/{workflow.public_id}/run",
        {"submit_key": "k", "connection": connection.public_id},
    )
    assert answer.status_code == 422
    fire_due(timezone.now())
    assert Run.objects.count() == runs
    assert full.get(f"/t/outreach/workflows/{workflow.public_id}").status_code == 200

    taken = full.get(f"{PAGE}/data").json()
    assert {each["name"] for each in taken["workflows"]} >= {workflow.name}
    assert "linked_" not in str(taken)


def test_an_owner_brings_it_back(ann, vic):
    deleted(ann)
    assert vic.post(f"{PAGE}/undo").status_code == 403
    assert "Bring it back" in ann.get("/t/outreach/team").content.decode()

    page = ann.post(f"{PAGE}/undo", follow=True).content.decode()
    assert "Outreach stays" in page
    assert Team.objects.get(slug="outreach").closes_at is None
    closing.remove_due(timezone.now() + LATER)
    assert ann.get("/t/outreach/team").status_code == 200
    assert Notice.objects.filter(title="Outreach stays").count() == 2


def test_two_weeks_later_nothing_of_it_is_left_and_nothing_else_is_touched(full, vic, eve, caplog):
    kept = of_team(eve.team.pk)
    deleted(full)
    closing.remove_due(timezone.now() + closing.GRACE - timedelta(hours=1))
    assert full.get("/t/outreach/team").status_code == 200

    with caplog.at_level(logging.WARNING):
        removed_by_workers(timezone.now() + LATER)
    assert not any(of_team(full.team.pk).values())
    assert not Team.objects.filter(slug="outreach").exists()
    assert of_team(eve.team.pk) == kept
    assert full.get("/t/outreach/team").status_code == 404
    assert full.get("/profile").status_code == 200
    assert full.post(f"{PAGE}/undo").status_code == 404
    assert "Team outreach is being deleted" in caplog.text


def test_from_its_end_on_it_is_nobodys_and_what_was_broken_off_goes_on(full):
    deleted(full)
    later = timezone.now() + LATER
    assert closing.remove_due(later) > 0
    assert full.get("/t/outreach/team").status_code == 404
    removed_by_workers(later)
    assert not any(of_team(full.team.pk).values())


def test_too_late_to_bring_back(ann):
    deleted(ann)
    Team.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    page = ann.post(f"{PAGE}/undo", follow=True).content.decode()
    assert "not about to be deleted" in page


def test_what_others_made_of_its_templates_stays(full, eve):
    template = Template.objects.filter(team=full.team).earliest("pk")
    Template.objects.filter(pk=template.pk).update(visibility="everyone")
    eve.post(f"/t/elsewhere/templates/{template.public_id}/copy", {"name": "Mine"})
    mine = set(Workflow.objects.filter(team=eve.team).values_list("pk", flat=True))
    assert mine
    deleted(full)
    removed_by_workers(timezone.now() + LATER)
    assert mine <= set(Workflow.objects.filter(team=eve.team).values_list("pk", flat=True))


def test_a_piece_is_small(ann):
    for number in range(12):
        workflows.create(ann.team, actor=ann.user, name=f"W{number}")
    steps = list(removing.pieces(ann.team))
    assert max(steps[:-1]) <= 500
    assert len(steps) >= 3
    assert not Team.objects.filter(pk=ann.team.pk).exists()


def test_a_new_owner_can_take_it_back_too(ann):
    ben = member(ann.team, "Ben", Role.OWNER)
    deleted(ann)
    assert ben.post(f"{PAGE}/undo").status_code == 302
    assert Team.objects.get(slug="outreach").closes_at is None


def test_the_form_for_a_run_says_why_there_is_no_account(full):
    workflow = workflows.import_wire(
        full.team, actor=full.user, name="W", source='{"actionType": "st.retrieveSSI"}'
    )
    deleted(full)
    page = full.get(f"/t/outreach/workflows/{workflow.public_id}/run").content.decode()
    assert "nothing runs in it any more" in page
