"""Nodes and edits as JSON, for the history and for versions: what is put away comes back the same."""

from collections.abc import Mapping
from typing import Any

from editor.trees.nodes import MISSING, Declarations, Images, Node, Tree

_PLAIN = {
    "label": MISSING, "then_array": False, "disabled": False, "collapsed": False, "note": "", "parked": False,
}  # fmt: skip


def node_to_json(node: Node) -> dict[str, Any]:
    """{id, parent, position, type, params} and those of _PLAIN that say something else."""
    row = {name: getattr(node, name) for name in ("id", "parent", "position", "type")}
    row["params"] = dict(node.params)
    marks = {name: getattr(node, name) for name in _PLAIN}
    return row | {name: mark for name, mark in marks.items() if mark != _PLAIN[name]}


def node_from_json(row: dict[str, Any]) -> Node:
    return Node(**row)


def tree_to_json(tree: Tree) -> dict[str, Any]:
    """{array, inputs, nodes: [row, ...]}, in document order. What is parked is no part of the workflow."""
    nodes = [node_to_json(node) for node, _ in tree.walk()]
    return {"array": tree.array, "inputs": tree.inputs, "nodes": nodes}


def tree_from_json(value: dict[str, Any]) -> Tree:
    return Tree(map(node_from_json, value["nodes"]), value["array"], _declared(value.get("inputs")))


def _declared(value: list[dict[str, Any]] | None) -> Declarations | None:
    return None if value is None else tuple(value)


def images_to_json(images: Images) -> dict[str, Any]:
    """{rows: {id: [before, after]}, array: [before, after] | null, inputs: the same}; null where there is no row. With
    `table`, where that changes.
    """
    rows = {
        node_id: [node and node_to_json(node) for node in pair] for node_id, pair in images.items()
    }
    own = {"table": images.table} if images.table else {}
    return {"rows": rows, "array": images.array, "inputs": images.inputs} | own


def images_renamed(value: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What `images_to_json` gave, with the ids that its nodes have in another workflow."""

    def renamed(row: dict[str, Any] | None) -> dict[str, Any] | None:
        if row is None:
            return None
        parent = row["parent"]
        return row | {"id": names[row["id"]], "parent": parent and names[parent]}

    pairs = {names[node_id]: list(map(renamed, pair)) for node_id, pair in value["rows"].items()}
    return value | {"rows": pairs}


def images_from_json(value: dict[str, Any]) -> Images:
    images = Images(
        {
            node_id: (before and node_from_json(before), after and node_from_json(after))
            for node_id, (before, after) in value["rows"].items()
        }
    )
    images.array = tuple(value["array"]) if value["array"] else None
    if declared := value.get("inputs"):
        images.inputs = (_declared(declared[0]), _declared(declared[1]))
    images.table = tuple(value["table"]) if value.get("table") else None
    return images
