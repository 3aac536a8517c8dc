"""What the form of an action knows of inputs: which field holds one, and which inputs a field may hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from editor.catalog import Catalog, Parameter, Placement
from editor.trees import placeholders
from editor.trees.edits import Refused
from editor.trees.fitting import ENTRY_FITS, FITS, faults_with_inputs
from editor.trees.inputs import Input, Kind, by_name
from editor.trees.nodes import Node, Tree
from editor.trees.parameters import faults
from editor.trees.words import Fault, parameter_at
from editor.workflows.fields.values import LISTS, TEXTS, Path

MENDED_ELSEWHERE = frozenset({"unknown-input"})
"""Faults of a value that are stored all the same: the input can be declared afterwards."""


@dataclass(frozen=True, slots=True)
class InputMenu:
    """`fitting`: the inputs that a field may hold. `is_text`: at the place of the cursor. `new`: it can become one."""

    title: str
    fitting: tuple[Input, ...]
    is_text: bool
    new: bool


def find_faults(
    tree: Tree, node: Node, catalog: Catalog, placement: Placement, source: str
) -> Sequence[Fault]:
    """What is wrong with the parameters of a node: as they are written, when the tree declares inputs."""
    action = catalog.actions.get(node.type)
    if action is None:
        return ()
    has_children = bool(tree.active_children(node.id))
    find = partial(
        faults, catalog, node.type, placement=placement, source=source, has_children=has_children
    )
    if tree.inputs is None:
        return find(node.params)
    return faults_with_inputs(find, action, node, placement, by_name(tree.inputs))


def kinds_for(parameter: Parameter) -> tuple[Kind, ...]:
    """The kinds of input that a field may hold: as all of it, or as an entry of its list. The best one first."""
    return tuple(dict.fromkeys((*FITS[parameter.kind], *ENTRY_FITS.get(parameter.kind, ()))))


def held_by(kind: str, value: Any) -> str:
    """The input that is all of a value, in a field that is no text: it stands there in place of the control."""
    if kind in TEXTS or kind in LISTS or not isinstance(value, str):
        return ""
    return placeholders.whole(value) or ""


def entries(value: Any) -> tuple[str, ...]:
    """The entries of a list of texts; an input that is all of it counts as its one entry."""
    return (value,) if isinstance(value, str) else tuple(value)


def menu(tree: Tree, node: Node, catalog: Catalog, path: Path) -> InputMenu:
    """What may be chosen for a field. Raises Refused when the action has no such parameter."""
    action = catalog.actions.get(node.type)
    parameter = parameter_at(action, path) if action else None
    if parameter is None:
        raise Refused("no-such-field", "This field takes no inputs.")
    kinds = kinds_for(parameter)
    is_text = parameter.kind in ("text", "long-text")
    fitting = [
        each for each in by_name(tree.inputs or ()).values() if is_text or each.kind in kinds
    ]
    fitting.sort(key=lambda each: each.kind not in kinds)
    return InputMenu(
        parameter.title, tuple(fitting), is_text, new=bool(kinds) and not isinstance(path[-1], int)
    )
