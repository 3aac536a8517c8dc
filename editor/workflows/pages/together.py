"""What the page of a workflow asks for while it is open: what others did, and who is here.

    GET W/changes?base=N&tab=T&node=ID&people=P      204 when nothing is new since revision N

`tab` is of the page's own making and `node` what is selected there; `people` is `presence.fingerprint` of those whom
the page shows. The answer is `together.html`: `answer` (answers.Answer, as after an edit) when the tree is another one,
and `people` when others came, went or selected another action. An ask without anything new costs
the seat, the workflow and who is here, and every ten seconds one row written; no tree is read.
"""

import re

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from editor.lib.htmx import Request
from editor.trees.edits import Refused
from editor.workflows.opening import context, open_workflow, refused
from editor.workflows.pages import answers
from editor.workflows.pages.verbs import BadForm, base_revision
from editor.workflows.shown import presence
from editor.workflows.shown.presence import Here


@require_GET
def changes(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow)
    try:
        base = base_revision(request.GET)
        tab, node = _id(request, "tab"), _id(request, "node")
    except BadForm as error:
        return refused(request, Refused("bad-form", str(error)), 400)
    told = context(seat, found)
    if tab:
        people = presence.note(found, seat.user, tab, node)
        told |= _about(people, request.GET.get("people", ""))
    if base != found.revision:
        told["answer"] = answers.since(found, base, seat.user)
    if "people" not in told and "answer" not in told:
        return HttpResponse(status=204)
    return render(request, "workflows/together.html", told)


def _id(request: Request, name: str) -> str:
    text = request.GET.get(name, "")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,12}", text):
        raise BadForm(f"The field “{name}” must be at most 12 letters and digits.")
    return text


def _about(people: tuple[Here, ...], shown: str) -> dict[str, object]:
    now = presence.fingerprint(people)
    return {"people": people, "people_shown": now} if now != shown else {}
