"""Linked API JSON <-> Tree, exact both ways: object and array forms, unknown parameters, any label.

    workflow = action | [action, ...]
    action   = {"actionType": text, "label"?: any, "then"?: action | [action, ...],
                <parameter>: any JSON value}

Reading raises nothing but DecodeError, whatever it is given, and names all faults of structure at
once. Whether the actions make sense is the question of `editor.trees.validate`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from editor.trees import texts
from editor.trees.nodes import GAP, MAX_DEPTH, MAX_NODES, MISSING, Node, Tree
from editor.trees.problems import Problem

MAX_VALUE_DEPTH: Final = 50
"""Most levels of lists and objects inside one parameter; no action knows more than four."""

MAX_TYPE_LENGTH: Final = 100
MAX_PROBLEMS: Final = 100
MAX_NUMBER_BITS: Final = 1023
"""Whole numbers beyond this do not fit a double: other readers of the JSON would lose them."""

RESERVED: Final = ("actionType", "label", "then")
"""Keys of an action that are not parameters."""

NewId = Callable[[], str]


class DecodeError(ValueError):
    """What was given is no workflow. `problems` says everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems[:3]))
        self.problems = problems


def decode(source: str | bytes, new_id: NewId) -> Tree:
    """Read JSON text (UTF-8 when bytes, a byte order mark is skipped). Raises DecodeError."""
    parsed = texts.parse(source)
    if isinstance(parsed, Problem):
        raise DecodeError([parsed])
    return from_wire(parsed.value, new_id)


def from_wire(value: object, new_id: NewId) -> Tree:
    """Make a tree of parsed JSON. Raises DecodeError.

    `new_id` is called once per action, in document order.
    """
    problems: list[Problem] = []
    nodes: list[Node] = []
    for found in _read(value, new_id):
        if isinstance(found, Node):
            nodes.append(found)
        elif len(problems) < MAX_PROBLEMS:
            problems.append(found)
        else:
            problems.append(_problem("", "more-problems", "There are more problems than these."))
            break
    if problems:
        raise DecodeError(problems)
    return Tree(nodes, array=isinstance(value, list))


def to_wire(tree: Tree) -> Any:
    """The JSON value to send: an action, or an array of them; without disabled subtrees."""
    wires: dict[str, dict[str, Any]] = {}
    # Children first, by going backwards: no recursion, so depth costs no stack.
    for node_id in reversed(pointers(tree)):
        node = tree.nodes[node_id]
        wire: dict[str, Any] = {"actionType": node.type}
        if node.label is not MISSING:
            wire["label"] = node.label
        wire.update(node.params)
        children = [wires[child.id] for child in tree.active_children(node_id)]
        if children or node.then_array:
            wire["then"] = children if node.then_array or len(children) > 1 else children[0]
        wires[node_id] = wire
    roots = [wires[root.id] for root in tree.active_children(None)]
    return roots if tree.array or len(roots) != 1 else roots[0]


def encode(tree: Tree) -> str:
    """The wire form as text for people, with a line break at the end.

    Indented by two, unless that makes it longer than `decode` would read again.
    """
    wire = to_wire(tree)
    text = json.dumps(wire, ensure_ascii=False, indent=2) + "\n"
    if len(text.encode()) <= texts.MAX_BYTES:
        return text
    return json.dumps(wire, ensure_ascii=False, separators=(",", ":")) + "\n"


def pointers(tree: Tree) -> dict[str, str]:
    """JSON Pointer of every node in `to_wire(tree)`, in document order; disabled ones have none."""
    found: dict[str, str] = {}
    stack = list(_pointers_below(tree, None, "", tree.array))
    while stack:
        node, pointer = stack.pop()
        found[node.id] = pointer
        stack.extend(_pointers_below(tree, node.id, f"{pointer}/then", node.then_array))
    return found


def pointer(tree: Tree, node_id: str) -> str | None:
    """JSON Pointer of one node in `to_wire(tree)`; None when it, or one above it, is disabled or parked."""
    path, parent, array = "", None, tree.array
    for node in tree.path(node_id):
        if node.disabled or node.parked:
            return None
        siblings = tree.active_children(parent)
        path += f"/{siblings.index(node)}" if array or len(siblings) > 1 else ""
        if node.id != node_id:
            path += "/then"
        parent, array = node.id, node.then_array
    return path


def step(*keys: str | int) -> str:
    """Keys and indexes as a piece of a JSON Pointer: step("filter", 0) is "/filter/0"."""
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def _pointers_below(
    tree: Tree, parent: str | None, prefix: str, array: bool
) -> Iterator[tuple[Node, str]]:
    """The active children with their pointers, last first: ready for a stack."""
    children = tree.active_children(parent)
    indexed = array or len(children) > 1
    for index in range(len(children) - 1, -1, -1):
        yield children[index], f"{prefix}/{index}" if indexed else prefix


