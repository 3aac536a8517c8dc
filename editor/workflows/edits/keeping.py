"""Writing: versions. Keep the tree as it is, give that a name, bring it back whole or in part.

A version is kept for a `reason`: "run" (a run used it), "named" (somebody asked for it), "restore" and "replace" (it
stood before everything was put in its place). Another room may have reasons of its own.
"""

from collections.abc import Collection
from typing import Unpack

from accounts import audit
from accounts.models import User
from editor import catalog
from editor.lib.tx import writing
from editor.trees import codec, copies, edits, merge
from editor.trees.conflicts import Conflict
from editor.trees.diff import Diff, diff
from editor.trees.edits import Refused
from editor.trees.nodes import Images, Tree
from editor.trees.pairing import pair
from editor.trees.table_choice import Choice
from editor.workflows import queries, rows, store
from editor.workflows.edits.naming import By
from editor.workflows.models import Version, Workflow
from editor.workflows.store import Applied

NAME_MAX = 120


class Clashes(Refused):
    """The chosen parts are wrong without the rest; `conflicts` says what is."""

    def __init__(self, conflicts: Collection[Conflict]) -> None:
        count = len(conflicts)
        found = "a problem" if count == 1 else f"{count} problems"
        super().__init__(
            "clashes",
            f"Without the other differences this would make {found}.",
            tuple(conflict.message for conflict in conflicts),
        )
        self.conflicts = tuple(conflicts)


# Keep and name


def snapshot(workflow: Workflow, *, actor: User | None, reason: str) -> Version:
    """Keep the tree as it is now; the latest version when nothing has changed since it was made.

    That one then counts as kept for a run, if this is for one: its runs are to be found there.
    """
    with writing():
        workflow = store.locked(workflow)
        latest = _latest(workflow)
        if latest is None or latest.revision != workflow.revision:
            return _keep(workflow, queries.tree_of(workflow), workflow.table, latest, actor, reason)
        if reason == "run" != latest.reason:
            latest.reason = reason
            latest.save(update_fields=["reason"])
        return latest


def keep_before(applied: Applied, *, actor: User | None, reason: str) -> Version | None:
    """Keep the tree as it was before an edit, in the transaction of the edit. None when nothing changed."""
    if applied.images.is_empty:
        return None
    latest, revision = _latest(applied.workflow), applied.workflow.revision - 1
    if latest and latest.revision == revision:
        return latest
    table = applied.images.table[0] if applied.images.table else applied.workflow.table
    return _keep(applied.workflow, applied.before, table, latest, actor, reason, revision)


def _latest(workflow: Workflow) -> Version | None:
    return workflow.versions.order_by("-number").first()


def _keep(
    workflow: Workflow,
    tree: Tree,
    table: Choice,
    latest: Version | None,
    actor: User | None,
    reason: str,
    revision: int | None = None,
) -> Version:
    return Version.objects.create(
        workflow=workflow,
        number=latest.number + 1 if latest else 1,
        revision=workflow.revision if revision is None else revision,
        reason=reason,
        definition=codec.to_wire(tree),
        tree=rows.tree_to_json(tree),
        table=table,
        author=actor,
    )


def name_present(workflow: Workflow, *, actor: User | None, name: str) -> Version:
    """Keep the tree as it is now under a name."""
    with writing():
        version = snapshot(workflow, actor=actor, reason="named")
        name_version(version, actor=actor, name=name)
    return version


def name_version(version: Version, *, actor: User | None, name: str) -> None:
    """Give it a name, or another one; "" takes it away, and the version stays."""
    with writing():
        before, version.name = version.name, name
        version.save(update_fields=["name"])
        workflow = version.workflow
        audit.record(
            workflow.team, actor, "version.named", name or f"Version {version.number}",
            workflow=workflow.public_id, version=version.number, before=before,
        )  # fmt: skip


# Bring back


def restore_version(workflow: Workflow, number: int, **by: Unpack[By]) -> Applied:
    """Make the tree and the choice of columns again what they were in a version, as one edit; what is here now is kept
    as a version first.

    What lies in the tray stays there, unless it was part of the workflow then. Raises Refused when there is no such
    version or nothing to restore.
    """
    with writing():
        version = _version(workflow, number)
        then = tree_of(version)

        def edit(tree: Tree) -> Images:
            images = edits.replace_all(tree, copies.restored(tree, then))
            now = store.locked(workflow).table
            if has_other_columns(version, now):
                images.table = (now, version.table)
            return _something(images, version)

        def label(tree: Tree) -> str:
            others = has_other_columns(version, store.locked(workflow).table)
            return f"Restore {called(version)}: {in_counts(diff(tree, then), others)}"

        applied = store.apply(workflow, label=label, edit=edit, **by)
        keep_before(applied, actor=by["actor"], reason="restore")
    return applied


