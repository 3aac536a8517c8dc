"""Legal places are exactly those where the edit is not refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.trees import codec, edits, places
from editor.trees.nodes import GAP, MAX_DEPTH, MAX_NODES, Node, Tree
from editor.trees.places import Place
from tests.trees.strategies import ids, trees
from tests.trees.toy import TOYS

TYPES = [*TOYS.actions, "toy.unknown"]


def parents(tree: Tree) -> list[str | None]:
    return [None, *tree.nodes]


@given(trees(TYPES), st.sampled_from(TYPES))
def test_legal_places_are_those_where_inserting_is_not_refused(tree, action_type):
    branch = Tree([Node("new", None, GAP, action_type)])
    legal = set()
    for parent in parents(tree):
        for index in range(len(tree.children(parent)) + 1):
            try:
                edits.insert(tree, TOYS, Place(parent, index), branch)
            except edits.Refused:
                continue
            legal.add(Place(parent, index))
    found = places.legal_places(tree, TOYS, action_type)
    assert set(found) == legal
    assert len(found) == len(legal)


@given(trees(TYPES), st.data())
def test_legal_moves_are_those_that_are_not_refused_and_change_something(tree, data):
    if not tree:
        return
    node_id = data.draw(st.sampled_from(list(tree.nodes)))
    legal = set()
    for parent in parents(tree):
        others = [child for child in tree.children(parent) if child.id != node_id]
        for index in range(len(others) + 1):
            try:
                images = edits.move(tree, TOYS, node_id, Place(parent, index))
            except edits.Refused:
                continue
            if images:
                legal.add(Place(parent, index))
    found = places.legal_moves(tree, TOYS, node_id)
    assert set(found) == legal
    assert len(found) == len(legal)


def test_places_come_from_top_to_bottom():
    tree = codec.from_wire(
        [
            {"actionType": "toy.open", "then": [{"actionType": "toy.read"}]},
            {"actionType": "toy.open"},
        ],
        ids(),
    )
    assert places.legal_places(tree, TOYS, "toy.open") == [
        Place(None, 0), Place("n0", 0), Place("n0", 1), Place(None, 1), Place("n2", 0), Place(None, 2),
    ]  # fmt: skip
    assert places.legal_moves(tree, TOYS, "n2") == [Place(None, 0), Place("n0", 0), Place("n0", 1)]


def test_an_action_may_always_move_among_its_siblings_even_where_it_should_not_be():
    wire = {"actionType": "toy.read", "then": [{"actionType": "toy.loop"}, {"actionType": "toy.x"}]}
    tree = codec.from_wire(wire, ids())
    assert places.legal_moves(tree, TOYS, "n1") == [Place("n0", 1)]
    assert places.legal_moves(tree, TOYS, "n2") == [Place("n0", 0)]


def chain_of(length: int) -> Tree:
    return edits.chain(["toy.open"] * length, ids())


def test_no_place_is_deeper_than_the_limit():
    tree = chain_of(MAX_DEPTH)
    assert Place(f"n{MAX_DEPTH - 2}", 0) in places.legal_places(tree, TOYS, "toy.read")
    assert Place(f"n{MAX_DEPTH - 1}", 0) not in places.legal_places(tree, TOYS, "toy.read")


def test_a_branch_does_not_move_where_its_leaves_would_be_too_deep():
    two = [Node("a", None, 9999, "toy.open"), Node("b", "a", 0, "toy.read")]
    tree = Tree([*chain_of(MAX_DEPTH - 1).nodes.values(), *two])
    moves = places.legal_moves(tree, TOYS, "a")
    assert Place(f"n{MAX_DEPTH - 3}", 0) in moves
    assert Place(f"n{MAX_DEPTH - 2}", 0) not in moves
    with pytest.raises(edits.Refused, match="levels deep"):
        edits.move(tree, TOYS, "a", Place(f"n{MAX_DEPTH - 2}", 0))


def test_a_full_workflow_has_no_place_left():
    tree = Tree(Node(f"n{number}", None, number, "toy.open") for number in range(MAX_NODES))
    assert places.legal_places(tree, TOYS, "toy.read") == []
    with pytest.raises(edits.Refused, match="at most 20,000"):
        edits.duplicate(tree, "n0", lambda: "new")
