"""A workflow that repeats only what failed of another one, as small as the rules allow.

- A failed action outside of loops: its root, with the actions down to it and all below it; what stood beside and went
  well is left out.
- A failed action for an item of a loop: the loop's body for that item, as a root of its own that names the item's
  address.

What cannot be repeated is said instead: an act that went well would have to happen again to get there, or nothing says
where the item is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from editor.catalog import Catalog
from editor.catalog.constraints import Verdict, may_be_root

from .nodes import Node, Tree
from .placeholders import braced
from .results import Path, Results

MOST: Final = 500
"""Roots that one workflow gets at most."""

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


def only_failed(
    ran: Tree, found: Results, catalog: Catalog, new_id: Callable[[], str]
) -> OnlyFailed:
    """`ran` is what was sent, with its values; `found` what came of it."""
    rows: list[Node] = []
    why_not: dict[str, int] = {}
    count = 0
    for branch in _branches(ran, found, catalog).values():
        try:
            if count == MOST:
                raise _CannotBe(f"a run repeats {MOST} at most; repeat the rest after it")
            params = _params(ran, found, catalog, branch)
            _must_not_act_twice(ran, found, catalog, branch)
        except _CannotBe as reason:
            why_not[str(reason)] = why_not.get(str(reason), 0) + 1
            continue
        rows += _copied(ran, branch, params, count, new_id)
        count += 1
    return OnlyFailed(Tree(rows, array=count != 1), count, why_not)


def _branches(ran: Tree, found: Results, catalog: Catalog) -> dict[tuple[str, Path], _Branch]:
    branches: dict[tuple[str, Path], _Branch] = {}
    for node_id, result in found.nodes.items():
        failed = [each.path for each in result.occurrences if not each.success]
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


def _params(ran: Tree, found: Results, catalog: Catalog, branch: _Branch) -> Mapping[str, Any]:
    """The parameters of the new root. Raises _CannotBe."""
    if any(True for node_id in branch.wanted for _ in braced(ran.nodes[node_id])):
        raise _CannotBe("its texts have double braces, which would be taken for inputs")
    params = branch.top.params
    if branch.top.parent is None:
        return params
    item = _item(ran, found, branch)
    action = catalog.actions.get(branch.top.type)
    for names in action.root.any_of if action else ():
        named = {name: _address(item, name) for name in names}
        if all(named.values()):
            return {**params, **named}
    if may_be_root(catalog, branch.top.type, params) == Verdict.FORBIDDEN:
        raise _CannotBe("nothing in the results says where it is")
    return params


def _item(ran: Tree, found: Results, branch: _Branch) -> Any:
    """The item that the loop was at: in the list of the action above the loop."""
    loop = ran.nodes[branch.top.parent or ""]
    above = found.nodes.get(loop.parent or "")
    for each in above.occurrences if above else ():
        depth = len(each.path)
        if each.path == branch.path[:depth] and depth < len(branch.path):
            index = branch.path[depth]
            if isinstance(each.data, list) and index < len(each.data):
                return each.data[index]
    return None


def _address(item: Any, name: str) -> str:
    texts = (item.get(key) for key in _NAMES.get(name, ())) if isinstance(item, Mapping) else ()
    return next((text for text in texts if isinstance(text, str) and text), "")


def _must_not_act_twice(ran: Tree, found: Results, catalog: Catalog, branch: _Branch) -> None:
    for node_id in branch.wanted:
        action = catalog.actions.get(ran.nodes[node_id].type)
        if action is None or not action.acts:
            continue
        done = found.nodes[node_id].occurrences if node_id in found.nodes else ()
        if any(each.success and each.path[: len(branch.path)] == branch.path for each in done):
            raise _CannotBe(f"“{action.name}” went well and would happen once more")


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
