"""What jsonschema finds, in words for people: one table, by keyword of JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from editor.catalog import ActionType, Parameter, Placement, schemas
from editor.trees.nearest import nearest
from editor.trees.nodes import MISSING
from editor.trees.problems import Fix, Severity
from editor.trees.texts import kind, quote

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem within the parameters of one action, at `path`: no node, no place in a tree yet."""

    path: Path
    code: str
    message: str
    severity: Severity = "error"
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class _Finding:
    """One error of jsonschema: the value, the keyword's own value, the schema around it."""

    path: Path
    name: str  # of the place, for people
    value: Any
    limit: Any
    schema: Any


def translate(error: ValidationError, action: ActionType, placement: Placement) -> Iterator[Fault]:
    """The faults that one error of the action's validator stands for."""
    path, limit, value = tuple(error.absolute_path), error.validator_value, error.instance
    finding = _Finding(path, title(action, path), value, limit, error.schema)
    if error.validator == "required":
        names = [name for name in finding.limit if name not in finding.value]
        yield from (_missing(action, (*path, name), placement) for name in names)
    elif error.validator == "anyOf":
        # Branches for different types of value: speak for the one that was meant.
        branches = error.context or []
        meant = [branch for branch in branches if branch.validator != "type"]
        for branch in meant:
            yield from translate(branch, action, placement)
        if not meant:
            wanted = " or ".join(TYPES[str(branch.validator_value)] for branch in branches)
            yield _wrong_type(finding, wanted)
    else:
        yield TABLE.get(str(error.validator), _invalid)(finding)


def title(action: ActionType, path: Path) -> str:
    """A place in the parameters as people call it: "File URL in entry 2 of Attachments"."""
    words, known = "", action.parameters
    for step in path:
        if isinstance(step, int):
            words = f"entry {step + 1} of {words}"
            continue
        parameter = _named(known, step)
        known = parameter.fields if parameter else ()
        name = parameter.title if parameter else quote(step)
        words = f"{name} in {words}" if words else name
    return words[:1].upper() + words[1:]


def parameter_at(action: ActionType, path: Path) -> Parameter | None:
    """The parameter or field that a path leads to; of a list's entry, that of the list."""
    found, known = None, action.parameters
    for step in path:
        if isinstance(step, str):
            found = _named(known, step)
            known = found.fields if found else ()
    return found


def _named(parameters: tuple[Parameter, ...], name: str) -> Parameter | None:
    return next((parameter for parameter in parameters if parameter.name == name), None)


TYPES: Final[dict[str, str]] = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}


def _missing(action: ActionType, path: Path, placement: Placement) -> Fault:
    parameter = parameter_at(action, path)
    who = f"To start a workflow, {action.name}" if placement == "root" else action.name
    if len(path) > 1:
        who = title(action, path[:-1])
    elif parameter and parameter.required == "always":
        who = action.name
    example = ""
    if parameter and parameter.format:
        example = f", such as {schemas.FORMATS[parameter.format].example}"
    elif parameter and parameter.choices:
        example = f": {', '.join(parameter.choices)}"
    name = parameter.title if parameter else quote(path[-1])
    return Fault(path, "missing", f"{who} needs {name} ({path[-1]}){example}.")


def _type(found: _Finding) -> Fault:
    return _wrong_type(found, TYPES[found.limit])


def _wrong_type(found: _Finding, wanted: str) -> Fault:
    value = _as_type(found.value, found.limit)
    fix = None
    if found.value is None:
        fix = Fix("remove-param", "Remove it", found.path)
    elif value is not MISSING and Draft202012Validator(found.schema).is_valid(value):
        fix = _use(found, value)
    message = f"{found.name} must be {wanted}, not {kind(found.value)}."
    return Fault(found.path, "wrong-type", message, fix=fix)


def _as_type(value: Any, wanted: Any) -> Any:
    """The same value as another type where nobody can doubt it, else MISSING."""
    match wanted, value:
        case "integer", str() if re.fullmatch(r"-?[0-9]{1,15}", value.strip()):
            return int(value)
        case "boolean", str() if value.strip().lower() in ("true", "false"):
            return value.strip().lower() == "true"
        case "string", int() | float() if not isinstance(value, bool):
            return str(value)
        case "array", str() | dict():
            return [value]
    return MISSING


def _enum(found: _Finding) -> Fault:
    is_text = isinstance(found.value, str)
    meant = nearest(found.value, found.limit) if is_text else None
    given = quote(found.value) if is_text else kind(found.value)
    return Fault(
        found.path,
        "wrong-choice",
        f"{found.name} can be {', '.join(found.limit)}; not {given}.",
        fix=_use(found, meant) if meant else None,
    )


def _minimum(found: _Finding) -> Fault:
    message = f"{found.name} is at least {found.limit:,}, not {found.value:,}."
    return Fault(found.path, "too-small", message, fix=_use(found, found.limit))


def _maximum(found: _Finding) -> Fault:
    message = f"{found.name} is at most {found.limit:,}, not {found.value:,}."
    return Fault(found.path, "too-big", message, fix=_use(found, found.limit))


def _min_length(found: _Finding) -> Fault:
    has, is_entry = len(found.value), isinstance(found.path[-1], int)
    message = f"{found.name} is empty. Write something{' or remove it' if is_entry else ''}."
    if has:
        message = f"{found.name} has {has:,} characters; at least {found.limit:,} are needed."
    fix = Fix("remove-param", "Remove the entry", found.path) if is_entry else None
    return Fault(found.path, "too-short", message, fix=fix)


def _max_length(found: _Finding) -> Fault:
    return _too_long(found, "characters", "Shorten it by")


def _max_items(found: _Finding) -> Fault:
    return _too_long(found, "entries", "Remove")


def _too_long(found: _Finding, what: str, remedy: str) -> Fault:
    has, most = len(found.value), found.limit
    message = f"{found.name} has {has:,} {what}; {most:,} are allowed. {remedy} {has - most:,}."
    return Fault(found.path, "too-long", message)


def _pattern(found: _Finding) -> Fault:
    text = found.value.strip()
    guesses = (text, f"https://{text}")
    meant = next((guess for guess in guesses if re.search(found.limit, guess)), None)
    form = schemas.FORMATS.get(found.schema.get("format", ""))
    wanted = f"{form.words}, such as {form.example}" if form else "of another form"
    return Fault(
        found.path,
        "wrong-format",
        f"{found.name} must be {wanted}; not {quote(found.value)}.",
        fix=_use(found, meant) if meant else None,
    )


def _invalid(found: _Finding) -> Fault:
    """For a keyword that a later catalogue may bring: a test holds that TABLE has today's."""
    return Fault(found.path, "invalid-value", f"{found.name} is not as it should be.")


def _use(found: _Finding, value: Any) -> Fix:
    words = quote(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Fix("set-param", f"Use {words}", found.path, value)


TABLE: Final[dict[str, Callable[[_Finding], Fault]]] = {
    "type": _type,
    "enum": _enum,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _min_length,
    "maxLength": _max_length,
    "maxItems": _max_items,
    "pattern": _pattern,
}
