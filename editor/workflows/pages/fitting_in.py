"""What would become of JSON that is pasted at a place, before it is: what fits, what goes to the tray and why."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.models import Role
from editor import catalog
from editor.lib.htmx import Request
from editor.trees import bridges, codec, edits, places
from editor.trees.edits import Refused
from editor.trees.nodes import Node, Tree
from editor.trees.places import Place
from editor.workflows import queries
from editor.workflows.edits.naming import type_name
from editor.workflows.opening import context, open_workflow, refused
from editor.workflows.pages.refusing import Repair, fields_of
from editor.workflows.pages.verbs import BadForm, place_of, tree_in
from editor.workflows.shown import cards

MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A branch of what is pasted: how it is called, what stays below it, and why it does not fit ("": it does)."""

    name: str
    below: int
    why: str


@require_POST
def fits(request: Request, slug: str, workflow: str) -> HttpResponse:
    """fits.html for `text` (or `clip`) at `parent`, `index`: `lines`, and `ways` to choose from when nothing fits.

    A text that is no JSON yet is no failure of this request: 200, with refused.html.
    """
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    try:
        branch, place = tree_in(request.POST), place_of(request.POST)
    except BadForm as error:
        return refused(request, Refused("bad-form", str(error)), 400)
    except codec.DecodeError as error:
        first, *more = (problem.message for problem in error.problems)
        return refused(request, Refused("unreadable", first, tuple(more[:4])), 200)
    tree = queries.tree_of(found)
    try:
        lines = lines_of(tree, branch, place)
    except Refused as refusal:
        return refused(request, refusal, 404)
    nothing = bool(lines) and all(line.why for line in lines)
    ways = ways_of(tree, branch, place) if nothing else []
    more = max(0, len(lines) - MOST_LINES)
    told = context(seat, found, lines=lines[:MOST_LINES], more=more, ways=ways, size=len(branch))
    return render(request, "workflows/fits.html", told)


def lines_of(tree: Tree, branch: Tree, place: Place) -> list[Line]:
    """The branches that would stand alone: those that go into the place, and those that are laid aside."""
    known = catalog.default()
    aside = edits.misfits(tree, known, place, branch)
    tops = [node for node, _ in branch.walk() if node.parent is None or node.id in aside]
    return [
        Line(
            cards.called_node(top, known),
            _staying(branch, top, set(aside)) - 1,
            aside[top.id].message if top.id in aside else "",
        )
        for top in tops
    ]


def _staying(branch: Tree, top: Node, aside: set[str]) -> int:
    """How many actions of a subtree stay together: without what is laid aside from below it."""
    count, stack = 0, [top]
    while stack:
        node = stack.pop()
        count += 1
        stack.extend(child for child in branch.children(node.id) if child.id not in aside)
    return count


def ways_of(tree: Tree, branch: Tree, place: Place) -> list[Repair]:
    """What can be done with JSON of which nothing fits: a bridge above it, another place, the tray."""
    known, first = catalog.default(), branch.roots[0].type
    parent = tree.get(place.parent)
    here = fields_of(place)
    found = []
    between = bridges.bridge(known, parent.type if parent else None, first)
    if between:
        steps = " → ".join(type_name(step) for step in between)
        found.append(Repair(f"Insert {steps} above it", "paste", here | {"bridge": "1"}))
    near = places.nearest(tree, known, place.parent, first)
    if near:
        holder = tree.get(near.parent)
        where = f"under {cards.called_node(holder, known)}" if holder else "at the start"
        found.append(Repair(f"Put it {where}", "paste", fields_of(near)))
    found.append(Repair("Lay it aside, in the tray", "paste", here | {"tray": "1"}))
    return found
