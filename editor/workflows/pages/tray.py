"""The tray: the branches that are laid aside, as the page shows them."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from editor import catalog
from editor.catalog import constraints
from editor.lib.htmx import Request
from editor.trees.nodes import Tree
from editor.workflows import queries
from editor.workflows.edits.naming import type_name
from editor.workflows.opening import context, open_workflow
from editor.workflows.shown import cards
from editor.workflows.shown.cards import Row

MOST_HOMES = 3


@dataclass(frozen=True, slots=True)
class Parked:
    """The top of a branch, how many actions are below it, and in words where it may stand."""

    row: Row
    below: int
    goes: str


@require_GET
def tray(request: Request, slug: str, workflow: str) -> HttpResponse:
    """What is laid aside."""
    seat, found = open_workflow(request, slug, workflow)
    shown = parked(queries.tree_of(found))
    return render(request, "workflows/parts/tray.html#branches", context(seat, found, parked=shown))


def parked(tree: Tree) -> list[Parked]:
    """Every branch that is laid aside, in the order of the tray."""
    known = catalog.default()
    return [
        Parked(cards.row(tree, top, 0, known, ()), len(tree.subtree(top.id)) - 1, _homes(top.type))
        for top in tree.parked
    ]


def _homes(action_type: str) -> str:
    """ "under Open person page or Open post", or "" for an action that nobody knows."""
    known = catalog.default()
    action = known.actions.get(action_type)
    if action is None:
        return ""
    names = list(dict.fromkeys(type_name(parent) for parent in action.parents))
    more = [f"{len(names) - MOST_HOMES} others"] if len(names) > MOST_HOMES else []
    homes = [f"under {' or '.join([*names[:MOST_HOMES], *more])}"] if names else []
    if constraints.may_be_root(known, action_type):
        homes.append("at the start")
    return " or ".join(homes)
