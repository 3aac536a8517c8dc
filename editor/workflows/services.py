"""Writing: every act on workflows. Each is one function and one transaction.

All edits of a tree go through `apply`; the named ones are one call to it. `by` is who edits and which revision the
page showed. Who may act is the view's business (accounts.access); what must never happen, whoever asks, is refused
here, with `Refused`: then nothing has changed.
"""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NotRequired, TypedDict, Unpack

from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import Team, User
from editor import catalog
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.trees import bridges, codec, edits, fixes
from editor.trees.edits import Refused
from editor.trees.nodes import MISSING, Images, Missing, Node, Tree
from editor.trees.places import Place
from editor.trees.validate import validate_node
from editor.workflows import inspector, models, queries, rows, store
from editor.workflows.models import Version, Workflow
from editor.workflows.store import Applied, apply, redo, undo
from editor.workflows.values import Path, parse, read_pointer, with_value

__all__ = [
    "Applied", "Refused", "add_action", "add_subtree", "apply", "archive", "change_type",
    "create", "delete", "duplicate", "fix", "import_tree", "import_wire", "lift_children",
    "move", "note_run", "redo", "remove", "rename", "replace_all", "restore", "save_field",
    "set_collapsed", "set_disabled", "set_label", "set_note", "set_params",
    "snapshot", "undo", "wrap",
]  # fmt: skip


LAST = 10**9
"""An index beyond the ends: the last place."""


class By(TypedDict):
    """Who edits (None: Trellis itself), and the revision that the page showed (left out: the present one)."""

    actor: User | None
    base_revision: NotRequired[int | None]


# Whole workflows


def create(team: Team, *, actor: User | None, name: str, description: str = "") -> Workflow:
    """A new workflow without actions."""
    with writing():
        workflow = Workflow.objects.create(
            team=team, name=name, description=description, created_by=actor
        )
        audit.record(team, actor, "workflow.created", name, workflow=workflow.public_id)
    return workflow


def import_tree(team: Team, *, actor: User | None, name: str, tree: Tree) -> Workflow:
    """A new workflow with a tree, legal or not: its problems are shown. The import is not an edit to undo."""
    with writing():
        workflow = create(team, actor=actor, name=name)
        store.fill(workflow, tree)
    return workflow


def import_wire(team: Team, *, actor: User | None, name: str, source: str | bytes) -> Workflow:
    """A new workflow from Linked API JSON. Raises codec.DecodeError when it cannot be a tree."""
    return import_tree(team, actor=actor, name=name, tree=codec.decode(source, new_id))


def rename(workflow: Workflow, *, actor: User | None, name: str, description: str = "") -> None:
    """Give it another name and description. Not an edit of the tree, so not to be undone there."""
    with writing():
        before, workflow.name, workflow.description = workflow.name, name, description
        workflow.updated_at = timezone.now()
        workflow.save(update_fields=["name", "description", "updated_at"])
        audit.record(
            workflow.team,
            actor,
            "workflow.renamed",
            name,
            workflow=workflow.public_id,
            before=before,
        )


def archive(workflow: Workflow, *, actor: User | None) -> None:
    """Take it out of the list; `restore` brings it back."""
    _set_archived(workflow, actor, timezone.now(), "workflow.archived")


def restore(workflow: Workflow, *, actor: User | None) -> None:
    _set_archived(workflow, actor, None, "workflow.restored")


def _set_archived(workflow: Workflow, actor: User | None, at: datetime | None, verb: str) -> None:
    with writing():
        workflow.archived_at = at
        workflow.save(update_fields=["archived_at"])
        audit.record(workflow.team, actor, verb, workflow.name, workflow=workflow.public_id)


def delete(workflow: Workflow, *, actor: User | None) -> None:
    """For good, with its history and versions. Runs keep what they ran themselves."""
    with writing():
        audit.record(
            workflow.team, actor, "workflow.deleted", workflow.name, workflow=workflow.public_id
        )
        workflow.delete()


def note_run(workflow_id: int, *, run_id: str, state: str, at: datetime) -> None:
    """Write down a run for the list of workflows, unless a later one stands there already.

    `run_id` is the run's public id, `at` when it was started, `state` its state now.
    """
    later_or_same = Q(last_run_at=None) | Q(last_run_at__lt=at) | Q(last_run_id=run_id)
    Workflow.objects.filter(later_or_same, pk=workflow_id).update(
        last_run_id=run_id, last_run_state=state, last_run_at=at
    )


def snapshot(workflow: Workflow, *, actor: User | None, reason: str) -> Version:
    """Keep the tree as it is now; the latest version when nothing has changed since it was made."""
    with writing():
        workflow = store.locked(workflow)
        latest = workflow.versions.order_by("-number").first()
        if latest and latest.revision == workflow.revision:
            return latest
        tree = queries.tree_of(workflow)
        return Version.objects.create(
            workflow=workflow,
            number=latest.number + 1 if latest else 1,
            revision=workflow.revision,
            reason=reason,
            definition=codec.to_wire(tree),
            tree=rows.tree_to_json(tree),
            author=actor,
        )


