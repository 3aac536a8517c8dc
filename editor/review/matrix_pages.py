"""The page of the matrix.

GET  W/matrix    matrix    matrix.html: the last runs of a workflow side by side; `?only=failing`, `?cursor=`: earlier
                           ones. W: a workflow's address
"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import access
from editor import catalog
from editor.lib.htmx import Request
from editor.lib.paging import BadCursor
from editor.review import matrix
from editor.review.matrix import Line
from editor.runs.models import Run
from editor.runs.opening import render, workflow_of
from editor.runs.words import standing
from editor.workflows import queries as workflows


@dataclass(frozen=True, slots=True)
class Trouble:
    """A node that fails now, and since when. `changed`: the version before the first failing run, when it differs."""

    line: Line
    run: Run
    changed: int | None


@require_GET
def show(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat = access.team(request, slug)
    found = workflow_of(seat, workflow)
    cursor = request.GET.get("cursor", "")
    try:
        page = matrix.runs_page(found, cursor=cursor)
    except BadCursor as error:
        raise Http404("There are no such runs of this workflow.") from error
    runs = list(reversed(page.rows))
    known = [matrix.summaries_of(run) for run in runs]
    tree = workflows.tree_of(found)
    lines = matrix.lines(tree, matrix.gone(tree, runs, known), known, catalog.default())
    only = request.GET.get("only") == "failing"
    context = {
        "team": seat.team,
        "workflow": found,
        "page": page,
        "runs": runs,
        "columns": [(run, standing(run)) for run in runs],
        "days": [(day, len(list(some))) for day, some in groupby(runs, _day)],
        "versions": [(n, len(list(some))) for n, some in groupby(runs, lambda r: r.version_number)],
        "lines": matrix.only_failing(lines) if only else lines,
        "troubles": [] if cursor else _troubles(lines, runs),
        "only": only,
    }
    return render(request, "review/matrix.html", context)


def _day(run: Run) -> date:
    return timezone.localtime(run.created_at).date()


def _troubles(lines: list[Line], runs: list[Run]) -> list[Trouble]:
    found = []
    for line in lines:
        if line.since is None or line.gone or not line.fails_itself:
            continue
        run = runs[line.since]
        before = runs[line.since - 1].version_number if line.seen_well else run.version_number
        found.append(Trouble(line, run, before if before != run.version_number else None))
    return found
