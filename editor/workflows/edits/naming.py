"""What the services that edit a tree share: who edits, how an edit is called, and what it did besides."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, NotRequired, TypedDict, Unpack

from accounts.models import User
from editor import catalog
from editor.trees import edits, words
from editor.trees.nodes import Images, Node, Tree
from editor.workflows.fields.values import Path
from editor.workflows.models import Workflow
from editor.workflows.store import Applied, apply


class By(TypedDict):
    """Who edits (None: Trellis itself), the revision that the page showed (left out: the present one), and the key
    under which the edit is done once, however often it is asked for. `check` is that of `store.apply`.
    """

    actor: User | None
    base_revision: NotRequired[int | None]
    key: NotRequired[str]
    check: NotRequired[Callable[[Tree, Images], None] | None]


def on_node(
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
        label=lambda tree: label.format(names(tree, [node_id])),
        edit=lambda tree: edit(tree, *args),
        **by,
    )


def type_name(action_type: str) -> str:
    action = catalog.default().actions.get(action_type)
    return action.name if action else action_type


def names(tree: Tree, node_ids: Sequence[str]) -> str:
    """ "Open person page", or "3 actions"."""
    there = [tree.nodes[node_id] for node_id in node_ids if node_id in tree]
    return type_name(there[0].type) if len(there) == 1 else f"{len(there)} actions"


def field_name(tree: Tree, node_id: str, path: Path) -> str:
    """A parameter, or a part of one, as people call it: "Search words"."""
    node = tree.get(node_id)
    action = catalog.default().actions.get(node.type) if node else None
    named = tuple(step for step in path if isinstance(step, str) and step != "-")
    return words.title(action, named) if action else str(path[0])


def with_note(applied: Applied, where: str) -> Applied:
    """Says so when the edit laid actions aside because they do not fit `where` ("under Open post")."""
    tops = edits.newly_parked(applied.images)
    if not tops:
        return applied
    if len(tops) == 1:
        words = f"{type_name(tops[0].type)} does not fit {where}; it is in the tray."
    else:
        words = f"{len(tops)} actions do not fit {where}; they are in the tray."
    return dataclasses.replace(applied, note=words)


def under(parent: Node | None) -> str:
    """The place below a node in words."""
    return f"under {type_name(parent.type)}" if parent else "at the start"
