"""Bob declares inputs on their tab and uses them in the fields of actions."""

import html as htmllib
import re

import pytest

from editor import catalog
from editor.trees import codec
from editor.trees.validate import validate
from editor.workflows import services
from editor.workflows.fields import inspector
from editor.workflows.fields.values import read_pointer, value_at
from editor.workflows.models import Workflow
from tests.workflows.stories import PERSON_URL, Desk, desk, problems_of
from tests.workflows.test_cost import SIZES, grown, queries_of

SEARCH = {"actionType": "st.searchPeople", "term": "harbour", "limit": 5}
ALIKE = [
    {"actionType": "st.searchPeople", "term": "{{ term }}", "label": "{{ term }}"},
    {"actionType": "st.searchCompanies", "term": "all of {{ term }}"},
    {"actionType": "st.searchPosts", "term": "{{ other }}"},
    {"actionType": "st.retrieveSSI"},
]


@pytest.fixture
def searching(bob) -> Desk:
    return desk(bob, SEARCH)


@pytest.fixture
def alike(bob) -> Desk:
    return desk(bob, ALIKE)


def inputs_of(at: Desk) -> list[dict]:
    return Workflow.objects.get(pk=at.workflow.pk).inputs


def counted(at: Desk) -> tuple[int, int]:
    """Problems as the row of the workflow counts them, and as they are."""
    row = Workflow.objects.get(pk=at.workflow.pk)
    return row.errors + row.warnings, len(validate(at.tree, catalog.default()))


def panel(at: Desk) -> str:
    return at.get("/inputs").content.decode()


def test_an_input_is_declared_described_and_taken_back(searching):
    searching.edit("input-add", name="term", kind="text")
    searching.edit("input-change", input="term", field="help", value="Words to look for")
    searching.edit("input-change", input="term", field="default", value="harbour")
    searching.edit("input-change", input="term", field="required", value="false")
    told = searching.edit("input-change", input="term", field="choices", value=["harbour", "port"])
    assert inputs_of(searching) == [
        {
            "name": "term", "kind": "text", "required": False, "default": "harbour",
            "help": "Words to look for", "choices": ["harbour", "port"],
        }
    ]  # fmt: skip
    assert told.marks["undo"] == "Change input term"
    assert told.operations == [], "no action uses it yet"
    assert "unused" in panel(searching)

    for _ in range(5):
        searching.edit("undo")
    assert inputs_of(searching) == []
    searching.edit("redo")
    assert [each["name"] for each in inputs_of(searching)] == ["term"]


@pytest.mark.parametrize(
    ("kind", "typed", "default"),
    [
        ("text", ["two\r\nlines"], "two\nlines"),
        ("url", [f" {PERSON_URL} "], PERSON_URL),
        ("number", ["2.50"], 2.5),
        ("list", ["Oslo, Norway", " Bergen "], ["Oslo, Norway", "Bergen"]),
        ("yesno", ["false"], False),
    ],
)
def test_a_default_of_each_kind_is_stored_typed_and_shown(searching, kind, typed, default):
    searching.edit("input-add", name="it", kind=kind)
    told = searching.edit("input-change", input="it", field="default", value=typed)
    assert inputs_of(searching)[0]["default"] == default
    assert "Not saved" not in told.html
    assert (
        htmllib.escape(str(default if kind != "list" else "Oslo, Norway").lower())
        in panel(searching).lower()
    )
    searching.edit("input-change", input="it", field="default")
    assert "default" not in inputs_of(searching)[0]


