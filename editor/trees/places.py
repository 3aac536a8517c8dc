"""Where an action may go in a tree. What may stand under what, `catalog.constraints` says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from editor.catalog import Catalog, constraints
from editor.trees.nodes import MAX_DEPTH, MAX_NODES, Node, Tree


@dataclass(frozen=True, slots=True)
class Place:
    """Between the children of `parent` (None: the roots), before the one that has `index` now.

    For nodes that move, `index` counts the children without them.
    """

    parent: str | None
    index: int


def legal_places(tree: Tree, catalog: Catalog, action_type: str) -> list[Place]:
    """Every place where a new action of this type may stand, from top to bottom.

    Roots that need certain parameters, and disputed places, count as legal.
    """
    if len(tree) >= MAX_NODES:
        return []

    def legal(parent: Node | None, depth: int) -> bool:
        if depth >= MAX_DEPTH:
            return False
        return may_stand(catalog, parent, action_type)

    return list(_places(tree, legal))


def legal_moves(tree: Tree, catalog: Catalog, *node_ids: str) -> list[Place]:
    """Every other place where nodes may stand together with all below them, from top to bottom.

    None of them stands below another one. Among its own siblings a node may always move, even when
    it should not stand there: that makes nothing worse. A parked one may stand wherever a new one may.
    Raises KeyError when one is not there.
    """
    moved = [tree.nodes[node_id] for node_id in node_ids]
    levels = {node_id: height(tree, node_id) for node_id in node_ids}
    gone = {node.id for node_id in node_ids for node in tree.subtree(node_id)}
    rest = Tree((node for node in tree.nodes.values() if node.id not in gone), tree.array)

    def legal(parent: Node | None, depth: int) -> bool:
        return all(
            (node.parent == (parent.id if parent else None) and not node.parked)
            or (depth + levels[node.id] <= MAX_DEPTH and may_stand(catalog, parent, node.type))
            for node in moved
        )

    now = _present_place(tree, moved)
    return [place for place in _places(rest, legal) if place != now]


def nearest(tree: Tree, catalog: Catalog, parent: str | None, action_type: str) -> Place | None:
    """The legal place that is closest to one below `parent`: further up behind the way down, else the first there is.

    Raises KeyError when there is no such parent.
    """
    for node in reversed(tree.path(parent)):
        above = tree.get(node.parent)
        if may_stand(catalog, above, action_type) and not node.parked:
            return Place(node.parent, tree.beside(node).index(node) + 1)
    return next(iter(legal_places(tree, catalog, action_type)), None)


def _present_place(tree: Tree, nodes: list[Node]) -> Place | None:
    """The place where nodes stand now; None when they do not stand beside each other in this order."""
    parent = nodes[0].parent
    siblings = tree.children(parent)
    if any(node.parent != parent or node.parked for node in nodes):
        return None
    index = siblings.index(nodes[0])
    return Place(parent, index) if list(siblings[index : index + len(nodes)]) == nodes else None


def may_stand(catalog: Catalog, parent: Node | None, action_type: str) -> bool:
    """Whether an action of this type may stand below `parent` (None: at the root)."""
    if parent is None:
        return bool(constraints.may_be_root(catalog, action_type))
    return bool(constraints.may_be_child(catalog, parent.type, action_type))


def height(tree: Tree, node_id: str) -> int:
    """How many levels a subtree has: 1 for a node without children."""
    level, levels = [node_id], 0
    while level:
        levels += 1
        level = [child.id for parent in level for child in tree.children(parent)]
    return levels


def _places(tree: Tree, legal: Callable[[Node | None, int], bool]) -> Iterator[Place]:
    """The places below every parent that `legal(parent, depth below it)` admits, top to bottom."""
    stack: list[Place | tuple[Node | None, int]] = [(None, 0)]
    while stack:
        item = stack.pop()
        if isinstance(item, Place):
            yield item
            continue
        parent, depth = item
        parent_id = parent.id if parent else None
        children = tree.children(parent_id)
        admitted = legal(parent, depth)
        if admitted:
            stack.append(Place(parent_id, len(children)))
        for index in range(len(children) - 1, -1, -1):
            stack.append((children[index], depth + 1))
            if admitted:
                stack.append(Place(parent_id, index))
