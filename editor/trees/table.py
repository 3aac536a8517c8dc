"""Results as a table: one row per item at the end of the lists, values along the way to it.

    columns(tree, catalog)                  known before the run, from the tree and the catalogue
    rows(tree, catalog, results, columns)   the rows of a run, as they come

A search for companies, each opened, each with its employees, gives a row per employee, with the
company's values repeated. Lists beside each other (comments and reactions of a post) have rows of
their own; they are not crossed. Each root begins its own rows, in the same columns where roots are
alike: ten people opened by ten roots are ten rows of one table.

What a root was given stands in its rows too: whom it wrote to, and what, for a message comes back
with nothing but that it went out.

An answer that has another shape than the catalogue says still gives rows: items are found by their
paths (`results.Occurrence.path`), each below the item with the longest path that it begins with.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from typing import Any, Final, Literal

from editor.catalog import ActionType, Catalog, Private, ResultField
from editor.trees import table_levels
from editor.trees.nodes import Node, Tree
from editor.trees.results import Occurrence, Results
from editor.trees.table_levels import Level

ColumnKind = Literal[
    "text", "texts", "integer", "number", "boolean", "choice", "date-time", "url", "state", "label"
]
_FOR_PROGRAMS = re.compile(
    r"([Uu]rn|[Hh]ashedUrl|Id|[Ii]mages?|[Ii]mageUrl|avatarUrl|logoUrl|[Tt]humbnail)s?$"
)
"""Fields that a table shows on request only."""

Path = tuple[int, ...]
Cells = dict[int, Any]  # by number of the column
Items = tuple[tuple[str, str, Path], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the same for every run and every copy of a workflow: store choices of columns by it.

    `group` names the action. `node_ids`: several, where roots are alike. `path` leads into the data
    of one item; it is () for the kinds "state" ("done", or the error type) and "label" (the root's),
    and where the value is the one that a root was given in the parameter `given`.
    `shown`: a table shows it unless told otherwise. `private`: what a team can hide of it from some.
    `level`: the name of the `table_levels.Level` whose items have it, or "" for that of every root.
    `useful`: shown with others of its level; not `shown` when the level is a detail.
    """

    key: str
    group: str
    title: str
    node_ids: tuple[str, ...]
    path: tuple[str, ...]
    kind: ColumnKind
    shown: bool = True
    private: Private | None = None
    level: str = ""
    useful: bool = True
    given: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Values in the order of the columns, None where there is none.

    `node_id` and `path` say which item it is: of which list (or root action), and its path there.
    `items`: (name of the level, its node, path) of every item on the way, the row's own last.
    """

    node_id: str
    path: Path
    values: tuple[Any, ...]
    items: Items = ()


# Columns


def columns(tree: Tree, catalog: Catalog) -> tuple[Column, ...]:
    """Every column that the results of a tree can fill, in document order.

    Actions that the catalogue does not know have none; disabled ones neither. Give the tree as it
    was written: keys must not depend on the values of inputs.
    """
    found: dict[str, Column] = {}
    nodes: dict[str, list[str]] = defaultdict(list)
    names = names_of(tree)
    standing = table_levels.of_tree(tree, catalog, names)
    roots = [node for node in tree.active_children(None) if node.type in catalog.actions]
    alike = any(number > 1 for number in Counter(root.type for root in roots).values())
    labelled = tuple(root.id for root in roots if isinstance(root.label, str))
    if alike and labelled:
        found["label"] = Column("label", "", "Label", labelled, (), "label")
    for node_id, name in names.items():
        node = tree.nodes[node_id]
        action = catalog.actions.get(node.type)
        if action is None or action.is_loop:
            continue
        known_above = _given_above(tree, catalog, node) if action.kind == "open" else frozenset()
        for column in _columns_of(node, action, name, known_above):
            if column.key not in found:
                found[column.key] = standing.placed(column, node)
            nodes[column.key].append(node_id)
    return tuple(
        replace(column, node_ids=tuple(nodes[key])) if len(nodes[key]) > 1 else column
        for key, column in found.items()
    )


def levels(tree: Tree, catalog: Catalog) -> tuple[Level, ...]:
    """What rows can be about, each level before those below it; columns name theirs."""
    return tuple(table_levels.of_tree(tree, catalog, names_of(tree)).levels.values())


def _given_above(tree: Tree, catalog: Catalog, node: Node) -> frozenset[tuple[str, ...]]:
    """What the list tells already of the items whose pages are opened."""
    for above in reversed(tree.path(node.id)[:-1]):
        action = catalog.actions.get(above.type)
        if action is not None and action.result.shape == "array":
            return frozenset(path for path, _, _ in _leaves(action.result.fields))
    return frozenset()


def _columns_of(
    node: Node, action: ActionType, name: str, known_above: frozenset[tuple[str, ...]]
) -> Iterator[Column]:
    below_root = node.parent is not None
    group = node.label if below_root and isinstance(node.label, str) else action.name
    has_data = action.result.shape != "none"
    if not below_root:
        yield from _given_columns(node, action, name)
    yield Column(f"{name}?", group, "State", (node.id,), (), "state", shown=not has_data)
    for path, last, private in _leaves(action.result.fields):
        title = " ".join(map(_words, path))
        title = title[:1].upper() + title[1:]
        shown = not _FOR_PROGRAMS.search(last.name) and path not in known_above
        yield Column(
            f"{name}.{'.'.join(path)}", group, title, (node.id,), path, _kind(last), shown, private
        )


_GIVEN: Mapping[str, ColumnKind] = {
    "url": "url",
    "text": "text",
    "long-text": "text",
    "choice": "choice",
}
"""What one cell can hold of the kinds of parameters."""


def _given_columns(node: Node, action: ActionType, name: str) -> Iterator[Column]:
    """What a root was aimed at, then with what it acted. A page that is opened says its address itself."""
    for parameter in sorted(action.parameters, key=lambda parameter: parameter.kind != "url"):
        is_target = parameter.kind == "url" and parameter.format != "search-url"
        if parameter.name not in node.params or parameter.kind not in _GIVEN:
            continue
        if is_target or action.kind == "act":
            yield Column(
                f"{name}<{parameter.name}", action.name, parameter.title, (node.id,), (),
                _GIVEN[parameter.kind], action.kind != "open", parameter.private,
                given=parameter.name,
            )  # fmt: skip


def _leaves(
    fields: Sequence[ResultField], above: tuple[str, ...] = (), private: Private | None = None
) -> Iterator[tuple[tuple[str, ...], ResultField, Private | None]]:
    """The fields that are no objects, with the path to each, and whether they or what they are in is private."""
    for one in fields:
        path = (*above, one.name)
        if one.kind == "object" and one.fields:
            yield from _leaves(one.fields, path, private or one.private)
        else:
            yield path, one, private or one.private


CAPITALS: Final = {"url": "URL", "urn": "URN", "id": "ID", "ssi": "SSI"}


@cache
def _words(name: str) -> str:
    """publicUrl -> public URL; postViewsLast7Days -> post views last 7 days."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", name)
    return " ".join(CAPITALS.get(word.lower(), word.lower()) for word in words) or name


