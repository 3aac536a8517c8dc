"""Run a workflow on the invented world: from its tree to the completion. Pure; nothing is stored here.

The shape follows the protocol: a node per executed action, none for loops. Children's results stand in
`data.then` (as an object or array, like the request's `then`) or, for lists, as an array in `then` of
each item that the loop picked (the official SDK reads it so even when the request's `then` was an
object). A failed node has an error and no data, and nothing below it runs.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from editor.catalog import ActionType, Catalog
from editor.sandbox import faults, results
from editor.sandbox.faults import Mark
from editor.sandbox.world import Entity
from editor.trees.nodes import MISSING, Node, Tree

MOST_STEPS = 50_000
"""Actions and list items in one workflow; loops in loops could ask for any number."""

Marks = tuple[Mark, ...]


class TooMuch(Exception):
    """The workflow would run more than MOST_STEPS actions and items."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What an account brings to a run: `left` is how many actions each limited category may still do."""

    at: datetime
    own: str
    most: int = results.DEFAULT_RESULTS
    sales_navigator: bool = True
    left: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One executed action: what the statistics, the limits and the inbox know of it."""

    action: ActionType
    success: bool
    params: Mapping[str, Any]
    subject: Entity


@dataclass
class Stage:
    """A run under way."""

    catalog: Catalog
    tree: Tree
    setting: Setting
    left: Counter[str]
    steps: list[Step] = field(default_factory=list)
    size: int = 0
    seen: Counter[tuple[str, Mark]] = field(default_factory=Counter)


def play(tree: Tree, catalog: Catalog, setting: Setting) -> tuple[Any, list[Step]]:
    """The completion (an object, or an array when the request was one) and what was executed, in order.

    Raises TooMuch.
    """
    stage = Stage(catalog, tree, setting, Counter(setting.left))
    done = [_perform(stage, root, {}, ()) for root in tree.roots]
    return (done if tree.array else done[0]), stage.steps


def _perform(stage: Stage, node: Node, above: Entity, marks: Marks) -> dict[str, Any]:
    """The result node of one action, children included."""
    _grow(stage, 1)
    action = stage.catalog.actions[node.type]
    subject = results.subject_of(action, node.params, above)
    result: dict[str, Any] = {"actionType": node.type}
    if node.label is not MISSING:
        result["label"] = node.label
    raised, marks = _sort(stage, node, action, marks)
    error = raised or _refusal(stage, action, subject)
    if error != "limitExceeded":
        stage.steps.append(Step(action, not error, node.params, subject))
    result["success"] = not error
    if error:
        result["error"] = {"type": error, "message": _words(stage.catalog, action, error)}
        return result
    if action.limit_category in stage.setting.left:
        stage.left[action.limit_category] -= 1
    data = _data(stage, node, action, subject, marks)
    if data is not None:
        result["data"] = data
    return result


def _data(stage: Stage, node: Node, action: ActionType, subject: Entity, marks: Marks) -> Any:
    """The `data` of a success with the results of the children in it; None for no data."""
    setting = stage.setting
    scene = results.Scene(action, node.params, subject, setting.at, setting.most, setting.own)
    made = results.make(scene)
    children = stage.tree.children(node.id)
    if isinstance(made, list):
        _grow(stage, len(made))
        for child in children:
            for row, item in made:
                _for_item(stage, child, row, item, marks)
        return [row for row, _ in made]
    if not children and not (node.then_array and made is not None):
        return made
    done = [_perform(stage, child, subject, marks) for child in children]
    as_array = node.then_array or len(done) > 1
    return {**(made or {}), "then": done if as_array else done[0]}


def _for_item(stage: Stage, child: Node, row: dict[str, Any], item: Entity, marks: Marks) -> None:
    """Let a loop (or, where an override of the catalogue allows it, any action) work on one list item."""
    if not stage.catalog.actions[child.type].is_loop:
        row.setdefault("then", []).append(_perform(stage, child, item, marks))
        return
    if not _picks(child, item):
        return
    _, marks = _sort(stage, child, stage.catalog.actions[child.type], marks)
    below = stage.tree.children(child.id)
    row.setdefault("then", []).extend(_perform(stage, one, item, marks) for one in below)


def _picks(loop: Node, item: Entity) -> bool:
    """st.doForSkills takes the skills whose name holds one of the patterns, or fits it with * and ?.

    The real syntax is not documented; case does not count here.
    """
    patterns = loop.params.get("skillNamePatterns")
    if not patterns:
        return True
    name = str(item.get("name", "")).lower()
    return any(p.lower() in name or fnmatchcase(name, p.lower()) for p in patterns)


def _grow(stage: Stage, by: int) -> None:
    stage.size += by
    if stage.size > MOST_STEPS:
        raise TooMuch


# --- What goes wrong ---------------------------------------------------------------------------


def _refusal(stage: Stage, action: ActionType, subject: Entity) -> str:
    """The error that the account's own state leads to; empty when nothing is in the way."""
    documented = {error.type for error in action.errors}
    if action.namespace == "nv" and not stage.setting.sales_navigator:
        return "noSalesNavigator"
    if "selfProfileNotAllowed" in documented and subject.get("slug") == stage.setting.own:
        return "selfProfileNotAllowed"
    if action.limit_category in stage.setting.left and stage.left[action.limit_category] <= 0:
        return "limitExceeded"
    return ""


def _sort(stage: Stage, node: Node, action: ActionType, handed: Marks) -> tuple[str, Marks]:
    """The error that a mark raises here (or ""), and the marks that are handed to the children."""
    own = tuple(
        mark if _documents(stage, node, mark) else replace(mark, bound=True)
        for mark in dict.fromkeys(faults.marks_of(node))
    )
    raised, onward = "", []
    for mark in own + handed:
        here = next((error.type for error in action.errors if mark.names(error.type)), "")
        if not here and mark.bound and not action.is_loop:
            here = mark.error
        if not here:
            onward.append(mark)
            continue
        stage.seen[node.id, mark] += 1
        if stage.seen[node.id, mark] % mark.every == 0:
            raised = raised or here
    return raised, tuple(onward)


def _documents(stage: Stage, node: Node, mark: Mark) -> bool:
    """Whether the action or one below it documents the error."""
    return any(
        mark.names(error.type)
        for member in stage.tree.subtree(node.id)
        for error in stage.catalog.actions[member.type].errors
    )


def _words(catalog: Catalog, action: ActionType, error_type: str) -> str:
    """The message of an error node: what the action says of the error, else what the catalogue does."""
    for error in action.errors:
        if error.type == error_type:
            return error.meaning
    known = catalog.error_types.get(error_type)
    return known.meaning if known else "The sandbox was asked for this error."
