"""Edits that bring new actions or take actions out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from editor.catalog import Catalog, constraints
from editor.catalog.constraints import Refusal
from editor.trees.applying import same_row
from editor.trees.checks import (
    Refused,
    check_depth,
    check_room,
    depth_below,
    lay_aside,
    make_room,
    require,
)
from editor.trees.nodes import GAP, Images, Node, Tree
from editor.trees.places import Place

NewId = Callable[[], str]


def chain(types: Sequence[str], new_id: NewId, params: Mapping[str, Any] | None = None) -> Tree:
    """New actions, one inside the other, for `insert`; `params` are those of the innermost."""
    nodes: list[Node] = []
    for action_type in types:
        parent = nodes[-1].id if nodes else None
        nodes.append(Node(new_id(), parent, GAP, action_type))
    if nodes and params:
        nodes[-1] = dataclasses.replace(nodes[-1], params=dict(params))
    return Tree(nodes)


def insert(tree: Tree, catalog: Catalog, place: Place, branch: Tree) -> Images:
    """Put the actions of `branch` (a chain, or decoded JSON) into a place, in their order.

    An index beyond the ends means the end. Raises Refused when some pair is forbidden, the place is
    gone or a limit is passed; ValueError when `branch` has an id that the tree has too.
    """
    for refusal in misfits(tree, catalog, place, branch).values():
        raise Refused(refusal.code, refusal.message, refusal.repairs)
    return insert_fitting(tree, catalog, place, branch)


def insert_fitting(tree: Tree, catalog: Catalog, place: Place, branch: Tree) -> Images:
    """The same, but what may not stand where it would is laid aside, with all that fits below it."""
    if any(node_id in tree for node_id in branch.nodes):
        raise ValueError("A branch needs ids of its own.")
    check_room(tree, len(branch))
    depth = depth_below(tree, place.parent)
    for _, level in branch.walk():
        check_depth(depth + level + 1)
    aside = misfits(tree, catalog, place, branch)
    roots = [root for root in branch.roots if root.id not in aside]
    positions, images = make_room(tree.children(place.parent), place.index, len(roots))
    for root, position in zip(roots, positions, strict=True):
        images[root.id] = (
            None,
            dataclasses.replace(root, parent=place.parent, position=position),
        )
    images.update(
        (node.id, (None, node)) for node in lay_aside(tree, [branch.nodes[i] for i in aside])
    )
    for node in branch.nodes.values():
        images.setdefault(node.id, (None, node))
    return images


def misfits(tree: Tree, catalog: Catalog, place: Place, branch: Tree) -> dict[str, Refusal]:
    """Which actions of a branch may not stand where they would in this place, and why; from top to bottom.

    Below an action that the catalogue does not know nothing is judged.
    """
    above: Node | None = require(tree, place.parent) if place.parent is not None else None
    found = {}
    for node, level in branch.walk():
        parent = branch.nodes[node.parent] if level and node.parent else above
        if level and parent and parent.type not in catalog.actions:
            continue
        refusal = constraints.explain(catalog, parent.type if parent else None, node.type)
        if refusal:
            found[node.id] = refusal
    return found


def remove(tree: Tree, node_id: str) -> Images:
    """Take an action out, with all below it."""
    require(tree, node_id)
    return Images({node.id: (node, None) for node in tree.subtree(node_id)})


def duplicate(tree: Tree, node_id: str, new_id: NewId, behind: str | None = None) -> Images:
    """Put a copy of an action, with all below it, right after it, or after its sibling `behind`."""
    node = require(tree, node_id)
    originals = tree.subtree(node_id)
    check_room(tree, len(originals))
    siblings = tree.beside(node)
    before = siblings.index(require(tree, behind or node_id))
    positions, images = make_room(siblings, before + 1, 1)
    ids: dict[str | None, str] = {original.id: new_id() for original in originals}
    for original in originals:
        copy = dataclasses.replace(
            original,
            id=ids[original.id],
            parent=ids.get(original.parent, original.parent),
            position=positions[0] if original is node else original.position,
        )
        images[copy.id] = (None, copy)
    return images


def replace_all(tree: Tree, new: Tree) -> Images:
    """Put another tree in the place of this one (import, restore). Validation judges it.

    A tree that says nothing about inputs (None) leaves them as they are.
    """
    images = Images()
    for node_id in [*tree.nodes, *(node_id for node_id in new.nodes if node_id not in tree)]:
        before, after = tree.get(node_id), new.get(node_id)
        if not same_row(before, after):
            images[node_id] = (before, after)
    if tree.array != new.array:
        images.array = (tree.array, new.array)
    if new.inputs is not None and tree.inputs != new.inputs:
        images.inputs = (tree.inputs, new.inputs)
    return images
