"""The form of one action, as plain data, and the way back from what was typed to a JSON value.

The form shows every parameter that the catalogue knows for this action in its place, then those that are given though
they are forbidden here, then unknown ones as raw JSON. Saving works on one field at a time. A value that breaks the
rules of its own parameter is refused and not stored; what is merely missing, or fits badly with other parameters, is
stored and shown as a problem.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from editor.catalog import ActionType, Catalog, Parameter, Placement
from editor.catalog.schemas import FORMATS
from editor.trees import codec, edits, placeholders, texts
from editor.trees.edits import Refused
from editor.trees.nodes import MISSING, Images, Node, Tree
from editor.trees.problems import Fix, Problem
from editor.trees.words import Fault, parameter_at
from editor.workflows.fields import inputs
from editor.workflows.fields.values import LISTS, Path, mark, value_at

ENTRIES: Final = ("objects", "objects-or-texts")
"""Kinds of parameters that are lists of objects."""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter in the form, or one field of an object, or one entry of a list of objects.

    - `path`: JSON Pointer below the node's parameters; what `param` sends as `field`. `id` fits an HTML id.
    - `kind`: a catalog.ParameterKind, or "json": the value does not fit the kind, or the name is unknown, so `value`
      is its JSON text. What a kind holds: "texts" and "choices" `values`; "boolean", "choice" and "choices" `choices`
      (for the first two with the choice "": not sent); "object" `fields`; "objects" and "objects-or-texts" `entries`
      (add one by saving to `add_path`, drop one by saving nothing to its `path`); all others `value`.
    - `given`: it is in the parameters. `required`: it has to be, here.
    - `place`: "" as it should be, "forbidden" (given, but not allowed here; `reason` says why) or "unknown".
    - `input`: the name of the input that is the value, where the kind has no text to write it into; then it is shown in
      place of the control. `takes_inputs`: some input may stand here.
    - `error` and `warning` are sentences or "". `fix` mends the first of them; `fix_code` is its code.
    - `saved` is false in the answer to a refused save: then `value` or `values` are what was typed, and the stored
      value is another one. `was` is the mark of the stored value.
    """

    path: str
    name: str
    title: str
    kind: str
    help: str = ""
    given: bool = False
    required: bool = False
    place: str = ""
    reason: str = ""
    value: str = ""
    values: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    fields: tuple["Field", ...] = ()
    entries: tuple["Field", ...] = ()
    default: str = ""
    example: str = ""
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    max_items: int | None = None
    deprecated: bool = False
    error: str = ""
    warning: str = ""
    input: str = ""
    takes_inputs: bool = False
    fix: Fix | None = None
    fix_code: str = ""
    saved: bool = True
    was: str = ""

    @property
    def id(self) -> str:
        """For HTML: "field-filter-locations". Names that would clash or need escaping become a digest."""
        plain = re.fullmatch(r"(/[A-Za-z0-9]+)+", self.path)
        name = (
            self.path[1:].replace("/", "-")
            if plain
            else hashlib.sha256(self.path.encode()).hexdigest()[:12]
        )
        return f"field-{name}"

    @property
    def add_path(self) -> str:
        return f"{self.path}/-"


