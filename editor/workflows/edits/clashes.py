"""Two people in one field: an edit says over what it was typed, and is not done over anything else.

A page sends with a field what it showed when typing began (`was`, a `values.mark` of it). When something else is stored
by now, and not what is being set either, the edit is a Clash: the page shows both versions, and a person chooses.
"""

import difflib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from accounts.models import User
from editor import catalog
from editor.trees import table_choice
from editor.trees.edits import Refused
from editor.trees.inputs import KINDS
from editor.trees.nodes import MISSING, Images, Node, Tree
from editor.workflows import queries, rows
from editor.workflows.edits import input_history
from editor.workflows.fields.values import mark, read_pointer, value_at
from editor.workflows.models import Workflow

FIELDS = ("param", "label", "note", "type", "input-change", "column-rename")
"""The verbs that set one field: of an action, the last ones of an input and of a column of the results table."""


class Clash(Refused):
    """Something else is stored than the edit was typed over."""

    def __init__(self, stored: Any) -> None:
        super().__init__("changed-meanwhile", "This was changed meanwhile.")
        self.stored = stored


def guard(workflow: Workflow, verb: str, form: QueryDict) -> Callable[[Tree, Images], None] | None:
    """What keeps the edit in `form` from overwriting; None when it does not say over what it was typed."""
    was = form.get("was")
    if verb not in FIELDS or was is None:
        return None

    def check(tree: Tree, images: Images) -> None:
        if images.table:
            stored = table_choice.title_in(images.table[0], form.get("column", ""))
        else:
            stored = stored_in(workflow, tree, verb, form)
        if not images.is_empty and mark(stored) != was:
            raise Clash(stored)

    return check


def stored_in(workflow: Workflow, tree: Tree, verb: str, form: QueryDict) -> Any:
    """The value of the field that `form` sets; MISSING when there is none, nor such a field."""
    if verb == "column-rename":
        return table_choice.title_in(workflow.table, form.get("column", ""))
    if verb == "input-change":
        name = input_history.name_now(workflow, tree, form.get("input", ""))
        return input_history.value_of(tree.inputs, name, form.get("field", ""))
    node = tree.get(form.get("node"))
    return _value_of(node, verb, form.get("field", "")) if node else MISSING


def _value_of(node: Node, verb: str, pointer: str) -> Any:
    if verb == "param":
        return value_at(node.params, read_pointer(pointer))
    return getattr(node, verb)


@dataclass(frozen=True, slots=True)
class Theirs:
    """The stored version, to be shown beside one's own.

    - `who` stored it; None: the reader, in another tab, or nobody known.
    - `parts`: (text, whether one's own version has other words there), in the order of the text.
    - `mark`: what an edit says that is to be done over this version.
    - `is_text`: both are texts that can be worked into one.
    """

    who: User | None
    parts: tuple[tuple[str, bool], ...]
    mark: str
    is_text: bool


def theirs(workflow: Workflow, verb: str, form: QueryDict, reader: User, stored: Any) -> Theirs:
    of = form.get("field") if verb == "input-change" else verb
    text = _in_words(of, stored)
    mine = "\n".join(form.getlist(verb if verb in ("label", "note", "type") else "value"))
    who = _who_stored(workflow, verb, form, stored)
    known = who if who != reader else None
    is_text = of not in ("type", "kind", "required") and bool(mine)
    return Theirs(known, _compared(text, mine), mark(stored), is_text)


def _in_words(of: str | None, stored: Any) -> str:
    """A stored value as its field shows it; `of` is a verb, or the key of an input."""
    if stored is MISSING:
        return ""
    if isinstance(stored, bool):
        return "Yes" if stored else "No"
    if of == "kind":
        return KINDS[stored].capitalize()
    if of == "type":
        action = catalog.default().actions.get(stored)
        return action.name if action else str(stored)
    if isinstance(stored, list) and all(isinstance(item, str | int | float) for item in stored):
        return "\n".join(map(str, stored))
    return stored if isinstance(stored, str) else json.dumps(stored, ensure_ascii=False)


def _who_stored(workflow: Workflow, verb: str, form: QueryDict, stored: Any) -> User | None:
    """Who made the last change after which the field was as it is stored."""
    if verb == "column-rename":
        return _who_chose(workflow, form.get("column", ""))
    if verb == "input-change":
        name = input_history.name_now(workflow, queries.tree_of(workflow), form["input"])
        return input_history.who_said(workflow, name, form["field"])
    node_id, pointer = form.get("node", ""), form.get("field", "")
    for change in queries.changes_of_node(workflow, node_id):
        before, after = rows.images_from_json(change.images)[node_id]
        was, now = (node and mark(_value_of(node, verb, pointer)) for node in (before, after))
        if was != now == mark(stored):
            return change.actor
    return None


def _who_chose(workflow: Workflow, column: str) -> User | None:
    """Who gave a column the name that it has."""
    for change in queries.last_changes(workflow):
        choices = change.images.get("table") or ((), ())
        before, after = (table_choice.title_in(choice, column) for choice in choices)
        if before != after:
            return change.actor
    return None


def _compared(text: str, other: str) -> tuple[tuple[str, bool], ...]:
    """`text` in pieces, each with whether `other` has something else there."""
    words, others = (re.findall(r"\s+|[^\s]+", each) for each in (text, other))
    steps = difflib.SequenceMatcher(None, words, others, autojunk=False).get_opcodes()
    return tuple(
        ("".join(words[start:end]), tag != "equal")
        for tag, start, end, _, _ in steps
        if end > start
    )
