"""The Inputs tab: what a run asks for, where it is used; and the menu of the inputs that fit into a field.

    GET  W/inputs                          inputs      inputs.html: every input with the fields that describe it
    GET  W/inputs/menu?node=…&field=…      input-menu  input_menu.html: what a field of an action may hold

Changing them is an edit like any other: the verbs `input-…` of `editing`. Fields are those of the inspector
(inspector.Field, field.html), with paths such as "/inputs/0/default".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Role
from editor import catalog
from editor.lib.htmx import Request
from editor.trees import placeholders
from editor.trees.edits import Refused
from editor.trees.inputs import KINDS, MAX_HELP, Input, by_name
from editor.trees.nodes import MISSING, Tree
from editor.workflows import queries
from editor.workflows.fields import inputs as inspector_inputs
from editor.workflows.fields.inspector import Choice, Field
from editor.workflows.fields.values import mark, read_pointer
from editor.workflows.opening import context, open_workflow, refused
from editor.workflows.shown import cards

MOST_USES = 12
"""So many actions that use an input are named."""

_DEFAULT_FIELDS: Final = {"text": "long-text", "url": "url", "number": "integer"}
"""By kind of input: the kind of field that a default is typed into."""


@dataclass(frozen=True, slots=True)
class Use:
    """An action that uses an input: `field` is the JSON Pointer of the first place in it."""

    node_id: str
    name: str
    field: str


@dataclass(frozen=True, slots=True)
class Item:
    """An input on the tab. `uses` are the first actions that use it, of `used` in all; `parked`: in the tray."""

    index: int
    declared: Input
    fields: tuple[Field, ...]
    uses: tuple[Use, ...]
    used: int
    parked: int

    @property
    def placeholder(self) -> str:
        return placeholders.placeholder(self.declared.name)

    @property
    def more(self) -> int:
        return self.used - len(self.uses)


@require_GET
def panel(request: Request, slug: str, workflow: str) -> HttpResponse:
    """Every input of the workflow, in the order in which a run asks for them."""
    seat, found = open_workflow(request, slug, workflow)
    tree = queries.tree_of(found)
    return render(request, "workflows/inputs.html", context(
        seat, found, items=_items(tree), new_fields=new_fields(),
    ))  # fmt: skip


@require_GET
def menu(request: Request, slug: str, workflow: str) -> HttpResponse:
    """The inputs that fit into a field of an action."""
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    tree = queries.tree_of(found)
    node = tree.get(request.GET.get("node"))
    if node is None:
        return refused(request, Refused("gone", "This action is no longer there."), 404)
    try:
        path = read_pointer(request.GET.get("field", ""))
        offered = inspector_inputs.menu(tree, node, catalog.default(), path)
    except Refused as refusal:
        return refused(request, refusal, 422)
    return render(request, "workflows/input_menu.html", context(seat, found, menu=offered))


def field_at(tree: Tree, name: str, key: str) -> Field | None:
    """One field of an input, as it is stored; None when it has none."""
    for index, declared in enumerate(by_name(tree.inputs or ()).values()):
        if declared.name == name:
            return next((each for each in _fields(index, declared) if each.name == key), None)
    return None


def new_fields() -> tuple[Field, Field]:
    """Name and kind of an input to be added."""
    empty = Input("")
    return (_name("new", empty), _kind("new", empty))


def _items(tree: Tree) -> list[Item]:
    used, parked = placeholders.uses(tree), placeholders.parked_uses(tree)
    return [
        Item(
            index=index,
            declared=declared,
            fields=_fields(index, declared),
            uses=tuple(_uses(tree, used.get(name, ()))),
            used=_actions(used.get(name, ())),
            parked=_actions(parked.get(name, ())),
        )
        for index, (name, declared) in enumerate(by_name(tree.inputs or ()).items())
    ]


def _actions(places: Sequence[tuple[str, str]]) -> int:
    return len({node_id for node_id, _ in places})


def _uses(tree: Tree, places: Sequence[tuple[str, str]]) -> list[Use]:
    first: dict[str, str] = {}
    for node_id, pointer in places:
        first.setdefault(node_id, pointer)
    return [
        Use(node_id, cards.called_node(tree.nodes[node_id], catalog.default()), pointer)
        for node_id, pointer in list(first.items())[:MOST_USES]
    ]


# The fields of one input


def _fields(index: int, declared: Input) -> tuple[Field, ...]:
    fields = [_name(index, declared), _kind(index, declared), _required(index, declared)]
    fields.append(_default(index, declared))
    fields.append(
        _field(index, "help", "Help", kind="text", value=declared.help, max_length=MAX_HELP,
               help="Shown with its field when somebody runs this.")
    )  # fmt: skip
    if declared.kind != "yesno":
        fields.append(
            _field(index, "choices", "Choices", kind="texts",
                   values=tuple(map(str, declared.choices)), help="Left empty: anything of its kind.")
        )  # fmt: skip
    said = declared.as_json()
    return tuple(replace(field, was=mark(said.get(field.name, MISSING))) for field in fields)


def _field(index: int | str, key: str, title: str, **more: Any) -> Field:
    return Field(path=f"/inputs/{index}/{key}", name=key, title=title, given=True, **more)


def _name(index: int | str, declared: Input) -> Field:
    note = "" if index == "new" else "Renaming changes it in the actions too."
    return _field(index, "name", "Name", kind="text", value=declared.name, required=True, help=note)


def _kind(index: int | str, declared: Input) -> Field:
    choices = tuple(
        Choice(kind, words[:1].upper() + words[1:], kind == declared.kind)
        for kind, words in KINDS.items()
    )
    return _field(index, "kind", "Kind", kind="choice", value=declared.kind, choices=choices)


def _required(index: int, declared: Input) -> Field:
    value = "true" if declared.required else "false"
    choices = (
        Choice("true", "Yes", declared.required),
        Choice("false", "No", not declared.required),
    )
    return _field(
        index, "required", "Must be filled in", kind="boolean", value=value, choices=choices
    )


def _default(index: int, declared: Input) -> Field:
    field = partial(
        _field, index, "default", "Default",
        help="What stands in its field before somebody types.",
    )  # fmt: skip
    given = declared.default
    if declared.kind == "list":
        values = () if given is MISSING else tuple(given)
        offered = tuple(Choice(entry, entry, entry in values) for entry in declared.choices)
        return field(kind="choices" if offered else "texts", values=values, choices=offered)
    text = "" if given is MISSING else _typed(given)
    if declared.kind == "yesno":
        choices = _choices(text, ("true", "Yes"), ("false", "No"))
        return field(kind="boolean", value=text, choices=choices)
    if declared.choices:
        choices = _choices(text, *((each, each) for each in map(_typed, declared.choices)))
        return field(kind="choice", value=text, choices=choices)
    return field(kind=_DEFAULT_FIELDS[declared.kind], value=text)


def _choices(chosen: str, *options: tuple[str, str]) -> tuple[Choice, ...]:
    return tuple(
        Choice(value, title, value == chosen) for value, title in (("", "Nothing"), *options)
    )


def _typed(value: Any) -> str:
    """A typed value as somebody would type it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
