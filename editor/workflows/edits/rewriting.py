"""The edit that is made by writing: the JSON of a workflow, changed as a text, and the tree that follows from it."""

from collections.abc import Iterable
from typing import Unpack

from editor import catalog
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.trees import codec, edits, pairing
from editor.trees.copies import restored, without_tray
from editor.trees.edits import Refused
from editor.trees.merge import Conflict, merge
from editor.trees.nodes import Images, Tree
from editor.workflows import queries, store
from editor.workflows.edits.keeping import keep_before
from editor.workflows.edits.naming import By, type_name
from editor.workflows.models import Workflow
from editor.workflows.store import Applied, apply


def write_json(
    workflow: Workflow,
    text: str,
    *,
    read: int | None = None,
    keep_mine: bool = False,
    **by: Unpack[By],
) -> Applied:
    """Make of the tree what its JSON became: `text`, written on the JSON of revision `read` (None: the present one).

    Actions that are the same keep their ids, and what the JSON does not show stays. What others did since is kept
    too; where both sides changed the same thing it is refused as "conflicts", unless `keep_mine`. Legal or not:
    problems are shown. What was there is kept as a version when most of it goes. Raises codec.DecodeError when the
    text cannot be a tree.
    """
    foreign = codec.decode(text, new_id)

    def edit(now: Tree) -> Images:
        base = now if read is None else _as_read(workflow, now, read)
        mine = pairing.edited(base, foreign)
        return edits.replace_all(now, mine if base is now else _onto(now, base, mine, keep_mine))

    with writing():
        applied = apply(workflow, label="Edit the JSON", edit=edit, **by)
        if _mostly_gone(applied.before, applied.after):
            keep_before(applied, actor=by["actor"], reason="replace")
    return applied


def _mostly_gone(before: Tree, after: Tree) -> bool:
    """Whether fewer than half of the actions stayed: then it was not edited but replaced."""
    stayed = [node.id in after for node, _ in before.walk()]
    return sum(stayed) * 2 < len(stayed)


def _as_read(workflow: Workflow, now: Tree, read: int) -> Tree:
    """The tree of an earlier revision; `now` itself when nothing has changed since."""
    since = queries.images_since(store.locked(workflow), read)
    if since is None:
        raise Refused(
            "too-old",
            "Too much has changed since this text was read.",
            ("Copy what you wrote, then take the present text and write it there.",),
        )
    return now if since.is_empty else now.with_rows(edits.inverse(since))


def _onto(now: Tree, base: Tree, mine: Tree, keep_mine: bool) -> Tree:
    """My tree with what others did since `base`. What is laid aside is no part of the JSON: it lies as it does now."""
    merged = merge(base, mine, now, catalog.default())
    if merged.conflicts and not keep_mine:
        raise Refused(
            "conflicts",
            "Others changed the same as you did. If yours counts:",
            tuple(_in_words(merged.conflicts, (now, mine))),
        )
    return restored(now, without_tray(merged.tree))


def _in_words(conflicts: Iterable[Conflict], sources: tuple[Tree, Tree]) -> Iterable[str]:
    """ "Send message, /text: Both of you changed this. Yours is kept." """
    for conflict in conflicts:
        node = next(
            (tree.nodes[conflict.node_id] for tree in sources if conflict.node_id in tree), None
        )
        where = ", ".join(
            part for part in (type_name(node.type) if node else "", conflict.path) if part
        )
        yield f"{where}: {conflict.message}" if where else conflict.message
