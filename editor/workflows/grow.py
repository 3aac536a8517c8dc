"""A large legal workflow for measuring: always the same for the same number of actions."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Final

from editor.catalog import ActionType, Catalog, Parameter, Placement, constraints
from editor.catalog.constraints import Verdict
from editor.catalog.schemas import FORMATS
from editor.lib.ids import new_id
from editor.trees.nodes import GAP, MISSING, Node, Tree
from editor.trees.parameters import faults

FAN_OUT: Final = (3, 1, 4, 1, 5, 2, 6, 1)
"""How many children one action after the other gets, over and over."""

MOST_LEVELS: Final = 40
EACH_ROOT: Final = 150
"""After so many actions the next one starts a tree of its own."""

FULL: Final = 8
"""With so few actions to go no loop is begun: it would stay empty."""


def grow(count: int, catalog: Catalog) -> Tree:
    """A tree of `count` actions without problems: some branches deep, some broad, a label here and there."""
    nodes: list[Node] = []
    roots = _fitting(catalog, None)
    loops: list[tuple[Node, int]] = []  # with their levels; they need a child, so they come first
    others: deque[tuple[Node, int]] = deque()
    trees = 0
    while len(nodes) < count:
        parent, level, fan_out = None, 0, 1
        if loops:
            parent, level = loops.pop()
        elif others and len(nodes) < EACH_ROOT * trees:
            # Two of three times the youngest goes on, which makes it deep; then the oldest: broad.
            parent, level = others.pop() if len(nodes) % 3 else others.popleft()
            fan_out = FAN_OUT[len(nodes) % len(FAN_OUT)]
        else:
            trees += 1
        left = count - len(nodes)
        fitting = [
            action_type
            for action_type in (_fitting(catalog, parent.type) if parent else roots)
            if level < MOST_LEVELS and not (catalog.actions[action_type].is_loop and left < FULL)
        ]
        for index in range(min(fan_out, left) if fitting else 0):
            # The first one can hold others, if any can: so the tree goes on growing below it.
            choice = [t for t in fitting if catalog.actions[t].children] if not index else fitting
            choice = choice or fitting
            action_type = choice[len(nodes) % len(choice)]
            node = _node(catalog, action_type, parent, index if parent else trees, len(nodes))
            nodes.append(node)
            (loops if catalog.actions[action_type].is_loop else others).append((node, level + 1))
    return Tree(nodes)


def _node(catalog: Catalog, action_type: str, parent: Node | None, place: int, number: int) -> Node:
    params = _sample(catalog.actions[action_type], "child" if parent else "root")
    label: Any = MISSING if number % 5 else f"step {number}"
    return Node(new_id(), parent.id if parent else None, place * GAP, action_type, params, label)


def _fitting(catalog: Catalog, parent_type: str | None) -> list[str]:
    """The types that may stand below another (None: at the root) beyond dispute, and have right samples."""
    if parent_type is None:
        types: Iterable[str] = constraints.allowed_roots(catalog)
    else:
        below = constraints.allowed_children(catalog, parent_type)
        types = [
            t for t in below if constraints.may_be_child(catalog, parent_type, t) is Verdict.ALLOWED
        ]
    placement: Placement = "child" if parent_type else "root"
    return [t for t in types if _is_right(catalog, t, placement)]


def _is_right(catalog: Catalog, action_type: str, placement: Placement) -> bool:
    params = _sample(catalog.actions[action_type], placement)
    if placement == "root" and not constraints.may_be_root(catalog, action_type, params):
        return False
    return not faults(catalog, action_type, params, placement)


def _sample(action: ActionType, placement: Placement) -> Mapping[str, Any]:
    """Parameters that the action needs in its place, and its limit."""
    needed = {name for names in action.root.any_of[:1] for name in names if placement == "root"}
    return {
        p.name: _value(p)
        for p in action.parameters
        if p.allowed_at(placement)
        and (p.required_at(placement) or p.name in needed or p.name == "limit")
    }


def _value(parameter: Parameter) -> Any:
    """A value that is right for most kinds; actions that need another kind are not grown."""
    if parameter.kind == "integer":
        return max(parameter.minimum or 1, 3)
    if parameter.choices:
        return parameter.choices[0]
    return FORMATS[parameter.format].example if parameter.format else "Hello from the harbour"
