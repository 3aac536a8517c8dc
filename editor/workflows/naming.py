"""What the services that edit a tree share: who edits, and how an edit is called in the history."""

from collections.abc import Callable, Sequence
from typing import Any, NotRequired, TypedDict, Unpack

from accounts.models import User
from editor import catalog
from editor.trees.nodes import Images, Tree
from editor.workflows.models import Workflow
from editor.workflows.store import Applied, apply


class By(TypedDict):
    """Who edits (None: Trellis itself), the revision that the page showed (left out: the present one), and the key
    under which the edit is done once, however often it is asked for.
    """

    actor: User | None
    base_revision: NotRequired[int | None]
    key: NotRequired[str]


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
