"""What a row of the outline shows. Plain data; the template turns it into HTML."""

import functools
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from editor.catalog import ActionType, Catalog, Parameter
from editor.trees import placeholders
from editor.trees.nodes import MISSING, Node, Tree
from editor.trees.problems import Problem


@functools.cache
def fingerprint(catalog: Catalog) -> str:
    """Changes whenever the catalogue's facts do."""
    return hashlib.sha256(repr(catalog).encode()).hexdigest()[:12]


MOST_CHIPS = 3
LONGEST_CHIP = 60


@dataclass(frozen=True, slots=True)
class Chip:
    """A parameter on a card, in words: ("Limit", "25"), ("Locations", "Lisbon, Porto")."""

    title: str
    value: str

    @property
    def uses_inputs(self) -> bool:
        return "{{" in self.value and bool(placeholders.names_in(self.value))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many problems there are."""

    errors: int = 0
    warnings: int = 0

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> "Counts":
        severities = [problem.severity for problem in problems]
        return cls(severities.count("error"), severities.count("warning"))

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.errors + other.errors, self.warnings + other.warnings)

    def __sub__(self, other: "Counts") -> "Counts":
        return Counts(self.errors - other.errors, self.warnings - other.warnings)


@dataclass(frozen=True, slots=True)
class Row:
    """One action as the outline shows it.

    `level` counts from 1, like aria-level. `parent` is "" at the root. `action` is None for a type that the catalogue
    does not know. `chips` are the parameters that matter most, `more` how many others are set. `label` is None when
    none was sent. `closes`: how many `<li><ul>` end after this row, its own included.
    """

    id: str
    parent: str
    level: int
    type: str
    action: ActionType | None
    label: str | None
    chips: tuple[Chip, ...]
    more: int
    problems: tuple[Problem, ...]
    note: str
    disabled: bool
    collapsed: bool
    has_children: bool
    closes: int

    @property
    def name(self) -> str:
        return self.action.name if self.action else self.type or "Unknown action"

    @property
    def icon(self) -> str:
        return self.action.icon if self.action else "circle-help"

    @property
    def severity(self) -> str:
        """The worst problem: "error", "warning" or ""."""
        return min((problem.severity for problem in self.problems), default="")


def rows_of(
    tree: Tree,
    nodes: Sequence[tuple[Node, int]],
    catalog: Catalog,
    problems: dict[str, list[Problem]],
) -> list[Row]:
    """Rows for nodes with their depths, in document order; the first has the least depth.

    `problems` are those of each node, by id.
    """
    depths = [
        depth for _, depth in (*nodes[1:], *nodes[:1])
    ]  # of the next row; after the last: where it began
    return [
        row(tree, node, depth, catalog, problems.get(node.id, ()), closes=depth - next_depth + 1)
        for (node, depth), next_depth in zip(nodes, depths, strict=True)
    ]


def row(
    tree: Tree,
    node: Node,
    depth: int,
    catalog: Catalog,
    problems: Sequence[Problem],
    closes: int = 1,
) -> Row:
    """The row of one node at a depth (roots: 0)."""
    action = catalog.actions.get(node.type)
    chips = list(_chips(action.parameters if action else (), node.params))
    return Row(
        id=node.id,
        parent=node.parent or "",
        level=depth + 1,
        type=node.type,
        action=action,
        label=_label(node.label),
        chips=tuple(chips[:MOST_CHIPS]),
        more=max(0, len(chips) - MOST_CHIPS),
        problems=tuple(problems),
        note=node.note,
        disabled=node.disabled,
        collapsed=node.collapsed,
        has_children=bool(tree.children(node.id)),
        closes=closes,
    )


BLOCK_ROWS = 40
"""The most rows of a block: fewer are more blocks to watch, more are more rows to lay out at once."""

ROW_TALL, CHIPS_TALL = 3.1, 1.6
"""About how tall a row is, and how much taller with chips, in rem."""


def blocks(rows: Sequence[Row]) -> dict[str, float]:
    """The largest branches of a long outline with at most BLOCK_ROWS rows: {id of the top: about how tall, in rem}.

    A browser lays out and draws those that are near the screen, and reckons with these heights for the others.
    """
    size: Counter[str] = Counter()
    tall: Counter[str] = Counter()
    for row in reversed(rows):  # below before above
        size[row.id] += 1
        tall[row.id] = (not row.collapsed) * tall[row.id] + ROW_TALL + CHIPS_TALL * bool(row.chips)
        size[row.parent] += size[row.id]
        tall[row.parent] += tall[row.id]
    return {
        row.id: round(tall[row.id], 1)
        for row in rows
        if size[row.id] <= BLOCK_ROWS < size[row.parent]
    }


def _label(label: Any) -> str | None:
    """In full: the inspector shows the same text, to be changed."""
    if label is MISSING:
        return None
    return label if isinstance(label, str) else in_words(label)


def _chips(parameters: Sequence[Parameter], params: Any) -> Iterable[Chip]:
    """Known parameters in the catalogue's order, fields of objects one by one; then the unknown ones."""
    known = {parameter.name: parameter for parameter in parameters} if params else {}
    in_order = [name for name in known if name in params]
    in_order += [name for name in params if name not in known]
    for name in in_order:
        parameter, value = known.get(name), params[name]
        if parameter and parameter.fields and isinstance(value, dict):
            yield from _chips(parameter.fields, value)
        else:
            yield Chip(parameter.title if parameter else name, in_words(value))


def in_words(value: Any) -> str:
    """A JSON value on one short line: yes, 25, “Lisbon, Porto”, an address without its host."""
    match value:
        case None:
            text = "nothing"
        case bool():
            text = "yes" if value else "no"
        case str():
            text = " ".join(value.split()).removeprefix("https://www.linkedin.com/")
        case list():
            text = ", ".join(in_words(item) for item in value[:20])
        case dict():
            text = ", ".join(f"{key}: {in_words(item)}" for key, item in list(value.items())[:20])
        case _:
            text = str(value)
    return text if len(text) <= LONGEST_CHIP else text[: LONGEST_CHIP - 1] + "…"


def called_node(node: Node, catalog: Catalog) -> str:
    """The name of an action with its label."""
    action = catalog.actions.get(node.type)
    name = action.name if action else node.type
    return (
        f"{name} “{in_words(node.label)}”" if isinstance(node.label, str) and node.label else name
    )