# Reading


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands that should be an action."""

    pointer: str
    parent: str | None
    position: int
    depth: int


def _read(value: object, new_id: NewId) -> Iterator[Node | Problem]:
    """Every action as a node, and every fault, in document order.

    With a stack of its own, because a value may be nested deeper than Python's stack is.
    """
    if not isinstance(value, dict | list):
        yield _problem(
            "",
            "not-a-workflow",
            "A workflow is an action in { } or a list of actions in [ ], "
            f"not {texts.kind(value)}.",
        )
        return
    stack = _places(value, "", None, 0)
    count = 0
    while stack:
        place, item = stack.pop()
        count += 1
        if count > MAX_NODES:
            yield _problem(
                place.pointer,
                "too-many-actions",
                f"A workflow has at most {MAX_NODES:,} actions. Split it into several workflows.",
            )
            return
        if not isinstance(item, dict):
            yield _problem(
                place.pointer,
                "not-an-action",
                f"An action in {{ }} is expected here, not {texts.kind(item)}.",
            )
            continue
        node_id = new_id()
        yield from _action(place, item, node_id)
        yield from _children(place, item, node_id, stack)


def _places(
    value: dict[str, Any] | list[Any], pointer: str, parent: str | None, depth: int
) -> list[tuple[_Place, object]]:
    """What stands in a `then` (or at the root), last first: ready for a stack."""
    if isinstance(value, dict):
        return [(_Place(pointer, parent, GAP, depth), value)]
    some = value[: MAX_NODES + 1]  # enough to find that there are too many
    return [
        (_Place(f"{pointer}/{index}", parent, (index + 1) * GAP, depth), some[index])
        for index in range(len(some) - 1, -1, -1)
    ]


def _children(
    place: _Place, action: dict[str, Any], node_id: str, stack: list[tuple[_Place, object]]
) -> Iterator[Problem]:
    """Put the children of an action on the stack, or say why that cannot be."""
    if "then" not in action:
        return
    then, pointer = action["then"], place.pointer + "/then"
    if not isinstance(then, dict | list):
        yield _problem(
            pointer,
            "wrong-then",
            "then holds the actions below: one action in {} or a list of actions in [], "
            f"not {texts.kind(then)}. Leave it out when there is nothing below.",
        )
    elif place.depth + 1 >= MAX_DEPTH and then:
        yield _problem(
            pointer,
            "too-deep",
            f"Actions are nested at most {MAX_DEPTH} levels deep. Take out what is below.",
        )
    else:
        stack.extend(_places(then, pointer, node_id, place.depth + 1))


def _action(place: _Place, action: dict[str, Any], node_id: str) -> Iterator[Node | Problem]:
    """One action as a node; problems instead when it says no type or holds what JSON cannot."""
    faults = list(_type_faults(place, action))
    for key, value in action.items():
        if key not in ("actionType", "then"):
            faults.extend(value_problems(value, place.pointer + step(key)))
    faults.extend(_key_problems(action, place.pointer))
    if faults:
        yield from faults
        return
    yield Node(
        id=node_id,
        parent=place.parent,
        position=place.position,
        type=action["actionType"],
        params={key: value for key, value in action.items() if key not in RESERVED},
        label=action.get("label", MISSING),
        then_array=isinstance(action.get("then"), list),
    )


def _type_faults(place: _Place, action: dict[str, Any]) -> Iterator[Problem]:
    if "actionType" not in action:
        yield _problem(
            place.pointer,
            "missing-action-type",
            "This action does not say what it is. "
            'Give it an "actionType", such as "st.openPersonPage".',
        )
        return
    value, pointer = action["actionType"], place.pointer + "/actionType"
    if not isinstance(value, str):
        yield _problem(
            pointer,
            "wrong-action-type",
            f"actionType must be a text in quotes, not {texts.kind(value)}.",
        )
    elif len(value) > MAX_TYPE_LENGTH:
        yield _problem(
            pointer,
            "wrong-action-type",
            f"This actionType has {len(value):,} characters; "
            f"no action has more than {MAX_TYPE_LENGTH}.",
        )
    else:
        yield from value_problems(value, pointer)


def value_problems(value: object, pointer: str, depth: int = 1) -> Iterator[Problem]:
    """What keeps a value from being stored and written as JSON again: at any depth, all of it."""
    if not isinstance(value, dict | list):
        if fault := _fault(value):
            yield _problem(pointer, *fault)
    elif depth > MAX_VALUE_DEPTH:
        message = f"A value is nested at most {MAX_VALUE_DEPTH} levels deep."
        yield _problem(pointer, "too-deep", message)
    else:
        if isinstance(value, dict):
            yield from _key_problems(value, pointer)
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, child in pairs:
            # Most values are small and fine: a pointer is made only for the others.
            if isinstance(child, dict | list) or _fault(child):
                yield from value_problems(child, pointer + step(key), depth + 1)


def _key_problems(item: dict[Any, Any], pointer: str) -> Iterator[Problem]:
    """Keys that stood twice in the text (see texts.Repeated), and keys that cannot be stored."""
    for key in getattr(item, "repeated", ()):
        message = f"{texts.quote(key)} stands twice in one object. Keep one of them."
        yield _problem(pointer + step(key), "repeated-key", message)
    for key in item:
        fault = _fault(key) if isinstance(key, str) else ("wrong-value", _NAME_IS_TEXT)
        if fault:
            yield _problem(pointer, *fault)


_NAME_IS_TEXT = "A name in a JSON object must be a text."


def _fault(value: object) -> tuple[str, str] | None:
    """What is wrong with a value that is neither a list nor an object: code and message."""
    match value:
        case None | bool():
            return None
        case str():
            return _text_fault(value)
        case int() if value.bit_length() > MAX_NUMBER_BITS:
            return "wrong-number", "This number is too large to keep."
        case float() if math.isnan(value):
            return "wrong-number", "NaN is not a number that JSON knows."
        case float() if math.isinf(value):
            return "wrong-number", "This number is infinite or too large to keep."
        case int() | float():
            return None
        case _:
            return "wrong-value", f"JSON knows no value such as {texts.kind(value)}."


def _text_fault(text: str) -> tuple[str, str] | None:
    if "\0" in text:
        return "wrong-text", r"This text holds a NUL character (\u0000), which cannot be stored."
    if not text.isascii() and texts.LONE_SURROGATE.search(text):
        return "wrong-text", (
            "This text holds half of a character pair (such as \\ud83d alone). "
            "Type the character again."
        )
    return None


def _problem(pointer: str, code: str, message: str) -> Problem:
    return Problem(pointer, None, code, "error", message)
