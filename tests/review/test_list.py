"""The list of runs: filters that stand in the address, search, pages of a snapshot, and news."""

import csv
import html
import io
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection as database
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Membership, Role
from editor.review import indexing, queries
from editor.review.models import SavedFilter
from editor.review.selection import Selection
from editor.runs.models import Ended, Run
from editor.runs.queries import removable
from tests.runs.conftest import CHECK, INVITE_ALL, workflow_of

BROKEN = {
    "actionType": "st.openPersonPage",
    "personUrl": "https://www.linkedin.com/in/trellis-error-personNotFound",
    "label": "who",
}


def shown(person, query=""):
    """The public ids in the list, in order."""
    answer = person.get(reverse("review:runs", args=[person.team.slug]) + query)
    assert answer.status_code == 200
    return re.findall(r'<tr id="run-([\w-]+)"', answer.content.decode())


@pytest.fixture
def three(make_run, worker):
    """A run that invited people, one that found nobody, one that waits."""
    invited = worker.advance(make_run(INVITE_ALL))
    broken = worker.advance(make_run(BROKEN))
    waiting = make_run(CHECK)
    indexing.take_in(timezone.now())
    return invited, broken, waiting


def test_each_filter_narrows_the_list(ann, three, connection):
    invited, broken, waiting = (run.public_id for run in three)
    seat = Membership.objects.get(user=ann.user)

    assert shown(ann) == [waiting, broken, invited]
    assert shown(ann, "?state=active") == [waiting]
    assert shown(ann, "?state=completed") == [broken, invited]
    assert shown(ann, "?action=st.sendConnectionRequest") == [invited]
    assert shown(ann, "?action=st.openPersonPage") == [broken, invited]
    assert shown(ann, "?error=any") == shown(ann, "?error=personNotFound") == [broken]
    assert shown(ann, "?action=st.openPersonPage&error=any") == [broken]
    assert shown(ann, "?action=st.sendConnectionRequest&error=any") == []
    assert shown(ann, "?label=before") == [invited]
    assert shown(ann, "?came=acted") == [invited]
    assert shown(ann, "?came=failed&took=1m") == [broken]
    assert shown(ann, f"?by={seat.public_id}") == [waiting, broken, invited]
    assert shown(ann, f"?connection={connection.public_id}&state=queued") == [waiting]
    assert shown(ann, "?via=schedule") == []
    assert shown(ann, "?when=today") == [waiting, broken, invited]
    assert shown(ann, "?when=last-week") == []
    workflow = three[0].workflow
    assert shown(ann, f"?workflow={workflow.public_id}&version=1") == [invited]
    assert shown(ann, f"?workflow={workflow.public_id}&version=2") == []


def test_filters_that_few_runs_meet_together_are_looked_for_in_another_way(ann, three, monkeypatch):
    """Which way is quicker is the database's business; both find the same."""
    invited, broken, _ = (run.public_id for run in three)
    monkeypatch.setattr(queries, "WALKED", 0)
    both = {"action": "st.openPersonPage", "came": "acted"}
    for values, expected in (
        (both, [invited]),
        (both | {"came": "failed", "took": "1m"}, [broken]),
        (both | {"error": "any"}, []),
        ({"state": "completed", "action": "st.openPersonPage"}, [broken, invited]),
    ):
        selection = Selection.read(ann.team, QueryDict(urlencode(values)))
        lead = queries.Lead(selection.traits[0], selection.traits[1:])
        rare = queries.found(selection, lead, rare=True).order_by("-created_at", "-pk")
        assert [run.public_id for run in rare] == expected
        assert shown(ann, f"?{selection.query}") == expected
    quick = Selection.read(ann.team, QueryDict("action=st.openPersonPage&took=1m"))
    first = queries.list_page(quick, size=1)
    second = queries.list_page(quick, cursor=first.next, size=1)
    assert [run.public_id for run in (*first.rows, *second.rows)] == [broken, invited]


