"""Lay a completion (the Linked API's answer about a finished workflow) onto the nodes of a tree.

What a completion looks like (reference: actions-st.yaml, `common`):
- one result node per executed action: `{actionType, label?, success, data?, error?}`;
- `label` comes back only when it was sent;
- results of children stand in `data.then` of an object, or in `then` of each item of an array;
  `then` is an object or an array, whatever was sent;
- a loop (`doFor...`) has no result node: what ran for an item stands in `then` of that item, in the
  data of the action above the loop; an item that the loop passed over has no `then`;
- a failed action has no data, so nothing below it has a result: it was not reached.

Answers come from outside, so every JSON value is folded without an error, and no result node is
lost: it either belongs to a node of the tree or is kept as unexpected.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal

from editor.catalog import Catalog

from .matching import NO_LABEL, Key, match
from .nodes import MISSING, Node, Tree

State = Literal["done", "failed", "partly", "not_reached", "waiting", "skipped", "unknown"]
Path = tuple[int, ...]
_Around = tuple[tuple[str, Path], ...]  # the loops around a result, each with the item it is at


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that an action ran.

    `path`: the item it ran for, one index per list above it; `(3, 0)` is item 0 of the list inside
    item 3.
    `data`: as it came, without the results of children; MISSING when there was none.
    `error_type` and `error_message` are "" when it succeeded.
    """

    path: Path
    success: bool
    data: Any = MISSING
    label: Any = MISSING
    error_type: str = ""
    error_message: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """How a loop went: items of all the lists it stood under.

    `total` items came, `passed_over` of them were not looped, `failed` had an error further down.
    """

    total: int = 0
    passed_over: int = 0
    failed: int = 0

    @property
    def fine(self) -> int:
        return self.total - self.passed_over - self.failed


@dataclass(frozen=True, slots=True)
class NodeResult:
    """What became of one node: `occurrences` in the order of their items, or a loop's `items`."""

    node_id: str
    state: State
    occurrences: tuple[Occurrence, ...] = ()
    done: int = 0
    failed: int = 0
    not_reached: int = 0
    items: Items | None = None


@dataclass(frozen=True, slots=True)
class Unexpected:
    """A result that belongs to no node: as it came, whatever stands below it included.

    It stood among the results of the children of `parent` (None: of the roots), for item `path`.
    """

    parent: str | None
    path: Path
    value: Any


@dataclass(frozen=True, slots=True)
class Results:
    """A result per node of the tree, in the order of the tree, and what belonged to none."""

    nodes: Mapping[str, NodeResult]
    unexpected: tuple[Unexpected, ...] = ()

    @property
    def done(self) -> int:
        return sum(node.done for node in self.nodes.values())

    @property
    def failed(self) -> int:
        return sum(node.failed for node in self.nodes.values())

    @property
    def not_reached(self) -> int:
        """Times that an action was due and did not run; loops are no actions."""
        return sum(node.not_reached for node in self.nodes.values() if node.items is None)


def waiting(tree: Tree) -> Results:
    """The results of a tree that has none yet: every node waits, disabled ones are skipped."""
    tally = _Tally()
    return Results(
        {
            node.id: NodeResult(node.id, "skipped" if tally.skips(node) else "waiting")
            for node, _ in tree.walk()
        }
    )


def fold(tree: Tree, completion: Any, catalog: Catalog) -> Results:
    """Lay `completion` onto `tree`. Never raises on a JSON value; the catalogue knows the loops."""
    tally, layout = _Tally(), _Layout(tree, catalog)
    places = deque([_Place(None, (), completion)])
    while places:
        place = places.popleft()
        expected = layout.expected(place.parent)
        results = _listed(place.then)
        matches = match([slot.key for slot in expected], [_result_key(value) for value in results])
        for index, value in enumerate(results):
            if index not in matches:
                tally.unexpected.append(Unexpected(place.parent, place.path, value))
                continue
            slot = expected[matches[index]]
            around = place.around + tuple((loop, place.path) for loop in slot.loops)
            tally.add(slot.node.id, _occurrence(value, place.path), around)
            below = _below(slot.node.id, place.path, value, around)
            tally.descend(slot.node.id, layout.loops(slot.node.id), below)
            places.extend(child for child in below.places if child.then is not None)
        filled = set(matches.values())
        tally.missing.update(
            slot.node.id for position, slot in enumerate(expected) if position not in filled
        )
    nodes = {node.id: tally.result(node, layout.is_loop(node)) for node, _ in tree.walk()}
    return Results(nodes, tuple(tally.unexpected))


@dataclass(frozen=True, slots=True)
class _Slot:
    """A node whose result may stand in a place, and the loops between it and the action above."""

    node: Node
    loops: tuple[str, ...]

    @property
    def key(self) -> Key:
        return self.node.type, _label_key(self.node.label)


@dataclass(frozen=True, slots=True)
class _Place:
    """A `then`: below which node and for which item it stands, and the loop items it is part of."""

    parent: str | None
    path: Path
    then: Any  # None: this item has none
    around: _Around = ()


@dataclass(frozen=True, slots=True)
class _Below:
    """Where results of children stand in one result: one place, or one per item of a list."""

    places: tuple[_Place, ...] = ()
    is_list: bool = False


