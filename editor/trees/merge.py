"""Two changed trees made into one, and a part of a diff taken. Nothing is dropped in silence.

Where both changed the same thing, mine is kept and the conflict says what theirs was. Both results
come with conflicts as well where the parts, each right for itself, are not right together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from editor.catalog import Catalog
from editor.trees import codec
from editor.trees import declared as declared_inputs
from editor.trees.conflicts import Code, Conflict, wrong_together
from editor.trees.copies import with_tray, without_tray
from editor.trees.diff import FIELDS, Diff, Entry, changes, same
from editor.trees.nodes import MISSING, Declarations, Node, Tree
from editor.trees.order import both, positions, weave
from editor.trees.placeholders import braced, names_in


@dataclass(frozen=True, slots=True)
class Merged:
    """`tree` is whole whatever the conflicts are: every parent is in it, and there is no circle."""

    tree: Tree
    conflicts: tuple[Conflict, ...]


def merge(base: Tree, mine: Tree, theirs: Tree, catalog: Catalog) -> Merged:
    """My tree with their changes since `base`. Ids must be the same ones (`pairing.adopt`).

    Without conflicts, mine and theirs can be swapped: the document is the same. My tray stays; what they
    laid aside counts as removed by them.
    """
    tray = mine
    base, mine, theirs = map(without_tray, (base, mine, theirs))
    three = _Three(base, mine, theirs)
    found: list[Conflict] = []
    parents = _parents(three, found)
    rows: dict[str, Node] = {}
    for node_id, parent in parents.items():
        rows[node_id] = _with(_row(three, node_id, found), parent=parent)
    order = {}
    for parent, children in _by_parent(parents).items():
        order[parent] = _order(three, parent, children, found)
    array = mine.array if base.array == theirs.array else theirs.array
    tree = _build(rows, order, array, (mine, theirs), _inputs(three, found))
    wrong = wrong_together(tree, (mine, theirs), catalog)
    return Merged(with_tray(tree, tray), (*found, *wrong))


def take(
    diff: Diff, ids: Iterable[str | None], catalog: Catalog, inputs: Iterable[str] = ()
) -> Merged:
    """`diff.before` with those differences that belong to `ids`, and those that they need.

    None among the ids is the form of the roots; `inputs` are names of inputs. All of them give
    `diff.after`; positions may differ.
    Conflicts, if parts are wrong without the rest, call before "mine" and after "theirs".
    """
    ids = set(ids)
    taken = needed(diff, ids)
    rows = {
        entry.id: node
        for entry in diff.entries
        if (node := entry.after if entry.id in taken else entry.before) is not None
    }
    order = {}
    for parent, children in _by_parent({i: node.parent for i, node in rows.items()}).items():
        left = [n.id for n in diff.before.children(parent) if n.id in children]
        right = [n.id for n in diff.after.children(parent) if n.id in children]
        come = {i for i in right if i in taken and diff.by_id[i].kind in ("added", "moved")}
        stay = set(left).difference(right) | {i for i in left if diff.by_id[i].moved} - come
        order[parent] = weave(left, right, stay, come)
    array = diff.after.array if None in ids else diff.before.array
    names = {*inputs, *_inputs_needed(diff, taken)}
    declared = declared_inputs.taken(diff.before.inputs, diff.after.inputs, names)
    tree = _build(rows, order, array, (diff.before, diff.after), declared)
    return Merged(tree, tuple(wrong_together(tree, (diff.before, diff.after), catalog)))


def needed(diff: Diff, ids: Iterable[str | None]) -> set[str]:
    """The ids with those that must be taken along for a whole tree:

    the new parents of what comes, what became of the children of what goes, and what must get out
    of the way of an action that would else stand below itself.
    """
    taken, waiting = set[str](), [i for i in ids if i is not None and i in diff.by_id]
    while waiting:
        node_id = waiting.pop()
        entry = diff.by_id[node_id]
        if node_id in taken or entry.kind == "same":
            continue
        taken.add(node_id)
        if entry.after is None:
            waiting.extend(child.id for child in diff.before.children(node_id))
        elif entry.before is None or entry.after.parent != entry.before.parent:
            # Of the ways up, that in `after` has no circle; so what moved on it comes along.
            above = [diff.by_id[node.id] for node in diff.after.path(entry.after.parent)]
            waiting.extend(e.id for e in above if e.before is None or _other_parent(e))
    return taken


def _inputs_needed(diff: Diff, taken: Collection[str]) -> Iterator[str]:
    """The inputs that taken actions use and that are not declared yet."""
    added = {entry.name for entry in diff.inputs if entry.kind == "added"}
    for node_id in taken if added else ():
        if node := diff.by_id[node_id].after:
            for _, text in braced(node):
                yield from added.intersection(names_in(text))


def _other_parent(entry: Entry) -> bool:
    return bool(entry.before and entry.after and entry.before.parent != entry.after.parent)


# Which actions there are, and below what


@dataclass(frozen=True, slots=True)
class _Three:
    base: Tree
    mine: Tree
    theirs: Tree

    def of(self, node_id: str) -> tuple[Node | None, Node | None, Node | None]:
        return self.base.get(node_id), self.mine.get(node_id), self.theirs.get(node_id)

    def conflict(self, code: Code, node_id: str, message: str) -> Conflict:
        base, mine, theirs = self.of(node_id)
        return Conflict(code, node_id, message, base=base, mine=mine, theirs=theirs)


def _parents(three: _Three, found: list[Conflict]) -> dict[str, str | None]:
    """The parent of each action of the result: that of mine, with their moves and newcomers.

    From the top of their tree down, so that a parent is there before its children come.
    """
    parents = {node_id: node.parent for node_id, node in three.mine.nodes.items()}
    for theirs, _ in three.theirs.walk():
        base, mine, _ = three.of(theirs.id)
        code: Code = "place"
        message = ""
        if mine is None and base is not None:
            if _touched(base, theirs):
                code, message = "removed-here", "You removed this action, and they changed it."
        elif mine is None:
            code, message = "removed-here", _no_place(theirs, parents)
        elif theirs.parent == mine.parent or (base and theirs.parent == base.parent):
            continue
        elif base is None or mine.parent != base.parent:
            message = "Both of you moved this action."
        else:
            message = _no_place(theirs, parents)
        if message:
            found.append(three.conflict(code, theirs.id, f"{message} {KEPT[code]}"))
        elif mine is not None or base is None:
            parents[theirs.id] = theirs.parent
    _remove_theirs(three, parents, found)
    return parents


def _remove_theirs(three: _Three, parents: dict[str, str | None], found: list[Conflict]) -> None:
    """Take out what they removed, unless I changed it or something stands below it that stays.

    That I put it into another order keeps nobody from removing it.
    """
    gone: set[str] = set()
    for node_id in parents:
        base, mine, theirs = three.of(node_id)
        if base is None or theirs is not None or mine is None:
            continue
        if _touched(base, mine):
            message = f"They removed this action, and you changed it. {KEPT['removed-there']}"
            found.append(three.conflict("removed-there", node_id, message))
        else:
            gone.add(node_id)
    for node_id in [node_id for node_id in parents if node_id not in gone]:
        above = parents[node_id]
        while above is not None:
            if above in gone:
                gone.remove(above)
                message = (
                    "They removed this action, but something below it stays. So it stays, too."
                )
                found.append(three.conflict("removed-there", above, message))
            above = parents[above]
    for node_id in gone:
        del parents[node_id]


KEPT: Final[Mapping[Code, str]] = {
    "place": "It stays where you have it.",
    "order": "It stays where you put it.",
    "removed-here": "It is left out.",
    "removed-there": "It stays.",
    "value": "Yours is kept.",
}
"""What was done about a conflict, by its code."""


def _no_place(node: Node, parents: Mapping[str, str | None]) -> str:
    """Why a node cannot go where they put it; "" when it can."""
    if node.parent is not None and node.parent not in parents:
        return "They put this action below one that you removed."
    above = node.parent
    while above is not None:
        if above == node.id:
            return "They put this action below one that you put below it."
        above = parents[above]
    return ""


def _touched(base: Node, now: Node) -> bool:
    return base.parent != now.parent or any(True for _ in changes(base, now))


# What the actions say


def _row(three: _Three, node_id: str, found: list[Conflict]) -> Node:
    """The node with both sides' changes; its place is not looked at."""
    base, mine, theirs = three.of(node_id)
    if mine is None or theirs is None:
        return next(node for node in (mine, theirs) if node is not None)
    merged: dict[str, Any] = {}
    for _, name, path in FIELDS:
        before = getattr(base, name) if base else MISSING
        values = before, getattr(mine, name), getattr(theirs, name)
        merged[name] = _value(node_id, path, values, found)
    before = dict(base.params) if base else MISSING
    values = before, dict(mine.params), dict(theirs.params)
    return dataclasses.replace(mine, params=_value(node_id, "", values, found), **merged)


