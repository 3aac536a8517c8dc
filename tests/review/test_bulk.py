"""Many runs at once: a page names and counts them, and only what it named is done."""

import html
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from editor.review import bulk, indexing
from editor.runs.models import Act, ActionResult, Run, State
from tests.runs.conftest import CHECK

ADA = "https://www.linkedin.com/in/example-ada"
WRITE = {"actionType": "st.sendMessage", "personUrl": ADA, "text": "Hello"}


def ask(person, verb, *runs, **more):
    form = {"verb": verb, "run": [run.public_id for run in runs], **more}
    return person.post(reverse("review:bulk", args=[person.team.slug]), form)


def fields(answer):
    """What the form on the page would send."""
    page = html.unescape(answer.content.decode())
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def ticks(answer):
    page = html.unescape(answer.content.decode())
    return dict(re.findall(r'<input type="checkbox" id="\w+" name="(\w+)" value="([^"]*)"', page))


def do(person, verb, form):
    return person.post(reverse("review:bulk_do", args=[person.team.slug, verb]), form)


@pytest.fixture
def ended(make_run, worker):
    return [worker.advance(make_run(CHECK)) for _ in range(3)]


def test_what_has_not_ended_is_cancelled_and_the_rest_left_alone(rae, make_run, ended):
    waiting = [make_run(CHECK) for _ in range(2)]

    page = ask(rae, "cancel", *waiting, ended[0])
    assert "Cancel 2 runs?" in page.content.decode()
    assert "1 of the selected run is left alone" in page.content.decode()
    assert Run.objects.filter(state=State.CANCELLED).count() == 0
    assert do(rae, "cancel", fields(page)).status_code == 302

    assert set(Run.objects.filter(state=State.CANCELLED)) == set(waiting)
    assert AuditEvent.objects.filter(verb="run.cancelled").count() == 2


def test_all_that_match_means_all_that_were_there_when_the_list_was_shown(rae, make_run):
    first = [make_run(CHECK) for _ in range(3)]
    page = html.unescape(
        rae.get(reverse("review:runs", args=[rae.team.slug]) + "?state=active").content.decode()
    )
    top = re.search(r'name="top" value="([\w-]+)"', page)[1]
    later = make_run(CHECK)

    asked = ask(rae, "cancel", all="yes", query="state=active", top=top)
    do(rae, "cancel", fields(asked))

    assert set(Run.objects.filter(state=State.CANCELLED)) == set(first)
    later.refresh_from_db()
    assert later.state == State.QUEUED


def test_more_than_go_at_once_are_taken_from_the_newest_on(rae, make_run, monkeypatch):
    runs = [make_run(CHECK) for _ in range(3)]
    two = bulk.Verb(**{f: getattr(bulk.VERBS["cancel"], f) for f in bulk.Verb.__slots__} | {"at_most": 2})  # fmt: skip
    monkeypatch.setitem(bulk.VERBS, "cancel", two)

    asked = ask(rae, "cancel", all="yes", query="", top="")

    assert "More match than go at once" in asked.content.decode()
    assert fields(asked)["runs"] == f"{runs[2].public_id},{runs[1].public_id}"


def test_deleting_is_for_builders_spares_stars_and_keeps_the_ledger(
    bob, rae, make_run, worker, ended
):
    wrote = worker.advance(make_run(WRITE))
    Run.objects.filter(pk=ended[0].pk).update(starred_at=timezone.now())
    indexing.take_in(timezone.now())
    assert ask(rae, "delete", *ended).status_code == 403
    assert do(rae, "delete", {"runs": ended[1].public_id}).status_code == 403

    asked = ask(bob, "delete", *ended, wrote)
    assert "Delete 3 runs?" in asked.content.decode()
    do(bob, "delete", fields(asked))

    assert list(Run.objects.all()) == [ended[0]]
    assert not ActionResult.objects.exclude(run=ended[0]).exists()
    assert Act.objects.get().run is None
    assert AuditEvent.objects.get(verb="runs.deleted").details["runs"] == 3


def test_too_many_results_are_not_deleted_in_one_go(bob, ended, monkeypatch):
    monkeypatch.setattr(bulk, "RESULTS_AT_MOST", 1)

    answer = do(bob, "delete", {"runs": ",".join(run.public_id for run in ended)})

    assert answer.status_code == 422
    assert "Delete fewer at once" in answer.content.decode()
    assert Run.objects.count() == 3


def test_running_again_asks_for_its_acts_and_for_those_who_got_it_already(rae, make_run, worker):
    runs = [worker.advance(make_run(WRITE)) for _ in range(2)]

    asked = ask(rae, "again", *runs)
    page = asked.content.decode()
    assert "2×" in page
    assert "already got" in page
    assert "from more than one of these runs" in page
    refused = do(rae, "again", fields(asked))
    assert refused.status_code == 422
    assert do(rae, "again", fields(asked) | {"confirmed": ticks(asked)["confirmed"]}).status_code == 422  # fmt: skip
    assert Run.objects.count() == 2

    form = fields(asked) | ticks(asked)
    do(rae, "again", form)
    do(rae, "again", form)  # a double click

    made = Run.objects.exclude(pk__in=[run.pk for run in runs])
    assert [(run.origin, run.state) for run in made] == [("again", "queued")] * 2
    assert made[0].started_by == rae.user


def test_a_tick_is_for_these_runs_and_no_others(rae, make_run, worker):
    one, two = (worker.advance(make_run(WRITE)) for _ in range(2))
    asked = ask(rae, "again", one)

    answer = do(rae, "again", fields(asked) | ticks(asked) | {"runs": two.public_id})

    assert answer.status_code == 422
    assert Run.objects.count() == 2


def test_runs_of_others_are_not_reached(ann, eve, ended):
    asked = ask(eve, "delete", *ended)
    assert "Delete 0 runs?" in asked.content.decode()
    do(eve, "delete", {"runs": ended[0].public_id})
    assert Run.objects.count() == 3
    answer = ask(eve, "export", *ended)
    assert b"".join(answer.streaming_content).decode().count("\n") == 1
    assert ask(ann, "nonsense", *ended).status_code == 404


def test_the_selected_go_out_as_a_table(vic, ended):
    answer = ask(vic, "export", ended[0], ended[2])
    text = b"".join(answer.streaming_content).decode()
    assert ended[0].public_id in text
    assert ended[1].public_id not in text
