"""What somebody asks of a results table, read from the query of its address and written back into it.

    search=words                        in all that the table knows, shown or not
    by=ID op=OP value=TEXT              a filter; the three repeat together. OP: one of OPS
    sort=ID | -ID                       by a column; without: by run, newest first, then as the rows came
    once=newest | oldest  per=ID        one row per address: as the newest or the oldest of the runs saw it; `per`: the
                                        column of the address, without: that of the row's own item
    columns=ID                          (repeats) only these, in this order

IDs are `columns.Shown.id`. What makes no sense raises BadQuestion; pages answer it with 404.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict

from editor.review.columns import Shown
from editor.runs.results.rows import is_identity

OPS: Final = {
    "contains": "contains",
    "is": "is",
    "not": "is not",
    "from": "from",
    "to": "up to",
    "empty": "is empty",
    "filled": "is not empty",
}
WITHOUT_VALUE: Final = ("empty", "filled")
MOST_FILTERS: Final = 12
MOST_TEXT: Final = 200
ONCE: Final = ("newest", "oldest")


class BadQuestion(ValueError):
    """No page of ours asks this; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Filter:
    by: str
    op: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. `sort` begins with "-" for the other way round."""

    search: str = ""
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    once: str = ""
    per: str = ""
    columns: tuple[str, ...] = ()

    @property
    def by(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def narrows(self) -> bool:
        """Whether some rows are left out."""
        return bool(self.search or self.filters or self.once)

    def pairs(self) -> list[tuple[str, str]]:
        """The query, as names and values."""
        pairs = [
            ("search", self.search),
            ("sort", self.sort),
            ("once", self.once),
            ("per", self.per),
        ]
        pairs = [pair for pair in pairs if pair[1]]
        for each in self.filters:
            pairs += [("by", each.by), ("op", each.op), ("value", each.value)]
        return pairs + [("columns", each) for each in self.columns]

    def but(self, **changes: object) -> "Asked":
        return replace(self, **changes)  # type: ignore[arg-type]

    def without(self, number: int) -> "Asked":
        """The same without one of its filters."""
        return self.but(filters=self.filters[:number] + self.filters[number + 1 :])

    def sorted_by(self, column: str) -> "Asked":
        """By a column; asked once more: the other way round; a third time: not at all."""
        turned = {column: f"-{column}", f"-{column}": ""}
        return self.but(sort=turned.get(self.sort, column))


def query(pairs: Sequence[tuple[str, str]]) -> str:
    """ "?a=b", or "?" for none: a link to the same page."""
    return "?" + urlencode(pairs)


def read(form: QueryDict, columns: Mapping[str, Shown]) -> Asked:
    """The question in an address. `columns`: every one of the table, by id. Raises BadQuestion."""
    sort = form.get("sort", "")
    if sort:
        _known(sort.removeprefix("-"), columns)
    once = form.get("once", "")
    if once not in ("", *ONCE):
        raise BadQuestion("“once” is newest or oldest.")
    per = form.get("per", "") if once else ""
    if per and not is_identity(_known(per, columns).column):
        raise BadQuestion("There is no such address in this table.")
    chosen = tuple(dict.fromkeys(form.getlist("columns")))
    for column in chosen:
        if column not in columns:
            raise BadQuestion("There is no such column in this table.")
    return Asked(_text(form.get("search", "")), _filters(form, columns), sort, once, per, chosen)


def _filters(form: QueryDict, columns: Mapping[str, Shown]) -> tuple[Filter, ...]:
    by, ops, values = (form.getlist(name) for name in ("by", "op", "value"))
    if not len(by) == len(ops) == len(values) or len(by) > MOST_FILTERS:
        raise BadQuestion("A filter is a column, an operation and a value.")
    found = []
    for column, op, value in zip(by, ops, map(_text, values), strict=True):
        if op not in OPS:
            raise BadQuestion("There is no such filter.")
        _known(column, columns)
        if op in WITHOUT_VALUE:
            found.append(Filter(column, op))
        elif value:
            found.append(Filter(column, op, value))
    return tuple(dict.fromkeys(found))


def _known(column: str, columns: Mapping[str, Shown]) -> Shown:
    """What is hidden from somebody cannot be asked about either: the answer would tell it."""
    if column not in columns or columns[column].hidden:
        raise BadQuestion("There is no such column in this table.")
    return columns[column]


def _text(value: str) -> str:
    """Without what a database refuses."""
    return value.replace("\0", "").encode("utf-8", "replace").decode().strip()[:MOST_TEXT]
