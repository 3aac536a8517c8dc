"""Writing: where workflows are kept. Folders, tags, and the way into another team."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import Team, User
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.trees import copies
from editor.trees.edits import Refused
from editor.trees.nodes import Tree
from editor.workflows import queries, rows, store
from editor.workflows.models import Folder, Tag, Workflow

MOST_VERSIONS = 50  # besides those with a name
MOST_TAGS = 12
MOST_FOLDERS = queries.MOST_WORDS
FOLDER_NAME = 60
TAG_NAME = 30
NAME_MAX = 120


# Folders


def create_folder(team: Team, *, actor: User, name: str) -> Folder:
    """Raises Refused for a name that is empty, too long or taken."""
    name = _word(name, FOLDER_NAME, "folder")
    if team.folders.count() >= MOST_FOLDERS:
        raise Refused("too-many", f"A team has at most {MOST_FOLDERS} folders.")
    try:
        with writing():
            folder = Folder.objects.create(team=team, name=name)
            audit.record(team, actor, "folder.created", name)
    except IntegrityError as error:
        raise _taken(name) from error
    return folder


def rename_folder(folder: Folder, *, actor: User, name: str) -> None:
    """Raises Refused like `create_folder`. The name it has is nothing to record."""
    before, name = folder.name, _word(name, FOLDER_NAME, "folder")
    if name == before:
        return
    try:
        with writing():
            folder.name = name
            folder.save(update_fields=["name"])
            audit.record(folder.team, actor, "folder.renamed", name, before=before)
    except IntegrityError as error:
        folder.name = before
        raise _taken(name) from error


def delete_folder(folder: Folder, *, actor: User) -> None:
    """The folder alone: its workflows stay, in none."""
    with writing():
        audit.record(folder.team, actor, "folder.deleted", folder.name)
        folder.delete()


def put_into(workflow: Workflow, folder: Folder | None) -> None:
    """Into a folder of its team, or out of all. When it was edited last stays as it is."""
    if folder and folder.team_id != workflow.team_id:
        raise Refused("other-team", "That folder belongs to another team.")
    with writing():
        workflow.folder = folder
        workflow.save(update_fields=["folder"])


def _taken(name: str) -> Refused:
    return Refused("taken", f"There is a folder “{name}” already. Choose another name.")


def _word(text: str, longest: int, what: str) -> str:
    word = " ".join(text.replace("\0", "").split())
    if not word:
        raise Refused("bad-name", f"Give the {what} a name.")
    if len(word) > longest:
        raise Refused("bad-name", f"The name of a {what} has at most {longest} characters.")
    return word


# Tags


def set_tags(workflow: Workflow, names: Iterable[str]) -> None:
    """Exactly these words, each once, however they are written. Raises Refused."""
    given = [_word(name, TAG_NAME, "tag") for name in names if name.strip("\0 \t\r\n")]
    words = {word.casefold(): word for word in given}
    if len(words) > MOST_TAGS:
        raise Refused("too-many", f"A workflow has at most {MOST_TAGS} tags.")
    with writing():
        store.locked(workflow)
        workflow.tags.all().delete()
        Tag.objects.bulk_create(
            Tag(workflow=workflow, team_id=workflow.team_id, name=word) for word in words.values()
        )


# Into another team


def copy_to(workflow: Workflow, team: Team, *, actor: User, name: str = "") -> Workflow:
    """The workflow as it is now, tray and notes and tags too, as a new one of a team: of another or of the same.

    Its history, its runs, its schedules and the accounts that it ran on stay where they are.
    """
    with writing():
        copy, _ = _copied(workflow, team, actor, name)
        _tell(workflow, copy, actor, "workflow.copied_out", "workflow.copied_in")
    return copy


def move_to(workflow: Workflow, team: Team, *, actor: User) -> Workflow:
    """The same with its versions and its last edits, and the one here goes into the archive, with all edits and its
    runs. Raises Refused."""
    if team.pk == workflow.team_id:
        raise Refused("same-team", "It is in this team already. Choose another one.")
    with writing():
        copy, ids = _copied(workflow, team, actor, "")
        _take_versions(workflow, copy, ids)
        _take_edits(workflow, copy, ids)
        _tell(workflow, copy, actor, "workflow.moved_out", "workflow.moved_in")
        workflow.archived_at = timezone.now()
        workflow.save(update_fields=["archived_at"])
    return copy


def _copied(
    workflow: Workflow, team: Team, actor: User, name: str
) -> tuple[Workflow, defaultdict[str, str]]:
    """The new one, and the new id of each of its nodes by the old one."""
    name = name.strip() or workflow.name
    copy = Workflow.objects.create(
        team=team,
        name=name[:NAME_MAX],
        description=workflow.description,
        table=workflow.table,
        created_by=actor,
    )
    tree = queries.tree_of(workflow)
    ids = _new_ids(tree, defaultdict(new_id))
    store.fill(copy, copies.renamed(tree, ids))
    words = workflow.tags.values_list("name", flat=True)
    Tag.objects.bulk_create(Tag(workflow=copy, team=team, name=word) for word in words)
    return copy, ids


def _new_ids(tree: Tree, ids: defaultdict[str, str]) -> defaultdict[str, str]:
    """An id for each node that has none there yet, so that a node is the same one in every version."""
    for node_id in tree.nodes:
        ids[node_id]
    return ids


def _take_versions(workflow: Workflow, copy: Workflow, ids: defaultdict[str, str]) -> None:
    """Those that somebody named and the newest others."""
    copy.revision = workflow.revision  # a version says of which revision it is
    copy.save(update_fields=["revision"])
    newest = workflow.versions.order_by("-number").values_list("pk", flat=True)[:MOST_VERSIONS]
    taken = workflow.versions.filter(Q(pk__in=list(newest)) | ~Q(name=""))
    for version in taken.order_by("number").iterator(chunk_size=20):
        tree = rows.tree_from_json(version.tree)
        version.tree = rows.tree_to_json(copies.renamed(tree, _new_ids(tree, ids)))
        version.pk, version.workflow = None, copy
        version._state.adding = True
        version.save(force_insert=True)


def _take_edits(workflow: Workflow, copy: Workflow, ids: defaultdict[str, str]) -> None:
    """The last ones, so that whoever moves a workflow can still undo what they did before."""
    newest = workflow.changes.order_by("-revision")[: queries.MOST_CHANGES_BEHIND]
    for change in newest.iterator(chunk_size=20):
        change.images = rows.images_renamed(change.images, ids)
        change.pk, change.workflow = None, copy
        change._state.adding = True
        change.save(force_insert=True)


def _tell(workflow: Workflow, copy: Workflow, actor: User, left: str, came: str) -> None:
    """Both teams hear of it; neither hears the other's address of it."""
    audit.record(
        workflow.team, actor, left, workflow.name, workflow=workflow.public_id, to=copy.team.name
    )
    audit.record(copy.team, actor, came, copy.name, workflow=copy.public_id, of=workflow.team.name)
