"""Bob fills in the form of an action: every kind of field, what is refused, and what is kept."""

import re

import pytest

from editor import catalog
from editor.trees import codec
from editor.trees.edits import Refused
from editor.trees.nodes import MISSING
from editor.trees.validate import validate_node
from editor.workflows import services
from editor.workflows.fields import inspector
from editor.workflows.fields.inspector import Field, Form
from editor.workflows.fields.values import read_pointer, value_at, with_value
from tests.workflows.stories import PERSON_URL, Desk, desk

SEARCH = {"actionType": "st.searchPeople", "term": "harbour", "limit": 5}


def form_of(at: Desk, action_type: str) -> Form:
    node, known = at.node(action_type), catalog.default()
    return inspector.form(at.tree, node, known, validate_node(at.tree, node.id, known))


def fields_of(at: Desk, action_type: str) -> dict[str, Field]:
    return {field.name: field for field in form_of(at, action_type).fields}


def root_form(wire: dict) -> Form:
    tree = codec.from_wire(wire, services.new_id)
    node, known = tree.roots[0], catalog.default()
    return inspector.form(tree, node, known, validate_node(tree, node.id, known))


@pytest.fixture
def searching(bob) -> Desk:
    return desk(bob, SEARCH)


@pytest.mark.parametrize(
    ("action_type", "path", "typed", "stored"),
    [
        ("st.searchPeople", "/term", "  spare  ", "  spare  "),
        ("st.searchPeople", "/term", "two\r\nlines", "two\nlines"),
        ("st.searchPeople", "/limit", " 25 ", 25),
        ("st.searchPeople", "/filter/firstName", "Ines", "Ines"),
        ("st.searchPeople", "/filter/locations", ["Porto", " Lisbon ", ""], ["Porto", "Lisbon"]),
        ("st.searchPeople", "/filter/locations", "Porto\nLisbon", ["Porto", "Lisbon"]),
        ("st.searchCompanies", "/filter/sizes", ["11-50", "51-200"], ["11-50", "51-200"]),
        ("st.searchPosts", "/filter/datePosted", "pastWeek", "pastWeek"),
        ("st.openPersonPage", "/personUrl", f" {PERSON_URL} ", PERSON_URL),
        ("st.openPersonPage", "/basicInfo", "false", False),
        ("st.openPersonPage", "/basicInfo", "true", True),
        ("st.retrieveConnections", "/since", "2026-11-16", "2026-11-16"),
        ("st.createPost", "/text", "Good news", "Good news"),
        ("st.createPost", "/attachments/-", "{}", {}),
    ],
)
def test_each_kind_of_field_is_stored_as_its_kind(bob, action_type, path, typed, stored):
    at = desk(bob, {"actionType": action_type})
    node = at.tree.roots[0].id

    told = at.edit("param", node=node, field=path, value=typed)

    kept = value_at(at.tree.nodes[node].params, read_pointer(path.replace("-", "0")))
    assert kept == stored
    assert type(kept) is type(stored)
    assert "Not saved" not in told.html
    assert told.marks["undo"].startswith("Change ")


@pytest.mark.parametrize(
    ("action_type", "path", "typed", "reason"),
    [
        ("st.searchPeople", "/limit", "many", "whole number"),
        ("st.searchPeople", "/limit", "1.5", "whole number"),
        ("st.searchPeople", "/limit", "0", "at least 1"),
        ("st.searchPeople", "/limit", "9" * 400, "whole number"),
        ("st.searchPosts", "/filter/datePosted", "yesterday", "not “yesterday”"),
        ("st.searchCompanies", "/filter/sizes", ["11-50", "huge"], "not “huge”"),
        ("st.openPersonPage", "/personUrl", "ada", "LinkedIn address of a person"),
        ("st.openPersonPage", "/basicInfo", "perhaps", "yes or no"),
        ("st.retrieveConnections", "/since", "last week", "a date"),
        ("st.createPost", "/attachments/-", '{"type": "scroll"}', "not “scroll”"),
        ("st.createPost", "/attachments/-", "{not json", "not JSON"),
        ("st.createPost", "/attachments/-", "7", "must be"),
        ("st.searchPeople", "/term", "a\0b", "NUL"),
    ],
)
def test_a_bad_value_is_shown_with_its_fault_and_not_stored(bob, action_type, path, typed, reason):
    at = desk(bob, {"actionType": action_type})

    answer = at.try_to("param", node=at.tree.roots[0].id, field=path, value=typed)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert reason in html
    assert "Not saved" in html
    assert at.tree.roots[0].params == {}


def test_what_was_typed_stays_in_the_field(searching):
    answer = searching.try_to(
        "param", node=searching.tree.roots[0].id, field="/limit", value="<many>"
    )
    assert 'value="&lt;many&gt;"' in answer.content.decode()
    assert searching.wire == SEARCH


