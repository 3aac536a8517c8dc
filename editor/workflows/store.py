"""The door through which a tree changes: the only code that writes nodes and adds changes. The way back: `undoing`."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from editor import catalog
from editor.lib.tx import writing
from editor.trees import edits
from editor.trees.nodes import MISSING, Images, Node, Tree
from editor.trees.validate import validate
from editor.workflows import models, queries, rows
from editor.workflows.kept_trees import tree_to_edit
from editor.workflows.models import Change, Workflow
from editor.workflows.shown import render
from editor.workflows.shown.cards import Counts, fingerprint


@dataclass(frozen=True, slots=True)
class Applied:
    """An accepted edit. `images` are the rows it touched; empty when there was nothing to do, or when it was done
    before under the same key. `label` names it.

    `kind`: of the change that was made of it; "" when there was nothing to do, or when it was done before.

    `since` has the rows in which `after` differs from the tree of `base`, the revision that the caller knew: more
    than `images` when others edited meanwhile; None when that is too long ago to tell. `note`: a sentence about what
    the edit did besides what it was asked for, or "".
    """

    workflow: Workflow
    before: Tree
    after: Tree
    images: Images
    label: str
    base: int
    since: Images | None
    note: str = ""
    kind: str = ""


def apply(
    workflow: Workflow,
    *,
    actor: User | None,
    base_revision: int | None = None,
    key: str = "",
    check: Callable[[Tree, Images], None] | None = None,
    label: str | Callable[[Tree], str],
    edit: Callable[[Tree], Images],
) -> Applied:
    """Change a tree: the only function that does.

    `edit` gets the tree as it is now, whatever revision the caller has seen (None: the present one), so an edit made
    on an older page goes through when it is still legal. `label` names it in the history. What was done under `key`
    is not done again. `check` sees what the edit would do and may refuse it still. Raises what the two raise, Refused
    above all, and then nothing has changed; so when the workflow is gone (Workflow.DoesNotExist).
    """
    with writing():
        workflow = locked(workflow)
        if done := done_before(workflow, key, base_revision):
            return done
        before = tree_to_edit(workflow)
        images = edit(before)
        if check:
            check(before, images)
        text = label if isinstance(label, str) else label(before)
        change = Change(actor=actor, label=text[:200], key=key)
        return store(workflow, before, images, base_revision, change)


def locked(workflow: Workflow) -> Workflow:
    """The workflow's row, held until the end of the transaction (SQLite: by the transaction's own lock)."""
    return Workflow.objects.select_for_update(of=("self",)).get(pk=workflow.pk)


def done_before(workflow: Workflow, key: str, base_revision: int | None) -> Applied | None:
    """What a change with this key tells to somebody who asks for it again; None when there is none. The workflow is
    locked, so of two who ask at once the second finds what the first did.
    """
    change = workflow.changes.filter(key=key).only("label").first() if key else None
    if change is None:
        return None
    base = workflow.revision if base_revision is None else base_revision
    tree, since = queries.tree_of(workflow), queries.images_since(workflow, base)
    return Applied(workflow, tree, tree, Images(), change.label, base, since)


def store(
    workflow: Workflow,
    before: Tree,
    images: Images,
    base_revision: int | None,
    change: Change,
) -> Applied:
    """Write the touched rows, the change and the workflow's own row; nothing when nothing changed. For this room's
    writers, inside their transaction.
    """
    base = workflow.revision if base_revision is None else base_revision
    since = queries.images_since(workflow, base)
    if images.is_empty:
        return Applied(workflow, before, before, images, change.label, base, since)
    after = before.with_rows(images)
    _write(workflow, images)
    workflow.revision += 1
    workflow.array = after.array
    workflow.inputs = list(after.inputs or ())
    fields = ["table"] if images.table else []
    if images.table:
        workflow.table = images.table[1]
    workflow.updated_at = timezone.now()
    _count_problems(workflow, before, after, images)
    workflow.save(
        update_fields=[
            "revision", "array", "inputs", "updated_at", "errors", "warnings", "checked_with", *fields,
        ]
    )  # fmt: skip
    change.workflow, change.revision = workflow, workflow.revision
    change.images = rows.images_to_json(images)
    change.save(force_insert=True)
    since = None if since is None else edits.combine(since, images)
    return Applied(workflow, before, after, images, change.label, base, since, kind=change.kind)


def fill(workflow: Workflow, tree: Tree) -> None:
    """Give a new workflow its first tree: no edit, so revision 0 and no change.

    A tree in wire form says nothing about inputs: the workflow then has none yet.
    """
    tree = tree.declaring(tree.inputs or ())
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
    """Keep the counts right, from the touched rows alone; all anew when these are many or the catalogue is another."""
    known = catalog.default()
    if workflow.checked_with == fingerprint(known) and len(images) <= render.MANY_ROWS:
        counts = Counts(workflow.errors, workflow.warnings)
        counts += render.problem_counts(before, after, images, known)
    else:
        # An empty workflow has a problem, but no action that has it: the page says so in its own way.
        counts = Counts.of(problem for problem in validate(after, known) if problem.node_id)
    workflow.errors, workflow.warnings = counts.errors, counts.warnings
    workflow.checked_with = fingerprint(known)