def test_several_values_of_a_filter_mean_any_of_them(ann, three, make_run, worker):
    invited, broken, waiting = (run.public_id for run in three)
    two = [run.workflow.public_id for run in three[:2]]

    assert shown(ann, "?state=completed&state=queued") == [waiting, broken, invited]
    assert shown(ann, "?state=active&state=queued&state=failed") == [waiting]
    assert shown(ann, f"?workflow={two[0]}&workflow={two[1]}") == [broken, invited]
    assert shown(ann, f"?workflow={two[0]}&workflow={two[1]}&state=queued&state=active") == []
    assert shown(ann, "?label=before&label=who") == [broken, invited]
    assert shown(ann, "?label=before&label=who&label=nonesuch&came=failed") == [broken]
    assert shown(ann, "?label=before&label=who&came=failed&came=acted") == [broken, invited]
    both = "?action=st.sendConnectionRequest&action=st.openPersonPage"
    assert shown(ann, both) == [broken, invited]
    assert shown(ann, f"{both}&error=any") == [broken]
    assert shown(ann, f"{both}&error=alreadyPending&error=personNotFound") == [broken]
    assert shown(ann, f"{both}&error=alreadyPending&error=nonesuch") == []


def test_runs_that_did_not_get_done_are_found_by_what_they_have_in_common(
    ann, three, make_run, worker
):
    invited, broken, _ = (run.public_id for run in three)
    failed = worker.advance(make_run(BROKEN | {"label": "trellis-fail-workflowTimeout"}))
    assert failed.state == "failed"
    Run.objects.filter(pk=three[1].pk).update(state="cancelled")  # with what it had come to by then
    Ended.objects.create(run=three[1])
    indexing.take_in(timezone.now())

    assert shown(ann, "?state=failed&error=any") == [failed.public_id]
    assert shown(ann, "?state=failed&error=workflowTimeout&took=1m") == [failed.public_id]
    assert shown(ann, "?state=failed&came=failed") == []
    assert shown(ann, "?state=cancelled&label=who&came=failed") == [broken]
    assert shown(ann, "?state=cancelled&state=failed&took=1m") == [failed.public_id, broken]
    assert shown(ann, "?state=cancelled&state=failed&state=active&label=who") == [broken]
    assert shown(ann, "?not-state=completed&not-label=who&took=1m") == [failed.public_id]
    assert shown(ann, "?not-state=cancelled&took=1m") == [failed.public_id, invited]
    answer = ann.get(reverse("review:runs", args=[ann.team.slug]) + "?state=failed&came=acted")
    assert "asks for what no run that failed has" in answer.content.decode()


def test_but_means_none_of_the_values(ann, three):
    invited, broken, waiting = (run.public_id for run in three)
    flow = three[1].workflow.public_id

    assert shown(ann, "?not-state=completed") == [waiting]
    assert shown(ann, "?not-state=active&not-state=failed") == [broken, invited]
    assert shown(ann, f"?not-workflow={flow}") == [waiting, invited]
    assert shown(ann, "?not-label=before&not-label=nonesuch") == [waiting, broken]
    assert shown(ann, "?label=who&label=before&not-label=before") == [broken]
    assert shown(ann, "?not-workflow=nonesuch") == [waiting, broken, invited]
    Run.objects.filter(pk=three[0].pk).update(workflow=None)  # it was deleted
    assert shown(ann, f"?not-workflow={flow}") == [waiting, invited]


def test_a_form_says_but_with_a_button_and_the_address_says_it_as_the_list_does(ann, three):
    index = reverse("review:runs", args=[ann.team.slug])
    answer = ann.get(index + "?came=failed&state=queued&state=failed&not=state")
    assert answer.url == f"{index}?came=failed&not-state=failed&not-state=queued"


