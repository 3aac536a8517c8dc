"""Does a completion have the documented shape? Checked against the catalogue alone."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from editor import catalog
from editor.catalog import Catalog, ResultField
from editor.catalog.schemas import FORMATS

KNOWN = catalog.default()
_TYPES: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "texts": (list,),
}
# Items of these come in variants, which carry the fields of their kind only (official SDK).
VARIANTS = {"st.retrieveInvitations", "st.retrieveProfileViewers"}


def misfits(completion: Any, known: Catalog = KNOWN) -> list[str]:
    """Everything in which the nodes of a completion differ from what the catalogue documents."""
    return list(_nodes(completion, "", known))


def _nodes(value: Any, at: str, known: Catalog) -> Iterator[str]:
    for index, node in enumerate(value if isinstance(value, list) else [value]):
        yield from _node(node, f"{at}/{index}" if isinstance(value, list) else at, known)


def _node(node: Any, at: str, known: Catalog) -> Iterator[str]:
    extra = set(node) - {"actionType", "label", "success", "data", "error"}
    action = known.actions.get(node.get("actionType"))
    if extra or action is None or action.is_loop:
        yield f"{at}: no result node: {sorted(node)}"
        return
    if node.get("success") is not True:
        if (
            set(node) - {"label"} != {"actionType", "success", "error"}
            or node["success"] is not False
        ):
            yield f"{at}: a failed node has an error and no data"
        elif set(node["error"]) != {"type", "message"}:
            yield f"{at}: an error has a type and a message"
        return
    result, here = action.result, f"{at} {action.type}"
    data = node.get("data")
    if result.shape == "none":
        if data is not None:
            yield from _object((), data, here, False, known)
    elif result.shape == "array":
        if not isinstance(data, list):
            yield f"{here}: data is no array"
            return
        for index, item in enumerate(data):
            complete = action.type not in VARIANTS
            yield from _object(result.fields, item, f"{here}/{index}", complete, known)
    else:
        complete = action.kind != "open" or set(data) - {"then"} != set()
        yield from _object(result.fields, data, here, complete, known)


def _object(
    fields: Iterable[ResultField], value: Any, at: str, complete: bool, known: Catalog
) -> Iterator[str]:
    """A `data` object or an item of a list: documented fields, and perhaps `then`."""
    if not isinstance(value, dict):
        yield f"{at}: not an object"
        return
    if "then" in value:
        yield from _nodes(value["then"], f"{at}/then", known)
    yield from _fields(fields, {k: v for k, v in value.items() if k != "then"}, at, complete)


def _fields(
    fields: Iterable[ResultField], value: Mapping[str, Any], at: str, complete: bool
) -> Iterator[str]:
    known = {field.name: field for field in fields}
    for name in set(value) - set(known):
        yield f"{at}: {name} is not documented"
    for name in set(known) - set(value) if complete else ():
        yield f"{at}: {name} is missing"
    for name in set(known) & set(value):
        yield from _value(known[name], value[name], f"{at}.{name}")


def _value(field: ResultField, value: Any, at: str) -> Iterator[str]:
    if value is None:
        if not field.nullable:
            yield f"{at}: null"
        return
    if field.choices:
        if value not in field.choices:
            yield f"{at}: {value!r} is not one of {field.choices}"
        return
    if not isinstance(value, _TYPES[field.kind]) or (
        isinstance(value, bool) and field.kind != "boolean"
    ):
        yield f"{at}: {value!r} is no {field.kind}"
    elif field.kind == "texts" and not all(isinstance(text, str) for text in value):
        yield f"{at}: not only texts"
    elif field.format and not re.search(FORMATS[field.format].pattern, value):
        yield f"{at}: {value!r} is no {field.format}"
    elif field.kind == "object":
        yield from _fields(field.fields, value, at, complete=True)
