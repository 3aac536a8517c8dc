"""One item of a list in full: what it is, and everything that was done to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from editor import catalog
from editor.runs import queries
from editor.runs.models import ActionResult, Run
from editor.runs.privacy import Hides
from editor.runs.words import Explained, explain
from editor.trees.nodes import Node, Tree
from editor.workflows.shown import cards

from . import items, shapes, tables
from .cells import Cell
from .items import action_of, outer
from .shapes import Card

FIRST = 5
"""Of a list inside, so many are named here."""


@dataclass(frozen=True, slots=True)
class Done:
    """One action of the inner outline. `state`: "done", "failed" or "not_reached". `found`: how many a list has, of
    which `first` are named; `card`: what an action gave; `asked`: what an act was told to do."""

    row: cards.Row
    state: str
    word: str
    card: Card | None = None
    error: Explained | None = None
    asked: Sequence[tuple[str, Cell]] = ()
    found: int | None = None
    first: Sequence[Cell] = ()
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """`path` is its own, `inside` that of its list's own item ("" for none); `before` and `after` are its neighbours'
    paths, "" at the ends. `number` of `total` in its list. `json`: the address of its JSON."""

    path: str
    source: Node
    number: int
    total: int
    card: Card | None
    title: Cell
    done: Sequence[Done]
    before: str
    after: str
    inside: str
    json: str


def item(run: Run, tree: Tree, node: Node, path: str, address: str) -> Item | None:
    """The item at a path of the lists that lead to `node`, in two queries; None when there is none."""
    steps = path.split(".")
    lists = items.lists_to(tree, node)
    if node not in lists:  # a list can come where the catalogue says one thing
        lists.append(node)
    if len(steps) > len(lists) or not all(
        s.isascii() and s.isdecimal() and len(s) < 9 for s in steps
    ):
        return None
    source, index = lists[len(steps) - 1], int(steps[-1])
    result = queries.results_of(run, source.id).filter(path=outer(path)).first()
    if result is None or not isinstance(result.data, list) or index >= len(result.data):
        return None
    value, total = result.data[index], len(result.data)
    action = action_of(source)
    return Item(
        path=path,
        source=source,
        number=index + 1,
        total=total,
        card=shapes.card(value, action),
        title=tables.named(value, action, path),
        done=_done(run, tree, source, path, node.id, value),
        before=_beside(path, index - 1, total),
        after=_beside(path, index + 1, total),
        inside=outer(path),
        json=f"{address.replace(node.id, source.id)}?at={result.ordinal}&pointer=/data/{index}",
    )


def _beside(path: str, index: int, total: int) -> str:
    return f"{outer(path)}.{index}".removeprefix(".") if 0 <= index < total else ""


def _done(run: Run, tree: Tree, source: Node, path: str, chosen: str, value: Any) -> list[Done]:
    body = items.body(tree, source)
    results = queries.results_for(run, [node.id for node, _ in body], path)
    rows = cards.rows_of(tree, body, catalog.default(), {})
    return [
        replace(
            _one(row, tree.nodes[row.id], results.get(row.id), path, value, run.hides),
            is_chosen=row.id == chosen,
        )
        for row in rows
    ]


def _one(
    row: cards.Row,
    node: Node,
    result: ActionResult | None,
    path: str,
    item_value: Any,
    hides: Hides,
) -> Done:
    if result is None:
        return Done(row, "not_reached", "not reached")
    if not result.success:
        error = explain(result.error_type, result.error_message)
        return Done(row, "failed", error.title, error=error)
    if isinstance(result.data, list):
        first = _first(result.data, row, path)
        return Done(row, "done", "done", found=len(result.data), first=first)
    writes = row.action is not None and row.action.effect == "write"
    asked = tables.asked(node, row.action, hides) if writes else ()
    news = _news(result.data, item_value)
    return Done(row, "done", "done", shapes.card(news, row.action), asked=asked)


def _news(data: Any, item_value: Any) -> Any:
    """What an action gave that the item does not say already."""
    if not isinstance(data, dict) or not isinstance(item_value, dict):
        return data
    return {name: value for name, value in data.items() if value != item_value.get(name)}


def _first(values: Sequence[Any], row: cards.Row, path: str) -> list[Cell]:
    return [
        tables.named(value, row.action, f"{path}.{index}")
        for index, value in enumerate(values[:FIRST])
    ]
