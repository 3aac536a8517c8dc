"""Edits as data: taken back, brought again, made one. No edit writes its own inverse."""

from __future__ import annotations

import json
from typing import Literal

from editor.trees.nodes import Images, Missing, Node, Tree

Side = Literal["before", "after"]


def apply(tree: Tree, images: Images, side: Side) -> Tree:
    """The tree with the rows as they were before the edit (undo) or after it (redo).

    Ask `conflicts` first: rows that somebody changed since are overwritten.
    """
    return tree.with_rows(images if side == "after" else inverse(images))


def inverse(images: Images) -> Images:
    """The images of taking an edit back."""
    turned = Images({node_id: (after, before) for node_id, (before, after) in images.items()})
    turned.array = (images.array[1], images.array[0]) if images.array else None
    turned.inputs = (images.inputs[1], images.inputs[0]) if images.inputs else None
    turned.table = (images.table[1], images.table[0]) if images.table else None
    return turned


def combine(first: Images, second: Images) -> Images:
    """Two edits, the second made on the outcome of the first, as one."""
    both = Images(first)
    for node_id, (before, after) in second.items():
        both[node_id] = (first[node_id][0] if node_id in first else before, after)
    for node_id in [key for key, (before, after) in both.items() if same_row(before, after)]:
        del both[node_id]
    steps = [images.array for images in (first, second) if images.array]
    if steps and steps[0][0] != steps[-1][1]:
        both.array = (steps[0][0], steps[-1][1])
    declared = [images.inputs for images in (first, second) if images.inputs]
    if declared and declared[0][0] != declared[-1][1]:
        both.inputs = (declared[0][0], declared[-1][1])
    chosen = [images.table for images in (first, second) if images.table]
    if chosen and chosen[0][0] != chosen[-1][1]:
        both.table = (chosen[0][0], chosen[-1][1])
    return both


def conflicts(tree: Tree, images: Images, side: Side) -> tuple[str, ...]:
    """Ids of the nodes that keep `apply(tree, images, side)` from being right; () when none does.

    - a row is no longer as the edit (for redo: its undo) left it;
    - a node would come back below one that is gone, or below itself;
    - a node would go that has got children since: these are named.
    """
    forward = images if side == "after" else inverse(images)
    changed = [i for i, (now, _) in forward.items() if not same_row(tree.get(i), now)]
    result = tree.with_rows(forward)
    loose = [node_id for node_id in forward if not _is_attached(result, node_id)]
    orphans = [
        child.id
        for node_id, (_, after) in forward.items()
        if after is None
        for child in result.children(node_id)
    ]
    return tuple(dict.fromkeys(changed + loose + orphans))


def same_row(one: Node | None, other: Node | None) -> bool:
    """Whether two rows are the same; unlike ==, which takes 1, 1.0 and True for one."""
    return one == other and (one is None or other is None or _values(one) == _values(other))


def _values(node: Node) -> str:
    label = None if isinstance(node.label, Missing) else [node.label]
    return json.dumps([label, node.params], sort_keys=True)


def _is_attached(tree: Tree, node_id: str) -> bool:
    """Whether the way up from a node (which may be gone) ends at the root."""
    node, seen = tree.get(node_id), set[str]()
    while node is not None and node.parent is not None:
        if node.id in seen or node.parent not in tree:
            return False
        seen.add(node.id)
        node = tree.get(node.parent)
    return True
