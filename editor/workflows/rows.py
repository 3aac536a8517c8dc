"""Nodes and edits as JSON, for the history and for versions: what is put away comes back the same."""

from typing import Any

from editor.trees.nodes import MISSING, Images, Node, Tree

_PLAIN = {"label": MISSING, "then_array": False, "disabled": False, "collapsed": False, "note": ""}


def node_to_json(node: Node) -> dict[str, Any]:
    """{id, parent, position, type, params} and those of _PLAIN that say something else."""
    row = {name: getattr(node, name) for name in ("id", "parent", "position", "type")}
    row["params"] = dict(node.params)
    marks = {name: getattr(node, name) for name in _PLAIN}
    return row | {name: mark for name, mark in marks.items() if mark != _PLAIN[name]}


def node_from_json(row: dict[str, Any]) -> Node:
    return Node(**row)


def tree_to_json(tree: Tree) -> dict[str, Any]:
    """{array, nodes: [row, ...]}, in document order."""
    return {"array": tree.array, "nodes": [node_to_json(node) for node, _ in tree.walk()]}


def tree_from_json(value: dict[str, Any]) -> Tree:
    return Tree(map(node_from_json, value["nodes"]), value["array"])


def images_to_json(images: Images) -> dict[str, Any]:
    """{rows: {id: [before, after]}, array: [before, after] | null}; null where there is no row."""
    rows = {
        node_id: [node and node_to_json(node) for node in pair] for node_id, pair in images.items()
    }
    return {"rows": rows, "array": images.array}


def images_from_json(value: dict[str, Any]) -> Images:
    images = Images(
        {
            node_id: (before and node_from_json(before), after and node_from_json(after))
            for node_id, (before, after) in value["rows"].items()
        }
    )
    images.array = tuple(value["array"]) if value["array"] else None
    return images
