"""Reading of stored workflows."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db.models import ExpressionWrapper, F, Max, Prefetch, Q, QuerySet, TextField
from django.db.models.functions import Cast, Lower

from accounts.models import Team, User
from editor.lib.paging import Page, page
from editor.trees import edits
from editor.trees.nodes import MISSING, Images, Node, Tree
from editor.workflows import models, rows
from editor.workflows.fields import typed

ONE_STEP = timedelta(seconds=30)
"""What was typed within this time into one field is undone at once."""

MOST_CHANGES_BEHIND = 200
"""A page that is further behind gets the whole tree again."""


def workflow(team: Team, public_id: str) -> models.Workflow:
    """One workflow of this team. Raises Workflow.DoesNotExist for another team's too."""
    return team.workflows.get(public_id=public_id)


def by_id(public_id: str) -> models.Workflow:
    """A workflow of any team: for the command line, never for a page. Raises Workflow.DoesNotExist."""
    return models.Workflow.objects.get(public_id=public_id)


MOST_WORDS = 100
"""So many folders and tags are offered; a team with more of them finds the rest by searching."""

NO_FOLDER = "none"


def list_page(
    team: Team, *, search: str = "", archived: bool = False, folder: str = "", tag: str = "", cursor: str = ""
) -> Page[models.Workflow]:  # fmt: skip
    """The team's workflows with their tags, last edited first, in two queries. `folder`: a public id, NO_FOLDER or
    "" for all. Raises paging.BadCursor."""
    found = team.workflows.filter(archived_at__isnull=not archived)
    found = found.select_related("created_by", "folder").prefetch_related(
        Prefetch("tags", models.Tag.objects.order_by(Lower("name")))
    )
    if search:
        found = found.filter(Q(name__icontains=search) | Q(tags__name__iexact=search)).distinct()
    if folder == NO_FOLDER:
        found = found.filter(folder=None)
    elif folder:
        found = found.filter(folder__public_id=folder)
    if tag:
        found = found.filter(tags__name__iexact=tag)
    return page(found, order="-updated_at", cursor=cursor)


def folders(team: Team) -> list[models.Folder]:
    return list(models.Folder.objects.filter(team=team).order_by(Lower("name"))[:MOST_WORDS])


def folder(team: Team, public_id: str) -> models.Folder:
    """Raises Folder.DoesNotExist for another team's too."""
    return models.Folder.objects.get(team=team, public_id=public_id)


def tag_names(team: Team) -> list[str]:
    """The words that the team uses, each once."""
    names = models.Tag.objects.filter(team=team).values_list("name", flat=True).distinct()
    once = {name.casefold(): name for name in names.order_by("name")[: MOST_WORDS * 2]}
    return sorted(once.values(), key=str.casefold)[:MOST_WORDS]


# The tree


def _as_stored(column: str) -> "ExpressionWrapper[Any]":
    """A column without Django's conversions, which for thousands of rows take longer than the query."""
    return ExpressionWrapper(F(column), output_field=TextField())


_COLUMNS = (
    "id", "parent_id", "position", "action_type", _as_stored("params"), "label",
    _as_stored("then_array"), _as_stored("disabled"), _as_stored("collapsed"), "note", _as_stored("parked"),
)  # fmt: skip


def saying(team: Team, texts: Iterable[str]) -> "QuerySet[models.Workflow]":
    """The team's workflows in which one of these texts stands, in an action, a note, an input or what is said about
    them; upper and lower case are alike."""
    texts = [form for text in texts for form in {text, json.dumps(text)[1:-1]}]
    nodes = models.Node.objects.filter(workflow__team=team).alias(
        as_text=Cast("params", TextField())
    )
    own = models.Workflow.objects.filter(team=team).alias(as_text=Cast("inputs", TextField()))
    in_nodes, in_own = Q(), Q()
    for text in texts:
        in_nodes |= Q(as_text__icontains=text) | Q(label__icontains=text) | Q(note__icontains=text)
        in_own |= (
            Q(as_text__icontains=text) | Q(name__icontains=text) | Q(description__icontains=text)
        )
    return own.filter(in_own | Q(pk__in=nodes.filter(in_nodes).values("workflow")))


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


# The history

HISTORY_PAGE = 20
VERSIONS_PAGE = 10
MOST_TO_CHOOSE = 200
"""A select of versions offers the latest ones."""


def versions_page(workflow: models.Workflow, cursor: str = "") -> Page[models.Version]:
    """The versions, newest first, without their trees, in one query. Raises paging.BadCursor."""
    found = workflow.versions.select_related("author").defer("definition", "tree", "table")
    return page(found, order="-number", cursor=cursor, size=VERSIONS_PAGE)


def versions_to_choose(workflow: models.Workflow) -> list[models.Version]:
    """The latest versions, without their trees."""
    return list(
        workflow.versions.defer("definition", "tree", "table").order_by("-number")[:MOST_TO_CHOOSE]
    )


