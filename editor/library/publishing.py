"""Publishing a workflow, and what is done with a template afterwards.

    GET, POST W/publish      publish    the form; POST makes the template, or its next version -> redirect to it
    GET, POST T/details      details    what it says about itself and who sees it -> redirect to T
    POST T/withdraw          withdraw   on=1: out of the gallery; on=0: back -> redirect to T

Fields: those of forms.PublishForm, `example.NAME` per input, and for each place with neighbours `slot.N.name`,
`slot.N.node` (may repeat) and `slot.N.option.NODE`, N being the number of the place (`slots.places`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access
from accounts.access import Access, RoleTooSmall
from accounts.models import Role
from editor import catalog
from editor.lib.htmx import Request
from editor.library import pages, queries, services, slots
from editor.library.forms import PublishForm
from editor.library.models import Category, Template, TemplateVersion, Visibility
from editor.library.slots import Option, Slot
from editor.runs.opening import workflow_of
from editor.trees.inputs import Input, by_name
from editor.trees.nodes import Tree
from editor.workflows import queries as workflows
from editor.workflows.models import Workflow
from editor.workflows.shown import cards


@dataclass(frozen=True, slots=True)
class PlaceField:
    """A place of the tree that could offer a choice, as the form shows it."""

    number: int
    where: str
    name: str
    options: Sequence[
        tuple[str, str, str, bool]
    ]  # node, what it is, name of the option, whether it is in

    @property
    def is_open(self) -> bool:
        return any(chosen for *_, chosen in self.options)


@require_http_methods(["GET", "POST"])
def publish(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.BUILDER)
    found = workflow_of(seat, workflow)
    template = queries.of_workflow(found)
    tree = workflows.tree_of(found)
    if request.method == "GET":
        form = PublishForm(initial=_first_words(found, template), first=template is None)
        return _page(request, seat, found, template, tree, form)
    form = PublishForm(request.POST, first=template is None)
    chosen, examples = _slots(tree, request.POST), _examples(tree, request.POST)
    if not form.is_valid():
        return _page(request, seat, found, template, tree, form, status=422)
    about = dict(form.cleaned_data)
    visibility, notes = about.pop("visibility"), about.pop("notes", "")
    try:
        version = services.publish(
            found, actor=seat.user, about=about, visibility=visibility, slots=chosen,
            examples=examples, notes=notes, revision=_revision(request.POST),
        )  # fmt: skip
    except services.Refused as refusal:
        form.add_error(None, list(refusal.faults))
        return _page(request, seat, found, template, tree, form, status=422)
    messages.success(request, f"Version {version.number} of “{about['title']}” is published.")
    return redirect("library:template", slug, version.template.public_id)


def _revision(form: QueryDict) -> int | None:
    text = form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _first_words(workflow: Workflow, template: Template | None) -> dict[str, Any]:
    if template:
        names = ("title", "summary", "category", "readme", "visibility")
        return {name: getattr(template, name) for name in names}
    return {
        "title": workflow.name,
        "summary": workflow.description[:240],
        "category": Category.PEOPLE,
        "visibility": Visibility.TEAM,
    }


def _page(
    request: Request, seat: Access, workflow: Workflow, template: Template | None, tree: Tree,
    form: PublishForm, status: int = 200,
) -> HttpResponse:  # fmt: skip
    latest = queries.version(template) if template else None
    context = {
        "team": seat.team, "workflow": workflow, "template": template, "form": form,
        "next": template.number + 1 if template else 1,
        "examples": _example_fields(tree, request.POST, latest),
        "places": _places(tree, request.POST, latest),
        "lines": pages.lines(tree, ()),
    }  # fmt: skip
    return render(request, "library/publish.html", context, status=status)


# Examples


def _example_fields(
    tree: Tree, form: QueryDict, latest: TemplateVersion | None
) -> list[tuple[Input, str, str]]:
    """Each input with its example and, for the sample without one, its default, both as typed."""
    before = latest.examples if latest else {}
    return [
        (
            each,
            form.get(f"example.{name}", pages.as_typed(before.get(name))),
            pages.as_typed(each.default or None),
        )
        for name, each in by_name(tree.inputs or ()).items()
    ]


def _examples(tree: Tree, form: QueryDict) -> dict[str, Any]:
    """What was typed as examples, as `inputs.check_values` reads it; nothing counts as not given."""
    typed = {name: form.get(f"example.{name}", "") for name in by_name(tree.inputs or ())}
    return {
        name: text.replace("\0", "").replace("\r\n", "\n")
        for name, text in typed.items()
        if text.strip()
    }


# Slots


def _slots(tree: Tree, form: QueryDict) -> list[Slot]:
    """The choices that were ticked; whether they do is the service's question."""
    found = []
    for number, (key, _) in enumerate(slots.places(tree)):
        nodes = form.getlist(f"slot.{number}.node")
        if not nodes:
            continue
        options = tuple(
            Option(node, _name(form, f"slot.{number}.option.{node}") or _called(tree, node))
            for node in nodes
        )
        found.append(Slot(key, _name(form, f"slot.{number}.name"), options))
    return found


