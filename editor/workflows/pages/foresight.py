"""What a run of the workflow can do at most, shown while it is being built."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from editor import catalog
from editor.lib.htmx import Request
from editor.trees.plan import usual_plan
from editor.workflows import queries
from editor.workflows.opening import context, open_workflow


@require_GET
def effects(request: Request, slug: str, workflow: str) -> HttpResponse:
    """parts/effects.html#plan with `plan` (trees.plan.Plan)."""
    seat, found = open_workflow(request, slug, workflow)
    plan = usual_plan(queries.tree_of(found), catalog.default())
    return render(request, "workflows/parts/effects.html#plan", context(seat, found, plan=plan))
