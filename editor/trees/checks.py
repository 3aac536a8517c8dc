"""What edits ask before they do anything, and where there is room for newcomers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from editor.catalog import Catalog, constraints
from editor.trees import codec
from editor.trees.nodes import GAP, MAX_DEPTH, MAX_NODES, Images, Node, Tree


class Refused(Exception):
    """The edit is not allowed: `code` for programs, `message` and `repairs` for people."""

    def __init__(self, code: str, message: str, repairs: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code, self.message, self.repairs = code, message, repairs


def require(tree: Tree, node_id: str) -> Node:
    """The node. Raises Refused when it is gone."""
    node = tree.get(node_id)
    if node is None:
        raise Refused(
            "gone", "This action is no longer there.", ("Reload to see the workflow as it is.",)
        )
    return node


def check_pair(catalog: Catalog, above: Node | None, action_type: str) -> None:
    refusal = constraints.explain(catalog, above.type if above else None, action_type)
    if refusal:
        raise Refused(refusal.code, refusal.message, refusal.repairs)


def check_room(tree: Tree, more: int) -> None:
    if len(tree) + more > MAX_NODES:
        raise Refused(
            "too-many-actions",
            f"A workflow has at most {MAX_NODES:,} actions.",
            ("Split it into several workflows.",),
        )


def check_depth(levels: int) -> None:
    if levels > MAX_DEPTH:
        raise Refused("too-deep", f"Actions are nested at most {MAX_DEPTH} levels deep.")


def check_value(value: Any) -> None:
    problem = next(codec.value_problems(value, ""), None)
    if problem:
        raise Refused(problem.code, problem.message)


def depth_below(tree: Tree, parent: str | None) -> int:
    """How many levels are above a child of `parent`. Refused when `parent` is gone."""
    return len(tree.path(require(tree, parent).id)) if parent is not None else 0


def make_room(siblings: Sequence[Node], index: int, count: int) -> tuple[list[int], Images]:
    """Positions for `count` newcomers before `siblings[index]`.

    And the images of the siblings that had to be numbered anew, which is only when no gap is left.
    """
    index = min(max(index, 0), len(siblings))
    low = siblings[index - 1].position if index > 0 else None
    high = siblings[index].position if index < len(siblings) else None
    if high is None:
        return [(low or 0) + GAP * step for step in range(1, count + 1)], Images()
    if low is None:
        return [high - GAP * step for step in range(count, 0, -1)], Images()
    if high - low > count:
        gap = high - low
        return [low + gap * step // (count + 1) for step in range(1, count + 1)], Images()
    first = [(number + 1) * GAP for number in range(len(siblings) + count)]
    anew = first[:index] + first[index + count :]
    images = Images(
        {
            sibling.id: (sibling, dataclasses.replace(sibling, position=position))
            for sibling, position in zip(siblings, anew, strict=True)
            if sibling.position != position
        }
    )
    return first[index : index + count], images


def lay_aside(tree: Tree, nodes: Sequence[Node]) -> list[Node]:
    """The nodes as the tops of branches behind those that are parked already."""
    positions, _ = make_room(tree.parked, len(tree.parked), len(nodes))
    return [
        dataclasses.replace(node, parent=None, position=position, parked=True)
        for node, position in zip(nodes, positions, strict=True)
    ]
