"""What Hypothesis makes for the tests of trees."""

import itertools
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from editor import catalog
from editor.catalog import ActionType, Parameter
from editor.catalog.schemas import FORMATS
from editor.trees import codec
from editor.trees.nodes import GAP, Node, Tree


def ids() -> Callable[[], str]:
    """A source of new ids: n0, n1, ..."""
    numbers = itertools.count()
    return lambda: f"n{next(numbers)}"


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
"""Texts that can be stored."""

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)

flat = st.lists(scalars, max_size=3) | st.dictionaries(texts, scalars, max_size=2)
values = scalars | flat | st.lists(flat, max_size=2) | st.dictionaries(texts, flat, max_size=2)
"""JSON values that can be stored."""

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters() | st.characters(categories=["Cs"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["actionType", "then", "label", "x"]), inner, max_size=4)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=20,
)
"""Any JSON value, workflow or not, storable or not."""


names = texts.filter(lambda name: name not in codec.RESERVED)
few_params = st.dictionaries(names, values, max_size=2)
labels = st.just({}) | st.builds(dict, label=values)


@st.composite
def workflows(draw: Any, types: list[str], params: Any = few_params) -> Any:
    """Wire forms, of up to ten actions of these types wherever they may stand or not."""
    kinds, left = st.sampled_from(types), iter(range(1, 11))

    def action(level: int) -> dict[str, Any]:
        wire = {"actionType": draw(kinds), **draw(labels), **draw(params)}
        form = draw(st.sampled_from(["none", "one", "list"])) if level < 6 else "none"
        if form == "one" and next(left, None):
            wire["then"] = action(level + 1)
        elif form == "list":
            wire["then"] = actions(level + 1, 3)
        return wire

    def actions(level: int, most: int) -> list[dict[str, Any]]:
        return [action(level) for _ in range(draw(st.integers(0, most))) if next(left, None)]

    return actions(0, 4) if draw(st.booleans()) else action(0)


@st.composite
def trees(draw: Any, types: list[str], params: Any = few_params) -> Tree:
    """Any trees of these types, legal or not, with actions disabled, and gaps of any size."""
    tree = codec.from_wire(draw(workflows(types, params)), ids())
    factor = draw(st.sampled_from([1, GAP]))
    nodes = [
        Node(
            id=node.id,
            parent=node.parent,
            position=node.position // factor,
            type=node.type,
            params=node.params,
            label=node.label,
            then_array=node.then_array,
            disabled=draw(st.integers(0, 5)) == 0,
            note=draw(st.sampled_from(["", "why"])),
        )
        for node, _ in tree.walk()
    ]
    return Tree(nodes, tree.array)


def parameters_of(action: ActionType) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the parameters of an action, right or nearly right, or wrong, or unknown."""
    near = {one.name: value_for(one) | values for one in action.parameters}
    return st.fixed_dictionaries({}, optional={**near, "unheardOf": values})


def value_for(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Values that are right, or wrong by a little."""
    choices = st.sampled_from([*(parameter.choices or ("1st",)), "none of them"])
    match parameter.kind:
        case "integer":
            return st.sampled_from([0, 1, 2, 25, 100, 5000, 2.0, "3"])
        case "boolean":
            return st.booleans()
        case "choice":
            return choices
        case "choices":
            return st.lists(choices, max_size=2)
        case "texts":
            return st.lists(texts, max_size=2)
        case "object":
            return fields_for(parameter)
        case "objects":
            return st.lists(fields_for(parameter), max_size=10)
        case "objects-or-texts":
            return st.lists(fields_for(parameter) | texts, max_size=3)
        case _ if parameter.format:
            return st.sampled_from([FORMATS[parameter.format].example, "linkedin.com/in/x"])
        case _:
            long = (parameter.max_length or 10) + 1
            return texts | st.sampled_from(["", "a" * long, "to @[bob]"])


def fields_for(parameter: Parameter) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {}, optional={one.name: value_for(one) for one in parameter.fields}
    )


@st.composite
def real_trees(draw: Any) -> Tree:
    """Trees of the real catalogue's actions, with parameters that suit them, more or less."""
    known = catalog.default()
    new_id, nodes = ids(), list[Node]()
    types = list(known.actions)

    def grow(parent: Node | None, level: int) -> None:
        below = known.actions[parent.type].children if parent else types
        for index in range(draw(st.integers(0, 3 if level else 4))):
            stray = draw(st.integers(0, 7)) == 0 or not below
            kind = draw(st.sampled_from(types if stray else list(below)))
            given = draw(parameters_of(known.actions[kind]))
            node = Node(new_id(), parent.id if parent else None, index * GAP, kind, given)
            nodes.append(node)
            if level < 3:
                grow(node, level + 1)

    grow(None, 0)
    return Tree(nodes, draw(st.booleans()))
