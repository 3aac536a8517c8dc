"""Every edit as data: a tree in, the rows it changes out. Nothing is changed in place.

An edit returns `Images` (before and after of each row it touches; empty when nothing changes) and
raises `Refused` when the catalogue or a limit forbids it. No edit makes a pair of parent and child
that is forbidden; pairs that were so before (an import may bring them) stay. Undo is `apply` of the
befores: no edit writes its own inverse.

The edits of one action stand here; the others in `adding` and `rearranging`, undo in `applying`. Callers
find all of them here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from editor.trees import codec
from editor.trees.adding import (
    NewId,
    chain,
    duplicate,
    insert,
    insert_fitting,
    misfits,
    remove,
    replace_all,
)
from editor.trees.applying import Side, apply, combine, conflicts, inverse, same_row
from editor.trees.checks import Refused, check_value, make_room, require
from editor.trees.nodes import Images, Missing, Node, Tree
from editor.trees.rearranging import (
    change_type,
    lift_children,
    move,
    newly_parked,
    park,
    wrap,
)

__all__ = [
    "NewId", "Refused", "Side", "apply", "chain", "change_type", "combine", "conflicts", "duplicate",
    "insert", "insert_fitting", "inverse", "lift_children", "make_room", "misfits", "move",
    "newly_parked", "park", "remove", "replace_all", "require", "same_row", "set_collapsed",
    "set_disabled", "set_label", "set_note", "set_params", "wrap",
]  # fmt: skip


def set_params(
    tree: Tree, node_id: str, changes: Mapping[str, Any], remove: Iterable[str] = ()
) -> Images:
    """Set the parameters in `changes`, take those in `remove` out, leave the others as they are."""
    node = require(tree, node_id)
    for name, value in changes.items():
        if name in codec.RESERVED:
            raise Refused("reserved-name", f"A parameter cannot be called “{name}”.")
        check_value({name: value})
    dropped = set(remove)
    params = {k: v for k, v in {**node.params, **changes}.items() if k not in dropped}
    return _changed(node, params=params)


def set_label(tree: Tree, node_id: str, label: str | Missing) -> Images:
    """Set the label; MISSING takes it out."""
    if not isinstance(label, Missing):
        check_value(label)
    return _changed(require(tree, node_id), label=label)


def set_note(tree: Tree, node_id: str, note: str) -> Images:
    """Set the note, which is for people and never sent."""
    check_value(note)
    return _changed(require(tree, node_id), note=note)


def set_disabled(tree: Tree, node_id: str, disabled: bool) -> Images:
    """Leave an action, with all below it, out of what is sent; or take it in again."""
    return _changed(require(tree, node_id), disabled=disabled)


def set_collapsed(tree: Tree, node_id: str, collapsed: bool) -> Images:
    return _changed(require(tree, node_id), collapsed=collapsed)


def _changed(node: Node, **fields: Any) -> Images:
    after = dataclasses.replace(node, **fields)
    return Images() if same_row(node, after) else Images({node.id: (node, after)})
