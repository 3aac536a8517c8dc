"""A workbook of one sheet (.xlsx) that is written while its rows come: XML in a zip, as ECMA-376 part 1 has it.

By hand: openpyxl, which makes an object of each cell, took seven times as long. A value is a text or a number: there
are no formulas, so no text can be one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

MOST_ROWS: Final = 1_000_000
"""A sheet takes 1,048,576."""

MOST_BYTES: Final = 2_000_000_000
"""Of XML. Beyond 2 GiB a zip needs extensions that not every spreadsheet reads."""

_ROWS_IN_PIECE: Final = 200
_SPREADSHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="Results" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
}
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_BEFORE: Final = (
    f'{_HEAD}<worksheet xmlns="{_SPREADSHEET}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_AFTER: Final = "</sheetData></worksheet>"
_TOO_LONG: Final = "More rows than a sheet takes: download the rest as CSV."

# What a text in XML cannot have as it is, and what a spreadsheet would take for a letter written by its number.
_SPECIAL: Final = re.compile(
    "[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)"
)
_WRITTEN: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;", "_": "_x005F_"}


def xlsx(rows: Iterable[Sequence[str | int | float]]) -> Iterator[bytes]:
    """The file, in pieces. The first row is that of the heads and stays in sight."""
    out = _Pieces()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[call-overload]
        for name, part in _PARTS.items():
            archive.writestr(name, _HEAD + part)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for piece in _sheet(rows):
                sheet.write(piece)
                yield out.taken()
    yield out.taken()


def _sheet(rows: Iterable[Sequence[str | int | float]]) -> Iterator[bytes]:
    lines, size = [_BEFORE], 0
    letters: list[str] = []
    for number, values in enumerate(rows, 1):
        if number > MOST_ROWS or size > MOST_BYTES:
            lines.append(_row(number, ["A"], [_TOO_LONG]))
            break
        letters = letters or [_letters(place) for place in range(len(values))]
        lines.append(_row(number, letters, values))
        if number % _ROWS_IN_PIECE == 0:
            piece = "".join(lines).encode()
            size += len(piece)
            lines.clear()
            yield piece
    yield "".join([*lines, _AFTER]).encode()


def _row(number: int, letters: Sequence[str], values: Sequence[str | int | float]) -> str:
    cells = [
        f'<c r="{letter}{number}" t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>'
        if isinstance(value, str)
        else f'<c r="{letter}{number}"><v>{value}</v></c>'
        for letter, value in zip(letters, values, strict=True)
        if value != ""
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _text(text: str) -> str:
    return _SPECIAL.sub(_written, text) if _SPECIAL.search(text) else text


def _written(found: re.Match[str]) -> str:
    return _WRITTEN.get(found[0], "\ufffd")


def _letters(place: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    place += 1
    while place:
        place, last = divmod(place - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


class _Pieces:
    """A file that hands on what is written to it. It cannot go back: the zip says sizes after the parts."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
