"""Edits of one action or of what is said about it: type, parameters, label, note. Each is one call to `store.apply`."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any, Unpack

from editor import catalog
from editor.lib.ids import new_id
from editor.trees import edits, fixes
from editor.trees.edits import Refused
from editor.trees.inputs import by_name
from editor.trees.nodes import MISSING, Images, Missing, Node, Tree
from editor.trees.validate import validate_node
from editor.workflows import models
from editor.workflows.edits.naming import By, field_name, names, on_node, type_name, with_note
from editor.workflows.fields import inspector
from editor.workflows.fields.values import Path, parse, read_pointer, with_value
from editor.workflows.models import Workflow
from editor.workflows.store import Applied, apply


def change_type(workflow: Workflow, node_id: str, action_type: str, **by: Unpack[By]) -> Applied:
    """Make another action of it; parameters stay. What may not stand below that goes to the tray."""
    name = type_name(action_type)
    label = "Change {} to " + name
    known = catalog.default()
    applied = on_node(
        workflow, node_id, label, edits.change_type, known, node_id, action_type, **by
    )
    return with_note(applied, f"under {name}")


def set_label(workflow: Workflow, node_id: str, label: str | Missing, **by: Unpack[By]) -> Applied:
    """MISSING takes the label out."""
    return on_node(workflow, node_id, "Label {}", edits.set_label, node_id, label, **by)


def set_note(workflow: Workflow, node_id: str, note: str, **by: Unpack[By]) -> Applied:
    return on_node(workflow, node_id, "Note on {}", edits.set_note, node_id, note, **by)


def set_disabled(
    workflow: Workflow, node_ids: Sequence[str], disabled: bool, **by: Unpack[By]
) -> Applied:
    """Leave actions, with all below them, out of what is sent; or take them in again."""

    def edit(tree: Tree) -> Images:
        images = Images()
        for node_id in node_ids:
            images.update(edits.set_disabled(tree, node_id, disabled))
        return images

    verb = "Skip" if disabled else "Take in again"
    return apply(workflow, label=lambda tree: f"{verb} {names(tree, node_ids)}", edit=edit, **by)


def set_collapsed(workflow: Workflow, node_ids: Iterable[str], collapsed: bool) -> None:
    """Fold or unfold. It is how the tree is looked at, no edit: it makes no revision and cannot be undone."""
    models.Node.objects.filter(workflow=workflow, pk__in=list(node_ids)).update(collapsed=collapsed)


def set_params(
    workflow: Workflow,
    node_id: str,
    changes: dict[str, Any],
    remove: Iterable[str] = (),
    **by: Unpack[By],
) -> Applied:
    """Set and take out whole parameters; whether they are good, validation says."""
    return on_node(
        workflow, node_id, "Change {}", edits.set_params, node_id, changes, list(remove), **by
    )


def save_field(
    workflow: Workflow, node_id: str, pointer: str, typed: Sequence[str], **by: Unpack[By]
) -> Applied:
    """Set a parameter, or a part of one, from what was typed into its field: one text per input or list entry.

    `pointer` is a JSON Pointer below the parameters. All empty: the parameter is not sent any more. Raises Refused
    when the text cannot be read (values.BadInput) or the value breaks the rules of its own parameter; what is only
    missing, fits badly with other parameters, or uses an input that there is not yet, is stored.
    """
    path = read_pointer(pointer)

    def edit(tree: Tree) -> Images:
        node = edits.require(tree, node_id)
        kind = inspector.field_at(tree, node, catalog.default(), path).kind
        return _set_at(tree, node, path, parse(kind, typed, by_name(tree.inputs or ())))

    return apply(
        workflow,
        label=lambda tree: f"Change {field_name(tree, node_id, path)} of {names(tree, [node_id])}",
        edit=edit,
        **by,
    )


def _set_at(tree: Tree, node: Node, path: Path, value: Any) -> Images:
    params = with_value(node.params, path, value)
    if value is not MISSING:
        checked = path[:-1] if path[-1] == "-" else path
        new = dataclasses.replace(node, params=params)
        wrong = inspector.check(tree, new, catalog.default(), checked)
        if wrong:
            raise Refused(wrong.code, wrong.message)
    name = str(path[0])
    if name in params:
        return edits.set_params(tree, node.id, {name: params[name]})
    return edits.set_params(tree, node.id, {}, [name])


def fix(workflow: Workflow, node_id: str, code: str, title: str, **by: Unpack[By]) -> Applied:
    """Make the repair that a problem offers; problem and repair are known by their code and title."""
    known = catalog.default()

    def edit(tree: Tree) -> Images:
        for problem in validate_node(tree, edits.require(tree, node_id).id, known):
            if problem.code == code and problem.fix and problem.fix.title == title:
                return fixes.edit(tree, known, problem, new_id)
        raise Refused("gone", "This problem is no longer there.")

    return apply(workflow, label=title, edit=edit, **by)
