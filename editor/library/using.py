"""Using a template: fill its holes, then run it at once or make a copy to work on.

    GET, POST T/use          use     the form: choices (`slot.KEY`), inputs (`input.NAME`), the account; POST runs it
    POST T/use/plan          plan    runs/confirm.html: what it can do at most with what is in the form now
    POST T/copy              copy    the same form -> a workflow of the team's own; redirect to its editor

A run needs the same ticks as any other (`runs.pages.confirming`), and keeps the definition itself: no workflow is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access
from accounts.access import Access
from accounts.models import Connection, Kind, Role, User
from editor.lib.htmx import Request
from editor.lib.ids import new_id
from editor.library import pages, queries, services, slots
from editor.library.forms import CopyForm
from editor.library.models import Template, TemplateVersion
from editor.library.slots import Slot
from editor.runs.models import Run
from editor.runs.opening import render
from editor.runs.pages import starting
from editor.runs.pages.confirming import Confirmation, confirmation
from editor.runs.pages.starting import InputField
from editor.trees import placeholders
from editor.trees.nodes import Tree


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as somebody filled it in. `choices`: the branch picked in each slot; `tree` has those alone."""

    template: Template
    version: TemplateVersion
    slots: tuple[Slot, ...]
    choices: Mapping[str, str]
    tree: Tree
    raw: Mapping[str, Any]
    values: Mapping[str, Any]
    faults: Mapping[str, str]

    def ask(self, connection: Connection | None, form: QueryDict, actor: User) -> Confirmation:
        tree = placeholders.fill_known(self.tree, self.values)
        picked = ",".join(sorted(self.choices.values()))
        what = f"{self.template.public_id} {self.version.number} {picked}"
        return confirmation(tree, connection, what, form, actor)


def _filled(template: Template, version: TemplateVersion, form: QueryDict) -> Filled:
    offered = queries.slots_of(version)
    given = {slot.key: form.get(f"slot.{slot.key}", "") for slot in offered}
    choices = {slot.key: slot.picked(given) for slot in offered}
    tree = slots.chosen(queries.tree_of(version), offered, choices)
    return Filled(template, version, offered, choices, tree, *starting.read_inputs(tree, form))


@require_http_methods(["GET", "POST"])
def use(request: Request, slug: str, template: str) -> HttpResponse:
    """Ask what it needs; then run it."""
    seat = access.team(request, slug, at_least=Role.RUNNER)
    filled = _read(seat, template, request)
    if request.method == "GET":
        return _page(request, seat, filled)
    made = starting.begin(
        seat, request.POST, ask=lambda connection: filled.ask(connection, request.POST, seat.user),
        start=lambda connection, key: services.run_once(
            filled.version, team=seat.team, actor=seat.user, connection=connection, submit_key=key,
            choices=filled.choices, inputs=filled.raw,
        ),
        faults=filled.faults,
    )  # fmt: skip
    if isinstance(made, Run):
        return redirect("runs:run", slug, made.public_id)
    return _page(request, seat, filled, made)


@require_POST
def plan(request: Request, slug: str, template: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.RUNNER)
    filled = _read(seat, template, request)
    connection = starting.connection_of(seat, request.POST.get("connection", ""))
    ask = filled.ask(connection, request.POST, seat.user)
    return render(request, "runs/confirm.html", {"team": seat.team, "ask": ask})


@require_POST
def copy(request: Request, slug: str, template: str) -> HttpResponse:
    """A workflow of the team's own; values that do are its defaults, others are left for later."""
    seat = access.team(request, slug, at_least=Role.BUILDER)
    filled = _read(seat, template, request)
    form = CopyForm(request.POST)
    name = form.cleaned_data["name"] if form.is_valid() else ""
    workflow = services.copy(
        filled.version, team=seat.team, actor=seat.user, name=name or filled.template.title,
        choices=filled.choices, inputs=filled.values,
    )  # fmt: skip
    messages.success(
        request,
        "This copy is yours. It tells you when the template has a newer version.",
    )
    return redirect("workflows:editor", slug, workflow.public_id)


def _read(seat: Access, template: str, request: Request) -> Filled:
    found = pages.template_of(seat, template)
    form = request.POST if request.method == "POST" else request.GET
    return _filled(found, pages.version_of(found, form.get("version", "")), form)


def _page(
    request: Request, seat: Access, filled: Filled, faults: Mapping[str, str] | None = None
) -> HttpResponse:
    connections = list(seat.connections)
    chosen = starting.chosen_of(connections, request.POST.get("connection", ""))
    context = {
        "team": seat.team, "template": filled.template, "version": filled.version,
        "ask": filled.ask(chosen, request.POST, seat.user),
        "slots": [(slot, filled.choices[slot.key]) for slot in filled.slots],
        "fields": _fields(filled, faults or {}), "connections": connections, "chosen": chosen,
        "sandbox": Kind.SANDBOX, "may_build": seat.may_build, "faults": faults or {},
        "plan_url": reverse("library:use-plan", args=[seat.team.slug, filled.template.public_id]),
        "submit_key": new_id(24),
        "example": starting.as_query(filled.version.examples).urlencode(),
    }  # fmt: skip
    return render(request, "library/use.html", context, status=422 if faults else 200)


def _fields(filled: Filled, faults: Mapping[str, str]) -> list[InputField]:
    """The run form's fields; the help says the example too."""
    examples = filled.version.examples
    fields = starting.input_fields(filled.tree, filled.raw, faults)
    return [_with_example(field, examples.get(field.declared.name)) for field in fields]


def _with_example(field: InputField, example: Any) -> InputField:
    if example in (None, "") or field.declared.choices or field.declared.kind == "yesno":
        return field
    text = " · ".join(pages.as_typed(example).splitlines())
    said = field.declared.help.rstrip()
    stop = "." if said and said[-1].isalnum() else ""
    words = f"{said}{stop} For example: {text}".strip()
    return replace(field, declared=replace(field.declared, help=words))
