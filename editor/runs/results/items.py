"""The lists that a run went through: which node gives them, what is done to each item, and a page of items.

An item is told by its path ("3.0": item 0 of the list inside item 3), which also says in which of the lists above a
node it stands: one index per list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from editor import catalog
from editor.catalog import ActionType
from editor.runs import queries
from editor.runs.models import Run
from editor.trees.nodes import Node, Tree

ROWS = 25
LISTS_AT_MOST = 50


def action_of(node: Node) -> ActionType | None:
    return catalog.default().actions.get(node.type)


def is_loop(node: Node) -> bool:
    action = action_of(node)
    return action is not None and action.is_loop


def gives_list(node: Node) -> bool:
    action = action_of(node)
    return action is not None and action.result.shape == "array"


def lists_to(tree: Tree, node: Node) -> list[Node]:
    """The nodes that give the lists which a node stands in, from the outermost; itself too when it gives one."""
    return [one for one in tree.path(node.id) if gives_list(one)]


def body(tree: Tree, source: Node) -> list[tuple[Node, int]]:
    """What is done once to each item of the list that `source` gives: nodes in the order of the tree, with depths.

    Loops are passed through. A list in it is there, what is done to its items is not.
    """
    found: list[tuple[Node, int]] = []
    waiting = [(n, 0) for n in reversed(tree.active_children(source.id)) if is_loop(n)]
    while waiting:
        node, depth = waiting.pop()
        if not is_loop(node):
            found.append((node, depth))
            depth += 1
        if is_loop(node) or not gives_list(node):
            waiting.extend((child, depth) for child in reversed(tree.active_children(node.id)))
    return found


def outer(path: str) -> str:
    """The path of the list that an item stands in."""
    return path.rpartition(".")[0]


def page(
    run: Run, node_id: str, start: tuple[int, int], within: str | None
) -> tuple[list[tuple[str, Any]], str]:
    """(path, item) of the lists that a node gave, from `start` on, and the cursor of the next page.

    `start` is (ordinal, index). `within`: only of the list inside that item.
    """
    ordinal, index = start
    rows: list[tuple[str, Any]] = []
    lists = queries.results_of(run, node_id).filter(ordinal__gte=ordinal).order_by("ordinal")
    if within is not None:
        lists = lists.filter(path=within)
    for result in lists.iterator(chunk_size=5):
        items = result.data if isinstance(result.data, list) else []
        for at in range(index if result.ordinal == ordinal else 0, len(items)):
            if len(rows) == ROWS:
                return rows, f"{result.ordinal}.{at}"
            rows.append((f"{result.path}.{at}".removeprefix("."), items[at]))
        if result.ordinal - ordinal >= LISTS_AT_MOST and within is None:
            return rows, f"{result.ordinal + 1}.0"
    return rows, ""


@dataclass(frozen=True, slots=True)
class ItemsAbove:
    """Items of one list by path, and the action that gave the list."""

    action: ActionType | None = None
    by_path: dict[str, Any] = field(default_factory=dict)


def at(run: Run, source: Node | None, paths: Sequence[str]) -> ItemsAbove:
    """The items of the lists of `source` at these paths, in one query."""
    wanted = {outer(path) for path in paths if path}
    if source is None or not wanted:
        return ItemsAbove()
    lists = {r.path: r.data for r in queries.results_of(run, source.id).filter(path__in=wanted)}
    found = {}
    for path in paths:
        items = lists.get(outer(path))
        index = path.rpartition(".")[2]
        if isinstance(items, list) and index.isdecimal() and int(index) < len(items):
            found[path] = items[int(index)]
    return ItemsAbove(action_of(source), found)


def above(run: Run, tree: Tree, node: Node, paths: Sequence[str]) -> ItemsAbove:
    """The items that a node ran for."""
    lists = lists_to(tree, node)
    if gives_list(node):
        lists = lists[:-1]
    return at(run, lists[-1] if lists else None, paths)