def _inputs(three: _Three, found: list[Conflict]) -> Declarations | None:
    """The declarations of both; a conflict is of no node, and its path begins with the input's name."""

    def value(path: str, values: tuple[Any, Any, Any]) -> Any:
        return _value(None, path, values, found)

    base, mine, theirs = three.base.inputs, three.mine.inputs, three.theirs.inputs
    return declared_inputs.merged(base, mine, theirs, value)


def _value(
    node_id: str | None, path: str, values: tuple[Any, Any, Any], found: list[Conflict]
) -> Any:
    """Three versions of a value as one, down to the objects among the parameters."""
    base, mine, theirs = values
    if same(mine, theirs) or same(base, theirs):
        return mine
    if same(base, mine):
        return theirs
    if not (isinstance(mine, dict) and isinstance(theirs, dict)):
        message = f"Both of you changed this. {KEPT['value']}"
        found.append(Conflict("value", node_id, message, path, base, mine, theirs))
        return mine
    before = base if isinstance(base, dict) else {}
    merged = {}
    for key in [*mine, *(key for key in theirs if key not in mine)]:
        three = tuple(version.get(key, MISSING) for version in (before, mine, theirs))
        value = _value(node_id, path + codec.step(key), three, found)
        if value is not MISSING:
            merged[key] = value
    return merged


