"""What became of an input: how it is called by now, and who said something of it. Read from the last changes."""

from collections.abc import Iterator
from typing import Any

from accounts.models import User
from editor.trees.inputs import by_name
from editor.trees.nodes import MISSING, Declarations, Tree
from editor.workflows import queries
from editor.workflows.models import Change, Workflow

Declared = tuple[Declarations, Declarations]


def value_of(declared: Declarations | None, name: str, key: str) -> Any:
    """What an input says of itself (`key` is one of `trees.inputs.KEYS`); MISSING: nothing, or it is not there."""
    found = by_name(declared or ()).get(name)
    return found.as_json().get(key, MISSING) if found else MISSING


def name_now(workflow: Workflow, tree: Tree, name: str) -> str:
    """How the input is called that was called `name`: who edits may not know yet that it has another name."""
    if name in _names(tree.inputs or ()):
        return name
    for _, declared in reversed(list(_changes(workflow))):
        name = _renamed(declared, name)
    return name


def who_said(workflow: Workflow, name: str, key: str) -> User | None:
    """Who made the last change of what the input says; None when nobody did, or it is too long ago."""
    for change, (before, after) in _changes(workflow):
        old = _renamed((after, before), name)
        if value_of(before, old, key) != value_of(after, name, key):
            return change.actor
        name = old
    return None


def _changes(workflow: Workflow) -> Iterator[tuple[Change, Declared]]:
    """The last changes of declarations, newest first, with those before and after."""
    for change in queries.last_changes(workflow):
        if declared := change.images.get("inputs"):
            before, after = declared
            yield change, (tuple(before or ()), tuple(after or ()))


def _renamed(declared: Declared, name: str) -> str:
    """Its name after a change: another one when all that changed in the names is this one."""
    before, after = map(_names, declared)
    if name not in before or name in after or len(before) != len(after):
        return name
    index = before.index(name)
    others_stay = before[:index] + before[index + 1 :] == after[:index] + after[index + 1 :]
    return after[index] if others_stay else name


def _names(declared: Declarations) -> list[str]:
    return [str(entry.get("name")) for entry in declared]
