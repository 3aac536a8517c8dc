"""From bytes to a JSON value: the part of reading that knows text, lines and columns."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from editor.trees.problems import Problem

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_NESTING: Final = 500
"""Brackets inside brackets: twice MAX_DEPTH for the actions, the rest for their values."""

MAX_DIGITS: Final = 308
LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Parsed:
    value: Any


class Repeated(dict[str, Any]):
    """An object in whose text some keys stood twice. The codec reports them, with the place."""

    repeated: tuple[str, ...] = ()


def parse(source: str | bytes) -> Parsed | Problem:
    """The JSON value of a text, or the one problem that keeps it from being read."""
    size = len(source) if isinstance(source, bytes) else _utf8_length(source)
    if size > MAX_BYTES:
        return _problem(
            "too-large",
            f"This text has {size / 1024 / 1024:.1f} MB. The most that can be read is 5 MB.",
        )
    text = _decode(source) if isinstance(source, bytes) else source.removeprefix("\ufeff")
    if isinstance(text, Problem):
        return text
    if not text.strip():
        return _problem("empty-text", "There is no text to read. Paste a workflow as JSON.")
    try:
        return Parsed(json.loads(text, object_pairs_hook=_object, parse_int=_whole_number))
    except json.JSONDecodeError as error:
        return _not_json(error)
    except RecursionError:
        return _too_deep(text)


def kind(value: object) -> str:
    """What a value is, in words that fit after "not": "a number", "nothing (null)"."""
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return "true or false"
        case str():
            return "a text" if value else "an empty text"
        case int() | float():
            return "a number"
        case list():
            return "a list" if value else "an empty list"
        case dict():
            return "an object"
        case _:
            return f"a Python {type(value).__name__}"


def quote(text: object, longest: int = 60) -> str:
    """A piece of the author's text for a message: in quotes, shortened, on one line."""
    line = " ".join(LONE_SURROGATE.sub("\ufffd", str(text)).replace("\0", "\ufffd").split())
    return f"“{line if len(line) <= longest else line[: longest - 1] + '…'}”"


def _utf8_length(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _decode(source: bytes) -> str | Problem:
    if source.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in source[:4]:
        return _problem("wrong-encoding", "This text is UTF-16 or UTF-32. Save it as UTF-8.")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # error.start counts from the end of a byte order mark, as error.object does.
        before = error.object[: error.start]
        line, start = before.count(b"\n") + 1, before.rfind(b"\n") + 1
        column = len(before[start:].decode("utf-8", "replace")) + 1
        return _problem(
            "wrong-encoding",
            f"Line {line}, column {column}: the byte {error.object[error.start]:#04x} "
            "is not UTF-8. Save the text as UTF-8.",
            (line, column),
        )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    marked, seen = Repeated(found), set[str]()
    marked.repeated = tuple(
        dict.fromkeys(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    )
    return marked


def _whole_number(digits: str) -> int | float:
    """Python refuses to read thousands of digits; the codec reports infinity, with its place."""
    return int(digits) if len(digits) <= MAX_DIGITS else float("inf")


REMEDIES: Final[dict[str, str]] = {
    "Expecting value": "A value is missing here, or it is not JSON: texts need double quotes, "
    "and true, false and null are written small.",
    "Expecting property name enclosed in double quotes": "A name in double quotes is expected "
    "here. JSON has no single quotes, no comments and no comma after the last entry.",
    "Illegal trailing comma before end of object": "Remove the comma before }.",
    "Illegal trailing comma before end of array": "Remove the comma before ].",
    "Expecting ':' delimiter": "A colon is missing between a name and its value.",
    "Expecting ',' delimiter": "A comma or a closing bracket is missing before this.",
    "Extra data": "The workflow ended before this. Put several actions into one list in [ ].",
    "Unterminated string starting at": "The text that starts here has no closing quote.",
    "Invalid control character at": r"A line break or tab inside a text is written as \n or \t.",
    "Invalid \\escape": r"A backslash inside a text is written twice: \\.",
    "Invalid \\uXXXX escape": r"\u needs four hexadecimal digits after it.",
}
"""What to do about each fault that Python's json module names (without its place)."""


def _not_json(error: json.JSONDecodeError) -> Problem:
    remedy = REMEDIES.get(error.msg.removesuffix(": "), error.msg + ".")
    place = f"Line {error.lineno}, column {error.colno}: "
    return _problem("not-json", place + "this is not JSON. " + remedy, (error.lineno, error.colno))


TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)


def _too_deep(text: str) -> Problem:
    """Find where the nesting passes the limit. A second pass, run only when the parser gave up."""
    depth = 0
    for token in TOKEN.finditer(text):
        bracket = token.group()[0]
        depth += (bracket in "[{") - (bracket in "]}")
        if depth > MAX_NESTING:
            at = token.start()
            line = text.count("\n", 0, at) + 1
            column = at - text.rfind("\n", 0, at)
            return _problem(
                "too-deep",
                f"Line {line}, column {column}: brackets are nested more than {MAX_NESTING} deep. "
                "Take out what is inside.",
                (line, column),
            )
    return _problem("too-deep", "Brackets are nested too deep. Take out what is inside.")


def _problem(code: str, message: str, at: tuple[int, int] | None = None) -> Problem:
    return Problem("", None, code, "error", message, at=at)