@dataclass(frozen=True, slots=True)
class Absent:
    """A parameter that is not offered, because it must not be given here."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Form:
    """`fields` may be filled in; `absent` may not and are not; `problems` are those of no single field."""

    fields: tuple[Field, ...]
    absent: tuple[Absent, ...]
    problems: tuple[Problem, ...]


def form(tree: Tree, node: Node, catalog: Catalog, problems: Sequence[Problem]) -> Form:
    """The form of a node; `problems` are its own (validate_node)."""
    action = catalog.actions.get(node.type)
    known = action.parameters if action else ()
    found = _faults(tree, node, catalog)
    offered = [p for p in known if p.name in node.params or p.allowed_at(_placement(node))]
    names = {parameter.name for parameter in known}
    reason = _source(tree, node, catalog)
    shown = [
        _field(p, (p.name,), node.params.get(p.name, MISSING), _placement(node), found)
        for p in offered
    ]
    shown = [
        field
        if p.allowed_at(_placement(node))
        else replace(field, place="forbidden", reason=reason)
        for p, field in zip(offered, shown, strict=True)
    ]
    unknown = [
        _unknown(name, value, found) for name, value in node.params.items() if name not in names
    ]
    absent = [Absent(p.title, reason) for p in known if p not in offered]
    told = {fault.message for fault in found if fault.path and fault.path != ("label",)}
    if any(fault.code == "missing" for fault in found):
        told |= {problem.message for problem in problems if problem.code == "root-needs"}
    return Form(
        (*shown, *unknown), tuple(absent), tuple(p for p in problems if p.message not in told)
    )


def field_at(tree: Tree, node: Node, catalog: Catalog, path: Path) -> Field:
    """One field of the form; for the place "-" behind a list, an empty one for a new entry, as JSON.

    Raises Refused when the action has no such parameter.
    """
    action = catalog.actions.get(node.type)
    value = value_at(node.params, path)
    found = _faults(tree, node, catalog)
    is_entry = path[-1] == "-" or isinstance(path[-1], int)
    parameter = parameter_at(action, path[:-1] if is_entry else path) if action else None
    if is_entry and parameter and parameter.kind in ENTRIES:
        if path[-1] == "-":
            return Field(codec.step(*path), parameter.name, parameter.title, "json")
        if value is not MISSING:
            return _entry(parameter, path, value, found)
    if parameter and not is_entry:
        return _field(parameter, path, value, _placement(node), found)
    if len(path) == 1 and value is not MISSING:
        return _unknown(str(path[0]), value, found)
    raise Refused(
        "no-such-field", f"This action has no parameter {texts.quote(codec.step(*path))}."
    )


def _field(
    parameter: Parameter, path: Path, value: Any, placement: Placement, found: Sequence[Fault]
) -> Field:
    given = value is not MISSING
    held = inputs.held_by(parameter.kind, value)
    fits = not given or bool(held) or _fits(parameter.kind, value)
    base = Field(
        path=codec.step(*path),
        name=parameter.name,
        title=parameter.title,
        kind=parameter.kind if fits else "json",
        help=parameter.help,
        given=given,
        required=parameter.required_at(placement),
        default="" if parameter.default is None else _text(parameter.default),
        example=FORMATS[parameter.format].example if parameter.format else "",
        minimum=parameter.minimum,
        maximum=parameter.maximum,
        max_length=parameter.max_length,
        max_items=parameter.max_items,
        deprecated=parameter.deprecated,
        was=mark(value),
        takes_inputs=bool(inputs.kinds_for(parameter)),
    )
    if held:
        return replace(_marked(base, path, found, inner=False), value=value, input=held)
    inner = bool(parameter.fields) and fits
    return replace(
        _marked(base, path, found, inner),
        **_content(parameter, path, value, fits, placement, found),
    )


def _content(
    parameter: Parameter,
    path: Path,
    value: Any,
    fits: bool,
    placement: Placement,
    found: Sequence[Fault],
) -> dict[str, Any]:
    """The part of a Field that its kind fills in."""
    given = value is not MISSING
    if not fits:
        return {"value": _json(value)}
    if parameter.kind == "object":
        inside = value if given else {}
        names = {field.name for field in parameter.fields}
        known = [
            _field(f, (*path, f.name), inside.get(f.name, MISSING), placement, found)
            for f in parameter.fields
        ]
        return {
            "fields": (
                *known,
                *(_extra(path, n, v, found) for n, v in inside.items() if n not in names),
            )
        }
    if parameter.kind in ENTRIES:
        items = value if given else []
        return {
            "entries": tuple(
                _entry(parameter, (*path, i), item, found) for i, item in enumerate(items)
            )
        }
    if parameter.kind in LISTS:
        values = inputs.entries(value) if given else ()
        offered = dict.fromkeys((*parameter.choices, *values)) if parameter.choices else ()
        return {"values": values, "choices": tuple(Choice(c, c, c in values) for c in offered)}
    text = _text(value) if given else ""
    return {"value": text, "choices": _choices(parameter, text)}


def _choices(parameter: Parameter, text: str) -> tuple[Choice, ...]:
    options = {
        "boolean": [("true", "Yes"), ("false", "No")],
        "choice": [(c, c) for c in parameter.choices],
    }
    if parameter.kind not in options:
        return ()
    known = [("", "Not sent"), *options[parameter.kind]]
    if text not in dict(known):  # a stored value that is none of the choices stays visible
        known.append((text, text))
    return tuple(Choice(value, title, value == text) for value, title in known)


def _entry(parameter: Parameter, path: Path, value: Any, found: Sequence[Fault]) -> Field:
    """One entry of a list of objects (or of texts among them)."""
    title = f"{parameter.title} {int(path[-1]) + 1}"
    if isinstance(value, dict):
        entry = replace(parameter, kind="object", title=title, required=None)
    elif isinstance(value, str) and parameter.kind == "objects-or-texts":
        entry = replace(parameter, kind="text", title=title, fields=(), required=None)
    else:
        base = Field(
            codec.step(*path), parameter.name, title, "json", given=True, value=_json(value),
            was=mark(value),
        )  # fmt: skip
        return _marked(base, path, found, inner=False)
    return _field(replace(entry, help=""), path, value, "child", found)


def _extra(path: Path, name: str, value: Any, found: Sequence[Fault]) -> Field:
    """A field of an object that the catalogue does not know."""
    at = (*path, name)
    base = Field(
        codec.step(*at), name, name, "json", given=True, place="unknown", value=_json(value),
        was=mark(value),
    )  # fmt: skip
    return _marked(base, at, found, inner=False)


def _unknown(name: str, value: Any, found: Sequence[Fault]) -> Field:
    return _extra((), name, value, found)


def _marked(field: Field, path: Path, found: Iterable[Fault], inner: bool) -> Field:
    """With the first error and warning of this field; `inner`: its parts are fields that show their own."""
    mine = [
        f for f in found if f.path[: len(path)] == path and not (inner and len(f.path) > len(path))
    ]
    by_severity = {fault.severity: fault for fault in reversed(mine)}
    error, warning = by_severity.get("error"), by_severity.get("warning")
    first = error or warning
    return replace(
        field,
        error=error.message if error else "",
        warning=warning.message if warning else "",
        fix=first.fix if first else None,
        fix_code=first.code if first else "",
    )


def _fits(kind: str, value: Any) -> bool:
    """Whether a stored value can be shown in the input of its kind. A number field also shows a text as it is."""
    match kind:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, str | int) and not isinstance(value, bool)
        case "texts" | "choices":
            if isinstance(value, str):
                return placeholders.whole(value) is not None
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        case "object":
            return isinstance(value, dict)
        case "objects" | "objects-or-texts":
            return isinstance(value, list)
        case _:
            return isinstance(value, str)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(
        value, ensure_ascii=False, indent=2 if isinstance(value, dict | list) else None
    )


def check(tree: Tree, node: Node, catalog: Catalog, path: Path) -> Fault | None:
    """What keeps a new value at `path` (already in `node.params`) from being stored; None: nothing."""
    action = catalog.actions.get(node.type)
    of_many = {rule.code for rule in action.rules} if action else set()
    elsewhere = {"missing", *of_many, *inputs.MENDED_ELSEWHERE}
    for fault in _faults(tree, node, catalog):
        at_fault = fault.path[: len(path)] == path
        if at_fault and fault.severity == "error" and fault.code not in elsewhere:
            return fault
    return None


# Help


@dataclass(frozen=True, slots=True)
class Replacement:
    """An action that this one could become where it stands; `parks`: how many below it would not fit any more."""

    action: ActionType
    parks: int


def replacements(tree: Tree, node: Node, catalog: Catalog) -> list[Replacement]:
    """In the catalogue's order, those first under which everything stays."""
    found = [
        Replacement(action, len(images) - 1)
        for action in catalog.actions.values()
        if (images := _becoming(tree, node, catalog, action))
    ]
    return sorted(found, key=lambda replacement: replacement.parks > 0)


def _becoming(tree: Tree, node: Node, catalog: Catalog, action: ActionType) -> Images:
    try:
        return edits.change_type(tree, catalog, node.id, action.type)
    except Refused:
        return Images()


def _faults(tree: Tree, node: Node, catalog: Catalog) -> Sequence[Fault]:
    source = _giver(tree, node, catalog)
    return inputs.find_faults(tree, node, catalog, _placement(node), source)


def _placement(node: Node) -> Placement:
    return "child" if node.parent else "root"


def _giver(tree: Tree, node: Node, catalog: Catalog) -> str:
    parent = tree.get(node.parent)
    above = catalog.actions.get(parent.type) if parent else None
    return above.name if above else "the action above"


def _source(tree: Tree, node: Node, catalog: Catalog) -> str:
    return f"It comes from {_giver(tree, node, catalog)}."
