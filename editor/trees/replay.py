"""An edit carried out again, or taken back, on a tree in which others have edited since.

Pure help for undo and redo: `edits.conflicts` judges what `as_now` returns.
"""

from dataclasses import replace
from typing import Any

from editor.trees import declared, edits, order
from editor.trees.nodes import Declarations, Images, Node, Tree

Pair = tuple[Node | None, Node | None]


def puts_somewhere(images: Images) -> bool:
    """Whether a row comes to a place in which it was not."""
    return any(new and (old is None or _place(old) != _place(new)) for old, new in images.values())


def as_now(tree: Tree, images: Images, since: Images | None = None) -> Images:
    """The images of an edit, as they have to be on this tree; the same when nobody else edited.

    `since`: what became of the tree since, as one edit; without it, only numbers tell the places of rows.

    - Folding is how a tree is looked at: it stays as it is.
    - So does a row's number among its siblings, unless the edit itself moves it among them: what others put beside it
      may have numbered it anew.
    - Where siblings were numbered anew, a row goes behind those behind which the edit puts it.
    - Where somebody else's action took the number that a row comes back with, the row goes before it.
    - Inputs of which the edit says nothing stay as they are; where others said something else of one of the same, all
      stay as they were in the edit, which is then no edit of this tree: the first of `inputs` is not what the tree has.
    """
    now = Images({node_id: _pair_now(tree.get(node_id), pair) for node_id, pair in images.items()})
    now.array, now.table = images.array, images.table
    now.inputs = images.inputs and _inputs_now(tree.inputs, *images.inputs)
    if since and puts_somewhere(images):
        then = tree.with_rows(edits.inverse(since))
        for row in {_list(new): new for _, new in now.values() if new}.values():
            _put_in_order(tree, now, row, then, then.with_rows(images))
    for node_id in list(now):
        old, new = now[node_id]
        if new and (old is None or _place(old) != _place(new)):
            taken = (each for each in tree.beside(new) if _place(each) == _place(new))
            sibling = next((each for each in taken if each.id not in now), None)
            if sibling:
                _put_before(tree, now, new, sibling)
    return now


def _inputs_now(
    now: Declarations | None, base: Declarations | None, mine: Declarations | None
) -> tuple[Declarations | None, Declarations | None]:
    is_disputed = False

    def value(_: str, versions: tuple[Any, Any, Any]) -> Any:
        nonlocal is_disputed
        before, one, other = versions
        is_disputed |= before not in (one, other) and one != other
        return other if one == before else one

    both = declared.merged(base, mine, now, value)
    is_disputed |= _move_the_same(base or (), mine or (), now or ())
    return (base, mine) if is_disputed else (now, both)


def _move_the_same(base: Declarations, mine: Declarations, theirs: Declarations) -> bool:
    """Whether somebody else has, or may have, moved an input that the edit moves."""
    before, after, now = ([*declared.by_name(each)] for each in (base, mine, theirs))
    return not order.stayed(before, now).issuperset(order.moved(before, after) & set(now))


def _pair_now(now: Node | None, pair: Pair) -> Pair:
    old, new = pair
    if now is None or old is None:
        return pair
    old = replace(old, collapsed=now.collapsed)
    new = new and replace(new, collapsed=now.collapsed)
    if _list(old) != _list(now):
        return old, new
    if new and _place(new) == _place(old):
        return replace(old, position=now.position), replace(new, position=now.position)
    if new is None or _list(new) != _list(old):
        return replace(old, position=now.position), new
    return old, new


def _put_in_order(tree: Tree, images: Images, row: Node, then: Tree, wanted: Tree) -> None:
    """Change `images` so that what they put beside `row` stands there as in `wanted`, which the edit made of `then`.

    Only where siblings that stand as they stood have other numbers by now. And not when somebody else has moved a row
    that the edit moves: it keeps its old number in `images`, and so is no longer as the edit left it.
    """
    base, mine, theirs = ([node.id for node in each.beside(row)] for each in (then, wanted, tree))
    stayed, moved = order.stayed(base, theirs), order.moved(base, mine)
    if not stayed.issuperset(moved.intersection(theirs)):
        return
    if all(then.nodes[each].position == tree.nodes[each].position for each in stayed):
        return
    woven, _ = order.both(base, mine, theirs)
    put = moved | set(mine).difference(base)
    rows = {node.id: node for node in tree.with_rows(images).beside(row)}
    here = [node_id for node_id in woven if node_id in rows]
    kept = [None if i in put or i not in tree else tree.nodes[i].position for i in here]
    for node_id, position in zip(here, order.positions(kept), strict=True):
        _number(tree, images, replace(rows[node_id], position=position))


def _number(tree: Tree, images: Images, row: Node) -> None:
    """Change `images` so that they bring a row with the number that it has here."""
    now = tree.get(row.id)
    old = images[row.id][0] if row.id in images else now
    if old and now and _list(old) == _list(now):
        old = replace(old, position=now.position)
    images[row.id] = (old, row)
    if old == row and edits.same_row(old, row):
        del images[row.id]


def _put_before(tree: Tree, images: Images, node: Node, sibling: Node) -> None:
    """Change `images` so that a node that they bring comes to stand before a sibling that they do not touch."""
    result = tree.with_rows(images)
    beside = result.parked if node.parked and node.parent is None else result.children(node.parent)
    others = [each for each in beside if each.id != node.id]
    [position], renumbered = edits.make_room(others, others.index(sibling), 1)
    images[node.id] = (images[node.id][0], replace(node, position=position))
    for other, (before, after) in renumbered.items():
        images[other] = (images[other][0] if other in images else before, after)


def _list(node: Node) -> tuple[str | None, bool]:
    """In which list of siblings a row stands: below which parent, or in the tray."""
    return node.parent, node.parked


def _place(node: Node) -> tuple[str | None, bool, int]:
    return node.parent, node.parked, node.position
