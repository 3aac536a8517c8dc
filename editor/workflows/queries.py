"""Reading of stored workflows."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import ExpressionWrapper, F, Max, QuerySet, TextField

from accounts.models import Team
from editor import catalog
from editor.lib.paging import Page, page
from editor.trees import edits
from editor.trees.nodes import MISSING, Images, Node, Tree
from editor.trees.problems import Problem
from editor.trees.validate import validate
from editor.workflows import models, rows

MOST_CHANGES_BEHIND = 200
"""A page that is further behind gets the whole tree again."""


def workflow(team: Team, public_id: str) -> models.Workflow:
    """One workflow of this team. Raises Workflow.DoesNotExist for another team's too."""
    return team.workflows.get(public_id=public_id)


def by_id(public_id: str) -> models.Workflow:
    """A workflow of any team: for the command line, never for a page. Raises Workflow.DoesNotExist."""
    return models.Workflow.objects.get(public_id=public_id)


def list_page(
    team: Team, *, search: str = "", archived: bool = False, cursor: str = ""
) -> Page[models.Workflow]:
    """The team's workflows, last edited first, in one query. Raises paging.BadCursor."""
    found = team.workflows.filter(archived_at__isnull=not archived).select_related("created_by")
    if search:
        found = found.filter(name__icontains=search)
    return page(found, order="-updated_at", cursor=cursor)


# The tree


def _as_stored(column: str) -> "ExpressionWrapper[Any]":
    """A column without Django's conversions, which for thousands of rows take longer than the query."""
    return ExpressionWrapper(F(column), output_field=TextField())


_COLUMNS = (
    "id", "parent_id", "position", "action_type", _as_stored("params"), "label",
    _as_stored("then_array"), _as_stored("disabled"), _as_stored("collapsed"), "note", _as_stored("parked"),
)  # fmt: skip


def tree_of(workflow: models.Workflow) -> Tree:
    """The workflow's tree, in one query."""
    found = models.Node.objects.filter(workflow=workflow).values_list(*_COLUMNS)
    return Tree(map(_node, found), workflow.array, tuple(workflow.inputs))


def _node(row: tuple[Any, ...]) -> Node:
    """The columns stand in the order of Node's fields."""
    id_, parent, position, type_, params, label, then_array, disabled, collapsed, note, parked = row
    return Node(
        id_,
        parent,
        position,
        type_,
        _value(params),
        _value(label) if label else MISSING,
        bool(then_array),
        bool(disabled),
        bool(collapsed),
        note,
        bool(parked),
    )


def _value(text: str) -> Any:
    """JSON text as a value. Short ones are kept: a tree repeats itself, and is read again for every edit."""
    return _kept_value(text) if len(text) <= 500 else json.loads(text)


_kept_value = lru_cache(maxsize=16_384)(json.loads)  # nobody changes the params of a Node in place


def problems_of(workflow: models.Workflow) -> list[Problem]:
    """Everything wrong with the workflow, in document order."""
    return validate(tree_of(workflow), catalog.default())


# The history


@dataclass(frozen=True, slots=True)
class History:
    """What undo would take back and redo bring again: the label of that edit, or ""."""

    undo: str = ""
    redo: str = ""


def history(workflow: models.Workflow) -> History:
    """In two queries."""
    undo, redo = next_undo(workflow), next_redo(workflow)
    return History(undo.label if undo else "", redo.label if redo else "")


def next_undo(workflow: models.Workflow) -> models.Change | None:
    """The last edit that stands. Whose it was does not matter: there is one history per workflow."""
    return _edits(workflow).filter(undone_in=None).order_by("-revision").first()


def next_redo(workflow: models.Workflow) -> models.Change | None:
    """The edit that was undone last, unless somebody has edited since: then there is nothing to redo."""
    last_edit = _edits(workflow).values("workflow").annotate(last=Max("revision")).values("last")
    return _edits(workflow).filter(undone_in__gt=last_edit).order_by("-undone_in").first()


def _edits(workflow: models.Workflow) -> "QuerySet[models.Change]":
    return workflow.changes.filter(kind=models.Change.Kind.EDIT)


def images_since(workflow: models.Workflow, revision: int) -> Images | None:
    """In which rows the tree differs from that of `revision`, as one edit; None when that is too long ago.

    No query when `revision` is the workflow's own.
    """
    behind = workflow.revision - revision
    if not 0 <= behind <= MOST_CHANGES_BEHIND:
        return None
    together = Images()
    if behind:
        changes = workflow.changes.filter(revision__gt=revision).order_by("revision")
        for images in changes.values_list("images", flat=True):
            together = edits.combine(together, rows.images_from_json(images))
    return together
