"""What ran, as a new workflow to work on: POST R/draft -> redirect to its editor."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from accounts import access, audit
from accounts.models import Role, User
from editor.lib.htmx import Request
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.runs.models import Run
from editor.runs.opening import open_run
from editor.trees.copies import with_new_ids
from editor.trees.declaring import with_defaults
from editor.workflows.edits import choosing
from editor.workflows.models import Workflow
from editor.workflows.services import import_tree

from .inputs_seen import known_inputs, tree_seen

NAME_MAX = 120


@require_POST
def draft(request: Request, slug: str, run: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.BUILDER)
    workflow = open_as_draft(open_run(seat, run), actor=seat.user)
    messages.success(request, "This is what ran, as a workflow of its own. The run stays as it is.")
    return redirect("workflows:editor", slug, workflow.public_id)


def open_as_draft(run: Run, *, actor: User | None) -> Workflow:
    """A new workflow with the tree that ran: its notes, its inputs and what was switched off too.

    What was filled in is the default of each input, so that it runs the same again; not what is hidden from the run's
    reader.
    """
    day = date_format(timezone.localtime(run.created_at), "j M")
    name = _name(run.workflow_name, f" (run of {day})")
    with writing():
        tree = with_new_ids(with_defaults(tree_seen(run), known_inputs(run)), new_id)
        workflow = import_tree(run.team, actor=actor, name=name, tree=tree)
        if run.workflow:
            choosing.choose_all(workflow, choosing.choice_of(run.workflow))
        audit.record(
            run.team, actor, "run.drafted", name, run=run.public_id, workflow=workflow.public_id
        )
    return workflow


def _name(name: str, suffix: str) -> str:
    room = NAME_MAX - len(suffix)
    return (name if len(name) <= room else name[: room - 1] + "…") + suffix