class _Layout:
    """What stands below each node of a tree, in the eyes of a completion."""

    def __init__(self, tree: Tree, catalog: Catalog) -> None:
        self._tree = tree
        self._loops = {name for name, action in catalog.actions.items() if action.is_loop}
        self._slots: dict[str | None, tuple[_Slot, ...]] = {}
        self._loops_below: dict[str, tuple[str, ...]] = {}

    def is_loop(self, node: Node) -> bool:
        return node.type in self._loops

    def expected(self, parent: str | None) -> tuple[_Slot, ...]:
        """Nodes with a result of their own below `parent`; loops give way to their children."""
        if parent not in self._slots:
            self._slots[parent] = tuple(self._flat(parent, ()))
        return self._slots[parent]

    def loops(self, parent: str) -> tuple[str, ...]:
        """The loops below `parent`, those right inside another loop included."""
        if parent not in self._loops_below:
            children = self._tree.active_children(parent)
            loops = [node.id for node in children if self.is_loop(node)]
            self._loops_below[parent] = tuple(chain(loops, *map(self.loops, loops)))
        return self._loops_below[parent]

    def _flat(self, parent: str | None, loops: tuple[str, ...]) -> Iterator[_Slot]:
        for node in self._tree.active_children(parent):
            if self.is_loop(node):
                yield from self._flat(node.id, (*loops, node.id))
            else:
                yield _Slot(node, loops)


@dataclass(slots=True)
class _Tally:
    """What has been counted so far. `result` sums up a node; ask for parents before children."""

    occurrences: dict[str, list[Occurrence]] = field(default_factory=lambda: defaultdict(list))
    unexpected: list[Unexpected] = field(default_factory=list)
    missing: Counter[str] = field(default_factory=Counter)  # due in a place and not there
    blocked: Counter[str] = field(default_factory=Counter)  # ran, without a place for children
    reached: set[str] = field(default_factory=set)  # loops whose list came, be it empty
    items: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    failed_items: dict[str, set[Path]] = field(default_factory=lambda: defaultdict(set))
    unreached: Counter[str | None] = field(default_factory=Counter)
    skipped: set[str | None] = field(default_factory=set)

    def add(self, node_id: str, occurrence: Occurrence, around: _Around) -> None:
        self.occurrences[node_id].append(occurrence)
        if not occurrence.success:
            for loop, item in around:
                self.failed_items[loop].add(item)

    def descend(self, node_id: str, loops: tuple[str, ...], below: _Below) -> None:
        """Note what the result of a node offers to the loops and actions below it."""
        if not below.places and not below.is_list:
            self.blocked[node_id] += 1
            return
        without = sum(place.then is None for place in below.places)
        for loop in loops:
            self.reached.add(loop)
            self.items[loop] += len(below.places)
            self.passed_over[loop] += without

    def skips(self, node: Node) -> bool:
        if node.disabled or node.parent in self.skipped:
            self.skipped.add(node.id)
        return node.id in self.skipped

    def result(self, node: Node, is_loop: bool) -> NodeResult:
        if self.skips(node):
            return NodeResult(node.id, "skipped")
        above = self.unreached[node.parent] + (self.blocked[node.parent] if node.parent else 0)
        self.unreached[node.id] = unreached = above + self.missing[node.id]
        if is_loop:
            failed = len(self.failed_items[node.id])
            items = Items(self.items[node.id], self.passed_over[node.id], failed)
            nothing_wrong = node.id in self.reached and not failed
            state = _state(items.fine or nothing_wrong, failed)
            return NodeResult(node.id, state, not_reached=unreached, items=items)
        occurrences = tuple(self.occurrences[node.id])
        done = sum(occurrence.success for occurrence in occurrences)
        failed = len(occurrences) - done
        return NodeResult(node.id, _state(done, failed), occurrences, done, failed, unreached)


def _state(done: int | bool, failed: int) -> State:
    if done:
        return "partly" if failed else "done"
    return "failed" if failed else "not_reached"


# --- One result node ---------------------------------------------------------------------------


def _result_key(value: Any) -> Key | None:
    """Type and label of a result node; None when the value is not one."""
    if not isinstance(value, dict) or not isinstance(value.get("actionType"), str):
        return None
    return value["actionType"], _label_key(value.get("label", MISSING))


def _label_key(label: Any) -> str:
    if label is MISSING:
        return NO_LABEL
    return f"text {label}" if isinstance(label, str) else type(label).__name__


def _occurrence(value: dict[str, Any], path: Path) -> Occurrence:
    success = value.get("success") is True
    error = value.get("error")
    fields = error if isinstance(error, dict) else {"message": error}
    return Occurrence(
        path=path,
        success=success,
        data=_without_then(value.get("data", MISSING)),
        label=value.get("label", MISSING),
        error_type="" if success else _text(fields.get("type")),
        error_message="" if success else _text(fields.get("message")),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _without_then(data: Any) -> Any:
    if isinstance(data, list):
        return [_bare(item) for item in data]
    return _bare(data)


def _bare(item: Any) -> Any:
    if _then(item) is None:
        return item
    return {key: value for key, value in item.items() if key != "then"}


def _then(item: Any) -> Any:
    """The `then` of an object or item when it can hold results, else None."""
    then = item.get("then") if isinstance(item, dict) else None
    return then if isinstance(then, dict | list) else None


def _listed(then: Any) -> list[Any]:
    if isinstance(then, list):
        return then
    return [] if then is None or then == {} else [then]


def _below(node_id: str, path: Path, value: dict[str, Any], around: _Around) -> _Below:
    data = value.get("data")
    if isinstance(data, list):
        places = tuple(
            _Place(node_id, (*path, index), _then(item), around) for index, item in enumerate(data)
        )
        return _Below(places, is_list=True)
    # An action without data of its own may carry the results of its children beside `success`.
    then = _then(data) if _then(data) is not None else _then(value)
    return _Below() if then is None else _Below((_Place(node_id, path, then, around),))
