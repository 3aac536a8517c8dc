"""Writing: where workflows are kept. Folders, tags, and the way into another team."""

from collections.abc import Iterable

from django.db import IntegrityError
from django.utils import timezone

from accounts import audit
from accounts.models import Team, User
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.trees import copies
from editor.trees.edits import Refused
from editor.workflows import queries, store
from editor.workflows.models import Folder, Tag, Workflow

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
    """Raises Refused like `create_folder`."""
    before, name = folder.name, _word(name, FOLDER_NAME, "folder")
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
        copy = _copied(workflow, team, actor, name)
        _tell(workflow, copy, actor, "workflow.copied_out", "workflow.copied_in")
    return copy


def move_to(workflow: Workflow, team: Team, *, actor: User) -> Workflow:
    """The same, and the one here goes into the archive, with its history and its runs. Raises Refused."""
    if team.pk == workflow.team_id:
        raise Refused("same-team", "It is in this team already. Choose another one.")
    with writing():
        copy = _copied(workflow, team, actor, "")
        _tell(workflow, copy, actor, "workflow.moved_out", "workflow.moved_in")
        workflow.archived_at = timezone.now()
        workflow.save(update_fields=["archived_at"])
    return copy


def _copied(workflow: Workflow, team: Team, actor: User, name: str) -> Workflow:
    name = name.strip() or workflow.name
    copy = Workflow.objects.create(
        team=team,
        name=name[:NAME_MAX],
        description=workflow.description,
        table=workflow.table,
        created_by=actor,
    )
    store.fill(copy, copies.with_new_ids(queries.tree_of(workflow), new_id))
    words = workflow.tags.values_list("name", flat=True)
    Tag.objects.bulk_create(Tag(workflow=copy, team=team, name=word) for word in words)
    return copy


def _tell(workflow: Workflow, copy: Workflow, actor: User, left: str, came: str) -> None:
    """Both teams hear of it; neither hears the other's address of it."""
    audit.record(
        workflow.team, actor, left, workflow.name, workflow=workflow.public_id, to=copy.team.name
    )
    audit.record(copy.team, actor, came, copy.name, workflow=copy.public_id, of=workflow.team.name)