def test_more_values_than_a_list_can_have_are_said_to_be_left_out(ann, three):
    index = reverse("review:runs", args=[ann.team.slug])
    few, many = (urlencode([("label", n) for n in range(count)]) for count in (20, 21))
    assert "the first 20 values count" not in ann.get(f"{index}?{few}").content.decode()
    assert "the first 20 values count" in ann.get(f"{index}?{many}").content.decode()


def test_lists_of_several_values_are_merged_page_by_page(ann, make_run, worker, monkeypatch):
    """Of the same runs in the same order, whichever list they come from."""
    flows = [BROKEN, CHECK, INVITE_ALL]
    runs = [worker.advance(make_run(flows[number % 3])) for number in range(9)]
    indexing.take_in(timezone.now())
    Run.objects.filter(pk__in=[run.pk for run in runs[::2]]).update(state="failed")
    for walked in (5_000, 0):
        monkeypatch.setattr(queries, "WALKED", walked)
        for query in (
            "state=failed&state=completed",
            "state=failed&state=completed&came=failed&came=acted&label=before&label=who&label=x",
        ):
            chosen = Selection.read(ann.team, QueryDict(query))
            every = "label" not in query
            expected = [run.pk for run in reversed(runs) if every or run.acted or run.failed]
            page = queries.list_page(chosen, size=2)
            found = [*page.rows]
            while page.next:
                page = queries.list_page(chosen, cursor=page.next, size=2)
                found += page.rows
            assert [run.pk for run in found] == expected
            assert [run.pk for run in queries.walk(chosen, "", size=4)] == expected
            assert [run.pk for run in queries.all_that_match(chosen, "", 4)] == expected[:4]
            assert queries.count_of_news(chosen, queries.place_of(runs[6], "created_at")) == len(
                [pk for pk in expected if pk > runs[6].pk]
            )


def test_what_is_not_there_shows_as_such_and_finds_nothing(ann, eve, three):
    theirs = eve.team.connections.get().public_id
    nonsense = ("?when=never", "?since=31-12-1999", "?error=nonesuch", "?label=%00")
    for query in (f"?connection={theirs}", *nonsense):  # fmt: skip
        assert shown(ann, query) == ([] if "%00" not in query else shown(ann))
    page = ann.get(reverse("review:runs", args=[ann.team.slug]) + f"?connection={theirs}")
    assert "not there" in page.content.decode()


def test_an_empty_list_says_which_filter_nothing_can_meet_and_takes_it_away(ann, three):
    index = reverse("review:runs", args=[ann.team.slug])

    def page(query):
        return html.unescape(ann.get(f"{index}?{query}").content.decode())

    flow = three[0].workflow
    of_flow = f"state=completed&workflow={flow.public_id}&version=1"
    assert "Remove “" not in page(of_flow)
    flow.delete()
    empty = page(of_flow)
    assert "The filter <b>Workflow</b> asks for what is not there" in empty
    assert empty.count("Remove “") == 1
    assert f'href="{index}?state=completed">' in empty
    assert "The filter <b>Label</b> asks for what no run has" in page(
        "label=nonesuch&state=completed"
    )
    assert page("label=who&label=nonesuch").count("not there") == 0
    # Where it is nobody's fault alone, each can be left out.
    nobodys = page("label=who&came=acted&q=freight")
    assert "Remove “" not in nobodys
    for query in ("came=acted&q=freight", "label=who&q=freight", "label=who&came=acted"):
        assert f'href="{index}?{query}">' in nobodys


def test_the_list_of_a_workflow_that_never_ran_says_so(ann, three):
    fresh = workflow_of(ann.team, CHECK)
    page = ann.get(f"/t/{ann.team.slug}/runs?workflow={fresh.public_id}").text
    assert f"{fresh.name} has no runs" in page
    assert "No such run" not in page
    both = ann.get(f"/t/{ann.team.slug}/runs?workflow={fresh.public_id}&state=failed").text
    assert "No such run" in both, "with more filters it may have run"