def version(workflow: models.Workflow, number: int) -> models.Version:
    """One version with its tree. Raises Version.DoesNotExist."""
    return workflow.versions.select_related("author").defer("definition").get(number=number)


def changes_page(workflow: models.Workflow, cursor: str = "") -> Page[models.Change]:
    """What was done, newest first, in one query. Raises paging.BadCursor."""
    found = workflow.changes.select_related("actor").defer("images")
    return page(found, order="-revision", cursor=cursor, size=HISTORY_PAGE)


@dataclass(frozen=True, slots=True)
class History:
    """What undo would take back and redo bring again: the label of that edit, or ""."""

    undo: str = ""
    redo: str = ""


def history(workflow: models.Workflow, actor: User | None) -> History:
    """In two queries."""
    undo, redo = next_undo(workflow, actor), next_redo(workflow, actor)
    return History(undo.label if undo else "", redo.label if redo else "")


def next_undo(workflow: models.Workflow, actor: User | None) -> models.Change | None:
    """The last edit of this person that stands, whatever others did since."""
    return _edits(workflow, actor).filter(undone_in=None).order_by("-revision").first()


def next_redo(workflow: models.Workflow, actor: User | None) -> models.Change | None:
    """The edit that this person undid last, unless they have edited since: then there is nothing to redo."""
    mine = _edits(workflow, actor)
    last_edit = mine.values("workflow").annotate(last=Max("revision")).values("last")
    return mine.filter(undone_in__gt=last_edit).order_by("-undone_in", "-revision").first()


def undo_step(workflow: models.Workflow, last: models.Change) -> list[models.Change]:
    """The edits that undo takes back at once, oldest first: the last one, and what the same person typed into the same
    text field on a page in the moments before it.
    """
    field = _field_typed_into(last)
    if field is None:
        return [last]
    step, images = [last], rows.images_from_json(last.images)
    before = last.made_at - ONE_STEP
    earlier = _edits(workflow, last.actor).filter(
        undone_in=None, revision__lt=last.revision, made_at__gte=before
    )
    for edit in earlier.exclude(key="").order_by("-revision"):
        both = typed.joined(rows.images_from_json(edit.images), images, field)
        if both is None:
            break
        step, images = [edit, *step], both
    return step


def redo_step(workflow: models.Workflow, last: models.Change) -> list[models.Change]:
    """The edits that redo brings again at once, oldest first: those that one undo took back."""
    if not _field_typed_into(last):
        return [last]
    return list(workflow.changes.filter(undone_in=last.undone_in).order_by("revision"))


def _field_typed_into(edit: models.Change) -> typed.TextField | None:
    """What a person typed into on a page; edits without a key were made by programs, each for itself."""
    return typed.field_of(rows.images_from_json(edit.images)) if edit.key else None


def changes_of_node(workflow: models.Workflow, node_id: str) -> Iterator[models.Change]:
    """The last changes that touched an action, newest first."""
    return (change for change in last_changes(workflow) if node_id in change.images["rows"])


def last_changes(workflow: models.Workflow) -> Iterator[models.Change]:
    """The last changes, newest first, read as far as they are asked for."""
    newest_first = workflow.changes.select_related("actor").order_by("-revision")
    return newest_first[:MOST_CHANGES_BEHIND].iterator(chunk_size=20)


def removal_of(workflow: models.Workflow, node_id: str) -> models.Change | None:
    """The last change that took an action away; None when that is too long ago."""
    return next(
        (
            change
            for change in changes_of_node(workflow, node_id)
            if change.images["rows"][node_id][1] is None
        ),
        None,
    )


def change_of_another(
    workflow: models.Workflow, change: models.Change, touches: Callable[[dict[str, Any]], bool]
) -> models.Change | None:
    """The last change that somebody else made, since the edit that `change` is about, of which `touches(images)`."""
    theirs = workflow.changes.filter(revision__gt=change.of).exclude(actor=change.actor)
    newest_first = theirs.select_related("actor").order_by("-revision")
    return next((each for each in newest_first if touches(each.images)), None)


def _edits(workflow: models.Workflow, actor: User | None) -> "QuerySet[models.Change]":
    return workflow.changes.filter(kind=models.Change.Kind.EDIT, actor=actor)


def changes_of_others(
    workflow: models.Workflow, revision: int, reader: User | None
) -> list[models.Change]:
    """What others than the reader did between `revision` and that of the workflow, newest first; without images.

    At most so many as a page can be behind.
    """
    meanwhile = workflow.changes.filter(revision__gt=revision, revision__lte=workflow.revision)
    theirs = meanwhile.exclude(actor=reader)
    newest_first = theirs.select_related("actor").defer("images").order_by("-revision")
    return list(newest_first[:MOST_CHANGES_BEHIND])


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
