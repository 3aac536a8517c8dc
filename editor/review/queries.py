"""Reading for the list of runs.

The order is that of creation, newest first, and every page begins where the one before ended, so page 1,000 costs what
page 1 costs. A list is a snapshot: it ends above with `top`, the place of its newest run, and what came later is only
counted, until somebody asks for it.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection as database
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Membership, Team, User
from editor.lib.paging import Page, beyond, place_of, read_place
from editor.review.filters import action_in_words, batch_in_words, error_in_words
from editor.review.models import RunTrait, SavedFilter, Trait
from editor.review.selection import Selection
from editor.review.traits import ANY
from editor.runs.models import FINAL, Batch, Origin, Run, Schedule
from editor.workflows.models import Version, Workflow

PAGE: Final = 50
WALKED: Final = 5_000
"""So many runs of one filter are looked at for a page of runs that meet others too, before it is done otherwise."""

_ALL: Final = Q()
_NO_SPAN: Final[Mapping[str, datetime]] = {}
_BY_TEAM: Final = {"state", "not-state", "via"}
"""Filters whose index begins with the team. It is in no other index, and where all of one is gone through, the team is
left out: the traits are the team's already."""

NEWS_AT_MOST: Final = 100
CHOICES_AT_MOST: Final = 200
COMPARED_AT_MOST: Final = 50