def test_a_run_is_found_by_what_stands_in_its_inputs_and_results(ann, three):
    invited = three[0]
    name = invited.results.filter(action_type="st.openPersonPage").first().data["name"]

    assert shown(ann, f"?q={name}") == [invited.public_id]
    assert shown(ann, f"?q={name[:5]}*&came=acted") == [invited.public_id]
    assert shown(ann, f"?q={name}&came=failed") == []


def test_a_viewer_does_not_find_what_the_team_hides(ann, vic, three):
    row = three[0].results.filter(action_type="st.openPersonPage").first()
    row.data |= {"headline": "Write to qwertzuiop@example.com"}
    row.save()
    Ended.objects.create(run=three[0])  # as if it had ended with that
    indexing.take_in(timezone.now())
    ann.team.emails_for = Role.BUILDER
    ann.team.save()

    assert shown(ann, "?q=qwertzuiop") == [three[0].public_id]
    assert shown(vic, "?q=qwertzuiop") == []


def test_days_are_those_of_the_reader(ann, make_run):
    run = make_run(CHECK)
    ann.user.time_zone = "Pacific/Auckland"
    ann.user.save()
    late = timezone.now().replace(year=2026, month=3, day=10, hour=20, minute=0)
    Run.objects.filter(pk=run.pk).update(created_at=late)  # the 11th in Auckland

    assert shown(ann, "?since=2026-03-11&until=2026-03-11") == [run.public_id]
    assert shown(ann, "?until=2026-03-10") == []


def test_chips_take_their_filter_away_and_a_version_goes_with_its_workflow(ann, three):
    workflow = three[0].workflow.public_id
    query = f"?state=completed&workflow={workflow}&version=1"
    page = html.unescape(ann.get(reverse("review:runs", args=[ann.team.slug]) + query).content.decode())  # fmt: skip

    chips = re.findall(r'<a href="[^"?]*(\??[^"]*)" aria-label="Remove the filter', page)
    assert chips == [
        f"?workflow={workflow}&version=1",
        "?state=completed",
        f"?state=completed&workflow={workflow}",
    ]


def test_each_value_of_a_chip_goes_alone(ann, three):
    query = "?label=before&label=who&not-state=failed&not-state=cancelled"
    page = html.unescape(ann.get(reverse("review:runs", args=[ann.team.slug]) + query).content.decode())  # fmt: skip

    chips = re.findall(r'<a href="[^"?]*(\??[^"]*)" aria-label="(Remove the filter[^"]*)"', page)
    assert chips == [
        ("?label=who&not-state=cancelled&not-state=failed", "Remove the filter Label: before"),
        ("?label=before&not-state=cancelled&not-state=failed", "Remove the filter Label: who"),
        ("?label=before&label=who&not-state=failed", "Remove the filter State is not: Cancelled"),
        ("?label=before&label=who&not-state=cancelled", "Remove the filter State is not: Failed"),
    ]


def test_pages_are_of_one_snapshot(ann, make_run, monkeypatch):
    monkeypatch.setattr("editor.review.queries.PAGE", 2)
    runs = [make_run(CHECK).public_id for _ in range(4)]
    index = reverse("review:runs", args=[ann.team.slug])
    page = html.unescape(ann.get(index).content.decode())
    following = re.search(r'href="(\?[^"]*)" rel="next"', page)[1]
    news = re.search(r'hx-get="([^"]*/news[^"]*)"', page)[1]

    new = make_run(CHECK)

    assert shown(ann, following) == [runs[1], runs[0]]
    top = re.search(r"top=([\w-]+)", following)[1]
    assert shown(ann, f"?top={top}") == [runs[3], runs[2]]
    assert shown(ann) == [new.public_id, runs[3]]
    assert "1 new" in ann.get(news).content.decode()


