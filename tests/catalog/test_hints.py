"""What the code editor offers while Bob writes JSON: parameters with their kinds and choices."""

import json

import pytest

from editor import catalog
from editor.catalog.hints import parameter_table
from editor.catalog.load import load

CATALOG = catalog.default()
HINTS = parameter_table(CATALOG)["actions"]


def names(action_type):
    return [hint["name"] for hint in HINTS[action_type]["parameters"]]


@pytest.mark.parametrize("action_type", CATALOG.actions)
def test_every_parameter_of_every_action_has_a_hint_in_the_same_order(action_type):
    assert names(action_type) == [p.name for p in CATALOG.actions[action_type].parameters]


@pytest.mark.parametrize("action_type", CATALOG.actions)
def test_a_hint_says_where_a_parameter_is_required_and_where_forbidden(action_type):
    for hint in HINTS[action_type]["parameters"]:
        parameter = CATALOG.actions[action_type].parameter(hint["name"])
        assert hint.get("required") == parameter.required
        assert hint.get("forbidden") == parameter.forbidden


def test_choices_are_listed_also_inside_nested_fields():
    react = {hint["name"]: hint for hint in HINTS["st.reactToPost"]["parameters"]}
    assert react["type"]["choices"] == list(
        CATALOG.actions["st.reactToPost"].parameter("type").choices
    )
    fields = next(h for h in HINTS["st.searchPeople"]["parameters"] if h["name"] == "filter")[
        "fields"
    ]
    degrees = next(field for field in fields if field["name"] == "connectionDegrees")
    assert degrees["kind"] == "choices"
    assert len(degrees["choices"]) == 3


def test_a_false_default_is_said_and_a_missing_one_is_not():
    hints = {hint["name"]: hint for hint in HINTS["st.openPersonPage"]["parameters"]}
    assert hints["basicInfo"]["default"] is False
    assert "default" not in hints["personUrl"]


def test_the_parameter_sets_that_start_a_workflow_are_named():
    assert HINTS["st.openPost"]["any_of"] == [["postUrl"], ["postUrn"]]
    assert HINTS["st.doForPeople"]["any_of"] == []


def test_a_deprecated_parameter_is_not_offered(tmp_path):
    override = tmp_path / "override.json"
    parameters = [
        {"name": "term", "kind": "text", "title": "Words", "help": "Words.", "deprecated": True}
    ]
    override.write_text(
        json.dumps({"actions": [{"type": "st.searchPeople", "parameters": parameters}]})
    )
    assert parameter_table(load(override))["actions"]["st.searchPeople"]["parameters"] == []
