"""What somebody has chosen of the filters of the list of runs, as it stands in the address.

A parameter that comes several times means any of its values, two parameters mean both, and `not-` before one means none
of its values: `?state=failed&state=uncertain&workflow=…&not-label=test`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Final
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from accounts.models import Team
from editor.review import traits
from editor.review.filters import BY_KEY, NOT, NOTHING, Chosen, Filter, Values, other_states, states
from editor.review.models import RunTrait, Trait
from editor.review.words import holding
from editor.runs.models import FINAL, State
from editor.runs.privacy import EVERYTHING, Hides

LONGEST: Final = 300
MOST_VALUES: Final = 20
"""Of one filter; each costs a query."""

SEARCH: Final = "q"

GONE: Final = "asks for what is not there, or not any more"
NO_RUN: Final = "asks for what no run has"
NO_SUCH_RUN: Final = "asks for what no run that %s has"
_ENDED: Final = {State.FAILED: "failed", State.CANCELLED: "was cancelled"}


@dataclass(frozen=True, slots=True)
class ChipValue:
    """One value of a filter on the page; `without`: the query of the list without it."""

    words: str
    without: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One chosen filter on the page with its values; `without`: the query of the list without all of them."""

    filter: Filter
    values: Sequence[ChipValue]
    without: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A filter that no run can meet, for that reason; `without`: the query of the list without it."""

    filter: Filter
    reason: str
    without: str


@dataclass(frozen=True)
class Selection:
    """The filters that somebody has chosen, for the team whose list it is. `hides`: what this reader does not get to
    see, and so cannot search for. `cut`: a filter had more than MOST_VALUES values."""

    team: Team
    values: Values
    hides: Hides = EVERYTHING
    cut: bool = False

    @classmethod
    def read(cls, team: Team, query: QueryDict, hides: Hides = EVERYTHING) -> "Selection":
        """Out of an address; what is no filter is left out, and a version without its one workflow. `not=label` makes
        the labels those that are not wanted: a form has one such button."""
        values = {key: _values(query, key) for key in (*BY_KEY, SEARCH)}
        for key in query.getlist("not"):
            if (excluding := NOT + key) in BY_KEY:
                values[excluding] = sorted({*values[excluding], *values.pop(key, ())})
        if len(values.get("workflow", ())) != 1:
            values.pop("version", None)
        kept = {
            key: tuple(found[: MOST_VALUES if key in BY_KEY and BY_KEY[key].many else 1])
            for key, found in values.items()
            if found
        }
        return cls(team, kept, hides, any(len(each) > MOST_VALUES for each in values.values()))

    def __bool__(self) -> bool:
        return bool(self.values)

    @property
    def query(self) -> str:
        """As it stands in an address, without the question mark."""
        return _query(self.values)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The same as fields of a form."""
        return [(key, value) for key, values in self.values.items() for value in values]

    @property
    def onto(self) -> str:
        """What the address of a run gets, so that its page opens at what was filtered for."""
        if "error" not in self.values:
            return ""
        return "?" + urlencode(
            {"tab": "errors"} | ({"action": one} if (one := self.one("action")) else {})
        )

    @property
    def asked(self) -> str:
        """What is searched for."""
        return self.one(SEARCH)

    def one(self, key: str) -> str:
        """The value of a filter that has just one; else ""."""
        values = self.values.get(key, ())
        return values[0] if len(values) == 1 else ""

    def choosing(self, key: str, value: str) -> str:
        """The query of the list with this value chosen too, or no longer. Where a filter has one value, in place of
        what it was."""
        before = self.values.get(key, ())
        after = [each for each in before if each != value]
        if value not in before:
            after = sorted([*after, value]) if BY_KEY[key].many else [value]
        values = {**self.values, key: after}
        if key == "workflow":
            values.pop("version", None)
        return _query(values)

    @cached_property
    def chosen(self) -> Mapping[str, Sequence[Chosen | None]]:
        """What the values of each chosen filter come to; None where there is no such thing (any more)."""
        return {
            key: [BY_KEY[key].read(self.team, value, self.values) for value in values]
            for key, values in self.values.items()
            if key != SEARCH
        }

    @cached_property
    def chips(self) -> list[Chip]:
        return [
            Chip(
                BY_KEY[key],
                [
                    ChipValue(each.words if each else "not there", self.choosing(key, value))
                    for value, each in zip(self.values[key], found, strict=True)
                ],
                self.leaving_out(key),
            )
            for key, found in self.chosen.items()
        ]

    @cached_property
    def causes(self) -> list[Cause]:
        """Why the list is empty, whatever else is chosen: filters for what is not there (any more), and for what no run
        of the team has."""
        reasons = {key: GONE for key, found in self.chosen.items() if not any(found)}
        for key, pairs in self._pairs.items():
            if not self._keys.keys() & pairs:
                reasons[key] = self._no_run
        if "workflow" in reasons:  # it takes its version with it
            reasons.pop("version", None)
        return [
            Cause(BY_KEY[key], reason, self.leaving_out(key))
            for key, reason in reasons.items()
            if not key.startswith(NOT)
        ]

    @property
    def _no_run(self) -> str:
        ends = [words for state, words in _ENDED.items() if state in self._rare_ends]
        return NO_SUCH_RUN % " or ".join(ends) if ends else NO_RUN

    def leaving_out(self, key: str) -> str:
        """The query of the list without one of its filters."""
        out = {key, "version"} if key == "workflow" else {key}
        return _query({each: found for each, found in self.values.items() if each not in out})

    @property
    def unsearched(self) -> str:
        return self.leaving_out(SEARCH)

    # --- As conditions -------------------------------------------------------------------------

    @cached_property
    def conditions(self) -> Mapping[str, Sequence[Q]]:
        """By filter: conditions on columns of runs, of which each run meets one at least."""
        found = {}
        said = {"state", f"{NOT}state"} if self._rare_ends else set()  # by the traits, see `_pairs`
        for key, values in self.chosen.items():
            if key in said:
                continue
            wheres = [each.where for each in values if each and each.where]
            if key.startswith(NOT):
                if key == f"{NOT}state":
                    wheres = other_states(self.values[key])
                elif wheres:
                    wheres = [~_any(wheres)]
            elif not any(values):
                wheres = [NOTHING]
            if wheres:
                found[key] = wheres
        return found

    def where(self, *, few: bool = False, besides: str = "") -> Q:
        """The condition on runs, apart from `began` and `traits`, and from one filter; `few` as in `words.holding`."""
        found = Q()
        for key, any_of in self.conditions.items():
            said = key == "workflow" and "version" in self.conditions
            found &= _any(any_of) if key != besides and not said else Q()
        if lacking := self._lacking:
            found &= Q(~Exists(RunTrait.objects.filter(run=OuterRef("pk"), trait__in=lacking)))
        if not self.asked:
            return found
        return found & (
            holding(self.team, self.asked, self.hides, few=True) if few else self._holding
        )

    @cached_property
    def _holding(self) -> Q:
        return holding(self.team, self.asked, self.hides)

    def began(self, at: str) -> Q:
        """The condition on when runs began; `at` names the column, of which there is one beside each index."""
        found = Q()
        for since, until in (
            each.began for values in self.chosen.values() for each in values if each
        ):
            found &= Q(**{f"{at}__gte": since}) if since else Q()
            found &= Q(**{f"{at}__lt": until}) if until else Q()
        return found

    @cached_property
    def _pairs(self) -> Mapping[str, set[traits.Pair]]:
        """By filter: the traits of which each run has one at least, or with NOT none."""
        found = self._plain_pairs
        if ends := self._rare_ends:
            return {
                key: pairs if key.startswith(NOT) else traits.in_states(pairs, ends)
                for key, pairs in found.items()
            }
        return found

    @cached_property
    def _plain_pairs(self) -> Mapping[str, set[traits.Pair]]:
        """The same, whatever the state of the runs."""
        found = {
            key: {pair for each in values if each for pair in each.pairs}
            for key, values in self.chosen.items()
        }
        return {key: pairs for key, pairs in found.items() if pairs}

    @cached_property
    def _rare_ends(self) -> set[str]:
        """The states of all runs that are asked for by traits, if they are not done: what these have in common are
        traits of their own."""
        among = {*FINAL}  # only what has ended has traits
        if wanted := self.values.get("state"):
            among &= states(wanted)
        among -= states(self.values.get(f"{NOT}state", ()))
        by_traits = any(not key.startswith(NOT) for key in self._plain_pairs)
        return {*map(str, among)} if by_traits and among <= traits.RARE_ENDS else set()

    @cached_property
    def _keys(self) -> Mapping[traits.Pair, int]:
        """The keys of those traits that runs of the team have, in one query."""
        where = Q()
        for kind, value in set().union(*self._pairs.values()):
            where |= Q(kind=kind, value=value)
        rows = Trait.objects.filter(where, team=self.team) if where else ()
        return {(row.kind, row.value): row.pk for row in rows}

    @cached_property
    def traits(self) -> list[list[int]] | None:
        """Keys of traits, by filter, of which each run has one at least; the filter with the fewest first. None when no
        run of the team can have them."""
        found = [
            sorted(self._keys[pair] for pair in pairs if pair in self._keys)
            for key, pairs in self._pairs.items()
            if not key.startswith(NOT)
        ]
        return sorted(found, key=len) if all(found) else None

    @property
    def _lacking(self) -> list[int]:
        return [
            self._keys[pair]
            for key, pairs in self._pairs.items()
            if key.startswith(NOT)
            for pair in pairs
            if pair in self._keys
        ]


def _any(wheres: Sequence[Q]) -> Q:
    """One of them at least. Of one column, they are a list: PostgreSQL finds that in an index alone."""
    parts = [each.children[0] for each in wheres if len(each.children) == 1 and not each.negated]
    plain = [each for each in parts if isinstance(each, tuple)]
    columns = {column for column, _ in plain}
    if (
        len(plain) == len(wheres) > 1
        and len(columns) == 1
        and "__" not in (column := columns.pop())
    ):
        return Q(**{f"{column}__in": [value for _, value in plain]})
    return reduce(or_, wheres)


def _values(query: QueryDict, key: str) -> list[str]:
    """In one order, whichever they were chosen in, so that the same list has the same address."""
    found = {value.replace("\0", "").strip()[:LONGEST] for value in query.getlist(key)}
    return sorted(found - {""})


def _query(values: Mapping[str, Sequence[str]]) -> str:
    return urlencode(values, doseq=True)
