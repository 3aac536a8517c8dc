"""What pages tell about a template's tree. Pure."""

from collections.abc import Mapping
from typing import Any

from editor.catalog import Catalog
from editor.trees import placeholders
from editor.trees.effects import effects
from editor.trees.inputs import by_name, check_values
from editor.trees.nodes import Tree
from editor.trees.plan import Plan, plan_of

COVER_LINES = 8


def facts(tree: Tree, catalog: Catalog) -> dict[str, Any]:
    """What a card says: {actions, inputs, acts, cover: [[depth, group, width], ...]}; `acts`: others see it.

    The cover is the beginning of the outline; a line's width follows the length of the action's name.
    """
    nodes = [(node, depth) for node, depth in tree.walk() if not node.disabled]
    known = catalog.actions
    cover = [
        [depth, known[node.type].group, len(known[node.type].name)]
        for node, depth in nodes
        if node.type in known
    ]
    return {
        "actions": len(nodes),
        "inputs": len(tree.inputs or ()),
        "acts": bool(effects(tree, catalog).acts),
        "cover": cover[:COVER_LINES],
    }


def plan_with(tree: Tree, raw: Mapping[str, Any], catalog: Catalog) -> Plan:
    """What a run can do at most with these values, and the defaults of the other inputs."""
    declared = by_name(tree.inputs or ())
    given = {name: value for name, value in raw.items() if name in declared}
    values, _ = check_values(declared.values(), given)
    return plan_of(placeholders.fill_known(tree, values), catalog)
