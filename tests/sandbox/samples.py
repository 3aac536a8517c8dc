"""A legal workflow for every action of the catalogue, made from the catalogue alone."""

from collections.abc import Iterator, Mapping
from typing import Any

from editor import catalog
from editor.catalog import Parameter
from editor.catalog.schemas import FORMATS
from editor.trees.bridges import bridge

KNOWN = catalog.default()
TYPES = tuple(name for name, action in KNOWN.actions.items() if not action.is_loop)
"""Every action that has a node of its own in a completion."""


def value_of(parameter: Parameter) -> Any:
    """A value that the parameter takes."""
    if parameter.format:
        return FORMATS[parameter.format].example
    match parameter.kind:
        case "integer":
            return parameter.minimum or 1
        case "boolean":
            return True
        case "choice":
            return parameter.choices[0]
        case "choices":
            return list(parameter.choices[:1])
        case "texts":
            return ["Norway"]
        case "object":
            return fields_of(parameter)
        case "objects" | "objects-or-texts":
            return [fields_of(parameter)]
        case _:
            return "Cold chain"


def fields_of(parameter: Parameter) -> dict[str, Any]:
    return {field.name: value_of(field) for field in parameter.fields if field.required == "always"}


def action(action_type: str, at_root: bool, **more: Any) -> dict[str, Any]:
    """One action with what it must have in its place; `basicInfo` where it can say more."""
    kind = KNOWN.actions[action_type]
    placement = "root" if at_root else "child"
    names = {p.name for p in kind.parameters if p.required_at(placement)}
    if at_root and kind.root.any_of:
        names |= set(kind.root.any_of[0])
    if kind.parameter("basicInfo"):
        names.add("basicInfo")
    if action_type == "nv.sendMessage":
        names.add("subject")
    if action_type == "st.searchPosts":
        names.add("term")
    found = {p.name: value_of(p) for p in kind.parameters if p.name in names}
    return {"actionType": action_type, **found, **more}


def workflow(action_type: str, **more: Any) -> dict[str, Any]:
    """The shortest legal workflow that ends in the action; `more` are further parameters of it."""
    above = bridge(KNOWN, None, action_type)
    assert above is not None
    wire = action(action_type, at_root=not above, **more)
    for index in range(len(above) - 1, -1, -1):
        wire = action(above[index], at_root=index == 0) | {"then": wire}
    return wire


def nodes(completion: Any) -> Iterator[Mapping[str, Any]]:
    """Every node of a completion, at any depth, from top to bottom."""
    for node in completion if isinstance(completion, list) else [completion]:
        yield node
        data = node.get("data")
        for item in data if isinstance(data, list) else [data]:
            if isinstance(item, dict) and "then" in item:
                yield from nodes(item["then"])


def nodes_of(completion: Any, action_type: str) -> list[Mapping[str, Any]]:
    return [node for node in nodes(completion) if node["actionType"] == action_type]
