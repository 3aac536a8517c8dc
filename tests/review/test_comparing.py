"""Two runs of a workflow side by side: what it says, how its actions fared, what came back."""

import re

import pytest
from django.urls import reverse

from editor.lib.ids import new_id
from editor.review.fared import verdict
from editor.runs import services
from editor.runs.models import Run
from editor.runs.results.outcome import Summary
from editor.trees.codec import from_wire
from editor.workflows import services as workflows
from tests.runs.conftest import INVITE_ALL, workflow_of
from tests.runs.test_pages import count_queries

BROKEN = INVITE_ALL | {"term": "trellis-error-alreadyPending-every-2"}


def compare_url(run, *others, name="compare"):
    return reverse(
        f"review:{name}", args=[run.team.slug, run.public_id, *(o.public_id for o in others)]
    )


@pytest.fixture
def run_of(ann, connection, account, worker):
    """Run a workflow as it stands now, to its end."""

    def run(workflow):
        started = services.start_run(
            workflow, connection=connection, actor=ann.user, submit_key=new_id()
        )
        return worker.advance(started)

    return run


@pytest.fixture
def two(ann, run_of):
    """A run that went well, and after the workflow was changed one in which half of the invitations fail."""
    workflow = workflow_of(ann.team, INVITE_ALL)
    first = run_of(workflow)
    workflow.refresh_from_db()
    tree = from_wire(BROKEN | {"limit": 4}, new_id)
    workflows.replace_all(workflow, tree, actor=ann.user, base_revision=workflow.revision)
    return first, run_of(workflow)


def verdicts(html):
    """{action: what is another now}, of those where something is."""
    rows = re.findall(r'class="fared__row".*?</div></div>', html, re.DOTALL)
    found = {}
    for row in rows:
        name = re.search(r'class="tile.*?</span><span>([^<]+?)\s*<', row, re.DOTALL)
        told = re.search(r'class="badge[^"]*">([^<]+)<', row)
        if told:
            found[name[1]] = told[1]
    return found


def test_how_the_actions_fared_although_the_workflow_was_replaced(ann, two):
    first, second = two
    html = ann.get(compare_url(second, first)).content.decode()
    told = verdicts(html)
    assert told["Send connection request"] == "fails now"
    assert told["Search people"] == "1 more"
    assert "Open person page" in told
    back = ann.get(compare_url(first, second)).content.decode()
    assert verdicts(back) == told, "the older one comes first, whichever is named first"


def test_the_runs_to_choose_from_say_how_they_ended(ann, two, run_of):
    first, second = two
    run_of(second.workflow)
    html = ann.get(compare_url(second, first)).content.decode()
    chosen = re.findall(r"<option[^>]*>[^<]+ · ([^·<]+)</option>", html)
    assert chosen == ["Done with errors", "Done"], "more than that they are over"


def test_what_the_workflow_says_now(ann, two):
    html = ann.get(compare_url(*two)).content.decode()
    assert "trellis-error-alreadyPending-every-2" in html
    assert "1 changed" in html
    assert 'type="checkbox" name="node"' not in html, "there is nothing to take back here"


def test_what_came_back(ann, two):
    html = ann.get(compare_url(*two, name="compare-rows")).content.decode()
    assert re.search(r"\d+ new", html)
    assert "rowdiff" in html


def test_compare_leads_to_the_run_before(ann, two, run_of):
    first, second = two
    third = run_of(Run.objects.get(pk=first.pk).workflow)
    for run, before in ((third, second), (second, first)):
        answer = ann.get(compare_url(run, name="pick-compare"))
        assert (answer.status_code, answer["Location"]) == (302, compare_url(run, before))
    chosen = ann.get(compare_url(third, name="pick-compare"), {"with": first.public_id})
    assert chosen["Location"] == compare_url(third, first)
    page = ann.get(compare_url(first, name="pick-compare")).content.decode()
    assert "No run before this one" in page
    assert f'value="{third.public_id}"' in page


def test_a_first_run_has_nothing_to_be_compared_with(ann, run_of):
    only = run_of(workflow_of(ann.team, INVITE_ALL))
    html = ann.get(compare_url(only, name="pick-compare")).content.decode()
    assert "Nothing to compare with" in html


def test_runs_of_a_deleted_workflow_are_still_compared(ann, two):
    two[0].workflow.delete()
    assert verdicts(ann.get(compare_url(*two)).content.decode())
    assert ann.get(compare_url(*two, name="compare-rows")).status_code == 200
    assert "was deleted" in ann.get(compare_url(two[1], name="pick-compare")).content.decode()


def test_two_runs_of_one_version_say_so(ann, run_of):
    workflow = workflow_of(ann.team, INVITE_ALL)
    runs = [run_of(workflow), run_of(workflow)]
    html = ann.get(compare_url(*runs)).content.decode()
    assert "Both ran the same definition, version 1." in html


@pytest.mark.parametrize("state", ["queued", "waiting", "uncertain", "failed", "cancelled"])
def test_a_run_in_any_state_can_be_compared(ann, run_of, state):
    workflow = workflow_of(ann.team, INVITE_ALL)
    first, second = run_of(workflow), run_of(workflow)
    second.outcome.delete()
    Run.objects.filter(pk=second.pk).update(state=state, remote_id="wf-1")
    html = ann.get(compare_url(first, second)).content.decode()
    assert "Only runs that are done have rows" in html
    assert "have rows" in ann.get(compare_url(first, second, name="compare-rows")).content.decode()


def test_for_a_stranger_there_is_nothing_to_compare(eve, two, make_run):
    for name in ("compare", "compare-rows"):
        assert eve.get(compare_url(*two, name=name)).status_code == 404
    assert eve.get(compare_url(two[0], name="pick-compare")).status_code == 404


def test_another_teams_run_is_nothing_to_compare_with(ann, bob, eve, two):
    assert (
        ann.get(compare_url(two[0], name="pick-compare"), {"with": "nonesuch"}).status_code == 404
    )


def test_a_page_costs_the_same_for_2_runs_and_for_12(ann, two, run_of):
    ann.get(compare_url(*two))
    few = count_queries(ann, compare_url(*two))
    for _ in range(10):
        run_of(Run.objects.get(pk=two[0].pk).workflow)
    assert count_queries(ann, compare_url(*two)) == few


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (Summary("done", 3), Summary("done", 3), ("", "")),
        (Summary("done", 3), Summary("done", 5), ("2 more", "")),
        (Summary("done", 1, found=25), Summary("done", 1, found=20), ("5 fewer", "")),
        (Summary("done", 3), Summary("partly", 2, 1), ("fails now", "bad")),
        (Summary("failed", 0, 3), Summary("done", 3), ("works again", "good")),
        (Summary("failed", 0, 3), Summary("not_reached"), ("not reached now", "bad")),
        (Summary("partly", 1, 3), Summary("partly", 2, 1), ("2 fewer failed", "good")),
        (Summary("partly", 1, 1), Summary("partly", 1, 4), ("3 more failed", "bad")),
        (Summary("done", 1), Summary("not_reached"), ("not reached now", "bad")),
        (Summary("not_reached"), Summary("done", 1), ("reached now", "good")),
        (Summary("done", 1), Summary("waiting"), ("waiting", "")),
        (Summary("partly", items=(9, 0, 2)), Summary("done", items=(9, 0, 0)), ("works again", "good")),
        (None, Summary("done", 1), ("new", "")),
        (Summary("done", 1), None, ("gone", "")),
    ],
)  # fmt: skip
def test_how_an_action_fared(before, after, told):
    assert verdict(before, after) == told
