"""People are told what they should know: once per matter, in the app, and by e-mail when they wish it."""

import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import health
from accounts.models import Connection
from editor.lib.ids import new_id
from editor.linkedapi import Account, NotSent, Refused, Started
from editor.runs import queries, services, transitions
from editor.runs.models import Notice, NoticeKind, Run, Schedule
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


@pytest.fixture
def doubtful(ann, account, connection):
    """doubtful(): a run of one workflow of Ann's whose answer to the start was lost."""
    workflow = workflow_of(ann.team, CHECK)

    def lose():
        made = services.start_run(
            workflow, connection=connection, actor=ann.user, submit_key=new_id()
        )
        run = queries.for_worker(made.pk)
        transitions.claim_start(run, "me", timezone.now())
        assert transitions.lose(run, "No answer.", timezone.now())
        return run

    return lose


def unread_paths(person):
    unread = Notice.objects.filter(user=person.user, read_at=None)
    return [(notice.path, notice.times) for notice in unread]


def page(run):
    return reverse("runs:run", args=[run.team.slug, run.public_id])


SETTLED = {
    "a no that comes late": lambda run, ann: transitions.not_started(
        run, lambda: transitions.requeue(run, NotSent("Not sent."), timezone.now())
    ),
    "a yes that comes late": lambda run, ann: transitions.accept_all(
        [(run, Started("wf-1"))], timezone.now()
    ),
    "a person found it": lambda run, ann: services.mark_arrived(
        run, actor=ann.user, remote_id="wf-1"
    ),
    "a person sent it again": lambda run, ann: services.send_again(run, actor=ann.user),
    "a person gave it up": lambda run, ann: services.give_up(run, actor=ann.user),
}


@pytest.mark.parametrize("settle", SETTLED.values(), ids=SETTLED)
def test_a_doubt_that_is_settled_asks_nobody_for_a_decision_any_more(ann, doubtful, settle):
    run = doubtful()
    assert unread_paths(ann) == [(page(run), 1)]
    settle(run, ann)
    assert unread_paths(ann) == []
    assert not Notice.objects.exclude(mail_at=None), "nor by e-mail"


def test_of_several_runs_in_doubt_the_notice_leads_to_one_that_still_is(ann, doubtful):
    first, second = doubtful(), doubtful()
    assert unread_paths(ann) == [(page(second), 2)]
    services.give_up(second, actor=ann.user)
    assert unread_paths(ann) == [(page(first), 1)]
    services.keep_watching(first, actor=ann.user)
    assert unread_paths(ann) == [(page(first), 1)], "it is still in doubt"


def test_a_doubt_is_settled_for_a_workflow_that_was_deleted_meanwhile(ann, doubtful):
    run = doubtful()
    run.workflow.delete()
    services.give_up(Run.objects.get(pk=run.pk), actor=ann.user)
    assert unread_paths(ann) == []


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
    Connection.objects.update(probe_at=None)
    transitions.pause(queries.for_worker(run.pk), SIGNED_OUT, timezone.now())
    assert Notice.objects.get().times == 1, "on trial, and refused for the same reason"


WORKS_AGAIN = {
    "a start is accepted": lambda run, now: transitions.accept_all([(run, Started("wf-1"))], now),
    "the service says so": lambda run, now: health.note(
        run.connection, health.Finding(None, Account("Ada", "url"), "active"), now
    ),
    "a person has looked": lambda run, now: health.note(
        run.connection, health.Finding(None, Account("Ada", "url"), ""), now, asked=True
    ),
}


@pytest.mark.parametrize("mended", WORKS_AGAIN.values(), ids=WORKS_AGAIN)
def test_a_connection_that_works_again_needs_no_attention_any_more(ann, make_run, mended):
    run = queries.for_worker(make_run(CHECK).pk)
    transitions.claim_start(run, "me", timezone.now())
    transitions.pause(run, SIGNED_OUT, timezone.now())
    run = queries.for_worker(run.pk)
    silent = health.Finding(NotSent("Nobody answers."))
    assert health.note(run.connection, silent, timezone.now())
    assert notices.unread(ann.user) == 1, "it does not work yet"
    assert mended(queries.for_worker(run.pk), timezone.now())
    assert notices.unread(ann.user) == 0
    assert not Notice.objects.exclude(mail_at=None), "nor by e-mail"
    transitions.pause(queries.for_worker(run.pk), SIGNED_OUT, timezone.now())
    assert notices.unread(ann.user) == 1, "the next trouble is news"


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
    assert notices.unread(rae.user) == 1
    schedules.resume(Schedule.objects.get(), actor=ann.user, now=now)
    assert notices.unread(rae.user) == 0, "somebody has seen to it"


