"""Edits of a workflow's inputs, as data like all others (`editor.trees.edits`).

Each gives the declarations before and after in `Images.inputs`, with the rows that change with them. What makes no
good declaration is refused with the words of `inputs.parse`, so a stored one is always good.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from editor.catalog import Parameter
from editor.trees import inputs, placeholders
from editor.trees.edits import Refused
from editor.trees.fitting import FITS
from editor.trees.inputs import Input
from editor.trees.nodes import MISSING, Declarations, Images, Node, Tree
from editor.trees.texts import quote


def declare(tree: Tree, declaration: Mapping[str, Any]) -> Images:
    """Add an input behind the others."""
    declared = tree.inputs or ()
    return _edit(tree, (*declared, declaration), len(declared))


def change(tree: Tree, name: str, key: str, value: Any) -> Images:
    """Say something else of an input: one of `inputs.KEYS`; MISSING: nothing. A new name: see `rename`."""
    if key == "name":
        return rename(tree, name, value)
    index = require(tree, name)
    declared = list(tree.inputs or ())
    entry = {**declared[index], key: value}
    declared[index] = {key: value for key, value in entry.items() if value is not MISSING}
    return _edit(tree, tuple(declared), index)


def rename(tree: Tree, name: str, new: Any) -> Images:
    """Give an input another name, in every action that uses it too: disabled and parked ones included."""
    index = require(tree, name)
    declared = list(tree.inputs or ())
    declared[index] = {**declared[index], "name": "" if new is MISSING else new}
    images = _edit(tree, tuple(declared), index)
    if images.is_empty:
        return images
    for node in tree.nodes.values():
        if any(name in placeholders.names_in(text) for _, text in placeholders.braced(node)):
            images[node.id] = (node, _renamed(node, name, str(new)))
    return images


def move(tree: Tree, name: str, before: str) -> Images:
    """Put an input before another one in the order in which a run asks ("": behind all)."""
    declared = list(tree.inputs or ())
    index = require(tree, before) if before else len(declared)
    at = require(tree, name)
    if before != name:
        declared.insert(index if index < at else index - 1, declared.pop(at))
    return _images(tree, tuple(declared))


def remove(tree: Tree, name: str) -> Images:
    """Take an input away. What uses it stays as it is, and is a problem with a repair from now on."""
    index = require(tree, name)
    declared = tree.inputs or ()
    return _images(tree, (*declared[:index], *declared[index + 1 :]))


def require(tree: Tree, name: str) -> int:
    """The place of an input in the order. Raises Refused when it is gone."""
    for index, declaration in enumerate(tree.inputs or ()):
        if declaration.get("name") == name:
            return index
    raise Refused("gone", f"The input {quote(name)} is no longer there.")


def for_parameter(tree: Tree, parameter: Parameter, value: Any) -> Input:
    """A new input that can be all of a parameter, with the parameter's value (MISSING: its own default) as default.

    Raises Refused when no kind of input fits it, or none can have that default.
    """
    if not FITS[parameter.kind]:
        message = f"{parameter.title} cannot come from an input. Use inputs in its fields."
        raise Refused("no-input-fits", message)
    if value is MISSING and parameter.default is not None:
        value = parameter.default
    entry: dict[str, Any] = {"name": _free_name(tree, parameter.name)}
    if len(parameter.help) <= inputs.MAX_HELP:
        entry["help"] = parameter.help
    if value is not MISSING:
        entry["default"] = _plain(parameter, value)
    if parameter.choices:
        entry["choices"] = list(parameter.choices)
    for kind in FITS[parameter.kind]:
        found, problems = inputs.parse([entry | {"kind": kind}])
        if not problems:
            return found[0]
    raise Refused(problems[0].code, problems[0].message)


def with_defaults(tree: Tree, values: Mapping[str, Any]) -> Tree:
    """The tree whose inputs have these values as defaults; an input that was left empty keeps its own."""
    declared = [
        declaration | {"default": values[declaration["name"]]}
        if values.get(declaration.get("name", "")) is not None
        else declaration
        for declaration in map(dict, tree.inputs or ())
    ]
    return tree.declaring(None if tree.inputs is None else tuple(declared))


def _plain(parameter: Parameter, value: Any) -> Any:
    """A value without escaped braces: what an input holds is never looked at. Refused when it uses an input."""
    texts = [text for _, text in placeholders.texts(value)]
    if any(placeholders.names_in(text) for text in texts):
        raise Refused(
            "uses-an-input", f"{parameter.title} uses an input already. Take that out first."
        )
    return placeholders.fill_value(value, {})


def _free_name(tree: Tree, wanted: str) -> str:
    """The name, or the name with the first number behind it that is free."""
    taken = {str(declaration.get("name")).casefold() for declaration in tree.inputs or ()}
    name, number = wanted, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


def _edit(tree: Tree, declared: Declarations, index: int) -> Images:
    """From the present declarations to others, of which that at `index` is new. Raises Refused when it is no good."""
    entry = declared[index]
    found, problems = inputs.parse([entry])
    if problems:
        raise Refused(problems[0].code, problems[0].message)
    if len(declared) > inputs.MAX_INPUTS:
        raise Refused("not-inputs", f"A workflow has at most {inputs.MAX_INPUTS} inputs.")
    name = str(entry["name"]).casefold()
    others = (*declared[:index], *declared[index + 1 :])
    if any(str(other.get("name")).casefold() == name for other in others):
        message = f"There is an input called {quote(entry['name'])} already. Choose another name."
        raise Refused("doubled-name", message)
    return _images(tree, (*declared[:index], found[0].as_json(), *declared[index + 1 :]))


def _images(tree: Tree, declared: Declarations) -> Images:
    images = Images()
    if declared != (tree.inputs or ()):
        images.inputs = (tree.inputs, declared)
    return images


def _renamed(node: Node, name: str, new: str) -> Node:
    def text(value: str) -> str:
        return placeholders.renamed(value, name, new)

    label = text(node.label) if isinstance(node.label, str) else node.label
    return dataclasses.replace(node, params=_texts_as(dict(node.params), text), label=label)


def _texts_as(value: Any, text: Callable[[str], str]) -> Any:
    """A JSON value with every text in it as `text` makes it."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {key: _texts_as(item, text) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts_as(item, text) for item in value]
    return value
