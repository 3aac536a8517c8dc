"""Reading of templates: what somebody sees in a team, and what became of it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from accounts.access import Access
from editor.lib.paging import Page, page
from editor.library import slots
from editor.library.models import Star, Template, TemplateVersion, Use, Visibility
from editor.library.slots import Slot
from editor.runs.models import Run, State
from editor.trees.nodes import Tree
from editor.workflows.models import Workflow
from editor.workflows.rows import tree_from_json

ORDERS = {"popular": "-uses", "stars": "-stars", "new": "-updated_at"}
CARDS = 30


def visible(seat: Access) -> QuerySet[Template]:
    """What this person sees in this team: its own, those of everyone, the starters."""
    mine = Q(team=seat.team, visibility=Visibility.TEAM)
    mine |= Q(team=seat.team, visibility=Visibility.ME, created_by=seat.user)
    return Template.objects.filter(
        mine | Q(visibility=Visibility.EVERYONE), withdrawn_at=None
    ).select_related("team", "created_by")


def gallery(
    seat: Access, *, search: str = "", category: str = "", whose: str = "", order: str = "popular", cursor: str = ""
) -> Page[Template]:  # fmt: skip
    """A page of cards, in one query. `whose`: "team", "starred", "starters" or "". Raises paging.BadCursor."""
    found = visible(seat)
    if search:
        found = found.filter(Q(title__icontains=search) | Q(summary__icontains=search))
    if category:
        found = found.filter(category=category)
    if whose == "team":
        found = found.filter(team=seat.team)
    elif whose == "starred":
        found = found.filter(starred__user=seat.user)
    elif whose == "starters":
        found = found.filter(team=None)
    return page(found, order=ORDERS[order], cursor=cursor, size=CARDS)


def starters(limit: int) -> list[Template]:
    """Some templates to begin with."""
    return list(
        Template.objects.filter(team=None, withdrawn_at=None).order_by("-uses", "-id")[:limit]
    )


def template(seat: Access, public_id: str) -> Template:
    """One that this person sees, or manages in this team though it is withdrawn. Raises DoesNotExist."""
    own = Q(team=seat.team) & ~Q(visibility=Visibility.ME)
    own |= Q(team=seat.team, created_by=seat.user)
    shown = Q(withdrawn_at=None, visibility=Visibility.EVERYONE)
    return Template.objects.select_related("team", "created_by", "workflow").get(
        own | shown, public_id=public_id
    )


def version(template: Template, number: int | None = None) -> TemplateVersion:
    """The latest version, or that of a number. Raises DoesNotExist."""
    number = template.number if number is None else number
    return template.versions.select_related("author").get(number=number)


def versions(template: Template) -> list[TemplateVersion]:
    """The latest versions, newest first, without their trees."""
    found = template.versions.select_related("author").defer("tree", "sample", "examples", "slots")
    return list(found.order_by("-number")[:50])


def tree_of(version: TemplateVersion) -> Tree:
    return tree_from_json(version.tree)


def slots_of(version: TemplateVersion) -> tuple[Slot, ...]:
    return slots.from_json(version.slots)


def of_workflow(workflow: Workflow) -> Template | None:
    """The template that was published from this workflow."""
    return Template.objects.filter(workflow=workflow).first()


def is_starred(template: Template, seat: Access) -> bool:
    return Star.objects.filter(template=template, user=seat.user).exists()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the runs of a template went, and of its copies: of those that ended."""

    completed: int
    ended: int

    @property
    def percent(self) -> int:
        return round(100 * self.completed / self.ended) if self.ended else 0


def outcome(template: Template) -> Outcome:
    """Counted over all teams, in one query. A run counts as a success when none of its actions failed."""
    uses = Use.objects.filter(template=template)
    runs = Run.objects.filter(
        Q(pk__in=uses.filter(run__isnull=False).values("run"))
        | Q(workflow__in=uses.filter(copy__isnull=False).values("copy"))
    )
    found: dict[str, Any] = runs.aggregate(
        ended=Count("pk", filter=Q(state__in=[State.COMPLETED, State.FAILED])),
        completed=Count("pk", filter=Q(state=State.COMPLETED, failed=0)),
    )
    return Outcome(found["completed"], found["ended"])


# Copies and their origin


def origin(workflow: Workflow) -> Use | None:
    """What the workflow was copied from; None when it is nobody's copy."""
    return Use.objects.select_related("template__team", "version").filter(copy=workflow).first()


def of_run(seat: Access, run_id: str) -> Use | None:
    """Which template, that this person still sees, a run of this team ran without a workflow."""
    return (
        Use.objects.select_related("template", "version")
        .filter(team=seat.team, run__public_id=run_id, template__in=visible(seat))
        .first()
    )


def behind(seat: Access) -> QuerySet[Use]:
    """Copies in this team of templates that have a newer version, which this person sees."""
    return (
        Use.objects.filter(copy__team=seat.team, copy__archived_at=None, template__in=visible(seat))
        .filter(version__number__lt=F("template__number"))
        .select_related("copy", "template", "version")
        .defer("version__tree", "version__sample")
        .order_by("-copy__updated_at")
    )
