"""Which edits are typing into one text field: what is typed in one go is undone in one go."""

from collections.abc import Mapping
from typing import Any

from editor.trees import edits
from editor.trees.nodes import MISSING, Images, Node
from editor.trees.table_choice import Choice
from editor.workflows.fields.values import Path

TextField = tuple[str, Path]
"""A node, and the way to one of its texts: "note", "label", or "params" and further. "": the title of a column."""


def field_of(images: Images) -> TextField | None:
    """The one text that an edit changes, and nothing else; None when there is no such."""
    if images.table and not images:
        path = _difference(*map(_titles, images.table))
        return ("", path) if path else None
    if len(images) != 1 or images.array or images.inputs or images.table:
        return None
    [(node_id, (before, after))] = images.items()
    if before is None or after is None:
        return None
    path = _difference(_fields(before), _fields(after))
    return (node_id, path) if path else None


def joined(first: Images, second: Images, field: TextField) -> Images | None:
    """Both as one edit, when both are typing into this field, one right upon the other; else None."""
    if field_of(first) != field:
        return None
    if not _follows(first, second, field[0]):
        return None  # somebody else changed the action between the two
    both = edits.combine(first, second)
    return both if field_of(both) == field else None


def _follows(first: Images, second: Images, node_id: str) -> bool:
    if first.table and second.table:
        return first.table[1] == second.table[0]
    return edits.same_row(first[node_id][1], second[node_id][0])


def _titles(choice: Choice) -> dict[str, Any]:
    """The titles that a choice gives, and all else that it says."""
    rest = [
        (entry["key"], entry.get("shown")) for entry in choice if entry.keys() != {"key", "title"}
    ]
    return {entry["key"]: entry["title"] for entry in choice if "title" in entry} | {"": rest}


def _fields(node: Node) -> dict[str, Any]:
    rest = (node.type, node.parent, node.position, node.disabled, node.then_array, node.parked)
    return {"note": node.note, "label": node.label, "params": node.params, "rest": rest}


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Path | None:
    """The way to the only entry in which the two differ, if that is a text in both, or not there in one."""
    names = [
        name
        for name in (before.keys() | after.keys())
        if before.get(name, MISSING) != after.get(name, MISSING)
    ]
    if len(names) != 1:
        return None
    old, new = before.get(names[0], MISSING), after.get(names[0], MISSING)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        inner = _difference(old, new)
        return (names[0], *inner) if inner else None
    is_text = all(value is MISSING or isinstance(value, str) for value in (old, new))
    return (names[0],) if is_text else None
