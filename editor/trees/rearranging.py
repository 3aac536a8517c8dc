"""Edits that give actions another place or another type, and lay aside what does not fit there."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from editor.catalog import Catalog
from editor.trees.adding import NewId
from editor.trees.checks import (
    Refused,
    check_depth,
    check_pair,
    check_room,
    depth_below,
    lay_aside,
    make_room,
    require,
)
from editor.trees.nodes import GAP, Images, Node, Tree
from editor.trees.places import Place, height, may_stand


def move(tree: Tree, catalog: Catalog, node_id: str, place: Place) -> Images:
    """Put an action, with all below it, into another place. So a parked one is taken back.

    `place.index` counts the siblings there without it; beyond the ends means the end. Parameters
    stay: validation says which of them the new place forbids or needs.
    """
    node = require(tree, node_id)
    if place.parent is not None:
        require(tree, place.parent)
        if node_id in {step.id for step in tree.path(place.parent)}:
            raise Refused("inside-itself", "An action cannot move below itself.")
    is_there = place.parent == node.parent and not node.parked
    if not is_there:
        check_pair(catalog, tree.get(place.parent), node.type)
        check_depth(depth_below(tree, place.parent) + height(tree, node_id))
    siblings = tree.children(place.parent)
    others = [sibling for sibling in siblings if sibling.id != node_id]
    index = min(max(place.index, 0), len(others))
    if is_there and siblings.index(node) == index:
        return Images()
    positions, images = make_room(others, index, 1)
    moved = dataclasses.replace(node, parent=place.parent, position=positions[0], parked=False)
    images[node_id] = (node, moved)
    return images


def wrap(tree: Tree, catalog: Catalog, node_id: str, types: Sequence[str], new_id: NewId) -> Images:
    """Put new actions, one inside the other, between an action and what is above it."""
    node = require(tree, node_id)
    if not types:
        return Images()
    check_room(tree, len(types))
    check_depth(depth_below(tree, node.parent) + len(types) + height(tree, node_id))
    above, parent, position = tree.get(node.parent), node.parent, node.position
    images = Images()
    for action_type in types:
        if parent or not node.parked:
            check_pair(catalog, above, action_type)
        above = Node(new_id(), parent, position, action_type, parked=node.parked and not parent)
        images[above.id] = (None, above)
        parent, position = above.id, GAP
    check_pair(catalog, above, node.type)
    wrapped = dataclasses.replace(node, parent=parent, position=position, parked=False)
    images[node_id] = (node, wrapped)
    return images


def lift_children(tree: Tree, catalog: Catalog, node_id: str) -> Images:
    """Take an action out and put its children into its place; those that may not stand there are parked."""
    node = require(tree, node_id)
    above = tree.get(node.parent)
    lifted: list[Node] = []
    aside: list[Node] = []
    for child in tree.children(node_id):
        fits = node.parked or may_stand(catalog, above, child.type)
        (lifted if fits else aside).append(child)
    siblings = tree.beside(node)
    index = siblings.index(node)
    others = siblings[:index] + siblings[index + 1 :]
    positions, images = make_room(others, index, len(lifted))
    for child, position in zip(lifted, positions, strict=True):
        here = dataclasses.replace(child, parent=node.parent, position=position, parked=node.parked)
        images[child.id] = (child, here)
    images |= _parked(tree, aside)
    images[node_id] = (node, None)
    return images


def change_type(tree: Tree, catalog: Catalog, node_id: str, action_type: str) -> Images:
    """Make another action of it; children that may not stand below that are parked.

    Parameters stay, for validation to judge. Refused when it may not stand here. A neighbour of a type that the
    catalogue does not know is not judged: else two misspelt actions could not be mended.
    """
    node = require(tree, node_id)
    if node.type == action_type:
        return Images()
    parent = tree.get(node.parent)
    judged = parent.type in catalog.actions if parent else not node.parked
    if judged or action_type not in catalog.actions:
        check_pair(catalog, parent, action_type)
    changed = dataclasses.replace(node, type=action_type)
    aside = [
        child
        for child in tree.children(node_id)
        if child.type in catalog.actions and not may_stand(catalog, changed, child.type)
    ]
    return Images({node_id: (node, changed)} | _parked(tree, aside))


def park(tree: Tree, node_ids: Iterable[str]) -> Images:
    """Lay actions aside, with all below them, in their order; what is aside already stays as it is."""
    wanted = {require(tree, node_id).id for node_id in node_ids}
    tops = [
        node
        for node_id in wanted
        if not tree.is_parked(node_id) and wanted.isdisjoint(_above(tree, node_id))
        for node in [tree.nodes[node_id]]
    ]
    return Images(_parked(tree, sorted(tops, key=lambda node: _order(tree, node))))


def newly_parked(images: Images) -> list[Node]:
    """The tops of the branches that an edit laid aside."""
    return [
        after
        for before, after in images.values()
        if after and after.parked and not (before and before.parked)
    ]


def _parked(tree: Tree, nodes: Sequence[Node]) -> Images:
    aside = lay_aside(tree, nodes)
    return Images({node.id: (node, after) for node, after in zip(nodes, aside, strict=True)})


def _above(tree: Tree, node_id: str) -> set[str]:
    return {step.id for step in tree.path(node_id)[:-1]}


def _order(tree: Tree, node: Node) -> list[tuple[int, str]]:
    """Sorts like the document."""
    return [(step.position, step.id) for step in tree.path(node.id)]
