"""Where an action may go in a tree. What may stand under what, `catalog.constraints` says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from editor.catalog import Catalog, constraints
from editor.trees.nodes import MAX_DEPTH, MAX_NODES, Node, Tree


@dataclass(frozen=True, slots=True)
class Place:
    """Between the children of `parent` (None: the roots), before the one that has `index` now.

    For a node that moves, `index` counts the children without it.
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


def legal_moves(tree: Tree, catalog: Catalog, node_id: str) -> list[Place]:
    """Every other place where a node may stand with all below it, from top to bottom.

    Among its own siblings it may always move, even when it should not stand there: that makes
    nothing worse. Raises KeyError when there is no such node.
    """
    moved = tree.nodes[node_id]
    branch = tree.subtree(node_id)
    levels = height(tree, node_id)
    gone = {node.id for node in branch}
    rest = Tree((node for node in tree.nodes.values() if node.id not in gone), tree.array)

    def legal(parent: Node | None, depth: int) -> bool:
        parent_id = parent.id if parent else None
        if parent_id == moved.parent:
            return True
        if depth + levels > MAX_DEPTH:
            return False
        return may_stand(catalog, parent, moved.type)

    now = Place(moved.parent, tree.children(moved.parent).index(moved))
    return [place for place in _places(rest, legal) if place != now]


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
