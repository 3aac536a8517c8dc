"""Is this tree right? Every problem at once, in document order, each with place, words and repair."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

from editor.catalog import ActionType, Catalog, Placement, constraints
from editor.catalog.constraints import Refusal, Verdict
from editor.trees import edits
from editor.trees.bridges import bridge
from editor.trees.codec import pointer, pointers, step
from editor.trees.fitting import faults_with_inputs
from editor.trees.inputs import Input, by_name
from editor.trees.nearest import nearest
from editor.trees.nodes import Missing, Node, Tree
from editor.trees.parameters import faults
from editor.trees.problems import Fix, Problem
from editor.trees.texts import quote


def validate(tree: Tree, catalog: Catalog) -> list[Problem]:
    """Everything wrong with what would be sent, in document order; never raises.

    It is "there is no action", or the shares of all nodes (`validate_node`) one after another.
    With `tree.inputs` the tree is a workflow as it is written: `{{ name }}` stands for a value to come,
    and only what is wrong whatever the values are counts. Without (None) braces are just a text.
    """
    declared = _declared(tree)
    places = pointers(tree)
    if not places:
        message = "There is no action to run yet. Add one."
        return [Problem("", None, "empty-workflow", "error", message)]
    return [
        problem
        for node_id, place in places.items()
        for problem in _problems(tree, tree.nodes[node_id], place, catalog, declared)
    ]


def validate_node(tree: Tree, node_id: str, catalog: Catalog) -> list[Problem]:
    """The share of one node. Nothing when it, or an action above it, is disabled or parked.

    It depends on the node's own row, on its parent's type, and on which children it has of what
    types, and on `tree.inputs`; the paths depend on where it stands. Raises KeyError when there is no
    such node.
    """
    place = pointer(tree, node_id)
    if place is None:
        return []
    return list(_problems(tree, tree.nodes[node_id], place, catalog, _declared(tree)))


Inputs = Mapping[str, Input] | None


def _declared(tree: Tree) -> Inputs:
    return None if tree.inputs is None else by_name(tree.inputs)


def _problems(
    tree: Tree, node: Node, place: str, catalog: Catalog, inputs: Inputs
) -> Iterator[Problem]:
    action = catalog.actions.get(node.type)
    if action is None:
        yield _unknown_action(tree, node, place, catalog)
        yield from _label(node, place)
        return
    parent = tree.get(node.parent)
    if parent is None:
        yield from _root(node, action, place, catalog)
    elif parent.type in catalog.actions:
        yield from _child(node, catalog.actions[parent.type], action, place, catalog)
    yield from _label(node, place)
    yield from _parameters(tree, node, parent, place, catalog, inputs)
    yield from _loop(tree, node, action, place, catalog)


def _unknown_action(tree: Tree, node: Node, place: str, catalog: Catalog) -> Problem:
    meant = nearest(node.type, catalog.actions)
    remedy, fix = "Choose an action from the list.", None
    if meant is not None:
        remedy = f"Did you mean “{meant}” ({catalog.actions[meant].name})?"
        try:
            if len(edits.change_type(tree, catalog, node.id, meant)) == 1:  # nothing is parked
                fix = Fix("change-type", f"Change to {meant}", types=(meant,))
        except edits.Refused:
            pass
    return Problem(
        place + "/actionType",
        node.id,
        "unknown-action",
        "error",
        f"There is no action {quote(node.type)}. {remedy}",
        fix,
    )


def _root(node: Node, action: ActionType, place: str, catalog: Catalog) -> Iterator[Problem]:
    if refusal := constraints.explain(catalog, None, node.type):
        chain = bridge(catalog, None, node.type)
        yield _refused(node, refusal, chain, place, catalog)
    elif not constraints.may_be_root(catalog, node.type, node.params):
        sets = action.root.any_of
        absent = [name for name in sets[0] if name not in node.params] if len(sets) == 1 else []
        needs = " or ".join(" and ".join(names) for names in sets)
        yield Problem(
            place + (step(absent[0]) if absent else ""),
            node.id,
            "root-needs",
            "error",
            f"{action.name} starts a workflow only with {needs}. Add "
            + ("it" if needs.isalnum() else "what is missing")
            + _or_put_it_under(action, catalog),
        )


def _or_put_it_under(action: ActionType, catalog: Catalog) -> str:
    names = dict.fromkeys(catalog.actions[parent].name for parent in action.parents)
    return f", or put it under {' or '.join(names)}." if names else "."


def _child(
    node: Node, parent: ActionType, action: ActionType, place: str, catalog: Catalog
) -> Iterator[Problem]:
    if refusal := constraints.explain(catalog, parent.type, node.type):
        chain = bridge(catalog, parent.type, node.type)
        yield _refused(node, refusal, chain, place, catalog)
    elif constraints.may_be_child(catalog, parent.type, node.type) is Verdict.DISPUTED:
        yield Problem(
            place,
            node.id,
            "disputed-place",
            "warning",
            f"The sources disagree whether {action.name} may stand under {parent.name}. "
            "Try it with a small limit first.",
        )


def _refused(
    node: Node, refusal: Refusal, chain: tuple[str, ...] | None, place: str, catalog: Catalog
) -> Problem:
    fix = None
    if chain:
        names = " › ".join(catalog.actions[action_type].name for action_type in chain)
        fix = Fix("wrap", f"Put it under {names}", types=chain)
    words = " ".join((refusal.message, *refusal.repairs))
    return Problem(place, node.id, refusal.code, "error", words, fix)


def _label(node: Node, place: str) -> Iterator[Problem]:
    label = node.label
    if isinstance(label, Missing | str):
        return
    fix = Fix("remove-label", "Remove the label")
    if isinstance(label, int | float) and not isinstance(label, bool):
        fix = Fix("set-label", f"Use {quote(label)}", value=str(label))
    message = "A label is a text in quotes. Write it as one, or remove it."
    yield Problem(place + "/label", node.id, "label-not-text", "error", message, fix)


def _parameters(
    tree: Tree, node: Node, parent: Node | None, place: str, catalog: Catalog, inputs: Inputs
) -> Iterator[Problem]:
    action = catalog.actions[node.type]
    placement: Placement = "child" if parent else "root"
    find = functools.partial(
        faults,
        catalog,
        node.type,
        placement=placement,
        source=_source(parent, catalog),
        has_children=bool(tree.active_children(node.id)),
    )
    found = (
        find(node.params)
        if inputs is None
        else faults_with_inputs(find, action, node, placement, inputs)
    )
    root_needs: set[str] = set()
    if parent is None and not constraints.may_be_root(catalog, node.type, node.params):
        # `root-needs` says it already.
        root_needs = {name for names in action.root.any_of for name in names}
    for fault in found:
        if fault.code == "missing" and fault.path[0] in root_needs:
            continue
        yield Problem(
            place + step(*fault.path),
            node.id,
            fault.code,
            fault.severity,
            fault.message,
            fault.fix,
        )


def _source(parent: Node | None, catalog: Catalog) -> str:
    """Where a value that must not be given comes from, in words."""
    above = catalog.actions.get(parent.type) if parent else None
    if above is None:
        return "the action above"
    return f"the {'item of the loop' if above.is_loop else 'action'} above ({above.name})"


def _loop(
    tree: Tree, node: Node, action: ActionType, place: str, catalog: Catalog
) -> Iterator[Problem]:
    if not action.is_loop or tree.active_children(node.id):
        return
    below = constraints.allowed_children(catalog, action.type)
    names = " or ".join(catalog.actions[child].name for child in below)
    yield Problem(
        place,
        node.id,
        "empty-loop",
        "warning",
        f"{action.name} has nothing to repeat. Add {names} below it.",
        Fix("insert", f"Add {names}", types=below) if len(below) == 1 else None,
    )
