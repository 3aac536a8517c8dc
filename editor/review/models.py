"""What review knows of runs that have ended, and what people keep for looking at them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from editor.lib.fields import public_id_field
from editor.runs.models import Run


class Trait(models.Model):
    """Something that runs of a team have in common: `kind` and `value`, see `traits`."""

    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "kind", "value"], name="trait_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class RunTrait(models.Model):
    """A run that has ended has this trait. A row is written once; `created_at` is the run's, for the order of lists.

    The key is the only thing that a list with one such filter reads: a trait's runs, newest first.
    """

    pk = models.CompositePrimaryKey("trait_id", "created_at", "run_id")
    trait = models.ForeignKey(Trait, models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    run = models.ForeignKey(Run, models.CASCADE, related_name="traits", db_index=False)

    class Meta:
        indexes = [
            # Lists with other filters too: whether a run has a trait. The database, when a run is deleted.
            models.Index(fields=["run", "trait"], name="run_trait"),
        ]

    def __str__(self) -> str:
        return f"Run {self.run_id}: {self.trait_id}"


class RunWords(models.Model):
    """The words in a run, for searching. The words themselves are in a column that each database has in its own way:
    `words` knows them. Deleting the row deletes them."""

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="words")
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            # The list with a common word: the team's runs, newest first, until a page is full.
            models.Index(fields=["team", "-created_at", "-run"], name="words_newest_first"),
        ]

    def __str__(self) -> str:
        return f"Words of run {self.run_id}"


class DayCounts(models.Model):
    """What ended on one day (UTC), of a whole team (`workflow` None) or of one workflow of it: see `daily` for what
    `counts` holds. It outlives the runs."""

    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="+", db_index=False)
    workflow = models.ForeignKey("workflows.Workflow", models.CASCADE, null=True, related_name="+")
    day = models.DateField()
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            # Also: the days of a team, and those of a workflow.
            models.UniqueConstraint(
                fields=["team", "day"], condition=Q(workflow=None), name="day_of_team"
            ),
            models.UniqueConstraint(
                fields=["workflow", "day"],
                condition=Q(workflow__isnull=False),
                name="day_of_workflow",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: team {self.team_id}, workflow {self.workflow_id}"


class SavedFilter(models.Model):
    """A list of runs that somebody keeps: the query of its address, under a name; `shared`: for the whole team."""

    public_id = public_id_field()
    team = models.ForeignKey("accounts.Team", models.CASCADE, related_name="saved_filters")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.TextField()
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name
