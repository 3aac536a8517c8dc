"""Edits of a workflow, asked for by its page.

POST W/edit/<verb> with `base` (the revision that the page shows), `key` and the fields of the verb. The page makes the
key, of letters and digits, and sends it with every try: an edit that was done under it is not done again, and answers
what leads from `base` to now. Without a key an edit is done as often as it is sent. The verbs:

    add        type, parent, index, bridge=1 to insert the missing actions between
    paste      parent, index, text (wire JSON) or clip (clips.py): what fits goes in, the rest is parked; refused when
               nothing fits, but for tray=1 (park it all) or bridge=1 (insert the missing actions above it)
    remove     node (may repeat)          lift      node: remove it, its children take its place
    move       node (may repeat), parent, index, bridge=1 as for add: so parked ones are taken back
    park       node (may repeat): lay it aside, with all below it
    duplicate  node (may repeat)
    wrap       node, type                 type      node, type: change the action
    label      node, label                note      node, note
    disabled   node (may repeat), on=1|0  collapsed node (may repeat), on=1|0: answers 204, no new revision
    param      node, field (JSON Pointer below the parameters), value (repeats for a list; empty: not sent)
    fix        node, code, title: make the repair that a problem offers (problem.code, problem.fix.title)
    input-add  name, kind: declare an input
    input-change   input (its name), field (name, kind, required, default, help or choices), value (may repeat; empty:
               none): say something else of it; a new name goes into the actions that use it
    input-move input, before (another's name; empty: the end)     input-remove   input
    input-from node, field: make an input of a parameter, whose value becomes its default
    column-show, column-hide   column (its key, of `trees.table`): of the results table
    column-rename  column, value (empty: its own name)     column-move  column, before (another's key; empty: the end)
    columns-reset  all columns as the catalogue suggests them
    replace    text (wire JSON): the whole tree
    json       text (wire JSON), read, mine=1: what the workflow's own JSON was edited into. Ids, notes and what JSON
               does not show stay. `read` is the revision of the JSON that was edited; what others did since stays too.
               Where both changed the same it is refused as “conflicts”, and with `mine` what was written counts
    restore    version: the whole tree as it was in the version of that number
    bring-back node: put back what somebody deleted, with what went with it
    undo, redo

`parent` is a node id, or empty for the root; `index` counts the parent's children from 0, for `move` without the
moved ones; left out or empty: at the end. Several nodes
that move keep the order in which they are sent; one that stands below another of them goes along with it.

An accepted edit answers 200 with `edit.html` and `answer` (answers.Answer): `base` and `revision` (from which to which
revision it leads: other people's edits since `base` are included), `history`, `counts`, `focus` (id of the node to
select, or ""), `message` (for the status line and screen readers), `note` (the part of it that nobody asked for: what
did not fit and was parked), `parked` (how many branches are laid aside), `tray` (true when those changed: fetch
W/tray), `operations`, `mine` and `news` (which of the actions the edit itself touched, and what others did; see
answers.Answer), and `reload` (true when `base` is too old: fetch W/tree instead). For `param` the context also has
`field`: as it is saved now, or None when there is none any more.

Operations are to be applied in their order, one by one; each is complete in itself (render.Operation):

    insert  id, parent, after, rows   put the new subtree `rows` below parent, behind its child `after` ("": first)
    move    id, parent, after         put the existing element there, with all that is in it
    remove  id                        take the element away (its surviving children were moved out before)
    card    id, rows (one row)        replace the card of the node, not its children

`parent` is "" for the root list. So `<template data-op="insert" data-id=… data-parent=… data-after=…>`.

The verbs that set one field (param, label, note, type, input-change, column-rename) may say over what it was typed:
`was`, the `data-was` of the field. When something else is stored by now, and not the same as is being set, nothing is
done: 409 with `clash.html` and `theirs` (clashes.Theirs). Its mark as `was` stores one's own version over it,
knowingly. The answer to such an edit has the mark of what is stored now, as `was`. An input that has another name by
now is found by the one it had.

A refused edit changes nothing: 422 with `refused.html`, `refusal` (code, message, repairs) and `marks` (as JSON, the
problems of a text that is no workflow), or for the verbs of UNSAVED with `field.html` and `field` (inspector.Field:
what was typed, the error, `saved` false). A form that makes no sense (no such verb or field) is 400 and an action, an
input or a workflow that is not there any more 404, both with `refused.html`.
"""

