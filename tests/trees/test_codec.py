"""Reading and writing Linked API JSON loses nothing, and says what it cannot read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.trees import codec, texts
from editor.trees.codec import DecodeError
from editor.trees.nodes import MAX_DEPTH, MAX_NODES, MISSING, Tree
from editor.trees.problems import READING_CODES
from tests.trees.strategies import anything, ids, trees, workflows

TYPES = ["st.openPersonPage", "toy.read", "no.such", ""]


def same_json(one: object, other: object) -> bool:
    """Equal to the last bit: 1, 1.0 and true are three values."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def read(reader, source):
    """The tree, or the list of problems: there is nothing else that can come out."""
    try:
        return reader(source, ids())
    except DecodeError as error:
        return error.problems


def problems_of(source: str | bytes) -> list[tuple[str, str]]:
    with pytest.raises(DecodeError) as caught:
        codec.decode(source, ids())
    return [(problem.code, problem.path) for problem in caught.value.problems]


@given(workflows(TYPES))
def test_what_is_read_is_written_again(wire):
    tree = codec.from_wire(wire, ids())
    assert same_json(codec.to_wire(tree), wire)
    assert same_json(json.loads(codec.encode(tree)), wire)


@given(anything)
def test_any_value_is_read_exactly_or_refused(value):
    outcome = read(codec.from_wire, value)
    if isinstance(outcome, Tree):
        assert same_json(codec.to_wire(outcome), value)
    else:
        assert outcome
        assert {problem.code for problem in outcome} <= set(READING_CODES)


@given(st.binary() | st.text() | anything.map(json.dumps))
def test_any_text_is_read_or_refused(source):
    outcome = read(codec.decode, source)
    assert isinstance(outcome, Tree) or outcome


@given(workflows(TYPES), st.data())
def test_a_damaged_text_is_read_or_refused(wire, data):
    text = json.dumps(wire)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    damaged = text[:start] + data.draw(st.text("{}[],:\"'\\u0d8 ", max_size=5)) + text[end:]
    outcome = read(codec.decode, damaged)
    assert isinstance(outcome, Tree) or outcome


@pytest.mark.parametrize(
    "text",
    [
        '{"actionType": "st.retrieveSSI"}',
        '[{"actionType": "st.retrieveSSI"}]',
        "[]",
        '{"actionType": "a", "then": []}',
        '{"actionType": "a", "then": {"actionType": "b"}}',
        '{"actionType": "a", "then": [{"actionType": "b"}]}',
        '{"actionType": "a", "label": null}',
        '{"actionType": "a", "label": ""}',
        '{"actionType": "a", "label": 7, "unknown": {"b": 1, "a": [1.0, true, 1]}}',
    ],
)
def test_every_form_keeps_its_form(text):
    assert same_json(codec.to_wire(codec.decode(text, ids())), json.loads(text))


def test_an_absent_label_is_not_a_null_label():
    absent, null = codec.decode(
        '[{"actionType": "a"}, {"actionType": "a", "label": null}]', ids()
    ).roots
    assert absent.label is MISSING
    assert null.label is None


def test_parameters_keep_their_order():
    tree = codec.decode(
        '{"z": 1, "actionType": "a", "b": 2, "then": [], "label": "", "a": 3}', ids()
    )
    assert list(tree.roots[0].params) == ["z", "b", "a"]


def test_ids_are_given_in_document_order():
    text = '[{"actionType": "a", "then": [{"actionType": "b"}, {"actionType": "c"}]}, {"actionType": "d"}]'
    tree = codec.decode(text, ids())
    assert [(node.id, node.type) for node, _ in tree.walk()] == [
        ("n0", "a"), ("n1", "b"), ("n2", "c"), ("n3", "d"),
    ]  # fmt: skip


def test_a_byte_order_mark_is_skipped():
    text = '\ufeff{"actionType": "a"}'
    assert codec.decode(text, ids()).roots == codec.decode(text.encode(), ids()).roots


def test_disabled_actions_are_left_out_with_all_below():
    tree = codec.decode(
        '[{"actionType": "a", "then": [{"actionType": "b", "then": {"actionType": "c"}}, {"actionType": "d"}]}]',
        ids(),
    )
    off = Tree([_off(node, "b") for node in tree.nodes.values()], tree.array)
    assert codec.to_wire(off) == [{"actionType": "a", "then": [{"actionType": "d"}]}]
    assert codec.pointers(off) == {"n0": "/0", "n3": "/0/then/0"}


