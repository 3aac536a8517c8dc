"""Charts: counted once when a run is taken in, drawn from some rows a day, each with its numbers in words."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.apps import apps
from django.core.cache import cache
from django.utils import timezone

from editor import catalog
from editor.linkedapi import wait_for
from editor.review import charts, daily, indexing, limits, recounting, svg
from editor.review.models import DayCounts
from editor.runs import queries, services, transitions
from editor.runs.models import Ended, Run
from tests.runs.conftest import CHECK, INVITE_ALL, InProcess
from tests.runs.test_pages import count_queries

BROKEN = {
    "actionType": "st.openPersonPage",
    "personUrl": "https://www.linkedin.com/in/trellis-error-personNotFound",
}
TODAY = date(2026, 11, 25)


def take_in():
    return indexing.take_in(timezone.now())


def counts(team, workflow=None):
    found = daily.between(team, workflow, date(2020, 1, 1), date(2999, 1, 1))
    return daily.total(found)


@pytest.fixture
def home(ann):
    return f"/t/{ann.team.slug}/charts"


# --- Counting ----------------------------------------------------------------------------------


def test_a_run_is_counted_once_for_its_team_and_for_its_workflow(ann, make_run, worker, connection):
    run = worker.advance(make_run(INVITE_ALL))
    assert take_in() == 1

    found = counts(ann.team)
    assert found["run completed"] == 1
    assert found["done st.sendConnectionRequest"] == run.acted > 0
    assert found[f"used stConnectionRequests {connection.public_id}"] == run.acted
    assert sum(daily.under(found, "took").values()) == 1
    assert counts(ann.team, run.workflow) == found

    Ended.objects.create(run=run)  # as when everything is taken in anew
    assert take_in() == 1
    assert counts(ann.team) == found


def test_outcomes_are_told_apart(ann, make_run, worker):
    worker.advance(make_run(CHECK))
    worker.advance(make_run(BROKEN))
    services.cancel(make_run(CHECK), actor=ann.user)
    refused = queries.for_worker(make_run(CHECK).pk)
    transitions.fail(refused, "invalidWorkflow", "No.", timezone.now())
    take_in()
    found = counts(ann.team)
    assert daily.under(found, "run") == {"completed": 1, "partly": 1, "failed": 1, "cancelled": 1}
    assert daily.under(found, "failed") == {"st.openPersonPage": 1}
    assert sum(daily.under(found, "took").values()) == 3  # a cancelled run says nothing about time


def test_counts_stay_when_runs_and_workflows_go(ann, make_run, worker):
    run = worker.advance(make_run(CHECK))
    take_in()
    workflow = run.workflow
    Run.objects.all().delete()
    assert counts(ann.team)["run completed"] == 1
    workflow.delete()
    assert counts(ann.team)["run completed"] == 1
    assert DayCounts.objects.count() == 1


def test_runs_of_several_days_are_counted_on_the_day_they_ended(ann, make_run, worker):
    for days in (0, 0, 3):
        run = worker.advance(make_run(CHECK))
        ended = datetime(2026, 11, 25, 23, 59, tzinfo=UTC) - timedelta(days=days)
        Run.objects.filter(pk=run.pk).update(finished_at=ended)
    take_in()
    found = daily.between(ann.team, None, TODAY - timedelta(days=9), TODAY)
    assert [(day.day, each["run completed"]) for day, each in found] == [(22, 1), (25, 2)]
    assert daily.between(ann.team, None, TODAY, TODAY) == found[1:]


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [(0, "under 10 s"), (10, "10 s to 20 s"), (59, "40 s to 1 min"), (90000, "over 24 h")],
)
def test_times_fall_into_the_bucket_that_says_so(seconds, bucket):
    now = timezone.now()
    run = Run(state="completed", created_at=now, finished_at=now + timedelta(seconds=seconds))
    (key,) = daily.under(daily.of_run(run), "took")
    assert daily.buckets()[int(key)] == bucket


# --- Making ------------------------------------------------------------------------------------


def some_days(counts, *ago):
    return [(TODAY - timedelta(days=n), daily.Counts(counts)) for n in sorted(ago, reverse=True)]


def test_a_long_span_is_shown_by_week_and_loses_nothing():
    days = some_days({"run completed": 2}, *range(365))
    by_week = charts.outcomes(days, TODAY - timedelta(days=364), TODAY)
    assert by_week.axis == "Week from"
    assert len(by_week.labels) == 53
    assert by_week.total == 730
    by_day = charts.outcomes(days[-30:], TODAY - timedelta(days=29), TODAY)
    assert (by_day.axis, len(by_day.labels), by_day.total) == ("Day", 30, 60)


def test_the_typical_time_is_said_in_words():
    chart = charts.times(daily.Counts({"took 0": 2, "took 3": 6, "took 8": 2}))
    assert chart.text == "Half of the runs took 1 min or less, nine of ten 40 min or less."


@pytest.mark.parametrize(
    ("done", "failed", "percent"),
    [(1, 0, "100 %"), (999, 1, "99 %"), (1, 999, "1 %"), (0, 3, "0 %")],
)
def test_all_is_said_only_when_it_is_all(done, failed, percent):
    assert charts.Success("t", "T", "i", "", done, failed).percent == percent


def test_limits_are_a_line_by_day_and_none_by_week():
    used = {"used stMessages abc": 30, "used stMessages def": 5}
    facts = catalog.default()
    (chart,) = charts.uses(
        some_days(used, 1), TODAY - timedelta(days=6), TODAY, facts, {"stMessages": 50}
    )
    assert (chart.limit, chart.top, chart.total) == (50, 50, 35)
    assert 'class="chart-limit"' in chart.picture
    (one,) = charts.uses(some_days(used, 1), TODAY - timedelta(days=6), TODAY, facts, {}, "def")
    assert one.total == 5
    (long,) = charts.uses(
        some_days(used, 1), TODAY - timedelta(days=200), TODAY, facts, {"stMessages": 50}
    )
    assert long.limit is None


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 4), (4, 4), (7, 8), (11, 20), (101, 200), (2100, 3000)]
)
def test_an_axis_ends_at_a_round_number(highest, top):
    assert svg.top_of(highest) == top


def test_a_picture_has_its_words_and_no_style():
    series = [svg.Series("<Done>", "chart-good", [1, 0])]
    picture = svg.bars(series, ["Mon", "Tue"], 4, 'Runs "by" day', 2)
    assert 'role="img" aria-label="Runs &quot;by&quot; day"' in picture
    assert "<title>Mon · &lt;Done&gt;: 1</title>" in picture
    assert "style" not in picture


# --- Pages -------------------------------------------------------------------------------------


def test_ann_reads_what_her_team_did(ann, home, make_run, worker):
    worker.advance(make_run(INVITE_ALL))
    worker.advance(make_run(BROKEN))
    take_in()
    html = ann.get(home).content.decode()
    assert "2 runs ended: 1 done, 1 done with errors." in html
    assert 'aria-label="Runs by outcome. 2 runs ended' in html
    assert "How often actions go well, as a table" in html
    assert "Connection requests" in html


def test_without_runs_it_says_so(ann, home):
    html = ann.get(home).content.decode()
    assert "No run ended." in html
    assert "No action ran in these days." in html
    assert "chart-bars" not in html


def test_of_one_workflow_only_its_own_runs_count(ann, eve, make_run, worker):
    mine, other = worker.advance(make_run(CHECK)), worker.advance(make_run(BROKEN))
    take_in()
    page = f"/t/{ann.team.slug}/workflows/{mine.workflow.public_id}/charts"
    html = ann.get(page).content.decode()
    assert "1 run ended: 1 done." in html
    assert eve.get(page).status_code == 404
    assert other.workflow != mine.workflow


def test_the_span_is_in_the_address_and_nonsense_is_the_last_month(ann, home, make_run, worker):
    run = worker.advance(make_run(CHECK))
    Run.objects.filter(pk=run.pk).update(finished_at=datetime(2026, 3, 5, tzinfo=UTC))
    take_in()
    inside = ann.get(f"{home}?from=2026-03-01&to=2026-03-31").content.decode()
    assert "1 run ended" in inside
    assert 'value="2026-03-01"' in inside
    for outside in ("from=2026-04-01&to=2026-04-30", "from=soon&to=2026-03-31", "days=x", "days=7"):
        assert "1 run ended" not in ann.get(f"{home}?{outside}").content.decode()
    ages = ann.get(f"{home}?from=2001-01-01&to=2026-03-31").content.decode()
    assert 'value="2025-03-31"' in ages  # a year at most
    assert "1 run ended" in ages


def test_it_costs_the_same_number_of_queries_for_a_year_of_runs(ann, home, team):
    ann.get(home)
    few = count_queries(ann, f"{home}?days=365")
    today = datetime.now(UTC).date()
    DayCounts.objects.bulk_create(
        DayCounts(team=team, day=today - timedelta(days=n), counts={"run completed": 3})
        for n in range(365)
    )
    assert count_queries(ann, f"{home}?days=365") == few <= 8
    assert "1,095 runs ended" in ann.get(f"{home}?days=365").content.decode()


# --- Limits ------------------------------------------------------------------------------------


@pytest.fixture
def sandbox_answers(monkeypatch):
    """The limits are asked from the sandbox in this process."""
    cache.clear()
    transport = InProcess()
    monkeypatch.setattr(limits, "wait_for", partial(wait_for, transport=transport))
    yield transport
    cache.clear()


def test_what_is_used_up_stands_beside_the_accounts_own_limits(
    ann, home, make_run, worker, account, sandbox_answers
):
    account.limits.create(
        category="stConnectionRequests", period="daily", max_value=4, is_enabled=True
    )
    run = worker.advance(make_run(INVITE_ALL))
    take_in()
    first = ann.get(home).content.decode()
    assert "Asking Linked API for the limits" in first
    assert sandbox_answers.requests == []

    html = ann.get(f"{home}/use").content.decode()
    assert f"Connection requests: {run.acted} of 4 a day" in html
    assert 'class="chart-limit"' in html
    asked = len(sandbox_answers.requests)
    ann.get(f"{home}/use")
    assert len(sandbox_answers.requests) == asked  # remembered


def test_a_form_that_starts_a_run_shows_what_is_left_of_the_accounts_limits(
    ann, make_run, worker, account, connection, sandbox_answers
):
    for category, most in (("stConnectionRequests", 4), ("stPersonProfileViews", 500)):
        account.limits.create(category=category, period="daily", max_value=most, is_enabled=True)
    run = worker.advance(make_run(INVITE_ALL))
    form = ann.get(f"/t/{ann.team.slug}/workflows/{run.workflow.public_id}/run").content.decode()
    address = re.search(r'hx-get="(/t/[^"]+/limits/[^"]+)"', form)[1].replace("&amp;", "&")
    assert sandbox_answers.requests == []  # the form waits for nobody

    html = ann.get(address).content.decode()
    assert f"Connection requests: {run.acted} of 4 a day" in html
    assert "more would pass this limit" in html
    assert "Searches" not in html  # no limit of that is on

    html = ann.get(f"/t/{ann.team.slug}/limits/{connection.public_id}").content.decode()
    assert "of 500 a day" in html
    assert "would pass" not in html
    assert ann.get(f"/t/{ann.team.slug}/limits/made-up").status_code == 404


def test_a_service_that_says_no_is_told_and_breaks_nothing(
    ann, home, make_run, worker, connection, sandbox_answers
):
    worker.advance(make_run(INVITE_ALL))
    take_in()
    connection.linked_api_token = "linked_no-such-token"
    connection.save()
    html = ann.get(f"{home}/use").content.decode()
    assert "The limits are not known" in html
    assert not re.search('class="chart-limit"', html)


def test_what_was_taken_in_before_there_were_counts_is_counted_the_same(ann, make_run, worker):
    for wire in (INVITE_ALL, BROKEN, CHECK):
        worker.advance(make_run(wire))
    services.cancel(make_run(CHECK), actor=ann.user)
    take_in()
    rows = DayCounts.objects.order_by("workflow", "day").values_list(
        "team", "workflow", "day", "counts"
    )
    before = list(rows)
    DayCounts.objects.all().delete()
    waiting = worker.advance(make_run(CHECK))  # not taken in yet: counted when it is

    recounting.recount(apps.get_model)

    assert list(rows) == before
    take_in()
    assert counts(ann.team, waiting.workflow)["run completed"] == 1
