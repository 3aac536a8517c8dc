"""The catalogue's own data: complete, consistent, and valid as JSON Schema."""

import json
import re

import pytest
from jsonschema import Draft202012Validator

from editor import catalog
from editor.catalog import CatalogError, schemas

CATALOG = catalog.default()
ACTIONS = list(CATALOG.actions.values())


def by_type(action):
    return action.type


def test_every_action_of_both_namespaces_is_there():
    namespaces = [action.namespace for action in ACTIONS]
    assert (namespaces.count("st"), namespaces.count("nv")) == (50, 12)


@pytest.mark.parametrize("action", ACTIONS, ids=by_type)
@pytest.mark.parametrize("placement", ["root", "child"])
def test_every_schema_is_valid_draft_2020_12(action, placement):
    Draft202012Validator.check_schema(schemas.schema(CATALOG, action.type, placement))


@pytest.mark.parametrize("action", ACTIONS, ids=by_type)
def test_every_action_says_what_a_person_needs_to_know(action):
    assert action.name
    assert action.summary.endswith(".")
    assert action.sources, "where the facts come from"
    assert all(parameter.help.endswith(".") for parameter in action.parameters)
    assert action.root.start != "forbidden" or action.parents, "it can stand somewhere"


@pytest.mark.parametrize("action", ACTIONS, ids=by_type)
def test_a_loop_takes_children_and_every_list_that_feeds_one_can_hold_its_results(action):
    if action.is_loop:
        assert action.children
        for parent in action.parents:
            assert CATALOG.actions[parent].result.shape == "array"
            assert CATALOG.actions[parent].result.holds_children
    elif action.children:
        assert action.result.holds_children or action.result.shape == "none"


@pytest.mark.parametrize("action", ACTIONS, ids=by_type)
def test_the_example_result_has_only_declared_fields(action):
    example = action.result.example
    assert example is not None
    if action.is_loop or action.result.shape == "none":
        return
    assert example["actionType"] == action.type
    items = example["data"] if action.result.shape == "array" else [example["data"]]
    declared = {field.name for field in action.result.fields} | {"then"}
    for item in items:
        assert set(item) <= declared


@pytest.mark.parametrize("name", schemas.FORMATS)
def test_every_format_matches_its_own_example(name):
    assert re.search(schemas.FORMATS[name].pattern, schemas.FORMATS[name].example)


def test_every_error_has_a_title_a_meaning_and_a_remedy():
    for error in CATALOG.error_types.values():
        assert error.title
        assert error.meaning.endswith(".")
        assert error.remedy.endswith(".")


class TestOverride:
    """A server may lay its own file over the catalogue; it is checked like the built-in one."""

    def load(self, tmp_path, content):
        path = tmp_path / "override.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return catalog.load(path)

    def test_a_partial_entry_changes_just_what_it_names(self, tmp_path):
        changed = self.load(tmp_path, {"actions": [{"type": "st.openPost", "name": "Open a post"}]})
        assert changed.actions["st.openPost"].name == "Open a post"
        assert changed.actions["st.openPost"].children == CATALOG.actions["st.openPost"].children

    def test_a_one_sided_child_is_refused_with_both_names(self, tmp_path):
        broken = {"actions": [{"type": "st.openJob", "children": ["st.sendMessage"]}]}
        with pytest.raises(CatalogError, match=r"st\.openJob: children names st\.sendMessage"):
            self.load(tmp_path, broken)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("{", "cannot be read as JSON"),
            ([], "expected an object"),
            ({"action": []}, "expected an object"),
            ({"actions": {"type": "st.openJob"}}, "lists of objects"),
            ({"actions": [{"name": "no type"}]}, "lists of objects"),
            ({"actions": [{"type": "st.new"}]}, r"st\.new: KeyError"),
            ({"actions": [{"type": "st.openJob", "nmae": "x"}]}, r"st\.openJob: TypeError"),
            ({"actions": [{"type": "st.openJob", "group": "cars"}]}, "unknown group cars"),
            (
                {"actions": [{"type": "st.openJob", "root": {"start": "conditional"}}]},
                "only a conditional root names parameter sets",
            ),
            (
                {"actions": [{"type": "st.openJob", "errors": [{"type": "x", "meaning": "?"}]}]},
                "error x is not described",
            ),
            (
                {"actions": [{"type": "st.openJob", "rules": [{"code": "r", "message": "m"}]}]},
                "either a schema or a check",
            ),
            (
                {
                    "actions": [
                        {
                            "type": "st.openJob",
                            "rules": [{"code": "r", "message": "m", "schema": {"type": "txt"}}],
                        }
                    ]
                },
                "the schema of rule r is not valid",
            ),
        ],
    )
    def test_a_wrong_file_stops_the_start_and_names_the_place(self, tmp_path, content, words):
        with pytest.raises(CatalogError, match=words):
            self.load(tmp_path, content)

    def test_a_missing_file_stops_the_start(self, tmp_path):
        with pytest.raises(CatalogError, match="cannot be read"):
            catalog.load(tmp_path / "nowhere.json")
