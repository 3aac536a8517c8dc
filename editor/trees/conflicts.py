"""What two versions of a tree cannot both have, and whether parts that were right are right together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from editor.catalog import Catalog, constraints
from editor.trees import codec
from editor.trees.nodes import MAX_DEPTH, MAX_NODES, Node, Tree
from editor.trees.placeholders import braced
from editor.trees.places import may_stand
from editor.trees.validate import validate_node

Code = Literal[
    "value", "place", "order", "removed-here", "removed-there", "not-allowed", "invalid", "too-large"
]  # fmt: skip

CONFLICT_CODES: Final[Mapping[Code, str]] = {
    "value": "both changed one parameter, label, note or mark; mine is kept",
    "place": "both moved an action, or theirs cannot go where they put it; it stays where I have it",
    "order": "both moved an action among the same siblings; it stays where I have it",
    "removed-here": "I removed what they changed, or what they put something below; it is left out",
    "removed-there": "they removed what I changed, or what holds something of mine; it stays",
    "not-allowed": "an action stands under a parent that may not hold it; both are kept",
    "invalid": "parameters that are right on either side are wrong together; both are kept",
    "too-large": "there are more actions, or more levels, than a workflow may have",
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """What cannot be had from both sides.

    `path`: JSON Pointer into the action; `base`, `mine` and `theirs` are then the values there
    (MISSING: none). With the path "" they are the nodes (None: not there).
    """

    code: Code
    node_id: str | None
    message: str
    path: str = ""
    base: Any = None
    mine: Any = None
    theirs: Any = None


def wrong_together(tree: Tree, sources: tuple[Tree, Tree], catalog: Catalog) -> Iterator[Conflict]:
    """What is wrong with the tree and not with either source."""
    depth = max((depth for _, depth in tree.walk()), default=0) + 1
    if depth > MAX_DEPTH or len(tree) > MAX_NODES:
        message = f"A workflow has at most {MAX_NODES:,} actions and {MAX_DEPTH} levels."
        yield Conflict("too-large", None, message)
    for node, _ in tree.walk():
        if any(
            _surroundings(source, node.id) == _surroundings(tree, node.id) for source in sources
        ):
            continue
        one, other = (source.get(node.id) for source in sources)
        parent = tree.get(node.parent)
        if not may_stand(catalog, parent, node.type):
            refusal = constraints.explain(catalog, parent.type if parent else None, node.type)
            if refusal and not any(_same_pair(source, tree, node) for source in sources):
                yield Conflict("not-allowed", node.id, refusal.message, mine=one, theirs=other)
            continue
        known = {
            p.code for s in sources if node.id in s for p in validate_node(s, node.id, catalog)
        }
        place = codec.pointer(tree, node.id) or ""
        for problem in validate_node(tree, node.id, catalog):
            if problem.severity == "error" and problem.code not in known:
                path = problem.path.removeprefix(place)
                yield Conflict("invalid", node.id, problem.message, path, mine=one, theirs=other)


def _same_pair(source: Tree, tree: Tree, node: Node) -> bool:
    """Whether a node has the type, and its parent the type, that they had before."""
    before = source.get(node.id)
    if before is None or before.type != node.type:
        return False
    old, new = source.get(before.parent), tree.get(node.parent)
    return (old and old.type) == (new and new.type)


def _surroundings(tree: Tree, node_id: str) -> Any:
    """What `validate_node` judges a node by."""
    node = tree.get(node_id)
    if node is None:
        return None
    parent = tree.get(node.parent)
    below = tuple(child.type for child in tree.active_children(node_id))
    inputs = tree.inputs if any(True for _ in braced(node)) else None
    return node.type, node.label, node.params, parent.type if parent else None, below, inputs
