"""What does not fit is laid aside, whole, and can be taken back; the workflow does not know it meanwhile."""

import itertools
from collections.abc import Callable

import pytest

from editor.trees import codec, edits, places, several
from editor.trees.edits import Refused
from editor.trees.nodes import Tree
from editor.trees.places import Place
from editor.trees.validate import validate, validate_node
from tests.trees.test_edits import READ, WRITE, after, open_with, shape, tree_of
from tests.trees.toy import TOYS


def named(letter: str) -> Callable[[], str]:
    """A source of ids that the tree does not have."""
    numbers = itertools.count()
    return lambda: f"{letter}{next(numbers)}"


@pytest.fixture
def tree() -> Tree:
    """open (n0) holds open (n1) with read (n2) and write (n3); then read (n4)."""
    return tree_of(open_with(open_with(READ, WRITE), READ))


def parked(tree: Tree) -> list[str]:
    return [node.id for node in tree.parked]


def test_a_branch_is_laid_aside_whole_and_no_part_of_the_workflow_any_more(tree):
    aside = after(tree, edits.park(tree, ["n1"]))
    assert parked(aside) == ["n1"]
    assert [node.id for node, _ in aside.walk()] == ["n0", "n4"]
    assert [node.id for node in aside.subtree("n1")] == ["n1", "n2", "n3"]
    assert "toy.write" not in codec.encode(aside)
    assert validate_node(aside, "n3", TOYS) == []
    assert not [problem for problem in validate(aside, TOYS) if problem.node_id == "n3"]


def test_several_are_laid_aside_in_their_order_and_what_is_below_one_stays_below_it(tree):
    aside = after(tree, edits.park(tree, ["n4", "n2", "n1"]))
    assert parked(aside) == ["n1", "n4"]
    assert edits.park(aside, ["n4", "n2"]) == {}


def test_moving_a_parked_branch_takes_it_back(tree):
    aside = after(tree, edits.park(tree, ["n1"]))
    back = after(aside, edits.move(aside, TOYS, "n1", Place("n0", 0)))
    assert codec.to_wire(back) == codec.to_wire(tree)
    assert not back.parked


def test_what_is_parked_goes_only_where_it_may_stand(tree):
    aside = after(tree, edits.park(tree, ["n4"]))
    with pytest.raises(Refused, match="Read cannot start a workflow"):
        edits.move(aside, TOYS, "n4", Place(None, 0))
    found = places.legal_moves(aside, TOYS, "n4")
    assert {place.parent for place in found} == {"n0", "n1"}


def test_parts_of_a_parked_branch_can_be_taken_back_alone(tree):
    aside = after(tree, edits.park(tree, ["n1"]))
    back = after(aside, edits.move(aside, TOYS, "n2", Place("n0", 9)))
    assert [node.id for node in back.children("n0")] == ["n4", "n2"]
    assert parked(back) == ["n1"]


def test_a_parked_branch_can_be_taken_out_copied_wrapped_and_lifted(tree):
    aside = after(tree, edits.park(tree, ["n1"]))
    assert len(after(aside, edits.remove(aside, "n1"))) == 2
    copied = after(aside, edits.duplicate(aside, "n1", iter("abc").__next__))
    assert parked(copied) == ["n1", "a"]
    wrapped = after(aside, edits.wrap(aside, TOYS, "n1", ["toy.loop"], lambda: "w"))
    assert parked(wrapped) == ["w"]
    assert not wrapped.nodes["n1"].parked
    lifted = after(aside, edits.lift_children(aside, TOYS, "n1"))
    assert parked(lifted) == ["n2", "n3"]


def test_putting_in_what_fits_parks_the_rest_with_all_that_fits_below_it(tree):
    branch = codec.from_wire(
        [
            READ,
            {"actionType": "toy.loop", "then": open_with(READ)},
            open_with({"actionType": "toy.close"}),
        ],
        named("b"),
    )
    place = Place("n0", 1)
    aside = edits.misfits(tree, TOYS, place, branch)
    assert list(aside) == ["b1", "b5"]
    assert "Loop cannot stand under Open" in aside["b1"].message
    now = after(tree, edits.insert_fitting(tree, TOYS, place, branch))
    assert [node.id for node in now.children("n0")] == ["n1", "b0", "b4", "n4"]
    assert parked(now) == ["b1", "b5"]
    assert [node.id for node in now.subtree("b1")] == ["b1", "b2", "b3"]
    assert [
        node.id for node in edits.newly_parked(edits.insert_fitting(tree, TOYS, place, branch))
    ] == ["b1", "b5"]


def test_what_the_catalogue_does_not_know_is_parked_with_all_below_it(tree):
    branch = codec.from_wire({"actionType": "toy.new", "then": WRITE}, named("b"))
    now = after(tree, edits.insert_fitting(tree, TOYS, Place("n0", 0), branch))
    assert parked(now) == ["b0"]
    assert now.nodes["b1"].parent == "b0"


def test_moving_with_new_actions_between_is_one_edit(tree):
    tree = tree_of([{"actionType": "toy.search"}, open_with(READ)])
    images = several.move(
        tree, TOYS, ["n1"], Place("n0", 0), edits.chain(["toy.loop"], lambda: "new")
    )
    now = after(tree, images)
    assert [node.type for node, _ in now.walk()] == [
        "toy.search",
        "toy.loop",
        "toy.open",
        "toy.read",
    ]
    assert shape(edits.apply(now, images, "before")) == shape(tree)


def test_moving_with_new_actions_counts_the_places_without_the_moved_one():
    tree = tree_of([open_with(), open_with(READ), open_with(READ)])
    images = several.move(
        tree, TOYS, ["n0"], Place(None, 1), edits.chain(["toy.open"], lambda: "new")
    )
    now = after(tree, images)
    assert [root.id for root in now.roots] == ["n1", "new", "n3"]


def test_the_nearest_legal_place_is_looked_for_upwards_first(tree):
    assert places.nearest(tree, TOYS, "n2", "toy.read") == Place("n1", 1)
    assert places.nearest(tree, TOYS, "n4", "toy.open") == Place("n0", 2)
    assert places.nearest(tree, TOYS, "n2", "toy.close") == Place("n3", 0)
    assert places.nearest(tree, TOYS, None, "toy.loop") is None