# --- By e-mail ---------------------------------------------------------------------------------


def wish(person, what):
    """Press the switch `what`, such as "run_failed.by_mail.on"."""
    assert person.post("/profile/notices", {"set": what, "quiet": "1"}).status_code == 204


def sent(now=None):
    """The subjects of what goes out now."""
    before = len(mail.outbox)
    notices.mail_due(now or timezone.now())
    return [message.subject for message in mail.outbox[before:]]


def test_a_failed_run_comes_by_e_mail_to_those_who_want_that(ann, fails, settings):
    fails()
    assert sent() == []
    ann.post("/notices/read")
    wish(ann, "run_failed.by_mail.on")
    run = fails()
    assert sent() == [f"“{run.workflow_name}” failed (Outreach)"]
    assert sent() == []
    [message] = mail.outbox
    assert message.to == ["ann@example.com"]
    assert f"{settings.PUBLIC_URL}/t/{ann.team.slug}/runs/{run.public_id}" in message.body
    assert f"{settings.PUBLIC_URL}/profile/notices" in message.body
    ann.post("/notices/read")
    wish(ann, "run_failed.by_mail.off")
    fails()
    assert sent() == []


def test_what_waits_for_somebody_comes_by_e_mail_unless_they_want_it_otherwise(ann, make_run):
    run = queries.for_worker(make_run(CHECK).pk)
    transitions.pause(run, SIGNED_OUT, timezone.now())
    assert sent() == ["“Sandbox” needs attention (Outreach)"]
    ann.post("/notices/read")
    wish(ann, "connection_paused.by_mail.off")
    notices.connection_paused(run.connection, timezone.now())
    assert sent() == []
    assert notices.unread(ann.user) == 1


def test_what_is_wanted_by_e_mail_only_is_on_no_page_and_comes_once_an_hour(ann, fails):
    wish(ann, "run_failed.in_app.off")
    wish(ann, "run_failed.by_mail.on")
    run, now = fails(), timezone.now()
    notices.run_failed(run, now)
    assert len(sent(now)) == 1
    notices.run_failed(run, now + timedelta(minutes=30))
    assert sent(now + timedelta(minutes=30)) == []
    notices.run_failed(run, now + timedelta(hours=2))
    assert len(sent(now + timedelta(hours=2))) == 1
    assert notices.unread(ann.user) == 0
    assert "failed" not in ann.get("/notices").content.decode()


def test_who_wants_it_in_neither_way_is_told_nothing(ann, fails):
    wish(ann, "run_failed.in_app.off")
    fails()
    assert of(ann) == []


def test_a_run_in_doubt_is_not_hidden_by_failures_that_nobody_has_read(ann, make_run, fails):
    run = fails()
    notices.run_uncertain(run, timezone.now())
    assert len(of(ann)) == 2
    assert sent() == [f"“{run.workflow_name}”: not sure whether it started (Outreach)"]


def test_that_a_team_will_be_deleted_cannot_be_switched_off(ann):
    answer = ann.post("/profile/notices", {"set": "team_closes.by_mail.off"})
    assert answer.status_code == 400
    for nonsense in ("", "run_failed", "run_failed.by_pigeon.on", "made_up.by_mail.on"):
        assert ann.post("/profile/notices", {"set": nonsense}).status_code == 400


def test_each_kind_has_its_row_and_shows_what_was_chosen(ann, bob):
    wish(ann, "batch_finished.by_mail.on")
    html = ann.get("/profile/notices").content.decode()
    for kind in NoticeKind:
        assert kind.label in html
    assert switch(html, "A batch is over: by e-mail") == ("true", "batch_finished.by_mail.off")
    assert switch(html, "A run failed: by e-mail") == ("false", "run_failed.by_mail.on")
    assert (
        switch(bob.get("/profile/notices").content.decode(), "A batch is over: by e-mail")[0]
        == "false"
    )


def switch(html, name):
    found = re.search(
        rf'aria-checked="(\w+)" aria-label="{name}" name="set" value="([\w.]+)"', html
    )
    return found.groups()


def test_without_scripts_a_switch_leads_back_to_the_page(ann):
    answer = ann.post("/profile/notices", {"set": "batch_finished.by_mail.on"})
    assert answer.url == "/profile/notices"


def test_what_was_read_before_it_went_out_is_not_sent(ann, fails):
    wish(ann, "run_failed.by_mail.on")
    fails()
    notices.read_all(ann.user, timezone.now())
    assert sent() == []


def test_a_mail_server_that_is_away_is_tried_again_for_a_day(ann, fails, monkeypatch):
    wish(ann, "run_failed.by_mail.on")
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
