"""A results table as a file: exactly what is shown, all pages of it. Rows are read and written a few at a time.

CSV is made for Excel: UTF-8 with its mark, CRLF, and no text that it would take for a formula. In XLSX and JSON texts
stay as they are; numbers stay numbers in all three. How an action went is said in the words of the page; JSON, for
programs, keeps the type of the error.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from editor.lib import workbook
from editor.lib.sheets import harmless
from editor.review.cells import in_file, seen
from editor.review.columns import Shown
from editor.runs.privacy import Hides

ROWS_IN_PIECE: Final = 500

Cells = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """What goes into a file. `rows`: (run key, cells); `hides_of` a run key; `runs`: by key, what the column of the run
    says under `head_of_runs`; {}: none."""

    columns: Sequence[Shown]
    rows: Iterable[tuple[int, Cells]]
    hides_of: Callable[[int], Hides]
    runs: dict[int, str]
    head_of_runs: str = "Run"

    @property
    def heads(self) -> list[str]:
        return [self.head_of_runs] * bool(self.runs) + [column.head for column in self.columns]

    def lines(self) -> Iterator[list[str | int | float]]:
        columns, runs = self.columns, self.runs
        ids = [column.id for column in columns]
        writers = [in_file(column) for column in columns]
        for run, cells in self.rows:
            first: list[str | int | float] = [runs[run]] if runs else []
            if hides := self.hides_of(run):
                values = [seen(cells, column, hides) for column in columns]
            else:
                values = [cells.get(each) for each in ids]
            yield first + [write(value) for write, value in zip(writers, values, strict=True)]


def as_csv(table: Table) -> Iterator[bytes]:
    yield "\ufeff".encode()
    text = io.StringIO(newline="")
    write = csv.writer(text, lineterminator="\r\n").writerow
    write(map(harmless, table.heads))
    for number, values in enumerate(table.lines(), 1):
        write([harmless(value) if isinstance(value, str) else value for value in values])
        if number % ROWS_IN_PIECE == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    taken = text.getvalue().encode("utf-8", "replace")
    text.seek(0)
    text.truncate()
    return taken


def as_json(table: Table) -> Iterator[bytes]:
    """A list of objects: the heads of the columns, and their values; those that have none are left out."""
    runs = table.runs
    piece: list[str] = []
    yield b"["
    for number, (run, cells) in enumerate(table.rows):
        row: dict[str, Any] = {table.head_of_runs: runs[run]} if runs else {}
        hides = table.hides_of(run)
        for column in table.columns:
            value = seen(cells, column, hides)
            if value is not None:
                row[column.head] = value
        piece.append(("," if number else "") + "\n" + json.dumps(row, ensure_ascii=False))
        if len(piece) == ROWS_IN_PIECE:
            yield "".join(piece).encode("utf-8", "replace")
            piece.clear()
    yield ("".join(piece) + "\n]\n").encode("utf-8", "replace")


def as_xlsx(table: Table) -> Iterator[bytes]:
    return workbook.xlsx(chain([table.heads], table.lines()))


FORMATS: Final[dict[str, tuple[str, str, Callable[[Table], Iterator[bytes]]]]] = {
    "csv": ("CSV", "text/csv; charset=utf-8", as_csv),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "json": ("JSON", "application/json; charset=utf-8", as_json),
}
"""By the end of the file's name: its name for people, its type, and what makes it."""
