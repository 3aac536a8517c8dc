"""Since when does this step fail? The matrix shows the last runs of a workflow side by side."""

import json
import re

import pytest
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.timezone import localtime

from editor.lib.ids import new_id
from editor.runs import queries, services, transitions
from editor.runs.models import Run
from editor.workflows import queries as stored
from editor.workflows import services as workflows
from tests.runs.conftest import workflow_of
from tests.runs.test_pages import count_queries

GOOD = "https://www.linkedin.com/in/example-ines-quintal"
BAD = "https://www.linkedin.com/in/trellis-error-personNotFound"
PAGE = {
    "actionType": "st.openPersonPage",
    "personUrl": GOOD,
    "then": [
        {"actionType": "st.retrievePersonSkills"},
        {"actionType": "st.retrievePersonExperience"},
    ],
}


@pytest.fixture
def workflow(ann):
    return workflow_of(ann.team, [PAGE, PAGE])


@pytest.fixture
def run_it(ann, account, connection, worker, workflow):
    """run_it(): the workflow as it is now, once, to its end."""

    def run():
        workflow.refresh_from_db()
        run = services.start_run(
            workflow, connection=connection, actor=ann.user, submit_key=new_id()
        )
        while not run.is_final:
            Run.objects.filter(pk=run.pk).update(next_look_at=timezone.now())
            run = worker.advance(run)
        return run

    return run


@pytest.fixture
def change(ann, workflow):
    """change(node, url): open somebody else there."""

    def change(node, url):
        workflow.refresh_from_db()
        workflows.set_params(
            workflow, node, {"personUrl": url}, actor=ann.user, base_revision=workflow.revision
        )

    return change


def address(workflow):
    return f"/t/{workflow.team.slug}/workflows/{workflow.public_id}/matrix"


def marks(html, node):
    """The marks of a node's row, oldest run first: "done", "failed first" ..., "" where a run did not know it."""
    row = re.search(rf'<tr data-node-id="{node}">(.*?)</tr>', html, re.DOTALL)[1]
    return [
        cell.replace("mx-", "")
        for cell in re.findall(r'<td class="mx[^>]*>(?:<a class="([^"]*)")?', row)
    ]


def test_one_sees_since_when_a_step_fails_and_what_was_changed_before(
    ann, workflow, run_it, change
):
    first, second = stored.tree_of(workflow).roots
    run_it()
    run_it()
    change(second.id, BAD)
    broke = run_it()
    run_it()
    html = ann.get(address(workflow)).content.decode()

    assert marks(html, first.id) == ["done"] * 4
    assert marks(html, second.id) == ["done", "done", "failed first", "failed"]
    below = stored.tree_of(workflow).children(second.id)[0]
    assert marks(html, below.id) == ["done", "done", "not_reached", "not_reached"]
    assert "One step fails" in html
    assert f"since <b>{formatted(localtime(broke.created_at), 'j M, H:i')}</b>" in html
    assert f'/runs/{broke.public_id}?node={second.id}" aria-label="Failed · ' in html
    assert "from version 1 to 2" in html
    assert f"/workflows/{workflow.public_id}/versions/1" in html


def test_a_mended_step_does_not_fail_any_more_but_its_beginning_stays_marked(
    ann, workflow, run_it, change
):
    first, _ = stored.tree_of(workflow).roots
    run_it()
    change(first.id, BAD)
    run_it()
    change(first.id, GOOD)
    run_it()
    html = ann.get(address(workflow)).content.decode()
    assert marks(html, first.id) == ["done", "failed first", "done"]
    assert "step fails" not in html
    only = ann.get(f"{address(workflow)}?only=failing").content.decode()
    assert re.findall(r'<tr data-node-id="(\w+)"', only) == [first.id]


def test_a_step_that_always_failed_is_not_said_to_have_begun(ann, workflow, run_it, change):
    first, _ = stored.tree_of(workflow).roots
    change(first.id, BAD)
    run_it()
    run_it()
    html = ann.get(address(workflow)).content.decode()
    assert marks(html, first.id) == ["failed first", "failed"]
    assert "in all of these runs" in html


def test_nodes_stay_the_same_when_they_move_and_what_is_gone_is_still_shown(ann, workflow, run_it):
    first, second = stored.tree_of(workflow).roots
    run_it()
    workflow.refresh_from_db()
    workflows.remove(workflow, [second.id], actor=ann.user, base_revision=workflow.revision)
    run_it()
    html = ann.get(address(workflow)).content.decode()
    assert marks(html, first.id) == ["done", "done"]
    assert marks(html, second.id) == ["done", ""]
    assert html.count(">gone<") == 3
    assert html.index(first.id) < html.index(second.id)


def test_a_run_without_results_is_a_column_without_marks(ann, workflow, run_it, connection):
    run_it()
    failed = services.start_run(
        workflow, connection=connection, actor=ann.user, submit_key=new_id()
    )
    transitions.fail(queries.for_worker(failed.pk), "invalidWorkflow", "No.", timezone.now())
    first, _ = stored.tree_of(workflow).roots
    html = ann.get(address(workflow)).content.decode()
    assert marks(html, first.id) == ["done", ""]
    assert f"/runs/{failed.public_id}" in html


def test_it_costs_the_same_number_of_queries_for_one_run_and_for_many(ann, workflow, run_it):
    run_it()
    ann.get(address(workflow))
    few = count_queries(ann, address(workflow))
    for _ in range(3):
        run_it()
    assert count_queries(ann, address(workflow)) == few <= 12


def test_earlier_runs_are_on_the_next_page(ann, workflow, run_it, monkeypatch):
    monkeypatch.setattr("editor.review.matrix.COLUMNS", 2)
    runs = [run_it() for _ in range(3)]
    html = ann.get(address(workflow)).content.decode()
    shown = re.findall(r'<th scope="col" class="mx"><a href="[^"]*/runs/(\w+)"', html)
    assert shown == [runs[1].public_id, runs[2].public_id]
    earlier = re.search(r'href="(\?cursor=[^"]+)"', html)[1]
    assert runs[0].public_id in ann.get(address(workflow) + earlier).content.decode()
    assert ann.get(f"{address(workflow)}?cursor=made-up").status_code == 404


def test_texts_from_outside_stay_texts(ann, run_it, workflow, connection):
    run_it()
    evil = json.dumps({"actionType": "st.<b>", "label": "<script>alert(1)</script>"})
    other = workflows.import_wire(ann.team, actor=None, name="<i>", source=evil)
    Run.objects.update(workflow=other)
    html = ann.get(address(other)).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_strangers_find_nothing(eve, workflow):
    assert eve.get(address(workflow)).status_code == 404
