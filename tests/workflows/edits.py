"""Edits that Hypothesis picks, legal ones and ones that will be refused."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from editor import catalog
from editor.lib.ids import new_id
from editor.trees import codec, edits
from editor.trees.edits import Refused
from editor.trees.nodes import MISSING, Images, Tree
from editor.trees.places import Place
from tests.trees.strategies import parameters_of, real_trees

KNOWN = catalog.default()
TYPES = sorted(KNOWN.actions)


def fresh(tree: Tree) -> Tree:
    """The same actions under new ids, for the database knows each id only once."""
    return codec.from_wire(codec.to_wire(tree), new_id)


@st.composite
def any_trees(draw: Any) -> Tree:
    return fresh(draw(real_trees()))


def any_edit(data: Any, tree: Tree) -> Images:
    """What one picked edit does to the tree; nothing when it is refused."""
    name = data.draw(st.sampled_from(sorted(EDITS if tree.nodes else {"insert", "replace"})))
    try:
        return EDITS[name](data.draw, tree)
    except Refused:
        return Images()


def _ids(tree: Tree) -> list[str]:
    """In document order: the ids are random, what Hypothesis picks must not be."""
    return [node.id for top in (*tree.roots, *tree.parked) for node in tree.subtree(top.id)]


def _node(draw: Any, tree: Tree) -> str:
    return draw(st.sampled_from(_ids(tree)))


def _place(draw: Any, tree: Tree) -> Place:
    return Place(draw(st.sampled_from([None, *_ids(tree)])), draw(st.integers(0, 4)))


def _alone(tree: Tree, node_id: str) -> Tree:
    top, *below = tree.subtree(node_id)
    return Tree([replace(top, parent=None, parked=False), *below])


def _params(draw: Any, tree: Tree) -> Images:
    node = tree.nodes[_node(draw, tree)]
    action = KNOWN.actions[node.type]
    removed = (
        draw(st.lists(st.sampled_from(sorted(node.params)), max_size=2)) if node.params else []
    )
    return edits.set_params(tree, node.id, draw(parameters_of(action)), removed)


EDITS = {
    "insert": lambda draw, tree: edits.insert(
        tree, KNOWN, _place(draw, tree), edits.chain([draw(st.sampled_from(TYPES))], new_id)
    ),
    "paste": lambda draw, tree: edits.insert(
        tree, KNOWN, _place(draw, tree), fresh(_alone(tree, _node(draw, tree)))
    ),
    "paste what fits": lambda draw, tree: edits.insert_fitting(
        tree, KNOWN, _place(draw, tree), fresh(draw(real_trees()))
    ),
    "park": lambda draw, tree: edits.park(tree, [_node(draw, tree)]),
    "remove": lambda draw, tree: edits.remove(tree, _node(draw, tree)),
    "lift": lambda draw, tree: edits.lift_children(tree, KNOWN, _node(draw, tree)),
    "duplicate": lambda draw, tree: edits.duplicate(tree, _node(draw, tree), new_id),
    "move": lambda draw, tree: edits.move(tree, KNOWN, _node(draw, tree), _place(draw, tree)),
    "wrap": lambda draw, tree: edits.wrap(
        tree, KNOWN, _node(draw, tree), [draw(st.sampled_from(TYPES))], new_id
    ),
    "type": lambda draw, tree: edits.change_type(
        tree, KNOWN, _node(draw, tree), draw(st.sampled_from(TYPES))
    ),
    "params": _params,
    "label": lambda draw, tree: edits.set_label(
        tree, _node(draw, tree), draw(st.sampled_from(["", "lead", MISSING]))
    ),
    "note": lambda draw, tree: edits.set_note(
        tree, _node(draw, tree), draw(st.sampled_from(["", "why"]))
    ),
    "disabled": lambda draw, tree: edits.set_disabled(tree, _node(draw, tree), draw(st.booleans())),
    "replace": lambda draw, tree: edits.replace_all(tree, draw(any_trees())),
}
