"""What a tree can do at most, before it runs: how often each action can run, from loops and limits.

A loop runs once per item of the list above it. That list has at most `limit` items where the action
has such a parameter (its default when none is given); a list without a limit, such as a person's
skills, is open: nobody can say how long it is. Numbers are upper bounds: a search may find fewer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from editor.catalog import Catalog

from .nodes import Node, Tree


@dataclass(frozen=True, slots=True)
class Amount:
    """At most `count` times; with `open` even more, because some list above has no known length."""

    count: int
    open: bool = False

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.count + other.count, self.open or other.open)

    def __str__(self) -> str:
        return f"{self.count} or more" if self.open else str(self.count)


@dataclass(frozen=True, slots=True)
class Effects:
    """`nodes`: how often each enabled node can run. `acts`: the same summed per action type, for
    those that other people can see. `categories`: summed per limit category. The latter two in
    display order, without zeros. `loops`: the enabled loops. `endless`: the nodes whose lists have
    no known length and are gone through by a loop."""

    nodes: Mapping[str, Amount]
    acts: Mapping[str, Amount]
    categories: Mapping[str, Amount]
    loops: Collection[str]
    endless: Collection[str]


def effects(tree: Tree, catalog: Catalog) -> Effects:
    """What one run of the tree can do at most.

    Unknown actions count as reads without a category.
    """
    nodes: dict[str, Amount] = {}
    acts: dict[str, Amount] = {}
    categories: dict[str, Amount] = {}
    loops: list[str] = []
    endless: dict[str, None] = {}
    stack = [(root, Amount(1)) for root in reversed(tree.active_children(None))]
    while stack:
        node, times = stack.pop()
        nodes[node.id] = times
        action = catalog.actions.get(node.type)
        if action is not None and action.is_loop:
            loops.append(node.id)
            if node.parent is not None and list_limit(tree.nodes[node.parent], catalog) is None:
                endless.setdefault(node.parent)
        if action is not None and action.acts:
            acts[node.type] = acts.get(node.type, Amount(0)) + times
        if action is not None and action.limit_category:
            category = action.limit_category
            categories[category] = categories.get(category, Amount(0)) + times
        stack.extend(
            (child, _below(times, node, child, catalog))
            for child in reversed(tree.active_children(node.id))
        )
    return Effects(
        nodes,
        {name: acts[name] for name in catalog.actions if name in acts},
        {name: categories[name] for name in catalog.limit_categories if name in categories},
        loops,
        tuple(endless),
    )


def _below(times: Amount, parent: Node, child: Node, catalog: Catalog) -> Amount:
    """How often a child runs when its parent runs `times`.

    A loop counts its rounds, and its children with it.
    """
    action = catalog.actions.get(child.type)
    if action is None or not action.is_loop:
        return times
    items = list_limit(parent, catalog)
    return Amount(times.count * (1 if items is None else items), times.open or items is None)


def list_limit(node: Node, catalog: Catalog) -> int | None:
    """The most items that a list action can return; None when it has no limit."""
    action = catalog.actions.get(node.type)
    parameter = action.parameter("limit") if action is not None else None
    if parameter is None:
        return None
    given = node.params.get("limit", parameter.default)
    return given if isinstance(given, int) and not isinstance(given, bool) and given >= 0 else None
