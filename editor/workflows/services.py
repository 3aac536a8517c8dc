"""Writing: every act on workflows. Each is one function and one transaction.

Whole workflows stand here; what edits a tree in `rearranging` (its shape), `changing` (one action), `declaring` (its
inputs) and `rewriting` (its JSON), and what has to do with versions in `keeping`, all to be called through here. All
edits of a tree go through `apply`; the named ones are one call to it. `by` is who edits and which revision the page
showed. Who may act is the view's business (accounts.access); what must never happen, whoever asks, is refused here,
with `Refused`: then nothing has changed.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import BigIntegerField, CharField, DateTimeField, Q
from django.utils import timezone

from accounts import audit
from accounts.models import Team, User
from editor.lib.ids import new_id
from editor.lib.prepared import Update
from editor.lib.tx import writing
from editor.trees import codec
from editor.trees.edits import Refused
from editor.trees.nodes import Tree
from editor.workflows import store
from editor.workflows.edits.changing import (
    change_type,
    fix,
    save_field,
    set_collapsed,
    set_disabled,
    set_label,
    set_note,
    set_params,
)
from editor.workflows.edits.declaring import (
    change_input,
    declare_input,
    input_from_field,
    move_input,
    remove_input,
)
from editor.workflows.edits.keeping import (
    name_present,
    name_version,
    restore_version,
    snapshot,
    take_back,
)
from editor.workflows.edits.naming import By
from editor.workflows.edits.rearranging import (
    LAST,
    add_action,
    add_subtree,
    duplicate,
    lift_children,
    move,
    park,
    remove,
    replace_all,
    wrap,
)
from editor.workflows.edits.rewriting import write_json
from editor.workflows.edits.undoing import bring_back, redo, undo
from editor.workflows.models import Workflow
from editor.workflows.store import Applied, apply

__all__ = [
    "LAST", "Applied", "By", "Refused", "Workflow", "add_action", "add_subtree", "apply", "archive", "bring_back",
    "change_input", "change_type", "create", "declare_input", "delete", "duplicate", "fix",
    "import_tree", "import_wire", "input_from_field", "lift_children", "move", "move_input",
    "name_present", "name_version", "note_run", "park", "redo", "remove", "remove_input", "rename",
    "replace_all", "restore", "restore_version", "save_field", "set_collapsed", "set_disabled",
    "set_label", "set_note", "set_params", "snapshot", "take_back", "undo", "wrap",
    "write_json",
]  # fmt: skip


# Whole workflows


def create(team: Team, *, actor: User | None, name: str, description: str = "") -> Workflow:
    """A new workflow without actions."""
    with writing():
        workflow = Workflow.objects.create(
            team=team, name=name, description=description, created_by=actor
        )
        audit.record(team, actor, "workflow.created", name, workflow=workflow.public_id)
    return workflow


def import_tree(team: Team, *, actor: User | None, name: str, tree: Tree) -> Workflow:
    """A new workflow with a tree, legal or not: its problems are shown. The import is not an edit to undo."""
    with writing():
        workflow = create(team, actor=actor, name=name)
        store.fill(workflow, tree)
    return workflow


def import_wire(team: Team, *, actor: User | None, name: str, source: str | bytes) -> Workflow:
    """A new workflow from Linked API JSON. Raises codec.DecodeError when it cannot be a tree."""
    return import_tree(team, actor=actor, name=name, tree=codec.decode(source, new_id))


def rename(workflow: Workflow, *, actor: User | None, name: str, description: str = "") -> None:
    """Give it another name and description. Not an edit of the tree, so not to be undone there."""
    before = workflow.name
    if (name, description) == (before, workflow.description):
        return
    with writing():
        workflow.name, workflow.description = name, description
        workflow.updated_at = timezone.now()
        workflow.save(update_fields=["name", "description", "updated_at"])
        facts = {"workflow": workflow.public_id}
        if name == before:
            audit.record(workflow.team, actor, "workflow.described", name, **facts)
        else:
            audit.record(workflow.team, actor, "workflow.renamed", name, before=before, **facts)


def archive(workflow: Workflow, *, actor: User | None) -> None:
    """Take it out of the list; `restore` brings it back."""
    _set_archived(workflow, actor, timezone.now(), "workflow.archived")


def restore(workflow: Workflow, *, actor: User | None) -> None:
    _set_archived(workflow, actor, None, "workflow.restored")


def _set_archived(workflow: Workflow, actor: User | None, at: datetime | None, verb: str) -> None:
    with writing():
        workflow.archived_at = at
        workflow.save(update_fields=["archived_at"])
        audit.record(workflow.team, actor, verb, workflow.name, workflow=workflow.public_id)


def delete(workflow: Workflow, *, actor: User | None) -> None:
    """For good, with its history and versions. Runs keep what they ran themselves."""
    with writing():
        audit.record(
            workflow.team, actor, "workflow.deleted", workflow.name, workflow=workflow.public_id
        )
        workflow.delete()


def forget_runs(runs: Iterable[tuple[int, str]]) -> None:
    """Runs (workflow, public id) are gone: the list still says how the last one went, without a way to it."""
    ids: dict[int, set[str]] = {}
    for workflow_id, run_id in runs:
        ids.setdefault(workflow_id, set()).add(run_id)
    gone = {run_id for found in ids.values() for run_id in found}
    Workflow.objects.filter(pk__in=ids, last_run_id__in=gone).update(last_run_id="")


_NOTE = Update(
    lambda key, this, at: Workflow.objects.filter(
        Q(last_run_at=None) | Q(last_run_at__lt=at) | Q(last_run_id=this), pk=key
    ),
    ("last_run_id", "last_run_state", "last_run_at"),
    key=BigIntegerField(),
    this=CharField(),
    at=DateTimeField(),
)


def note_run(workflow_id: int, *, run_id: str, state: str, at: datetime) -> None:
    """Write down a run for the list of workflows, unless a later one stands there already.

    `run_id` is the run's public id, `at` when it was started, `state` its state now or what it came to.
    """
    _NOTE(
        key=workflow_id,
        this=run_id,
        at=at,
        last_run_id=run_id,
        last_run_state=state,
        last_run_at=at,
    )
