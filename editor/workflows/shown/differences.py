"""What the compare page shows of a diff. Plain data; the template turns it into HTML.

The outline is a flat list of steps, so that a loop without recursion writes the nested list: each opens or closes one
element. Branches in which nothing differs are put into folds.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from editor.catalog import Catalog
from editor.trees import words
from editor.trees.declared import InputEntry
from editor.trees.diff import Change, Diff, Entry, same
from editor.trees.inputs import KINDS
from editor.trees.nodes import MISSING, Node
from editor.workflows.fields.values import read_pointer
from editor.workflows.shown.cards import Chip, called_node, in_words, row

MOST_TOKENS = 300
"""Longer texts are not compared word by word: only their common beginning and end are found."""

CONTEXT = 60
"""Of long stretches that are the same in both, so many characters are shown at either end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; `differs`: the other side has something else here."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that differs: what it is called, and both its values in words; () where there is none."""

    title: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """What happened to an action, as word and icon."""

    kind: str
    word: str
    icon: str


MARKS = {
    "added": Mark("added", "added", "plus"),
    "removed": Mark("removed", "removed", "minus"),
    "moved": Mark("moved", "moved", "move"),
    "changed": Mark("changed", "changed", "pencil"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One action of the outline. `whence`: where it stood before, when it moved."""

    id: str
    name: str
    icon: str
    group: str
    label: str | None
    kind: str
    marks: tuple[Mark, ...]
    chips: tuple[Chip, ...]
    whence: str
    changes: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """`open` and `same` write a line, in which something differs or nothing does, and open the list of what is below
    it; `close` closes both. `fold` opens a fold that hides `hidden` lines, `unfold` closes it.
    """

    do: Literal["open", "same", "close", "fold", "unfold"]
    line: Line | None = None
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class InputLine:
    """`key` tells it from the ids of actions."""

    name: str
    mark: Mark
    changes: tuple[Told, ...]

    @property
    def key(self) -> str:
        return f"input:{self.name}"


# The outline


def steps(found: Diff, catalog: Catalog) -> list[Step]:
    """The outline of both trees, unchanged branches folded."""
    below, quiet = _children(found.entries), _quiet(found.entries)
    out: list[Step] = []
    waiting: list[Step | Entry] = list(reversed(_in_folds(below[None], quiet)))
    while waiting:
        item = waiting.pop()
        if isinstance(item, Step):
            out.append(item)
            continue
        line = _line(item, found, catalog)
        out.append(Step("open" if line.marks else "same", line))
        waiting.append(Step("close"))
        children = below.get(item.id, [])
        inside = children if quiet[item.id] else _in_folds(children, quiet)
        waiting.extend(reversed(inside))
    return out


def _children(entries: Sequence[Entry]) -> dict[str | None, list[Entry]]:
    """Entries by the id of the one that they stand below in the outline of both."""
    below: dict[str | None, list[Entry]] = {None: []}
    above: list[str | None] = [None]
    for entry in entries:
        del above[entry.depth + 1 :]
        below.setdefault(above[-1], []).append(entry)
        above.append(entry.id)
    return below


def _quiet(entries: Sequence[Entry]) -> dict[str, int]:
    """How many actions a branch has in which nothing differs; 0 where something does."""
    sizes: dict[str, int] = {}
    below: dict[int, list[int]] = {}
    for entry in reversed(entries):
        children = below.pop(entry.depth + 1, [])
        same = entry.kind == "same" and all(children)
        sizes[entry.id] = 1 + sum(children) if same else 0
        below.setdefault(entry.depth, []).append(sizes[entry.id])
    return sizes


def _in_folds(children: Sequence[Entry], quiet: dict[str, int]) -> list[Step | Entry]:
    """Neighbours whose branches have no difference go into one fold."""
    out: list[Step | Entry] = []
    for folded, group in groupby(children, lambda entry: quiet[entry.id] > 0):
        entries = list(group)
        if folded:
            hidden = sum(quiet[entry.id] for entry in entries)
            out += [Step("fold", hidden=hidden), *entries, Step("unfold")]
        else:
            out += entries
    return out


def _line(entry: Entry, found: Diff, catalog: Catalog) -> Line:
    tree = found.after if entry.after else found.before
    shown = row(tree, entry.node, entry.depth, catalog, ())
    kinds = [entry.kind] if entry.kind in ("added", "removed") else []
    kinds += ["moved"] * entry.moved + ["changed"] * bool(entry.changes)
    return Line(
        id=entry.id,
        name=shown.name,
        icon=shown.icon,
        group=shown.action.group if shown.action else "",
        label=shown.label,
        kind=entry.kind,
        marks=tuple(MARKS[kind] for kind in kinds),
        chips=shown.chips if entry.kind in ("added", "removed") else (),
        whence=_whence(entry, found, catalog) if entry.moved else "",
        changes=tuple(_told(change, entry, catalog) for change in entry.changes),
    )


def _whence(entry: Entry, found: Diff, catalog: Catalog) -> str:
    """ "Before: under Open person page, number 2"."""
    before = entry.before
    if before is None:
        return ""
    siblings = found.before.children(before.parent)
    parent = found.before.get(before.parent)
    under = f"under {called_node(parent, catalog)}" if parent else "at the start"
    if len(siblings) == 1:
        return f"Before: {under}"
    return f"Before: {under}, number {siblings.index(before) + 1} of {len(siblings)}"


# What changed


def _told(change: Change, entry: Entry, catalog: Catalog) -> Told:
    match change.what:
        case "parameter":
            return _parameter(change, entry.node, catalog)
        case "type":
            values = [_action_name(value, catalog) for value in (change.before, change.after)]
            return _values("Action", *values)
        case "disabled":
            return _values("Skipped in runs", change.before, change.after)
        case "form":
            forms = ["as a list" if value else "alone" for value in (change.before, change.after)]
            return _values("How JSON writes what is below it", *forms)
        case "note":
            return _values("Note", change.before or MISSING, change.after or MISSING)
        case _:
            return _values("Label", change.before, change.after)


def _parameter(change: Change, node: Node, catalog: Catalog) -> Told:
    action, path = catalog.actions.get(node.type), read_pointer(change.path)
    title = words.title(action, path) if action else ".".join(map(str, path))
    return _values(title, change.before, change.after)


def _action_name(action_type: str, catalog: Catalog) -> str:
    action = catalog.actions.get(action_type)
    return action.name if action else action_type


def input_lines(entries: Sequence[InputEntry]) -> list[InputLine]:
    """The inputs that differ."""
    return [
        InputLine(entry.name, MARKS[entry.kind], tuple(_declared(entry)))
        for entry in entries
        if entry.kind != "same"
    ]


TITLES = {
    "kind": "Kind", "required": "Required", "default": "Default", "help": "Help", "choices": "Choices",
}  # fmt: skip


def _declared(entry: InputEntry) -> Iterator[Told]:
    before, after = entry.before or {}, entry.after or {}
    for key in dict.fromkeys([*TITLES, *before, *after]):
        old, new = (side.get(key, MISSING) for side in (before, after))
        if key == "kind":
            old, new = (
                KINDS.get(kind, kind) if isinstance(kind, str) else kind for kind in (old, new)
            )
        if key != "name" and not same(old, new):
            yield _values(TITLES.get(key, key), old, new)


# Values in words


def full_words(value: Any) -> str:
    """Like cards.in_words, in full."""
    match value:
        case str():
            return value
        case list():
            return ", ".join(map(full_words, value))
        case dict():
            return "; ".join(f"{key}: {full_words(item)}" for key, item in value.items())
        case _:
            return "" if value is MISSING else in_words(value)


def _values(title: str, before: Any, after: Any) -> Told:
    old, new = full_words(before), full_words(after)
    if isinstance(before, str | list) and isinstance(after, str | list) and old and new:
        return Told(title, *compared(old, new))
    return Told(title, _whole(before, old), _whole(after, new))


def _whole(value: Any, text: str) -> tuple[Piece, ...]:
    return () if value is MISSING else (Piece(text or "(empty)", differs=True),)


def compared(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces, by words: what differs is marked, long stretches that do not are cut short."""
    old, new = re.findall(r"\w+|\s+|[^\w\s]", before), re.findall(r"\w+|\s+|[^\w\s]", after)
    left: list[Piece] = []
    right: list[Piece] = []
    for one, other in _stretches(old, new):
        differs = one != other
        left += [Piece(_cut(one, differs), differs)] if one else []
        right += [Piece(_cut(other, differs), differs)] if other else []
    return tuple(left), tuple(right)


def _stretches(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs of text, one after the other: equal where nothing differs."""
    shorter, head, tail = min(len(old), len(new)), 0, 0
    while head < shorter and old[head] == new[head]:
        head += 1
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    yield "".join(old[:head]), "".join(new[:head])
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(old_middle), len(new_middle)) > MOST_TOKENS:
        yield "".join(old_middle), "".join(new_middle)
    else:
        matcher = difflib.SequenceMatcher(None, old_middle, new_middle, autojunk=False)
        for _, a, b, c, d in matcher.get_opcodes():
            yield "".join(old_middle[a:b]), "".join(new_middle[c:d])
    yield "".join(old[len(old) - tail :]), "".join(new[len(new) - tail :])


def _cut(text: str, differs: bool) -> str:
    if differs or len(text) <= 3 * CONTEXT:
        return text
    return f"{text[:CONTEXT]} … {text[-CONTEXT:]}"