_SHOWN: Final = (
    "public_id", "team_id", "workflow_name", "version_number", "origin", "started_by_name", "state", "pending_reason",
    "pending_message", "failure_reason", "failure_message", "failed_looks", "cancel_asked_at", "created_at",
    "finished_at", "done", "failed", "not_reached", "acted", "starred_at", "note", "connection__name",
    "connection__error_type", "connection__probe_at", "batch__public_id", "batch_row__number",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lead:
    """What the database walks along: the runs with one of `traits`, which must have one of each of the `others` too, or
    those that meet `where`, one of several values of the filter `key`; or all of the team, so that it chooses itself.
    `end`: when the run after the next WALKED began; None when they are fewer, or where the whole list
    can be walked along as well."""

    traits: Sequence[int] = ()
    others: Sequence[Sequence[int]] = ()
    key: str = ""
    where: Q = field(default_factory=Q)
    end: datetime | None = None


def _leads(selection: Selection, start: str = "") -> list[Lead]:
    """A filter with several values is as many lists, each as quick as that with one value, and merged."""
    if groups := selection.traits:
        unsure = (
            database.vendor == "postgresql" and len(selection.values) > 1 and not selection.asked
        )
        ends = _ends(selection, groups, start) if unsure or len(groups) > 1 else {}
        first = min(groups, key=lambda any_of: _size(any_of, ends))
        others = [any_of for any_of in groups if any_of is not first]
        return [Lead([trait], others, end=ends.get(trait) if unsure else None) for trait in first]
    several_of = {key: any_of for key, any_of in selection.conditions.items() if len(any_of) > 1}
    if not several_of:
        return [Lead()]
    key = min(several_of, key=lambda key: len(several_of[key]))
    return [Lead(key=key, where=where) for where in several_of[key]]


def _size(any_of: Sequence[int], ends: Mapping[int, datetime]) -> tuple[int, int, list[datetime]]:
    """Lowest for the traits that are rare, or else are few, or reach farthest back with their next runs."""
    known = sorted(ends[trait] for trait in any_of if trait in ends)
    return len(known), len(any_of), known


def _ends(selection: Selection, groups: Sequence[Sequence[int]], start: str) -> dict[int, datetime]:
    """By trait, when the run after the next WALKED with it began; of those that have so many."""
    walk = RunTrait.objects.filter(selection.began("created_at"), trait=OuterRef("pk"))
    if start:
        walk = walk.filter(created_at__lte=_place(start)[0])
    ends = walk.order_by("-created_at", "-run").values("created_at")[WALKED : WALKED + 1]
    traits = Trait.objects.filter(pk__in=[trait for any_of in groups for trait in any_of])
    found = traits.annotate(end=Subquery(ends)).values_list("pk", "end")
    return {trait: end for trait, end in found if end}


def found(
    selection: Selection,
    lead: Lead = Lead(),
    *,
    few: bool = False,
    rare: bool = False,
    also: Q = _ALL,
    span: Mapping[str, datetime] = _NO_SPAN,
) -> QuerySet[Run]:
    """The runs of a selection, those of one lead of it, without an order; `few`: of them only some are asked for;
    `rare`: the database had better go through all that any of the filters has, as hardly a run meets all of them;
    `also`: a further condition; `span`: when all runs that it lets through began, so that no more is read of other
    traits.

    A trait that leads is joined and not just asked for: its rows have the order of the list in them, so the database
    may walk along them; a run comes once for each that it has. All conditions are in one `filter`, as each would join
    it once more.
    """
    if selection.traits is None:
        return Run.objects.none()
    where = selection.where(few=few, besides=lead.key) & lead.where & also
    where &= selection.began("created_at")
    same: dict[str, Any] = {"run": OuterRef("pk")}
    if lead.traits:
        where &= selection.began("trait__created_at") & _of("trait__trait", lead.traits)
        # Keys go by when a run began. So two of them can be merged, or looked up where they are sorted.
        same |= {"created_at": OuterRef("trait__created_at"), **span}
    if rare:
        same["run"] = OuterRef("trait__run")
        where &= Q(trait__created_at=F("created_at"))
    if not rare or _BY_TEAM & selection.values.keys():
        where &= Q(team=selection.team)
    for any_of in lead.others if lead.traits else selection.traits:
        where &= Q(Exists(RunTrait.objects.filter(_of("trait", any_of), **same)))
    if not lead.traits:
        return Run.objects.filter(where)
    joined = FilteredRelation("traits", condition=_of("traits__trait", lead.traits))
    return Run.objects.alias(trait=joined).filter(where)


def _of(column: str, keys: Sequence[int]) -> Q:
    return Q(**{column: keys[0]}) if len(keys) == 1 else Q(**{f"{column}__in": keys})


def _ordered(
    selection: Selection, lead: Lead, *, after: str = "", top: str = "", rare: bool = False
) -> QuerySet[Run]:
    """The same, newest first: from the place `after` on, not above the place `top`; of a lead that has an end, the runs
    up to it. Raises paging.BadCursor."""
    at, key = _order(lead)
    also, span = _ALL, {}
    if lead.end:
        also &= Q(**{f"{at}__gte": lead.end})
        span["created_at__gte"] = lead.end
        if start := after or top:
            span["created_at__lte"] = _place(start)[0]
    if top:
        also &= beyond(f"-{at}", _place(top), key, itself=True)
    if after:
        also &= beyond(f"-{at}", _place(after), key)
    return found(selection, lead, rare=rare, also=also, span=span).order_by(f"-{at}", f"-{key}")


def _order(lead: Lead) -> tuple[str, str]:
    return ("trait__created_at", "trait__run") if lead.traits else ("created_at", "pk")


def _place(text: str) -> tuple[Any, Any]:
    return read_place(text, Run, "created_at")


def list_page(selection: Selection, *, cursor: str = "", top: str = "", size: int = 0) -> Page[Run]:
    """One page, in one to three queries for each value of the filter that leads, beside those for what the filters
    mean. Raises paging.BadCursor."""
    size = size or PAGE
    rows = _rows(selection, cursor, top, size + 1)
    more = len(rows) > size
    return Page(rows[:size], place_of(rows[size - 1], "created_at") if more else "")


def _rows(selection: Selection, cursor: str, top: str, size: int) -> list[Run]:
    leads = _leads(selection, cursor or top)
    if len(leads) == 1 and leads[0].end is None:
        return list(_shown(_ordered(selection, leads[0], after=cursor, top=top))[:size])
    keys = _keys(selection, leads, cursor, top, size)
    return list(_shown(Run.objects.filter(pk__in=keys)).order_by("-created_at", "-pk"))


def _keys(
    selection: Selection, leads: Sequence[Lead], cursor: str, top: str, size: int
) -> list[int]:
    """The keys of a page that is merged out of the lists of its leads.

    PostgreSQL cannot guess how many runs meet two filters. So it looks among the next WALKED of each lead, and goes on
    with those only that do not fill the page so, all at once, in the way for filters that few runs meet together.
    """
    places: set[tuple[datetime, int]] = set()  # a run may stand in several of the lists
    beyond_it: list[Lead] = []
    for lead in leads:
        runs = _ordered(selection, lead, after=cursor, top=top)
        found = list(runs.values_list(*_order(lead))[:size])
        places.update(found)
        if lead.end and len(found) < size:
            beyond_it.append(lead)
    if beyond_it:
        # All that these have is gone through: of it only keys are asked for, which are in the indexes.
        traits = [trait for lead in beyond_it for trait in lead.traits]
        all_of_them = Lead(traits, beyond_it[0].others)
        runs = _ordered(selection, all_of_them, after=cursor, top=top, rare=True)
        places.update(runs.values_list(*_order(all_of_them))[: size * len(traits)])
    return [key for _, key in heapq.nlargest(size, places)]


def _shown(runs: QuerySet[Run]) -> QuerySet[Run]:
    """With what a row of the list shows, and no more: texts can be long."""
    return runs.select_related("connection", "batch", "batch_row").only(*_SHOWN)


def now() -> str:
    """The place above everything, for a list that shows nothing."""
    return place_of(Run(pk=0, created_at=timezone.now()), "created_at")


def count_of_news(selection: Selection, top: str) -> int:
    """How many runs came to the selection since; NEWS_AT_MOST and one more when it is many. Raises paging.BadCursor."""
    at, key = _place(top)
    newer = Q(created_at__gte=at) & (Q(created_at__gt=at) | Q(created_at=at, pk__gt=key))
    return found(selection, few=True).filter(newer)[: NEWS_AT_MOST + 1].count()


def rows(team: Team, public_ids: Sequence[str]) -> list[Run]:
    """Some of the team's runs as the list shows them, newest first."""
    runs = Run.objects.filter(team=team, public_id__in=public_ids[:PAGE])
    return list(_shown(runs).order_by("-created_at", "-pk"))


def all_that_match(selection: Selection, top: str, at_most: int) -> QuerySet[Run]:
    """What `all` means in bulk acts: the snapshot, from its top on. Raises paging.BadCursor."""
    leads = _leads(selection, top)
    if len(leads) == 1 and leads[0].end is None:
        return _ordered(selection, leads[0], top=top)[:at_most]
    keys = _keys(selection, leads, "", top, at_most)
    return Run.objects.filter(pk__in=keys).order_by("-created_at", "-pk")


def walk(selection: Selection, top: str, size: int = 1000) -> Iterator[Run]:
    """Every run of the snapshot, page by page, so that memory stays flat. Raises paging.BadCursor at once."""
    pages = list_page(selection, top=top, size=size)

    def each() -> Iterator[Run]:
        found = pages
        while True:
            yield from found.rows
            if not found.next:
                return
            found = list_page(selection, cursor=found.next, top=top, size=size)

    return each()


# --- Choices of filters ------------------------------------------------------------------------


def choices(team: Team, workflow: str = "") -> dict[str, list[tuple[str, str]]]:
    """By filter: (value, words) of what the team has to choose from, CHOICES_AT_MOST of each."""
    workflows = team.workflows.order_by("name").values_list("public_id", "name")
    seats = Membership.objects.filter(team=team).select_related("user").order_by("user__name")
    schedules = Schedule.objects.filter(team=team).select_related("workflow").order_by("pk")
    batches = Batch.objects.filter(team=team).exclude(state="draft").order_by("-created_at")
    found = {
        "workflow": list(workflows[:CHOICES_AT_MOST]),
        "by": [(seat.public_id, str(seat.user)) for seat in seats[:CHOICES_AT_MOST]],
        "schedule": [
            (each.public_id, f"{each.workflow.name}, {each.words}")
            for each in schedules[:CHOICES_AT_MOST]
        ],
        "batch": [(each.public_id, batch_in_words(each)) for each in batches[:50]],
        "connection": list(team.connections.order_by("name").values_list("public_id", "name")),
    }
    if workflow:
        numbers = Version.objects.filter(workflow__team=team, workflow__public_id=workflow)
        newest = numbers.order_by("-number").values_list("number", flat=True)[:CHOICES_AT_MOST]
        found["version"] = [(str(number), f"Version {number}") for number in newest]
    return found | _traits(team)


def workflows_that_ran(team: Team) -> list[Workflow]:
    """CHOICES_AT_MOST of them, the one that ran last first."""
    ran = team.workflows.exclude(last_run_state="").order_by("-last_run_at", "-pk")
    return list(ran[:CHOICES_AT_MOST])


def _traits(team: Team) -> dict[str, list[tuple[str, str]]]:
    words: dict[str, Callable[[str], str]] = {
        "action": action_in_words,
        "error": error_in_words,
        "label": str,
    }
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in words}
    kinds = Trait.objects.filter(team=team, kind__in=words).exclude(value=ANY)
    for kind, value in kinds.order_by("value").values_list("kind", "value")[:1000]:
        found[kind].append((value, words[kind](value)))
    for kind in ("action", "error"):
        found[kind].sort(key=lambda choice: choice[1].lower())
    if found["error"]:
        found["error"].insert(0, ("any", "any"))
    return found


