"""Declaring, renaming, reordering and removing inputs, as edits that can be undone."""

import pytest

from editor import catalog
from editor.trees import codec, declaring, edits, fixes, placeholders
from editor.trees.edits import Refused
from editor.trees.inputs import MAX_INPUTS
from editor.trees.nodes import MISSING, Tree
from editor.trees.validate import validate
from editor.trees.words import parameter_at

SEARCH = [
    {"actionType": "st.searchPeople", "label": "for {{term}}", "term": "{{ term }} in {{ town }}"},
    {"actionType": "st.searchCompanies", "term": "{{{{ term }} {{  term  }}"},
]
TERM = {"name": "term", "kind": "text", "required": True}


def tree_of(wire=None, *declared) -> Tree:
    ids = iter("abcdefghij")
    return codec.from_wire(wire or SEARCH, lambda: next(ids)).declaring(declared)


def after(tree: Tree, images) -> Tree:
    return edits.apply(tree, images, "after")


def test_an_input_is_declared_behind_the_others_and_its_declaration_is_complete():
    tree = tree_of(SEARCH, TERM)
    images = declaring.declare(tree, {"name": "town"})
    assert after(tree, images).inputs == (TERM, {"name": "town", "kind": "text", "required": True})
    assert edits.apply(after(tree, images), images, "before") == tree
    assert list(images) == [], "no action is touched"


@pytest.mark.parametrize(
    ("declaration", "code"),
    [
        ({"name": ""}, "wrong-name"),
        ({"name": "two words"}, "wrong-name"),
        ({"name": "x</script>"}, "wrong-name"),
        ({"name": "a\0b"}, "wrong-name"),
        ({"name": "TERM"}, "doubled-name"),
        ({"name": "n", "kind": "number", "default": "many"}, "wrong-default"),
        ({"name": "n", "kind": "colour"}, "wrong-kind"),
        ({"name": "n", "help": "x" * 501}, "wrong-help"),
        ({"name": "n", "kind": "yesno", "choices": ["a"]}, "wrong-choices"),
    ],
)
def test_what_is_no_good_declaration_is_refused_in_words(declaration, code):
    with pytest.raises(Refused) as refused:
        declaring.declare(tree_of(SEARCH, TERM), declaration)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")


def test_there_are_not_too_many():
    tree = tree_of(SEARCH, *({"name": f"n{number}"} for number in range(MAX_INPUTS)))
    with pytest.raises(Refused, match="at most 100"):
        declaring.declare(tree, {"name": "one_more"})


def test_renaming_goes_into_every_action_in_one_edit():
    tree = tree_of(SEARCH, TERM)
    images = declaring.rename(tree, "term", "words")
    new = after(tree, images)

    assert new.inputs == ({**TERM, "name": "words"},)
    people, companies = (node for node, _ in new.walk())
    assert people.label == "for {{words}}"
    assert people.params["term"] == "{{ words }} in {{ town }}"
    assert companies.params["term"] == "{{{{ term }} {{  words  }}", "escaped braces are a text"
    assert placeholders.unknown(new, ()) == placeholders.uses(new)
    assert edits.apply(new, images, "before") == tree


def test_renaming_reaches_what_is_disabled_and_what_is_parked():
    tree = tree_of(SEARCH, TERM)
    first, second = (node.id for node, _ in tree.walk())
    tree = after(tree, edits.set_disabled(tree, first, True))
    from dataclasses import replace

    parked = replace(tree.nodes[second], parked=True)
    tree = Tree([tree.nodes[first], parked], tree.array, tree.inputs)
    new = after(tree, declaring.rename(tree, "term", "words"))
    assert "words" in new.nodes[first].params["term"]
    assert "words" in new.nodes[second].params["term"]
    assert placeholders.parked_uses(new) == {"words": [(second, "/term")]}


def test_renaming_to_the_same_name_is_nothing_and_only_its_capitals_are_something():
    tree = tree_of(SEARCH, TERM)
    assert declaring.rename(tree, "term", "term").is_empty
    assert after(tree, declaring.rename(tree, "term", "Term")).inputs[0]["name"] == "Term"


