"""The filters of the list of runs: a table of them, and what somebody has chosen, as it stands in the address.

Each filter is a parameter of the address with a readable value: `?state=failed&action=st.sendMessage&q=lisbon`.
What a filter means is decided here and nowhere else; the list, its export, its news and acts on all that match go by
the same `Selection`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from django.db.models import Q

from accounts.models import Connection, Membership, Team
from editor import catalog
from editor.review import days, traits
from editor.review.models import Trait
from editor.review.words import holding
from editor.runs.models import MOVING, Batch, Origin, Run, Schedule, State
from editor.runs.privacy import EVERYTHING, Hides
from editor.runs.words import explain
from editor.workflows.models import Workflow

NOTHING: Final = Q(pk__in=[])
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one filter comes to: words for its chip, and a condition on runs, a trait that they have, or when they began
    (from the first on, before the second)."""

    words: str
    where: Q = field(default_factory=Q)
    trait: traits.Pair | None = None
    began: tuple[datetime | None, datetime | None] = (None, None)


Read = Callable[[Team, str, Mapping[str, str]], Chosen | None]
"""From the value of a filter and all values; None: there is no such thing."""


@dataclass(frozen=True, slots=True)
class Filter:
    """`name` stands before the words of a chip. `choices`: (value, words) that are the same for every team; other
    filters have theirs from `choosing`, or take what is typed."""

    key: str
    name: str
    icon: str
    read: Read
    choices: Sequence[tuple[str, str]] = ()


# --- Reading of values -------------------------------------------------------------------------


def _choice(
    choices: Sequence[tuple[str, str]],
    where: Callable[[str], Q] | None = None,
    trait: str = "",
) -> Read:
    words = dict(choices)

    def read(team: Team, value: str, values: Mapping[str, str]) -> Chosen | None:
        if value not in words:
            return None
        return Chosen(
            words[value], where(value) if where else Q(), (trait, value) if trait else None
        )

    return read


def _workflow(team: Team, value: str, values: Mapping[str, str]) -> Chosen | None:
    found = Workflow.objects.filter(team=team, public_id=value).only("name").first()
    return Chosen(found.name, Q(workflow=found)) if found else None


def _version(team: Team, value: str, values: Mapping[str, str]) -> Chosen | None:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        return None
    found = Workflow.objects.filter(team=team, public_id=values.get("workflow", ""))
    version = found.filter(versions__number=int(value)).values_list("versions", flat=True).first()
    return Chosen(value, Q(version=version)) if version else None


def _person(team: Team, value: str, values: Mapping[str, str]) -> Chosen | None:
    seat = Membership.objects.filter(team=team, public_id=value).select_related("user").first()
    return Chosen(str(seat.user), Q(started_by=seat.user_id)) if seat else None


def _schedule(team: Team, value: str, values: Mapping[str, str]) -> Chosen | None:
    found = Schedule.objects.filter(team=team, public_id=value).select_related("workflow").first()
    return Chosen(f"{found.workflow.name}, {found.words}", Q(schedule=found)) if found else None


def _connection(team: Team, value: str, values: Mapping[str, str]) -> Chosen | None:
    found = Connection.objects.filter(team=team, public_id=value).only("name").first()
    return Chosen(found.name, Q(connection=found)) if found else None


def _batch(team: Team, value: str, values: Mapping[str, str]) -> Chosen | None:
    found = Batch.objects.filter(team=team, public_id=value).first()
    return Chosen(batch_in_words(found), Q(batch=found)) if found else None


def _when(team: Team, value: str, values: Mapping[str, str]) -> Chosen | None:
    span = days.span(value)
    return Chosen(days.SPANS[value], began=span) if span else None


def _since(team: Team, value: str, values: Mapping[str, str]) -> Chosen | None:
    day = days.day(value)
    return Chosen(days.in_words(day), began=(days.begins(day), None)) if day else None


def _until(team: Team, value: str, values: Mapping[str, str]) -> Chosen | None:
    day = days.day(value)
    return Chosen(days.in_words(day), began=(None, days.ends(day))) if day else None


def _action(team: Team, value: str, values: Mapping[str, str]) -> Chosen:
    # Together with an error, it is the action that has the error.
    if error := values.get("error"):
        error = traits.ANY if error == "any" else error
        return Chosen(action_in_words(value), trait=("action-error", f"{value} {error}"))
    return Chosen(action_in_words(value), trait=("action", value))


def _error(team: Team, value: str, values: Mapping[str, str]) -> Chosen:
    if values.get("action"):
        return Chosen(error_in_words(value))
    return Chosen(error_in_words(value), trait=("error", traits.ANY if value == "any" else value))


def _label(team: Team, value: str, values: Mapping[str, str]) -> Chosen:
    return Chosen(value, trait=("label", value))


def action_in_words(action: str) -> str:
    known = catalog.default().actions.get(action)
    return known.name if known else action


def error_in_words(error: str) -> str:
    return "any" if error == "any" else explain(error).title


def batch_in_words(batch: Batch) -> str:
    return f"{batch.workflow_name}, {days.in_words(days.local(batch.created_at))}"


_STATES = [("active", "Under way"), *State.choices]
_CAME = [("failed", "An action failed"), ("acted", "Others can see something")]
_STARRED = [("yes", "With a star")]


