"""The declared inputs of two or three versions of a workflow: what differs, a part of it, both as one.

An input is known by its name: renamed, it is one removed and one added. A tree that says nothing about
inputs (None) differs from none: where either side says nothing, there is nothing to compare.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from editor.trees.codec import step
from editor.trees.nodes import MISSING, Declarations
from editor.trees.order import both, moved, weave
from editor.trees.pairing import written

Declaration = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InputEntry:
    """One input of both versions; `before` or `after` is None where it is not declared.

    `moved`: it has another place among those that both declare.
    """

    name: str
    before: Declaration | None
    after: Declaration | None
    moved: bool = False

    @property
    def kind(self) -> Literal["added", "removed", "moved", "changed", "same"]:
        """The one word for it; what moved may have changed as well, which counts more here."""
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        if written(self.before) != written(self.after):
            return "changed"
        return "moved" if self.moved else "same"


def compare(before: Declarations | None, after: Declarations | None) -> tuple[InputEntry, ...]:
    """Every input of both: those of `after` in order, then those that are gone. () when a side says nothing."""
    if before is None or after is None:
        return ()
    old, new = by_name(before), by_name(after)
    shifted = moved(list(old), list(new))
    here = [InputEntry(name, old.get(name), new[name], name in shifted) for name in new]
    return (*here, *(InputEntry(name, old[name], None) for name in old if name not in new))


def taken(
    before: Declarations | None, after: Declarations | None, names: Collection[str]
) -> Declarations | None:
    """`before` with those inputs that are named as they are in `after`."""
    if before is None or after is None:
        return before
    old, new = by_name(before), by_name(after)
    here = {
        name: new[name] if name in names else old[name]
        for name in old
        if name not in names or name in new
    }
    here |= {name: new[name] for name in new if name in names}
    left, right = [n for n in old if n in here], [n for n in new if n in here]
    shifted = moved(left, right)
    come = {name for name in right if name in names and (name not in old or name in shifted)}
    stay = set(left).difference(right) | (shifted - come)
    return tuple(here[name] for name in weave(left, right, stay, come))


Merge = Callable[[str, tuple[Any, Any, Any]], Any]
"""(JSON Pointer, (base, mine, theirs)) -> the value: `editor.trees.merge` says how, and tells conflicts."""


def merged(
    base: Declarations | None,
    mine: Declarations | None,
    theirs: Declarations | None,
    value: Merge,
) -> Declarations | None:
    """My inputs with their changes since `base`, by the same rule as other values. Pointers start with the name.

    Who says nothing has changed nothing. Where both put them into another order, mine stays.
    """
    if mine is None or theirs is None:
        return theirs if mine is None else mine
    versions = tuple(map(by_name, (base or (), mine, theirs)))
    rows = {}
    for name in [*versions[1], *(name for name in versions[2] if name not in versions[1])]:
        three = tuple(dict(v[name]) if name in v else MISSING for v in versions)
        row = value(step(name), three)  # type: ignore[arg-type]
        if row is not MISSING:
            rows[name] = row
    order, _ = both(*([name for name in version if name in rows] for version in versions))
    return tuple(rows[name] for name in order)


def by_name(declarations: Declarations) -> dict[str, Declaration]:
    """One that has no name, or that of another before it, goes by all that it says."""
    found: dict[str, Declaration] = {}
    for declaration in declarations:
        name = declaration.get("name")
        if not isinstance(name, str) or name in found:
            name = written(dict(declaration))
        found[name] = declaration
    return found
