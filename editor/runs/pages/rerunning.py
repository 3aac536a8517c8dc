"""Run again as it was: the very definition that ran, with the same values, as a new run.

    GET, POST R/again       again   says what it can do at most and asks for its ticks, as the run form does; queues it
    POST R/again/plan       plan    confirm.html: the same on the account that is chosen now; changes nothing

The other way, with the workflow as it is now, is the run form with the values filled in (`starting.again`).
"""

from collections.abc import Mapping
from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access
from accounts.access import Access
from accounts.models import Connection, Role
from editor.lib.htmx import Request
from editor.runs import services
from editor.runs.models import Run, State
from editor.runs.opening import open_run, render
from editor.runs.results import outcome
from editor.runs.words import inputs_in_words

from . import starting
from .confirming import Confirmation, confirmation
from .inputs_seen import inputs_of


@require_http_methods(["GET", "POST"])
def again(request: Request, slug: str, run: str) -> HttpResponse:
    """Show what ran and what it would do again; then queue it."""
    seat = access.team(request, slug, at_least=Role.RUNNER)
    found = open_run(seat, run)
    if request.method == "GET":
        return _page(request, seat, found)
    made = starting.begin(
        seat, request.POST, ask=lambda connection: _ask(request, found, connection),
        start=lambda connection, key: services.run_as_it_was(
            found, connection=connection, actor=seat.user, submit_key=key
        ),
    )  # fmt: skip
    if isinstance(made, Run):
        return redirect("runs:run", slug, made.public_id)
    return _page(request, seat, found, made)


@require_POST
def plan(request: Request, slug: str, run: str) -> HttpResponse:
    """What it can do at most, and to whom again, on the account that is chosen."""
    seat = access.team(request, slug, at_least=Role.RUNNER)
    connection = starting.connection_of(seat, request.POST.get("connection", ""))
    ask = _ask(request, open_run(seat, run), connection)
    return render(request, "runs/confirm.html", {"team": seat.team, "ask": ask})


def _ask(request: Request, run: Run, connection: Connection | None) -> Confirmation:
    tree = outcome.tree_of(run.plan)
    runs = run.workflow.runs.all() if run.workflow else Run.objects.filter(pk=run.pk)
    return confirmation(tree, connection, run.public_id, request.POST, request.user, runs)


def _page(
    request: Request, seat: Access, run: Run, faults: Mapping[str, str] | None = None
) -> HttpResponse:
    more = {"inputs": inputs_in_words(inputs_of(run)), "over": run.state == State.COMPLETED}
    return starting.again_page(
        request, seat, run, "again", ask=partial(_ask, request, run), faults=faults, more=more
    )
