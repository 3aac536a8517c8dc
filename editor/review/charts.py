"""Charts of what ran: numbers of days (`daily`) made into pictures (`svg`), each with its table and a sentence."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from django.utils.safestring import SafeString

from editor.catalog import Catalog
from editor.review import daily, svg
from editor.review.daily import Counts
from editor.review.days import in_words
from editor.review.svg import Series

BARS_AT_MOST: Final = 92
"""Longer spans are shown by week."""

OUTCOMES: Final = {
    "completed": ("Done", "chart-good"),
    "partly": ("Done with errors", "chart-warn"),
    "failed": ("Failed", "chart-bad"),
    "cancelled": ("Cancelled", "chart-mute"),
}

Day = tuple[date, Counts]


@dataclass(frozen=True, slots=True)
class Chart:
    """`labels` name the bars; the first, the middle and the last stand below them. `axis`: what they are. `text`: what
    it shows, in words."""

    id: str
    title: str
    axis: str
    labels: Sequence[str]
    series: Sequence[Series]
    text: str
    limit: int | None = None
    top: int = field(init=False)

    def __post_init__(self) -> None:
        stacks = [sum(column) for column in zip(*(s.values for s in self.series), strict=True)]
        object.__setattr__(self, "top", svg.top_of(max([*stacks, self.limit or 0], default=0)))

    @property
    def picture(self) -> SafeString:
        return svg.bars(
            self.series, self.labels, self.top, f"{self.title}. {self.text}", self.limit
        )

    @property
    def total(self) -> int:
        return sum(each.total for each in self.series)

    @property
    def rows(self) -> list[tuple[str, list[int]]]:
        """Of the table: only what has something."""
        columns = zip(*(each.values for each in self.series), strict=True)
        rows = zip(self.labels, map(list, columns), strict=True)
        return [(label, values) for label, values in rows if any(values)]

    @property
    def ends(self) -> list[str]:
        middle = [self.labels[len(self.labels) // 2]] if len(self.labels) > 2 else []
        return list(dict.fromkeys([self.labels[0], *middle, self.labels[-1]]))


@dataclass(frozen=True, slots=True)
class Success:
    """How often an action went well."""

    type: str
    name: str
    icon: str
    group: str
    done: int
    failed: int

    @property
    def percent(self) -> str:
        """Never rounded up to all, nor down to nothing."""
        share = 100 * self.done / (self.done + self.failed)
        if 99 < share < 100:
            return "99 %"
        return "1 %" if 0 < share < 1 else f"{share:.0f} %"

    @property
    def picture(self) -> SafeString:
        text = f"{self.percent} of {self.name}: {self.done:,} done, {self.failed:,} failed"
        return svg.share(self.done, self.failed, text)


# --- By day ------------------------------------------------------------------------------------


def steps(first: date, last: date) -> list[tuple[str, date]]:
    """The places on the axis of time: each day, or each week of a long span; its label and its first day."""
    span = (last - first).days + 1
    if span <= BARS_AT_MOST:
        return [
            (in_words(first + timedelta(days=n)), first + timedelta(days=n)) for n in range(span)
        ]
    monday = first - timedelta(days=first.weekday())
    weeks = (last - monday).days // 7 + 1
    return [
        (in_words(monday + timedelta(weeks=n)), monday + timedelta(weeks=n)) for n in range(weeks)
    ]


def _sums(days: Iterable[Day], places: Sequence[tuple[str, date]]) -> list[Counts]:
    """The counts of each place."""
    sums: list[Counts] = [Counter() for _ in places]
    start, size = places[0][1], _days_each(places)
    for day, counts in days:
        sums[(day - start).days // size].update(counts)
    return sums


def _axis(places: Sequence[tuple[str, date]]) -> str:
    return "Week from" if _days_each(places) == 7 else "Day"


def _days_each(places: Sequence[tuple[str, date]]) -> int:
    return (places[1][1] - places[0][1]).days if len(places) > 1 else 1


def outcomes(days: Sequence[Day], first: date, last: date) -> Chart:
    places = steps(first, last)
    sums = _sums(days, places)
    series = [
        Series(name, look, [counts[f"run {key}"] for counts in sums])
        for key, (name, look) in OUTCOMES.items()
    ]
    ended = sum(each.total for each in series)
    parts = [f"{each.total:,} {each.name.lower()}" for each in series if each.total]
    text = (
        f"{ended:,} run{'s' * (ended != 1)} ended: {', '.join(parts)}."
        if ended
        else "No run ended."
    )
    return Chart(
        "outcomes", "Runs by outcome", _axis(places), [label for label, _ in places], series, text
    )


def uses(
    days: Sequence[Day], first: date, last: date, catalog: Catalog,
    limits: Mapping[str, int], connection: str = "",
) -> list[Chart]:  # fmt: skip
    """One chart for each limit category of which something was used. `limits`: how much a day allows, by category;
    `connection`: only what this one (a public id) used."""
    places = steps(first, last)
    sums = [_used(counts, connection) for counts in _sums(days, places)]
    labels = [label for label, _ in places]
    by_day = _days_each(places) == 1
    charts = []
    for id_, category in catalog.limit_categories.items():
        values = [counts[id_] for counts in sums]
        if not any(values):
            continue
        limit = limits.get(id_) if by_day else None
        most = max(values)
        text = f"{sum(values):,} in all, {most:,} at most {'a day' if by_day else 'a week'}"
        text += f"; {limit:,} a day are allowed." if limit is not None else "."
        series = [Series(category.name, "chart-accent", values)]
        charts.append(
            Chart(f"use-{id_}", category.name, _axis(places), labels, series, text, limit)
        )
    return charts


def _used(counts: Mapping[str, int], connection: str) -> Counts:
    found: Counts = Counter()
    for key, times in daily.under(counts, "used").items():
        category, account = key.split(" ")
        if connection in ("", account):
            found[category] += times
    return found


# --- Over the whole span -----------------------------------------------------------------------


def success(total: Counts, catalog: Catalog) -> list[Success]:
    """By action type, those that ran most first."""
    done, failed = daily.under(total, "done"), daily.under(total, "failed")
    found = []
    for type_ in done.keys() | failed.keys():
        action = catalog.actions.get(type_)
        name, icon, group = (
            (action.name, action.icon, action.group) if action else (type_, "circle-help", "")
        )
        found.append(Success(type_, name, icon, group, done.get(type_, 0), failed.get(type_, 0)))
    return sorted(found, key=lambda each: (-each.done - each.failed, each.name))


def times(total: Counts) -> Chart:
    took = daily.under(total, "took")
    labels = daily.buckets()
    values = [took.get(str(index), 0) for index in range(len(labels))]
    text = ""
    if any(values):
        half, most = (_by_then(values, labels, share) for share in (0.5, 0.9))
        text = f"Half of the runs took {half} or less, nine of ten {most} or less."
    series = [Series("Runs", "chart-accent", values)]
    return Chart("times", "Time to finish", "How long", labels, series, text or "No run finished.")


def _by_then(values: Sequence[int], labels: Sequence[str], share: float) -> str:
    """The end of the bucket by which this share had finished."""
    wanted, seen = share * sum(values), 0
    for value, label in zip(values, labels, strict=True):
        seen += value
        if seen >= wanted:
            return label.split(" to ")[-1].removeprefix("under ").replace("over ", "more than ")
    return labels[-1]
