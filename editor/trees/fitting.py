"""Which input fits which parameter, and what can be said of parameters whose values come later.

A placeholder stands for a value that nobody knows yet. So a fault of the parameters counts only
when it is there whatever the value will be: `faults_with_inputs` looks at the parameters as they
stand and again with stand-ins that fit, and keeps what both have. What is wrong with a placeholder
itself (no such input, an input of the wrong kind) comes besides. The values are checked when they
are known: `substitute` them, and validate what is to be sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from editor.catalog import ActionType, Parameter, ParameterKind, Placement
from editor.catalog.schemas import FORMATS
from editor.trees import placeholders
from editor.trees.inputs import KINDS, Input, Kind, unknown_input
from editor.trees.nodes import MISSING, Node
from editor.trees.problems import Fix
from editor.trees.texts import quote
from editor.trees.words import Fault, Path, parameter_at, title

FITS: Final[Mapping[ParameterKind, tuple[Kind, ...]]] = {
    "text": ("text", "url"),
    "long-text": ("text", "url"),
    "url": ("url", "text"),
    "date-time": ("text",),
    "integer": ("number",),
    "boolean": ("yesno",),
    "choice": ("text",),
    "texts": ("list",),
    "choices": ("list",),
    "object": (),
    "objects": (),
    "objects-or-texts": ("list",),
}
"""By kind of parameter: the kinds of input that may be all of its value, the best one first."""

ENTRY_FITS: Final[Mapping[ParameterKind, tuple[Kind, ...]]] = {
    "texts": ("text", "url", "list"),
    "choices": ("text", "list"),
    "objects-or-texts": ("text", "list"),
}
"""The same for an entry of a list. A list in the place of an entry is spliced in."""

PLACEHOLDER_CODES: Final[dict[str, str]] = {
    "unknown-input": "a placeholder for an input that is not declared",
    "bad-placeholder": "two braces that are no placeholder, and not doubled",
    "input-misfit": "an input of a kind, or with choices, that the parameter does not take",
    "may-be-empty": "a required parameter whose input may be left empty (warning)",
}
"""What can be wrong with a placeholder, besides what its parameter says of the input's default."""

PRESENCE: Final = frozenset({"forbidden", "unknown-parameter"})
"""Faults of a parameter for being there at all, whatever its value."""

FindFaults = Callable[[Mapping[str, Any]], Sequence[Fault]]


def faults_with_inputs(
    find: FindFaults,
    action: ActionType,
    node: Node,
    placement: Placement,
    inputs: Mapping[str, Input],
) -> list[Fault]:
    """What is wrong with parameters and label that may hold placeholders, in their order.

    `find` is `parameters.faults` for the node in its place; `inputs` are by name.
    """
    params = node.params
    holes = {path: text for path, text in placeholders.texts(params) if "{{" in text}
    found = list(_of_label(node.label, inputs))
    for path, text in holes.items():
        found.extend(_of_hole(action, params, path, text, placement, inputs))
    found.extend(_certain(find, action, params, holes, inputs) if holes else find(params))
    order = {name: number for number, name in enumerate(params)}
    found.sort(key=lambda fault: order.get(str(fault.path[0]), -1) if fault.path else -1)
    return found


def _certain(
    find: FindFaults,
    action: ActionType,
    params: Mapping[str, Any],
    holes: Mapping[Path, str],
    inputs: Mapping[str, Input],
) -> Iterator[Fault]:
    """The faults that are there whatever the values will be; and those that a default brings."""
    defaults = {
        path: name
        for path, text in holes.items()
        if (name := placeholders.whole(text))
        and name in inputs
        and inputs[name].default is not MISSING
        and isinstance(path[-1], str)
        and not _misfit(action, path, inputs[name])
    }
    given = _replaced(params, {path: inputs[name].default for path, name in defaults.items()})
    open_holes = {path: text for path, text in holes.items() if path not in defaults}
    stand_ins = {path: _stand_in(action, path, text) for path, text in open_holes.items()}
    fitting = {(fault.path, fault.code) for fault in find(_replaced(given, stand_ins))}
    for fault in find(given):
        if (fault.path, fault.code) not in fitting:
            continue
        if fault.path in defaults and fault.code not in PRESENCE:
            name = placeholders.placeholder(defaults[fault.path])
            message = f"{name} does not fit with its default. {fault.message}"
            yield Fault(fault.path, fault.code, message, fault.severity)
        elif fault.code in PRESENCE or not placeholders.whole(open_holes.get(fault.path, "")):
            yield fault


# One placeholder


def _of_hole(
    action: ActionType,
    params: Mapping[str, Any],
    path: Path,
    text: str,
    placement: Placement,
    inputs: Mapping[str, Input],
) -> Iterator[Fault]:
    kinds = _kinds(action, path)
    yield from _of_text(title(action, path), path, text, inputs, kinds)
    name = placeholders.whole(text)
    if name is None or name not in inputs:
        return
    if message := _misfit(action, path, inputs[name]):
        yield Fault(path, "input-misfit", message)
    elif inputs[name].may_be_empty and _is_needed(action, params, path, placement):
        yield Fault(
            path,
            "may-be-empty",
            f"{title(action, path)} is needed here, and {placeholders.placeholder(name)} may be "
            "left empty. Make the input required, or give it a default.",
            "warning",
        )


