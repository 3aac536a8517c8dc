"""Edits of a tree's shape: add, remove, move, wrap. Each is one call to `store.apply`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Unpack

from editor import catalog
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.trees import bridges, copies, edits, several
from editor.trees.edits import Refused
from editor.trees.nodes import Images, Tree
from editor.trees.places import Place
from editor.workflows.edits.keeping import keep_before
from editor.workflows.edits.naming import By, names, on_node, type_name, under, with_note
from editor.workflows.models import Workflow
from editor.workflows.store import Applied, apply

LAST = 10**9
"""An index beyond the ends: the last place."""


# Add and remove


def add_action(
    workflow: Workflow, action_type: str, place: Place, *, bridge: bool = False, **by: Unpack[By]
) -> Applied:
    """Put a new action into a place. `bridge`: with the fewest others between that make it legal there."""

    def edit(tree: Tree) -> Images:
        between = _between(tree, place, action_type) if bridge else ()
        return edits.insert(
            tree, catalog.default(), place, edits.chain((*between, action_type), new_id)
        )

    return apply(workflow, label=f"Add {type_name(action_type)}", edit=edit, **by)


def add_subtree(
    workflow: Workflow,
    branch: Tree,
    place: Place,
    *,
    bridge: bool = False,
    tray: bool = False,
    **by: Unpack[By],
) -> Applied:
    """Put the actions of another tree (with ids of its own) into a place; what does not fit there is parked.

    Refused when nothing of it fits, unless the `tray` is wanted for all of it. `bridge`: with the fewest others
    between that make its first action legal there.
    """
    known = catalog.default()

    def edit(tree: Tree) -> Images:
        whole = branch
        if bridge and branch.roots:
            whole = _bridged(branch, _between(tree, place, branch.roots[0].type))
        aside = edits.misfits(tree, known, place, whole)
        tops = [root.id for root in whole.roots]
        if tops and not tray and aside.keys() >= set(tops):
            raise Refused(aside[tops[0]].code, aside[tops[0]].message, aside[tops[0]].repairs)
        return edits.insert_fitting(tree, known, place, whole)

    one = type_name(branch.roots[0].type) if len(branch) == 1 else f"{len(branch)} actions"
    applied = apply(workflow, label=f"Paste {one}", edit=edit, **by)
    return with_note(applied, "there")


def _between(tree: Tree, place: Place, action_type: str) -> Sequence[str]:
    """The types that make an action legal in a place; () when none can."""
    parent = tree.get(place.parent)
    found = bridges.bridge(catalog.default(), parent.type if parent else None, action_type)
    return found or ()


def _bridged(branch: Tree, types: Sequence[str]) -> Tree:
    """The branch below new actions, one inside the other."""
    above = edits.chain(types, new_id)
    if not above.nodes:
        return branch
    innermost = list(above.nodes)[-1]
    below = [replace(node, parent=node.parent or innermost) for node in branch.nodes.values()]
    return Tree([*above.nodes.values(), *below])


def remove(workflow: Workflow, node_ids: Sequence[str], **by: Unpack[By]) -> Applied:
    """Take actions out, with all below them. Those already gone are left be, unless all are."""

    def edit(tree: Tree) -> Images:
        images = Images()
        for node_id in _there(tree, node_ids):
            images.update(edits.remove(tree, node_id))
        return images

    return apply(workflow, label=lambda tree: f"Delete {names(tree, node_ids)}", edit=edit, **by)


def park(workflow: Workflow, node_ids: Sequence[str], **by: Unpack[By]) -> Applied:
    """Lay actions aside, with all below them: kept, but no part of the workflow until they are moved back."""
    return apply(
        workflow,
        label=lambda tree: f"Lay aside {names(tree, node_ids)}",
        edit=lambda tree: edits.park(tree, _there(tree, node_ids)),
        **by,
    )


def _there(tree: Tree, node_ids: Sequence[str]) -> list[str]:
    """Those that are there; when none is, one that is not."""
    return [node_id for node_id in node_ids if node_id in tree] or list(node_ids[:1])


def lift_children(workflow: Workflow, node_id: str, **by: Unpack[By]) -> Applied:
    """Take an action out and put its children into its place; those that may not stand there are parked."""
    applied = on_node(
        workflow, node_id, "Delete only {}", edits.lift_children, catalog.default(), node_id, **by
    )
    gone = applied.before.nodes[node_id]
    return with_note(applied, under(applied.before.get(gone.parent)))


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


def move(
    workflow: Workflow,
    node_ids: Sequence[str],
    place: Place,
    *,
    bridge: bool = False,
    **by: Unpack[By],
) -> Applied:
    """Put actions, with all below them, elsewhere; parked ones so are taken back.

    `place.index` counts the children there without them. `bridge`: with the fewest new actions between that make the
    first of them legal there.
    """

    def edit(tree: Tree) -> Images:
        known = catalog.default()
        types = _between(tree, place, edits.require(tree, node_ids[0]).type) if bridge else ()
        return several.move(tree, known, node_ids, place, edits.chain(types, new_id))

    return apply(workflow, label=lambda tree: _moving(tree, node_ids), edit=edit, **by)


def _moving(tree: Tree, node_ids: Sequence[str]) -> str:
    parked = any(node_id in tree and tree.nodes[node_id].parked for node_id in node_ids)
    return f"{'Put back' if parked else 'Move'} {names(tree, node_ids)}"


def wrap(workflow: Workflow, node_id: str, types: Sequence[str], **by: Unpack[By]) -> Applied:
    """Put new actions between an action and what is above it."""
    return on_node(
        workflow, node_id, "Wrap {}", edits.wrap, catalog.default(), node_id, types, new_id, **by
    )
