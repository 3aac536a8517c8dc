"""Several actions move and are copied together, in their order, in one step to undo."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.trees import edits, places, several
from editor.trees.places import Place
from tests.trees.strategies import trees
from tests.trees.test_edits import READ, WRITE, after, open_with, tree_of, types_below
from tests.trees.toy import TOYS

TYPES = [*TOYS.actions, "toy.unknown"]


def copies():
    numbers = itertools.count()
    return lambda: f"c{next(numbers)}"


def below(tree, parent) -> list[str]:
    return [node.id for node in tree.children(parent)]


def test_they_stand_together_in_the_order_named():
    tree = tree_of([open_with(READ, WRITE, READ), open_with(READ)])  # n0 > n1 n2 n3, n4 > n5
    moved = after(tree, several.move(tree, TOYS, ["n1", "n3"], Place("n4", 1)))
    assert (below(moved, "n0"), below(moved, "n4")) == (["n2"], ["n5", "n1", "n3"])
    moved = after(tree, several.move(tree, TOYS, ["n3", "n5"], Place("n0", 0)))
    assert below(moved, "n0") == ["n3", "n5", "n1", "n2"]


def test_the_place_counts_the_siblings_that_stay():
    tree = tree_of(open_with(READ, READ, READ, READ))  # n0 > n1 n2 n3 n4
    moved = after(tree, several.move(tree, TOYS, ["n1", "n2"], Place("n0", 1)))
    assert below(moved, "n0") == ["n3", "n1", "n2", "n4"]
    assert several.move(tree, TOYS, ["n2", "n3"], Place("n0", 1)) == {}
    assert below(after(tree, several.move(tree, TOYS, ["n1", "n4"], Place("n0", 99))), "n0") == [
        "n2", "n3", "n1", "n4",
    ]  # fmt: skip


def test_what_stands_below_another_one_goes_along_with_it():
    tree = tree_of([open_with(open_with(READ)), open_with()])  # n0 > n1 > n2, n3
    moved = after(tree, several.move(tree, TOYS, ["n1", "n2"], Place("n3", 0)))
    assert (below(moved, "n3"), below(moved, "n1")) == (["n1"], ["n2"])
    copied = after(tree, several.duplicate(tree, ["n1", "n2"], copies()))
    assert below(copied, "n0") == ["n1", "c0"]
    assert types_below(copied, "c0") == ["toy.read"]


def test_one_that_may_not_stand_there_keeps_all_where_they_are():
    tree = tree_of([open_with(READ, open_with()), READ])
    with pytest.raises(edits.Refused, match="takes no actions"):
        several.move(tree, TOYS, ["n2", "n1"], Place("n3", 0))
    with pytest.raises(edits.Refused, match="below itself"):
        several.move(tree, TOYS, ["n3", "n0"], Place("n2", 0))
    with pytest.raises(edits.Refused, match="no longer there"):
        several.move(tree, TOYS, ["n1", "gone"], Place("n0", 0))


def test_copies_of_siblings_stand_together_behind_the_last_of_them():
    tree = tree_of([open_with(READ, WRITE, READ), open_with(WRITE)])
    copied = after(tree, several.duplicate(tree, ["n1", "n2", "n5"], copies()))
    assert below(copied, "n0") == ["n1", "n2", "c0", "c1", "n3"]
    assert below(copied, "n4") == ["n5", "c2"]
    assert types_below(copied, "n0")[2:4] == ["toy.read", "toy.write"]


@given(trees(TYPES), st.data())
def test_legal_moves_of_several_are_those_that_are_not_refused_and_change_something(tree, data):
    if not tree:
        return
    some = data.draw(
        st.lists(st.sampled_from(list(tree.nodes)), min_size=1, max_size=3, unique=True)
    )
    moved = {node.id for node in several.tops(tree, some)}
    in_order = [node.id for node, _ in tree.walk() if node.id in moved]
    legal = set()
    for parent in [None, *tree.nodes]:
        others = [child for child in tree.children(parent) if child.id not in moved]
        for index in range(len(others) + 1):
            try:
                images = several.move(tree, TOYS, in_order, Place(parent, index))
            except edits.Refused:
                continue
            if images:
                legal.add(Place(parent, index))
                assert edits.apply(edits.apply(tree, images, "after"), images, "before") == tree
    found = places.legal_moves(tree, TOYS, *in_order)
    assert set(found) == legal
    assert len(found) == len(legal)
