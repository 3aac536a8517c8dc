"""Branches on the clipboard: as JSON that any editor takes, and with what JSON does not carry for an editor of ours.

A clip is {"workflow": wire JSON, "marks": {number: {"note", "disabled", "collapsed"}}}; the number is that of the
action in document order, from 0.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from editor.lib.htmx import Request
from editor.lib.ids import new_id
from editor.trees import codec, several
from editor.trees.edits import Refused
from editor.trees.nodes import GAP, Node, Tree
from editor.workflows import queries
from editor.workflows.opening import open_workflow, refused

MARKS = {"note": str, "disabled": bool, "collapsed": bool}


@require_POST
def clip(request: Request, slug: str, workflow: str) -> HttpResponse:
    """{text, clip} of the actions `node` (may repeat), with all below them: what goes to the clipboard."""
    _, found = open_workflow(request, slug, workflow)
    tree = queries.tree_of(found)
    try:
        tops = several.tops(tree, request.POST.getlist("node"))
    except Refused as refusal:
        return refused(request, refusal, 404)
    branches = taken(tree, tops)
    return JsonResponse({"text": codec.encode(branches), "clip": json.dumps(as_clip(branches))})


def taken(tree: Tree, tops: list[Node]) -> Tree:
    """These branches as a workflow of their own. What was asked for itself is not switched off in it."""
    rows = {node.id: node for top in tops for node in tree.subtree(top.id)}
    for number, top in enumerate(tops):
        alone = {"parent": None, "position": (number + 1) * GAP, "parked": False}
        rows[top.id] = replace(top, disabled=False, **alone)  # type: ignore[arg-type]
    return Tree(rows.values())


def as_clip(branches: Tree) -> dict[str, Any]:
    """The branches in full."""
    marks = {}
    for number, (node, _) in enumerate(branches.walk()):
        said = {name: getattr(node, name) for name in MARKS if getattr(node, name)}
        if said:
            marks[str(number)] = said
    shown = Tree(replace(node, disabled=False) for node in branches.nodes.values())
    return {"workflow": codec.to_wire(shown), "marks": marks}


def read(text: str) -> Tree:
    """The branches of a clip, with new ids. Raises ValueError when it is none of ours, codec.DecodeError."""
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise ValueError("This is nested too deep.") from error
    if not isinstance(value, dict) or not isinstance(value.get("marks"), dict):
        raise ValueError("This is no clip.")
    bare = codec.from_wire(value.get("workflow"), new_id)
    marks = value["marks"]
    rows = [
        _marked(node, marks.get(str(number), {})) for number, (node, _) in enumerate(bare.walk())
    ]
    return Tree(rows, bare.array)


def _marked(node: Node, said: Mapping[str, Any]) -> Node:
    known = {name: said[name] for name, kind in MARKS.items() if isinstance(said.get(name), kind)}
    problem = next(codec.value_problems(known.get("note", ""), ""), None)
    return replace(node, **known) if not problem else node
