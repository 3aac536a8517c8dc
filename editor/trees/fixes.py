"""From the repair that a problem carries to the edit that makes it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from editor.catalog import Catalog
from editor.trees import declaring, edits
from editor.trees.nodes import MISSING, Images, Tree
from editor.trees.places import Place
from editor.trees.problems import Fix, Problem


def edit(tree: Tree, catalog: Catalog, problem: Problem, new_id: Callable[[], str]) -> Images:
    """The edit that repairs a problem found in this very tree.

    Raises edits.Refused when the problem has no repair, or the tree has changed too much since.
    """
    fix, node_id = problem.fix, problem.node_id
    if fix is None or node_id is None:
        raise edits.Refused("no-repair", "There is no repair for this problem.")
    match fix.kind:
        case "change-type":
            return edits.change_type(tree, catalog, node_id, fix.types[0])
        case "wrap":
            return edits.wrap(tree, catalog, node_id, fix.types, new_id)
        case "insert":
            place = Place(node_id, len(tree.children(node_id)))
            return edits.insert(tree, catalog, place, edits.chain(fix.types, new_id))
        case "set-label":
            return edits.set_label(tree, node_id, fix.value)
        case "remove-label":
            return edits.set_label(tree, node_id, MISSING)
        case "declare-input":
            return declaring.declare(tree, fix.value)
        case _:
            return _parameter_edit(tree, node_id, fix)


def _parameter_edit(tree: Tree, node_id: str, fix: Fix) -> Images:
    node = tree.get(node_id)
    name = fix.path[0]
    if node is None or name not in node.params:
        raise edits.Refused("gone", "What this repair is about is no longer there.")
    holder: dict[str, Any] = {str(name): copy.deepcopy(node.params[str(name)])}
    if not _change(holder, fix):
        raise edits.Refused("gone", "What this repair is about is no longer there.")
    removed = [] if name in holder else [str(name)]
    return edits.set_params(tree, node_id, holder, removed)


def _change(holder: dict[str, Any], fix: Fix) -> bool:
    """Make the change at the end of `fix.path`; False when there is no such place."""
    *way, last = fix.path
    inner: Any = holder
    try:
        for step in way:
            inner = inner[step]
        inner[last]
        if fix.kind == "remove-param":
            del inner[last]
        elif fix.kind == "set-param":
            inner[last] = fix.value
        else:
            _rename(inner, last, fix.value)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _rename(inner: dict[Any, Any], old: Any, new: Any) -> None:
    """In place, and keeping the order of the keys."""
    items = [(new if key == old else key, value) for key, value in inner.items()]
    inner.clear()
    inner.update(items)