def _of_label(label: object, inputs: Mapping[str, Input]) -> Iterator[Fault]:
    if not isinstance(label, str) or "{{" not in label:
        return
    yield from _of_text("The label", ("label",), label, inputs, FITS["text"])
    name = placeholders.whole(label)
    if name is not None and name in inputs and inputs[name].kind not in FITS["text"]:
        message = _wrong_kind("A label", inputs[name], FITS["text"])
        yield Fault(("label",), "input-misfit", message)


def _of_text(
    where: str, path: Path, text: str, inputs: Mapping[str, Input], kinds: Sequence[Kind]
) -> Iterator[Fault]:
    """`kinds`: those of the inputs that may be all of the text."""
    if placeholders.has_bad_braces(text):
        message = (
            f"{where}: {{{{ begins a placeholder, such as {{{{ name }}}}, but no name of an input "
            f"follows. For two braces as text write {placeholders.ESCAPED}"
        )
        yield Fault(path, "bad-placeholder", message)
    for name in dict.fromkeys(placeholders.names_in(text)):
        if name not in inputs:
            kind = kinds[0] if kinds and placeholders.whole(text) else "text"
            fix = _declare(Input(name, kind), inputs)
            yield Fault(path, "unknown-input", unknown_input(name, inputs).message, fix=fix)


def _declare(declaration: Input, inputs: Mapping[str, Input]) -> Fix | None:
    """The repair of an unknown name; none where only its capitals are wrong."""
    if declaration.name.casefold() in map(str.casefold, inputs):
        return None
    title = f"Declare {declaration.name} as an input"
    return Fix("declare-input", title, value=declaration.as_json())


def _kinds(action: ActionType, path: Path) -> Sequence[Kind]:
    """The kinds of input that may be all of what stands at `path`."""
    parameter = parameter_at(action, path)
    return _fits(parameter, path) if parameter else ()


def _misfit(action: ActionType, path: Path, declaration: Input) -> str:
    """Why an input cannot be all of what stands at `path`; "" when it can."""
    parameter = parameter_at(action, path)
    if parameter is None:
        return ""
    wanted = _fits(parameter, path)
    if declaration.kind not in wanted:
        return _wrong_kind(title(action, path), declaration, wanted)
    outside = [c for c in declaration.choices if parameter.choices and c not in parameter.choices]
    if outside:
        return (
            f"{placeholders.placeholder(declaration.name)} offers {quote(outside[0])}, "
            f"but {title(action, path)} can only be {', '.join(parameter.choices)}."
        )
    return ""


def _wrong_kind(where: str, declaration: Input, wanted: Sequence[Kind]) -> str:
    name = placeholders.placeholder(declaration.name)
    if not wanted:
        return f"{where} cannot come from an input. Use {name} in one of its fields."
    words = KINDS[wanted[0]]
    return (
        f"{where} takes {words}, but {name} is {KINDS[declaration.kind]}. "
        f"Make the input {words}, or use another one here."
    )


def _fits(parameter: Parameter, path: Path) -> tuple[Kind, ...]:
    if isinstance(path[-1], int):
        return ENTRY_FITS.get(parameter.kind, ())
    return FITS[parameter.kind]


def _is_needed(
    action: ActionType, params: Mapping[str, Any], path: Path, placement: Placement
) -> bool:
    """Whether the action is wrong without what stands at `path`."""
    parameter = parameter_at(action, path)
    if parameter is None or isinstance(path[-1], int):
        return False
    if len(path) > 1:
        return parameter.required == "always"
    if parameter.required_at(placement):
        return True
    satisfied = [names for names in action.root.any_of if all(name in params for name in names)]
    return placement == "root" and bool(satisfied) and all(path[0] in names for names in satisfied)


# Stand-ins


def _stand_in(action: ActionType, path: Path, text: str) -> Any:
    """What may stand there in the end: an example, or the text without its placeholders."""
    parameter = parameter_at(action, path)
    if parameter is None:
        return text
    if placeholders.whole(text):
        return example(parameter, is_entry=isinstance(path[-1], int))
    if "text" not in _fits(parameter, path):
        return text
    if parameter.format or parameter.choices:
        return example(parameter, is_entry=isinstance(path[-1], int))
    return placeholders.TOKEN.sub(lambda match: "{{" if match["escaped"] else "", text)


def example(parameter: Parameter, *, is_entry: bool = False) -> Any:
    """A value that the parameter's schema accepts; `is_entry`: one that an entry of it may be."""
    text: Any = "x" * max(parameter.min_length or 1, 1)
    if parameter.format:
        text = FORMATS[parameter.format].example
    elif parameter.choices:
        text = parameter.choices[0]
    match parameter.kind:
        case "integer":
            return 1 if parameter.minimum is None else parameter.minimum
        case "boolean":
            return True
        case "object" | "objects":
            fields = {f.name: example(f) for f in parameter.fields if f.required == "always"}
            return fields if parameter.kind == "object" or is_entry else [fields]
        case "texts" | "choices" | "objects-or-texts":
            return text if is_entry else [text]
        case _:
            return text


def _replaced(value: Any, new: Mapping[Path, Any], at: Path = ()) -> Any:
    """The value with other values at some paths."""
    if at in new:
        return new[at]
    if isinstance(value, Mapping):
        return {key: _replaced(item, new, (*at, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, new, (*at, index)) for index, item in enumerate(value)]
    return value
