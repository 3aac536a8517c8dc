"""The list of schedules and the form of one: what they show, and what they refuse at which field."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import health
from accounts import services as accounts
from editor.lib.ids import new_id
from editor.runs.models import Run, Schedule
from editor.runs.schedules import firing
from editor.trees import codec
from editor.workflows import services as workflows
from tests.runs.conftest import CHECK, INVITE_ALL, workflow_of
from tests.runs.test_pages import box, count_queries

TIMES = {"often": "workdays", "at": "09:00", "zone": "Europe/Lisbon", "skip_when_busy": "1"}


def new_url(workflow, name="schedule_new"):
    return reverse(f"runs:{name}", args=[workflow.team.slug, workflow.public_id])


def list_url(team):
    return reverse("runs:schedules", args=[team.slug])


def act_url(schedule, verb):
    return reverse("runs:schedule_act", args=[schedule.team.slug, schedule.public_id, verb])


def filled_in(workflow, **changes):
    connection = workflow.team.connections.first().public_id
    return TIMES | {"submit_key": new_id(24), "connection": connection} | changes


def make(person, workflow, **changes):
    """Fill in the form, look at what comes of it, tick the box, and start the schedule."""
    form = filled_in(workflow, **changes)
    seen = person.post(new_url(workflow, "schedule_preview"), form).content.decode()
    return person.post(new_url(workflow), {"confirmed": box(seen)} | form)


def errors(answer):
    assert answer.status_code == 422
    return re.findall(r'<div class="error"[^>]*>(.*?)</div>', answer.content.decode())


def test_the_preview_says_in_words_when_it_comes_round_and_what_each_run_does(rae):
    workflow = workflow_of(rae.team, INVITE_ALL)
    form = filled_in(workflow, often="weekly", weekdays=["1", "4"])
    html = rae.post(new_url(workflow, "schedule_preview"), form).content.decode()
    assert "Every week on Monday and Thursday at 09:00" in html
    days = re.findall(r"<li>(\w+) \d+ \w+ \d{4}, 09:00", html)
    assert len(days) == 5
    assert set(days) == {"Mon", "Thu"}
    assert "Yes, every week on Monday and Thursday at 09:00: up to 3 connection requests" in html


def test_what_comes_round_often_says_what_it_does_in_a_day_beside_the_limits(rae):
    workflow = workflow_of(rae.team, INVITE_ALL)
    form = filled_in(workflow, often="cron", cron="* * * * *")
    html = rae.post(new_url(workflow, "schedule_preview"), form).content.decode()
    assert "1,440 times a day" in html
    assert "On each day that it comes round its runs can do up to 4320 connection requests." in html
    asked = re.search(r'hx-get="(/t/[^"]+/limits/[^"]+)"', html)[1].replace("&amp;", "&")
    assert "stConnectionRequests=4320" in asked
    once = rae.post(new_url(workflow, "schedule_preview"), filled_in(workflow)).content.decode()
    assert "times a day" not in once


@pytest.mark.parametrize(
    ("cron", "repeats", "refused"),
    [
        ("* * * * *", "go", True),
        ("*/30 * * * *", "go", True),
        ("0 * * * *", "go", False),
        ("* * * * *", "people", False),
    ],
)
def test_the_same_to_the_same_people_every_minute_is_a_mistake(ann, cron, repeats, refused):
    write = {
        "actionType": "st.sendMessage",
        "personUrl": "https://www.linkedin.com/in/example-ada",
        "text": "Hello",
    }
    workflow = workflow_of(ann.team, write)
    answer = make(ann, workflow, often="cron", cron=cron, repeats=repeats)
    assert Schedule.objects.exists() is not refused
    if refused:
        assert "The same would go to the same people" in errors(answer)[0]


def test_the_preview_says_what_is_wrong_with_the_times(ann):
    workflow = workflow_of(ann.team, CHECK)
    form = filled_in(workflow, often="cron", cron="0 25 * * *", zone="Europe/Atlantis")
    html = ann.post(new_url(workflow, "schedule_preview"), form).content.decode()
    assert "does not understand the hour" in html
    assert "no such time zone" in html


def test_a_runner_makes_one_and_it_stands_in_the_list(rae, vic):
    workflow = workflow_of(rae.team, INVITE_ALL)
    assert make(rae, workflow).status_code == 302
    schedule = Schedule.objects.get()
    assert (schedule.cron, schedule.zone, schedule.owner) == (
        "0 9 * * 1-5", "Europe/Lisbon", rae.user,
    )  # fmt: skip
    assert (schedule.acts, schedule.skip_when_busy) == ("up to 3 connection requests", True)
    for person, may in ((rae, True), (vic, False)):
        html = person.get(list_url(rae.team)).content.decode()
        assert "Every working day at 09:00" in html
        assert "up to 3 connection requests each time" in html
        assert (act_url(schedule, "pause") in html) == may


def test_acts_are_confirmed_with_their_numbers_and_their_times(ann):
    workflow = workflow_of(ann.team, INVITE_ALL)
    [error] = errors(make(ann, workflow, confirmed=""))
    assert "Tick the box" in error
    monday = ann.post(new_url(workflow, "schedule_preview"), filled_in(workflow))
    [error] = errors(make(ann, workflow, often="daily", confirmed=box(monday.content.decode())))
    assert "not what you confirmed" in error
    real = accounts.add_linkedapi(
        team=ann.team, actor=ann.user, name="Real", linked_api_token="linked_12345678",
        identification_token="id_12345678",
    )  # fmt: skip
    ticked = box(monday.content.decode())
    [error] = errors(make(ann, workflow, confirmed=ticked, connection=real.public_id))
    assert "not what you confirmed" in error
    assert not Schedule.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"often": "daily", "at": "9am"}, "Write it like 09:00"),
        ({"often": "weekly"}, "Choose a day of the week"),
        ({"often": "monthly", "day": "31"}, "a day that every month has"),
        ({"often": "hours", "hours": "7"}, "how many hours"),
        ({"often": "cron", "cron": "every day"}, "Write five fields"),
        ({"zone": "Europe/Atlantis"}, "no such time zone"),
        ({"connection": "nonesuch"}, "Choose the account"),
    ],
)
def test_what_is_wrong_stands_at_its_field(ann, changes, words):
    [error] = errors(make(ann, workflow_of(ann.team, CHECK), **changes))
    assert words in error
    assert not Schedule.objects.exists()


@pytest.mark.parametrize(
    "name", ["often", "at", "cron", "zone", "connection", "catch_up", "submit_key"]
)
@pytest.mark.parametrize("value", ["\0", "٠", "x" * 3000])
def test_what_no_form_sends_is_refused_and_breaks_nothing(ann, name, value):
    workflow = workflow_of(ann.team, CHECK)
    answer = make(ann, workflow, **{"often": "cron", "cron": "0 9 * * *"} | {name: value})
    assert answer.status_code == (302 if name in ("at", "catch_up") else 422)


def test_a_workflow_with_errors_is_not_scheduled(ann):
    workflow = workflow_of(ann.team, {"actionType": "st.sendMessage", "personUrl": "nowhere"})
    answer = make(ann, workflow)
    assert answer.status_code == 422
    assert "problem" in answer.content.decode()


@pytest.fixture
def asking(ann):
    tree = codec.from_wire(CHECK | {"label": "{{ who }}"}, new_id).declaring(({"name": "who"},))
    return workflows.import_tree(ann.team, actor=ann.user, name="Ask", tree=tree)


def test_values_are_asked_for_and_kept(ann, asking):
    [error] = errors(make(ann, asking))
    assert "who is empty" in error
    assert make(ann, asking, **{"input.who": "Ines"}).status_code == 302
    schedule = Schedule.objects.get()
    assert schedule.inputs == {"who": "Ines"}
    html = ann.get(
        reverse("runs:schedule", args=[ann.team.slug, schedule.public_id])
    ).content.decode()
    assert "Ines</textarea>" in html


def test_pressing_twice_makes_one(ann):
    workflow = workflow_of(ann.team, CHECK)
    for _ in range(2):
        assert make(ann, workflow, submit_key="k" * 24).status_code == 302
    assert Schedule.objects.count() == 1


def test_somebody_else_changes_it_and_it_is_theirs(ann, rae):
    make(ann, workflow_of(ann.team, CHECK))
    schedule = Schedule.objects.get()
    url = reverse("runs:schedule", args=[ann.team.slug, schedule.public_id])
    html = rae.get(url).content.decode()
    assert '<option value="workdays" selected>' in html
    form = filled_in(schedule.workflow, often="hours", hours="6", catch_up="once")
    assert rae.post(url, form).status_code == 302
    schedule.refresh_from_db()
    assert (schedule.cron, schedule.catch_up, schedule.owner) == ("0 */6 * * *", "once", rae.user)


def test_pause_resume_run_now_and_delete(ann):
    make(ann, workflow_of(ann.team, CHECK))
    schedule = Schedule.objects.get()
    ann.post(act_url(schedule, "pause"))
    html = ann.get(list_url(ann.team)).content.decode()
    assert "Paused" in html
    for _ in range(2):
        ann.post(act_url(schedule, "run"), {"submit_key": "once"})
    run = Run.objects.get()
    assert run.schedule == schedule
    assert (
        "Every working day at 09:00"
        in ann.get(reverse("runs:run", args=[ann.team.slug, run.public_id])).content.decode()
    )
    ann.post(act_url(schedule, "resume"))
    assert Schedule.objects.get().next_at
    ann.post(act_url(schedule, "delete"))
    assert not Schedule.objects.exists()
    assert ann.post(act_url(schedule, "pause")).status_code == 404
    assert ann.get(reverse("runs:run", args=[ann.team.slug, run.public_id])).status_code == 200


def test_the_list_says_what_its_account_needs_and_leads_there(ann, vic):
    make(ann, workflow_of(ann.team, CHECK))
    account = ann.team.connections.get()
    out = health.Refused("No.", type="linkedinAccountSignedOut")
    health.pause(account, out, timezone.now())
    page = ann.get(list_url(ann.team)).content.decode()
    assert "LinkedIn account signed out. What it starts waits until that is mended." in page
    there = reverse("accounts:connection", args=[ann.team.slug, account.public_id])
    assert f'<a href="{there}">Sign it in again</a>' in page
    assert there not in vic.get(list_url(ann.team)).content.decode()

    Schedule.objects.update(connection=None)
    page = ann.get(list_url(ann.team)).content.decode()
    assert "It cannot start anything." in page
    schedule = Schedule.objects.get()
    assert (
        f'href="{reverse("runs:schedule", args=[ann.team.slug, schedule.public_id])}">Choose'
        in page
    )


def test_without_any_each_reads_what_they_can_do(ann, vic):
    assert "choose “Schedule…”" in ann.get(list_url(ann.team)).content.decode()
    assert "Whoever may run workflows" in vic.get(list_url(ann.team)).content.decode()


def test_run_now_says_why_it_cannot(ann):
    make(ann, workflow_of(ann.team, CHECK))
    schedule = Schedule.objects.get()
    workflows.archive(schedule.workflow, actor=ann.user)
    listed = ann.get(f"/t/{ann.team.slug}/schedules").content.decode()
    assert "Its workflow is in the archive, so it starts nothing" in listed
    answer = ann.post(act_url(schedule, "run"), {"submit_key": "key"}, follow=True)
    assert "in the archive" in answer.content.decode()
    assert ann.post(act_url(schedule, "run"), follow=True).status_code == 200
    assert not Run.objects.exists()


def test_another_teams_schedules_are_not_to_be_found(ann, eve):
    make(ann, workflow_of(ann.team, CHECK))
    schedule = Schedule.objects.get()
    theirs = reverse("runs:schedule", args=[eve.team.slug, schedule.public_id])
    assert eve.get(theirs).status_code == 404
    assert eve.post(f"{theirs}/delete").status_code == 404
    other = workflow_of(eve.team, CHECK)
    ours = ann.team.connections.get().public_id
    assert "Choose the account" in errors(make(eve, other, connection=ours))[0]
    assert "Every working day" not in eve.get(list_url(eve.team)).content.decode()


def test_the_list_costs_the_same_for_1_and_for_60_schedules(ann):
    workflow = workflow_of(ann.team, CHECK)
    make(ann, workflow)
    ann.get(list_url(ann.team))
    few = count_queries(ann, list_url(ann.team))
    [one] = Schedule.objects.all()
    Schedule.objects.bulk_create(
        Schedule(
            team=ann.team, workflow=workflow, connection=one.connection, owner=ann.user,
            cron=one.cron, zone=one.zone, made_key=f"k{number}",
        )
        for number in range(60)
    )  # fmt: skip
    assert count_queries(ann, list_url(ann.team)) == few
    html = ann.get(list_url(ann.team)).content.decode()
    assert html.count('class="card schedule"') == 50
    assert 'rel="next"' in html


def test_the_form_says_what_becomes_of_those_whom_the_workflow_names(ann):
    ada = "https://www.linkedin.com/in/ada"
    write = {"actionType": "st.sendMessage", "personUrl": ada, "text": "Hello"}
    workflow = workflow_of(ann.team, write)
    html = ann.get(new_url(workflow)).content.decode()
    assert "This one gets it once and is left out from then on" in html
    assert ada in html
    go = ann.post(new_url(workflow, "schedule_preview"), filled_in(workflow, repeats="go")).text
    assert "This one gets it again with every run" in go
    [error] = errors(make(ann, workflow, confirmed=box(go)))
    assert "not what you confirmed" in error, "whether they get it again is a part of it"
    assert make(ann, workflow, repeats="go").status_code == 302
    assert Schedule.objects.get().repeats == "go"
    assert "The same each time" not in ann.get(new_url(workflow_of(ann.team, INVITE_ALL))).text


def test_everybody_sees_what_came_of_it(ann, vic):
    make(ann, workflow_of(ann.team, CHECK))
    schedule = Schedule.objects.get()
    url = reverse("runs:schedule_history", args=[ann.team.slug, schedule.public_id])
    assert "Nothing has come of it yet" in vic.get(url).text
    for _ in range(2):
        at = schedule.next_at
        firing.fire_due(at)
        schedule.refresh_from_db()
    run = Run.objects.get()
    html = vic.get(url).text
    assert html.count(reverse("runs:run", args=[ann.team.slug, run.public_id])) == 2
    assert "The run before was not over yet" in html
    assert url in vic.get(list_url(ann.team)).text
    few = count_queries(vic, url)
    schedule.firings.model.objects.bulk_create(
        schedule.firings.model(
            schedule=schedule, planned_at=at - timedelta(weeks=number + 2), at=at, outcome="started", run=run
        )
        for number in range(60)
    )  # fmt: skip
    html = vic.get(url).text
    assert count_queries(vic, url) == few
    assert html.count('class="firing"') == 50
    assert 'rel="next"' in html
    assert vic.get(f"{url}?cursor=made-up").status_code == 404


def test_the_history_of_another_teams_schedule_is_not_to_be_found(ann, eve):
    make(ann, workflow_of(ann.team, CHECK))
    schedule = Schedule.objects.get()
    theirs = reverse("runs:schedule_history", args=[eve.team.slug, schedule.public_id])
    assert eve.get(theirs).status_code == 404


def test_run_now_leaves_out_who_got_it_too(ann, account, worker):
    write = {"actionType": "st.sendMessage", "personUrl": CHECK["personUrl"], "text": "Hello"}
    make(ann, workflow_of(ann.team, write))
    schedule = Schedule.objects.get()
    ann.post(act_url(schedule, "run"), {"submit_key": "one"})
    worker.take_all_due()
    answer = ann.post(act_url(schedule, "run"), {"submit_key": "two"}, follow=True)
    assert "Its act went to the same target before" in answer.text
    assert Run.objects.count() == 1
