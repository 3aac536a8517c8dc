"""What the pages of this room share: the way to a template, and what a preview shows."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404

from accounts.access import Access
from accounts.models import Role
from editor import catalog
from editor.library import queries, readme, samples, slots, telling
from editor.library.models import Template, TemplateVersion
from editor.library.slots import Slot
from editor.trees import placeholders
from editor.trees.inputs import Input, by_name
from editor.trees.nodes import Tree
from editor.trees.table_choice import Choice
from editor.workflows.shown import cards
from editor.workflows.shown.cards import Row


def template_of(seat: Access, public_id: str) -> Template:
    """Http404 for one that this person does not see."""
    try:
        return queries.template(seat, public_id)
    except Template.DoesNotExist as error:
        raise Http404("There is no such template here.") from error


def version_of(template: Template, number: str = "") -> TemplateVersion:
    """The latest, or that of a number as it came from an address."""
    if number and not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Http404("There is no such version.")
    try:
        return queries.version(template, int(number) if number else None)
    except TemplateVersion.DoesNotExist as error:
        raise Http404("This template has no such version.") from error


def may_change(seat: Access, template: Template) -> bool:
    """Whoever builds in the team that published it."""
    return seat.may(Role.BUILDER) and template.team_id == seat.team.pk


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the outline; `slot`: the choice that it belongs to, `option` its name there, or None and ""."""

    row: Row
    slot: Slot | None = None
    option: str = ""


@dataclass(frozen=True, slots=True)
class Hole:
    """An input with an example, as text; "" when there is none."""

    declared: Input
    example: str


def preview(template: Template, version: TemplateVersion) -> dict[str, Any]:
    """Everything that a page tells about a version of a template."""
    known = catalog.default()
    tree, choices = queries.tree_of(version), queries.slots_of(version)
    first = slots.chosen(tree, choices, {})
    return {
        "template": template,
        "version": version,
        "readme": readme.html(template.readme),
        "lines": lines(tree, choices),
        "holes": holes(tree, version),
        "slots": choices,
        "plan": telling.plan_with(first, version.examples, known),
        "columns": columns(first, version.table),
        "sample": version.sample,
    }


def lines(tree: Tree, choices: tuple[Slot, ...]) -> list[Line]:
    options = {o.node: (slot, o.name) for slot in choices for o in slot.options}
    rows = cards.rows_of(tree, list(tree.walk()), catalog.default(), {})
    return [
        Line(replace(row, disabled=False), *options[row.id]) if row.id in options else Line(row)
        for row in rows
    ]


def holes(tree: Tree, version: TemplateVersion) -> list[Hole]:
    return [
        Hole(declared, as_typed(version.examples.get(name)))
        for name, declared in by_name(tree.inputs or ()).items()
    ]


def as_typed(value: Any) -> str:
    """A value as somebody types it into a form: a list has an entry a line."""
    return "\n".join(map(str, value)) if isinstance(value, list) else placeholders.as_text(value)


def columns(tree: Tree, choice: Choice) -> list[tuple[str, list[str]]]:
    """The columns of its results by the action that they come from."""
    found: dict[str, list[str]] = {}
    for each in samples.shown_columns(tree, catalog.default(), choice):
        found.setdefault(each.column.group or "All", []).append(each.title)
    return list(found.items())
