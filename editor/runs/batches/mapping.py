"""From the columns of a table to the inputs of a workflow, and what each row then comes to. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from editor import catalog
from editor.runs import ledger, sending
from editor.trees import placeholders
from editor.trees.codec import step
from editor.trees.effects import effects
from editor.trees.inputs import ON_LINKEDIN, by_name, check_values
from editor.trees.nodes import Tree

from .reading import SPREADSHEET_ERRORS, Line

Sources = Mapping[str, Mapping[str, Any]]
CHECK_WHOLE_AT_MOST = 10_000
"""Rows times actions: so many are checked as they would be sent; else values alone, and the rest before each start."""


@dataclass(slots=True)
class Checked:
    """What a row comes to: `faults` in words; `targets`: (action type, address) of what other people would see."""

    values: dict[str, str]
    faults: list[str] = field(default_factory=list)
    acts: int = 0
    endless: bool = False
    targets: list[tuple[str, str]] = field(default_factory=list)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _is_link(cell: str) -> bool:
    return bool(re.match(r"https?://", cell.strip()) or ON_LINKEDIN.match(cell.strip()))


def names_in(lines: Sequence[Line], tree: Tree) -> bool:
    """Whether the first row names the columns: it has the name of an input, or does not fit where the second does.

    A link is never a name: a first row with a mistake in it is a bad row, which people must see.
    """
    inputs = by_name(tree.inputs or ())
    if {_plain(cell) for cell in lines[0].cells} & {_plain(name) for name in inputs}:
        return True
    if len(lines) < 2 or any(map(_is_link, lines[0].cells)):
        return False
    chosen = guess([], lines[1].cells, tree)
    fits = [not check(tree, values_of(chosen, line.cells)).faults for line in lines[:2]]
    return fits == [False, True]


def guess(columns: Sequence[str], sample: Sequence[str], tree: Tree) -> dict[str, dict[str, Any]]:
    """Columns for inputs: by name, then web addresses for those that want one, what alone is left, then in order."""
    inputs = by_name(tree.inputs or ())
    plain = [_plain(column) for column in columns]
    found = {name: plain.index(_plain(name)) for name in inputs if _plain(name) in plain}
    free = [index for index in range(len(sample)) if index not in found.values()]
    for name, declared in inputs.items():
        links = [index for index in free if _is_link(sample[index])]
        if name not in found and declared.kind == "url" and links:
            found[name] = links[0]
            free.remove(links[0])
    missing = [name for name in inputs if name not in found and inputs[name].required]
    if len(missing) == len(free) == 1:
        found[missing[0]] = free.pop()
    if not columns:
        others = (name for name in inputs if name not in found and inputs[name].kind != "url")
        found |= dict(zip(others, free, strict=False))
    return {name: {"column": index} for name, index in found.items()}


def values_of(mapping: Sources, cells: Sequence[str]) -> dict[str, str]:
    """The texts that the inputs get from a row, always in one order: stored, the same are equal."""
    return {
        name: source["value"] if "value" in source else cells[source["column"]]
        for name, source in sorted(mapping.items())
        if "value" in source or source["column"] < len(cells)
    }


def check(tree: Tree, values: Mapping[str, str], whole: bool = False) -> Checked:
    """One row. `whole`: also whether what would be sent is right."""
    found = Checked(dict(values))
    broken = {
        step(name): f"{name}: The spreadsheet has the error {text.strip()} here."
        for name, text in values.items()
        if text.strip() in SPREADSHEET_ERRORS
    }
    typed, problems = check_values(by_name(tree.inputs or ()).values(), values)
    if whole and not problems:
        typed, problems = sending.values_of(tree, values)
    others = [problem.message for problem in problems if problem.path not in broken]
    found.faults = [*broken.values(), *others]
    if not found.faults:
        filled = placeholders.fill_known(tree, typed)
        acts = effects(filled, catalog.default()).acts.values()
        found.acts, found.endless = sum(a.count for a in acts), any(a.open for a in acts)
        known = ledger.known_targets(filled, catalog.default())
        found.targets = [(node.type, target) for node, target in known]
    return found


def check_all(tree: Tree, rows: Iterable[Mapping[str, str]], count: int) -> Iterator[Checked]:
    whole = count * len(tree) <= CHECK_WHOLE_AT_MOST
    return (check(tree, values, whole) for values in rows)
