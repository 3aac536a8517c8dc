"""Edits of several actions as one: each is made on the outcome of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from editor.catalog import Catalog
from editor.trees import edits
from editor.trees.edits import NewId
from editor.trees.nodes import Images, Node, Tree
from editor.trees.places import Place

EMPTY = Tree()


def tops(tree: Tree, node_ids: Iterable[str]) -> list[Node]:
    """Those that do not stand below another of them, in the order in which they are named.

    Raises edits.Refused when one of them is gone.
    """
    named = {node_id: edits.require(tree, node_id) for node_id in node_ids}
    return [
        node
        for node in named.values()
        if not any(step.id in named for step in tree.path(node.parent))
    ]


def move(
    tree: Tree, catalog: Catalog, node_ids: Sequence[str], place: Place, between: Tree = EMPTY
) -> Images:
    """Put actions, with all below them, into a place, one behind the other in the order of `node_ids`.

    `place.index` counts the siblings there without them. `between`: new actions, one inside the other, to put there
    and the moved ones below them. Refused when one of them may not stand there.
    """
    moved = [node.id for node in tops(tree, node_ids)]
    siblings = [node.id for node in tree.children(place.parent)]
    others = [node_id for node_id in siblings if node_id not in moved]
    steps = _Steps(tree)
    if between.nodes:
        index = siblings.index(others[place.index]) if place.index < len(others) else len(siblings)
        steps.add(edits.insert(tree, catalog, Place(place.parent, index), between))
        place, others = Place(list(between.nodes)[-1], 0), []
    behind = ["", *others][: max(place.index, 0) + 1][-1]
    for node_id in moved:
        siblings = [node.id for node in steps.tree.children(place.parent) if node.id != node_id]
        index = siblings.index(behind) + 1 if behind else 0
        steps.add(edits.move(steps.tree, catalog, node_id, Place(place.parent, index)))
        behind = node_id
    return steps.images()


def duplicate(tree: Tree, node_ids: Sequence[str], new_id: NewId) -> Images:
    """Copy actions, with all below them. Copies of siblings stand together, behind the last of those."""
    originals = tops(tree, node_ids)
    behind = {(node.parent, node.parked): node.id for node in originals}
    steps = _Steps(tree)
    for node in originals:
        siblings = node.parent, node.parked
        images = edits.duplicate(steps.tree, node.id, new_id, behind[siblings])
        new = (after for before, after in images.values() if before is None and after)
        behind[siblings] = next(copy.id for copy in new if copy.parent == node.parent)
        steps.add(images)
    return steps.images()


class _Steps:
    """A tree under one edit after the other."""

    def __init__(self, tree: Tree) -> None:
        self.before = self.tree = tree
        self.touched: dict[str, None] = {}

    def add(self, images: Images) -> None:
        self.tree = self.tree.with_rows(images)
        self.touched.update(dict.fromkeys(images))

    def images(self) -> Images:
        """All of them as one edit."""
        pairs = {i: (self.before.get(i), self.tree.get(i)) for i in self.touched}
        return Images({i: pair for i, pair in pairs.items() if not edits.same_row(*pair)})
