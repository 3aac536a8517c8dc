"""Edits of a tree's shape: add, remove, move, wrap. Each is one call to `store.apply`."""

from collections.abc import Sequence
from typing import Unpack

from editor import catalog
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.trees import bridges, copies, edits, several
from editor.trees.nodes import Images, Tree
from editor.trees.places import Place
from editor.workflows.keeping import keep_before
from editor.workflows.models import Workflow
from editor.workflows.naming import By, names, on_node, type_name
from editor.workflows.store import Applied, apply

LAST = 10**9
"""An index beyond the ends: the last place."""


# Add and remove


def add_action(
    workflow: Workflow, action_type: str, place: Place, *, bridge: bool = False, **by: Unpack[By]
) -> Applied:
    """Put a new action into a place. `bridge`: with the fewest others between that make it legal there."""
    known = catalog.default()

    def edit(tree: Tree) -> Images:
        types: Sequence[str] = (action_type,)
        if bridge:
            parent = tree.get(place.parent)
            between = bridges.bridge(known, parent.type if parent else None, action_type)
            types = (*(between or ()), action_type)
        return edits.insert(tree, known, place, edits.chain(types, new_id))

    return apply(workflow, label=f"Add {type_name(action_type)}", edit=edit, **by)


def add_subtree(workflow: Workflow, branch: Tree, place: Place, **by: Unpack[By]) -> Applied:
    """Put the actions of another tree (with ids of its own) into a place."""
    one = type_name(branch.roots[0].type) if len(branch) == 1 else f"{len(branch)} actions"
    return apply(
        workflow,
        label=f"Paste {one}",
        edit=lambda tree: edits.insert(tree, catalog.default(), place, branch),
        **by,
    )


def remove(workflow: Workflow, node_ids: Sequence[str], **by: Unpack[By]) -> Applied:
    """Take actions out, with all below them. Those already gone are left be, unless all are."""

    def edit(tree: Tree) -> Images:
        there = [node_id for node_id in node_ids if node_id in tree] or list(node_ids[:1])
        images = Images()
        for node_id in there:
            images.update(edits.remove(tree, node_id))
        return images

    return apply(workflow, label=lambda tree: f"Delete {names(tree, node_ids)}", edit=edit, **by)


def lift_children(workflow: Workflow, node_id: str, **by: Unpack[By]) -> Applied:
    """Take an action out and put its children into its place."""
    return on_node(
        workflow, node_id, "Delete only {}", edits.lift_children, catalog.default(), node_id, **by
    )


def duplicate(workflow: Workflow, node_ids: Sequence[str], **by: Unpack[By]) -> Applied:
    """Put copies of actions, with all below them, behind them."""
    return apply(
        workflow,
        label=lambda tree: f"Duplicate {names(tree, node_ids)}",
        edit=lambda tree: several.duplicate(tree, node_ids, new_id),
        **by,
    )


def replace_all(workflow: Workflow, new: Tree, **by: Unpack[By]) -> Applied:
    """Put another tree in the place of this one, legal or not. What was there is kept as a version, the tray stays."""

    def edit(tree: Tree) -> Images:
        return edits.replace_all(tree, copies.with_tray(new, tree))

    with writing():
        applied = apply(workflow, label="Replace everything", edit=edit, **by)
        keep_before(applied, actor=by["actor"], reason="replace")
    return applied


# Move


def move(workflow: Workflow, node_ids: Sequence[str], place: Place, **by: Unpack[By]) -> Applied:
    """Put actions, with all below them, elsewhere. `place.index` counts the children there without them."""
    return apply(
        workflow,
        label=lambda tree: f"Move {names(tree, node_ids)}",
        edit=lambda tree: several.move(tree, catalog.default(), node_ids, place),
        **by,
    )


def wrap(workflow: Workflow, node_id: str, types: Sequence[str], **by: Unpack[By]) -> Applied:
    """Put new actions between an action and what is above it."""
    return on_node(
        workflow, node_id, "Wrap {}", edits.wrap, catalog.default(), node_id, types, new_id, **by
    )
