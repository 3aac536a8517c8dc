"""A JSON value as a tree that folds, as HTML.

By hand, because a value may have thousands of parts: everything from outside goes through `escape`. What is big is not
in the page: it is fetched from `address` when it is opened.

    address&pointer=/data/3            the inside of that part        &from=50   from its 50th member on
    address&pointer=/data/3&raw=1      that part as JSON text, to be copied
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice
from typing import Any
from urllib.parse import quote

from django.utils.safestring import SafeString, mark_safe

BIG = 60
"""Parts of a value from which on it is fetched when it is opened."""
SMALL = 12
"""Parts of a value up to which it is open from the start."""
MEMBERS = 100
"""Of a list or object, so many are shown at a time."""
HINT = 40
"""Characters of an object's first text that stand beside it while it is closed."""
LONG = 400
"""Characters of a text from which on only its beginning is in the page."""


class NoSuchPart(ValueError):
    """The pointer leads nowhere in this value."""


@dataclass(frozen=True, slots=True)
class Part:
    """A value, where it stands, and how people write that: `data[3].name`."""

    value: Any
    pointer: str = ""
    path: str = ""

    def member(self, key: str | int, value: Any) -> "Part":
        step = f"[{key}]" if isinstance(key, int) else f".{key}" if key.isidentifier() else ""
        step = step or f"[{json.dumps(key)}]"
        pointer = str(key).replace("~", "~0").replace("/", "~1")
        return Part(value, f"{self.pointer}/{pointer}", (self.path + step).removeprefix("."))


def part(value: Any, pointer: str) -> Part:
    """The part that a JSON Pointer leads to. Raises NoSuchPart."""
    found = Part(value)
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found.value, dict) and key in found.value:
            found = found.member(key, found.value[key])
        elif isinstance(found.value, list) and _is_index(key, found.value):
            found = found.member(int(key), found.value[int(key)])
        else:
            raise NoSuchPart(pointer)
    return found


def _is_index(text: str, values: Sequence[Any]) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10 and int(text) < len(values)


def tree(value: Any, address: str) -> SafeString:
    """A whole value, its first level open."""
    return mark_safe(_line("", Part(value), address, is_open=True))  # noqa: S308 - escaped below


def inside(found: Part, address: str, start: int = 0) -> SafeString:
    """The members of a part from one on; the whole of a text, or of what has no members."""
    if isinstance(found.value, str):
        return mark_safe(f'<span class="json-text">{escape(found.value)}</span>')  # noqa: S308 - escaped
    if not isinstance(found.value, dict | list):
        return mark_safe(_words(found.value))  # noqa: S308 - escaped below
    return mark_safe(_members(found, address, start))  # noqa: S308 - escaped below


def _members(found: Part, address: str, start: int = 0) -> str:
    members = list(islice(_each(found.value), start, start + MEMBERS))
    lines = [_line(str(key), found.member(key, value), address) for key, value in members]
    more = len(found.value) - start - len(members)
    if more > 0:
        href = f"{address}&pointer={quote(found.pointer)}&from={start + MEMBERS}"
        lines.append(
            f'<button class="json-more" hx-get="{escape(href)}" hx-swap="outerHTML">{more:,} more</button>'
        )
    return "".join(lines)


def _each(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _line(key: str, found: Part, address: str, *, is_open: bool = False) -> str:
    value = found.value
    name = f'<span class="json-key">{escape(key)}</span> ' if key else ""
    if isinstance(value, str) and len(value) > LONG:
        shown = f'{_words(value[:LONG])}<span class="json-size">… {len(value):,} characters</span>'
        return _fetched(name + shown, found, address)
    if not isinstance(value, dict | list) or not value:
        return f'<div class="json-line">{name}{_words(value)}{_copies(found, address)}</div>'
    size = f"{len(value):,}"
    sign = f"[{size}]" if isinstance(value, list) else f"{{{size}}}"
    head = f'{name}<span class="json-size">{sign}{"" if is_open else _hint(value)}</span>'
    if not is_open and _size(value) > BIG:
        return _fetched(head, found, address)
    opened = " open" if is_open or _size(value) <= SMALL else ""
    return (
        f'<div class="json-line"><details{opened}><summary>{head}</summary>'
        f'<div class="json-in">{_members(found, address)}</div></details>{_copies(found, address)}</div>'
    )


def _hint(value: Any) -> str:
    """The first short text in an object: mostly its name."""
    texts = value.values() if isinstance(value, dict) else ()
    found = next((text for text in texts if isinstance(text, str) and text), "")
    return f" {escape(found[:HINT])}{'…' if len(found) > HINT else ''}" if found else ""


def _fetched(head: str, found: Part, address: str) -> str:
    href = escape(f"{address}&pointer={quote(found.pointer)}")
    return (
        f'<div class="json-line"><details hx-get="{href}" hx-trigger="toggle once" hx-target="find .json-in">'
        f'<summary>{head}</summary><div class="json-in"><span class="muted">Fetching…</span></div></details>'
        f"{_copies(found, address)}</div>"
    )


def _words(value: Any) -> str:
    kind = "word" if value is None or isinstance(value, bool | dict | list) else "number"
    text = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith("https://"):
        href = escape(value)
        return f'<a class="json-text" href="{href}" rel="noopener noreferrer" target="_blank">{escape(text)}</a>'
    return f'<span class="json-{"text" if isinstance(value, str) else kind}">{escape(text)}</span>'


def _copies(found: Part, address: str) -> str:
    where = escape(found.path or "all")
    value = f"{address}&pointer={quote(found.pointer)}&raw=1"
    path = (
        f'<button type="button" data-copy-text="{where}" aria-label="Copy the path {where}">path</button>'
        if found.path
        else ""
    )
    return (
        f'<span class="json-copy">{path}<button type="button" data-copy-from="{escape(value)}"'
        f' aria-label="Copy the value of {where}">value</button></span>'
    )


def _size(value: Any) -> int:
    """How many parts a value has, counted no further than BIG; long texts count for more."""
    waiting, size = [value], 0
    while waiting and size <= BIG:
        one = waiting.pop()
        size += 1 + (len(one) // LONG if isinstance(one, str) else 0)
        waiting.extend(islice((inner for _, inner in _each(one)), BIG))
    return size