def test_emptying_a_field_takes_the_parameter_out_with_objects_that_become_empty(bob):
    at = desk(
        bob, {"actionType": "st.searchPeople", "filter": {"locations": ["Porto"]}, "term": "x"}
    )
    node = at.tree.roots[0].id
    at.edit("param", node=node, field="/filter/locations", value="")
    assert at.wire == {"actionType": "st.searchPeople", "term": "x"}
    at.edit("undo")
    assert at.wire["filter"] == {"locations": ["Porto"]}


def test_the_order_of_parameters_stays_when_one_changes(searching):
    searching.edit("param", node=searching.tree.roots[0].id, field="/term", value="quay")
    assert list(searching.wire) == ["actionType", "term", "limit"]


def test_incomplete_is_stored_and_shown_as_a_problem(bob):
    at = desk(bob, {"actionType": "st.openPersonPage", "personUrl": PERSON_URL})
    node = at.tree.roots[0].id

    told = at.edit("param", node=node, field="/personUrl", value="")

    assert at.tree.roots[0].params == {}
    assert told.marks["errors"] == "1"
    field = fields_of(at, "st.openPersonPage")["personUrl"]
    assert (field.required, field.given) == (True, False)
    assert "needs Person URL" in field.error


def test_entries_of_a_list_come_are_filled_in_and_go(bob):
    at = desk(bob, {"actionType": "st.createPost", "text": "Look"})
    node = at.tree.roots[0].id
    at.edit("param", node=node, field="/attachments/-", value="{}")
    told = at.edit(
        "param", node=node, field="/attachments/0/url", value="https://files.example.com/a.png"
    )
    at.edit("param", node=node, field="/attachments/0/type", value="image")
    assert at.wire["attachments"] == [{"url": "https://files.example.com/a.png", "type": "image"}]
    assert told.marks["errors"] == "1", "the kind of attachment was missing then"

    [entry] = fields_of(at, "st.createPost")["attachments"].entries
    assert [(f.path, f.value) for f in entry.fields[:2]] == [
        ("/attachments/0/url", "https://files.example.com/a.png"),
        ("/attachments/0/type", "image"),
    ]
    at.edit("param", node=node, field="/attachments/0", value="")
    assert "attachments" not in at.wire


def test_a_list_of_objects_or_texts_shows_each_as_what_it_is(bob):
    authors = [PERSON_URL, {"id": "x"}, 7]
    form = root_form({"actionType": "st.searchPosts", "filter": {"fromMembers": authors}})
    [filter_field] = [field for field in form.fields if field.name == "filter"]
    [members] = [field for field in filter_field.fields if field.name == "fromMembers"]

    assert [(entry.kind, entry.value) for entry in members.entries] == [
        ("text", PERSON_URL),
        ("object", ""),
        ("json", "7"),
    ]
    assert members.entries[2].error


def test_only_what_is_allowed_in_this_place_is_offered(bob):
    loop = {"actionType": "st.doForPeople", "then": {"actionType": "st.openPersonPage"}}
    at = desk(bob, {"actionType": "st.searchPeople", "then": loop})

    form = form_of(at, "st.openPersonPage")

    assert [field.name for field in form.fields] == ["basicInfo"]
    [absent] = form.absent
    assert (absent.title, absent.reason) == ("Person URL", "It comes from For each person.")


def test_what_is_given_though_forbidden_is_shown_and_may_only_go(bob):
    page = {"actionType": "st.openPersonPage", "personUrl": PERSON_URL}
    loop = {"actionType": "st.doForPeople", "then": page}
    at = desk(bob, {"actionType": "st.searchPeople", "then": loop})
    node = at.node("st.openPersonPage").id
    field = fields_of(at, "st.openPersonPage")["personUrl"]
    assert (field.place, field.value, bool(field.error)) == ("forbidden", PERSON_URL, True)

    answer = at.try_to("param", node=node, field="/personUrl", value=f"{PERSON_URL}-2")
    assert answer.status_code == 422
    at.edit("param", node=node, field="/personUrl", value="")
    assert at.tree.nodes[node].params == {}


def test_unknown_parameters_are_kept_shown_as_json_and_may_be_changed(bob):
    strange = {"nested": [1, {"a": None}], "10": "ten"}
    at = desk(bob, {**SEARCH, "x-/~ray": strange})
    node = at.tree.roots[0].id
    field = fields_of(at, "st.searchPeople")["x-/~ray"]
    assert (field.kind, field.place, field.path) == ("json", "unknown", "/x-~1~0ray")
    assert '"nested"' in field.value
    assert re.fullmatch(r"field-[0-9a-f]{12}", field.id)

    at.edit("param", node=node, field=field.path, value='{"kept": 12345678901234567890123}')
    assert at.wire["x-/~ray"] == {"kept": 12345678901234567890123}
    at.edit("param", node=node, field=field.path, value="")
    assert at.wire == SEARCH