def test_news_come_once_and_rows_that_move_are_shown_anew(ann, make_run, worker):
    run = make_run(CHECK)
    page = html.unescape(ann.get(reverse("review:runs", args=[ann.team.slug])).content.decode())
    news = re.search(r'hx-get="([^"]*/news[^"]*)"', page)[1]
    tag = re.search(r'hx-ptag="(\w+)"', page)[1]

    assert f"moving={run.public_id}" in news
    assert ann.get(news, headers={"HX-PTag": tag}).status_code == 304
    worker.advance(run)
    answer = ann.get(news, headers={"HX-PTag": tag})
    assert f'<tr id="run-{run.public_id}" data-run-state="completed">' in answer.content.decode()
    assert "moving=" not in answer.content.decode()
    assert "new</a>" not in answer.content.decode()
    assert ann.get(news.replace("top=", "top=x")).status_code == 404


def test_the_list_and_its_news_cost_the_same_for_few_and_for_many(ann, make_run):
    def cost(address):
        ann.get(address)
        with CaptureQueriesContext(database) as asked:
            ann.get(address)
        return len(asked)

    make_run(CHECK)
    addresses = [
        reverse("review:runs", args=[ann.team.slug]),
        reverse("review:runs", args=[ann.team.slug]) + "?state=active&q=founders",
        reverse("review:filters", args=[ann.team.slug]),
    ]
    few = [cost(address) for address in addresses]
    for _ in range(5):
        make_run(CHECK)
    assert [cost(address) for address in addresses] == few


def test_everything_that_can_be_chosen_is_a_link(ann, three, rae):
    page = html.unescape(
        ann.get(reverse("review:filters", args=[ann.team.slug]) + "?q=ada").content.decode()
    )
    for key, value in {
        "state": "active",
        "action": "st.sendConnectionRequest",
        "error": "personNotFound",
        "label": "before",
        "took": "1d",
        "when": "last-week",
    }.items():
        assert f"?{key}={value}&q=ada" in page or f"?q=ada&{key}={value}" in page
    assert "Rae" in page


def test_the_whole_list_goes_out_as_a_table_that_no_spreadsheet_takes_for_formulas(ann, three):
    Run.objects.filter(pk=three[1].pk).update(note='=HYPERLINK("evil")', workflow_name="+1 more")
    answer = ann.get(reverse("review:export", args=[ann.team.slug]) + "?state=completed")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [row["Run"] for row in rows] == [three[1].public_id, three[0].public_id]
    assert rows[0]["Note"] == '\'=HYPERLINK("evil")'
    assert rows[0]["Workflow"] == "'+1 more"
    assert rows[1]["Others can see"] == str(three[0].acted)


# --- Lists that are kept -----------------------------------------------------------------------


def keep(person, name, query, **more):
    return person.post(
        reverse("review:saved", args=[person.team.slug]), {"name": name, "query": query, **more}
    )


def test_a_list_is_kept_for_oneself_or_for_the_team(ann, rae, vic, three):
    keep(rae, "Mine", "state=failed&cursor=x")
    keep(rae, "Ours", "came=failed", shared="yes")

    assert SavedFilter.objects.get(name="Mine").query == "state=failed"
    page = rae.get(reverse("review:runs", args=[rae.team.slug])).content.decode()
    assert "Mine" in page
    assert "Ours" in page
    page = vic.get(reverse("review:runs", args=[vic.team.slug])).content.decode()
    assert "Mine" not in page
    assert "Ours" in page
    assert keep(vic, "For all", "came=failed", shared="yes").status_code == 403
    assert AuditEvent.objects.filter(verb="list.shared").count() == 1


def test_only_who_keeps_it_or_an_administrator_removes_a_list(ann, bob, rae, three):
    keep(rae, "Mine", "state=failed")
    keep(rae, "Ours", "came=failed", shared="yes")
    own, ours = (SavedFilter.objects.get(name=name).public_id for name in ("Mine", "Ours"))

    def remove(person, key):
        address = reverse("review:saved_remove", args=[person.team.slug, key])
        return person.post(address).status_code

    assert remove(bob, own) == 404
    assert remove(bob, ours) == 403
    assert remove(ann, own) == 404
    assert remove(ann, ours) == 302
    assert remove(rae, own) == 302
    assert not SavedFilter.objects.exists()


