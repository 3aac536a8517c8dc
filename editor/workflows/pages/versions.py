"""Versions of a workflow and what was done to it: the History tab, and the page that compares two versions.

    GET  W/versions             index        versions/panel.html; ?cursor=: `#versions`, the next ones
    GET  W/versions/edits       edits        versions/panel.html#edits; ?cursor=: the next ones
    POST W/versions/name        name_present name: keep what is here now under that name; 204
    POST W/versions/<n>/name    name         name ("": take it away); 204
    GET  W/versions/<n>         compare      versions/compare.html; ?with=<number>: with that one, else with now
    POST W/versions/<n>/restore restore      all of it -> redirect to the editor
    POST W/versions/<n>/take    take         base, node (may repeat), input (may repeat), roots=1: only those, force=1:
                                             though they are wrong without the rest -> redirect to the page again

`panel.html`: `versions` and `changes` (paging.Page). `compare.html`: `version`, `other` (None: now), `choices` (list of
versions), `diff`, `columns` (whether those of the results differ), `counts` (words), `steps` (differences.Step),
`inputs` (differences.InputLine), `may_restore`, and after a refusal `refusal` and `chosen` (ids). Restoring within the
editor is the verb `restore` of `editing`.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Access
from accounts.models import Role
from editor import catalog
from editor.lib.htmx import Request
from editor.lib.paging import BadCursor
from editor.trees.diff import Diff
from editor.trees.edits import Refused
from editor.workflows import queries, services
from editor.workflows.edits import keeping
from editor.workflows.models import Version, Workflow
from editor.workflows.opening import context, open_workflow, refused
from editor.workflows.pages import forms
from editor.workflows.pages.verbs import BadForm, base_revision
from editor.workflows.shown import differences

# The History tab


@require_GET
def index(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow)
    cursor = request.GET.get("cursor", "")
    try:
        told = {"versions": queries.versions_page(found, cursor)}
        if not cursor:
            told["changes"] = queries.changes_page(found)
    except BadCursor as error:
        raise Http404("There is no such page of this list.") from error
    part = "#versions" if cursor else ""
    return render(request, f"workflows/versions/panel.html{part}", context(seat, found, **told))


@require_GET
def edits(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow)
    try:
        changes = queries.changes_page(found, request.GET.get("cursor", ""))
    except BadCursor as error:
        raise Http404("There is no such page of this list.") from error
    told = context(seat, found, changes=changes)
    return render(request, "workflows/versions/panel.html#edits", told)


@require_POST
def name_present(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    form = forms.VersionForm(request.POST)
    if not form.is_valid():
        return refused(request, Refused("bad-name", form.message), 422)
    name = form.cleaned_data["name"]
    if not name:
        return refused(request, Refused("bad-name", "Give the version a name."), 422)
    services.name_present(found, actor=seat.user, name=name)
    return HttpResponse(status=204)


@require_POST
def name(request: Request, slug: str, workflow: str, number: int) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    version = _version(found, number)
    form = forms.VersionForm(request.POST)
    if not form.is_valid():
        return refused(request, Refused("bad-name", form.message), 422)
    services.name_version(version, actor=seat.user, name=form.cleaned_data["name"])
    return HttpResponse(status=204)


# Two versions side by side


@require_GET
def compare(request: Request, slug: str, workflow: str, number: int) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow)
    version, other = _version(found, number), _other(request, found)
    wanted = request.GET.get("from", "")
    if wanted and wanted != str(number):
        answer = redirect("workflows:compare", slug, workflow, _number(wanted))
        answer["Location"] += f"?with={other.number}" if other else ""
        return answer
    return _page(request, seat, found, version, other)


@require_POST
def restore(request: Request, slug: str, workflow: str, number: int) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    version = _version(found, number)
    try:
        applied = services.restore_version(found, number, actor=seat.user)
    except Refused as refusal:
        found.refresh_from_db()
        return _page(request, seat, found, version, None, refusal=refusal)
    messages.success(request, f"{applied.label}. Undo takes it back.")
    return redirect("workflows:editor", slug, workflow)


@require_POST
def take(request: Request, slug: str, workflow: str, number: int) -> HttpResponse:
    """Make the chosen differences undone; the page again with the reason, when that cannot be."""
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    version = _version(found, number)
    ids: list[str | None] = [*request.POST.getlist("node")]
    ids += [None] if request.POST.get("roots") == "1" else []
    inputs = request.POST.getlist("input")
    try:
        if not ids and not inputs:
            raise Refused("nothing-chosen", "Choose at least one difference.")
        applied = services.take_back(
            found, number, ids, inputs,
            even_with_conflicts=request.POST.get("force") == "1",
            actor=seat.user, base_revision=base_revision(request.POST),
        )  # fmt: skip
    except BadForm as error:
        return refused(request, Refused("bad-form", str(error)), 400)
    except Refused as refusal:
        found.refresh_from_db()
        chosen = {*ids, *(f"input:{one}" for one in inputs)}
        return _page(request, seat, found, version, None, refusal=refusal, chosen=chosen)
    messages.success(request, f"{applied.label}. Undo in the editor reverts it.")
    return redirect("workflows:compare", slug, workflow, number)


def _page(
    request: Request,
    seat: Access,
    workflow: Workflow,
    version: Version,
    other: Version | None,
    **more: Any,
) -> HttpResponse:
    found, aside = _difference(workflow, version, other)
    columns = keeping.has_other_columns(version, other.table if other else workflow.table)
    return render(
        request,
        "workflows/versions/compare.html",
        context(
            seat, workflow, version=version, other=other, diff=found, tray=aside,
            choices=_choices(workflow, version, other), counts=keeping.in_counts(found, columns), columns=columns,
            steps=differences.steps(found, catalog.default()),
            inputs=differences.input_lines(found.inputs),
            may_restore=seat.may_build and other is None and (columns or not found.empty),
            **more,
        ),
        status=422 if more else 200,
    )  # fmt: skip


def _difference(workflow: Workflow, version: Version, other: Version | None) -> tuple[Diff, bool]:
    """What differs, and whether something lies in the tray, which is not compared."""
    then = keeping.tree_of(version)
    if other:
        return keeping.since(then, keeping.tree_of(other)), False
    now = queries.tree_of(workflow)
    return keeping.since(then, now), bool(now.parked)


def _choices(workflow: Workflow, *shown: Version | None) -> list[Version]:
    """The latest versions, and those that the page shows."""
    found = {version.number: version for version in queries.versions_to_choose(workflow)}
    found |= {version.number: version for version in shown if version}
    return [found[number] for number in sorted(found, reverse=True)]


def _version(workflow: Workflow, number: int) -> Version:
    try:
        return queries.version(workflow, number)
    except Version.DoesNotExist as error:
        raise Http404(f"This workflow has no version {number}.") from error


def _other(request: Request, workflow: Workflow) -> Version | None:
    text = request.GET.get("with", "")
    return _version(workflow, _number(text)) if text else None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404("There is no such version.")
    return int(text)
