"""The trees that this process edited last: an edit of a large workflow need not read all of its rows.

What is kept was read in a transaction that was committed, at a revision. Every change since then has all the rows that
it touched, so those of the changes are all that it lacks. Folding is no change, and is asked for each time.
"""

import dataclasses
from collections import OrderedDict
from threading import Lock
from typing import Final

from editor.lib.tx import after_commit
from editor.trees.nodes import Images, Tree
from editor.workflows import queries
from editor.workflows.models import Node, Workflow

FEW_ROWS: Final = 200
"""A smaller tree is read as quickly as what it lacks."""

MOST_ROWS: Final = 20_000
"""So many actions are kept in all, some 15 MB: as many as one workflow may have."""

_kept: OrderedDict[str, tuple[int, Tree]] = OrderedDict()  # by public id, used last at the end
_lock = Lock()


def tree_to_edit(workflow: Workflow) -> Tree:
    """The same as `queries.tree_of`. For whoever holds the workflow's row, before they write."""
    name, revision = workflow.public_id, workflow.revision
    tree = _brought_up(workflow) or queries.tree_of(workflow)
    after_commit(lambda: _keep(name, revision, tree))
    return tree


def _brought_up(workflow: Workflow) -> Tree | None:
    """The kept tree with what has changed since; None when that cannot be told."""
    with _lock:
        revision, tree = _kept.get(workflow.public_id, (0, None))
    since = queries.images_since(workflow, revision) if tree else None
    if tree is None or since is None:
        return None
    tree = _as_folded(tree.with_rows(since), workflow)
    own = (workflow.array, tuple(workflow.inputs))
    return tree if (tree.array, tree.inputs) == own else None


def _as_folded(tree: Tree, workflow: Workflow) -> Tree:
    folded = set(
        Node.objects.filter(workflow=workflow, collapsed=True).values_list("pk", flat=True)
    )
    others = [node for node in tree.nodes.values() if node.collapsed != (node.id in folded)]
    images = {
        node.id: (node, dataclasses.replace(node, collapsed=not node.collapsed)) for node in others
    }
    return tree.with_rows(Images(images)) if images else tree


def _keep(name: str, revision: int, tree: Tree) -> None:
    with _lock:
        if len(tree) < FEW_ROWS or _kept.get(name, (-1, tree))[0] > revision:
            return
        _kept[name] = (revision, tree)
        _kept.move_to_end(name)
        while sum(len(each) for _, each in _kept.values()) > MOST_ROWS and len(_kept) > 1:
            _kept.popitem(last=False)
