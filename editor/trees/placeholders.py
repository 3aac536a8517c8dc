"""Placeholders: how an action uses an input. `{{ name }}` in a text parameter, or in a label.

- A text that is nothing but one placeholder becomes the typed value: a number, a list, yes or no.
  As an entry of a list, a list is spliced in. An input left empty takes the parameter out.
- Inside a longer text the value is put in as text; a list with commas, true as "yes".
- `{{{{` is written for two braces that are meant as text. Names of parameters are never looked at.
- Values are put in once: braces in a value mean nothing.

Disabled actions are not sent, so they keep their placeholders.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from editor.trees.codec import step
from editor.trees.inputs import Input
from editor.trees.nodes import MISSING, Node, Tree

ESCAPED: Final = "{{{{"
TOKEN: Final = re.compile(
    r"(?P<escaped>\{{4})"
    r"|\{\{(?!\{)\s*(?P<name>[A-Za-z][A-Za-z0-9_]{0,63})\s*\}\}"
    r"|(?P<bad>\{\{)(?!\{)"
)
"""Left to right: two braces as text, a placeholder, or braces that are neither."""

Path = tuple[str | int, ...]


class NoValue(LookupError):  # named for what is missing
    """`substitute` was not given a value for `names`; validation would have said so before."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"No value for {', '.join(self.names)}.")


# In one text


def names_in(text: str) -> list[str]:
    """The inputs that a text uses, in order, as often as it does."""
    return [match["name"] for match in TOKEN.finditer(text) if match["name"]]


def has_bad_braces(text: str) -> bool:
    """Whether some `{{` is neither a placeholder nor doubled."""
    return any(match["bad"] for match in TOKEN.finditer(text))


def whole(text: str) -> str | None:
    """The one input that a text consists of (spaces around it do not count), or None."""
    match = TOKEN.fullmatch(text.strip())
    return match["name"] if match else None


def placeholder(name: str) -> str:
    return f"{{{{ {name} }}}}"


def escape(text: str) -> str:
    """The text that means itself: every `{{` in it doubled."""
    return text.replace("{{", ESCAPED)


def renamed(text: str, name: str, new: str) -> str:
    """The text with another name in the placeholders of one input; all else as it was written."""

    def put(match: re.Match[str]) -> str:
        if match["name"] != name:
            return match[0]
        start, end = (place - match.start() for place in match.span("name"))
        return match[0][:start] + new + match[0][end:]

    return TOKEN.sub(put, text)


def fill(text: str, values: Mapping[str, Any]) -> Any:
    """The text with values in place of its placeholders: of any type when it is one as a whole.

    Raises KeyError for a name without a value.
    """
    if name := whole(text):
        return values[name]

    def put(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "{{"
        return as_text(values[match["name"]]) if match["name"] else match[0]

    return TOKEN.sub(put, text)


def as_text(value: Any) -> str:
    """A typed value inside a longer text; an empty one is no text."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(as_text, value))
        case _:
            return str(value)


# In a tree


def texts(value: Any) -> Iterator[tuple[Path, str]]:
    """Every text in a JSON value with the path to it, in order; keys are not looked at."""
    stack: list[tuple[Path, Any]] = [((), value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, str):
            yield path, item
        elif isinstance(item, Mapping):
            stack.extend(((*path, key), item[key]) for key in reversed(item))
        elif isinstance(item, list):
            stack.extend(((*path, index), item[index]) for index in range(len(item) - 1, -1, -1))


def braced(node: Node) -> Iterator[tuple[Path, str]]:
    """The texts of an action that have braces to look at: the label first, as ("label",)."""
    if isinstance(node.label, str) and "{{" in node.label:
        yield ("label",), node.label
    for path, text in texts(node.params):
        if "{{" in text:
            yield path, text


def uses(tree: Tree) -> dict[str, list[tuple[str, str]]]:
    """By input: where it is used, as (node id, JSON Pointer into the action), in document order.

    Disabled actions are in it: they use the input as soon as they are enabled again.
    """
    return _uses(node for node, _ in tree.walk())


def parked_uses(tree: Tree) -> dict[str, list[tuple[str, str]]]:
    """The same of the branches that are laid aside."""
    return _uses(node for top in tree.parked for node in tree.subtree(top.id))


def _uses(nodes: Iterable[Node]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for node in nodes:
        for path, text in braced(node):
            for name in names_in(text):
                found.setdefault(name, []).append((node.id, step(*path)))
    return found


def unknown(tree: Tree, inputs: Iterable[Input]) -> dict[str, list[tuple[str, str]]]:
    """The uses of names that no input has."""
    declared = {declaration.name for declaration in inputs}
    return {name: places for name, places in uses(tree).items() if name not in declared}


def unused(tree: Tree, inputs: Iterable[Input]) -> tuple[Input, ...]:
    """The inputs that no action uses, in their order."""
    used = uses(tree)
    return tuple(declaration for declaration in inputs if declaration.name not in used)


def substitute(tree: Tree, values: Mapping[str, Any]) -> Tree:
    """The tree as it is sent: values (of `inputs.check_values`) in place of all placeholders.

    Disabled subtrees stay as they are. Raises NoValue when some input has no value: a message with
    a hole in it never goes out. Braces that are no placeholder stay too; validation reports them.
    """
    disabled: set[str | None] = set()
    rows: list[Node] = []
    lacking: dict[str, None] = {}
    for node, _ in tree.walk():
        if node.disabled or node.parent in disabled:
            disabled.add(node.id)
            rows.append(node)
            continue
        holes = [text for _, text in braced(node)]
        names = (name for text in holes for name in names_in(text))
        lacking |= {name: None for name in names if name not in values}
        rows.append(_filled(node, values) if holes and not lacking else node)
    if lacking:
        raise NoValue(lacking)
    return Tree(rows, tree.array)


def fill_known(tree: Tree, values: Mapping[str, Any]) -> Tree:
    """The same with the placeholders of the inputs that have no value yet: to look at, never to send."""
    known = {name: placeholder(name) for name in uses(tree)} | dict(values)
    return substitute(tree, known)


def _filled(node: Node, values: Mapping[str, Any]) -> Node:
    params = fill_value(dict(node.params), values)
    label = fill(node.label, values) if isinstance(node.label, str) else node.label
    return dataclasses.replace(node, params=params, label=MISSING if label is None else label)


def fill_value(value: Any, values: Mapping[str, Any]) -> Any:
    """A JSON value with values in place of its placeholders, at any depth; None: nothing is left.

    Raises KeyError for a name without a value.
    """
    if isinstance(value, str):
        return fill(value, values) if "{{" in value else value
    if isinstance(value, dict):
        below = {key: (item, fill_value(item, values)) for key, item in value.items()}
        return {key: new for key, (old, new) in below.items() if new is not None or old is None}
    if isinstance(value, list):
        return _fill_list(value, values)
    return value


def _fill_list(entries: list[Any], values: Mapping[str, Any]) -> list[Any]:
    filled: list[Any] = []
    for entry in entries:
        new = fill_value(entry, values)
        if isinstance(entry, str) and isinstance(new, list):
            filled.extend(new)
        elif new is not None or entry is None:
            filled.append(new)
    return filled
