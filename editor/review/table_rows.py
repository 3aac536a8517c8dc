"""Reading of results tables: rows of one or many runs, filtered, sorted, without doubles, by the database.

    page(source, asked, cursor) -> RowsPage        by key set, with the count of all
    every(source, asked) -> Iterator               all rows, for files; a few at a time
    holds(runs, search) -> bool                    whether there are any to search for

Rows stand by run, newest first (those of a batch as its rows stand), then as they came; within an order by column, too.
A row without a value in that column, or with a text that the reader does not see in full, comes last, whichever way the
order goes.
"""

import base64
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection as database
from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    When,
)  # fmt: skip
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, Left, Lower
from django.db.models.lookups import IContains

from editor.lib.paging import BadCursor
from editor.review import row_units
from editor.review.asking import Asked, Filter
from editor.review.cells import STATES, state_in_words
from editor.review.columns import Shown, by_id
from editor.review.row_units import Units
from editor.runs.models import ResultRow, Run
from editor.runs.privacy import Hides
from editor.runs.results.rows import folded

PAGE: Final = 50
AT_ONCE: Final = 1_000
TOGETHER: Final = 10_000
MOST_COUNTED: Final = 10_000
SORTED_BY: Final = 200
"""Texts are sorted by so many letters."""

_BEYOND_ORDINALS: Final = 2**31


