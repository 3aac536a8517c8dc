"""Any legal workflow gets a completion of the right shape, whatever it is."""

from collections import Counter
from datetime import UTC, datetime
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from editor.catalog import constraints
from editor.sandbox.play import Setting, play
from editor.trees import codec
from editor.trees.validate import validate
from tests.sandbox.samples import KNOWN, action, nodes
from tests.sandbox.shapes import misfits

ROOTS = constraints.allowed_roots(KNOWN)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LABELS = st.sampled_from([None, "mine", "trellis-error-personNotFound", "trellis-error-x-every-2"])


@st.composite
def workflows(draw, types=ROOTS, depth=0):
    """One action that may stand there, with anything legal below it."""
    kind = draw(st.sampled_from(types))
    wire = action(kind, at_root=depth == 0)
    if "limit" in {p.name for p in KNOWN.actions[kind].parameters}:
        wire["limit"] = draw(st.integers(1, 3))
    if (label := draw(LABELS)) is not None:
        wire["label"] = label
    below = constraints.allowed_children(KNOWN, kind)
    if below and depth < 6 and draw(st.booleans()):
        children = draw(st.lists(workflows(below, depth + 1), max_size=3))
        wire["then"] = children[0] if len(children) == 1 and draw(st.booleans()) else children
    return wire


@settings(max_examples=150, deadline=None)
@given(st.one_of(workflows(), st.lists(workflows(), min_size=1, max_size=3)))
def test_a_legal_workflow_gets_a_completion_of_the_right_shape(wire):
    tree = codec.from_wire(wire, map(str, count()).__next__)
    assert [p for p in validate(tree, KNOWN) if p.severity == "error"] == []
    completion, steps = play(tree, KNOWN, Setting(NOON, "example-demo", most=3))

    assert misfits(completion) == []
    assert isinstance(completion, list) == isinstance(wire, list)
    # Two loops on one list run one after the other, but stand side by side in each item.
    assert Counter((n["actionType"], n["success"]) for n in nodes(completion)) == Counter(
        (step.action.type, step.success) for step in steps
    )
    mirrored(wire, completion)
    assert play(tree, KNOWN, Setting(NOON, "example-demo", most=3))[0] == completion


def mirrored(wire, node):
    """Every executed node stands where its action stands, in the same form, with the same label."""
    if isinstance(wire, list):
        assert len(wire) == len(node)
        for one, other in zip(wire, node, strict=True):
            mirrored(one, other)
        return
    assert node["actionType"] == wire["actionType"]
    assert node.get("label") == wire.get("label")
    then = wire.get("then")
    data = node.get("data")
    if not node["success"] or then is None:
        assert "then" not in (data if isinstance(data, dict) else {})
    elif isinstance(data, list):
        below = [one for loop in _listed(then) for one in _listed(loop.get("then", []))]
        for item in data:
            mirrored(below, item.get("then", []))
    elif data is not None:
        mirrored(then, data["then"])


def _listed(then):
    return then if isinstance(then, list) else [then]
