"""Node and Tree: a workflow as flat rows. Nesting is derived, so that an edit touches few rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from operator import attrgetter
from typing import Any, Final

GAP: Final = 1024
"""Distance between the positions of new siblings, so that inserting rarely renumbers."""

MAX_DEPTH: Final = 200
"""Most levels of actions; the roots are level one."""

MAX_NODES: Final = 20_000


class Missing(Enum):
    """The type of MISSING. An enum, because its member survives copy and pickle as itself."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing.MISSING
"""A label that was not sent. Not the same as a label that is null."""


@dataclass(frozen=True, slots=True)
class Node:
    """One action. Never change `params` in place: every holder of the node would see it.

    `params` has every key of the wire form but actionType, label and then, in the order they came,
    unknown ones too. Siblings are ordered by `position`, which has gaps and may be negative.
    """

    id: str
    parent: str | None
    position: int
    type: str
    params: Mapping[str, Any] = field(default_factory=dict)
    label: Any = MISSING
    then_array: bool = False  # the children were written as an array: kept even for none or one
    disabled: bool = False
    collapsed: bool = False
    note: str = ""
    parked: bool = (
        False  # with all below it laid aside: kept, but no part of the workflow; no parent
    )


Declarations = tuple[Mapping[str, Any], ...]
"""The inputs that a workflow declares, as JSON (`editor.trees.inputs`)."""


class Images(dict[str, tuple[Node | None, Node | None]]):
    """An edit as data: by node id, the row before and after it (None: the row is not there).

    `array` and `inputs` are (before, after) of the tree's own for the few edits that change them, else None; so is
    `table`, the choice of columns (`editor.trees.table_choice`), which is kept beside the tree.
    """

    array: tuple[bool, bool] | None = None
    inputs: tuple[Declarations | None, Declarations | None] | None = None
    table: tuple[list[dict[str, Any]], list[dict[str, Any]]] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not self and self.array is None and self.inputs is None and self.table is None