@dataclass(frozen=True, slots=True)
class Source:
    """Whose rows: `runs`, newest first, and every column of them, with what is hidden from the reader
    but in the runs that are `uncovered`, by key; `units`: what a row is about; `numbers`: where the runs of a batch
    stand in it, by key."""

    runs: Sequence[Run]
    columns: Sequence[Shown]
    hides: Hides
    units: Units = row_units.EVERY
    uncovered: Collection[int] = frozenset()
    numbers: Mapping[int, int] = field(default_factory=dict)

    def place(self, run: int) -> int:
        """What the runs are ordered by, lowest first."""
        return self.numbers[run] if self.numbers else -run

    @property
    def seen_in_full(self) -> Q:
        """The rows of which the reader sees everything."""
        return Q(run__in=self.uncovered) if self.hides else Q()

    @property
    def keys(self) -> list[int]:
        return [run.pk for run in self.runs]

    @property
    def stored(self) -> int:
        """How many rows there are, without a query."""
        return sum(run.outcome.rows or 0 for run in self.runs)


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Rows without their texts for the search; `next`: the cursor of the page after this, or "". `count`: how many
    rows the table has; `is_more`: it has more, and was not counted further."""

    rows: Sequence[ResultRow]
    next: str
    count: int
    is_more: bool


def page(source: Source, asked: Asked, cursor: str = "", size: int = PAGE) -> RowsPage:
    """One page. Raises BadCursor when the cursor belongs to no page of this table."""
    order = _Order(source, asked)
    narrowed = asked.narrows or bool(source.units)
    if cursor:
        count = order.count_of(cursor)
        rows = _read(_pieces(source, asked, order, order.run_of(cursor)), order, cursor, size + 1)
    elif narrowed:
        # Most of the time goes into looking at every row: what is looked for is found and counted in one go.
        keys = _first(_pieces(source, asked, order), MOST_COUNTED + 1)
        count = len(keys)
        rows = list(_told(order.sorted(ResultRow.objects.filter(pk__in=keys[: size + 1]))))
    else:
        count = source.stored
        rows = _read(_pieces(source, asked, order), order, "", size + 1)
    next_ = order.cursor(rows[size - 1], count) if len(rows) > size else ""
    is_more = narrowed and count > MOST_COUNTED
    return RowsPage(rows[:size], next_, MOST_COUNTED if is_more else count, is_more)


def holds(runs: Sequence[Run], search: str) -> bool:
    """Whether a row says this, in what everybody may see."""
    found = ResultRow.objects.filter(run__in=[run.pk for run in runs])
    for word in folded(search).split():
        found = found.filter(words__contains=word)
    return found.exists()


def _read(
    pieces: Iterator[QuerySet[ResultRow]], order: "_Order", cursor: str, most: int
) -> list[ResultRow]:
    beyond = order.beyond(cursor) if cursor else Q()
    rows: list[ResultRow] = []
    for found in pieces:
        rows += _told(found.filter(beyond))[: most - len(rows)]
        if len(rows) == most:
            break
    return rows


def _first(pieces: Iterator[QuerySet[ResultRow]], most: int) -> list[int]:
    """Only the keys."""
    keys: list[int] = []
    for found in pieces:
        keys += found.values_list("pk", flat=True)[: most - len(keys)]
        if len(keys) == most:
            break
    return keys


def _told(rows: QuerySet[ResultRow]) -> QuerySet[ResultRow]:
    return rows.defer("words", "private", "keys", "leads")


def every(source: Source, asked: Asked) -> Iterator[tuple[int, dict[str, Any]]]:
    """(run key, cells) of every row, in the same order."""
    for found in _pieces(source, asked, _Order(source, asked)):
        yield from found.values_list("run_id", "cells").iterator(chunk_size=AT_ONCE)


def _pieces(
    source: Source, asked: Asked, order: "_Order", first: int | None = None
) -> Iterator[QuerySet[ResultRow]]:
    """The rows in their order. Where that is by run, some runs at a time, from `first` on: no database has to sort all
    rows for one page."""
    found = order.sorted(_asked(source, asked))
    if asked.by or _per(source, asked):
        yield found
        return
    for keys in _some_runs(source, first):
        yield found.filter(run__in=keys)


def _some_runs(source: Source, first: int | None) -> Iterator[list[int]]:
    """From this run on, in their order, so many together that they have TOGETHER rows; the first one is alone, as
    mostly it fills the page."""
    keys: list[int] = []
    rows = TOGETHER
    for run in sorted(source.runs, key=lambda run: source.place(run.pk)):
        if first and source.place(run.pk) < source.place(first):
            continue
        keys.append(run.pk)
        rows += run.outcome.rows or 0
        if rows >= TOGETHER:
            yield keys
            keys, rows = [], 0
    if keys:
        yield keys


# --- Which rows --------------------------------------------------------------------------------


def _asked(source: Source, asked: Asked) -> QuerySet[ResultRow]:
    every = ResultRow.objects.filter(source.units.where, run__in=source.keys)
    found = every
    if per := _per(source, asked):
        found = _first_per(every, per, newest=asked.once == "newest")
    elif asked.once:
        found = _once(found, every, newest=asked.once == "newest")
    fits = _narrowed(source, asked)
    return _fitting(found, source.units, fits) if fits else found


def _per(source: Source, asked: Asked) -> Sequence[str]:
    """The columns of addresses that no two rows are to share, where that is not the address of the row itself."""
    if not asked.once:
        return ()
    return [asked.per] if asked.per else source.units.keys if source.units else ()


def _narrowed(source: Source, asked: Asked) -> Q:
    found = Q()
    for word in folded(asked.search).split():
        found &= Q(words__contains=word) | (Q(private__contains=word) & source.seen_in_full)
    columns = by_id(source.columns)
    for each in asked.filters:
        found &= _filter(each, columns[each.by], source)
    return found


def _fitting(found: QuerySet[ResultRow], units: Units, fits: Q) -> QuerySet[ResultRow]:
    """A row that stands for others fits when one of them does: a person is found by any of their skills."""
    where = units.whole & fits if units else fits
    for group in units.groups:
        last = Cast(KeyTextTransform(group.key, "leads"), IntegerField())
        found = found.alias(**{f"last_{group.key}": last})
        between = Q(ordinal__gte=OuterRef("ordinal"), ordinal__lte=OuterRef(f"last_{group.key}"))
        one = ResultRow.objects.filter(fits, between, run=OuterRef("run"))
        where |= group.where & Q(Exists(one))
    return found.filter(where)


def _once(
    found: QuerySet[ResultRow], every: QuerySet[ResultRow], *, newest: bool
) -> QuerySet[ResultRow]:
    """Of rows about the same only the first: in the newest (oldest) run, and there the first one."""
    before = Q(run__gt=OuterRef("run")) if newest else Q(run__lt=OuterRef("run"))
    earlier = Q(run=OuterRef("run"), ordinal__lt=OuterRef("ordinal"))
    same = every.filter(identity=OuterRef("identity"))
    double = same.exclude(identity="").filter(before | earlier)
    return found.filter(Q(identity="") | ~Exists(double))


def _first_per(
    every: QuerySet[ResultRow], columns: Sequence[str], *, newest: bool
) -> QuerySet[ResultRow]:
    """The first rows about each address in these columns, and all that have none there.

    A number that is lower for what comes first, so that no database sorts them all.
    """
    of_run = F("run") * (-_BEYOND_ORDINALS if newest else _BEYOND_ORDINALS)
    every = every.alias(place=ExpressionWrapper(of_run + F("ordinal"), BigIntegerField()))
    addresses = [KeyTextTransform(column, "keys") for column in columns]
    address = Coalesce(*addresses, Cast("pk", TextField()))
    first = every.order_by().values(address=address).annotate(first=Min("place")).values("first")
    # "Or none" never is. Without it PostgreSQL makes a join of this, and as it cannot know how many rows a run has, one
    # that compares each with each.
    return every.filter(Q(place__in=first) | Q(place__isnull=True))


def _filter(each: Filter, column: Shown, source: Source) -> Q:
    cell = f"cells__{each.by}"
    if each.op == "empty":
        return ~_filled(each.by)
    if each.op == "filled":
        return _filled(each.by)
    there = Q(cells__has_key=each.by)  # what is not there is not anything, and has no address in it
    if column.kind == "state" and each.op in ("contains", "is", "not"):
        found = _went(cell, each.value, "icontains" if each.op == "contains" else "iexact")
    elif each.op == "contains":
        found = _somewhere(each.value, column) & Q(**{f"{cell}__icontains": each.value})
    elif each.op in ("is", "not"):
        found = _is(cell, column, each.value)
    else:
        found = _compared(cell, column, "gte" if each.op == "from" else "lte", each.value)
    if each.op == "not":
        found = ~(there & found)
    return found if column.is_number else found & _seen(each.by, source)


def _seen(column: str, source: Source) -> Q:
    """The rows of whose text in a column the reader sees every letter. Whoever does not see addresses of e-mail must
    not find them out letter by letter, or by where they stand in an order."""
    if not source.hides.emails:
        return Q()
    there = Q(cells__has_key=column)
    address = Q(**{f"cells__{column}__regex": r"[^ ](@|%40)[^ ]"})
    return source.seen_in_full | ~(there & address)


def _went(cell: str, value: str, how: str) -> Q:
    """How an action went, as pages say it ("Person not found") or as it is stored ("personNotFound")."""
    matches = {"icontains": str.__contains__, "iexact": str.__eq__}[how]
    types = [each for each in STATES if matches(state_in_words(each).casefold(), value.casefold())]
    return Q(**{f"{cell}__in": types}) | Q(**{f"{cell}__{how}": value.replace(" ", "")})


def _somewhere(text: str, column: Shown) -> Q:
    """On SQLite: that a text stands in the row at all. To see that takes less time than to look into JSON."""
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    is_text = not column.is_number and column.kind not in ("texts", "choices")
    if database.vendor != "sqlite" or written != text or not is_text:
        return Q()
    return Q(IContains(Cast("cells", TextField()), text))


def _filled(column: str) -> Q:
    return (
        Q(cells__has_key=column) & ~Q(**{f"cells__{column}": ""}) & ~Q(**{f"cells__{column}": []})
    )


def _is(cell: str, column: Shown, value: str) -> Q:
    if column.kind == "boolean":
        return Q(**{cell: value.casefold() in ("yes", "true", "1")})
    if column.kind in ("texts", "choices"):
        return Q(**{f"{cell}__icontains": json.dumps(value, ensure_ascii=False)})
    number = _number(value)
    if column.is_number and number is not None:
        return Q(**{cell: number})
    return Q(**{f"{cell}__iexact": value})


def _compared(cell: str, column: Shown, how: str, value: str) -> Q:
    number = _number(value)
    if column.is_number:
        return Q(**{f"{cell}__{how}": number}) if number is not None else Q(pk__in=[])
    if how == "lte" and column.kind == "date-time":
        value += "~"  # a day, a month or a year goes on to its end
    return Q(**{f"{cell}__{how}": value})


def _number(value: str) -> int | float | None:
    try:
        number = float(value.replace(",", ""))
    except ValueError:
        return None
    if number != number or abs(number) > 1e15:
        return None
    return int(number) if number == int(number) else number


# --- In which order ----------------------------------------------------------------------------


class _Order:
    """The order that was asked for, and the cursor of a row in it: [count, run, ordinal]. `count`: of all rows, so that
    they are not counted on every page. Never the value that rows are sorted by: an address that is hidden from the
    reader may stand in it."""

    def __init__(self, source: Source, asked: Asked) -> None:
        self.source, self.runs = source, {run.pk for run in source.runs}
        self.by_run = "run__batch_row__number" if source.numbers else "-run"
        self.by, self.descending = asked.by, asked.descending
        self.number = bool(self.by) and by_id(source.columns)[self.by].is_number

    def sorted(self, found: QuerySet[ResultRow]) -> QuerySet[ResultRow]:
        if not self.by:
            return found.order_by(self.by_run, "ordinal")
        value = F("value")
        turned = value.desc(nulls_last=True) if self.descending else value.asc(nulls_last=True)
        return self._with_value(found).order_by(turned, self.by_run, "ordinal")

    def _with_value(self, found: QuerySet[ResultRow]) -> QuerySet[ResultRow]:
        """What rows are sorted by; a text that the reader does not see in full counts as none, so that its place among
        the others does not tell it."""
        text = Lower(Left(KeyTextTransform(self.by, "cells"), SORTED_BY))
        if not self.number and (seen := _seen(self.by, self.source)):
            return found.annotate(value=Case(When(seen, then=text), output_field=TextField()))
        return found.annotate(value=KeyTransform(self.by, "cells") if self.number else text)

    def run_of(self, cursor: str) -> int:
        return self._read(cursor)[1]

    def count_of(self, cursor: str) -> int:
        return self._read(cursor)[0]

    def cursor(self, row: ResultRow, count: int) -> str:
        place = [count, row.run_id, row.ordinal]
        return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")

    def beyond(self, cursor: str) -> Q:
        """The rows after the one that a cursor stands for."""
        _, run, ordinal = self._read(cursor)
        later = Q(run__lt=run)
        if self.source.numbers:
            later = Q(run__batch_row__number__gt=self.source.place(run))
        after = later | Q(run=run, ordinal__gt=ordinal)
        if not self.by:
            return after
        value = self._value(run, ordinal)
        none = Q(value__isnull=True)
        if value is None:
            return none & after
        how = "lt" if self.descending else "gt"
        cell = f"cells__{self.by}" if self.number else "value"
        return none | Q(**{f"{cell}__{how}": value}) | (Q(**{cell: value}) & after)

    def _value(self, run: int, ordinal: int) -> Any:
        rows = self._with_value(ResultRow.objects.filter(run=run, ordinal=ordinal))
        value = next((row.value for row in _told(rows)), None)  # type: ignore[attr-defined]
        if isinstance(value, dict | list):  # among numbers; no database says what comes after that
            raise BadCursor(value)
        return value

    def _read(self, cursor: str) -> tuple[int, int, int]:
        try:
            place: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        except (ValueError, RecursionError) as error:
            raise BadCursor(cursor) from error
        whole = isinstance(place, list) and len(place) == 3 and all(type(n) is int for n in place)
        if not whole or place[1] not in self.runs or not 0 <= place[2] < 2**31:
            raise BadCursor(cursor)
        return place[0], place[1], place[2]
