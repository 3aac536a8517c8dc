"""Trees taken over from another time or place: without the tray or with ours, as a restored one, under new ids.

The tray (the branches that are laid aside) is no part of the workflow, so no version has one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from editor.trees.nodes import GAP, Node, Tree


def without_tray(tree: Tree) -> Tree:
    """The workflow alone; the tree itself when nothing is laid aside."""
    if not tree.parked:
        return tree
    return Tree((node for node, _ in tree.walk()), tree.array, tree.inputs)


def with_tray(tree: Tree, ours: Tree) -> Tree:
    """A tree with our tray beside it. What it has itself leaves the tray; what was below that stays there."""
    rows = dict(tree.nodes)
    last = max((top.position for top in (*tree.parked, *ours.parked)), default=0)
    for top in ours.parked:
        for node in ours.subtree(top.id):
            if node.id in tree:
                continue
            if node.parent in tree:
                last += GAP
                node = dataclasses.replace(node, parent=None, parked=True, position=last)
            rows[node.id] = node
    return tree if len(rows) == len(tree) else Tree(rows.values(), tree.array, tree.inputs)


def restored(now: Tree, then: Tree) -> Tree:
    """What becomes of the tree as it is now when an earlier one is restored: `then`, with the tray of now.

    Folding is no part of what is restored. An earlier tree that says nothing about inputs leaves them.
    """

    def folded(node: Node) -> Node:
        old = now.get(node.id)
        return dataclasses.replace(node, collapsed=old.collapsed) if old else node

    inputs = now.inputs if then.inputs is None else then.inputs
    return with_tray(Tree(map(folded, then.nodes.values()), then.array, inputs), now)


def with_new_ids(tree: Tree, new_id: Callable[[], str]) -> Tree:
    """The same tree for another workflow."""
    return renamed(tree, {node_id: new_id() for node_id in tree.nodes})


def renamed(tree: Tree, names: Mapping[str, str]) -> Tree:
    """The same tree with other ids for some of its nodes: {old: new}."""

    def new(node: Node) -> Node:
        parent = None if node.parent is None else names.get(node.parent, node.parent)
        return dataclasses.replace(node, id=names.get(node.id, node.id), parent=parent)

    return Tree(map(new, tree.nodes.values()), tree.array, tree.inputs)