def _off(node, action_type):
    return type(node)(
        node.id, node.parent, node.position, node.type,
        then_array=node.then_array, disabled=node.type == action_type,
    )  # fmt: skip


@given(trees(TYPES))
def test_pointers_lead_to_the_actions_that_are_sent(tree):
    wire, found = codec.to_wire(tree), codec.pointers(tree)
    for node, _ in tree.walk():
        assert codec.pointer(tree, node.id) == found.get(node.id)
    for node_id, place in found.items():
        assert resolve(wire, place)["actionType"] == tree.nodes[node_id].type
    sent = [n.id for n, _ in tree.walk() if not any(step.disabled for step in tree.path(n.id))]
    assert list(found) == sent


def resolve(value, pointer):
    """What an RFC 6901 pointer leads to."""
    for key in pointer.split("/")[1:]:
        key = key.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def test_a_pointer_escapes_slashes_and_tildes():
    assert codec.step("a/b", 0, "~1") == "/a~1b/0/~01"


def test_all_faults_are_named_at_once():
    text = """[
        {"actionType": 5, "p": NaN, "then": "none"},
        {"then": [7, {"actionType": "b", "q": [1e999, "\\ud800"]}]},
        "end"
    ]"""
    assert problems_of(text) == [
        ("wrong-action-type", "/0/actionType"),
        ("wrong-number", "/0/p"),
        ("wrong-then", "/0/then"),
        ("missing-action-type", "/1"),
        ("not-an-action", "/1/then/0"),
        ("wrong-number", "/1/then/1/q/0"),
        ("wrong-text", "/1/then/1/q/1"),
        ("not-an-action", "/2"),
    ]


def test_the_list_of_faults_has_an_end():
    found = problems_of(json.dumps([7] * 500))
    assert len(found) == codec.MAX_PROBLEMS + 1
    assert found[-1] == ("more-problems", "")


def test_the_deepest_workflow_is_read_written_and_read_again():
    text = '{"actionType": "a", "then": [' * (MAX_DEPTH - 1) + '{"actionType": "a"}'
    text += "]}" * (MAX_DEPTH - 1)
    tree = codec.decode(text, ids())
    assert len(tree) == MAX_DEPTH
    assert codec.decode(codec.encode(tree), ids()) == tree
    assert problems_of('{"actionType": "a", "then": ' + text + "}")[0][0] == "too-deep"


def test_a_value_nested_without_end_is_refused_not_a_crash():
    value = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(DecodeError):
        codec.from_wire({"actionType": "a", "p": value}, ids())
    action = {"actionType": "a"}
    for _ in range(5000):
        action = {"actionType": "a", "then": action}
    with pytest.raises(DecodeError):
        codec.from_wire(action, ids())


def test_the_largest_workflow_is_read_written_and_read_again():
    text = json.dumps([{"actionType": "a"}] * MAX_NODES)
    tree = codec.decode(text, ids())
    assert codec.decode(codec.encode(tree), ids()) == tree


def test_text_is_indented_unless_that_makes_it_too_long_to_be_read():
    assert codec.encode(codec.decode('{"actionType":"a"}', ids())) == '{\n  "actionType": "a"\n}\n'
    chain = '{"actionType":"a","then":[' * 150
    wide = chain + ",".join(['{"actionType":"a"}'] * 3_500) + "]}" * 150
    tree = codec.decode(wide, ids())
    assert codec.decode(codec.encode(tree), ids()) == tree


def test_a_fault_in_the_text_has_its_line_and_column():
    with pytest.raises(DecodeError) as caught:
        codec.decode('{\n  "actionType" "a"\n}', ids())
    problem = caught.value.problems[0]
    assert problem.at == (2, 16)
    assert problem.as_json()["line"] == 2
    assert "Line 2, column 16" in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "x", "{'a': 1}", '{"a": 1,}', "[1,]", '{"a" 1}', "[1 2]", "[1] 2",
        '["', '["\n"]', r'["\x"]', r'["\u12"]',
    ],
)  # fmt: skip
def test_every_fault_that_python_finds_in_json_has_a_remedy(text):
    with pytest.raises(json.JSONDecodeError) as python:
        json.loads(text)
    assert python.value.msg.removesuffix(": ") in texts.REMEDIES


@pytest.mark.parametrize("value", [(1, 2), {1, 2}, object(), {1: 2}, b"bytes", {"a": {2: 3}}])
def test_what_json_does_not_know_is_refused(value):
    with pytest.raises(DecodeError) as caught:
        codec.from_wire({"actionType": "a", "p": value}, ids())
    assert caught.value.problems[0].code == "wrong-value"
