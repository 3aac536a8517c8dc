"""Which action of a tree without our ids is which of ours: for imports and edited JSON.

Four rules say that two actions are the same one, the strict ones first; each is paired once:

    branch   the same action with the same below it
    row      the same type, label and parameters
    name     the same type and label, where there is a label
    type     the same type

1. The children of each pair of parents (first the two tops) are paired by branch, row and name:
   common beginnings, common ends, then the first free one.
2. What is left over is paired by branch, row or name wherever it stands, if only one action of
   either tree is in question: it has moved. Its children are then paired as in 1.
3. The children of each pair of parents are paired by type.
"""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from editor.trees.copies import with_tray
from editor.trees.nodes import MISSING, Node, Tree
from editor.trees.order import insert_gone, positions

Keys = tuple[int | str | None, ...]
"""Of one node: what each rule compares; None: the rule says nothing of it."""

written: Final = json.JSONEncoder(sort_keys=True, default=repr).encode
"""A JSON value as text that is the same for values that are written alike."""

STRICT: Final = (0, 1, 2)
ALL: Final = (0, 1, 2, 3)


def adopt(ours: Tree, foreign: Tree) -> Tree:
    """The foreign tree with the ids of ours wherever an action is the same one.

    Such actions also keep what the wire form does not carry: note, collapsed, and their position
    where the order allows it. All others keep their own ids, which ours must not have. Inputs are the
    foreign ones; None where it says nothing of them.
    """
    pairs = pair(ours, foreign)
    names: dict[str | None, str | None] = {None: None}
    names.update(pairs)
    rows: list[Node] = []
    for parent in [None, *(node.id for node, _ in foreign.walk())]:
        children = foreign.children(parent)
        new_parent = names.get(parent, parent)
        known = [ours.get(pairs.get(child.id)) for child in children]
        wanted = [old.position if old and old.parent == new_parent else None for old in known]
        for child, old, position in zip(children, known, positions(wanted), strict=True):
            kept = {"id": old.id, "note": old.note, "collapsed": old.collapsed} if old else {}
            place = {"parent": new_parent, "position": position}
            rows.append(dataclasses.replace(child, **place, **kept))  # type: ignore[arg-type]
    return Tree(rows, foreign.array, foreign.inputs)


def edited(ours: Tree, foreign: Tree) -> Tree:
    """What ours becomes when its wire form was edited into the foreign tree.

    The wire form does not show disabled actions, so they stay, as long as their parents do. Nor does it
    show inputs and the tray: they stay as they are; nor whether several actions were meant as a list.
    """
    hidden: set[str] = set()
    for node, _ in ours.walk():
        if node.disabled or node.parent in hidden:
            hidden.add(node.id)
    shown = Tree((node for node, _ in ours.walk() if node.id not in hidden), ours.array)
    new = _in_the_same_form(adopt(shown, foreign), ours)
    rows = dict(new.nodes)
    for parent in [None, *(node.id for node in ours.nodes.values())]:
        children = [node.id for node in ours.children(parent)]
        stay = hidden.intersection(children)
        if not stay or (parent is not None and parent not in rows):
            continue
        order = insert_gone(children, [node.id for node in new.children(parent)], stay)
        old = [rows.get(node_id) or ours.nodes[node_id] for node_id in order]
        placed = zip(old, positions([node.position for node in old]), strict=True)
        rows |= {node.id: dataclasses.replace(node, position=at) for node, at in placed}
    inputs = ours.inputs if foreign.inputs is None else foreign.inputs
    return with_tray(Tree(rows.values(), new.array, inputs), ours)


def _in_the_same_form(new: Tree, ours: Tree) -> Tree:
    """Several actions are always written as a list, so that tells nothing of the form that one would have."""

    def row(node: Node) -> Node:
        old = ours.get(node.id)
        if old is None or old.then_array or len(new.children(node.id)) < 2:
            return node
        return dataclasses.replace(node, then_array=False)

    array = new.array if len(new.roots) == 1 else ours.array
    return Tree(map(row, new.nodes.values()), array)


