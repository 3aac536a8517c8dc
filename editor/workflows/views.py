"""Pages, partials and edits of stored workflows.

Addresses (names in the URL namespace `workflows`; W is `/t/<team>/workflows/<id>`):

    GET  /t/<team>/workflows               index      list.html; `#rows` for htmx (next page, search)
    POST /t/<team>/workflows/new           create     name -> redirect to the editor
    GET, POST /t/<team>/workflows/import   import     import.html; POST do=check shows the problems, do=import stores
    GET  /t/<team>/workflows/table.json    table      constraints.table(catalog); cacheable, ETag
    GET  W                                 editor     editor.html
    GET  W/tree                            tree       editor.html#tree: the whole outline again
    GET  W/changes?base=N                  changes    what leads from revision N to now, and who is here; see `together`
    GET  W/inspector/<node>                inspector  inspector.html: the form of one action
    GET  W/refusal?type=…|node=…&parent=&index=    refusal    refused.html with repairs; 204 when it may stand there
    POST W/clip                            clip       node (may repeat) -> JSON {text, clip}: what is copied
    POST W/fits                            fits       fits.html: what of a paste would fit
    GET  W/tray                            tray       parts/tray.html#branches: what is laid aside
    GET  W/find?words=                     finding.find   JSON: which actions say these words, and where
    GET  W/problems                        problems   problems.html
    GET  W/json, W/code/<language>         json, code      see `code`
    GET  W/effects                         effects    parts/effects.html: what a run can do at most
    GET  W/export                          export     the wire form as a file
    POST W/edit/<verb>                     edit       the answer to an edit, below
    POST W/rename, W/archive, W/restore, W/delete     name (and description) -> redirect to the page

Every page and partial has in its context: `access` (accounts.access), `team`, `workflow`, `may_edit`.

`editor.html` and `#tree`: `rows` (list of cards.Row, document order), `history` (queries.History: `undo` and `redo`,
the label of the reader's own edit that each would take back or bring again, or ""), `counts` (cards.Counts),
`plan` (trees.plan.Plan), `revision`, `view` ("outline" or "map": what to show first; of the page alone). A row is one
`<li role="treeitem">` that always holds one `<ul role="group">`, so a flat loop writes the nested list: open both per
row, then write `</ul></li>` `row.closes` times. `cards.Row` documents the fields.

Edits are in `editing`, whose docstring is the contract between them and the scripts of the page. Versions and the
history (W/versions/…) are in `versions`.

`inspector.html`: `row` (cards.Row of the node), `form` (inspector.Form; see inspector.Field), `node_problems`,
`above` (rows from the root down to the parent), `replacements` (the actions that it could become), `was` (marks of its
label, note and type). `field.html`: one `field` of that form; also part of it. `problems.html`: `problems` (list of
(Row or None, Problem)), `counts`. `list.html`: `page` (paging.Page), `rows` (its workflows, each with who is there:
presence.Here), `search`, `archived`, `form` (name, description). `import.html`: `form` (name, text, file), `tree_size`,
`problems` (list of importing.Found: problem, line), `counts`, `can_import`.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from accounts import access
from accounts.access import Access
from accounts.models import Role
from editor import catalog
from editor.catalog import constraints
from editor.lib.htmx import Request
from editor.lib.paging import BadCursor
from editor.lib.ways import way_back
from editor.trees import codec
from editor.trees.edits import Refused
from editor.trees.nodes import Tree
from editor.trees.plan import usual_plan
from editor.trees.problems import Problem
from editor.trees.validate import validate, validate_node
from editor.workflows import queries, services
from editor.workflows.fields import inspector
from editor.workflows.fields.values import mark
from editor.workflows.models import Workflow
from editor.workflows.opening import context, open_workflow, refused
from editor.workflows.pages import forms, tray
from editor.workflows.shown import cards, presence
from editor.workflows.shown.cards import Counts, fingerprint

# The list


@require_GET
def index(request: Request, slug: str) -> HttpResponse:
    """The team's workflows, last edited first."""
    seat = access.team(request, slug)
    return _index(request, seat, forms.WorkflowForm())


@require_POST
def create(request: Request, slug: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.BUILDER)
    form = forms.WorkflowForm(request.POST)
    if not form.is_valid():
        return _index(request, seat, form, status=422)
    workflow = services.create(seat.team, actor=seat.user, **form.cleaned_data)
    return redirect("workflows:editor", slug, workflow.public_id)


def _index(
    request: Request, seat: Access, form: forms.WorkflowForm, status: int = 200
) -> HttpResponse:
    search = request.GET.get("search", "").replace("\0", "").strip()
    archived = request.GET.get("archived") == "1"
    folder = request.GET.get("folder", "").replace("\0", "")
    tag = request.GET.get("tag", "").replace("\0", "").strip()
    folders = queries.folders(seat.team)
    here = next((each for each in folders if each.public_id == folder), None)
    if folder not in ("", queries.NO_FOLDER) and here is None:
        raise Http404("There is no such folder in this team.")
    try:
        page = queries.list_page(
            seat.team, search=search, archived=archived, folder=folder, tag=tag,
            cursor=request.GET.get("cursor", ""),
        )  # fmt: skip
    except BadCursor as error:
        raise Http404("There is no such page of this list.") from error
    people = presence.everywhere(page.rows)
    template = "workflows/list.html" + ("#rows" if request.htmx else "")
    context = {
        "team": seat.team, "may_edit": seat.may_build, "page": page, "search": search,
        "archived": archived, "form": form, "folders": folders, "folder": folder, "in_folder": here,
        "tag": tag, "tag_names": queries.tag_names(seat.team),
        "rows": [(workflow, people.get(workflow.pk, ())) for workflow in page.rows],
    }  # fmt: skip
    return render(request, template, context, status=status)