# Edits: add and remove


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

    return apply(workflow, label=f"Add {_type_name(action_type)}", edit=edit, **by)


def add_subtree(workflow: Workflow, branch: Tree, place: Place, **by: Unpack[By]) -> Applied:
    """Put the actions of another tree (with ids of its own) into a place."""
    one = _type_name(branch.roots[0].type) if len(branch) == 1 else f"{len(branch)} actions"
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

    return apply(workflow, label=lambda tree: f"Delete {_names(tree, node_ids)}", edit=edit, **by)


def lift_children(workflow: Workflow, node_id: str, **by: Unpack[By]) -> Applied:
    """Take an action out and put its children into its place."""
    return _on_node(
        workflow, node_id, "Delete only {}", edits.lift_children, catalog.default(), node_id, **by
    )


def duplicate(workflow: Workflow, node_id: str, **by: Unpack[By]) -> Applied:
    """Put a copy of an action, with all below it, behind it."""
    return _on_node(workflow, node_id, "Duplicate {}", edits.duplicate, node_id, new_id, **by)


def replace_all(workflow: Workflow, new: Tree, **by: Unpack[By]) -> Applied:
    """Put another tree in the place of this one, legal or not."""
    return apply(
        workflow, label="Replace everything", edit=lambda tree: edits.replace_all(tree, new), **by
    )


# Edits: move and change


def move(workflow: Workflow, node_id: str, place: Place, **by: Unpack[By]) -> Applied:
    """Put an action, with all below it, elsewhere. `place.index` counts the children there without it."""
    return _on_node(
        workflow, node_id, "Move {}", edits.move, catalog.default(), node_id, place, **by
    )


def wrap(workflow: Workflow, node_id: str, types: Sequence[str], **by: Unpack[By]) -> Applied:
    """Put new actions between an action and what is above it."""
    return _on_node(
        workflow, node_id, "Wrap {}", edits.wrap, catalog.default(), node_id, types, new_id, **by
    )


def change_type(workflow: Workflow, node_id: str, action_type: str, **by: Unpack[By]) -> Applied:
    """Make another action of it; parameters stay."""
    label = "Change {} to " + _type_name(action_type)
    return _on_node(
        workflow, node_id, label, edits.change_type, catalog.default(), node_id, action_type, **by
    )


def set_label(workflow: Workflow, node_id: str, label: str | Missing, **by: Unpack[By]) -> Applied:
    """MISSING takes the label out."""
    return _on_node(workflow, node_id, "Label {}", edits.set_label, node_id, label, **by)


def set_note(workflow: Workflow, node_id: str, note: str, **by: Unpack[By]) -> Applied:
    return _on_node(workflow, node_id, "Note on {}", edits.set_note, node_id, note, **by)


def set_disabled(
    workflow: Workflow, node_ids: Sequence[str], disabled: bool, **by: Unpack[By]
) -> Applied:
    """Leave actions, with all below them, out of what is sent; or take them in again."""

    def edit(tree: Tree) -> Images:
        images = Images()
        for node_id in node_ids:
            images.update(edits.set_disabled(tree, node_id, disabled))
        return images

    verb = "Switch off" if disabled else "Switch on"
    return apply(workflow, label=lambda tree: f"{verb} {_names(tree, node_ids)}", edit=edit, **by)


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
    return _on_node(
        workflow, node_id, "Change {}", edits.set_params, node_id, changes, list(remove), **by
    )


def save_field(
    workflow: Workflow, node_id: str, pointer: str, typed: Sequence[str], **by: Unpack[By]
) -> Applied:
    """Set a parameter, or a part of one, from what was typed into its field: one text per input or list entry.

    `pointer` is a JSON Pointer below the parameters. All empty: the parameter is not sent any more. Raises Refused
    when the text cannot be read (values.BadInput) or the value breaks the rules of its own parameter; what is only
    missing, or fits badly with other parameters, is stored.
    """
    path = read_pointer(pointer)

    def edit(tree: Tree) -> Images:
        node = edits.require(tree, node_id)
        kind = inspector.field_at(tree, node, catalog.default(), path).kind
        return _set_at(tree, node, path, parse(kind, typed))

    return apply(
        workflow,
        label=lambda tree: f"Change {path[0]} of {_names(tree, [node_id])}",
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


# Help


def _on_node(
    workflow: Workflow,
    node_id: str,
    label: str,
    edit: Callable[..., Images],
    *args: Any,
    **by: Unpack[By],
) -> Applied:
    """Apply `edit(tree, *args)`; the label's {} becomes the name of the node."""
    return apply(
        workflow,
        label=lambda tree: label.format(_names(tree, [node_id])),
        edit=lambda tree: edit(tree, *args),
        **by,
    )


def _type_name(action_type: str) -> str:
    action = catalog.default().actions.get(action_type)
    return action.name if action else action_type


def _names(tree: Tree, node_ids: Sequence[str]) -> str:
    """ "Open person page", or "3 actions"."""
    there = [tree.nodes[node_id] for node_id in node_ids if node_id in tree]
    return _type_name(there[0].type) if len(there) == 1 else f"{len(there)} actions"
