"""Why an action may not stand in a place, and what to do instead: the ways out are edits, ready to be made."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from editor import catalog
from editor.catalog import constraints
from editor.lib.htmx import Request
from editor.trees import bridges, places
from editor.trees.edits import Refused
from editor.trees.nodes import Node, Tree
from editor.trees.places import Place
from editor.workflows import queries
from editor.workflows.edits.naming import type_name
from editor.workflows.edits.rearranging import LAST
from editor.workflows.opening import context, open_workflow, refused
from editor.workflows.pages.verbs import BadForm, place_of
from editor.workflows.shown import cards


@dataclass(frozen=True, slots=True)
class Repair:
    """A way out, in words, and the edit that takes it: its verb and fields."""

    title: str
    verb: str
    fields: dict[str, str]

    @property
    def as_json(self) -> str:
        return json.dumps(self.fields)


@require_GET
def refusal(request: Request, slug: str, workflow: str) -> HttpResponse:
    """Of a new action (`type`) or one that is there (`node`), at `parent` and `index`; 204 when it may stand there."""
    seat, found = open_workflow(request, slug, workflow)
    tree, known = queries.tree_of(found), catalog.default()
    node = tree.get(request.GET.get("node", ""))
    action_type = node.type if node else request.GET.get("type", "")
    try:
        place = place_of(request.GET)
    except BadForm as error:
        return refused(request, Refused("bad-form", str(error)), 400)
    parent = tree.get(place.parent)
    if (place.parent and not parent) or (request.GET.get("node") and not node):
        return refused(request, Refused("gone", "This action is no longer there."), 404)
    why = constraints.explain(known, parent.type if parent else None, action_type)
    if why is None:
        return HttpResponse(status=204)
    ways = list(repairs(tree, action_type, place, node))
    return render(
        request, "workflows/refused.html", context(seat, found, refusal=why, repairs=ways)
    )


def repairs(tree: Tree, action_type: str, place: Place, node: Node | None) -> Iterator[Repair]:
    """The ways out for a new action, or for `node`, which is there already: the one that keeps the place first."""
    known = catalog.default()
    parent = tree.get(place.parent)
    verb, what = ("move", {"node": node.id}) if node else ("add", {"type": action_type})
    between = bridges.bridge(known, parent.type if parent else None, action_type)
    if between:
        steps = [type_name(step) for step in between]
        words = (
            f"Wrap it in {' → '.join(steps)}"
            if node
            else f"Insert {' → '.join([*steps, type_name(action_type)])}"
        )
        yield Repair(words, verb, what | fields_of(place) | {"bridge": "1"})
    near = _nearest(tree, place, action_type, node)
    if near and near.parent:
        yield Repair(f"Put it {_in_words(tree, near)}", verb, what | fields_of(near))
    if constraints.may_be_root(known, action_type) and place.parent:
        end = Place(None, len(tree.roots))
        yield Repair("Let it start a new tree", verb, what | fields_of(end))
    if node and not tree.is_parked(node.id):
        yield Repair("Lay it aside, in the tray", "park", {"node": node.id})


def _nearest(tree: Tree, place: Place, action_type: str, node: Node | None) -> Place | None:
    """The closest legal place, which for a node that is there is none of those it has already, nor below itself."""
    known = catalog.default()
    if node is None:
        return places.nearest(tree, known, place.parent, action_type)
    gone = {below.id for below in tree.subtree(node.id)}
    rest = Tree((each for each in tree.nodes.values() if each.id not in gone), tree.array)
    start = place.parent if place.parent in rest else None
    found = places.nearest(rest, known, start, action_type)
    return found if found and (found.parent != node.parent or node.parked) else None


def _in_words(tree: Tree, place: Place) -> str:
    """ "under Open person page “Ada”"."""
    parent = tree.get(place.parent)
    return f"under {cards.called_node(parent, catalog.default())}" if parent else "at the start"


def fields_of(place: Place) -> dict[str, str]:
    """As `place_of` reads them."""
    return {"parent": place.parent or "", "index": "" if place.index == LAST else str(place.index)}
