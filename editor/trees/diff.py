"""What is different between two trees: added, removed, moved, changed parameter by parameter.

    diff(before, after) -> Diff     its entries are one outline of both trees, to be drawn

Actions are told apart by their ids. Trees that have no id in common (an import, another server's
version) are first brought together by `pairing.adopt`: type, label, place. Positions count only as
an order, and whether a subtree is shown collapsed does not count at all. What lies in a tray is no
part of a workflow: an action laid aside counts as removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

from editor.trees.codec import step
from editor.trees.copies import without_tray
from editor.trees.declared import InputEntry, compare
from editor.trees.nodes import MISSING, Node, Tree
from editor.trees.order import insert_gone, moved
from editor.trees.pairing import adopt, written

What = Literal["type", "label", "parameter", "note", "disabled", "form"]
Kind = Literal["added", "removed", "moved", "changed", "same"]

FIELDS: tuple[tuple[What, str, str], ...] = (
    ("type", "type", "/actionType"),
    ("label", "label", "/label"),
    ("form", "then_array", "/then"),
    ("note", "note", ""),
    ("disabled", "disabled", ""),
)
"""What a node has besides parameters: name of the change, attribute, JSON Pointer in the action.

`then_array` says in what form the children are written: true is a list, even of one or none."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs. `path`: JSON Pointer into the action, "" for what is never sent.

    `before` and `after` are the values; MISSING: it is not there.
    """

    what: What
    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One action in the outline of both trees; `before` or `after` is None where it is not there.

    `moved`: it has another parent, or another place among those siblings that both trees have.
    """

    id: str
    depth: int
    before: Node | None
    after: Node | None
    moved: bool = False
    changes: tuple[Change, ...] = ()

    @property
    def kind(self) -> Kind:
        """The one word for it; what moved may have changed as well."""
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        return "moved" if self.moved else "changed" if self.changes else "same"

    @property
    def node(self) -> Node:
        """As it is after, or was before when it is gone."""
        return self.after or cast(Node, self.before)


@dataclass(frozen=True)
class Diff:
    """`entries`: the outline of `after`, with what is gone where it was. `after` has ids of `before`.

    `array`: the roots are written in another form (a list or a single action). `inputs`: every declared
    input of both. The trees are without their trays.
    """

    before: Tree
    after: Tree
    entries: tuple[Entry, ...]
    inputs: tuple[InputEntry, ...] = ()

    @property
    def array(self) -> bool:
        return self.before.array != self.after.array

    @cached_property
    def by_id(self) -> Mapping[str, Entry]:
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def differing(self) -> tuple[Entry, ...]:
        """The entries that are not the same, in the order of the outline."""
        return tuple(entry for entry in self.entries if entry.kind != "same")

    @cached_property
    def differing_inputs(self) -> tuple[InputEntry, ...]:
        return tuple(entry for entry in self.inputs if entry.kind != "same")

    @property
    def empty(self) -> bool:
        return not self.differing and not self.differing_inputs and not self.array


def diff(before: Tree, after: Tree) -> Diff:
    """The differences, in the document order of the outline of both."""
    before, after = without_tray(before), without_tray(after)
    if before.nodes and before.nodes.keys().isdisjoint(after.nodes):
        after = adopt(before, after)
    gone = before.nodes.keys() - after.nodes.keys()
    reordered = reordered_ids(before, after)
    entries = []
    stack = [(node_id, 0) for node_id in reversed(_children(before, after, None, gone))]
    while stack:
        node_id, depth = stack.pop()
        old, new = before.get(node_id), after.get(node_id)
        entries.append(
            Entry(
                node_id,
                depth,
                old,
                new,
                moved=node_id in reordered or bool(old and new and old.parent != new.parent),
                changes=tuple(changes(old, new)) if old and new else (),
            )
        )
        below = _children(before, after, node_id, gone)
        stack.extend((child, depth + 1) for child in reversed(below))
    return Diff(before, after, tuple(entries), compare(before.inputs, after.inputs))


def reordered_ids(before: Tree, after: Tree) -> set[str]:
    """Nodes that kept their parent, and changed place among the siblings that kept it too."""
    found: set[str] = set()
    for parent in {node.parent for node in after.nodes.values()}:
        old, new = before.children(parent), after.children(parent)
        if old and [node.id for node in old] != [node.id for node in new]:
            found |= moved([node.id for node in old], [node.id for node in new])
    return found


def _children(before: Tree, after: Tree, parent: str | None, gone: set[str]) -> list[str]:
    """Ids below a node in the outline of both. What is gone stands below its parent of old."""
    new = [node.id for node in after.children(parent)]
    old = [node.id for node in before.children(parent)]
    return insert_gone(old, new, gone) if old else new


# Two versions of one node


def changes(before: Node, after: Node) -> Iterator[Change]:
    """What differs between two versions of a node, apart from its place."""
    if before is after:
        return
    for what, attribute, path in FIELDS:
        old, new = getattr(before, attribute), getattr(after, attribute)
        if not same(old, new):
            yield Change(what, path, old, new)
    if not same(before.params, after.params):
        yield from _parameter_changes(before.params, after.params)


def _parameter_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Down to the objects among the parameters; a list is one value."""
    stack: list[tuple[str, Any, Any]] = [("", before, after)]
    while stack:
        path, old, new = stack.pop()
        if same(old, new):
            continue
        if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
            yield Change("parameter", path, old, new)
            continue
        keys = [*old, *(key for key in new if key not in old)]
        stack.extend(
            (path + step(key), old.get(key, MISSING), new.get(key, MISSING))
            for key in reversed(keys)
        )


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values (or MISSING) are written alike: 1, 1.0 and true are not.

    The order of keys in an object does not count.
    """
    return one is other or (one == other and written(one) == written(other))
