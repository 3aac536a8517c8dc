"""Validation finds everything, says where, and what helps."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor import catalog
from editor.catalog import constraints, schemas
from editor.trees import codec, edits, fixes, words
from editor.trees.nodes import Node, Tree
from editor.trees.problems import CHECKING_CODES
from editor.trees.validate import validate, validate_node
from tests.trees.strategies import ids, parameters_of, real_trees, trees
from tests.trees.test_codec import resolve
from tests.trees.toy import TOYS, action, catalogue, parameter

REAL = catalog.default()
TYPES = [*TOYS.actions, "toy.unknown", ""]
RULES = {rule.code for one in REAL.actions.values() for rule in one.rules} | {"one-target"}


def problems_of(wire, known=REAL):
    return validate(codec.from_wire(wire, ids()), known)


def found(wire, known=REAL):
    return [(problem.code, problem.path) for problem in problems_of(wire, known)]


def check_problem(problem, tree, wire):
    assert problem.code in CHECKING_CODES.keys() | RULES
    assert problem.message[-1] in ".?"
    assert problem.node_id in tree
    json.dumps(problem.as_json())
    if problem.code not in ("missing", "root-needs"):
        resolve(wire, problem.path)


@given(trees(TYPES) | real_trees())
def test_any_tree_is_judged_and_every_problem_has_a_place(tree):
    known = TOYS if any(node.type in TOYS.actions for node in tree.nodes.values()) else REAL
    problems = validate(tree, known)
    wire = codec.to_wire(tree)
    if wire == []:
        assert [problem.code for problem in problems] == ["empty-workflow"]
        return
    for problem in problems:
        check_problem(problem, tree, wire)
    shares = [share for node, _ in tree.walk() for share in validate_node(tree, node.id, known)]
    assert problems == shares


@given(real_trees())
def test_errors_are_found_exactly_where_the_schemas_and_constraints_find_them(tree):
    for node, _ in tree.walk():
        parent = tree.get(node.parent)
        if parent is None:
            right = bool(constraints.may_be_root(REAL, node.type, node.params))
        else:
            right = bool(constraints.may_be_child(REAL, parent.type, node.type))
        validator = schemas.validator(REAL, node.type, "child" if parent else "root")
        right = right and validator.is_valid(node.params)
        action = REAL.actions[node.type]
        checks = any(rule.check for rule in action.rules)
        limits = any(one.maximum_with_children for one in action.parameters)
        if checks or (limits and tree.children(node.id)):
            continue  # what a schema cannot say has tests of its own
        errors = [p for p in validate_node(tree, node.id, REAL) if p.severity == "error"]
        assert right == (not errors)


def test_every_keyword_of_the_catalogue_s_schemas_has_words():
    passed_through = {"properties", "items", "required", "anyOf", "format"}
    keywords = set()

    def collect(schema):
        keywords.update(schema)
        for inner in schema.get("properties", {}).values():
            collect(inner)
        for inner in [schema["items"]] if "items" in schema else schema.get("anyOf", []):
            collect(inner)

    for one in REAL.actions.values():
        for given_parameter in one.parameters:
            collect(given_parameter.schema)
    assert keywords - passed_through <= set(words.TABLE)


BROKEN_RULES = {
    "since-without-filter": ("st.retrieveConnections", {"since": "2026-01-01", "filter": {}}),
    "filter-or-preferences": ("st.searchJobs", {"filter": {}, "preferences": {}}),
    "search-address-replaces": (
        "st.searchPeople",
        {"term": "x", "customSearchUrl": "https://www.linkedin.com/search/results/people/?k=x"},
    ),
    "thread-wins": (
        "st.sendMessage",
        {"text": "x", "threadId": "2-x", "personUrl": "https://www.linkedin.com/in/x"},
    ),
    "subject-needed": (
        "nv.sendMessage",
        {"text": "x", "personUrl": "https://www.linkedin.com/in/x"},
    ),
    "term-or-address": ("st.searchPosts", {}),
    "revenue-range": ("nv.searchCompanies", {"filter": {"annualRevenue": {"min": "1"}}}),
    "hashed-url": ("nv.openPersonPage", {"personHashedUrl": "https://www.linkedin.com/in/ines"}),
    "invitation-target": (
        "st.acceptInvitation",
        {"invitationType": "connect", "companyUrl": "https://www.linkedin.com/company/1"},
    ),
    "attachments-one-kind": (
        "st.createPost",
        {
            "text": "x",
            "attachments": [
                {"url": "https://a.example/1", "type": "image"},
                {"url": "https://a.example/2", "type": "video"},
            ],
        },
    ),
    "document-name": (
        "st.createPost",
        {"text": "x", "attachments": [{"url": "https://a.example/1", "type": "document"}]},
    ),
    "mention-keys": ("st.createPost", {"text": "Hello @[oda]", "mentions": []}),
    "mention-one-identifier": (
        "st.createPost",
        {
            "text": "x",
            "mentions": [{"key": "a", "name": "A", "urn": "u", "personHashedUrl": "p"}],
        },
    ),
}
"""Parameters that break one rule of the catalogue each."""


def test_every_rule_of_the_catalogue_is_tried():
    assert RULES - {"one-target"} == set(BROKEN_RULES)


@pytest.mark.parametrize("code", BROKEN_RULES)
def test_a_broken_rule_is_reported_in_its_own_words(code):
    kind, params = BROKEN_RULES[code]
    rule = next(rule for rule in REAL.actions[kind].rules if rule.code == code)
    (problem,) = [p for p in problems_of({"actionType": kind, **params}) if p.code == code]
    assert (problem.severity, problem.message) == (rule.severity, rule.message)


def test_a_mention_that_is_bound_is_no_problem():
    wire = {
        "actionType": "st.createPost",
        "text": "Hello @[oda]",
        "mentions": [{"key": "oda", "name": "Oda"}],
    }
    assert found(wire) == []


def test_a_disabled_action_has_no_problems_and_nor_has_what_is_below():
    tree = codec.from_wire({"actionType": "toy.no", "then": [{"actionType": "toy.no"}]}, ids())
    off = edits.apply(tree, edits.set_disabled(tree, "n0", True), "after")
    assert [p.code for p in validate(off, TOYS)] == ["empty-workflow"]
    assert validate_node(off, "n1", TOYS) == []


def test_a_loop_whose_only_child_is_disabled_is_empty():
    wire = {
        "actionType": "toy.search",
        "then": {"actionType": "toy.loop", "then": {"actionType": "toy.open"}},
    }
    tree = codec.from_wire(wire, ids())
    assert validate(tree, TOYS) == []
    off = edits.apply(tree, edits.set_disabled(tree, "n2", True), "after")
    assert [(p.code, p.path, p.severity) for p in validate(off, TOYS)] == [
        ("empty-loop", "/then", "warning")
    ]


def test_an_unknown_action_names_the_one_that_was_meant():
    (problem,) = problems_of({"actionType": "searchpeople"})
    assert problem.path == "/actionType"
    assert "Did you mean “st.searchPeople” (Search people)?" in problem.message
    assert problem.fix.types == ("st.searchPeople",)


def test_a_name_like_nothing_gets_no_suggestion():
    (problem,) = problems_of({"actionType": "xyz"})
    assert problem.fix is None
    assert problem.message == "There is no action “xyz”. Choose an action from the list."


def test_a_root_that_needs_parameters_names_every_set_and_nothing_twice():
    (problem,) = problems_of({"actionType": "toy.write", "text": "x"}, TOYS)
    assert (problem.code, problem.path) == ("root-needs", "")
    assert "url or thread" in problem.message
    (problem,) = problems_of({"actionType": "toy.open"}, TOYS)
    assert (problem.code, problem.path) == ("root-needs", "/url")


def test_a_forbidden_parameter_says_where_its_value_comes_from():
    url = "https://a.example"
    wire = {
        "actionType": "toy.search",
        "then": {"actionType": "toy.loop", "then": {"actionType": "toy.open", "url": url}},
    }
    (problem,) = problems_of(wire, TOYS)
    assert (problem.code, problem.path) == ("forbidden", "/then/then/url")
    assert "the item of the loop above (Loop)" in problem.message


def test_what_only_an_inference_forbids_is_a_warning():
    wire = {
        "actionType": "toy.open",
        "url": "https://a.example",
        "then": [{"actionType": "toy.write", "text": "x", "thread": "t"}],
    }
    (problem,) = problems_of(wire, TOYS)
    assert (problem.code, problem.severity) == ("forbidden", "warning")


def test_a_disputed_place_is_a_warning():
    wire = {
        "actionType": "toy.list",
        "then": {"actionType": "toy.loop", "then": {"actionType": "toy.open"}},
    }
    assert [(p.code, p.severity) for p in problems_of(wire, TOYS)] == [
        ("disputed-place", "warning")
    ]


def test_a_limit_that_holds_only_with_children():
    loop = {"actionType": "toy.loop", "then": {"actionType": "toy.open"}}
    assert found({"actionType": "toy.search", "limit": 7}, TOYS) == []
    (problem,) = problems_of({"actionType": "toy.search", "limit": 7, "then": loop}, TOYS)
    assert (problem.code, problem.path, problem.fix.value) == ("too-big", "/limit", 5)
    assert found({"actionType": "toy.search", "limit": 70, "then": loop}, TOYS) == [
        ("too-big", "/limit")
    ]
    assert found({"actionType": "toy.search", "limit": True, "then": loop}, TOYS) == [
        ("wrong-type", "/limit")
    ]


def test_unknown_names_are_kept_and_warned_of_at_every_depth():
    wire = {"actionType": "toy.search", "Limit": 3, "zzz": 1, "filter": {"place": ["Oslo"]}}
    problems = problems_of(wire, TOYS)
    assert [(p.code, p.path, p.fix.kind, p.severity) for p in problems] == [
        ("unknown-parameter", "/Limit", "rename-param", "warning"),
        ("unknown-parameter", "/zzz", "remove-param", "warning"),
        ("unknown-parameter", "/filter/place", "rename-param", "warning"),
    ]


def test_the_words_name_the_place_and_the_remedy():
    wire = {
        "actionType": "st.createPost",
        "text": "x",
        "attachments": [
            {"url": "https://a.example/1", "type": "image"},
            {"url": "a", "type": "imag"},
        ],
    }
    assert [problem.message for problem in problems_of(wire)] == [
        "File URL in entry 2 of Attachments must be a web address, such as "
        "https://files.example.com/offer.pdf; not “a”.",
        "Kind of file in entry 2 of Attachments can be image, video, document; not “imag”.",
        "Attach up to 9 images, or 1 video, or 1 document; do not mix them.",
    ]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("x" * 301, "Note has 301 characters; 300 are allowed. Shorten it by 1."),
        (7, "Note must be a text, not a number."),
        (None, "Note must be a text, not nothing (null)."),
    ],
)
def test_words_for_a_note(value, message):
    wire = {
        "actionType": "st.sendConnectionRequest",
        "personUrl": "https://www.linkedin.com/in/x",
        "note": value,
    }
    assert [problem.message for problem in problems_of(wire)] == [message]


@pytest.mark.parametrize(
    ("given_value", "offered"),
    [("3", 3), (" 3 ", 3), ("three", None), ("3.5", None), (True, None), ([3], None)],
)
def test_a_value_of_the_wrong_type_is_offered_as_the_right_one_when_nobody_can_doubt_it(
    given_value, offered
):
    (problem,) = problems_of({"actionType": "toy.search", "limit": given_value}, TOYS)
    assert (problem.fix.value if problem.fix else None) == offered


def test_a_keyword_that_a_later_catalogue_brings_is_reported_too():
    odd = parameter("even", "integer")
    odd.schema["multipleOf"] = 2
    known = catalogue([action("toy.odd", root="allowed", parameters=[odd])])
    assert found({"actionType": "toy.odd", "even": 3}, known) == [("invalid-value", "/even")]


def test_two_catalogues_do_not_share_what_is_kept():
    strict = catalogue(
        [
            action(
                "toy.search", root="allowed", parameters=[parameter("limit", "integer", maximum=1)]
            )
        ]
    )
    wire = {"actionType": "toy.search", "limit": 2}
    assert found(wire, TOYS) == []
    assert found(wire, strict) == [("too-big", "/limit")]


# Fixes


TOY_PARAMETERS = st.one_of(*map(parameters_of, TOYS.actions.values()))


@given(trees(TYPES, TOY_PARAMETERS) | real_trees())
def test_a_fix_repairs_what_it_promises(tree):
    known = TOYS if any(node.type in TOYS.actions for node in tree.nodes.values()) else REAL
    for problem in validate(tree, known):
        if problem.fix is None:
            with pytest.raises(edits.Refused):
                fixes.edit(tree, known, problem, lambda: "new")
            continue
        numbers = iter(range(99))
        images = fixes.edit(tree, known, problem, lambda: f"new{next(numbers)}")  # noqa: B023
        mended = edits.apply(tree, images, "after")
        assert remaining(mended, problem, known) < remaining(tree, problem, known)


def remaining(tree, problem, known) -> int:
    return sum(
        (other.code, other.message) == (problem.code, problem.message)
        for other in validate_node(tree, problem.node_id, known)
    )


def test_a_fix_for_a_tree_that_has_changed_since_is_refused():
    wire = {"actionType": "toy.search", "limit": "3", "filter": {"places": [""]}}
    tree = codec.from_wire(wire, ids())
    for problem in validate(tree, TOYS):
        changed = Tree([Node("n0", None, 1, "toy.search")])
        for now in (changed, Tree()):
            with pytest.raises(edits.Refused):
                fixes.edit(now, TOYS, problem, lambda: "new")


def with_url(**more):
    return {"actionType": "toy.open", "url": "https://a.example", **more}


SEARCH = {"actionType": "toy.search"}
LOOP = {"actionType": "toy.loop", "then": {"actionType": "toy.open"}}


@pytest.mark.parametrize(
    ("wrong", "kind", "mended"),
    [
        ({"actionType": "toy.serch"}, "change-type", SEARCH),
        (LOOP, "wrap", SEARCH | {"then": LOOP}),
        (
            SEARCH | {"then": {"actionType": "toy.loop"}},
            "insert",
            SEARCH | {"then": {"actionType": "toy.loop", "then": {"actionType": "toy.open"}}},
        ),
        (SEARCH | {"label": 7}, "set-label", SEARCH | {"label": "7"}),
        (SEARCH | {"label": None}, "remove-label", SEARCH),
        (SEARCH | {"limit": "7"}, "set-param", SEARCH | {"limit": 7}),
        (SEARCH | {"limit": 0}, "set-param", SEARCH | {"limit": 1}),
        (SEARCH | {"limit": None}, "remove-param", SEARCH),
        (SEARCH | {"limmit": 3}, "rename-param", SEARCH | {"limit": 3}),
        (SEARCH | {"qqq": 3}, "remove-param", SEARCH),
        (
            SEARCH | {"filter": {"places": ["Oslo", "", "Bergen"]}},
            "remove-param",
            SEARCH | {"filter": {"places": ["Oslo", "Bergen"]}},
        ),
        (
            SEARCH | {"filter": {"places": "Oslo"}},
            "set-param",
            SEARCH | {"filter": {"places": ["Oslo"]}},
        ),
        (
            SEARCH | {"filter": {"place": ["Oslo"], "odd": 1}},
            "rename-param",
            SEARCH | {"filter": {"places": ["Oslo"], "odd": 1}},
        ),
        (with_url(url="a.example/x"), "set-param", with_url(url="https://a.example/x")),
        (with_url(card="TRUE"), "set-param", with_url(card=True)),
        (
            with_url(then=with_url()),
            "remove-param",
            with_url(then={"actionType": "toy.open"}),
        ),
    ],
)
def test_a_fix_of_every_kind(wrong, kind, mended):
    tree = codec.from_wire(wrong, ids())
    problem = validate(tree, TOYS)[0]
    assert problem.fix.kind == kind
    numbers = iter(range(9))
    images = fixes.edit(tree, TOYS, problem, lambda: f"new{next(numbers)}")
    assert codec.to_wire(edits.apply(tree, images, "after")) == mended


def test_an_entry_that_is_neither_text_nor_object():
    wire = {"actionType": "st.searchPosts", "term": "x", "filter": {"fromMembers": [5]}}
    (problem,) = problems_of(wire)
    assert problem.message == (
        "Entry 1 of From members in Filter must be a text or an object, not a number."
    )


def test_a_text_below_its_least_length():
    short = parameter("code", min_length=3)
    known = catalogue([action("toy.code", root="allowed", parameters=[short])])
    (problem,) = problems_of({"actionType": "toy.code", "code": "ab"}, known)
    assert problem.message == "Code has 2 characters; at least 3 are needed."
