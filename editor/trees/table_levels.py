"""What a row of a results table can be about: the levels of a tree, from its roots down to its lists.

Each root begins a level (what it opens), and each list begins one below (its items). Roots that are alike share theirs.

    of_tree(tree, catalog, names).levels    known before the run, as the columns are
    used(levels, names)                     the levels that a table with columns of these has rows for
    leads(rows)                             which rows stand for their items where a table has fewer rows

A list is a **detail** where it stands below one of many people or companies and its items are neither, and nothing is
done with them: the skills of each of ten people. A table does not show details unless told to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from editor.catalog import Catalog
from editor.trees.nodes import Node, Tree

if TYPE_CHECKING:
    from editor.trees.table import Column, Row


@dataclass(frozen=True, slots=True)
class Level:
    """`way`: the names of the levels down to this one, itself last. `type`: the action that gives its items; of a root
    that is a list, nothing is known above its items: ""."""

    way: tuple[str, ...]
    type: str
    detail: bool = False

    @property
    def name(self) -> str:
        return self.way[-1]

    @property
    def depth(self) -> int:
        return len(self.way) - 1


class Standing:
    """Which level each node of a tree stands in."""

    def __init__(self) -> None:
        self.levels: dict[str, Level] = {}
        self._by_node: dict[str, tuple[str, str]] = {}

    def add(self, node: Node, outside: str, inside: str) -> None:
        """`outside`: where its state stands; `inside`: its values, and what is below it."""
        self._by_node[node.id] = (outside, inside)

    def inside(self, node: Node) -> str:
        return self._by_node[node.id][1]

    def placed(self, column: Column, node: Node) -> Column:
        """A column of a node, with its level."""
        outside, inside = self._by_node[node.id]
        level = self.levels[inside if column.path else outside]
        shown = column.shown and not level.detail
        return replace(column, level=level.name, shown=shown, useful=column.shown)


def of_tree(tree: Tree, catalog: Catalog, names: dict[str, str]) -> Standing:
    """`names`: of the active nodes, above before below."""
    standing = Standing()
    roots = Counter(node.type for node in tree.active_children(None))
    for node_id, name in names.items():
        node = tree.nodes[node_id]
        action = catalog.actions.get(node.type)
        is_list = action is not None and action.result.shape == "array"
        if node.parent is None:
            outside = f"{name}!"
            standing.levels[outside] = Level((outside,), "" if is_list else node.type)
        else:
            outside = standing.inside(tree.nodes[node.parent])
        if is_list:
            way = (*standing.levels[outside].way, name)
            detail = _is_detail(tree, catalog, node, standing.levels[outside], roots)
            standing.levels[name] = Level(way, node.type, detail)
        standing.add(node, outside, name if is_list else outside)
    return standing


def _is_detail(
    tree: Tree, catalog: Catalog, node: Node, above: Level, roots: Mapping[str, int]
) -> bool:
    if node.parent is None or tree.active_children(node.id):
        return False
    is_one = above.depth == 0 and roots[tree.path(node.id)[0].type] == 1
    fields = catalog.actions[node.type].result.fields
    names = {each.name for each in fields}
    opened = tree.nodes[node.parent].type
    of_whom = "Person" in opened or "Company" in opened
    return of_whom and not is_one and not {"name", "urn"} <= names


def used(levels: Iterable[Level], names: Iterable[str]) -> set[str]:
    """These levels and all above them; those of the roots, always."""
    wanted = set(names)
    found: set[str] = set()
    for level in levels:
        found.add(level.way[0])
        if level.name in wanted:
            found.update(level.way)
    return found


def leads(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """For each row, of the items above its own those whose first row it is: by depth, {"d0": number of the last row of
    the item, "d0/NAME": True for every level right below of which the item has rows}."""
    found: list[dict[str, Any]] = [{} for _ in rows]
    first: list[int] = []  # by depth, of the items that the row before stands in
    before: tuple[Any, ...] = ()
    for number, row in enumerate(rows):
        same = 0
        while same < min(len(before), len(row.items)) and before[same] == row.items[same]:
            same += 1
        first = first[:same] + [number] * (len(row.items) - same)
        before = row.items
        for depth in range(len(row.items) - 1):
            lead = found[first[depth]]
            lead[f"d{depth}"] = number
            lead[f"d{depth}/{row.items[depth + 1][0]}"] = True
    return found
