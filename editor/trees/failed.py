"""A workflow that repeats only what failed of another one, as small as the rules allow.

- A failed action outside of loops: its root, with the actions down to it and all below it; what stood beside and went
  well is left out.
- A failed action for an item of a loop: the loop's body for that item, as a root of its own that names the item's
  address.

What cannot be repeated is said instead: an act that went well would have to happen again to get there, or nothing says
where the item is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from editor.catalog import Catalog
from editor.catalog.constraints import Verdict, may_be_root

from .nodes import Node, Tree
from .placeholders import braced
from .results import Occurrence, Path

MOST: Final = 500
"""Roots that one workflow gets at most."""

Came = Mapping[str, Sequence[Occurrence]]
"""What came back, by node in the order of the tree. Asked for is all that failed, acts, and lists that loops go
through, with their data; the rest may be left out."""

# Where an item says what a root's parameter wants.
_NAMES: Final = {
    "personUrl": ("publicUrl", "hashedUrl"),
    "companyUrl": ("publicUrl", "hashedUrl"),
    "personHashedUrl": ("hashedUrl",),
    "companyHashedUrl": ("hashedUrl",),
    "postUrl": ("postUrl", "url"),
    "postUrn": ("activityUrn", "urn"),
    "jobUrl": ("jobUrl", "url"),
}


@dataclass(frozen=True, slots=True)
class OnlyFailed:
    """`tree` has a root per item or root that failed, `count` of them; empty when nothing can be repeated. `why_not`:
    reasons in words, each with how many it left out."""

    tree: Tree
    count: int
    why_not: Mapping[str, int]


@dataclass
class _Branch:
    """One root to be made: from node `top`, for the item at `path`, with at least these nodes."""

    top: Node
    path: Path
    wanted: set[str] = field(default_factory=set)


class _CannotBe(Exception):
    """This branch cannot be repeated; the message says why."""


class _ByItem:
    """What came back, by item: asked of each of 10,000 items, none of them looks through all."""

    def __init__(self, ran: Tree, came: Came, catalog: Catalog) -> None:
        self._lists = {
            (node_id, each.path): each.data
            for node_id, occurrences in came.items()
            for each in occurrences
            if isinstance(each.data, list)
        }
        self._acts = {
            node_id: (action.name, _beginnings(occurrences))
            for node_id, occurrences in came.items()
            if (action := catalog.actions.get(ran.nodes[node_id].type)) and action.acts
        }

    def item(self, node_id: str | None, path: Path) -> Any:
        """The item of this node's list that a path leads through."""
        for depth, index in enumerate(path):
            data = self._lists.get((node_id or "", path[:depth]))
            if data is not None and index < len(data):
                return data[index]
        return None

    def act(self, node_id: str, path: Path) -> str:
        """The name of the act, if it went well for the item at this path, or inside of it; else ""."""
        name, went_well = self._acts.get(node_id, ("", ()))
        return name if path in went_well else ""


def _beginnings(occurrences: Sequence[Occurrence]) -> set[Path]:
    paths = (each.path for each in occurrences if each.success)
    return {path[:depth] for path in paths for depth in range(len(path) + 1)}


def only_failed(ran: Tree, came: Came, catalog: Catalog, new_id: Callable[[], str]) -> OnlyFailed:
    """`ran` is what was sent, with its values."""
    rows: list[Node] = []
    why_not: dict[str, int] = {}
    count = 0
    by_item = _ByItem(ran, came, catalog)
    for branch in _branches(ran, came, catalog).values():
        try:
            if count == MOST:
                raise _CannotBe(f"a run repeats {MOST} at most; repeat the rest after it")
            params = _params(ran, by_item, catalog, branch)
            _must_not_act_twice(by_item, branch)
        except _CannotBe as reason:
            why_not[str(reason)] = why_not.get(str(reason), 0) + 1
            continue
        rows += _copied(ran, branch, params, count, new_id)
        count += 1
    return OnlyFailed(Tree(rows, array=count != 1), count, why_not)


def _branches(ran: Tree, came: Came, catalog: Catalog) -> dict[tuple[str, Path], _Branch]:
    branches: dict[tuple[str, Path], _Branch] = {}
    for node_id, occurrences in came.items():
        failed = [each.path for each in occurrences if not each.success]
        if not failed:
            continue
        way = ran.path(node_id)
        loops = [index for index, node in enumerate(way) if _is_loop(catalog, node)]
        top = loops[-1] + 1 if loops else 0
        below = {node.id for node in ran.subtree(node_id)}
        for path in failed:
            branch = branches.setdefault((way[top].id, path), _Branch(way[top], path))
            branch.wanted |= below | {node.id for node in way[top:]}
    return branches


def _is_loop(catalog: Catalog, node: Node) -> bool:
    action = catalog.actions.get(node.type)
    return action is not None and action.is_loop


def _params(ran: Tree, by_item: _ByItem, catalog: Catalog, branch: _Branch) -> Mapping[str, Any]:
    """The parameters of the new root. Raises _CannotBe."""
    if any(True for node_id in branch.wanted for _ in braced(ran.nodes[node_id])):
        raise _CannotBe("its texts have double braces, which would be taken for inputs")
    params = branch.top.params
    if branch.top.parent is None:
        return params
    loop = ran.nodes[branch.top.parent]
    item = by_item.item(loop.parent, branch.path)
    action = catalog.actions.get(branch.top.type)
    for names in action.root.any_of if action else ():
        named = {name: _address(item, name) for name in names}
        if all(named.values()):
            return {**params, **named}
    if may_be_root(catalog, branch.top.type, params) == Verdict.FORBIDDEN:
        raise _CannotBe("nothing in the results says where it is")
    return params


def _address(item: Any, name: str) -> str:
    texts = (item.get(key) for key in _NAMES.get(name, ())) if isinstance(item, Mapping) else ()
    return next((text for text in texts if isinstance(text, str) and text), "")


def _must_not_act_twice(by_item: _ByItem, branch: _Branch) -> None:
    for node_id in branch.wanted:
        if name := by_item.act(node_id, branch.path):
            raise _CannotBe(f"“{name}” went well and would happen once more")


def _copied(
    ran: Tree, branch: _Branch, params: Mapping[str, Any], number: int, new_id: Callable[[], str]
) -> list[Node]:
    ids: dict[str, str] = {}
    rows = []
    for node in ran.subtree(branch.top.id):
        is_top = node.id == branch.top.id
        if node.id not in branch.wanted or node.disabled or not (is_top or node.parent in ids):
            continue
        ids[node.id] = new_id()
        copy = replace(node, id=ids[node.id], parent=ids.get(node.parent or ""), collapsed=False)
        if is_top:
            copy = replace(copy, parent=None, position=number * 1024, params=params)
        rows.append(copy)
    return rows
