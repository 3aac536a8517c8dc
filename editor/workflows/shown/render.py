"""What the page must do to show a changed tree: the same for an edit, an undo, a redo or somebody else's edits.

Pure: two trees and the rows in which they differ go in, operations come out. Their number and the work depend on what
changed, not on the size of the tree. What is parked is not in the outline: laying aside shows as remove, taking back as
insert.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from editor.catalog import Catalog
from editor.trees import placeholders
from editor.trees.inputs import by_name
from editor.trees.nodes import Images, Node, Tree
from editor.trees.problems import Problem
from editor.trees.validate import validate_node
from editor.workflows.shown.cards import Counts, Row, row, rows_of

MANY_ROWS = 500
"""An edit of more rows (a restored version, say) is judged and shown as a whole new tree: that is quicker."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of the page, complete in itself; steps are applied in their order.

    insert: put the new subtree `rows` below `parent`, behind its child `after`
    move:   put the element of `id`, with all that is in it, below `parent`, behind its child `after`
    remove: take the element of `id` away; what survives of it was moved out before
    card:   replace the card of `id` by that of the one row in `rows`; its children stay

    `parent` is "" for the root list, `after` is "" for the first place. `level` is the row's new aria-level.
    """

    kind: Literal["insert", "move", "remove", "card"]
    id: str
    parent: str = ""
    after: str = ""
    level: int = 0
    rows: tuple[Row, ...] = ()


def operations(before: Tree, after: Tree, images: Images, catalog: Catalog) -> list[Operation]:
    """The steps from a page that shows `before` to one that shows `after`.

    `images` has every row in which the two differ (and may have more).
    """
    placed = sorted(
        (*_inserted_tops(before, after, images), *_moved(before, after, images)),
        key=lambda node: _document_order(after, node),
    )
    return [
        *(_place(before, after, node, catalog) for node in placed),
        *(Operation("remove", node.id) for node in _removed_tops(before, after, images)),
        *_cards(before, after, images, catalog),
    ]


def problem_counts(before: Tree, after: Tree, images: Images, catalog: Catalog) -> Counts:
    """By how much the numbers of problems grow from one tree to the other; negative when they shrink."""
    ids = {*_affected(before, after, images), *images}
    return Counts.of(_local(after, ids, catalog)) - Counts.of(_local(before, ids, catalog))


def focus(before: Tree, after: Tree, images: Images, innermost: bool) -> str:
    """The node to select after an edit: a new one, else a changed one, else a neighbour of what went; "" for none.

    Of several new ones it is the first, or with `innermost` the last of a chain.
    """
    there = sorted(
        (after.nodes[node_id] for node_id in images if _shows(after, node_id)),
        key=lambda node: (_shows(before, node.id), _document_order(after, node)),
    )
    if there:
        new = [node for node in there if not _shows(before, node.id)]
        return new[-1].id if innermost and new else there[0].id
    tops = sorted(
        _removed_tops(before, after, images), key=lambda node: _document_order(before, node)
    )
    if not tops:
        return ""
    siblings = before.children(tops[0].parent)
    index = siblings.index(tops[0])
    left = [
        node.id
        for node in (*siblings[index + 1 :], *reversed(siblings[:index]))
        if _shows(after, node.id)
    ]
    return left[0] if left else tops[0].parent or ""


def _local(tree: Tree, ids: Iterable[str], catalog: Catalog) -> Iterable[Problem]:
    for node_id in ids:
        if node_id in tree:
            yield from validate_node(tree, node_id, catalog)


def _place(before: Tree, after: Tree, node: Node, catalog: Catalog) -> Operation:
    """Insert or move a node to where it stands in `after`."""
    siblings = after.children(node.parent)
    index = siblings.index(node)
    behind = siblings[index - 1].id if index else ""
    level = len(after.path(node.id))
    if _shows(before, node.id):
        return Operation("move", node.id, node.parent or "", behind, level)
    new = list(_new_below(before, after, node, level - 1))
    problems = {node.id: validate_node(after, node.id, catalog) for node, _ in new}
    rows = tuple(rows_of(after, new, catalog, problems))
    return Operation("insert", node.id, node.parent or "", behind, level, rows)


def _new_below(before: Tree, after: Tree, top: Node, depth: int) -> Iterable[tuple[Node, int]]:
    """The node and what is new in the outline below it. The rest of it is moved by operations of its own."""
    stack = [(top, depth)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        below = reversed(after.children(node.id))
        stack.extend((child, depth + 1) for child in below if not _shows(before, child.id))


def _inserted_tops(before: Tree, after: Tree, images: Images) -> Iterable[Node]:
    """The highest of those that are in the outline now and were not."""
    for node_id in images:
        if _shows(after, node_id) and not _shows(before, node_id):
            node = after.nodes[node_id]
            if node.parent is None or _shows(before, node.parent):
                yield node


def _removed_tops(before: Tree, after: Tree, images: Images) -> Iterable[Node]:
    """The same, looked at backwards."""
    return _inserted_tops(after, before, images)


def _moved(before: Tree, after: Tree, images: Images) -> Iterable[Node]:
    """Nodes with a new parent, and the fewest that have to change places among their siblings."""
    reordered = set()
    for node_id in images:
        if not (_shows(before, node_id) and _shows(after, node_id)):
            continue
        old, new = before.nodes[node_id], after.nodes[node_id]
        if old.parent != new.parent:
            yield new
        elif old.position != new.position:
            reordered.add(new.parent)
    for parent in reordered:
        stayed = [node for node in after.children(parent) if _is_under(before, node.id, parent)]
        rank = {node.id: index for index, node in enumerate(before.children(parent))}
        in_order = _longest_rising([rank[node.id] for node in stayed])
        yield from (node for index, node in enumerate(stayed) if index not in in_order)


def _shows(tree: Tree, node_id: str) -> bool:
    """Whether the outline of the tree has the node: it is there, and not laid aside."""
    return node_id in tree and not tree.is_parked(node_id)


def _is_under(tree: Tree, node_id: str, parent: str | None) -> bool:
    node = tree.get(node_id)
    return node is not None and node.parent == parent and not node.parked


def _longest_rising(ranks: list[int]) -> set[int]:
    """Indexes of a longest rising run in a list of different numbers (patience sorting)."""
    tails: list[int] = []  # tails[n]: index of the least number that ends a run of n + 1
    previous: list[int] = []
    for index, rank in enumerate(ranks):
        length = bisect_left(tails, rank, key=ranks.__getitem__)
        previous.append(tails[length - 1] if length else -1)
        tails[length : length + 1] = [index]
    found, index = set(), tails[-1] if tails else -1
    while index >= 0:
        found.add(index)
        index = previous[index]
    return found


def _document_order(tree: Tree, node: Node) -> list[tuple[int, str]]:
    """Sorts like the document, from the node's own path alone."""
    return [(step.position, step.id) for step in tree.path(node.id)]


