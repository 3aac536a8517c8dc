"""People are told what they should know: once per matter, in the app, and by e-mail when they wish it."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from editor.linkedapi import Refused
from editor.runs import queries, transitions
from editor.runs.models import Notice, Run, Schedule
from editor.runs.notices import services as notices
from editor.runs.schedules import firing
from editor.runs.schedules import services as schedules
from tests.runs.conftest import CHECK, workflow_of
from tests.runs.test_pages import count_queries

SIGNED_OUT = Refused("Signed out.", type="linkedinAccountSignedOut")


@pytest.fixture
def fails(make_run):
    """fails(): a run that Ann started fails; `wire` as for make_run."""

    def fail(run=None):
        run = run or make_run(CHECK)
        assert transitions.fail(run, "unknownError", "It broke.", timezone.now())
        return run

    return fail


def of(person):
    return [notice.title for notice in Notice.objects.filter(user=person.user).order_by("pk")]


def test_whoever_started_a_run_is_told_that_it_failed_and_nobody_else(ann, bob, fails):
    run = fails()
    assert of(ann) == [f"“{run.workflow_name}” failed"]
    assert of(bob) == []
    html = ann.get("/notices").content.decode()
    assert "It broke." in html
    assert reverse("runs:run", args=[ann.team.slug, run.public_id]) in html
    assert "Notices: 1 unread" in html
    assert "It broke." not in bob.get("/notices").content.decode()


def test_a_run_in_doubt_is_told(ann, make_run):
    run = queries.for_worker(make_run(CHECK).pk)
    transitions.claim_start(run, "me", timezone.now())
    assert transitions.lose(run, "No answer.", timezone.now())
    assert of(ann) == [f"“{run.workflow_name}”: not sure whether it started"]


def test_a_hundred_failures_of_one_workflow_are_one_notice_until_it_is_read(ann, make_run, fails):
    first = make_run(CHECK)
    for _ in range(3):
        Run.objects.filter(pk=first.pk).update(state="queued")
        fails(Run.objects.get(pk=first.pk))
    notice = Notice.objects.get()
    assert notice.times == 3
    ann.post("/notices/read")
    Run.objects.filter(pk=first.pk).update(state="queued")
    fails(Run.objects.get(pk=first.pk))
    assert [each.times for each in Notice.objects.order_by("pk")] == [3, 1]
    assert notices.unread(ann.user) == 1


def test_somebody_who_left_the_team_is_told_nothing(ann, make_run, fails):
    run = make_run(CHECK)
    ann.team.memberships.all().delete()
    fails(run)
    assert of(ann) == []


def test_those_who_can_mend_a_connection_are_told_once_per_trouble(ann, bob, rae, make_run):
    run = queries.for_worker(make_run(CHECK).pk)
    transitions.pause(run, SIGNED_OUT, timezone.now())
    assert of(ann) == ["“Sandbox” needs attention"]
    assert of(bob) == of(rae) == []
    assert "Its runs wait until then." in Notice.objects.get().text
    again = queries.for_worker(run.pk)
    transitions.pause(again, SIGNED_OUT, timezone.now())
    assert Notice.objects.get().times == 1


def test_a_schedule_that_pauses_itself_tells_its_owner(ann, rae):
    wanted = schedules.Wanted(
        ann.team.connections.get(), "0 9 * * *", "UTC", {"gone": 1}, "", "once", True
    )
    schedules.make(
        workflow_of(ann.team, CHECK), owner=rae.user, made_key="k", wanted=wanted, now=timezone.now()
    )  # fmt: skip
    now = timezone.now()
    for days in range(1, 9):
        firing.fire_due(now + timedelta(days=days))
    assert Schedule.objects.get().paused
    [title] = of(rae)
    assert "paused itself" in title
    assert of(ann) == []


# --- By e-mail ---------------------------------------------------------------------------------


def test_e_mail_comes_to_those_who_wish_it(ann, make_run, fails, settings):
    fails()
    notices.mail_due(timezone.now())
    assert mail.outbox == []
    ann.post("/notices/read")
    ann.post("/notices/mail", {"mail": "1"})
    run = fails()
    for _ in range(2):
        notices.mail_due(timezone.now())
    [message] = mail.outbox
    assert message.to == ["ann@example.com"]
    assert message.subject == f"“{run.workflow_name}” failed (Outreach)"
    assert f"{settings.PUBLIC_URL}/t/{ann.team.slug}/runs/{run.public_id}" in message.body
    ann.post("/notices/read")
    ann.post("/notices/mail")
    fails()
    assert notices.mail_due(timezone.now()) == 0


def test_what_was_read_before_it_went_out_is_not_sent(ann, fails):
    notices.wish_mail(ann.user, True)
    fails()
    notices.read_all(ann.user, timezone.now())
    assert notices.mail_due(timezone.now()) == 0


def test_a_mail_server_that_is_away_is_tried_again_for_a_day(ann, fails, monkeypatch):
    notices.wish_mail(ann.user, True)
    fails()
    monkeypatch.setattr(notices, "send_mail", away)
    now = timezone.now()
    assert notices.mail_due(now) == 0
    assert Notice.objects.get().mail_at == now + notices.MAIL_AGAIN
    assert notices.mail_due(now + timedelta(days=2)) == 0
    assert Notice.objects.get().mail_at is None


def away(*_):
    raise SMTPServerDisconnected("not there")


# --- The page ----------------------------------------------------------------------------------


def test_the_page_and_the_bell_cost_the_same_for_1_and_for_80(ann, fails):
    fails()
    ann.get("/notices")
    few = count_queries(ann, "/notices")
    Notice.objects.bulk_create(
        Notice(user=ann.user, team=ann.team, topic=f"t{n}", title="T", path="/") for n in range(80)
    )
    assert count_queries(ann, "/notices") == few
    assert ann.get("/notices?cursor=nonsense").status_code == 404