def _kind(last: ResultField) -> ColumnKind:
    if last.kind == "object":
        return "text"
    if last.kind == "text" and last.format == "date-time":
        return "date-time"
    if last.kind == "text" and re.search("(^u|U)rl$", last.name):
        return "url"
    return last.kind


def names_of(tree: Tree) -> dict[str, str]:
    """By id of each active node: its types from the root, told apart by label or number.

    Roots of one type have one name: they fill the same columns.
    """
    names: dict[str, str] = {}
    waiting = [(node, node.type) for node in reversed(tree.active_children(None))]
    while waiting:
        node, name = waiting.pop()
        names[node.id] = name
        steps = Counter[str]()
        below = []
        for child in tree.active_children(node.id):
            named = isinstance(child.label, str) and "{{" not in child.label
            step = f"{child.type}:{child.label}" if named else child.type
            steps[step] += 1
            number = f"#{steps[step]}" if steps[step] > 1 else ""
            below.append((child, f"{name}/{step}{number}"))
        waiting.extend(reversed(below))
    return names


# Rows


@dataclass(slots=True)
class _Level:
    """The items of one list (or the one item of a root) and the levels of the lists below it.

    `nodes` ran once per item; `lists` are those that begin a level below. `groups`: by the path of
    the item above, the items with their paths; an item is what stands in the list, or None.
    """

    node: Node
    is_list: bool
    nodes: list[Node] = field(default_factory=list)
    lists: list[_Level] = field(default_factory=list)
    groups: Mapping[Path, list[tuple[Path, Any]]] = field(default_factory=dict)


def rows(
    tree: Tree, catalog: Catalog, results: Results, columns: Sequence[Column]
) -> Iterator[Row]:
    """One row per item that has no items below it. An item has a row if any value of it is known."""
    filler = _Filler(results, columns)
    for root in tree.active_children(None):
        top = _level(tree, catalog, root)
        filler.group(top, {(): None})
        said = filler.said(root)
        for path, item in top.groups.get((), ()):
            for items, cells in filler.rows(top, path, item, {}, ()):
                found = said | cells
                _, node_id, at = items[-1]
                yield Row(node_id, at, tuple(found.get(i) for i in range(len(columns))), items)


