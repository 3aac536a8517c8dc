"""The door through which a tree changes, and the way back: the only code that writes nodes and changes."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils import timezone

from accounts.models import User
from editor import catalog
from editor.lib.tx import writing
from editor.trees import edits
from editor.trees.edits import Refused
from editor.trees.nodes import MISSING, Images, Node, Tree
from editor.trees.validate import validate
from editor.workflows import models, queries, render, rows
from editor.workflows.cards import Counts, fingerprint
from editor.workflows.models import Change, Workflow


@dataclass(frozen=True, slots=True)
class Applied:
    """An accepted edit. `images` are the rows it touched; empty when there was nothing to do. `label` names it.

    `since` has the rows in which `after` differs from the tree of `base`, the revision that the caller knew: more
    than `images` when others edited meanwhile; None when that is too long ago to tell.
    """

    workflow: Workflow
    before: Tree
    after: Tree
    images: Images
    label: str
    base: int
    since: Images | None


def apply(
    workflow: Workflow,
    *,
    actor: User | None,
    base_revision: int | None = None,
    label: str | Callable[[Tree], str],
    edit: Callable[[Tree], Images],
) -> Applied:
    """Change a tree: the only function that does.

    `edit` gets the tree as it is now, whatever revision the caller has seen (None: the present one), so an edit made
    on an older page goes through when it is still legal. `label` names it in the history. Raises what `edit` raises,
    Refused above all, and then nothing has changed; so when the workflow is gone (Workflow.DoesNotExist).
    """
    with writing():
        workflow = locked(workflow)
        before = queries.tree_of(workflow)
        images = edit(before)
        text = label if isinstance(label, str) else label(before)
        return _store(
            workflow, before, images, base_revision, Change(actor=actor, label=text[:200])
        )


def undo(workflow: Workflow, *, actor: User | None, base_revision: int | None = None) -> Applied:
    """Take the last standing edit back. Raises Refused when there is none."""
    with writing():
        workflow = locked(workflow)
        edit = queries.next_undo(workflow)
        if edit is None:
            raise Refused("nothing-to-undo", "There is nothing to undo.")
        edit.undone_in = workflow.revision + 1
        return _replay(workflow, actor, base_revision, edit, Change.Kind.UNDO)


def redo(workflow: Workflow, *, actor: User | None, base_revision: int | None = None) -> Applied:
    """Bring the edit again that was undone last. Raises Refused when there is none."""
    with writing():
        workflow = locked(workflow)
        edit = queries.next_redo(workflow)
        if edit is None:
            raise Refused("nothing-to-redo", "There is nothing to redo.")
        edit.undone_in = None
        return _replay(workflow, actor, base_revision, edit, Change.Kind.REDO)


def _replay(
    workflow: Workflow,
    actor: User | None,
    base_revision: int | None,
    edit: Change,
    kind: Change.Kind,
) -> Applied:
    """Apply the befores (undo) or afters (redo) of an earlier edit."""
    before = queries.tree_of(workflow)
    images = rows.images_from_json(edit.images)
    if kind is Change.Kind.UNDO:
        images = edits.inverse(images)
    images = _folded_as_now(images, before)
    if edits.conflicts(before, images, "after"):
        raise Refused(
            "changed-since",
            f"“{edit.label}” was built upon since, so it cannot be taken back alone.",
        )
    edit.save(update_fields=["undone_in"])
    change = Change(actor=actor, label=edit.label, kind=kind, of=edit.revision)
    return _store(workflow, before, images, base_revision, change)


def _folded_as_now(images: Images, tree: Tree) -> Images:
    """Folding is no edit, so undo and redo leave it as it is."""

    def folded(node: Node | None) -> Node | None:
        now = tree.get(node.id) if node else None
        return replace(node, collapsed=now.collapsed) if node and now else node

    same = Images({node_id: (folded(old), folded(new)) for node_id, (old, new) in images.items()})
    same.array, same.inputs = images.array, images.inputs
    return same


def locked(workflow: Workflow) -> Workflow:
    """The workflow's row, held until the end of the transaction (SQLite: by the transaction's own lock)."""
    return Workflow.objects.select_for_update(of=("self",)).get(pk=workflow.pk)


def _store(
    workflow: Workflow,
    before: Tree,
    images: Images,
    base_revision: int | None,
    change: Change,
) -> Applied:
    """Write the touched rows, the change and the workflow's own row; nothing when nothing changed."""
    base = workflow.revision if base_revision is None else base_revision
    since = queries.images_since(workflow, base)
    if images.is_empty:
        return Applied(workflow, before, before, images, change.label, base, since)
    after = before.with_rows(images)
    _write(workflow, images)
    workflow.revision += 1
    workflow.array = after.array
    workflow.inputs = list(after.inputs or ())
    workflow.updated_at = timezone.now()
    _count_problems(workflow, before, after, images)
    workflow.save(
        update_fields=[
            "revision", "array", "inputs", "updated_at", "errors", "warnings", "checked_with",
        ]
    )  # fmt: skip
    change.workflow, change.revision = workflow, workflow.revision
    change.images = rows.images_to_json(images)
    change.save(force_insert=True)
    since = None if since is None else edits.combine(since, images)
    return Applied(workflow, before, after, images, change.label, base, since)


def fill(workflow: Workflow, tree: Tree) -> None:
    """Give a new workflow its first tree: no edit, so revision 0 and no change."""
    workflow.array = tree.array
    workflow.inputs = list(tree.inputs or ())
    _write(workflow, Images({node.id: (None, node) for node in tree.nodes.values()}))
    _count_problems(workflow, tree, tree, Images())
    workflow.save(update_fields=["array", "inputs", "errors", "warnings", "checked_with"])


def _write(workflow: Workflow, images: Images) -> None:
    """At most three statements (SQLite splits very long ones)."""
    gone = [node_id for node_id, (_, after) in images.items() if after is None]
    new = [after for before, after in images.values() if before is None and after is not None]
    changed = [
        after for before, after in images.values() if before is not None and after is not None
    ]
    if gone:
        models.Node.objects.filter(pk__in=gone).delete()
    if new:
        models.Node.objects.bulk_create([_row(workflow, node) for node in new])
    if changed:
        models.Node.objects.bulk_create(
            [_row(workflow, node) for node in changed],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=_CHANGEABLE,
        )


_CHANGEABLE = [
    "parent", "position", "action_type", "params", "label", "then_array", "disabled", "collapsed", "note",
    "parked",
]  # fmt: skip


def _row(workflow: Workflow, node: Node) -> models.Node:
    return models.Node(
        id=node.id,
        workflow=workflow,
        parent_id=node.parent,
        position=node.position,
        action_type=node.type,
        params=dict(node.params),
        label="" if node.label is MISSING else json.dumps(node.label),
        then_array=node.then_array,
        disabled=node.disabled,
        collapsed=node.collapsed,
        note=node.note,
        parked=node.parked,
    )


def _count_problems(workflow: Workflow, before: Tree, after: Tree, images: Images) -> None:
    """Keep the counts right, from the touched rows alone; all anew when the catalogue is another one."""
    known = catalog.default()
    if workflow.checked_with == fingerprint(known):
        counts = Counts(workflow.errors, workflow.warnings)
        counts += render.problem_counts(before, after, images, known)
    else:
        # An empty workflow has a problem, but no action that has it: the page says so in its own way.
        counts = Counts.of(problem for problem in validate(after, known) if problem.node_id)
    workflow.errors, workflow.warnings = counts.errors, counts.warnings
    workflow.checked_with = fingerprint(known)