@pytest.mark.parametrize(
    ("verb", "fields", "says"),
    [
        ("input-add", {"name": "two words", "kind": "text"}, "starts with a letter"),
        ("input-add", {"name": "<b>", "kind": "text"}, "&lt;b&gt;"),
        ("input-add", {"name": "", "kind": "text"}, "starts with a letter"),
        ("input-add", {"name": "LIMIT", "kind": "text"}, "already"),
        ("input-add", {"name": "x", "kind": "colour"}, "one of text"),
        ("input-change", {"input": "limit", "field": "default", "value": "many"}, "number is expected"),
        ("input-change", {"input": "limit", "field": "kind", "value": "url"}, "web address"),
        ("input-change", {"input": "limit", "field": "name", "value": "a b"}, "starts with a letter"),
        ("input-change", {"input": "limit", "field": "help", "value": "a\0b"}, "NUL"),
        ("input-change", {"input": "limit", "field": "choices", "value": ["1", "two"]}, "number is"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_at_the_field_with_what_was_typed(searching, verb, fields, says):
    searching.edit("input-add", name="limit", kind="number")
    searching.edit("input-change", input="limit", field="default", value="5")
    before = inputs_of(searching)
    answer = searching.try_to(verb, **fields)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert says in html
    assert "Not saved" in html
    assert 'data-field="/inputs/' in html
    assert inputs_of(searching) == before


@pytest.mark.parametrize(
    ("verb", "fields", "status"),
    [
        ("input-change", {"input": "nobody", "field": "help", "value": "x"}, 404),
        ("input-remove", {"input": "a\0b"}, 404),
        ("input-move", {"input": "nobody"}, 404),
        ("input-change", {"input": "limit", "field": "colour", "value": "x"}, 400),
        ("input-change", {"field": "help"}, 400),
        ("input-add", {"name": "x"}, 400),
        ("input-from", {"node": "{node}", "field": "/nonsense"}, 422),
        ("input-from", {"node": "{node}", "field": "term"}, 422),
        ("input-from", {"node": "{node}", "field": "/filter"}, 422),
    ],
)
def test_what_is_not_there_is_no_accident(searching, verb, fields, status):
    node = searching.tree.roots[0].id
    answer = searching.try_to(verb, **{k: v.format(node=node) for k, v in fields.items()})
    assert answer.status_code == status
    assert "data-refused" in answer.content.decode()


def test_declaring_an_input_touches_only_the_cards_that_use_it(alike):
    people, companies, posts, _ = (node.id for node in alike.tree.roots)
    assert counted(alike) == (4, 4)
    told = alike.edit("input-add", name="term", kind="text")
    # The one that uses another unknown name is looked at too: its message might suggest the new one.
    assert set(told.operations) == {("card", people), ("card", companies)}
    assert counted(alike) == (1, 1)
    assert "used in 2 actions" in panel(alike)

    told = alike.edit("input-remove", input="term")
    assert {node for _, node in told.operations} == {people, companies}
    assert counted(alike) == (4, 4)
    alike.edit("undo")
    assert counted(alike) == (1, 1)
    assert posts not in {node for _, node in told.operations}


def test_renaming_changes_the_actions_in_the_same_edit_and_undo_takes_both_back(alike):
    alike.edit("input-add", name="term", kind="text")
    told = alike.edit("input-change", input="term", field="name", value=" words ")
    assert alike.wire[0]["term"] == alike.wire[0]["label"] == "{{ words }}"
    assert alike.wire[1]["term"] == "all of {{ words }}"
    assert told.marks["undo"] == "Rename input term to words"
    assert len(told.operations) == 2
    alike.edit("undo")
    assert alike.wire == ALIKE
    assert inputs_of(alike)[0]["name"] == "term"
    assert counted(alike) == (1, 1)


def test_inputs_are_asked_for_in_another_order(alike):
    for name in ("a", "b", "c"):
        alike.edit("input-add", name=name, kind="text")
    alike.edit("input-move", input="c", before="a")
    assert re.findall(r'data-input="(\w)"', panel(alike)) == ["c", "a", "b"]
    alike.edit("input-move", input="c", before="b")
    alike.edit("input-move", input="a")
    assert re.findall(r'data-input="(\w)"', panel(alike)) == ["c", "b", "a"]


def test_the_tab_leads_to_where_an_input_is_used(alike):
    alike.edit("input-add", name="term", kind="text")
    jumps = re.findall(r'data-jump="(\w+)" data-field="([^"]*)"', panel(alike))
    assert jumps == [(alike.tree.roots[0].id, "/label"), (alike.tree.roots[1].id, "/term")]


def test_an_unknown_input_is_declared_by_its_repair(bob):
    at = desk(bob, {"actionType": "st.searchPeople", "limit": "{{ most }}"})
    problems = at.get("/problems").content.decode()
    [title] = re.findall(r'data-fix="unknown-input" data-fix-title="([^"]*)"', problems)
    assert title == "Declare most as an input"
    form = at.get(f"/inspector/{at.tree.roots[0].id}").content.decode()
    assert 'data-fix="unknown-input"' in form, "at the field too"
    told = at.edit("fix", node=at.tree.roots[0].id, code="unknown-input", title=title)
    assert inputs_of(at) == [{"name": "most", "kind": "number", "required": True}]
    assert told.marks["errors"] == "0"


# --- In the fields -----------------------------------------------------------------------------

KINDS = [
    ("st.searchPeople", "/term", "text"),
    ("st.createPost", "/text", "text"),
    ("st.openPersonPage", "/personUrl", "url"),
    ("st.searchPeople", "/limit", "number"),
    ("st.openPersonPage", "/basicInfo", "yesno"),
    ("st.searchPosts", "/filter/datePosted", "text"),
    ("st.searchPeople", "/filter/locations", "list"),
    ("st.searchPeople", "/filter/locations", "text"),
    ("st.searchCompanies", "/filter/sizes", "list"),
    ("st.searchCompanies", "/filter/sizes", "text"),
    ("st.retrieveConnections", "/since", "text"),
]


@pytest.mark.parametrize(("action_type", "path", "kind"), KINDS)
def test_every_kind_of_field_takes_a_placeholder(bob, action_type, path, kind):
    at = desk(bob, {"actionType": action_type})
    node = at.tree.roots[0].id
    at.edit("input-add", name="it", kind=kind)
    told = at.edit("param", node=node, field=path, value=" {{ it }} ")
    stored = value_at(at.tree.nodes[node].params, read_pointer(path))
    is_entry = "locations" in path or "sizes" in path
    assert (stored[0] if is_entry and kind == "text" else stored).strip() == "{{ it }}"
    assert "Not saved" not in told.html
    form = at.get(f"/inspector/{node}").content.decode()
    assert "{{ it }}" in form
    parameter_problems = [
        p for p in validate(at.tree, catalog.default()) if p.path.startswith(path)
    ]
    assert parameter_problems == []
    assert "{{ it }}" in at.get("/tree").content.decode(), "its card shows it"

    at.edit("param", node=node, field=path, value="")
    assert at.wire == {"actionType": action_type}


@pytest.mark.parametrize(
    ("path", "typed", "says"),
    [
        ("/limit", "{{ words }}", "Limit takes a number"),
        ("/limit", "{{ many }}", "Limit is at most 1,000"),
        ("/term", "{{ not closed", "begins a placeholder"),
        ("/limit", "{{ words }} and {{ words }}", "whole number"),
        ("/filter/locations", "{{ many }}", "takes a text"),
    ],
)
def test_an_input_that_cannot_stand_there_is_refused_at_the_field(searching, path, typed, says):
    searching.edit("input-add", name="words", kind="text")
    searching.edit("input-add", name="many", kind="number")
    searching.edit("input-change", input="many", field="default", value="5000")
    answer = searching.try_to("param", node=searching.tree.roots[0].id, field=path, value=typed)
    assert answer.status_code == 422
    assert says in htmllib.unescape(answer.content.decode())
    assert searching.wire == SEARCH


def test_a_name_that_is_not_declared_yet_is_stored_and_can_be_declared(searching):
    node = searching.tree.roots[0].id
    told = searching.edit("param", node=node, field="/limit", value="{{ most }}")
    assert searching.wire["limit"] == "{{ most }}"
    assert "Declare most as an input" in told.html


@pytest.mark.parametrize(
    ("action_type", "params", "path", "kind", "default"),
    [
        ("st.searchPeople", {"term": "harbour"}, "/term", "text", "harbour"),
        ("st.searchPeople", {"limit": 5}, "/limit", "number", 5),
        ("st.searchPeople", {"filter": {"locations": ["Oslo, Norway"]}}, "/filter/locations", "list", ["Oslo, Norway"]),
        ("st.searchPosts", {"filter": {"datePosted": "pastWeek"}}, "/filter/datePosted", "text", "pastWeek"),
        ("st.openPersonPage", {"personUrl": PERSON_URL}, "/personUrl", "url", PERSON_URL),
        ("st.openPersonPage", {"basicInfo": True}, "/basicInfo", "yesno", True),
        ("st.searchCompanies", {"filter": {"sizes": ["11-50"]}}, "/filter/sizes", "list", ["11-50"]),
    ],
)  # fmt: skip
def test_a_field_becomes_an_input_in_one_edit(bob, action_type, params, path, kind, default):
    wire = {"actionType": action_type, **params}
    at = desk(bob, wire)
    node = at.tree.roots[0].id
    name = path.rpartition("/")[2]

    told = at.edit("input-from", node=node, field=path)

    [declared] = inputs_of(at)
    assert (declared["name"], declared["kind"], declared["default"]) == (name, kind, default)
    assert value_at(at.tree.nodes[node].params, read_pointer(path)) == f"{{{{ {name} }}}}"
    assert told.operations == [("card", node)]
    assert counted(at)[0] == counted(at)[1]
    at.edit("undo")
    assert at.wire == wire
    assert inputs_of(at) == []


def test_the_menu_of_a_field_offers_what_fits(searching):
    node = searching.tree.roots[0].id
    for name, kind in (("words", "text"), ("most", "number"), ("towns", "list")):
        searching.edit("input-add", name=name, kind=kind)

    def offered(field: str) -> list[str]:
        html = searching.get("/inputs/menu", node=node, field=field).content.decode()
        assert "data-input-new" in html
        return re.findall(r'data-input-name="(\w+)"', html)

    assert offered("/limit") == ["most"]
    assert offered("/term") == ["words", "most", "towns"], "inside a text everything fits"
    assert offered("/filter/locations") == ["words", "towns"]
    assert searching.get("/inputs/menu", node="gone", field="/term").status_code == 404
    assert searching.get("/inputs/menu", node=node, field="/filter").status_code == 200
    assert searching.get("/inputs/menu", node=node, field="x").status_code == 422


def test_a_placeholder_among_the_entries_of_a_choice_list_survives_the_next_save(bob):
    at = desk(bob, {"actionType": "st.searchCompanies", "filter": {"sizes": ["{{ size }}"]}})
    node = at.tree.roots[0]
    field = inspector.field_at(at.tree, node, catalog.default(), ("filter", "sizes"))
    assert [choice.value for choice in field.choices if choice.chosen] == ["{{ size }}"]


def test_text_with_braces_that_are_meant_is_escaped_by_doubling_them(searching):
    searching.edit("param", node=searching.tree.roots[0].id, field="/term", value="{{{{ brackets")
    assert searching.wire["term"] == "{{{{ brackets"
    assert counted(searching) == (0, 0)


# --- Who may, and what it costs ------------------------------------------------------------------


def test_others_look_at_inputs_but_do_not_change_them(alike, vic, rae, eve):
    alike.edit("input-add", name="term", kind="text")
    for person in (vic, rae):
        looking = Desk(person, alike.workflow)
        html = panel(looking)
        assert "{{ term }}" in html
        assert "data-add-input" not in html
        assert "data-remove-input" not in html
        assert looking.try_to("input-remove", input="term").status_code == 403
        assert looking.get("/inputs/menu", node="x", field="/term").status_code == 403
        node = alike.tree.roots[0].id
        assert "data-use-input" not in looking.get(f"/inspector/{node}").content.decode()
    assert Desk(eve, alike.workflow).get("/inputs").status_code == 404


def test_the_tab_and_its_edits_ask_no_more_of_a_large_workflow(bob):
    def asked(size: int) -> list[list[str]]:
        at = grown(bob, size)
        node = at.tree.roots[0].id
        return [
            queries_of(at.try_to, "input-add", name="n", kind="number"),
            queries_of(at.try_to, "input-from", node=node, field="/limit"),
            queries_of(at.try_to, "input-change", input="limit", field="name", value="most"),
            queries_of(at.get, "/inputs"),
            queries_of(at.get, "/inputs/menu", node=node, field="/limit"),
        ]

    few, many = (asked(size) for size in SIZES)
    assert few == many


def test_importing_json_with_placeholders_says_that_they_are_not_declared(bob):
    text = codec.encode(codec.from_wire(ALIKE, services.new_id))
    page = bob.post(f"/t/{bob.team.slug}/workflows/import", {"text": text}).content.decode()
    assert "There is no input" in htmllib.unescape(page)
    made = services.import_wire(bob.team, actor=bob.user, name="x", source=text)
    assert {p.code for p in problems_of(made)} == {"unknown-input"}
    assert made.errors == 4