def _level(tree: Tree, catalog: Catalog, root: Node) -> _Level:
    top = _Level(root, is_list=False)
    waiting = [(root, top)]
    while waiting:
        node, level = waiting.pop()
        action = catalog.actions.get(node.type)
        if action is not None and action.result.shape == "array":
            below = _Level(node, is_list=True)
            level.lists.append(below)
            level = below
        elif action is None or not action.is_loop:
            level.nodes.append(node)
        children = reversed(tree.active_children(node.id))
        waiting.extend((child, level) for child in children)
    return top


class _Filler:
    """Occurrences by node and path; columns, with their numbers, by node."""

    def __init__(self, results: Results, columns: Sequence[Column]) -> None:
        self.by_node: dict[str, list[tuple[int, Column]]] = defaultdict(list)
        for number, column in enumerate(columns):
            for node_id in column.node_ids:
                self.by_node[node_id].append((number, column))
        self.occurrences = {
            node_id: {one.path: one for one in result.occurrences}
            for node_id, result in results.nodes.items()
        }

    def group(self, level: _Level, above: Mapping[Path, Any]) -> None:
        """Find the items of a level and of those below it, each under the item above it."""
        items: dict[Path, Any] = {} if level.is_list else {(): None}
        for path, one in self._of(level.node).items() if level.is_list else ():
            if isinstance(one.data, list):
                items |= {(*path, index): item for index, item in enumerate(one.data)}
            elif one.success and isinstance(one.data, dict):
                items[path] = one.data
        for node in level.nodes:
            for path in self._of(node):
                items.setdefault(path, None)
        groups: dict[Path, list[tuple[Path, Any]]] = defaultdict(list)
        for path, item in items.items():
            groups[_longest(path, above)].append((path, item))
        level.groups = groups
        for below in level.lists:
            self.group(below, items)

    def rows(
        self, level: _Level, path: Path, item: Any, above: Cells, way: Items
    ) -> Iterator[tuple[Items, Cells]]:
        """The rows of one item: those of the items below it, else one of its own."""
        cells = above | self._cells(level, path, item)
        way = (*way, (self._name(level), level.node.id, path))
        inner = [(below, *found) for below in level.lists for found in below.groups.get(path, ())]
        rows = chain.from_iterable(self.rows(*one, cells, way) for one in inner)
        first = next(rows, None)
        if first is not None:
            yield first
            yield from rows
        elif any(value is not None for value in cells.values()):
            yield way, cells

    def said(self, root: Node) -> Cells:
        """What stands in all rows of a root, whatever came back: its label, and what it was given."""
        return {
            number: root.params.get(column.given) if column.given else root.label
            for number, column in self.by_node[root.id]
            if column.given or column.kind == "label"
        }

    def _name(self, level: _Level) -> str:
        """As the columns call it: the state of a list stands with what is above it, its items have the rest."""
        columns = (column for _, column in self.by_node[level.node.id] if column.kind != "label")
        return next((each.level for each in columns if bool(each.path) == level.is_list), "")

    def _cells(self, level: _Level, path: Path, item: Any) -> Cells:
        cells: Cells = {}
        for number, column in self.by_node[level.node.id] if level.is_list else ():
            if column.path:
                cells[number] = _value(item, column.path)
        for below in level.lists:
            one = self._of(below.node).get(path)
            if one is not None and not one.success:
                cells |= self._states(below.node, one)
        for node in level.nodes:
            one = self._of(node).get(path)
            if one is not None:
                cells |= self._states(node, one)
                for number, column in self.by_node[node.id]:
                    if column.path:
                        cells[number] = _value(one.data, column.path)
        return cells

    def _states(self, node: Node, one: Occurrence) -> Cells:
        state = "done" if one.success else one.error_type or "failed"
        return {number: state for number, column in self.by_node[node.id] if column.kind == "state"}

    def _of(self, node: Node) -> dict[Path, Occurrence]:
        return self.occurrences.get(node.id, {})


def _longest(path: Path, items: Mapping[Path, Any]) -> Path:
    """The longest beginning of a path that is an item; the first item when none is."""
    for length in range(len(path), -1, -1):
        if path[:length] in items:
            return path[:length]
    return next(iter(items), ())


def _value(item: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return item
