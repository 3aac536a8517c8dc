"""The import page: paste or upload JSON, see what is wrong with it, line by line, and make a workflow of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import access
from accounts.access import Access
from accounts.models import Role
from editor import catalog
from editor.lib.htmx import Request
from editor.lib.ids import new_id
from editor.trees import codec
from editor.trees.nodes import Tree
from editor.trees.problems import Problem
from editor.trees.validate import validate
from editor.workflows import services
from editor.workflows.pages import forms
from editor.workflows.shown import cards
from editor.workflows.shown.cards import Counts
from editor.workflows.shown.lines import lines_of


@dataclass(frozen=True, slots=True)
class Found:
    """A problem of a text, with the line it is at."""

    problem: Problem
    line: int


@require_http_methods(["GET", "POST"])
def import_workflow(request: Request, slug: str) -> HttpResponse:
    """Paste or upload JSON: first its problems, then a workflow. Only what cannot be a tree is refused."""
    seat = access.team(request, slug, at_least=Role.BUILDER)
    if request.method == "GET":
        return _import_page(request, seat, forms.ImportForm())
    form = forms.ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _import_page(request, seat, form, status=422)
    source = form.cleaned_data["source"]
    if isinstance(source, bytes):
        # So that the text of the file stands in the form, to be mended there.
        form.data = {**request.POST.dict(), "text": source.decode("utf-8-sig", "replace")}
    try:
        tree = codec.decode(source, new_id)
    except codec.DecodeError as error:
        found = _with_lines(form.data.get("text", ""), error.problems)
        return _import_page(request, seat, form, status=422, problems=found)
    if request.POST.get("do") == "import":
        name = form.cleaned_data["name"] or _name_of(tree)
        workflow = services.import_tree(seat.team, actor=seat.user, name=name, tree=tree)
        return redirect("workflows:editor", slug, workflow.public_id)
    # As the workflow that it would become: without inputs yet, so that what uses some is told now.
    problems = validate(tree.declaring(()), catalog.default())
    return _import_page(
        request,
        seat,
        form,
        problems=_with_lines(form.data.get("text", ""), problems),
        size=len(tree),
    )


def _name_of(tree: Tree) -> str:
    name = cards.called_node(tree.roots[0], catalog.default()) if tree.roots else ""
    return name[:120] or "Workflow"


def _import_page(
    request: Request, seat: Access, form: forms.ImportForm, status: int = 200,
    problems: Sequence[Found] = (), size: int | None = None,
) -> HttpResponse:  # fmt: skip
    """`size`: how many actions were read; None when nothing was."""
    context = {
        "team": seat.team, "may_edit": True, "form": form, "problems": problems, "tree_size": size,
        "counts": Counts.of(found.problem for found in problems), "can_import": size is not None,
        "marks": [found.problem.as_json() for found in problems],
    }  # fmt: skip
    return render(request, "workflows/import.html", context, status=status)


def _with_lines(text: str, problems: Sequence[Problem]) -> list[Found]:
    located = [problem.path for problem in problems if not problem.at]
    lines = lines_of(text, located) if any(located) else {}
    return [
        Found(problem, problem.at[0] if problem.at else lines.get(problem.path, 1))
        for problem in problems
    ]