def pair(ours: Tree, foreign: Tree) -> dict[str, str]:
    """Foreign id -> our id, each used once."""
    pairing = _Pairing(ours, foreign)
    pairing.below([(None, None)], STRICT)
    for rule in STRICT:
        for found in pairing.anywhere(rule):
            pairing.add(*found)
            pairing.below([found], STRICT)
    pairing.below([(None, None), *pairing.pairs.items()], ALL)
    return pairing.pairs


class _Pairing:
    """What is paired so far: foreign id -> our id."""

    def __init__(self, ours: Tree, foreign: Tree) -> None:
        numbers: dict[tuple[object, ...], int] = {}
        self.ours, self.foreign = ours, foreign
        self.our_keys, self.foreign_keys = _keys(ours, numbers), _keys(foreign, numbers)
        self.pairs: dict[str, str] = {}
        self.taken: set[str] = set()

    def add(self, foreign_id: str, our_id: str) -> None:
        self.pairs[foreign_id] = our_id
        self.taken.add(our_id)

    def below(self, parents: Iterable[tuple[str | None, str | None]], rules: Sequence[int]) -> None:
        """Pair the children of pairs by these rules in turn, and go on below the new pairs."""
        waiting = deque(parents)
        while waiting:
            here, there = waiting.popleft()
            for rule in rules:
                left = [n.id for n in self.foreign.children(here) if n.id not in self.pairs]
                right = [n.id for n in self.ours.children(there) if n.id not in self.taken]
                if not left or not right:
                    break
                for found in list(self._alike(left, right, rule)):
                    self.add(*found)
                    waiting.append(found)

    def anywhere(self, rule: int) -> Iterator[tuple[str, str]]:
        """What is left over and, by this rule, can only be one action of the other tree."""
        left, right = self._left_over(rule)
        for key, nodes in left.items():
            if len(nodes) == 1 and len(right.get(key, ())) == 1:
                found = nodes[0], right[key][0]
                if found[0] not in self.pairs and found[1] not in self.taken:
                    yield found

    def _left_over(
        self, rule: int
    ) -> tuple[Mapping[object, list[str]], Mapping[object, list[str]]]:
        left: dict[object, list[str]] = defaultdict(list)
        right: dict[object, list[str]] = defaultdict(list)
        for node, _ in self.foreign.walk():
            if node.id not in self.pairs and (key := self.foreign_keys[node.id][rule]) is not None:
                left[key].append(node.id)
        for node, _ in self.ours.walk():
            if node.id not in self.taken and (key := self.our_keys[node.id][rule]) is not None:
                right[key].append(node.id)
        return left, right

    def _alike(
        self, left: Sequence[str], right: Sequence[str], rule: int
    ) -> Iterator[tuple[str, str]]:
        """Pairs of equal key: from the beginning, from the end, then the first free one."""
        lefts = [self.foreign_keys[node_id][rule] for node_id in left]
        rights = [self.our_keys[node_id][rule] for node_id in right]
        shorter, head, tail = min(len(left), len(right)), 0, 0
        while head < shorter and lefts[head] == rights[head] is not None:
            yield left[head], right[head]
            head += 1
        while tail < shorter - head and lefts[-1 - tail] == rights[-1 - tail] is not None:
            yield left[-1 - tail], right[-1 - tail]
            tail += 1
        free: dict[object, deque[str]] = defaultdict(deque)
        for index in range(head, len(right) - tail):
            free[rights[index]].append(right[index])
        for index in range(head, len(left) - tail):
            if lefts[index] is not None and free[lefts[index]]:
                yield left[index], free[lefts[index]].popleft()


def _keys(tree: Tree, numbers: dict[tuple[object, ...], int]) -> dict[str, Keys]:
    """What the four rules compare, per node. Equal branches have one number, in both trees."""
    found: dict[str, Keys] = {}
    for node, _ in reversed(list(tree.walk())):
        label = "" if node.label is MISSING else written(node.label)
        row = (node.type, label, written(dict(node.params)))
        below = tuple(found[child.id][0] for child in tree.children(node.id))
        branch = numbers.setdefault((row, node.then_array, below), len(numbers))
        name = f"{label} {node.type}" if label else None
        found[node.id] = (branch, numbers.setdefault(row, len(numbers)), name, node.type)
    return found