from collections.abc import Callable
from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.access import Access
from accounts.models import Role
from editor import catalog
from editor.lib.htmx import Request
from editor.trees import codec
from editor.trees.edits import Refused
from editor.trees.nodes import Tree
from editor.workflows import queries
from editor.workflows.edits import clashes
from editor.workflows.edits.clashes import Clash
from editor.workflows.fields import inspector
from editor.workflows.fields.values import mark, read_pointer
from editor.workflows.models import Workflow
from editor.workflows.opening import context, open_workflow, refused
from editor.workflows.pages import answers, inputs_panel
from editor.workflows.pages.verbs import VERBS, BadForm, by, fold
from editor.workflows.services import Applied

STAYS = ("json", "param", "label", "note")
"""Who writes looks at the text, or has gone on to another action: the answer selects nothing else."""


@require_POST
def edit(request: Request, slug: str, workflow: str, verb: str) -> HttpResponse:
    """Every edit of a tree. The verbs and their fields stand in `verbs` and above."""
    seat, found = open_workflow(request, slug, workflow, Role.BUILDER)
    if verb == "collapsed":
        return _fold(request, found)
    try:
        if verb not in VERBS:
            raise BadForm(f"There is no edit “{verb}”.")
        applied = VERBS[verb](found, request.POST, by(found, verb, request.POST, seat.user))
    except BadForm as error:
        return refused(request, Refused("bad-form", str(error)), 400)
    except codec.DecodeError as error:
        first, *more = (problem.message for problem in error.problems)
        refusal = Refused("unreadable", first, tuple(more[:4]))
        return refused(request, refusal, 422, error.problems)
    except Clash as clash:
        return _clashed(request, seat, found, verb, clash)
    except Refused as refusal:
        if verb in UNSAVED and refusal.code not in ("gone", "no-such-field"):
            return _unsaved(request, seat, found, verb, refusal)
        return refused(request, refusal, 404 if refusal.code == "gone" else 422)
    except Workflow.DoesNotExist as error:
        raise Http404("This workflow was deleted meanwhile.") from error
    return _accepted(request, seat, verb, applied)


def _accepted(request: Request, seat: Access, verb: str, applied: Applied) -> HttpResponse:
    answer = answers.to_edit(applied, seat.user, innermost=verb == "add")
    if verb in STAYS:
        answer = replace(answer, focus="")
    told = context(seat, applied.workflow, answer=answer)
    if verb == "param":
        told["field"] = _field(applied.after, request)
    if verb in clashes.FIELDS:
        told["was"] = mark(clashes.stored_in(applied.workflow, applied.after, verb, request.POST))
    return render(request, "workflows/edit.html", told)


def _fold(request: Request, workflow: Workflow) -> HttpResponse:
    try:
        fold(workflow, request.POST)
    except BadForm as error:
        return refused(request, Refused("bad-form", str(error)), 400)
    return HttpResponse(status=204)


def _clashed(
    request: Request, seat: Access, workflow: Workflow, verb: str, clash: Clash
) -> HttpResponse:
    """Both versions, for a person to choose."""
    theirs = clashes.theirs(workflow, verb, request.POST, seat.user, clash.stored)
    told = context(seat, workflow, theirs=theirs)
    return render(request, "workflows/clash.html", told, status=409)


def _unsaved(
    request: Request, seat: Access, workflow: Workflow, verb: str, refusal: Refused
) -> HttpResponse:
    """The field with what was typed into it and why it is not stored."""
    typed = request.POST.getlist("name" if verb == "input-add" else "value")
    field = UNSAVED[verb](queries.tree_of(workflow), request)
    if field is None:
        return refused(request, refusal, 422)
    field = replace(
        field,
        saved=False,
        error=refusal.message,
        value=typed[0] if typed else "",
        values=tuple(typed),
    )
    return render(request, "workflows/field.html", context(seat, workflow, field=field), status=422)


def _field(tree: Tree, request: Request) -> inspector.Field | None:
    """The field that a `param` edit is about, as stored; for an entry of a list, the list.

    None when there is none: an unknown parameter that was taken out, an action that is gone.
    """
    path = read_pointer(request.POST["field"])
    if path[-1] == "-" or isinstance(path[-1], int):
        path = path[:-1]
    node = tree.get(request.POST["node"])
    try:
        return inspector.field_at(tree, node, catalog.default(), path) if node else None
    except Refused:
        return None


def _of_input(tree: Tree, request: Request) -> inspector.Field | None:
    """The field of an input that an `input-change` edit is about."""
    return inputs_panel.field_at(tree, request.POST["input"], request.POST["field"])


UNSAVED: dict[str, Callable[[Tree, Request], inspector.Field | None]] = {
    "param": _field,
    "input-change": _of_input,
    "input-add": lambda tree, request: inputs_panel.new_fields()[0],
}
"""The verbs that set one field: it comes back with a refusal."""
