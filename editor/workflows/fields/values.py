"""From what was typed into a form to JSON values, and to their place among the parameters."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from editor.trees import placeholders, texts
from editor.trees.edits import Refused
from editor.trees.inputs import Input
from editor.trees.nodes import MISSING, Missing
from editor.trees.problems import Problem

Path = tuple[str | int, ...]

LISTS: Final = ("texts", "choices")
"""Kinds of parameters that are lists of texts."""


TEXTS: Final = ("text", "long-text", "url", "date-time")
"""Kinds of parameters that are typed as they are stored."""

NO_INPUTS: Final[Mapping[str, Input]] = {}


class BadInput(Refused):
    """What was typed cannot be read as the kind of its field; the message says what is expected."""

    def __init__(self, message: str) -> None:
        super().__init__("bad-input", message)


def parse(kind: str, typed: Sequence[str], inputs: Mapping[str, Input] = NO_INPUTS) -> Any:
    """The value that was typed into a field of a kind: one text per input or list entry. MISSING: nothing.

    `kind` is a catalog.ParameterKind or "json"; kinds without an input of their own are read as JSON too. A field of
    any kind may hold a placeholder instead, `{{ name }}`; in a list it is an entry, or all of it when it is alone and
    `inputs` say that it is a list. Raises BadInput when it is not of the kind. Whether the value is good is not asked
    here.
    """
    lines = [text.replace("\r\n", "\n") for text in typed]
    if kind in LISTS:
        return _read_list(lines, inputs)
    text = lines[0] if lines else ""
    if not text.strip():
        return MISSING
    if kind not in TEXTS and placeholders.whole(text):
        return text.strip()
    return _READERS.get(kind, _read_json)(text)


def _read_list(lines: Sequence[str], inputs: Mapping[str, Input]) -> Any:
    entries = [entry.strip() for text in lines for entry in text.split("\n")]
    entries = [entry for entry in entries if entry]
    if len(entries) == 1 and (name := placeholders.whole(entries[0])):
        return entries[0] if name in inputs and inputs[name].kind == "list" else entries
    return entries or MISSING


def _read_integer(text: str) -> int:
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,15}\s*", text):
        raise BadInput(f"Write a whole number, such as 25; not {texts.quote(text)}.")
    return int(text)


def _read_boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise BadInput("Choose yes or no.")
    return text == "true"


def _read_json(text: str) -> Any:
    parsed = texts.parse(text)
    if isinstance(parsed, Problem):
        raise BadInput(parsed.message)
    return parsed.value


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "text": str,
    "long-text": str,
    "url": str.strip,
    "date-time": str.strip,
    "choice": str,
    "integer": _read_integer,
    "boolean": _read_boolean,
}


def mark(value: Any) -> str:
    """A few letters that are other ones for another value; "" for MISSING."""
    if value is MISSING:
        return ""
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def with_value(params: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Copy of the parameters with a value at `path`; MISSING takes it out, with objects and lists that become empty.

    The last step "-" appends to a list. Raises Refused when the way there is not what it was.
    """
    changed = _with(dict(params), path, value)
    return {} if changed is MISSING else changed


def _with(holder: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    step, *rest = path
    if isinstance(holder, Missing):
        holder = [] if step in ("-", 0) else {}
    if isinstance(holder, dict):
        inner = _with(holder.get(str(step), MISSING), tuple(rest), value)
        changed: Any = {**holder, str(step): inner}
        if isinstance(inner, Missing):
            del changed[str(step)]
    elif isinstance(holder, list) and step == "-":
        changed = [*holder, _with(MISSING, tuple(rest), value)]
    elif isinstance(holder, list) and isinstance(step, int) and step < len(holder):
        inner = _with(holder[step], tuple(rest), value)
        # An entry that becomes empty stays: to empty its last field is not to drop it.
        inner = {} if rest and isinstance(inner, Missing) else inner
        changed = [
            *holder[:step],
            *([] if isinstance(inner, Missing) else [inner]),
            *holder[step + 1 :],
        ]
    else:
        raise Refused("gone", "What this field belongs to is no longer there.")
    return changed or MISSING


def read_pointer(pointer: str) -> Path:
    """The steps of a JSON Pointer; all digits: an index. Raises Refused when it is none."""
    if not pointer.startswith("/"):
        raise Refused("no-such-field", f"{texts.quote(pointer)} names no parameter.")
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]
    return (steps[0], *(int(s) if re.fullmatch(r"[0-9]{1,6}", s) else s for s in steps[1:]))


def value_at(params: Any, path: Path) -> Any:
    """The value at a path, or MISSING."""
    for step in path:
        if isinstance(params, dict) and str(step) in params:
            params = params[str(step)]
        elif isinstance(params, list) and isinstance(step, int) and step < len(params):
            params = params[step]
        else:
            return MISSING
    return params