@require_GET
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """What may stand where, for the browser: the same for everybody, until the catalogue changes."""
    access.team(request, slug)
    etag = f'"{fingerprint(catalog.default())}"'
    if etag in request.headers.get("If-None-Match", ""):  # also W/"…", once it was compressed
        answer: HttpResponse = HttpResponseNotModified()
    else:
        text = json.dumps(constraints.table(catalog.default()), separators=(",", ":"))
        answer = HttpResponse(text, content_type="application/json")
    answer["ETag"], answer["Cache-Control"] = etag, "private, max-age=300"
    return answer


# One workflow


@require_GET
def editor(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow)
    tree, known = queries.tree_of(found), catalog.default()
    return render(request, "workflows/editor.html", context(
        seat, found, **_outline(seat, found, tree),
        view=_view(request), plan=usual_plan(tree, known), parked=tray.parked(tree),
    ))  # fmt: skip


@require_GET
def tree(request: Request, slug: str, workflow: str) -> HttpResponse:
    """The whole outline again, for a page that has fallen too far behind."""
    seat, found = open_workflow(request, slug, workflow)
    shown = _outline(seat, found, queries.tree_of(found))
    return render(request, "workflows/editor.html#tree", context(seat, found, **shown))


def _outline(seat: Access, workflow: Workflow, tree: Tree) -> dict[str, Any]:
    """What the outline itself needs."""
    problems = validate(tree, catalog.default())
    rows = cards.rows_of(tree, list(tree.walk()), catalog.default(), _by_node(problems))
    counts = Counts.of(problem for problem in problems if problem.node_id)
    history = queries.history(workflow, seat.user)
    return {
        "rows": rows, "blocks": cards.blocks(rows), "counts": counts,
        "revision": workflow.revision, "history": history,
    }  # fmt: skip


@require_GET
def inspect(request: Request, slug: str, workflow: str, node: str) -> HttpResponse:
    """The form of one action."""
    seat, found = open_workflow(request, slug, workflow)
    tree, known = queries.tree_of(found), catalog.default()
    action = tree.get(node)
    if action is None:
        return refused(request, Refused("gone", "This action is no longer there."), 404)
    problems = validate_node(tree, node, known)
    path = tree.path(node)
    rows = [cards.row(tree, step, depth, known, ()) for depth, step in enumerate(path)]
    return render(request, "workflows/inspector.html", context(
        seat, found, row=replace(rows[-1], problems=tuple(problems)), above=rows[:-1],
        form=inspector.form(tree, action, known, problems), node_problems=problems,
        replacements=inspector.replacements(tree, action, known) if seat.may_build else [],
        was={name: mark(getattr(action, name)) for name in ("label", "note", "type")},
    ))  # fmt: skip


@require_GET
def problems(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow)
    tree, known = queries.tree_of(found), catalog.default()
    every = validate(tree, known)
    with_rows = [
        (cards.row(tree, tree.nodes[p.node_id], 0, known, ()) if p.node_id else None, p)
        for p in every
    ]
    counts = Counts.of(problem for problem in every if problem.node_id)
    return render(
        request, "workflows/problems.html", context(seat, found, problems=with_rows, counts=counts)
    )


@require_GET
def export(request: Request, slug: str, workflow: str) -> HttpResponse:
    """The JSON that would be sent, as a file."""
    _, found = open_workflow(request, slug, workflow)
    answer = HttpResponse(codec.encode(queries.tree_of(found)), content_type="application/json")
    name = slugify(found.name) or "workflow"
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.json") or ""
    return answer


# Acts on one workflow


@require_POST
def rename(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    form = forms.WorkflowForm({"description": found.description, **request.POST.dict()})
    if not form.is_valid():
        message = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return refused(request, Refused("bad-name", message), 422)
    services.rename(found, actor=seat.user, **form.cleaned_data)
    return redirect("workflows:editor", slug, workflow)


@require_POST
def archive(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    services.archive(found, actor=seat.user)
    messages.success(request, f"“{found.name}” is in the archive.")
    return redirect("workflows:index", slug)


@require_POST
def restore(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    services.restore(found, actor=seat.user)
    messages.success(request, f"“{found.name}” is back in the list.")
    before = way_back(request) if "back" in request.POST else ""
    return redirect(before or reverse("workflows:index", args=[slug]))


@require_POST
def delete(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    services.delete(found, actor=seat.user)
    messages.success(request, f"“{found.name}” is deleted. Its runs are kept.")
    return redirect("workflows:index", slug)


# Help


def _view(request: Request) -> str:
    """How this browser looked at a workflow last; static/js/editor/views.js keeps it."""
    return "map" if request.COOKIES.get("view") == "map" else "outline"


def _by_node(problems: Sequence[Problem]) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.node_id or "", []).append(problem)
    return found
