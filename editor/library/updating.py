"""Where a workflow came from, and the page that brings a newer version of its template into it.

GET  W/origin            origin    origin.html: a mark for the editor's bar; 204 when it is nobody's copy
GET  R/template          of_run    of_run.html: which template a run ran; 204 when none. R: a run's address
GET  L/behind            behind    behind.html: which copies have a newer version; 204 when none has
GET, POST W/update       update    the differences and conflicts; POST: base, version, do=all|part|mine;
                                   with part: node (may repeat), input (may repeat), roots=1, force=1; with both:
                                   theirs=N (may repeat): conflict N is decided for the template
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import access
from accounts.access import Access
from accounts.models import Role
from editor import catalog
from editor.lib.htmx import Request
from editor.library import queries, updates
from editor.library.models import Use
from editor.runs.opening import workflow_of
from editor.trees import words
from editor.trees.conflicts import Conflict
from editor.trees.edits import Refused
from editor.trees.nodes import MISSING, Node, Tree
from editor.workflows import queries as workflows
from editor.workflows.edits import keeping
from editor.workflows.fields.values import read_pointer
from editor.workflows.models import Workflow
from editor.workflows.services import Applied
from editor.workflows.shown import cards, differences

SHOWN_BEHIND = 5


@require_GET
def origin(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat = access.team(request, slug)
    found = workflow_of(seat, workflow)
    use = queries.origin(found)
    if use is None:
        return HttpResponse(status=204)
    seen = queries.visible(seat).filter(pk=use.template_id).exists()
    context = {"team": seat.team, "workflow": found, "use": use, "seen": seen}
    return render(request, "library/origin.html", context)


@require_GET
def of_run(request: Request, slug: str, run: str) -> HttpResponse:
    seat = access.team(request, slug)
    use = queries.of_run(seat, run.replace("\0", ""))
    if use is None:
        return HttpResponse(status=204)
    return render(request, "library/of_run.html", {"team": seat.team, "use": use})


@require_GET
def behind(request: Request, slug: str) -> HttpResponse:
    seat = access.team(request, slug)
    found = list(queries.behind(seat)[: SHOWN_BEHIND + 1])
    if not found:
        return HttpResponse(status=204)
    context = {"team": seat.team, "uses": found[:SHOWN_BEHIND], "more": len(found) > SHOWN_BEHIND}
    return render(request, "library/behind.html", context)


@require_http_methods(["GET", "POST"])
def update(request: Request, slug: str, workflow: str) -> HttpResponse:
    """Look at what is new, and take what you want of it. A viewer may look."""
    seat = access.team(request, slug, Role.VIEWER if request.method == "GET" else Role.BUILDER)
    found = workflow_of(seat, workflow)
    use = queries.origin(found)
    if use is None or not queries.visible(seat).filter(pk=use.template_id).exists():
        raise Http404("This workflow is no copy of a template that you see.")
    if request.method == "GET":
        return _page(request, seat, found, use)
    try:
        version = _number(request.POST.get("version", ""))
        if request.POST.get("do") == "mine":
            updates.keep_mine(use, found, actor=seat.user, number=min(version, use.template.number))
            messages.success(request, "Yours stays as it is. The next version is offered again.")
            return redirect("workflows:editor", slug, workflow)
        applied = _take(request.POST, seat, found, use, version)
    except Refused as refusal:
        return _page(request, seat, found, use, refusal)
    messages.success(request, f"{applied.label}. Undo in the editor reverts it.")
    use.refresh_from_db()
    if use.version.number < use.template.number:
        return redirect("library:update", slug, workflow)
    return redirect("workflows:editor", slug, workflow)


def _take(form: QueryDict, seat: Access, workflow: Workflow, use: Use, version: int) -> Applied:
    ids: list[str | None] | None = None
    inputs = form.getlist("input")
    yielding = [_number(text) for text in form.getlist("theirs")]
    if form.get("do") != "all":
        ids = [*form.getlist("node"), *([None] if form.get("roots") == "1" else [])]
        if not ids and not inputs and not yielding:
            raise Refused("nothing-chosen", "Choose at least one difference.")
    return updates.take(
        use, workflow, actor=seat.user, base_revision=_number(form.get("base", "")), number=version,
        ids=ids, inputs=inputs, yielding=yielding, even_with_conflicts=form.get("force") == "1",
    )  # fmt: skip


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused("bad-form", "The form was incomplete. Choose again.")
    return int(text)


# The page


@dataclass(frozen=True, slots=True)
class Side:
    """A conflict in words: where it is, what happened, and what either side has there."""

    number: int
    where: str
    what: str
    mine: str
    theirs: str
    can_yield: bool

    @property
    def as_sent(self) -> str:
        """As the form sends its number."""
        return str(self.number)


def _page(
    request: Request, seat: Access, workflow: Workflow, use: Use, refusal: Refused | None = None
) -> HttpResponse:
    now, known = workflows.tree_of(workflow), catalog.default()
    found = updates.update_of(use, now)
    workflow.refresh_from_db(fields=["revision"])
    chosen: Collection[str] = {
        *request.POST.getlist("node"),
        *(f"input:{name}" for name in request.POST.getlist("input")),
    }
    context = {
        "team": seat.team, "workflow": workflow, "use": use, "template": use.template,
        "version": found.latest, "diff": found.diff, "counts": keeping.in_counts(found.diff),
        "steps": differences.steps(found.diff, known),
        "inputs": differences.input_lines(found.diff.inputs),
        "conflicts": _sides(found.conflicts, now, found.tree), "refusal": refusal, "chosen": chosen,
        "theirs": request.POST.getlist("theirs"), "may_restore": seat.may_build, "take_word": "Take",
    }  # fmt: skip
    return render(request, "library/update.html", context, status=422 if refusal else 200)


def _sides(conflicts: Collection[Conflict], now: Tree, merged: Tree) -> list[Side]:
    return [
        Side(
            number,
            _where(conflict, now, merged),
            conflict.message.replace("Both of you", "You and the template both").replace(
                "They ", "The template "
            ),
            _in_words(conflict.mine),
            _in_words(conflict.theirs),
            updates.can_yield(conflict),
        )
        for number, conflict in enumerate(conflicts)
    ]


def _where(conflict: Conflict, now: Tree, merged: Tree) -> str:
    """ "Send message · Text", or the input that it is about."""
    node = now.get(conflict.node_id) or merged.get(conflict.node_id)
    if node is None:
        name, _, of_it = conflict.path.strip("/").partition("/")
        return " · ".join(filter(None, (f"Input {name}", of_it.capitalize()))) if name else ""
    known = catalog.default()
    name = cards.called_node(node, known)
    if not conflict.path:
        return name
    action, path = known.actions.get(node.type), read_pointer(conflict.path)
    if conflict.path == "/label":
        return f"{name} · Label"
    return f"{name} · {words.title(action, path) if action else '.'.join(map(str, path))}"


def _in_words(value: Any) -> str:
    if value is MISSING or value is None:
        return "nothing"
    if isinstance(value, Node):
        return cards.called_node(value, catalog.default())
    return value if isinstance(value, str) else cards.in_words(value)
