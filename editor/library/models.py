"""Templates: workflows published for others to use, their versions, and what became of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from editor.lib.fields import ExactJSONField, public_id_field


class Visibility(models.TextChoices):
    ME = "me", "Only me"
    TEAM = "team", "My team"
    EVERYONE = "everyone", "Everyone on this server"


class Category(models.TextChoices):
    PEOPLE = "people", "Find people"
    COMPANIES = "companies", "Research companies"
    NETWORK = "network", "Grow the network"
    MESSAGES = "messages", "Messages"
    POSTS = "posts", "Posts and reactions"
    HIRING = "hiring", "Jobs and hiring"
    ACCOUNT = "account", "Own account"


ICONS = {
    Category.PEOPLE: "search",
    Category.COMPANIES: "building-2",
    Category.NETWORK: "user-plus",
    Category.MESSAGES: "messages-square",
    Category.POSTS: "thumbs-up",
    Category.HIRING: "briefcase",
    Category.ACCOUNT: "gauge",
}


class Template(models.Model):
    """What is published of a workflow. What it says about itself may change; its versions never do.

    - A template of a `team` was published by a person, from `workflow` (null: that is gone, or it came in as a file).
    - A starter has no team and a `key`; it comes with Trellis, and everybody sees it.
    - `visibility` "me" means `created_by`, in `team` only.
    - `number` is that of the latest version. `facts` tells lists about it (`telling.facts`), without its tree.
    - `uses` and `stars` count the rows of Use and Star; lists are ordered by them.
    - `withdrawn_at`: it is in no gallery any more; what was made of it stays.
    """

    public_id = public_id_field()
    team = models.ForeignKey(
        "accounts.Team", models.CASCADE, null=True, related_name="templates", db_index=False
    )
    key = models.CharField(max_length=60, blank=True)
    workflow = models.OneToOneField(
        "workflows.Workflow", models.SET_NULL, null=True, related_name="template"
    )
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=240)
    category = models.CharField(max_length=10, choices=Category)
    readme = models.TextField(blank=True)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.TEAM)
    number = models.PositiveIntegerField(default=0)
    facts = ExactJSONField(default=dict)
    uses = models.PositiveIntegerField(default=0)
    stars = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~Q(key=""), name="template_starter_once"
            ),
            models.CheckConstraint(
                condition=Q(team=None) & ~Q(key="") | Q(team__isnull=False, key=""),
                name="template_of_a_team_or_a_starter",
            ),
        ]
        indexes = [
            # A team's own templates in the gallery; those of everyone are found by the next one.
            models.Index(fields=["team", "-uses", "-id"], name="template_of_team"),
            models.Index(fields=["visibility", "-uses", "-id"], name="template_of_everyone"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def icon(self) -> str:
        """Of its category."""
        return ICONS[Category(self.category)]

    @property
    def is_starter(self) -> bool:
        return self.team_id is None


class TemplateVersion(models.Model):
    """One published definition; rows are added and never changed.

    - `tree` is `workflows.rows.tree_to_json`, inputs included. Its ids stay the same from version to version.
    - `slots`: where the user picks one of several branches (`slots.Slot`).
    - `table`: which columns its results show (`trees.table_choice`).
    - `examples`: values of inputs, by name, as they were typed; the sample was made with them.
    - `sample`: what the sandbox answered, as the first rows of a table (`samples.sample`).
    - `notes` says what is new in it.
    """

    template = models.ForeignKey(Template, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    tree = ExactJSONField()
    slots = ExactJSONField(default=list)
    table = ExactJSONField(default=list)
    examples = ExactJSONField(default=dict)
    sample = ExactJSONField(default=dict)
    notes = models.CharField(max_length=500, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id}, version {self.number}"


class Star(models.Model):
    """Somebody likes a template."""

    template = models.ForeignKey(Template, models.CASCADE, related_name="starred", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="stars")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "user"], name="star_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.template_id}"


class Use(models.Model):
    """A template was used once: as the definition of a `run`, or as a `copy` (a workflow) that knows its origin.

    Of a copy, `version` is the one that it has now, `choices` what was chosen in its slots ({slot: option}), and `ids`
    says which of its actions is which of the template's ({template's id: its id}).
    """

    template = models.ForeignKey(Template, models.CASCADE, related_name="used")
    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="+")
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="+")
    run = models.OneToOneField("runs.Run", models.SET_NULL, null=True, related_name="+")
    copy = models.OneToOneField(
        "workflows.Workflow", models.CASCADE, null=True, related_name="origin"
    )
    choices = ExactJSONField(default=dict)
    ids = ExactJSONField(default=dict)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.template_id} in {self.team_id}"


class Sharing(models.Model):
    """Whether a team lets its templates be shown by link; without a row it does not."""

    team = models.OneToOneField(
        "accounts.Team", models.CASCADE, primary_key=True, related_name="sharing"
    )
    by_link = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.team_id}: {'by link' if self.by_link else 'not by link'}"


class ShareLink(models.Model):
    """Whoever is signed in on this server and has the link sees the latest version of a template, and nothing else.

    Only the `digest` of its token is kept, so the link is shown once. A revoked one is deleted.
    """

    public_id = public_id_field()
    template = models.ForeignKey(Template, models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"link to {self.template_id}"
