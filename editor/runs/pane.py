"""The right side of a run page: the results of one node, a page at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from editor import catalog
from editor.catalog import ActionType
from editor.runs import queries, tables
from editor.runs.models import ActionResult, Run
from editor.runs.outcome import Summary
from editor.runs.tables import Cell, Table
from editor.runs.words import Explained, explain
from editor.trees.nodes import Node, Tree

ROWS = 25
LISTS_AT_MOST = 50
MOST_OUTCOMES = 3
JSON_AT_MOST = 200_000


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """One kind of error, how often it came, and to whom (this page's)."""

    error: Explained
    count: int
    items: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Pane:
    """`tab` is "results", "errors" or "json"; `next` the cursor of the page after this one, or ""."""

    node: Node
    action: ActionType | None
    summary: Summary
    tab: str
    table: Table = field(default_factory=Table)
    facts: Sequence[tuple[str, Cell]] = ()
    errors: Sequence[ErrorGroup] = ()
    json: str = ""
    json_cut: bool = False
    next: str = ""

    @property
    def name(self) -> str:
        return self.action.name if self.action else self.node.type

    @property
    def count(self) -> int:
        """How many rows the first tab has in all."""
        s = self.summary
        return s.items[0] if s.items else s.found if s.found is not None else s.done + s.failed


class BadCursor(ValueError):
    """Not a page of these results."""


def pane(
    run: Run, tree: Tree, found: dict[str, Summary], node_id: str, *, tab: str, cursor: str
) -> Pane:
    """The results of one node in a bounded number of queries.

    Raises KeyError when the tree has no such node, BadCursor when the cursor is made up.
    """
    node = tree.nodes[node_id]
    action = catalog.default().actions.get(node.type)
    summary = found.get(node_id, Summary("not_reached"))
    base = Pane(node, action, summary, tab)
    start = _read(cursor)
    if tab == "json":
        return _json(base, run, start)
    if tab == "errors":
        return _errors(base, run, tree, start)
    source = tree.nodes[node.parent] if summary.items and node.parent else node
    if summary.items or summary.found is not None:
        return _items(base, run, tree, source, start)
    return _occurrences(base, run, tree, start)


def _read(cursor: str) -> tuple[int, int]:
    """A cursor is "ordinal" or "ordinal.index": the first row of the page."""
    if not cursor:
        return 0, 0
    ordinal, _, index = cursor.partition(".")
    whole = (ordinal + index).isascii() and (ordinal + index).isdecimal()
    if not whole or not 0 < len(ordinal) <= 9 or len(index) > 9:
        raise BadCursor(cursor)
    return int(ordinal), int(index or 0)


def _changed(base: Pane, **changes: Any) -> Pane:
    fields = {name: getattr(base, name) for name in Pane.__slots__}
    return Pane(**fields | changes)


# --- Items of a list, with what was done to each -----------------------------------------------


def _items(base: Pane, run: Run, tree: Tree, source: Node, start: tuple[int, int]) -> Pane:
    items, after = items_page(run, source.id, start)
    action = catalog.default().actions.get(source.type)
    done_to = _body(tree, source)[:MOST_OUTCOMES]
    columns = tables.columns_of(action, [v for _, v in items], tables.MOST_COLUMNS - len(done_to))
    outcomes = queries.outcomes(run, [n.id for n in done_to], [path for path, _ in items])
    rows = [
        [*tables.cells(value, columns), *(_outcome(outcomes.get((n.id, path)), n) for n in done_to)]
        for path, value in items
    ]
    heads = [*tables.heads(columns), *(_short(node) for node in done_to)]
    return _changed(base, table=Table(heads, rows), next=after)


def items_page(run: Run, node_id: str, start: tuple[int, int]) -> tuple[list[tuple[str, Any]], str]:
    """(path, item) of the lists that a node gave, from `start` on, and the cursor of the next page."""
    ordinal, index = start
    rows: list[tuple[str, Any]] = []
    lists = queries.results_of(run, node_id).filter(ordinal__gte=ordinal).order_by("ordinal")
    for result in lists.iterator(chunk_size=5):
        items = result.data if isinstance(result.data, list) else []
        for at in range(index if result.ordinal == ordinal else 0, len(items)):
            if len(rows) == ROWS:
                return rows, f"{result.ordinal}.{at}"
            rows.append((f"{result.path}.{at}".removeprefix("."), items[at]))
        if result.ordinal - ordinal >= LISTS_AT_MOST:
            return rows, f"{result.ordinal + 1}.0"
    return rows, ""


def _body(tree: Tree, source: Node) -> list[Node]:
    """What a loop below `source` does with each item: its actions, but not those of loops inside it.

    Acts first, then the opening of the page, then the rest: the table has room for few.
    """
    actions = catalog.default().actions
    found: list[Node] = []
    stack = [
        n for n in tree.active_children(source.id) if n.type in actions and actions[n.type].is_loop
    ]
    while stack:
        for child in tree.active_children(stack.pop().id):
            kind = actions.get(child.type)
            if kind is None or not kind.is_loop:
                found.append(child)
                stack.append(child)
    rank = {"act": 0, "check": 1}
    return sorted(
        found, key=lambda n: rank.get(actions[n.type].kind, 2) if n.type in actions else 3
    )


def _short(node: Node) -> str:
    action = catalog.default().actions.get(node.type)
    return (
        str(node.label)
        if isinstance(node.label, str) and node.label
        else (action.name if action else node.type)
    )


def _outcome(result: ActionResult | None, node: Node) -> Cell:
    if result is None:
        return Cell("–", tone="muted", title="Not reached")
    if result.success:
        return Cell("done", tone="good")
    return Cell(explain(result.error_type).title, tone="bad", title=result.error_message)


# --- One row per time that an action ran -------------------------------------------------------


def _occurrences(base: Pane, run: Run, tree: Tree, start: tuple[int, int]) -> Pane:
    results, after = _results_page(run, base.node.id, start)
    if len(results) == 1 and not after and start == (0, 0) and not results[0].path:
        return _changed(
            base,
            facts=tables.facts(results[0].data, base.action),
            errors=_grouped(results, ItemsAbove()),
        )
    items = items_above(run, tree, base.node, [r.path for r in results])
    columns = tables.columns_of(base.action, [r.data for r in results], tables.MOST_COLUMNS - 1)
    about = [] if columns else tables.columns_of(items.action, list(items.by_path.values()), 3)[1:]
    rows = [
        [
            _item_cell(items, r.path),
            _outcome(r, base.node),
            *tables.cells(items.by_path.get(r.path), about, linked=False),
            *tables.cells(r.data, columns, linked=False),
        ]
        for r in results
    ]
    heads = ["For", "Outcome", *tables.heads(about), *tables.heads(columns)]
    return _changed(base, table=Table(heads, rows), next=after)


def _results_page(
    run: Run, node_id: str, start: tuple[int, int], *, errors_only: bool = False
) -> tuple[list[ActionResult], str]:
    found = queries.results_of(run, node_id, errors_only=errors_only)
    rows = list(
        islice(found.filter(ordinal__gte=start[0]).order_by("ordinal")[: ROWS + 1], ROWS + 1)
    )
    return rows[:ROWS], str(rows[ROWS].ordinal) if len(rows) > ROWS else ""


@dataclass(frozen=True, slots=True)
class ItemsAbove:
    """Items of the list that a node ran for, by path, and the action that gave the list."""

    action: ActionType | None = None
    by_path: dict[str, Any] = field(default_factory=dict)


def items_above(run: Run, tree: Tree, node: Node, paths: Sequence[str]) -> ItemsAbove:
    """The items at these paths, from the nearest list above the node, in one query."""
    above = [n for n in reversed(tree.path(node.id)[:-1]) if _gives_list(n)]
    wanted = {path.rpartition(".")[0] for path in paths if path}
    if not above or not wanted:
        return ItemsAbove()
    lists = {r.path: r.data for r in queries.results_of(run, above[0].id).filter(path__in=wanted)}
    found = {}
    for path in paths:
        outer, _, index = path.rpartition(".")
        items = lists.get(outer)
        if isinstance(items, list) and index and int(index) < len(items):
            found[path] = items[int(index)]
    return ItemsAbove(catalog.default().actions.get(above[0].type), found)


def _item_cell(items: ItemsAbove, path: str, title: str = "") -> Cell:
    item = items.by_path.get(path)
    href = tables.link_of(item) if isinstance(item, dict) else ""
    return Cell(tables.name_of(item) if item else f"Item {path}", href, title=title)


def _gives_list(node: Node) -> bool:
    action = catalog.default().actions.get(node.type)
    return action is not None and action.result.shape == "array"


# --- Errors and JSON ---------------------------------------------------------------------------


def _errors(base: Pane, run: Run, tree: Tree, start: tuple[int, int]) -> Pane:
    results, after = _results_page(run, base.node.id, start, errors_only=True)
    items = items_above(run, tree, base.node, [r.path for r in results])
    errors = _grouped(results, items, base.summary.errors or {})
    return _changed(base, errors=errors, next=after)


def _grouped(
    results: Sequence[ActionResult], items: ItemsAbove, counts: dict[str, int] | None = None
) -> list[ErrorGroup]:
    groups: dict[str, list[ActionResult]] = {}
    for result in results:
        if not result.success:
            groups.setdefault(result.error_type, []).append(result)
    return [
        ErrorGroup(
            explain(error_type, members[0].error_message),
            (counts or {}).get(error_type, len(members)),
            [_item_cell(items, r.path, r.error_message) for r in members if r.path],
        )
        for error_type, members in groups.items()
    ]


def _json(base: Pane, run: Run, start: tuple[int, int]) -> Pane:
    results, after = _results_page(run, base.node.id, start)
    values = [_wire(result) for result in results]
    text = json.dumps(
        values[0] if len(values) == 1 and not after else values, indent=2, ensure_ascii=False
    )
    cut = len(text) > JSON_AT_MOST
    return _changed(base, json=text[:JSON_AT_MOST], json_cut=cut, next=after)


def _wire(result: ActionResult) -> dict[str, Any]:
    value: dict[str, Any] = {"actionType": result.action_type}
    if result.path:
        value["item"] = [int(index) for index in result.path.split(".")]
    if result.label:
        value["label"] = result.label
    value["success"] = result.success
    if result.success:
        return value | ({} if result.data is None else {"data": result.data})
    return value | {"error": {"type": result.error_type, "message": result.error_message}}
