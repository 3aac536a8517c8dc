"""The way into a workflow, for every view of this room: who may, what every page has, what a refusal looks like."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import access
from accounts.access import Access
from accounts.models import Role
from editor.trees.edits import Refused
from editor.trees.problems import Problem
from editor.workflows import queries
from editor.workflows.models import Workflow


def open_workflow(
    request: HttpRequest, slug: str, public_id: str, at_least: Role = Role.VIEWER
) -> tuple[Access, Workflow]:
    """Http404 for strangers and for other teams' workflows, 403 for too small a role."""
    seat = access.team(request, slug, at_least)
    try:
        return seat, queries.workflow(seat.team, public_id)
    except Workflow.DoesNotExist as error:
        raise Http404("There is no such workflow in this team.") from error


def context(seat: Access, workflow: Workflow, **more: Any) -> dict[str, Any]:
    """What every page and partial of a workflow gets, and `more`."""
    return {"team": seat.team, "workflow": workflow, "may_edit": seat.may_build} | more


def refused(
    request: HttpRequest, refusal: Refused, status: int, problems: Sequence[Problem] = ()
) -> HttpResponse:
    """refused.html: what is in the way, and what to do instead; `problems` are those of a text, with their places."""
    told = {"refusal": refusal, "marks": [problem.as_json() for problem in problems]}
    return render(request, "workflows/refused.html", told, status=status)