class Tree:
    """An immutable forest of nodes: every parent is in it and there are no cycles.

    `array`: the roots were written as an array. `inputs`: what a person fills in before a run; None in
    what is sent, where braces are just a text. Raises ValueError when two nodes have one id.

    Parked branches are in `nodes` and can be reached from `parked`, but not from `roots`: nothing that goes
    through the workflow from the top (walk, wire form, validation, effects, results) meets them.
    """

    __slots__ = ("_children", "array", "inputs", "nodes")

    nodes: Mapping[str, Node]
    array: bool
    inputs: Declarations | None
    _children: dict[str | None, tuple[Node, ...]] | None

    def __init__(
        self,
        nodes: Iterable[Node] = (),
        array: bool = False,
        inputs: Declarations | None = None,
    ) -> None:
        rows = list(nodes)
        self.nodes = {node.id: node for node in rows}
        self.array = array
        self.inputs = inputs
        self._children = None
        if len(self.nodes) != len(rows):
            raise ValueError("Two nodes have the same id.")

    def __len__(self) -> int:
        return len(self.nodes)

    def __contains__(self, node_id: object) -> bool:
        return node_id in self.nodes

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tree):
            return NotImplemented
        return (self.array, self.inputs, self.nodes) == (other.array, other.inputs, other.nodes)

    __hash__ = None  # type: ignore[assignment]  # params are dicts

    def __repr__(self) -> str:
        return f"<Tree of {len(self)} nodes>"

    def get(self, node_id: str | None) -> Node | None:
        """The node, or None when there is none of that id."""
        return None if node_id is None else self.nodes.get(node_id)

    @property
    def roots(self) -> tuple[Node, ...]:
        return self.children(None)

    @property
    def parked(self) -> tuple[Node, ...]:
        """The tops of the branches that are laid aside, in the order of their positions."""
        return self.children(PARKED)

    def children(self, node_id: str | None) -> tuple[Node, ...]:
        """Children in order; those of None are the roots."""
        if self._children is None:
            self._children = _index(self.nodes.values())
        return self._children.get(node_id, ())

    def beside(self, node: Node) -> tuple[Node, ...]:
        """The siblings of a node and itself, in order; of the top of a parked branch, all such tops."""
        return self.children(_holder(node))

    def is_parked(self, node_id: str) -> bool:
        """Whether the node is laid aside, or below one that is. Raises KeyError when it is not there."""
        return self.path(node_id)[0].parked

    def active_children(self, node_id: str | None) -> tuple[Node, ...]:
        """The children that are not disabled: those that are sent."""
        return tuple(child for child in self.children(node_id) if not child.disabled)

    def walk(self) -> Iterator[tuple[Node, int]]:
        """Every node with its depth (roots: 0), in document order, which is that of execution."""
        stack = [(root, 0) for root in reversed(self.roots)]
        while stack:
            node, depth = stack.pop()
            yield node, depth
            stack.extend((child, depth + 1) for child in reversed(self.children(node.id)))

    def subtree(self, node_id: str) -> tuple[Node, ...]:
        """The node and all below it, in document order. Raises KeyError when it is not there."""
        found: list[Node] = []
        stack = [self.nodes[node_id]]
        while stack:
            node = stack.pop()
            found.append(node)
            stack.extend(reversed(self.children(node.id)))
        return tuple(found)

    def path(self, node_id: str | None) -> tuple[Node, ...]:
        """From the root (or the top of a parked branch) down to the node itself; () for None.

        Raises KeyError when it is not there.
        """
        steps: list[Node] = []
        while node_id is not None:
            if len(steps) > len(self.nodes):
                raise ValueError("The parents of a node go round in a circle.")
            steps.append(self.nodes[node_id])
            node_id = steps[-1].parent
        return tuple(reversed(steps))

    def declaring(self, inputs: Declarations | None) -> Tree:
        """The same actions with other inputs."""
        return Tree(self.nodes.values(), self.array, inputs)

    def with_rows(self, images: Images) -> Tree:
        """The tree with the rows that an edit touched as they are after it."""
        nodes = dict(self.nodes)
        for node_id, (_, after) in images.items():
            if after is None:
                nodes.pop(node_id, None)
            else:
                nodes[node_id] = after
        array = images.array[1] if images.array else self.array
        inputs = images.inputs[1] if images.inputs else self.inputs
        tree = Tree((), array, inputs)
        tree.nodes = nodes
        if self._children is not None:
            tree._children = self._index_with(images, self._children)
        return tree

    def _index_with(
        self, images: Images, index: dict[str | None, tuple[Node, ...]]
    ) -> dict[str | None, tuple[Node, ...]]:
        """The index of children after an edit: only the touched parents are sorted anew."""
        left = [self.nodes[node_id] for node_id in images if node_id in self.nodes]
        came = [after for _, after in images.values() if after is not None]
        parents = {_holder(node) for node in (*left, *came)}
        stayed = (
            child for parent in parents for child in index.get(parent, ()) if child.id not in images
        )
        untouched = {parent: group for parent, group in index.items() if parent not in parents}
        return untouched | _index((*stayed, *came))


PARKED: Final = ""
"""In the index of children: what holds the tops of the parked branches. No node has this id."""


def _holder(node: Node) -> str | None:
    return PARKED if node.parked else node.parent


_IN_ORDER: Final = attrgetter("position", "id")


def _index(nodes: Iterable[Node]) -> dict[str | None, tuple[Node, ...]]:
    """Children by parent, in order. Equal positions, which no edit makes, fall back to the id."""
    groups: dict[str | None, list[Node]] = {}
    for node in nodes:
        groups.setdefault(_holder(node), []).append(node)
    for group in groups.values():
        if len(group) > 1:  # most have one: this is done for every edit of every large workflow
            group.sort(key=_IN_ORDER)
    return {parent: tuple(group) for parent, group in groups.items()}
