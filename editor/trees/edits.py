"""Every edit as data: a tree in, the rows it changes out. Nothing is changed in place.

An edit returns `Images` (before and after of each row it touches; empty when nothing changes) and
raises `Refused` when the catalogue or a limit forbids it. No edit makes a pair of parent and child
that is forbidden; pairs that were so before (an import may bring them) stay. Undo is `apply` of the
befores: no edit writes its own inverse.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from editor.catalog import Catalog, constraints
from editor.trees import codec
from editor.trees.nodes import GAP, MAX_DEPTH, MAX_NODES, Images, Missing, Node, Tree
from editor.trees.places import Place, height

NewId = Callable[[], str]
Side = Literal["before", "after"]


class Refused(Exception):
    """The edit is not allowed: `code` for programs, `message` and `repairs` for people."""

    def __init__(self, code: str, message: str, repairs: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code, self.message, self.repairs = code, message, repairs


# Add and remove


def chain(types: Sequence[str], new_id: NewId, params: Mapping[str, Any] | None = None) -> Tree:
    """New actions, one inside the other, for `insert`; `params` are those of the innermost."""
    nodes: list[Node] = []
    for action_type in types:
        parent = nodes[-1].id if nodes else None
        nodes.append(Node(new_id(), parent, GAP, action_type))
    if nodes and params:
        nodes[-1] = dataclasses.replace(nodes[-1], params=dict(params))
    return Tree(nodes)


def insert(tree: Tree, catalog: Catalog, place: Place, branch: Tree) -> Images:
    """Put the actions of `branch` (a chain, or decoded JSON) into a place, in their order.

    An index beyond the ends means the end. Raises Refused when some pair is forbidden, the place is
    gone or a limit is passed; ValueError when `branch` has an id that the tree has too.
    """
    if any(node_id in tree for node_id in branch.nodes):
        raise ValueError("A branch needs ids of its own.")
    _check_room(tree, len(branch))
    depth = _depth_below(tree, place.parent)
    for node, level in branch.walk():
        above = branch.get(node.parent) or tree.get(place.parent)
        _check_pair(catalog, above, node.type)
        _check_depth(depth + level + 1)
    siblings = tree.children(place.parent)
    positions, images = make_room(siblings, place.index, len(branch.roots))
    for root, position in zip(branch.roots, positions, strict=True):
        images[root.id] = (
            None,
            dataclasses.replace(root, parent=place.parent, position=position),
        )
    for node in branch.nodes.values():
        images.setdefault(node.id, (None, node))
    return images


def remove(tree: Tree, node_id: str) -> Images:
    """Take an action out, with all below it."""
    require(tree, node_id)
    return Images({node.id: (node, None) for node in tree.subtree(node_id)})


def lift_children(tree: Tree, catalog: Catalog, node_id: str) -> Images:
    """Take an action out and put its children into its place, if all of them may stand there."""
    node = require(tree, node_id)
    children = tree.children(node_id)
    for child in children:
        _check_pair(catalog, tree.get(node.parent), child.type)
    siblings = tree.children(node.parent)
    index = siblings.index(node)
    others = siblings[:index] + siblings[index + 1 :]
    positions, images = make_room(others, index, len(children))
    for child, position in zip(children, positions, strict=True):
        lifted = dataclasses.replace(child, parent=node.parent, position=position)
        images[child.id] = (child, lifted)
    images[node_id] = (node, None)
    return images


def duplicate(tree: Tree, node_id: str, new_id: NewId, behind: str | None = None) -> Images:
    """Put a copy of an action, with all below it, right after it, or after its sibling `behind`."""
    node = require(tree, node_id)
    originals = tree.subtree(node_id)
    _check_room(tree, len(originals))
    siblings = tree.children(node.parent)
    before = siblings.index(require(tree, behind or node_id))
    positions, images = make_room(siblings, before + 1, 1)
    ids: dict[str | None, str] = {original.id: new_id() for original in originals}
    for original in originals:
        copy = dataclasses.replace(
            original,
            id=ids[original.id],
            parent=ids.get(original.parent, original.parent),
            position=positions[0] if original is node else original.position,
        )
        images[copy.id] = (None, copy)
    return images


def replace_all(tree: Tree, new: Tree) -> Images:
    """Put another tree in the place of this one (import, restore). Validation judges it.

    A tree that says nothing about inputs (None) leaves them as they are.
    """
    images = Images()
    for node_id in [*tree.nodes, *(node_id for node_id in new.nodes if node_id not in tree)]:
        before, after = tree.get(node_id), new.get(node_id)
        if not same_row(before, after):
            images[node_id] = (before, after)
    if tree.array != new.array:
        images.array = (tree.array, new.array)
    if new.inputs is not None and tree.inputs != new.inputs:
        images.inputs = (tree.inputs, new.inputs)
    return images


# Move


def move(tree: Tree, catalog: Catalog, node_id: str, place: Place) -> Images:
    """Put an action, with all below it, into another place.

    `place.index` counts the siblings there without it; beyond the ends means the end. Parameters
    stay: validation says which of them the new place forbids or needs.
    """
    node = require(tree, node_id)
    if place.parent is not None:
        require(tree, place.parent)
        if node_id in {step.id for step in tree.path(place.parent)}:
            raise Refused("inside-itself", "An action cannot move below itself.")
    if place.parent != node.parent:
        _check_pair(catalog, tree.get(place.parent), node.type)
        _check_depth(_depth_below(tree, place.parent) + height(tree, node_id))
    siblings = tree.children(place.parent)
    others = [sibling for sibling in siblings if sibling.id != node_id]
    index = min(max(place.index, 0), len(others))
    if place.parent == node.parent and siblings.index(node) == index:
        return Images()
    positions, images = make_room(others, index, 1)
    moved = dataclasses.replace(node, parent=place.parent, position=positions[0])
    images[node_id] = (node, moved)
    return images


def wrap(tree: Tree, catalog: Catalog, node_id: str, types: Sequence[str], new_id: NewId) -> Images:
    """Put new actions, one inside the other, between an action and what is above it."""
    node = require(tree, node_id)
    if not types:
        return Images()
    _check_room(tree, len(types))
    _check_depth(_depth_below(tree, node.parent) + len(types) + height(tree, node_id))
    above, parent, position = tree.get(node.parent), node.parent, node.position
    images = Images()
    for action_type in types:
        _check_pair(catalog, above, action_type)
        above = Node(new_id(), parent, position, action_type)
        images[above.id] = (None, above)
        parent, position = above.id, GAP
    _check_pair(catalog, above, node.type)
    images[node_id] = (node, dataclasses.replace(node, parent=parent, position=position))
    return images


# Change one action


def change_type(tree: Tree, catalog: Catalog, node_id: str, action_type: str) -> Images:
    """Make another action of it. Parameters stay, for validation to judge.

    Refused when it may not stand here or its children may not stand below it. A neighbour of a type
    that the catalogue does not know is not judged: else two misspelt actions could not be mended.
    """
    node = require(tree, node_id)
    if node.type == action_type:
        return Images()
    parent = tree.get(node.parent)
    if parent is None or parent.type in catalog.actions or action_type not in catalog.actions:
        _check_pair(catalog, parent, action_type)
    changed = dataclasses.replace(node, type=action_type)
    for child in tree.children(node_id):
        if child.type in catalog.actions:
            _check_pair(catalog, changed, child.type)
    return Images({node_id: (node, changed)})


def set_params(
    tree: Tree, node_id: str, changes: Mapping[str, Any], remove: Iterable[str] = ()
) -> Images:
    """Set the parameters in `changes`, take those in `remove` out, leave the others as they are."""
    node = require(tree, node_id)
    for name, value in changes.items():
        if name in codec.RESERVED:
            raise Refused("reserved-name", f"A parameter cannot be called “{name}”.")
        _check_value({name: value})
    dropped = set(remove)
    params = {k: v for k, v in {**node.params, **changes}.items() if k not in dropped}
    return _changed(node, params=params)


def set_label(tree: Tree, node_id: str, label: str | Missing) -> Images:
    """Set the label; MISSING takes it out."""
    if not isinstance(label, Missing):
        _check_value(label)
    return _changed(require(tree, node_id), label=label)


def set_note(tree: Tree, node_id: str, note: str) -> Images:
    """Set the note, which is for people and never sent."""
    _check_value(note)
    return _changed(require(tree, node_id), note=note)


def set_disabled(tree: Tree, node_id: str, disabled: bool) -> Images:
    """Leave an action, with all below it, out of what is sent; or take it in again."""
    return _changed(require(tree, node_id), disabled=disabled)


def set_collapsed(tree: Tree, node_id: str, collapsed: bool) -> Images:
    return _changed(require(tree, node_id), collapsed=collapsed)


# Undo, redo, and several edits as one


def apply(tree: Tree, images: Images, side: Side) -> Tree:
    """The tree with the rows as they were before the edit (undo) or after it (redo).

    Ask `conflicts` first: rows that somebody changed since are overwritten.
    """
    return tree.with_rows(images if side == "after" else inverse(images))


def inverse(images: Images) -> Images:
    """The images of taking an edit back."""
    turned = Images({node_id: (after, before) for node_id, (before, after) in images.items()})
    turned.array = (images.array[1], images.array[0]) if images.array else None
    turned.inputs = (images.inputs[1], images.inputs[0]) if images.inputs else None
    return turned


def combine(first: Images, second: Images) -> Images:
    """Two edits, the second made on the outcome of the first, as one."""
    both = Images(first)
    for node_id, (before, after) in second.items():
        both[node_id] = (first[node_id][0] if node_id in first else before, after)
    for node_id in [key for key, (before, after) in both.items() if same_row(before, after)]:
        del both[node_id]
    steps = [images.array for images in (first, second) if images.array]
    if steps and steps[0][0] != steps[-1][1]:
        both.array = (steps[0][0], steps[-1][1])
    declared = [images.inputs for images in (first, second) if images.inputs]
    if declared and declared[0][0] != declared[-1][1]:
        both.inputs = (declared[0][0], declared[-1][1])
    return both


def conflicts(tree: Tree, images: Images, side: Side) -> tuple[str, ...]:
    """Ids of the nodes that keep `apply(tree, images, side)` from being right; () when none does.

    - a row is no longer as the edit (for redo: its undo) left it;
    - a node would come back below one that is gone, or below itself;
    - a node would go that has got children since: these are named.
    """
    forward = images if side == "after" else inverse(images)
    changed = [i for i, (now, _) in forward.items() if not same_row(tree.get(i), now)]
    result = tree.with_rows(forward)
    loose = [node_id for node_id in forward if not _is_attached(result, node_id)]
    orphans = [
        child.id
        for node_id, (_, after) in forward.items()
        if after is None
        for child in result.children(node_id)
    ]
    return tuple(dict.fromkeys(changed + loose + orphans))


def same_row(one: Node | None, other: Node | None) -> bool:
    """Whether two rows are the same; unlike ==, which takes 1, 1.0 and True for one."""
    return one == other and (one is None or other is None or _values(one) == _values(other))


def _values(node: Node) -> str:
    label = None if isinstance(node.label, Missing) else [node.label]
    return json.dumps([label, node.params], sort_keys=True)


def _is_attached(tree: Tree, node_id: str) -> bool:
    """Whether the way up from a node (which may be gone) ends at the root."""
    node, seen = tree.get(node_id), set[str]()
    while node is not None and node.parent is not None:
        if node.id in seen or node.parent not in tree:
            return False
        seen.add(node.id)
        node = tree.get(node.parent)
    return True


# Help


def require(tree: Tree, node_id: str) -> Node:
    """The node. Raises Refused when it is gone."""
    node = tree.get(node_id)
    if node is None:
        raise Refused(
            "gone", "This action is no longer there.", ("Reload to see the workflow as it is.",)
        )
    return node


def _changed(node: Node, **fields: Any) -> Images:
    after = dataclasses.replace(node, **fields)
    return Images() if same_row(node, after) else Images({node.id: (node, after)})


def _check_pair(catalog: Catalog, above: Node | None, action_type: str) -> None:
    refusal = constraints.explain(catalog, above.type if above else None, action_type)
    if refusal:
        raise Refused(refusal.code, refusal.message, refusal.repairs)


def _check_room(tree: Tree, more: int) -> None:
    if len(tree) + more > MAX_NODES:
        raise Refused(
            "too-many-actions",
            f"A workflow has at most {MAX_NODES:,} actions.",
            ("Split it into several workflows.",),
        )


def _check_depth(levels: int) -> None:
    if levels > MAX_DEPTH:
        raise Refused("too-deep", f"Actions are nested at most {MAX_DEPTH} levels deep.")


def _check_value(value: Any) -> None:
    problem = next(codec.value_problems(value, ""), None)
    if problem:
        raise Refused(problem.code, problem.message)


def _depth_below(tree: Tree, parent: str | None) -> int:
    """How many levels are above a child of `parent`. Refused when `parent` is gone."""
    return len(tree.path(require(tree, parent).id)) if parent is not None else 0


def make_room(siblings: Sequence[Node], index: int, count: int) -> tuple[list[int], Images]:
    """Positions for `count` newcomers before `siblings[index]`.

    And the images of the siblings that had to be numbered anew, which is only when no gap is left.
    """
    index = min(max(index, 0), len(siblings))
    low = siblings[index - 1].position if index > 0 else None
    high = siblings[index].position if index < len(siblings) else None
    if high is None:
        return [(low or 0) + GAP * step for step in range(1, count + 1)], Images()
    if low is None:
        return [high - GAP * step for step in range(count, 0, -1)], Images()
    if high - low > count:
        gap = high - low
        return [low + gap * step // (count + 1) for step in range(1, count + 1)], Images()
    first = [(number + 1) * GAP for number in range(len(siblings) + count)]
    anew = first[:index] + first[index + count :]
    images = Images(
        {
            sibling.id: (sibling, dataclasses.replace(sibling, position=position))
            for sibling, position in zip(siblings, anew, strict=True)
            if sibling.position != position
        }
    )
    return first[index : index + count], images
