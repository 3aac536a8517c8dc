"""Every action of the catalogue: a result of its documented shape, and each of its documented errors."""

import json
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from editor import catalog
from editor.sandbox import results
from editor.sandbox.play import Setting, play
from editor.trees import codec
from tests.sandbox.samples import KNOWN, TYPES, nodes, nodes_of, workflow
from tests.sandbox.shapes import misfits

RECIPES = sorted((Path(__file__).parent.parent / "recipes").glob("*.json"))
ERRORS = [(name, error.type) for name in TYPES for error in KNOWN.actions[name].errors]


@pytest.mark.parametrize("action_type", TYPES)
def test_it_answers_in_its_documented_shape(caller, action_type):
    completion = caller.run(workflow(action_type, label="mine"))

    mine = nodes_of(completion, action_type)
    assert mine
    assert misfits(completion) == []
    for node in mine:
        assert node["success"] is True
        assert node["label"] == "mine"
        assert ("data" in node) == (KNOWN.actions[action_type].result.shape != "none")


@pytest.mark.parametrize("action_type", TYPES)
def test_its_lists_are_not_empty_and_its_fields_not_all_null(caller, action_type):
    data = nodes_of(caller.run(workflow(action_type)), action_type)[0].get("data")

    if KNOWN.actions[action_type].result.shape == "array":
        assert data
    for item in data if isinstance(data, list) else [data or {"none": ""}]:
        assert any(value is not None for value in item.values())


@pytest.mark.parametrize(("action_type", "error_type"), ERRORS)
def test_each_documented_error_can_be_provoked_by_a_label(caller, action_type, error_type):
    completion = caller.run(workflow(action_type, label=f"trellis-error-{error_type}"))

    for node in nodes_of(completion, action_type):
        assert node["success"] is False
        assert node["error"]["type"] == error_type
    assert misfits(completion) == []


def test_every_action_with_a_result_has_a_maker_and_every_maker_an_action():
    silent = {name for name, a in KNOWN.actions.items() if a.result.shape in ("none", "loop")}

    assert set(results.MAKERS) == set(KNOWN.actions) - silent


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_runs_to_its_end(caller, recipe):
    completion = caller.run(json.loads(recipe.read_text()))

    assert misfits(completion) == []
    assert all(node["success"] for node in nodes(completion))
    assert len({node["actionType"] for node in nodes(completion)}) == len(
        set(_types(json.loads(recipe.read_text()))) - LOOPS
    )


def test_connections_say_when_they_were_made_or_with_a_filter_where_they_live(caller):
    connections = {"actionType": "st.retrieveConnections"}
    plain = caller.run(connections)["data"]
    filtered = caller.run(connections | {"filter": {"locations": ["Norway"]}})["data"]
    recent = caller.run(connections | {"since": plain[3]["connectedAt"]})["data"]

    assert all(item["connectedAt"] and item["location"] is None for item in plain)
    assert all("Norway" in i["location"] and i["connectedAt"] is None for i in filtered)
    assert recent == plain[:4]


def test_profile_viewers_and_posts_since_a_moment(caller):
    viewers = {"actionType": "st.retrieveProfileViewers"}
    everybody = caller.run(viewers)["data"]
    since = caller.run(viewers | {"since": everybody[2]["viewedAt"][:10]})["data"]

    assert {viewer["viewerType"] for viewer in everybody} == {"identified", "anonymous"}
    assert len(since) == 3


LOOPS = {name for name, action in KNOWN.actions.items() if action.is_loop}


def _types(wire):
    for action in wire if isinstance(wire, list) else [wire]:
        yield action["actionType"]
        yield from _types(action.get("then", []))


NEW_ACTION = {
    "type": "st.retrieveBadges",
    "name": "Retrieve badges",
    "summary": "Lists the badges of a person.",
    "group": "people",
    "kind": "retrieve",
    "icon": "award",
    "effect": "read",
    "acts": False,
    "changes_account": False,
    "limit_category": None,
    "confidence": "inferred",
    "root": {"start": "allowed"},
    "parents": [],
    "children": [],
    "parameters": [],
    "errors": [{"type": "personNotFound", "meaning": "Nobody is there."}],
    "result": {
        "shape": "array",
        "fields": [
            {"name": "title", "kind": "text", "meaning": "Its name."},
            {"name": "tags", "kind": "texts", "meaning": "Its tags."},
            {"name": "year", "kind": "integer", "meaning": "When."},
            {"name": "weight", "kind": "number", "meaning": "How much."},
            {"name": "shiny", "kind": "boolean", "meaning": "How."},
            {"name": "at", "kind": "text", "format": "date-time", "meaning": "Since."},
            {"name": "metal", "kind": "choice", "choices": ["gold", "tin"], "meaning": "Of what."},
            {
                "name": "giver",
                "kind": "object",
                "meaning": "Who gave it.",
                "fields": [{"name": "name", "kind": "text", "meaning": "Name."}],
            },
        ],
    },
}


def test_an_action_that_only_an_override_knows_gets_an_invented_result(tmp_path):
    override = tmp_path / "override.json"
    override.write_text(json.dumps({"actions": [NEW_ACTION]}))
    known = catalog.load(override)
    tree = codec.from_wire({"actionType": NEW_ACTION["type"]}, map(str, count()).__next__)
    completion, _ = play(tree, known, Setting(datetime(2026, 11, 23, tzinfo=UTC), "example-demo"))

    assert completion["data"]
    assert misfits(completion, known) == []
    assert play(tree, known, Setting(datetime(2026, 11, 23, tzinfo=UTC), "x"))[0] == completion