def test_a_list_gets_another_name_and_is_given_to_the_team_or_taken_back(ann, bob, rae, vic, three):
    keep(rae, "Mine", "state=failed")
    keep(rae, "Other", "came=acted")
    keep(vic, "Seen", "state=failed")
    key, seen = (SavedFilter.objects.get(name=name).public_id for name in ("Mine", "Seen"))

    def change(person, key, **form):
        address = reverse("review:saved_change", args=[person.team.slug, key])
        return person.post(address, form).status_code

    def now():
        kept = SavedFilter.objects.get(public_id=key)
        return kept.name, kept.shared, kept.query

    assert change(ann, key, name="Hers") == 404
    assert change(rae, key, name="Broken ones", shared="yes") == 302
    assert now() == ("Broken ones", True, "state=failed")
    assert change(rae, key, name="Other") == change(rae, key, name=" ") == 302
    assert change(bob, key, name="Ours") == 403
    assert change(ann, key, name="Ours", shared="yes") == 302
    assert now() == ("Ours", True, "state=failed")
    page = rae.get(reverse("review:runs", args=[rae.team.slug]) + "?state=failed").content.decode()
    assert f"saved/{key}/remove" in page
    assert change(rae, key, name="Ours") == 302
    assert now() == ("Ours", False, "state=failed")
    assert change(vic, seen, name="Seen", shared="yes") == 403
    told = AuditEvent.objects.filter(verb__startswith="list").order_by("pk")
    assert [(each.verb, each.subject) for each in told] == [
        ("list.shared", "Broken ones"), ("list.renamed", "Broken ones"),
        ("list.renamed", "Ours"), ("list.removed", "Ours"),
    ]  # fmt: skip


def test_a_list_needs_a_name_and_a_filter_and_one_name_is_one_list(rae, three):
    keep(rae, " ", "state=failed")
    keep(rae, "All", "")
    assert not SavedFilter.objects.exists()
    keep(rae, "Bad", "state=failed")
    keep(rae, "Bad", "came=failed")
    assert SavedFilter.objects.get().query == "came=failed"


# --- Stars and notes ---------------------------------------------------------------------------


def test_stars_and_notes_are_for_runners_and_stand_in_the_list(ann, rae, vic, three):
    run = three[0]
    here = [ann.team.slug, run.public_id]
    star, note = reverse("runs:star", args=here), reverse("runs:note", args=here)
    assert vic.post(star).status_code == vic.post(note, {"note": "no"}).status_code == 403

    rae.post(star)
    rae.post(note, {"note": "  The one for\r\nthe board  "})

    run.refresh_from_db()
    assert run.starred_at is not None
    assert (run.note, run.note_by_name) == ("The one for\nthe board", "Rae")
    assert shown(vic, "?starred=yes") == [run.public_id]
    page = vic.get(reverse("runs:run", args=[ann.team.slug, run.public_id])).content.decode()
    assert "The one for" in page
    rae.post(star, {"off": "yes"})
    rae.post(note, {"note": ""})
    run.refresh_from_db()
    assert (run.starred_at, run.note, run.note_by_name, run.note_at) == (None, "", "", None)


def test_a_star_keeps_a_run_from_going_for_its_age(ann, rae, three):
    old = timezone.now() - timedelta(days=100)
    Run.objects.update(created_at=old, finished_at=old)
    rae.post(reverse("runs:star", args=[ann.team.slug, three[0].public_id]))

    assert list(removable(ann.team, timezone.now(), 30).values_list("pk", flat=True)) == [
        three[1].pk
    ]
