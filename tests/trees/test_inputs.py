"""Inputs: declared once, used as {{ name }}, asked for before a run, and gone from what is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor import catalog
from editor.trees import codec, fitting, inputs, placeholders
from editor.trees.inputs import Input, check_values, parse
from editor.trees.nodes import MISSING, Node, Tree
from editor.trees.parameters import faults
from editor.trees.placeholders import NoValue, substitute, unknown, unused, uses
from editor.trees.problems import CHECKING_CODES, Problem
from editor.trees.validate import validate, validate_node
from tests.trees.strategies import anything, ids, texts, trees, values
from tests.trees.toy import TOYS

PERSON = Input("person", "url", help="Whom to write to")
COUNT = Input("count", "number", required=False, default=5)
PLACES = Input("places", "list", required=False)
ALL = (PERSON, COUNT, PLACES, Input("full", "yesno"), Input("hello", "text"))

FILLED = {
    "person": "https://www.linkedin.com/in/example-oda",
    "count": 3,
    "places": ["Oslo, Norway", "Porto"],
    "full": True,
    "hello": "Hello {{ count }}",
}


def tree_of(wire) -> Tree:
    return codec.from_wire(wire, ids())


def asking(tree: Tree, declared) -> Tree:
    """The tree as a workflow that declares these inputs."""
    declarations = tuple(each.as_json() for each in declared)
    return Tree(tree.nodes.values(), tree.array, declarations)


def codes(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in problems]


# Declarations


def test_a_declaration_says_as_much_as_it_needs():
    found, problems = parse(
        [
            {"name": "hello"},
            {"name": "count", "kind": "number", "required": False, "default": "25"},
            {"name": "size", "choices": ["small", "large"], "help": "How many people work there"},
            {"name": "places", "kind": "list", "default": "Oslo, Norway\nPorto\n"},
            {"name": "full", "kind": "yesno", "default": False},
        ]
    )
    assert problems == []
    assert found == (
        Input("hello"),
        Input("count", "number", required=False, default=25),
        Input("size", choices=("small", "large"), help="How many people work there"),
        Input("places", "list", default=["Oslo, Norway", "Porto"]),
        Input("full", "yesno", default=False),
    )


@pytest.mark.parametrize(
    ("entry", "place", "code"),
    [
        ("person", "/0", "not-an-input"),
        ({}, "/0/name", "wrong-name"),
        ({"name": "first name"}, "/0/name", "wrong-name"),
        ({"name": "1st"}, "/0/name", "wrong-name"),
        ({"name": "a" * 65}, "/0/name", "wrong-name"),
        ({"name": 7}, "/0/name", "wrong-name"),
        ({"name": "a", "kind": "date"}, "/0/kind", "wrong-kind"),
        ({"name": "a", "kind": []}, "/0/kind", "wrong-kind"),
        ({"name": "a", "required": "no"}, "/0/required", "wrong-required"),
        ({"name": "a", "help": 5}, "/0/help", "wrong-help"),
        ({"name": "a", "help": "?" * 501}, "/0/help", "wrong-help"),
        ({"name": "a", "help": "\0"}, "/0/help", "wrong-text"),
        ({"name": "a", "choices": "b"}, "/0/choices", "wrong-choices"),
        ({"name": "a", "choices": ["b", []]}, "/0/choices/1", "wrong-choices"),
        ({"name": "a", "choices": ["b", " "]}, "/0/choices/1", "wrong-choices"),
        ({"name": "a", "kind": "yesno", "choices": [True]}, "/0/choices", "wrong-choices"),
        ({"name": "a", "kind": "number", "default": "many"}, "/0/default", "wrong-default"),
        ({"name": "a", "kind": "url", "default": "example.com"}, "/0/default", "wrong-default"),
        ({"name": "a", "choices": ["b"], "default": "c"}, "/0/default", "wrong-default"),
        ({"name": "a", "optional": True}, "/0/optional", "unknown-key"),
    ],
)
def test_a_wrong_declaration_is_told_with_its_place(entry, place, code):
    found, problems = parse([entry])
    assert codes(problems) == [(place, code)]
    assert all(problem.message.endswith(".") for problem in problems)
    assert len(found) == (code not in ("not-an-input", "wrong-name", "wrong-kind"))


def test_everything_that_is_wrong_is_told_at_once():
    _, problems = parse([{"name": "?", "kind": "?", "required": 1, "help": 2, "more": 3}, None])
    assert [code for _, code in codes(problems)] == [
        "unknown-key", "wrong-name", "wrong-kind", "wrong-required", "wrong-help", "not-an-input",
    ]  # fmt: skip


def test_names_that_differ_only_in_capitals_are_one_name_too_many():
    found, problems = parse([{"name": "City"}, {"name": "city"}])
    assert [one.name for one in found] == ["City"]
    assert codes(problems) == [("/1/name", "doubled-name")]


@pytest.mark.parametrize("value", [None, {}, "inputs", [{"name": "a"}] * 101])
def test_what_is_no_list_declares_nothing(value):
    assert codes(parse(value)[1])[0] == ("", "not-inputs")


@given(
    anything | st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(inputs.KEYS, anything)))
)
def test_parse_reads_anything_without_an_accident(value):
    found, problems = parse(value)
    assert problems or isinstance(value, list)
    assert {problem.code for problem in problems} <= {
        *inputs.INPUT_CODES,
        "wrong-text",
        "wrong-number",
    }
    again, none = parse([one.as_json() for one in found])
    assert (again, none) == (found, [])


# Values


def test_a_form_gives_texts_and_gets_typed_values():
    raw = {
        "person": " https://www.linkedin.com/in/example-oda ",
        "count": "25",
        "places": "Oslo, Norway\r\n\r\n Porto ",
        "full": "yes",
        "hello": " Hi ",
    }
    assert check_values(ALL, raw) == (
        {
            "person": "https://www.linkedin.com/in/example-oda",
            "count": 25,
            "places": ["Oslo, Norway", "Porto"],
            "full": True,
            "hello": " Hi ",
        },
        [],
    )


@pytest.mark.parametrize(
    "shown", ["www.linkedin.com/in/oda", "LinkedIn.com/in/oda", "pt.linkedin.com/in/oda"]
)
def test_a_linkedin_address_as_browsers_show_it_is_made_whole(shown):
    (url,) = parse([{"name": "person", "kind": "url"}])[0]
    assert check_values([url], {"person": f" {shown} "}) == ({"person": f"https://{shown}"}, [])


def test_json_gives_typed_values_and_keeps_them():
    typed = {**FILLED, "full": False, "count": 2.5}
    assert check_values(ALL, typed) == (typed, [])


def test_what_is_not_mentioned_takes_its_default_and_what_is_emptied_does_not():
    assert check_values([COUNT], {}) == ({"count": 5}, [])
    assert check_values([COUNT], {"count": None}) == ({"count": None}, [])
    assert check_values([COUNT], {"count": ""}) == ({"count": None}, [])
    assert check_values([PLACES], {"places": " \n "}) == ({"places": None}, [])


@pytest.mark.parametrize(
    ("kind", "raw", "words"),
    [
        ("text", ["a"], "A text is expected, not a list."),
        ("text", "x" * 20_001, "at most 20,000 characters"),
        ("text", "half \ud83d", "half of a character pair"),
        ("url", "example.com/a", "Write “https://example.com/a”"),
        ("url", "ftp://example.com", "such as https://"),
        ("url", "https://two words.com", "such as https://"),
        ("url", "javascript:alert(1)", "such as https://"),
        ("number", "1,5", "such as 25 or 2.5"),
        ("number", "1e5", "such as 25 or 2.5"),
        ("number", "9" * 5000, "such as 25 or 2.5"),
        ("number", True, "not true or false"),
        ("number", float("nan"), "no number at all"),
        ("number", 10**400, "too large"),
        ("list", {"a": 1}, "one entry per line"),
        ("list", ["a", ["b"]], "A text is expected, not a list."),
        ("list", "a\n" * 1001, "at most 1,000 entries"),
        ("yesno", "maybe", "Yes or no is expected"),
        ("yesno", 2, "Yes or no is expected"),
    ],
)
def test_a_value_of_another_kind_is_refused_with_a_remedy(kind, raw, words):
    found, problems = check_values([Input("it", kind)], {"it": raw})
    assert found == {}
    assert codes(problems) == [("/it", "wrong-value")]
    assert words in problems[0].message


@pytest.mark.parametrize("kind", inputs.KINDS)
def test_an_empty_required_input_says_what_it_needs(kind):
    found, problems = check_values([Input("it", kind)], {"it": "  "})
    assert found == {}
    assert codes(problems) == [("/it", "missing-value")]
    assert inputs.KINDS[kind] in problems[0].message


def test_only_a_choice_can_be_chosen():
    size = Input("size", choices=("small", "large"))
    assert check_values([size], {"size": "large"}) == ({"size": "large"}, [])
    found, problems = check_values([size], {"size": "huge"})
    assert found == {}
    assert codes(problems) == [("/size", "wrong-choice")]
    assert "Choose from “small”, “large”" in problems[0].message
    many = Input("sizes", "list", choices=("small", "large"))
    assert codes(check_values([many], {"sizes": ["small", "huge"]})[1]) == [
        ("/sizes", "wrong-choice")
    ]


def test_a_value_for_no_input_is_not_dropped_in_silence():
    found, problems = check_values([COUNT], {"counts": 5})
    assert codes(problems) == [("/counts", "unknown-input")]
    assert "Did you mean “count”?" in problems[0].message
    assert found == {"count": 5}


@given(st.dictionaries(st.sampled_from([one.name for one in ALL] + ["other"]), anything))
def test_any_values_are_typed_or_reported(raw):
    found, problems = check_values(ALL, raw)
    named = {problem.path for problem in problems}
    assert all((one.name in found) != (f"/{one.name}" in named) for one in ALL)
    again = [one for one in ALL if one.name in found]
    assert check_values(again, found) == (found, [])


# Placeholders


PERSON_PAGE = {
    "actionType": "st.openPersonPage",
    "label": "{{ hello }}",
    "personUrl": "{{person}}",
    "basicInfo": "{{ full }}",
    "then": {"actionType": "st.sendMessage", "text": "{{ hello }}! {{ nobody }} & {{{{ braces }}"},
}


def test_uses_name_the_node_and_the_place():
    tree = tree_of(PERSON_PAGE)
    assert uses(tree) == {
        "hello": [("n0", "/label"), ("n1", "/text")],
        "person": [("n0", "/personUrl")],
        "full": [("n0", "/basicInfo")],
        "nobody": [("n1", "/text")],
    }
    assert unknown(tree, ALL) == {"nobody": [("n1", "/text")]}
    assert unused(tree, ALL) == (COUNT, PLACES)


def test_uses_are_found_at_any_depth_and_never_in_names():
    tree = tree_of({"actionType": "x", "a": {"{{ key }}": [1, {"b": "{{ deep }}"}]}})
    assert uses(tree) == {"deep": [("n0", "/a/{{ key }}/1/b")]}


def test_a_placeholder_alone_becomes_the_typed_value():
    wire = {"actionType": "x", "n": "{{ count }}", "l": " {{places}} ", "b": "{{ full }}"}
    sent = codec.to_wire(substitute(tree_of(wire), FILLED))
    assert sent == {"actionType": "x", "n": 3, "l": ["Oslo, Norway", "Porto"], "b": True}


def test_inside_a_text_a_value_is_put_in_as_text():
    wire = {"actionType": "x", "t": "{{ count }} in {{ places }}: {{ full }}{{ nothing }}"}
    sent = codec.to_wire(substitute(tree_of(wire), {**FILLED, "nothing": None}))
    assert sent["t"] == "3 in Oslo, Norway, Porto: yes"


def test_a_list_in_a_list_is_spliced_in():
    wire = {"actionType": "x", "l": ["Bergen", "{{ places }}", "{{ nothing }}", None]}
    sent = codec.to_wire(substitute(tree_of(wire), {**FILLED, "nothing": None}))
    assert sent["l"] == ["Bergen", "Oslo, Norway", "Porto", None]


def test_an_input_left_empty_takes_its_parameter_out():
    wire = {
        "actionType": "x",
        "label": "{{ it }}",
        "a": "{{ it }}",
        "b": {"c": "{{ it }}"},
        "d": None,
    }
    tree = substitute(tree_of(wire), {"it": None})
    assert codec.to_wire(tree) == {"actionType": "x", "b": {}, "d": None}
    assert tree.roots[0].label is MISSING


def test_braces_in_a_value_mean_nothing():
    sent = codec.to_wire(substitute(tree_of({"actionType": "x", "t": "{{ hello }}."}), FILLED))
    assert sent["t"] == "Hello {{ count }}."


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("{{{{ name }}", "{{ name }}"),
        ("{{{ count }}}", "{3}"),
        ("{{{{{{ count }}", "{{3"),
        ("{{ count }}{{count}}", "33"),
        ("a { b } }} c", "a { b } }} c"),
        ("{{ first name }}", "{{ first name }}"),
        ("{{", "{{"),
        ("{{\n count \t}}", 3),
    ],
)
def test_doubled_braces_are_braces(written, sent):
    assert placeholders.fill(written, FILLED) == sent


@given(texts, texts)
def test_an_escaped_text_means_itself(left, right):
    text = f"{left}{{{{ {right} }}}}"
    assert placeholders.fill(placeholders.escape(text), {}) == text
    assert not placeholders.has_bad_braces(placeholders.escape(text))


def test_a_message_with_a_hole_in_it_never_goes_out():
    with pytest.raises(NoValue) as caught:
        substitute(tree_of([PERSON_PAGE, {"actionType": "x", "a": "{{ also }}"}]), FILLED)
    assert caught.value.names == ("nobody", "also")


def test_disabled_actions_keep_their_placeholders():
    tree = tree_of([PERSON_PAGE])
    off = Tree([_disabled(node) if node.parent else node for node in tree.nodes.values()], True)
    filled = substitute(off, FILLED)
    assert filled.nodes["n1"] == off.nodes["n1"]
    assert codec.to_wire(filled)[0]["personUrl"] == FILLED["person"]


def _disabled(node):
    return codec.Node(**{**{f: getattr(node, f) for f in node.__slots__}, "disabled": True})


holes = st.sampled_from(
    ["{{ person }}", "{{ count }}", "{{ places }}", "{{ full }}", "{{ hello }}"]
)
with_holes = st.recursive(
    values | holes | st.builds("{} {} {}".format, holes, texts, holes),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


@given(trees(["x"], st.dictionaries(st.sampled_from("ab"), with_holes)))
def test_substitute_leaves_no_placeholder(tree):
    full = {**FILLED, "hello": "Hi"}
    filled = substitute(tree, full)
    sent = Tree([node for node in filled.nodes.values() if node.id in codec.pointers(tree)])
    assert uses(sent) == {}
    assert substitute(sent, {}) == sent
    assert list(filled.nodes) == [node.id for node, _ in tree.walk()]


@given(trees(["x"]))
def test_a_tree_without_placeholders_stays_as_it_is(tree):
    if not uses(tree):
        assert codec.to_wire(substitute(tree, {})) == codec.to_wire(tree)


# Inputs in parameters


def found(action_type, params, declared=ALL, placement="root", label=MISSING):
    """[(path, code)] of what is wrong, among the toys or in the real catalogue."""
    known = TOYS if action_type.startswith("toy.") else catalog.default()
    parent = Node("above", None, 0, "?")
    node = Node("it", "above" if placement == "child" else None, 0, action_type, params, label)
    tree = Tree([parent, node] if placement == "child" else [node])
    place = codec.pointer(tree, "it")
    return [
        (problem.path.removeprefix(place), problem.code)
        for problem in validate_node(asking(tree, declared), "it", known)
        if problem.path != place or problem.code not in ("root-needs", "empty-loop")
    ]


def test_an_input_of_a_fitting_kind_satisfies_a_parameter():
    params = {
        "term": "{{ hello }}",
        "limit": "{{ count }}",
        "filter": {"locations": "{{ places }}", "schools": ["NTNU", "{{ hello }}", "{{ places }}"]},
    }
    assert found("st.searchPeople", params) == []
    assert (
        found("st.openPersonPage", {"personUrl": "{{ person }}", "basicInfo": "{{ full }}"}) == []
    )
    assert found("st.reactToPost", {"postUrl": "{{ person }}", "type": "{{ hello }}"}) == []


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({"limit": "{{ hello }}"}, "/limit"),
        ({"limit": "{{ full }}"}, "/limit"),
        ({"filter": "{{ places }}"}, "/filter"),
        ({"filter": {"locations": "{{ hello }}"}}, "/filter/locations"),
        ({"filter": {"locations": ["{{ count }}"]}}, "/filter/locations/0"),
        ({"filter": {"connectionDegrees": "{{ person }}"}}, "/filter/connectionDegrees"),
        ({"term": "{{ places }}"}, "/term"),
    ],
)
def test_an_input_of_another_kind_is_a_misfit(params, place):
    assert found("st.searchPeople", params) == [(place, "input-misfit")]


def test_choices_must_be_among_those_of_the_parameter():
    params = {"postUrl": "{{ person }}", "type": "{{ how }}"}
    for choices, expected in [(("like",), []), (("like", "hate"), [("/type", "input-misfit")])]:
        declared = (PERSON, Input("how", choices=choices))
        assert found("st.reactToPost", params, declared) == expected


def test_an_unknown_name_is_a_problem_wherever_it_stands():
    params = {"personUrl": "{{ who }}", "basicInfo": "{{ what }}"}
    assert found("st.openPersonPage", params, label="To {{ who }}") == [
        ("/label", "unknown-input"),
        ("/personUrl", "unknown-input"),
        ("/basicInfo", "unknown-input"),
    ]


def test_braces_that_are_no_placeholder_are_a_problem():
    assert found("st.sendMessage", {"text": "Hi {{ first name }}"}, placement="child") == [
        ("/text", "bad-placeholder")
    ]
    assert found("st.sendMessage", {"text": "Hi {{{{ first name }}"}, placement="child") == []


def test_a_label_takes_a_text():
    assert found("toy.list", {}, label="{{ hello }}") == []
    assert found("toy.list", {}, label="{{ places }}") == [("/label", "input-misfit")]
    assert found("toy.list", {}, label="at {{ places }}") == []


def test_a_placeholder_is_still_forbidden_where_its_parameter_is():
    params = {"personUrl": "{{ person }}", "unheardOf": "{{ hello }}"}
    assert found("st.openPersonPage", params, placement="child") == [
        ("/personUrl", "forbidden"),
        ("/unheardOf", "unknown-parameter"),
    ]


def test_a_text_around_a_placeholder_is_judged_by_what_is_certain():
    near = {"personUrl": "https://www.linkedin.com/in/{{ hello }}"}
    assert found("st.openPersonPage", near) == []
    assert found("st.openPersonPage", {"personUrl": "{{ hello }}/in/x"}) == []
    assert found("st.searchPeople", {"limit": "{{ count }} people"}) == [("/limit", "wrong-type")]
    assert found("toy.write", {"url": "{{ person }}", "text": "{{ hello }} {{ hello }}"}) == []
    long = {"url": "{{ person }}", "text": "far too long whatever {{ hello }} is"}
    assert found("toy.write", long) == [("/text", "too-long")]


def test_a_rule_over_several_parameters_waits_for_the_values():
    image = {"url": "https://files.example.com/a.png", "type": "image"}
    params = {"text": "See", "attachments": [{**image, "type": "{{ hello }}"}, image]}
    assert found("st.createPost", params) == []
    assert found("st.retrieveConnections", {"since": "{{ hello }}", "filter": {}}) == [
        ("", "since-without-filter")
    ]
    assert found("nv.openPersonPage", {"personHashedUrl": "{{ person }}"}) == []


def test_a_default_must_fit_too():
    declared = (Input("count", "number", default=5000),)
    assert found("st.searchPeople", {"limit": "{{ count }}"}, declared) == [("/limit", "too-big")]
    fine = (Input("count", "number", default=50),)
    assert found("st.searchPeople", {"limit": "{{ count }}"}, fine) == []


def test_a_required_parameter_wants_an_input_that_is_never_empty():
    optional = (Input("person", "url", required=False),)
    params = {"personUrl": "{{ person }}"}
    assert found("st.openPersonPage", params, optional) == [("/personUrl", "may-be-empty")]
    assert found("st.openPersonPage", params, (PERSON,)) == []
    two_ways = {"postUrl": "{{ person }}", "postUrn": "urn:li:activity:1"}
    assert found("st.openPost", two_ways, optional) == []


def test_a_workflow_is_checked_as_it_is_written_and_again_as_it_is_sent():
    tree = tree_of({**PERSON_PAGE, "then": {"actionType": "st.sendMessage", "text": "{{ hello }}"}})
    assert validate(asking(tree, ALL), catalog.default()) == []
    assert [p.code for p in validate(tree, catalog.default())] == ["wrong-format", "wrong-type"]
    assert validate(substitute(tree, FILLED), catalog.default()) == []
    sent = substitute(tree, {**FILLED, "person": "https://example.com/"})
    assert [p.code for p in validate(sent, catalog.default())] == ["wrong-format"]


def test_problems_of_placeholders_say_where_they_are():
    tree = tree_of([PERSON_PAGE])
    (problem,) = validate(asking(tree, ALL), catalog.default())
    assert (problem.path, problem.node_id, problem.code) == ("/0/then/text", "n1", "unknown-input")


@given(
    trees(
        ["st.searchPeople", "st.openPersonPage", "toy"],
        st.dictionaries(st.sampled_from(["limit", "filter", "personUrl", "term"]), with_holes),
    )
)
def test_trees_with_placeholders_are_checked_without_an_accident(tree):
    problems = validate(asking(tree, ALL), catalog.default())
    known = {**CHECKING_CODES, **fitting.PLACEHOLDER_CODES}
    rules = {rule.code for action in catalog.default().actions.values() for rule in action.rules}
    assert {problem.code for problem in problems} <= {*known, *rules}


@given(
    trees(list(TOYS.actions), st.dictionaries(st.sampled_from(["limit", "text", "url"]), values))
)
def test_without_placeholders_inputs_change_nothing(tree):
    if not any(
        "{{" in text for node in tree.nodes.values() for _, text in placeholders.braced(node)
    ):
        assert validate(asking(tree, ALL), TOYS) == validate(tree, TOYS)


EVERY_PARAMETER = [
    (action, parameter)
    for action in catalog.default().actions.values()
    for parameter in action.parameters
]


@pytest.mark.parametrize(("action", "parameter"), EVERY_PARAMETER)
def test_stand_ins_suit_every_parameter_of_the_catalogue(action, parameter):
    """Else a placeholder would be blamed for its stand-in."""
    alone = {parameter.name: fitting.example(parameter)}
    at_it = [fault for fault in faults(catalog.default(), action.type, alone, "root") if fault.path]
    assert not [
        f
        for f in at_it
        if f.path[0] == parameter.name and f.code not in ("forbidden", "hashed-url")
    ]