def saved_filters(team: Team, user: User) -> list[SavedFilter]:
    """Those that this person keeps, and those that the team shares, by name."""
    found = SavedFilter.objects.filter(Q(shared=True) | Q(owner=user), team=team)
    return list(found.select_related("owner").order_by("name", "pk")[:CHOICES_AT_MOST])


# --- Two runs compared -------------------------------------------------------------------------


def run_before(run: Run) -> Run | None:
    """The last run of the same workflow that was started before this one and has ended."""
    earlier = Q(created_at__lt=run.created_at) | Q(created_at=run.created_at, pk__lt=run.pk)
    before = _siblings(run).filter(earlier, state__in=FINAL).exclude(origin=Origin.AGAIN, part=True)
    return before.order_by("-created_at", "-pk").first()


def runs_to_compare(run: Run) -> list[Run]:
    """The latest runs of the same workflow; none when that was deleted."""
    shown = _siblings(run).only(
        "public_id", "workflow_name", "version_number", "state", "done", "failed", "created_at"
    )
    return list(shown.order_by("-created_at", "-pk")[:COMPARED_AT_MOST])


def _siblings(run: Run) -> QuerySet[Run]:
    if run.workflow_id is None:
        return Run.objects.none()
    return Run.objects.filter(workflow=run.workflow_id, team=run.team_id)