def _name(form: QueryDict, field: str) -> str:
    return form.get(field, "").replace("\0", "").strip()[: slots.NAME_MAX]


def _called(tree: Tree, node_id: str) -> str:
    node = tree.get(node_id)
    return cards.called_node(node, catalog.default())[: slots.NAME_MAX] if node else ""


def _places(tree: Tree, form: QueryDict, latest: TemplateVersion | None) -> list[PlaceField]:
    before = {slot.key: slot for slot in queries.slots_of(latest)} if latest else {}
    found = []
    for number, (key, children) in enumerate(slots.places(tree)):
        old = before.get(key)
        names = {option.node: option.name for option in old.options} if old else {}
        posted = "title" in form
        ticked = form.getlist(f"slot.{number}.node") if posted else list(names)
        options = [
            (
                child.id,
                _called(tree, child.id),
                form.get(f"slot.{number}.option.{child.id}", names.get(child.id, "")),
                child.id in ticked,
            )
            for child in children
        ]
        name = form.get(f"slot.{number}.name", old.name if old else "")
        found.append(PlaceField(number, _where(tree, key), name, options))
    return found


def _where(tree: Tree, key: str) -> str:
    return f"Below {_called(tree, key)}" if key else "At the start"


# Afterwards


def changeable(request: Request, slug: str, template: str) -> tuple[Access, Template]:
    seat = access.team(request, slug)
    found = pages.template_of(seat, template)
    if not pages.may_change(seat, found):
        raise RoleTooSmall(Role.BUILDER, seat.role)
    return seat, found


@require_http_methods(["GET", "POST"])
def details(request: Request, slug: str, template: str) -> HttpResponse:
    seat, found = changeable(request, slug, template)
    names = ("title", "summary", "category", "readme", "visibility")
    shown = {name: getattr(found, name) for name in names}
    form = PublishForm(request.POST or None, initial=shown, first=True)
    if request.method == "POST" and form.is_valid():
        about = dict(form.cleaned_data)
        services.change(found, actor=seat.user, visibility=about.pop("visibility"), about=about)
        messages.success(request, "Saved.")
        return redirect("library:template", slug, found.public_id)
    context = {"team": seat.team, "template": found, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "library/details.html", context, status=status)


@require_POST
def withdraw(request: Request, slug: str, template: str) -> HttpResponse:
    seat, found = changeable(request, slug, template)
    if request.POST.get("on") == "0":
        services.put_back(found, actor=seat.user)
        messages.success(request, f"“{found.title}” is in the gallery again.")
    else:
        services.withdraw(found, actor=seat.user)
        messages.success(request, f"“{found.title}” left the gallery. Copies of it stay.")
    return redirect("library:template", slug, found.public_id)
