"""Results as tables for people. Pure: plain values in, cells out."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from editor.catalog import ActionType, Parameter
from editor.runs import privacy
from editor.runs.privacy import Hides
from editor.runs.words import spaced
from editor.trees.nodes import Node

from .cells import Cell, cell, item_name, read, says
from .shapes import QUIET, Shape, fields_of, label_of, shape_of, title_of, value_at


@dataclass(frozen=True, slots=True)
class Row:
    """`heading`: it and those after it belong to that item of the list above."""

    cells: Sequence[Cell]
    heading: Cell | None = None


@dataclass(frozen=True, slots=True)
class Table:
    columns: Sequence[str] = ()
    rows: Sequence[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table of these things has: the thing itself with a line on it, then values at `paths`."""

    action: ActionType | None
    shape: Shape | None
    paths: Sequence[str]

    @property
    def heads(self) -> list[str]:
        return [label_of(path) for path in self.paths]

    @property
    def noun(self) -> str:
        return self.shape.name.capitalize() if self.shape else "Item"

    def values(self, value: Any) -> list[Cell]:
        fields = fields_of(self.action)
        return [value_at(value, path, fields) for path in self.paths]


def columns_of(action: ActionType | None, values: Sequence[Any], most: int) -> Columns:
    """The columns of the shape that some value here fills; of a thing of no shape: its first readable fields."""
    shape = shape_of(action, values)
    if shape and shape.title:
        paths: Sequence[str] = shape.columns
    elif shape:
        paths = shape.numbers
    else:
        names = dict.fromkeys(name for v in values if isinstance(v, dict) for name in v)
        paths = [name for name in names if not QUIET.search(name)]
    given = [
        next((one for one in path.split("|") if any(says(read(v, one)) for v in values)), "")
        for path in paths
    ]
    return Columns(action, shape, [path for path in given if path][: max(most, 1)])


def named(value: Any, action: ActionType | None, path: str) -> Cell:
    """The first cell of a row: an item by its name, which opens it."""
    title = title_of(value, action)
    return replace(title, text=title.text or item_name(path), opens=path)


def asked(node: Node, action: ActionType | None, hides: Hides) -> list[tuple[str, Cell]]:
    """What an action was asked for, but for what is hidden: (title, value in full), in the catalogue's order."""
    params = (
        privacy.redacted(deepcopy(dict(node.params)), hides, node.type) if hides else node.params
    )
    return list(_asked(action.parameters if action else (), params))


def _asked(known: Sequence[Parameter], params: Mapping[str, Any]) -> Iterator[tuple[str, Cell]]:
    by_name = {parameter.name: parameter for parameter in known}
    for name in [n for n in by_name if n in params] + [n for n in params if n not in by_name]:
        parameter, value = by_name.get(name), params[name]
        if parameter and parameter.fields and isinstance(value, dict):
            yield from _asked(parameter.fields, value)
        elif says(value):
            yield (
                parameter.title if parameter else spaced(name),
                cell(value, full=True),
            )
