"""Run again only what failed: the smallest workflow that repeats it (`trees.failed`), as a run of its own.

GET, POST R/failed       again   what it can do at most, what it leaves out and why; queues it
POST R/failed/plan       plan    confirm.html: the same on the account that is chosen now; changes nothing
"""

from collections.abc import Mapping
from functools import partial

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access
from accounts.access import Access
from accounts.models import Connection
from accounts.permissions import Can
from editor import catalog
from editor.catalog import Catalog
from editor.lib.htmx import Request
from editor.lib.ids import new_id
from editor.runs import pinned
from editor.runs.models import Run
from editor.runs.opening import open_run, render
from editor.runs.results import outcome
from editor.trees.failed import Came, OnlyFailed, only_failed
from editor.trees.nodes import Tree
from editor.trees.results import Occurrence, Path
from editor.workflows.rows import tree_to_json

from . import starting
from .confirming import Confirmation, confirmation

NOTHING = "Nothing that failed can be repeated by itself."


@require_http_methods(["GET", "POST"])
def again(request: Request, slug: str, run: str) -> HttpResponse:
    """Show what failed and what repeating it would do; then queue it."""
    seat = access.team(request, slug, at_least=Can.RUN)
    found = open_run(seat, run)
    only = failed_of(found)
    if request.method == "GET":
        return _page(request, seat, found, only)
    made = starting.begin(
        seat, request.POST, ask=lambda connection: _ask(request, found, only, connection),
        start=lambda connection, key: _start(seat, found, only, connection, key),
        faults=None if only.count else {"all": NOTHING},
    )  # fmt: skip
    if isinstance(made, Run):
        return redirect("runs:run", slug, made.public_id)
    return _page(request, seat, found, only, made)


def _start(seat: Access, run: Run, only: OnlyFailed, connection: Connection, key: str) -> Run:
    name = f"{run.workflow_name[:100]} · only what failed"
    definition = pinned.Definition(name, run.version_number, tree_to_json(only.tree), run)
    made, _ = pinned.start(
        seat.team, definition, connection=connection, actor=seat.user, submit_key=key, inputs={}
    )
    return made


@require_POST
def plan(request: Request, slug: str, run: str) -> HttpResponse:
    """What it can do at most, and to whom again, on the account that is chosen."""
    seat = access.team(request, slug, at_least=Can.RUN)
    found = open_run(seat, run)
    connection = starting.connection_of(seat, request.POST.get("connection", ""))
    ask = _ask(request, found, failed_of(found), connection)
    return render(request, "runs/confirm.html", {"team": seat.team, "ask": ask})


def failed_of(run: Run) -> OnlyFailed:
    """What of a finished run can be run again by itself."""
    tree, known = outcome.tree_of(run.plan), catalog.default()
    return only_failed(tree, _came_back(run, tree, known), known, new_id)


def _came_back(run: Run, tree: Tree, known: Catalog) -> Came:
    """Out of the stored rows: of 10,000 items they are read in a fraction of the time that folding takes."""
    actions = {node.id: known.actions.get(node.type) for node in tree.nodes.values()}
    acts = [node_id for node_id, action in actions.items() if action and action.acts]
    loops = [node_id for node_id, action in actions.items() if action and action.is_loop]
    looped = {tree.nodes[node_id].parent for node_id in loops}
    lists = run.results.filter(success=True, node_id__in=looped)
    others = run.results.filter(Q(success=False) | Q(node_id__in=acts))
    came: dict[str, list[Occurrence]] = {node.id: [] for node, _ in tree.walk()}
    for node_id, path, success in others.order_by("ordinal").values_list(
        "node_id", "path", "success"
    ):
        came[node_id].append(Occurrence(_indexes(path), success))
    for node_id, path, data in lists.values_list("node_id", "path", "data"):
        came[node_id].append(Occurrence(_indexes(path), True, data))
    return came


def _indexes(path: str) -> Path:
    return tuple(map(int, path.split("."))) if path else ()


def _ask(
    request: Request, run: Run, only: OnlyFailed, connection: Connection | None
) -> Confirmation:
    what = f"failed {run.public_id}"
    return confirmation(only.tree, connection, what, request.POST, request.user)


def _page(
    request: Request, seat: Access, run: Run, only: OnlyFailed,
    faults: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    return starting.again_page(
        request,
        seat,
        run,
        "failed",
        ask=partial(_ask, request, run, only),
        faults=faults,
        more={"only": only},
    )
