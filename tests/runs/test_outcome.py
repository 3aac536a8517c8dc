"""What comes back is stored as it came, however strange, on either database."""

import json

import pytest
from django.utils import timezone

from editor import catalog
from editor.runs import queries, transitions
from editor.runs.models import Run
from editor.runs.results import outcome
from editor.runs.workers import storing
from tests.runs.conftest import CHECK
from tests.runs.test_pages import url

STRANGE = {
    "nul": "a\x00b",
    "half a pair": "\ud800",
    "huge": 10**40,
    "unicode": "Inês 🌱",
    "nested": [[[[[{}]]]]],
    "null": None,
}


def finish(run, completion):
    run = queries.for_worker(run.pk)
    assert transitions.claim_start(run, "w", timezone.now())
    tree = outcome.tree_of(run.plan)
    storing.store(
        [(run, outcome.prepare(run.pk, tree, completion, catalog.default()))], timezone.now()
    )
    return Run.objects.get(pk=run.pk)


def test_strange_data_comes_back_exactly(make_run, ann):
    completion = {
        "actionType": CHECK["actionType"], "success": True, "label": "mine", "data": STRANGE,
    }  # fmt: skip
    run = finish(make_run(CHECK | {"label": "mine"}), completion)
    result = run.results.get()
    assert result.data == STRANGE
    assert outcome.unpack(run.outcome.completion) == completion
    for tab in ("results", "json"):
        assert ann.get(url("run", run) + f"?tab={tab}").status_code == 200
    assert json.loads(ann.get(url("export", run)).content.decode())


def test_strange_errors_are_made_fit_for_the_database(make_run, ann):
    error = {"type": "x\x00" * 100, "message": "\ud800" * 10_000}
    run = finish(
        make_run(CHECK), {"actionType": CHECK["actionType"], "success": False, "error": error}
    )
    result = run.results.get()
    assert len(result.error_type) <= 80
    assert "\x00" not in result.error_type
    assert ann.get(url("run", run) + "?tab=errors").status_code == 200


@pytest.mark.parametrize(
    "completion", [None, {}, [], 42, "text", [None], {"success": True}, {"actionType": 1}], ids=repr
)
def test_an_answer_without_sense_ends_the_run_and_is_kept(make_run, ann, completion):
    run = finish(make_run(CHECK), completion)
    assert (run.state, run.done, run.not_reached) == ("completed", 0, 1)
    assert outcome.unpack(run.outcome.completion) == completion
    html = ann.get(url("run", run)).content.decode()
    assert 'data-node-state="not_reached"' in html


def test_results_that_belong_to_no_action_are_shown(make_run, ann):
    known = {"actionType": CHECK["actionType"], "success": True, "data": {}}
    stranger = {"actionType": "st.somethingNew", "success": True, "data": {"then": [known]}}
    run = finish(make_run(CHECK), [stranger, known])
    assert (run.done, len(run.outcome.unexpected)) == (1, 1)
    html = ann.get(url("run", run)).content.decode()
    assert "st.somethingNew" in html
    assert "belongs to no action" in html
    assert html.count(f'href="{url("export", run)}"') == 2, "in the menu, and where it is said"


def test_of_very_many_that_belong_to_no_action_all_are_counted_and_the_first_are_named(
    make_run, ann
):
    stranger = {"actionType": "st.somethingNew", "success": True}
    html = ann.get(url("run", finish(make_run(CHECK), [stranger] * 60))).text
    assert "60 results that belong to no action" in html
    assert html.count("<code>st.somethingNew</code>") == 50
    assert "<li>and more</li>" in html


def test_summaries_survive_storage():
    summary = outcome.Summary("partly", 3, 1, 2, found=7, items=(4, 1, 2), errors={"x": 1})
    assert (
        outcome.summary_from_json(json.loads(json.dumps(outcome.summary_to_json(summary))))
        == summary
    )
    empty = outcome.Summary("done", items=(0, 0, 0))
    assert outcome.summary_from_json(outcome.summary_to_json(empty)) == empty
