"""Every recipe of tests/recipes runs on the sandbox: each action has a result of the right shape."""

from pathlib import Path

import pytest

from editor import catalog
from editor.runs import queries, services
from editor.runs.results import outcome
from editor.runs.results.outcome import summary_from_json
from editor.workflows import services as workflows

RECIPES = sorted((Path(__file__).parent.parent / "recipes").glob("*.json"))
SHAPES = {"object": dict, "array": list}


def test_the_recipes_are_there():
    assert len(RECIPES) >= 20


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_runs_and_every_action_has_its_result(recipe, ann, account, connection, worker):
    workflow = workflows.import_wire(
        ann.team, actor=ann.user, name=recipe.stem, source=recipe.read_bytes()
    )
    run = worker.advance(
        services.start_run(workflow, connection=connection, actor=ann.user, submit_key="1")
    )
    assert run.state == "completed"
    run = queries.run(ann.team, run.public_id)
    assert run.outcome.unexpected == []
    for node in outcome.tree_of(run.plan).nodes.values():
        action = catalog.default().actions[node.type]
        summary = summary_from_json(run.outcome.nodes[node.id])
        if action.is_loop:
            assert summary.items
            assert summary.items[0] > 0
            continue
        assert (summary.state, summary.not_reached) == ("done", 0), node.type
        results = list(run.results.filter(node_id=node.id))
        assert len(results) == summary.done > 0
        fields = {field.name for field in action.result.fields}
        for result in results:
            assert isinstance(result.data, SHAPES.get(action.result.shape, type(None) | dict))
            items = result.data if isinstance(result.data, list) else [result.data or {}]
            assert {key for item in items for key in item} <= fields