def _cards(before: Tree, after: Tree, images: Images, catalog: Catalog) -> Iterable[Operation]:
    """Cards of nodes that were there and look different now, in document order."""
    affected = _affected(before, after, images)
    stayed = [after.nodes[i] for i in affected if _shows(before, i) and _shows(after, i)]
    for node in sorted(stayed, key=lambda node: _document_order(after, node)):
        problems = validate_node(after, node.id, catalog)
        if _look(before, node.id, validate_node(before, node.id, catalog)) != _look(
            after, node.id, problems
        ):
            depth = len(after.path(node.id)) - 1
            yield Operation(
                "card", node.id, level=depth + 1, rows=(row(after, node, depth, catalog, problems),)
            )


def _look(tree: Tree, node_id: str, problems: Iterable[Problem]) -> object:
    """What a card shows of a node. The path of a problem is not shown: it changes when a sibling comes before it."""
    node = tree.nodes[node_id]
    return (
        (
            node.type,
            node.params,
            node.label,
            node.note,
            node.disabled,
            bool(tree.children(node_id)),
        ),
        [(problem.code, problem.severity, problem.message, problem.fix) for problem in problems],
    )


def _affected(before: Tree, after: Tree, images: Images) -> dict[str, None]:
    """Ids of the nodes whose card or problems the change can touch, in no special order.

    Those are the changed ones and their parents; the children, when the type changed; all below, when it was switched
    off or on, laid aside or taken back; and those that use an input of which something else is said now.
    """
    found: dict[str, None] = _users(before, after)
    for node_id in images:
        old, new = before.get(node_id), after.get(node_id)
        found[node_id] = None
        found.update({node.parent: None for node in (old, new) if node and node.parent})
        if old and new and _is_off(before, old) != _is_off(after, new):
            found.update(
                {node.id: None for tree in (before, after) for node in tree.subtree(node_id)}
            )
        elif old and new and old.type != new.type:
            found.update(
                {child.id: None for tree in (before, after) for child in tree.children(node_id)}
            )
    return found


def _users(before: Tree, after: Tree) -> dict[str, None]:
    """Ids of the nodes that use an input which was added, changed or removed, or one that there is not.

    The latter are told the name that was perhaps meant. Nothing is looked through while the inputs stay the same.
    """
    if before.inputs == after.inputs:
        return {}
    old, new = by_name(before.inputs or ()), by_name(after.inputs or ())
    changed = {name for name in old | new if old.get(name) != new.get(name)}
    return {
        node_id: None
        for name, places in placeholders.uses(after).items()
        if name in changed or name not in new
        for node_id, _ in places
    }


def _is_off(tree: Tree, node: Node) -> bool:
    return any(step.disabled or step.parked for step in tree.path(node.id))