def test_a_change_that_leaves_something_else_wrong_is_refused():
    tree = tree_of(SEARCH, {**TERM, "default": "harbour"})
    with pytest.raises(Refused, match="number is expected"):
        declaring.change(tree, "term", "kind", "number")
    emptied = after(tree, declaring.change(tree, "term", "default", MISSING))
    assert "default" not in emptied.inputs[0]
    assert (
        after(emptied, declaring.change(emptied, "term", "kind", "number")).inputs[0]["kind"]
        == "number"
    )


def test_inputs_are_put_in_another_order_and_removed():
    tree = tree_of(SEARCH, TERM, {"name": "town"}, {"name": "limit"})

    def names(images) -> list[str]:
        return [declaration["name"] for declaration in after(tree, images).inputs]

    assert names(declaring.move(tree, "limit", "term")) == ["limit", "term", "town"]
    assert names(declaring.move(tree, "term", "")) == ["town", "limit", "term"]
    assert declaring.move(tree, "term", "town").is_empty
    assert names(declaring.remove(tree, "town")) == ["term", "limit"]
    with pytest.raises(Refused, match="no longer there"):
        declaring.remove(tree, "nobody")


def test_an_unknown_input_is_declared_by_its_repair_with_the_kind_that_fits():
    wire = {"actionType": "st.searchPeople", "term": "{{ term }}", "limit": "{{ limit }}",
            "filter": {"locations": "{{ towns }}"}}  # fmt: skip
    tree, known = tree_of(wire), catalog.default()
    for _ in range(3):
        problem = validate(tree, known)[0]
        assert (problem.code, problem.fix.kind) == ("unknown-input", "declare-input")
        tree = after(tree, fixes.edit(tree, known, problem, iter("xyz").__next__))
    assert validate(tree, known) == []
    assert {each["name"]: each["kind"] for each in tree.inputs} == {
        "term": "text", "limit": "number", "towns": "list",
    }  # fmt: skip


def test_a_name_with_other_capitals_is_no_second_input():
    [problem] = validate(
        tree_of([SEARCH[0] | {"term": "{{ Term }}", "label": "x"}], TERM), catalog.default()
    )
    assert problem.fix is None
    assert "“term”" in problem.message


@pytest.mark.parametrize(
    ("action_type", "path", "value", "expected"),
    [
        ("st.searchPeople", ("term",), "freight", {"name": "term_2", "kind": "text", "default": "freight"}),
        ("st.searchPeople", ("limit",), 25, {"name": "limit", "kind": "number", "default": 25}),
        ("st.searchPeople", ("limit",), MISSING, {"name": "limit", "kind": "number", "default": 10}),
        ("st.searchPeople", ("filter", "locations"), ["Oslo, Norway"],
         {"name": "locations", "kind": "list", "default": ["Oslo, Norway"]}),
        ("st.openPersonPage", ("basicInfo",), True, {"name": "basicInfo", "kind": "yesno", "default": True}),
        ("st.openPersonPage", ("personUrl",), MISSING, {"name": "personUrl", "kind": "url"}),
        ("st.searchPosts", ("filter", "datePosted"), "pastWeek",
         {"name": "datePosted", "kind": "text", "default": "pastWeek"}),
        ("st.searchPeople", ("term",), "{{{{ as text", {"name": "term_2", "kind": "text", "default": "{{ as text"}),
    ],
)  # fmt: skip
def test_an_input_is_made_of_a_parameter_with_its_value(action_type, path, value, expected):
    parameter = parameter_at(catalog.default().actions[action_type], path)
    made = declaring.for_parameter(tree_of(SEARCH, TERM), parameter, value).as_json()
    assert expected.items() <= made.items()
    assert ("default" in made) == ("default" in expected)


def test_no_input_is_made_of_what_uses_one_or_can_come_from_none():
    search = catalog.default().actions["st.searchPeople"]
    with pytest.raises(Refused, match="uses an input already"):
        declaring.for_parameter(tree_of(), search.parameter("term"), "in {{ town }}")
    with pytest.raises(Refused, match="cannot come from an input"):
        declaring.for_parameter(tree_of(), search.parameter("filter"), MISSING)
