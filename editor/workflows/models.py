"""Stored workflows: the tree as rows, the history of its edits, its versions."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from editor.lib.fields import ExactJSONField, public_id_field
from editor.trees.codec import MAX_TYPE_LENGTH


class Folder(models.Model):
    """A team's name for some of its workflows. Each workflow is in one folder or in none."""

    public_id = public_id_field()
    team = models.ForeignKey(
        "accounts.Team", models.CASCADE, related_name="folders", db_index=False
    )
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [
            # Also the list of a team's folders, in their order.
            models.UniqueConstraint("team", Lower("name"), name="folder_name_once_per_team"),
        ]

    def __str__(self) -> str:
        return self.name


class Workflow(models.Model):
    """A team's workflow: its name, and what lists and other rooms need without loading its tree.

    - `array`: the roots were written as an array; kept, so that the wire form stays as it was sent.
    - `inputs`: what a person fills in before a run: declarations as `editor.trees.inputs` reads them.
    - `table`: which columns its results show (`editor.trees.table_choice`); [] while nobody has chosen.
    - `revision` counts accepted edits (undo and redo too); 0 is a workflow as it was created.
    - `errors` and `warnings` count the tree's problems as the catalogue `checked_with` saw them.
      Every edit keeps them right; a new catalogue makes the next edit count anew.
    - `last_run_…` is what the room above noted last (`services.note_run`); empty: it never ran.
    - `archived_at` takes it out of the list; nothing else changes and it can be taken back.
    """

    public_id = public_id_field()
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="workflows")
    folder = models.ForeignKey(
        Folder, models.SET_NULL, null=True, blank=True, related_name="workflows"
    )
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    array = models.BooleanField(default=False)
    inputs = ExactJSONField(default=list)
    table = ExactJSONField(default=list)
    revision = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    checked_with = models.CharField(max_length=12, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)
    last_run_id = models.CharField(max_length=12, blank=True)
    last_run_state = models.CharField(max_length=20, blank=True)
    last_run_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # The list page: one team's workflows, archived or not, last edited first, by key set.
            models.Index(
                fields=["team", "archived_at", "-updated_at", "-id"], name="workflow_last_edited"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word on a workflow. There is no list of words besides: one is there as long as a workflow has it.

    `team` is the workflow's; it makes "which words does this team use" one look into an index.
    """

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="tags", db_index=False)
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=30)

    class Meta:
        constraints = [
            models.UniqueConstraint("workflow", Lower("name"), name="tag_once_per_workflow"),
        ]
        indexes = [models.Index(fields=["team", "name"], name="tag_of_team")]

    def __str__(self) -> str:
        return self.name


class Node(models.Model):
    """One action of a workflow: a row of `editor.trees.nodes.Node`, whose docstring says what the columns mean.

    - The key is the public id, made by us and never reused, so that undo brings a node back under its old id.
    - `label` is JSON text; "" when no label was sent, which differs from the label "" or null.
    - Siblings are ordered by `position`. No two have the same one; that is not a constraint, because a
      renumbering would break it half-way.
    - `parent` does nothing on delete: an edit lists every row that it removes, so a cascade would only
      cost queries. Both databases check the key at the end of the transaction.
    """

    id = models.CharField(primary_key=True, max_length=12)
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="nodes")
    parent = models.ForeignKey("self", models.DO_NOTHING, null=True, related_name="+")
    position = models.BigIntegerField()
    action_type = models.CharField(max_length=MAX_TYPE_LENGTH)
    params = ExactJSONField()
    label = models.TextField(blank=True)
    then_array = models.BooleanField(default=False)
    disabled = models.BooleanField(default=False)
    collapsed = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    parked = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.action_type} ({self.id})"


class Change(models.Model):
    """One accepted edit of a tree: which rows were what before and after it. Rows are added, never deleted.

    A change is of one `kind`:
    - edit: what a person did. `undone_in` is the revision of the undo that took it back; null while it stands.
    - undo: took back the edit of revision `of`.
    - redo: brought the edit of revision `of` again, whose `undone_in` is null again.

    `images` is `rows.images_to_json`. `revision` is the workflow's after the change. `key` is made by the page
    that edits, or "": the same key never makes two changes, however often it is sent.
    """

    class Kind(models.TextChoices):
        EDIT = "edit"
        UNDO = "undo"
        REDO = "redo"

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="changes")
    revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.EDIT)
    of = models.PositiveIntegerField(null=True, blank=True)
    undone_in = models.PositiveIntegerField(null=True, blank=True)
    label = models.CharField(max_length=200)
    images = ExactJSONField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    key = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workflow", "key"],
                condition=~models.Q(key=""),
                name="change_once_per_key",
            ),
            # Also the editor's "what happened since revision N", and "what would undo take back".
            models.UniqueConstraint(
                fields=["workflow", "revision"], name="change_once_per_revision"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="edit", of=None)
                | models.Q(kind__in=["undo", "redo"], of__isnull=False),
                name="change_of_what",
            ),
        ]
        indexes = [
            # The editor's "what would redo bring again": few changes are undone.
            models.Index(
                fields=["workflow", "undone_in"],
                name="change_undone",
                condition=models.Q(undone_in__isnull=False),
            ),
            # "What is the last edit of mine that stands."
            models.Index(fields=["workflow", "actor", "-revision"], name="change_by_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.revision}: {self.label}"


WHY_KEPT = {
    "run": "used by a run",
    "named": "kept by hand",
    "restore": "before a restore",
    "replace": "before everything was replaced",
    "publish": "published",
    "update": "before an update from its template",
}


class Version(models.Model):
    """A tree as it was at one revision, kept for good: what a run ran, or what somebody gave a name.

    - `definition` is the wire form as it is sent (disabled actions left out).
    - `tree` is `rows.tree_to_json`: every row with its id, so that results find their nodes again.
    - `table` is the workflow's; null in a version from before it was kept.
    - `reason` says why it was kept (WHY_KEPT has the words); `name` is what a person called it, or "".
    """

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    revision = models.PositiveIntegerField()
    name = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=20)
    definition = ExactJSONField()
    tree = ExactJSONField()
    table = ExactJSONField(null=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            # Also the look for the latest version before each run.
            models.UniqueConstraint(fields=["workflow", "number"], name="version_number_once"),
        ]

    def __str__(self) -> str:
        return self.name or f"Version {self.number}"

    @property
    def why(self) -> str:
        """The reason in words; one that another room made up, as it is."""
        return WHY_KEPT.get(self.reason, self.reason)


class Presence(models.Model):
    """Somebody has the workflow open: one row per tab, as long as it asks for news.

    `tab` is made by the page. `node` is the id of the action that is selected there, or "". A row that was not
    `seen_at` lately is nobody (`queries.people_here`), and is swept away by the next one who comes.
    """

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="presences", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    tab = models.CharField(max_length=16)
    node = models.CharField(max_length=12, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workflow", "tab"], name="presence_once_per_tab"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.workflow}"
