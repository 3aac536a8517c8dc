"""Edits of a workflow's inputs. Each is one call to `store.apply`; the actions that use an input change with it."""

from collections.abc import Sequence
from typing import Any, Unpack

from editor import catalog
from editor.trees import declaring, edits, placeholders
from editor.trees.edits import Refused
from editor.trees.inputs import by_name
from editor.trees.nodes import MISSING, Images, Tree
from editor.trees.words import parameter_at
from editor.workflows.edits.input_history import name_now
from editor.workflows.edits.naming import By, field_name
from editor.workflows.fields.values import read_pointer, value_at, with_value
from editor.workflows.models import Workflow
from editor.workflows.store import Applied, apply


def declare_input(workflow: Workflow, name: str, kind: str, **by: Unpack[By]) -> Applied:
    """Add an input that nothing uses yet. Raises Refused when there is such a name, or it is none."""
    return apply(
        workflow,
        label=f"Add input {name}",
        edit=lambda tree: declaring.declare(tree, {"name": name, "kind": kind}),
        **by,
    )


def change_input(
    workflow: Workflow, name: str, what: str, typed: Sequence[str], **by: Unpack[By]
) -> Applied:
    """Say something else of an input, from what was typed; `what` is one of `trees.inputs.KEYS`.

    Another name goes into every action that uses it. Raises Refused when the input would be no good declaration.
    """

    def edit(tree: Tree) -> Images:
        now = name_now(workflow, tree, name)
        declaring.require(tree, now)
        return declaring.change(tree, now, what, _read(tree, now, what, typed))

    label = f"Rename input {name} to {_one(typed)}" if what == "name" else f"Change input {name}"
    return apply(workflow, label=label, edit=edit, **by)


def move_input(workflow: Workflow, name: str, before: str, **by: Unpack[By]) -> Applied:
    """Put an input before another one in the order in which a run asks for them ("": behind all).

    So two people who move the same one at once mean the same place, whatever others put above it meanwhile.
    """

    def edit(tree: Tree) -> Images:
        moved, other = (name_now(workflow, tree, each) if each else "" for each in (name, before))
        return declaring.move(tree, moved, other)

    return apply(workflow, label=f"Move input {name}", edit=edit, **by)


def remove_input(workflow: Workflow, name: str, **by: Unpack[By]) -> Applied:
    """Take an input away. Actions that use it have a problem then, with a repair."""
    return apply(
        workflow,
        label=f"Remove input {name}",
        edit=lambda tree: declaring.remove(tree, name_now(workflow, tree, name)),
        **by,
    )


def input_from_field(workflow: Workflow, node_id: str, pointer: str, **by: Unpack[By]) -> Applied:
    """Make an input of a parameter: named like it, of the kind that fits, with the parameter's value as default."""
    path = read_pointer(pointer)

    def edit(tree: Tree) -> Images:
        node = edits.require(tree, node_id)
        action = catalog.default().actions.get(node.type)
        parameter = parameter_at(action, path) if action else None
        if parameter is None or isinstance(path[-1], int):
            raise Refused("no-such-field", "This field cannot become an input.")
        new = declaring.for_parameter(tree, parameter, value_at(node.params, path))
        params = with_value(node.params, path, placeholders.placeholder(new.name))
        images = edits.set_params(tree, node_id, {str(path[0]): params[str(path[0])]})
        images.inputs = declaring.declare(tree, new.as_json()).inputs
        return images

    return apply(
        workflow,
        label=lambda tree: f"Make an input of {field_name(tree, node_id, path)}",
        edit=edit,
        **by,
    )


def _read(tree: Tree, name: str, what: str, typed: Sequence[str]) -> Any:
    """What was typed into a field of an input, as its declaration says it. MISSING: nothing."""
    texts = [text.replace("\r\n", "\n") for text in typed if text.strip()]
    if not texts:
        return MISSING
    if what == "required":
        return texts[0] == "true"
    known = by_name(tree.inputs or ()).get(name)
    if what == "choices" or (what == "default" and known and known.kind == "list"):
        return [text.strip() for text in texts]
    return texts[0].strip() if what == "name" else texts[0]


def _one(typed: Sequence[str]) -> str:
    return typed[0].strip() if typed else ""
