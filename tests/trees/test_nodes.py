"""A tree is rows; order and nesting come out of them."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.trees.nodes import MISSING, Images, Node, Tree
from tests.trees.strategies import trees

TYPES = ["toy.open", "toy.read"]


def small() -> Tree:
    """a ─ (b ─ c, d), e; the rows in no order."""
    return Tree(
        [
            Node("d", "a", 20, "toy.read"),
            Node("e", None, 7, "toy.read"),
            Node("c", "b", 0, "toy.read"),
            Node("a", None, -3, "toy.open"),
            Node("b", "a", 10, "toy.open"),
        ]
    )


def test_rows_in_any_order_make_one_tree():
    tree = small()
    assert [(node.id, depth) for node, depth in tree.walk()] == [
        ("a", 0), ("b", 1), ("c", 2), ("d", 1), ("e", 0),
    ]  # fmt: skip
    assert [node.id for node in tree.subtree("a")] == ["a", "b", "c", "d"]
    assert [node.id for node in tree.path("c")] == ["a", "b", "c"]
    assert tree.path(None) == ()
    assert [node.id for node in tree.children("a")] == ["b", "d"]
    assert tree.children("no such") == ()
    assert tree.get("no such") is None
    assert tree.get(None) is None
    assert "a" in tree
    assert "no such" not in tree


def test_two_rows_of_one_id_are_refused():
    with pytest.raises(ValueError, match="same id"):
        Tree([Node("a", None, 1, "toy.read"), Node("a", None, 2, "toy.read")])


def test_a_circle_of_parents_is_reported_not_followed_for_ever():
    tree = Tree([Node("a", "b", 1, "toy.open"), Node("b", "a", 1, "toy.open")])
    with pytest.raises(ValueError, match="circle"):
        tree.path("a")
    assert list(tree.walk()) == []


def test_missing_stays_itself():
    assert copy.deepcopy(MISSING) is MISSING
    assert pickle.loads(pickle.dumps(MISSING)) is MISSING
    assert repr(MISSING) == "MISSING"


@given(trees(TYPES), st.data())
def test_changed_rows_give_the_same_tree_as_building_it_anew(tree, data):
    tree.children(None)  # an index made before must not be seen after
    images, rows = Images(), dict(tree.nodes)
    for node in tree.nodes.values():
        if data.draw(st.booleans()):
            changed = Node(node.id, node.parent, -node.position, "toy.new")
            images[node.id], rows[node.id] = (node, changed), changed
    new = Node("new", None, 5, "toy.read")
    images["new"], rows["new"] = (None, new), new
    images.array = (tree.array, True)
    after = tree.with_rows(images)
    anew = Tree(rows.values(), True)
    assert after == anew
    assert list(after.walk()) == list(anew.walk())
    assert "new" not in tree


def test_a_removed_row_is_gone():
    tree = small()
    after = tree.with_rows(Images({"e": (tree.nodes["e"], None)}))
    assert [root.id for root in after.roots] == ["a"]
    assert after != tree
    assert tree != "a tree"


@given(trees(TYPES), trees(TYPES))
def test_an_edit_of_an_ordered_tree_leaves_an_ordered_tree(tree, other):
    tree.children(None)  # from now on the tree knows its children in order, and hands that on
    ids = {*tree.nodes, *other.nodes}
    images = Images({node_id: (tree.get(node_id), other.get(node_id)) for node_id in ids})

    changed = tree.with_rows(images)

    assert list(changed.walk()) == list(Tree(changed.nodes.values()).walk())
