"""The right side of a run page: the results of one node, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.safestring import SafeString

from editor.catalog import ActionType
from editor.runs import queries
from editor.runs.models import ActionResult, Run
from editor.runs.words import Explained, explain
from editor.trees.nodes import Node, Tree

from . import items, json_tree, one_item, shapes, tables
from .cells import Cell, item_name
from .items import ROWS, ItemsAbove, action_of
from .one_item import Item
from .outcome import Summary
from .shapes import Card
from .tables import Row, Table

MOST_COLUMNS = 3
MOST_OUTCOMES = 2
TABS = ("results", "errors", "json")


@dataclass(frozen=True, slots=True)
class Wish:
    """What of a node somebody wants to see. `item`: one item of a list in full; `within`: only the list inside that
    item; both are paths."""

    tab: str = "results"
    cursor: str = ""
    item: str = ""
    within: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Wish":
        wish = cls(*(fields.get(name, "")[:200] for name in ("tab", "cursor", "item", "within")))
        return wish if wish.tab in TABS else replace(wish, tab="results")


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """One kind of error, how often it came, and to whom (this page's)."""

    error: Explained
    count: int
    items: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Pane:
    """`asked`: the parameters of the action. Of `table`, `card`, `item` and `json` one is there at most. `json`: per
    result a title and the tree. `inside`: the item whose list is shown. `next`: the cursor of the page after this one,
    or ""."""

    node: Node
    action: ActionType | None
    summary: Summary
    wish: Wish
    asked: Sequence[tuple[str, Cell]] = ()
    table: Table = field(default_factory=Table)
    card: Card | None = None
    item: Item | None = None
    inside: Cell | None = None
    errors: Sequence[ErrorGroup] = ()
    json: Sequence[tuple[str, SafeString]] = ()
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


class NoSuchItem(ValueError):
    """The run has no such item."""


def pane(
    run: Run, tree: Tree, found: dict[str, Summary], node_id: str, wish: Wish, address: str
) -> Pane:
    """The results of one node in a bounded number of queries. `address`: where JSON is fetched from.

    Raises KeyError when the tree has no such node, BadCursor when the cursor is made up, NoSuchItem.
    """
    node = tree.nodes[node_id]
    summary = found.get(node_id, Summary("not_reached"))
    action = action_of(node)
    base = Pane(node, action, summary, wish, tables.asked(node, action, run.hides))
    start = _read(wish.cursor)
    if wish.tab == "json":
        return _json(base, run, start, address)
    if wish.tab == "errors":
        return _errors(base, run, tree, start)
    if wish.item:
        item = one_item.item(run, tree, node, wish.item, address)
        if item is None:
            raise NoSuchItem(wish.item)
        return replace(base, item=item)
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


# --- Items of a list, with what was done to each -----------------------------------------------


def _items(base: Pane, run: Run, tree: Tree, source: Node, start: tuple[int, int]) -> Pane:
    within = base.wish.within or None
    found, after = items.page(run, source.id, start, within)
    paths = [path for path, _ in found]
    acts = _telling(items.body(tree, source))
    columns = tables.columns_of(action_of(source), [v for _, v in found], MOST_COLUMNS - len(acts))
    outcomes = queries.outcomes(run, [node.id for node in acts], paths)
    above = items.above(run, tree, source, [items.outer(path) for path in paths])
    rows, last = [], ""
    for path, value in found:
        first = tables.named(value, action_of(source), path)
        marks = [_outcome(outcomes.get((node.id, path)), node) for node in acts]
        owner = items.outer(path)
        heading = _item_cell(above, owner) if owner and owner != last else None
        rows.append(Row([first, *columns.values(value), *marks], heading))
        last = owner
    heads = [columns.noun, *columns.heads, *(_short(node) for node in acts)]
    inside = _item_cell(above, within) if within and found else None
    return replace(base, table=Table(heads, rows), inside=inside, next=after)


def _telling(body: Sequence[tuple[Node, int]]) -> list[Node]:
    """The actions whose outcome tells most of what became of an item: acts first, then checks."""
    rank = {"act": 0, "check": 1}
    nodes = [node for node, _ in body]
    return sorted(nodes, key=lambda n: rank.get(a.kind, 2) if (a := action_of(n)) else 3)[
        :MOST_OUTCOMES
    ]


def _short(node: Node) -> str:
    action = action_of(node)
    if isinstance(node.label, str) and node.label:
        return node.label
    return action.name if action else node.type


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
        errors = _grouped(results, ItemsAbove())
        return replace(base, card=shapes.card(results[0].data, base.action), errors=errors)
    above = items.above(run, tree, base.node, [r.path for r in results])
    columns = tables.columns_of(base.action, [r.data for r in results], MOST_COLUMNS - 1)
    rows = [
        Row([_item_cell(above, r.path), _outcome(r, base.node), *columns.values(r.data)])
        for r in results
    ]
    return replace(base, table=Table(["For", "Outcome", *columns.heads], rows), next=after)


def _results_page(
    run: Run, node_id: str, start: tuple[int, int], *, errors_only: bool = False
) -> tuple[list[ActionResult], str]:
    found = queries.results_of(run, node_id, errors_only=errors_only)
    rows = list(found.filter(ordinal__gte=start[0]).order_by("ordinal")[: ROWS + 1])
    return rows[:ROWS], str(rows[ROWS].ordinal) if len(rows) > ROWS else ""


def _item_cell(above: ItemsAbove, path: str, said: str = "") -> Cell:
    cell = tables.named(above.by_path.get(path), above.action, path)
    return replace(cell, title=said) if said else cell


# --- Errors and JSON ---------------------------------------------------------------------------


def _errors(base: Pane, run: Run, tree: Tree, start: tuple[int, int]) -> Pane:
    results, after = _results_page(run, base.node.id, start, errors_only=True)
    above = items.above(run, tree, base.node, [r.path for r in results])
    return replace(base, errors=_grouped(results, above, base.summary.errors or {}), next=after)


def _grouped(
    results: Sequence[ActionResult], above: ItemsAbove, counts: Mapping[str, int] | None = None
) -> list[ErrorGroup]:
    groups: dict[str, list[ActionResult]] = {}
    for result in results:
        if not result.success:
            groups.setdefault(result.error_type, []).append(result)
    return [
        ErrorGroup(
            explain(error_type, members[0].error_message),
            (counts or {}).get(error_type, len(members)),
            [_item_cell(above, r.path, r.error_message) for r in members if r.path],
        )
        for error_type, members in groups.items()
    ]


def _json(base: Pane, run: Run, start: tuple[int, int], address: str) -> Pane:
    results, after = _results_page(run, base.node.id, start)
    trees = [
        (item_name(r.path) if r.path else "", json_tree.tree(wire(r), f"{address}?at={r.ordinal}"))
        for r in results
    ]
    return replace(base, json=trees, next=after)


def wire(result: ActionResult) -> dict[str, Any]:
    """A result as the service sent it, without the results of children, and with the item that it was for."""
    value: dict[str, Any] = {"actionType": result.action_type}
    if result.path:
        value["item"] = [int(index) for index in result.path.split(".")]
    if result.label:
        value["label"] = result.label
    value["success"] = result.success
    if result.success:
        return value | ({} if result.data is None else {"data": result.data})
    return value | {"error": {"type": result.error_type, "message": result.error_message}}
