"""The Results tab: which columns the workflow's results table shows, known before it runs.

    GET  W/columns               panel     results.html
    POST W/columns/<verb>        change    results.html as it is then; 422 with `refusal` when nothing was changed

Verbs: show, hide (key), rename (key, title, was: the name that was shown), move (key, before: the key of the column
that is to follow it, or ""), reset. `choosing` says how they are stored.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Access
from accounts.models import Role
from editor.lib.htmx import Request
from editor.trees import table_choice
from editor.trees.edits import Refused
from editor.trees.table_choice import Picked
from editor.workflows.edits import choosing
from editor.workflows.models import Workflow
from editor.workflows.opening import context, open_workflow

MOST: Final = 200
"""So many columns of each list are shown: a workflow of a thousand actions has ten thousand."""

VERBS: Final[dict[str, Callable[[Workflow, QueryDict], Workflow]]] = {
    "show": lambda workflow, form: choosing.turn(workflow, form.get("key", ""), on=True),
    "hide": lambda workflow, form: choosing.turn(workflow, form.get("key", ""), on=False),
    "rename": lambda workflow, form: choosing.rename(
        workflow, form.get("key", ""), form.get("title", ""), form.get("was")
    ),
    "move": lambda workflow, form: choosing.move(
        workflow, form.get("key", ""), form.get("before", "")
    ),
    "reset": lambda workflow, form: choosing.reset(workflow),
}


@require_GET
def panel(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow)
    return _panel(request, seat, found)


@require_POST
def change(request: Request, slug: str, workflow: str, verb: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    if verb not in VERBS:
        raise Http404("There is no such change of columns.")
    try:
        return _panel(request, seat, VERBS[verb](found, request.POST))
    except Refused as refusal:
        return _panel(request, seat, found, refusal)
    except Workflow.DoesNotExist as error:
        raise Http404("This workflow was deleted meanwhile.") from error


def _panel(
    request: Request, seat: Access, workflow: Workflow, refusal: Refused | None = None
) -> HttpResponse:
    picked = table_choice.picked(choosing.columns_of(workflow), choosing.choice_of(workflow))
    shown = [each for each in picked if each.shown]
    hidden = [each for each in picked if not each.shown]
    told: dict[str, Any] = context(
        seat, workflow, shown=_numbered(shown[:MOST]), hidden=hidden[:MOST], refusal=refusal,
        more_shown=max(0, len(shown) - MOST), more_hidden=max(0, len(hidden) - MOST),
        chosen=bool(workflow.table), all_shown=len(shown), all_hidden=len(hidden),
    )  # fmt: skip
    return render(request, "workflows/results.html", told, status=422 if refusal else 200)


def _numbered(shown: Sequence[Picked]) -> list[tuple[Picked, str, str]]:
    """(column, before which it stands when it goes up, and down; "-": it cannot)."""
    keys = [each.key for each in shown]
    ups = ["-", *keys[:-1]]
    downs = [*keys[2:], "", "-"][: len(keys)]
    if len(keys) == 1:
        downs = ["-"]
    return list(zip(shown, ups, downs, strict=True))
