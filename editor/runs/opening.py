"""What the pages of this room share: the ways to a workflow and to a run, and HTML of whatever came back."""

from typing import Any

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string

from accounts.access import Access
from editor.lib.htmx import Request
from editor.workflows import queries as workflows
from editor.workflows.models import Workflow

from . import privacy, queries
from .models import Run
from .privacy import NOTHING


def workflow_of(seat: Access, public_id: str) -> Workflow:
    """Http404 for another team's too."""
    try:
        return workflows.workflow(seat.team, public_id)
    except Workflow.DoesNotExist as error:
        raise Http404("There is no such workflow in this team.") from error


def open_run(seat: Access, public_id: str) -> Run:
    """A run as this person may see it. Http404 for another team's too."""
    try:
        run = queries.run(seat.team, public_id)
    except Run.DoesNotExist as error:
        raise Http404("There is no such run in this team.") from error
    hides = privacy.hides_from(seat)
    run.hides = NOTHING if hides and queries.uncovered([run], seat.user) else hides
    return run


def render(
    request: Request, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Like Django's render. Results can hold half surrogate pairs, which UTF-8 cannot say."""
    html = render_to_string(template, context, request)
    return HttpResponse(html.encode("utf-8", "replace"), status=status)