def take_back(
    workflow: Workflow,
    number: int,
    ids: Collection[str | None],
    inputs: Collection[str] = (),
    *,
    even_with_conflicts: bool = False,
    **by: Unpack[By],
) -> Applied:
    """Make some actions and inputs again what they were in a version, with those that they need, as one edit.

    `ids` are those of `since(...)`; None is the form of the roots. Raises Clashes when the parts are wrong without
    the rest, and Refused when the workflow is not at the revision any more in which they were chosen.
    """
    with writing():
        workflow = store.locked(workflow)
        if by.get("base_revision") not in (None, workflow.revision):
            raise Refused(
                "changed-since",
                "Somebody changed this workflow meanwhile. These are the differences now: choose again.",
            )
        version = _version(workflow, number)

        def edit(tree: Tree) -> Images:
            part = _part(tree, tree_of(version), ids, inputs)
            if part.conflicts and not even_with_conflicts:
                raise Clashes(part.conflicts)
            images = edits.replace_all(tree, copies.restored(tree, part.tree))
            return _something(images, version)

        count = len(set(ids)) + len(set(inputs))
        parts = "1 difference" if count == 1 else f"{count} differences"
        label = f"Take back {parts} to {called(version)}"
        applied = store.apply(workflow, label=label, edit=edit, **by)
        keep_before(applied, actor=by["actor"], reason="restore")
    return applied


def since(then: Tree, now: Tree) -> Diff:
    """What has changed from one tree to a later one, with the ids of the later one."""
    return diff(_known(then, now), now)


def _known(then: Tree, now: Tree) -> Tree:
    """The earlier tree; if everything was replaced since, with new ids, under the ids of what is the same now."""
    now = copies.without_tray(now)
    if not then.nodes.keys().isdisjoint(now.nodes):
        return then
    return copies.renamed(then, pair(now, then))


def _part(
    now: Tree, then: Tree, ids: Collection[str | None], inputs: Collection[str]
) -> merge.Merged:
    back = diff(now, _known(then, now))
    wanted = set(ids)
    # Of two siblings that changed places, either may be called the moved one, and the way back may choose the other.
    moved = {entry.id for entry in since(then, now).entries if entry.moved and entry.id in wanted}
    parents = {entry.node.parent for entry in back.entries if entry.id in moved and not entry.moved}
    wanted |= {entry.id for entry in back.entries if entry.moved and entry.node.parent in parents}
    return merge.take(back, wanted, catalog.default(), inputs)


def _version(workflow: Workflow, number: int) -> Version:
    try:
        return queries.version(workflow, number)
    except Version.DoesNotExist as error:
        message = f"This workflow has no version {number}."
        raise Refused("gone", message, ("Look at the list of versions again.",)) from error


def _something(images: Images, version: Version) -> Images:
    if images.is_empty:
        message = f"This is how the workflow stands in {called(version)} already."
        raise Refused("nothing-to-restore", message)
    return images


# In words


def tree_of(version: Version) -> Tree:
    return rows.tree_from_json(version.tree)


def has_other_columns(version: Version, choice: Choice) -> bool:
    """Whether a version has another choice of columns; not when it is from before one was kept."""
    return version.table not in (None, choice)


def called(version: Version) -> str:
    """ "version 3", or "version 3 “Before launch”"."""
    return f"version {version.number}" + (f" “{version.name}”" if version.name else "")


def in_counts(found: Diff, columns: bool = False) -> str:
    """ "3 added, 1 moved, 1 input changed"; "no differences". `columns`: those of the results differ, too."""
    kinds = [entry.kind for entry in found.entries]
    counts = [
        (kinds.count("added"), "added"),
        (kinds.count("removed"), "removed"),
        (sum(entry.moved for entry in found.entries), "moved"),
        (sum(bool(entry.changes) for entry in found.entries), "changed"),
    ]
    words = [f"{count} {word}" for count, word in counts if count]
    inputs: list[str] = [entry.kind for entry in found.differing_inputs]
    words += [
        f"{count} input{'s' if count > 1 else ''} {kind}"
        for kind in ("added", "removed", "moved", "changed")
        if (count := inputs.count(kind))
    ]
    if found.array:
        words.append("the form of the first actions changed")
    if columns:
        words.append("other columns of the results")
    return ", ".join(words) or "no differences"
