"""Tables from outside: CSV or XLSX, pasted or uploaded, to rows of texts. Pure; nothing in them is ever executed.

A formula counts as the value that the spreadsheet stored for it. Whatever is too large or no table is refused as a
whole (`Unreadable`), with words for people: no row is left out silently, but for those that are empty.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook

MAX_BYTES: Final = 5_000_000
MAX_UNPACKED: Final = 30_000_000
MAX_ROWS: Final = 5_000
MAX_COLUMNS: Final = 50
MAX_CELL: Final = 20_000
MAX_TEXT: Final = 10_000_000
MAX_SEEN: Final = 100_000

SEPARATORS: Final = ("\t", ",", ";", "|")
INVISIBLE: Final = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""What copying from web pages leaves around a cell: nobody sees it, and an address with it is none."""
SPREADSHEET_ERRORS: Final = frozenset(
    ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"]
)


class Unreadable(ValueError):
    """No table; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row that is not empty, with its number as a spreadsheet counts it."""

    number: int
    cells: tuple[str, ...]


def read(data: bytes) -> list[Line]:
    """The rows of a file, all of one width. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"The file is larger than {MAX_BYTES // 1_000_000} MB. Split it.")
    if data.startswith(b"PK\x03\x04"):
        return _gather(_spreadsheet(data))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            "This is an old or locked Excel file. Save it as .xlsx without a password."
        )
    return read_text(_decoded(data))


def read_text(text: str) -> list[Line]:
    """The same of what was pasted."""
    if len(text) > MAX_TEXT:
        raise Unreadable("That is too much text. Split the table.")
    if "\0" in text:
        raise Unreadable("This is no table: it has bytes that no text has. Save it as CSV or XLSX.")
    return _gather(_separated(text))


def _gather(rows: Iterable[tuple[int, Sequence[str]]]) -> list[Line]:
    lines: list[tuple[int, list[str]]] = []
    size = width = 0
    for number, seen in rows:
        cells = [cell.strip(INVISIBLE) for cell in seen]
        while cells and not cells[-1].strip():
            cells = cells[:-1]
        if not cells:
            continue
        if len(lines) > MAX_ROWS:  # the names of the columns are one more
            raise Unreadable(f"A batch has at most {MAX_ROWS:,} rows. Split the table.")
        if len(cells) > MAX_COLUMNS:
            raise Unreadable(f"Row {number} has more than {MAX_COLUMNS} columns. Remove some.")
        if any(len(cell) > MAX_CELL for cell in cells):
            raise Unreadable(f"Row {number} has a cell of more than {MAX_CELL:,} characters.")
        size += sum(map(len, cells))
        width = max(width, len(cells))
        if size > MAX_TEXT:
            raise Unreadable("The table holds too much text. Split it.")
        lines.append((number, cells))
    if not lines:
        raise Unreadable("The table is empty. Paste rows, or choose a file that has some.")
    return [Line(number, tuple(cells + [""] * (width - len(cells)))) for number, cells in lines]


# --- Text --------------------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _separated(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    text = text.removeprefix("\ufeff")
    # Excel's own word for the separator: a first line that Excel itself never shows as a row.
    said = re.match(r"""(?i)"?sep=([\t,;|])"?\r?\n""", text)
    text = text[said.end() :] if said else text
    separator = said[1] if said else _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells
    except csv.Error as error:
        message = f"Row {number + 1} cannot be read: look for a quotation mark that is not closed."
        raise Unreadable(message) from error


def _separator(text: str) -> str:
    """The one that cuts most of the first rows into the same number of cells, more than one."""

    def fitness(separator: str) -> tuple[int, int]:
        sample = io.StringIO(text[:50_000], newline="")
        widths: list[int] = []
        try:
            for cells in csv.reader(sample, delimiter=separator):
                if cells:
                    widths.append(len(cells))
                if len(widths) == 20:
                    break
        except csv.Error:
            return 0, 0
        usual = max({width for width in widths if width > 1}, key=widths.count, default=1)
        count = widths.count(usual)
        return (count, usual) if usual > 1 and 2 * count >= len(widths) else (0, 0)

    return max(SEPARATORS, key=fitness)


# --- Spreadsheets ------------------------------------------------------------------------------


def _spreadsheet(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    broken = (
        "This spreadsheet cannot be read. Open it and save it again as .xlsx, or save it as CSV."
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                raise Unreadable("The spreadsheet is too large when unpacked. Save it as CSV.")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            if not book.worksheets:
                raise Unreadable("The spreadsheet has no sheet with cells.")
            sheet = book.worksheets[0]
            rows = sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True)
            for number, cells in enumerate(rows, 1):
                if number > MAX_SEEN:
                    raise Unreadable("The sheet has too many empty rows. Remove them.")
                yield number, [_text(cell) for cell in cells]
        finally:
            book.close()
    except Unreadable:
        raise
    except (
        zipfile.BadZipFile, NotImplementedError, OSError, EOFError, KeyError, ValueError, TypeError,
        AttributeError, IndexError, ParseError, RuntimeError, OverflowError,
    ) as error:  # fmt: skip
        # What openpyxl raises for a file that only pretends; it has no error of its own for it.
        raise Unreadable(broken) from error


def _text(cell: Any) -> str:
    """A cell as a person reads it: 2.0 is 2, a day has no midnight."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell == cell and abs(cell) < 1e15 and cell == int(cell):
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell).replace("\0", "")