def test_values_of_the_wrong_type_stay_visible_with_a_repair(bob):
    form = root_form(
        {"actionType": "st.searchPeople", "term": ["a", "list"], "limit": "7", "filter": None}
    )
    fields = {field.name: field for field in form.fields}

    assert (fields["limit"].kind, fields["limit"].value) == ("integer", "7")
    assert fields["limit"].fix.title == "Use 7"
    assert (fields["term"].kind, fields["term"].value) == ("json", '[\n  "a",\n  "list"\n]')
    assert (fields["filter"].kind, fields["filter"].value) == ("json", "null")
    assert all(field.error for field in (fields["limit"], fields["term"], fields["filter"]))


def test_a_stored_choice_that_is_none_of_the_choices_stays_visible(bob):
    form = root_form({"actionType": "st.searchPosts", "filter": {"datePosted": "soon"}})
    [filter_field] = [field for field in form.fields if field.name == "filter"]
    [posted] = [field for field in filter_field.fields if field.name == "datePosted"]
    assert [choice.value for choice in posted.choices if choice.chosen] == ["soon"]
    assert posted.error


def test_not_sent_no_and_yes_are_three_things(bob):
    def chosen(**params: bool) -> list[str]:
        form = root_form({"actionType": "st.openPersonPage", "personUrl": PERSON_URL, **params})
        [field] = [field for field in form.fields if field.name == "basicInfo"]
        return [choice.value for choice in field.choices if choice.chosen]

    assert (chosen(), chosen(basicInfo=False), chosen(basicInfo=True)) == (
        [""],
        ["false"],
        ["true"],
    )


@pytest.mark.parametrize(
    "path", ["limit", "", "/unheardOf", "/limit/deeper", "/filter/none", "/term/0", "/then"]
)
def test_a_field_that_there_is_not_is_refused(searching, path):
    answer = searching.try_to("param", node=searching.tree.roots[0].id, field=path, value="x")
    assert answer.status_code in (400, 422)
    assert searching.wire == SEARCH


@pytest.mark.parametrize("action_type", sorted(catalog.default().actions))
def test_every_action_has_a_form_that_can_be_shown(bob, action_type):
    at = desk(bob, {"actionType": action_type})
    html = at.get(f"/inspector/{at.tree.roots[0].id}").content.decode()
    for parameter in catalog.default().actions[action_type].parameters:
        assert f'data-field="/{parameter.name}"' in html


def test_the_form_of_an_unknown_action_offers_what_it_could_become(bob):
    at = desk(bob, {"actionType": "st.openPerson", "personUrl": PERSON_URL})
    answer = at.get(f"/inspector/{at.tree.roots[0].id}")
    offered = [each.action.type for each in answer.context["replacements"]]
    assert "st.openPersonPage" in offered
    assert "st.retrievePersonSkills" not in offered, "it may not stand at the root"


def test_types_under_which_not_everything_may_stand_come_last_and_say_so(bob):
    at = desk(
        bob, {"actionType": "st.openPersonPage", "then": {"actionType": "st.retrievePersonSkills"}}
    )
    answer = at.get(f"/inspector/{at.tree.roots[0].id}")
    assert {each.parks for each in answer.context["replacements"]} == {1}
    assert "Open company page (lays aside 1 below it)" in answer.content.decode()

    at.edit("type", node=at.tree.roots[0].id, type="st.openCompanyPage")
    assert [node.type for node in at.tree.parked] == ["st.retrievePersonSkills"]


def test_the_form_of_an_action_that_is_gone_says_so(searching):
    answer = searching.get("/inspector/made-up")
    assert answer.status_code == 404
    assert "no longer there" in answer.content.decode()


@pytest.mark.parametrize("path", [("a", "b"), ("list", 9), ("list", "x")])
def test_a_value_whose_place_is_gone_is_refused(path):
    with pytest.raises(Refused, match="no longer there"):
        with_value({"a": 1, "list": [1]}, path, "x")


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("a", "b", "c"), 1, {"a": {"b": {"c": 1}}, "z": [1, {"y": 2}]}),
        (("z", "-"), 3, {"z": [1, {"y": 2}, 3]}),
        (("new", "-", "x"), 3, {"z": [1, {"y": 2}], "new": [{"x": 3}]}),
        (("z", 0), MISSING, {"z": [{"y": 2}]}),
        (("z", 1, "y"), MISSING, {"z": [1, {}]}),
        (("z",), MISSING, {}),
        (("none", "deeper"), MISSING, {"z": [1, {"y": 2}]}),
    ],
)
def test_a_value_goes_to_its_place_and_nothing_else_changes(path, value, expected):
    before = {"z": [1, {"y": 2}]}
    assert with_value(before, path, value) == expected
    assert before == {"z": [1, {"y": 2}]}
