"""The filters of the list of runs: a table of them.

Each filter is a parameter of the address with a readable value: `?state=failed&action=st.sendMessage&q=lisbon`.
What a filter means is decided here and nowhere else; the list, its export, its news and acts on all that match go by
the same `Selection` of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from django.db.models import Q

from accounts.models import Connection, Membership, Team
from editor import catalog
from editor.review import days, traits
from editor.runs.models import MOVING, Batch, Origin, Run, Schedule, State
from editor.runs.words import explain
from editor.workflows.models import Workflow

NOTHING: Final = Q(pk__in=[])
NOT: Final = "not-"
"""Before the key of a filter: none of its values."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one value of a filter comes to: words for its chip, and a condition on runs, traits (`pairs`) of which they
    have one, or when they began (from the first on, before the second)."""

    words: str
    where: Q = field(default_factory=Q)
    pairs: Sequence[traits.Pair] = ()
    began: tuple[datetime | None, datetime | None] = (None, None)


Values = Mapping[str, Sequence[str]]
"""What is chosen of each filter."""

Read = Callable[[Team, str, Values], Chosen | None]
"""From a value of a filter and all that is chosen; None: there is no such thing."""


@dataclass(frozen=True, slots=True)
class Filter:
    """`name` stands before the words of a chip. `choices`: (value, words) that are the same for every team; other
    filters have theirs from `queries.choices`, or take what is typed. `many`: it can have several values, any of which
    will do; `but`: also as a filter of its own, with NOT before its key, for runs with none of them."""

    key: str
    name: str
    icon: str
    read: Read
    choices: Sequence[tuple[str, str]] = ()
    many: bool = True
    but: bool = False


# --- Reading of values -------------------------------------------------------------------------


def _choice(
    choices: Sequence[tuple[str, str]],
    where: Callable[[str], Q] | None = None,
    trait: str = "",
) -> Read:
    words = dict(choices)

    def read(team: Team, value: str, values: Values) -> Chosen | None:
        if value not in words:
            return None
        return Chosen(
            words[value], where(value) if where else Q(), [(trait, value)] if trait else []
        )

    return read


def _workflow(team: Team, value: str, values: Values) -> Chosen | None:
    found = Workflow.objects.filter(team=team, public_id=value).only("name").first()
    return Chosen(found.name, Q(workflow=found)) if found else None


def _version(team: Team, value: str, values: Values) -> Chosen | None:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        return None
    found = Workflow.objects.filter(team=team, public_id__in=values.get("workflow", ()))
    version = found.filter(versions__number=int(value)).values_list("versions", flat=True).first()
    return Chosen(value, Q(version=version)) if version else None


def _person(team: Team, value: str, values: Values) -> Chosen | None:
    seat = Membership.objects.filter(team=team, public_id=value).select_related("user").first()
    return Chosen(str(seat.user), Q(started_by=seat.user_id)) if seat else None


def _schedule(team: Team, value: str, values: Values) -> Chosen | None:
    found = Schedule.objects.filter(team=team, public_id=value).select_related("workflow").first()
    return Chosen(f"{found.workflow.name}, {found.words}", Q(schedule=found)) if found else None


def _connection(team: Team, value: str, values: Values) -> Chosen | None:
    found = Connection.objects.filter(team=team, public_id=value).only("name").first()
    return Chosen(found.name, Q(connection=found)) if found else None


def _batch(team: Team, value: str, values: Values) -> Chosen | None:
    found = Batch.objects.filter(team=team, public_id=value).first()
    return Chosen(batch_in_words(found), Q(batch=found)) if found else None


def _when(team: Team, value: str, values: Values) -> Chosen | None:
    span = days.span(value)
    return Chosen(days.SPANS[value], began=span) if span else None


def _since(team: Team, value: str, values: Values) -> Chosen | None:
    day = days.day(value)
    return Chosen(days.in_words(day), began=(days.begins(day), None)) if day else None


def _until(team: Team, value: str, values: Values) -> Chosen | None:
    day = days.day(value)
    return Chosen(days.in_words(day), began=(None, days.ends(day))) if day else None


def _action(team: Team, value: str, values: Values) -> Chosen:
    # Together with an error, it is the action that has the error.
    if errors := values.get("error"):
        pairs = [("action-error", f"{value} {_any(error)}") for error in errors]
        return Chosen(action_in_words(value), pairs=pairs)
    return Chosen(action_in_words(value), pairs=[("action", value)])


def _error(team: Team, value: str, values: Values) -> Chosen:
    found = [] if values.get("action") else [("error", _any(value))]
    return Chosen(error_in_words(value), pairs=found)


def _any(error: str) -> str:
    return traits.ANY if error == "any" else error


def _label(team: Team, value: str, values: Values) -> Chosen:
    return Chosen(value, pairs=[("label", value)])


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


def other_states(values: Sequence[str]) -> list[Q]:
    """A condition for each state but these: there is an index for what a state is, and none for what it is not."""
    out = states(values)
    return [_state(value) for value in State.values if value not in out] or [NOTHING]


def states(values: Sequence[str]) -> set[str]:
    """What a run can be in to have one of these values of the filter."""
    return {*values, *(MOVING if "active" in values else ())}


_TOOK = [(key, words) for key, (words, _) in traits.TOOK.items()]

TABLE: Final = (
    Filter("state", "State", "activity", _choice(_STATES, _state), _STATES, but=True),
    Filter("workflow", "Workflow", "workflow", _workflow, but=True),
    Filter("version", "Version", "git-branch", _version, many=False),
    Filter("when", "When", "clock", _when, [*days.SPANS.items()], many=False),
    Filter("since", "From", "clock", _since, many=False),
    Filter("until", "Until", "clock", _until, many=False),
    Filter("by", "Person", "user", _person),
    Filter("via", "Started by", "play", _choice(Origin.choices, lambda v: Q(origin=v)), Origin.choices),
    Filter("schedule", "Schedule", "calendar", _schedule),
    Filter("batch", "Batch", "table", _batch),
    Filter("connection", "Account", "plug", _connection),
    Filter("action", "Action", "zap", _action),
    Filter("error", "Error", "circle-alert", _error),
    Filter("label", "Label", "tag", _label, but=True),
    Filter("came", "Outcome", "circle-check", _choice(_CAME, trait="came"), _CAME),
    Filter("took", "Took", "timer", _choice(_TOOK, trait="took"), _TOOK),
    Filter("starred", "Star", "star", _choice(_STARRED, lambda _: Q(starred_at__isnull=False)), _STARRED, many=False),
)  # fmt: skip
BUT: Final = tuple(
    replace(each, key=NOT + each.key, name=f"{each.name} is not", but=False)
    for each in TABLE
    if each.but
)
BY_KEY: Final = {each.key: each for each in (*TABLE, *BUT)}
