"""What a newer version of a template brings to a copy of it, and taking that over: all of it, or parts.

A copy knows which of its actions is which of the template's. So there are three trees with the same ids: the version
that the copy was made of (or has taken since), the copy as it is now, and the newest version; `trees.merge` makes one
of them. What its people changed themselves is kept, and where both changed the same thing they choose.
"""

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from accounts import audit
from accounts.models import User
from editor import catalog
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.library import queries, slots
from editor.library.models import TemplateVersion, Use
from editor.trees import copies, edits, merge
from editor.trees.conflicts import Conflict
from editor.trees.diff import Diff, diff
from editor.trees.edits import Refused
from editor.trees.nodes import MISSING, Images, Node, Tree
from editor.workflows import services as workflows
from editor.workflows import store
from editor.workflows.edits.keeping import Clashes, keep_before
from editor.workflows.fields.values import read_pointer
from editor.workflows.models import Workflow
from editor.workflows.services import Applied


@dataclass(frozen=True, slots=True)
class Update:
    """`tree`: the copy with all that is new, its own changes kept; `diff` leads there from the copy as it is now.

    `conflicts` are those of the merge, in order; some may have been decided for the template.
    """

    latest: TemplateVersion
    tree: Tree
    diff: Diff
    conflicts: tuple[Conflict, ...]


def update_of(use: Use, now: Tree, yielding: Collection[int] = ()) -> Update:
    """What taking the newest version over would make of the copy as it is now. Raises DoesNotExist."""
    known = catalog.default()
    latest = queries.version(use.template)
    base, theirs = _as_copied(use, use.version), _as_copied(use, latest)
    merged = merge.merge(base, now, theirs, known)
    conflicts = merged.conflicts
    if yielding:
        yielded = _yielded(now, _numbered(conflicts, yielding))
        merged = merge.merge(base, yielded, theirs, known)
    return Update(latest, merged.tree, diff(now, merged.tree), conflicts)


def _as_copied(use: Use, version: TemplateVersion) -> Tree:
    """A version as this copy would have it: its choices made, its ids where it has the action."""
    tree = slots.chosen(queries.tree_of(version), queries.slots_of(version), use.choices)
    return copies.renamed(tree, use.ids)


# Where both changed the same thing


def can_yield(conflict: Conflict) -> bool:
    """Whether the template's side of a conflict can be taken by a tick: a value of an action, or of an input."""
    return conflict.code == "value" and bool(conflict.path)


def _numbered(conflicts: Sequence[Conflict], numbers: Collection[int]) -> list[Conflict]:
    return [each for number, each in enumerate(conflicts) if number in numbers and can_yield(each)]


def _yielded(now: Tree, conflicts: Collection[Conflict]) -> Tree:
    """The copy with its own side of these conflicts taken back, so that the template's is all there is."""
    rows = dict(now.nodes)
    inputs = {str(each.get("name")): dict(each) for each in now.inputs or ()}
    for conflict in conflicts:
        path = read_pointer(conflict.path)
        if conflict.node_id is None:
            inputs = _with_value(inputs, path, conflict.base)
        elif node := rows.get(conflict.node_id):
            rows[node.id] = _node_with(node, path, conflict.base)
    return Tree(rows.values(), now.array, None if now.inputs is None else tuple(inputs.values()))


def _input_names(conflicts: Sequence[Conflict], numbers: Collection[int]) -> set[str]:
    chosen = _numbered(conflicts, numbers)
    return {str(read_pointer(each.path)[0]) for each in chosen if each.node_id is None}


ATTRIBUTES = {"label": "label", "actionType": "type", "then": "then_array"}


def _node_with(node: Node, path: Sequence[str | int], value: Any) -> Node:
    if name := ATTRIBUTES.get(str(path[0])):
        return dataclasses.replace(node, **{name: value})
    return dataclasses.replace(node, params=_with_value(dict(node.params), path, value))


def _with_value(held: dict[Any, Any], path: Sequence[str | int], value: Any) -> dict[Any, Any]:
    """A copy with the value at a path changed; MISSING takes it out."""
    key, *rest = path
    if rest:
        below = held.get(key)
        return held | {key: _with_value(below if isinstance(below, dict) else {}, rest, value)}
    if value is MISSING:
        return {name: old for name, old in held.items() if name != key}
    return held | {key: value}


# Taking it over


def take(
    use: Use, workflow: Workflow, *, actor: User, base_revision: int, number: int,
    ids: Collection[str | None] | None = None, inputs: Collection[str] = (),
    yielding: Collection[int] = (), even_with_conflicts: bool = False,
) -> Applied:  # fmt: skip
    """Take a version over as one edit: all of it, or (`ids` given) those differences with what they need.

    What was there is kept as a version. Raises Refused when the copy or the template was changed since somebody
    looked, or nothing was chosen, and Clashes when the parts are wrong without the rest.
    """
    fresh: dict[str, str] = {}

    def edit(tree: Tree) -> Images:
        found = update_of(use, tree, yielding)
        wanted = found.tree
        if ids is not None:
            given = {c.node_id for c in _numbered(found.conflicts, yielding) if c.node_id}
            names = {*inputs, *_input_names(found.conflicts, yielding)}
            part = merge.take(found.diff, {*ids, *given}, catalog.default(), names)
            if part.conflicts and not even_with_conflicts:
                raise Clashes(part.conflicts)
            wanted = part.tree
        fresh.update({node_id: new_id() for node_id in wanted.nodes if node_id not in tree})
        return edits.replace_all(tree, copies.restored(tree, copies.renamed(wanted, fresh)))

    with writing():
        # Of two who take it over at once, the second sees the ids that the first gave.
        use = Use.objects.select_for_update(of=("self",)).get(pk=use.pk)
        if (store.locked(workflow).revision, use.template.number) != (base_revision, number):
            raise Refused(
                "changed-since", "Something was changed meanwhile. This is how it is now."
            )
        title = f"version {number} of “{use.template.title}”"
        label = f"Take over {title}" if ids is None else f"Take a part of {title}"
        applied = workflows.apply(workflow, actor=actor, label=label, edit=edit)
        keep_before(applied, actor=actor, reason="update")
        use.ids = use.ids | fresh
        if ids is None or update_of(use, applied.after).diff.empty:
            use.version = queries.version(use.template)
        use.save(update_fields=["ids", "version"])
        _record(use, workflow, actor, "template.taken" if ids is None else "template.taken_in_part")
    return applied


def keep_mine(use: Use, workflow: Workflow, *, actor: User, number: int) -> None:
    """Count the copy as one of that version, without any change: it is not offered again."""
    with writing():
        use.version = queries.version(use.template, number)
        use.save(update_fields=["version"])
        _record(use, workflow, actor, "template.passed_over")


def _record(use: Use, workflow: Workflow, actor: User, verb: str) -> None:
    audit.record(
        use.team, actor, verb, workflow.name, workflow=workflow.public_id,
        template=use.template.public_id, version=use.template.number,
    )  # fmt: skip