def _state(value: str) -> Q:
    if value != "active":
        return Q(state=value)
    # Few, and the worker's index has them all; from three states at once SQLite would rather walk through all runs.
    moving = Run.objects.filter(state__in=MOVING, next_look_at__isnull=False)
    return Q(pk__in=moving.values("pk"))


TABLE: Final = (
    Filter("state", "State", "activity", _choice(_STATES, _state), _STATES),
    Filter("workflow", "Workflow", "workflow", _workflow),
    Filter("version", "Version", "git-branch", _version),
    Filter("when", "When", "clock", _when, [*days.SPANS.items()]),
    Filter("since", "From", "clock", _since),
    Filter("until", "Until", "clock", _until),
    Filter("by", "Person", "user", _person),
    Filter("via", "Started by", "play", _choice(Origin.choices, lambda v: Q(origin=v)), Origin.choices),
    Filter("schedule", "Schedule", "calendar", _schedule),
    Filter("batch", "Batch", "table", _batch),
    Filter("connection", "Account", "plug", _connection),
    Filter("action", "Action", "zap", _action),
    Filter("error", "Error", "circle-alert", _error),
    Filter("label", "Label", "tag", _label),
    Filter("came", "Outcome", "circle-check", _choice(_CAME, trait="came"), _CAME),
    Filter("took", "Took", "timer", _choice([(k, w) for k, (w, _) in traits.TOOK.items()], trait="took"),
           [(k, w) for k, (w, _) in traits.TOOK.items()]),
    Filter("starred", "Star", "star", _choice(_STARRED, lambda _: Q(starred_at__isnull=False)), _STARRED),
)  # fmt: skip
BY_KEY: Final = {each.key: each for each in TABLE}
SEARCH: Final = "q"


# --- What is chosen ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chip:
    """One chosen filter on the page; `without`: the query of the list without it."""

    filter: Filter
    words: str
    without: str


@dataclass(frozen=True)
class Selection:
    """The filters that somebody has chosen, {key: value}, for the team whose list it is. `hides`: what this reader
    does not get to see, and so cannot search for."""

    team: Team
    values: Mapping[str, str]
    hides: Hides = EVERYTHING

    @classmethod
    def read(cls, team: Team, query: Mapping[str, str], hides: Hides = EVERYTHING) -> "Selection":
        """Out of an address; what is no filter is left out, and a version without its workflow."""
        values = {
            key: value
            for key in (*BY_KEY, SEARCH)
            if (value := query.get(key, "").replace("\0", "").strip()[:LONGEST])
        }
        if "workflow" not in values:
            values.pop("version", None)
        return cls(team, values, hides)

    def __bool__(self) -> bool:
        return bool(self.values)

    @property
    def query(self) -> str:
        """As it stands in an address, without the question mark."""
        return urlencode(self.values)

    @property
    def onto(self) -> str:
        """What the address of a run gets, so that its page opens at what was filtered for."""
        if "error" not in self.values:
            return ""
        return "?" + urlencode(
            {"tab": "errors"} | {k: v for k, v in self.values.items() if k == "action"}
        )

    @property
    def asked(self) -> str:
        """What is searched for."""
        return self.values.get(SEARCH, "")

    def choosing(self, key: str, value: str) -> str:
        """The query of the list with this filter chosen too, in place of what it was, or without it: ""."""
        values = {name: chosen for name, chosen in self.values.items() if name != key}
        if key == "workflow":
            values.pop("version", None)
        return urlencode(values | {key: value} if value else values)

    @cached_property
    def chosen(self) -> Mapping[str, Chosen | None]:
        """What each chosen filter comes to; None where there is no such thing (any more)."""
        return {
            key: BY_KEY[key].read(self.team, value, self.values)
            for key, value in self.values.items()
            if key != SEARCH
        }

    @cached_property
    def chips(self) -> list[Chip]:
        return [
            Chip(BY_KEY[key], found.words if found else "not there", self.choosing(key, ""))
            for key, found in self.chosen.items()
        ]

    def where(self, *, few: bool = False) -> Q:
        """The condition on runs, apart from `began` and `traits`; `few` as in `words.holding`."""
        found = Q()
        for each in self.chosen.values():
            found &= NOTHING if each is None else each.where
        if not self.asked:
            return found
        return found & holding(self.team, self.asked, self.hides, few=few)

    def began(self, at: str) -> Q:
        """The condition on when runs began; `at` names the column, of which there is one beside each index."""
        found = Q()
        for since, until in (each.began for each in self.chosen.values() if each):
            found &= Q(**{f"{at}__gte": since}) if since else Q()
            found &= Q(**{f"{at}__lt": until}) if until else Q()
        return found

    @cached_property
    def traits(self) -> list[int] | None:
        """The keys of the traits that runs must have, in one query; None when no run of the team has one of them."""
        pairs = [each.trait for each in self.chosen.values() if each and each.trait]
        if not pairs:
            return []
        where = Q()
        for kind, value in pairs:
            where |= Q(kind=kind, value=value)
        found = list(Trait.objects.filter(where, team=self.team).values_list("pk", flat=True))
        return found if len(found) == len(set(pairs)) else None
