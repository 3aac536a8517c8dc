"""Undo and redo: everybody walks along their own edits, and overwrites nobody else's.

They apply the images of earlier edits, as data; no edit writes its own inverse. Each is a change like any other.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Unpack

from accounts.models import User
from editor.lib.tx import writing
from editor.trees import edits, replay
from editor.trees.edits import Refused
from editor.trees.nodes import Images, Tree
from editor.workflows import queries, rows
from editor.workflows.edits import choosing
from editor.workflows.edits.naming import By, names, type_name
from editor.workflows.kept_trees import tree_to_edit
from editor.workflows.models import Change, Workflow
from editor.workflows.store import Applied, apply, done_before, locked, store

Kind = Change.Kind


def undo(
    workflow: Workflow, *, actor: User | None, base_revision: int | None = None, key: str = ""
) -> Applied:
    """Take the actor's last standing edit back, with what the actor typed into the same field just before it.

    Raises Refused when there is none, or when somebody's later change would be overwritten; then nothing has changed.
    """
    return _walk(workflow, Kind.UNDO, actor, base_revision, key)


def redo(
    workflow: Workflow, *, actor: User | None, base_revision: int | None = None, key: str = ""
) -> Applied:
    """Bring again what the actor undid last. Raises Refused as `undo` does."""
    return _walk(workflow, Kind.REDO, actor, base_revision, key)


_WALKS = {
    Kind.UNDO: (queries.next_undo, queries.undo_step),
    Kind.REDO: (queries.next_redo, queries.redo_step),
}
"""By kind: which edit it is about, and which others belong to the same step."""


def _walk(
    workflow: Workflow, kind: str, actor: User | None, base_revision: int | None, key: str
) -> Applied:
    next_edit, step_of = _WALKS[Kind(kind)]
    with writing():
        workflow = locked(workflow)
        if done := done_before(workflow, key, base_revision):
            return done
        last = next_edit(workflow, actor)
        if last is None:
            raise Refused(f"nothing-to-{kind}", f"There is nothing of yours to {kind}.")
        change = Change(actor=actor, label=last.label, kind=kind, of=last.revision, key=key)
        return _replay(workflow, step_of(workflow, last), base_revision, change)


def bring_back(workflow: Workflow, node_id: str, **by: Unpack[By]) -> Applied:
    """Put an action that somebody deleted back where it was, with what went with it: an edit like any other."""

    def edit(tree: Tree) -> Images:
        if node_id in tree:
            return Images()
        removal = queries.removal_of(workflow, node_id)
        removed = rows.images_from_json(removal.images) if removal else Images()
        gone = Images({each: pair for each, pair in removed.items() if pair[1] is None})
        since = queries.images_since(workflow, removal.revision) if removal else None
        images = replay.as_now(tree, edits.inverse(gone), since)
        if not gone or edits.conflicts(tree, images, "after"):
            raise Refused(
                "no-way-back", "What stood above it is gone too: it has no place to go back to."
            )
        return images

    def label(tree: Tree) -> str:
        removal = queries.removal_of(workflow, node_id)
        type_ = removal.images["rows"][node_id][0]["type"] if removal else ""
        return f"Bring back {type_name(type_)}"

    return apply(workflow, label=label, edit=edit, **by)


def _replay(
    workflow: Workflow, step: Sequence[Change], base_revision: int | None, change: Change
) -> Applied:
    """Apply the befores (undo) or afters (redo) of edits that were made one on top of the other, oldest first."""
    undoing = change.kind == Kind.UNDO
    before = tree_to_edit(workflow)
    images = reduce(edits.combine, (rows.images_from_json(edit.images) for edit in step))
    images = edits.inverse(images) if undoing else images
    made_on = step[-1].revision - (0 if undoing else 1)
    images = replay.as_now(before, images, _since(workflow, made_on, images))
    in_the_way = edits.conflicts(before, images, "after")
    if in_the_way:
        raise _changed_since(workflow, before, images, in_the_way, change)
    if images.table:
        images.table = choosing.as_now(workflow, before, images.table)
        if images.table is None:
            raise _said_since(workflow, change, "table", "columns")
    if images.inputs and images.inputs[0] != before.inputs:
        raise _said_since(workflow, change, "inputs", "inputs")
    applied = store(workflow, before, images, base_revision, change)
    revision = applied.workflow.revision if undoing else None
    workflow.changes.filter(pk__in=[edit.pk for edit in step]).update(undone_in=revision)
    return applied


def _since(workflow: Workflow, revision: int, images: Images) -> Images | None:
    """What became of the tree on which `images` were made; asked only where places may have to be found anew."""
    return queries.images_since(workflow, revision) if replay.puts_somewhere(images) else None


def _changed_since(
    workflow: Workflow, tree: Tree, images: Images, in_the_way: Sequence[str], change: Change
) -> Refused:
    """Why an edit cannot be taken back or brought again: who did what to the same actions since."""
    above = [node.parent for pair in images.values() for node in pair if node and node.parent]
    ids_in_the_way = {*in_the_way, *above}
    theirs = queries.change_of_another(
        workflow, change, lambda touched: bool(ids_in_the_way & touched["rows"].keys())
    )
    verb = _VERBS[change.kind]
    if theirs is None:
        return _built_upon(change)
    who = _who(theirs)
    known = rows.images_from_json(theirs.images)
    ids = [node_id for node_id in known if node_id in in_the_way] or list(known)[:1]
    old = tree.with_rows(edits.inverse(known))
    deleted = all(known[node_id][1] is None for node_id in ids)
    what = names(old if deleted else tree, ids)
    did = "deleted" if deleted else "added" if known[ids[0]][0] is None else "changed"
    return Refused(
        "changed-since",
        f"{who} {did} {what} since; {verb} {_HARM[did]}. "
        f"Undo {who}’s change first, or change it by hand.",
    )


def _said_since(workflow: Workflow, change: Change, key: str, what: str) -> Refused:
    """The same of what the images of an edit have besides rows."""
    theirs = queries.change_of_another(workflow, change, lambda touched: bool(touched.get(key)))
    if theirs is None:
        return _built_upon(change)
    who = _who(theirs)
    return Refused(
        "changed-since",
        f"{who} changed the same {what} since; {_VERBS[change.kind]} would overwrite that. "
        f"Undo {who}’s change first, or change it by hand.",
    )


def _built_upon(change: Change) -> Refused:
    verb = _VERBS[change.kind]
    return Refused(
        "changed-since", f"“{change.label}” was built upon since; {verb} would overwrite that."
    )


def _who(change: Change) -> str:
    return str(change.actor) if change.actor else "Somebody"


_VERBS = {Kind.UNDO: "undo", Kind.REDO: "redo"}
_HARM = {"changed": "would overwrite it", "added": "would delete it", "deleted": "needs it"}
