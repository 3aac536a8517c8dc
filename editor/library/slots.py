"""Slots: places in a template where its user picks one of several branches. Pure.

The branches are neighbours in the tree itself (the others may be switched off there), so the editor has
made sure that each may stand in that place; picking one takes the others out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from editor.catalog import Catalog
from editor.trees.nodes import Node, Tree
from editor.trees.validate import validate

MOST_SLOTS = 10
NAME_MAX = 80


@dataclass(frozen=True, slots=True)
class Option:
    """One branch that may be picked: the id of its top, and what people call it."""

    node: str
    name: str


@dataclass(frozen=True, slots=True)
class Slot:
    """`key`: the id of what the branches stand below, "" at the start; there is one slot in a place."""

    key: str
    name: str
    options: tuple[Option, ...]

    def picked(self, choices: Mapping[str, str]) -> str:
        """The id of the branch that is picked: the first, unless somebody chose."""
        nodes = [option.node for option in self.options]
        return choices.get(self.key, "") if choices.get(self.key) in nodes else nodes[0]


def as_json(slots: Sequence[Slot]) -> list[dict[str, Any]]:
    return [
        {"key": slot.key, "name": slot.name, "options": [[o.node, o.name] for o in slot.options]}
        for slot in slots
    ]


def from_json(value: Sequence[Mapping[str, Any]]) -> tuple[Slot, ...]:
    return tuple(
        Slot(one["key"], one["name"], tuple(Option(node, name) for node, name in one["options"]))
        for one in value
    )


def renamed(slots: Sequence[Slot], names: Mapping[str, str]) -> tuple[Slot, ...]:
    """The same slots of a tree whose nodes got other ids."""
    return tuple(
        Slot(
            names.get(slot.key, slot.key),
            slot.name,
            tuple(Option(names.get(o.node, o.node), o.name) for o in slot.options),
        )
        for slot in slots
    )


def places(tree: Tree) -> Iterator[tuple[str, tuple[Node, ...]]]:
    """Where a slot could be: the key, and the neighbours that stand there."""
    for parent in ("", *(node.id for node, _ in tree.walk())):
        children = tree.children(parent or None)
        if len(children) > 1:
            yield parent, children


def chosen(tree: Tree, slots: Sequence[Slot], choices: Mapping[str, str]) -> Tree:
    """The tree with the picked branches alone, switched on. Choices that no slot offers count as none."""
    gone: set[str] = set()
    on: set[str] = set()
    for slot in slots:
        picked = slot.picked(choices)
        on.add(picked)
        for option in slot.options:
            if option.node != picked and option.node in tree:
                gone.update(node.id for node in tree.subtree(option.node))
    if not on:
        return tree
    rows = [
        replace(node, disabled=False) if node.id in on and node.disabled else node
        for node in tree.nodes.values()
        if node.id not in gone
    ]
    return Tree(rows, tree.array, tree.inputs)


def faults(tree: Tree, slots: Sequence[Slot], catalog: Catalog) -> list[str]:
    """What is wrong with the slots of a tree, in words; every option is tried, the other slots as they begin."""
    if len(slots) > MOST_SLOTS:
        return [f"A template has at most {MOST_SLOTS} places with a choice."]
    found = [fault for slot in slots for fault in _wrong(tree, slot)]
    if len({slot.key for slot in slots}) < len(slots):
        found.append("Two choices are in one place. Make one of them.")
    if found:
        return found
    for slot in slots:
        for option in slot.options:
            problems = validate(chosen(tree, slots, {slot.key: option.node}), catalog)
            error = next((each for each in problems if each.severity == "error"), None)
            if error:
                found.append(f"With “{option.name}” picked for “{slot.name}”: {error.message}")
    return found


def _wrong(tree: Tree, slot: Slot) -> Iterator[str]:
    nodes = [option.node for option in slot.options]
    if not slot.name.strip():
        yield "Say what people choose, such as “How to get in touch”."
    if len(set(nodes)) < max(2, len(nodes)):
        yield f"“{slot.name}” needs at least two different branches to choose from."
    stands = [child.id for child in tree.children(slot.key or None)]
    if not set(nodes) <= set(stands):
        yield f"What “{slot.name}” offers does not stand in one place of the workflow any more."
