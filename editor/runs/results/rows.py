"""A run's results table as rows to be stored, and how to find a value in them again.

form_of(written, catalog)               what the table of a tree looks like, whatever comes back
rows_of(run_id, form, ran, found, catalog) -> [NewRow]     made when a run ends (`outcome.prepare`)
short(key)                              the name of a column in `ResultRow.cells`
folded(text)                            as `ResultRow.words` writes it
"""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from editor.catalog import Catalog
from editor.runs import ledger, privacy
from editor.runs.texts import fit
from editor.trees import table, table_levels
from editor.trees.nodes import Tree
from editor.trees.results import Results
from editor.trees.table import Column, Row

MOST_IN_CELL: Final = 32_000
"""A spreadsheet's cell takes 32,767 characters. A text that is longer is cut, and ends with CUT."""

CUT: Final = " […]"
SEARCHED_IN_CELL: Final = 2_000
SEARCHED: Final = 10_000
LONGEST_LIST: Final = 1_000

_IDENTITY: Final = (
    "publicUrl", "url", "jobUrl", "commentUrl", "hashedUrl", "engagerUrl", "commenterUrl", "urn",
    "activityUrn",
)  # fmt: skip


_AIMED_AT: Final = (
    "personUrl", "postUrl", "jobUrl", "commentUrl", "personHashedUrl", "companyHashedUrl",
)  # fmt: skip
"""Parameters whose value says what an action was about, where nothing that came back does. `companyUrl` is none: it is
also the company in whose name somebody writes."""


@lru_cache(maxsize=16_384)
def short(key: str) -> str:
    """A column's key in eleven letters and digits, the first a letter: a number would be a place in a list.

    A table has few columns, so two are never the same.
    """
    return "c" + hashlib.blake2s(key.encode("utf-8", "replace"), digest_size=5).hexdigest()


def folded(text: str) -> str:
    """Without accents and capitals: "Müller" is found as "muller"."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


class NewRow(NamedTuple):
    """The values of a ResultRow: a model for each would cost as much as all the rest."""

    run_id: int
    ordinal: int
    node_id: str
    path: str
    level: str
    leads: dict[str, Any]
    cells: dict[str, Any]
    keys: dict[str, str]
    identity: str
    words: str
    private: str


FIELDS: Final = NewRow._fields


@dataclass(frozen=True, slots=True)
class Form:
    """What the tables of all runs of a tree have in common."""

    columns: Sequence[Column]
    names: Sequence[str]
    identities: "_Identities"


def form_of(written: Tree, catalog: Catalog) -> Form:
    """`written`: with its inputs, for keys of columns do not depend on their values."""
    columns = table.columns(written, catalog)
    names = [short(column.key) for column in columns]
    return Form(columns, names, _Identities(written, columns))


def rows_of(run_id: int, form: Form, ran: Tree, found: Results, catalog: Catalog) -> list[NewRow]:
    """The table of a run. `ran`: the tree with the values of its inputs. Without the database."""
    rows = list(table.rows(ran, catalog, found, form.columns))
    return [
        _row(run_id, number, row, form, _named(lead))
        for number, (row, lead) in enumerate(zip(rows, table_levels.leads(rows), strict=True))
    ]


def _named(lead: dict[str, Any]) -> dict[str, Any]:
    """With the names of levels as `short` makes them."""
    parts = ((key.partition("/"), value) for key, value in lead.items())
    return {f"{at}/{short(name)}" if name else at: value for (at, _, name), value in parts}


def _row(run_id: int, number: int, row: Row, form: Form, leads: dict[str, Any]) -> NewRow:
    cells: dict[str, Any] = {}
    words: list[str] = []
    private: list[str] = []
    for column, name, value in zip(form.columns, form.names, row.values, strict=True):
        if value is None:
            continue
        cells[name] = cell = _cell(value)
        for text in cell if isinstance(cell, list) else (cell,):
            if isinstance(text, str):
                hidden = column.private or privacy.has_address(text)
                (private if hidden else words).append(text[:SEARCHED_IN_CELL])
    keys = form.identities.keys(cells)
    return NewRow(
        run_id=run_id,
        ordinal=number,
        node_id=row.node_id,
        path=fit(".".join(map(str, row.path)), 200),
        level=short(row.items[-1][0]),
        leads=leads,
        cells=cells,
        keys=keys,
        identity=form.identities.of(row, keys),
        words=_searched(words),
        private=_searched(private),
    )


def _searched(texts: list[str]) -> str:
    """Each text once: a person is found, then opened, and says the same both times."""
    return folded("\n".join(dict.fromkeys(texts)))[:SEARCHED]


def _cell(value: Any) -> Any:
    """A value as a table holds it: a text, a number, yes or no, or a list of these; what is nested, as JSON text."""
    if isinstance(value, str):
        return (
            fit(value, MOST_IN_CELL) + CUT if len(value) > MOST_IN_CELL else fit(value, len(value))
        )
    if isinstance(value, int | float):
        return value if abs(value) < 1e15 else str(value)
    if isinstance(value, list) and len(value) <= LONGEST_LIST and not any(map(_is_nested, value)):
        return [_cell(entry) for entry in value if entry is not None]
    return _cell(json.dumps(value, ensure_ascii=False))


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list)


class _Identities:
    """Which cells say what an item is about; for a row, its own item, or a page that was opened for it."""

    def __init__(self, tree: Tree, columns: Sequence[Column]) -> None:
        self._tree = tree
        self._by_node: dict[str, list[str]] = {}
        for column in sorted(filter(is_identity, columns), key=_rank):
            for node_id in column.node_ids:
                self._by_node.setdefault(node_id, []).append(short(column.key))
        self._names = dict.fromkeys(name for names in self._by_node.values() for name in names)
        self._own: dict[str, list[str]] = {}

    def keys(self, cells: dict[str, Any]) -> dict[str, str]:
        values = ((name, cells.get(name)) for name in self._names)
        return {
            name: ledger.key_of(value)
            for name, value in values
            if isinstance(value, str) and value.strip()
        }

    def of(self, row: Row, keys: dict[str, str]) -> str:
        own = self._own.get(row.node_id)
        if own is None:
            below = (node.id for node in self._tree.subtree(row.node_id))
            own = [name for node_id in below for name in self._by_node.get(node_id, ())]
            self._own[row.node_id] = own
        return next((keys[name] for name in own if name in keys), "")


def is_identity(column: Column) -> bool:
    """Whether the column's values say what an item is about."""
    return column.given in _AIMED_AT or (len(column.path) == 1 and column.path[0] in _IDENTITY)


def best_identity(columns: Sequence[Column]) -> Column | None:
    """Of these columns the one whose values say best what an item is about."""
    return min(filter(is_identity, columns), key=_rank, default=None)


def _rank(column: Column) -> int:
    if column.given:
        return len(_IDENTITY) + _AIMED_AT.index(column.given)
    return _IDENTITY.index(column.path[0])