# In which order


def _by_parent(parents: Mapping[str, str | None]) -> dict[str | None, set[str]]:
    groups: dict[str | None, set[str]] = {}
    for node_id, parent in parents.items():
        groups.setdefault(parent, set()).add(node_id)
    return groups


def _order(
    three: _Three, parent: str | None, children: Collection[str], found: list[Conflict]
) -> list[str]:
    """The children of the result in order: each side's moves and newcomers woven in."""
    base, mine, theirs = (
        [node.id for node in tree.children(parent) if node.id in children]
        for tree in (three.base, three.mine, three.theirs)
    )
    if mine == theirs:
        return mine
    woven, disputed = both(base, mine, theirs)
    for node_id in disputed:
        message = f"Both of you moved this action. {KEPT['order']}"
        found.append(three.conflict("order", node_id, message))
    return woven


def _build(
    rows: Mapping[str, Node],
    order: Mapping[str | None, Sequence[str]],
    array: bool,
    sources: tuple[Tree, Tree],
    inputs: Declarations | None,
) -> Tree:
    """The tree; positions stay as they were in the first source, then the second, where they can."""
    nodes: list[Node] = []
    for parent, children in order.items():
        wanted = []
        for node_id in children:
            known = [tree.nodes[node_id] for tree in sources if node_id in tree]
            wanted.append(next((node.position for node in known if node.parent == parent), None))
        placed = zip(children, positions(wanted), strict=True)
        nodes += [_with(rows[node_id], position=position) for node_id, position in placed]
    return Tree(nodes, array, inputs)


def _with(node: Node, **place: Any) -> Node:
    """The node in another place; itself when it is there: most are, and new ones cost time."""
    if all(getattr(node, name) == value for name, value in place.items()):
        return node
    return dataclasses.replace(node, **place)
