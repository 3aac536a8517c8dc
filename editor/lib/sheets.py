"""Tables for spreadsheets: CSV that Excel reads as it is meant, a line at a time."""

import csv
from collections.abc import Iterable, Iterator, Sequence


def harmless(text: str) -> str:
    """A spreadsheet takes what begins so for a formula; with an apostrophe it is a text."""
    start = text[:1] if text[:1] in "\t\r\n" else text.lstrip()[:1]
    return f"'{text}" if start and start in "=+-@\t\r\n＝＋－＠" else text


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """UTF-8 with the mark by which Excel knows it; no cell is a formula."""
    write = csv.writer(_Echo()).writerow
    yield f"\ufeff{write(heads)}".encode()
    for row in rows:
        yield str(write([harmless(cell) for cell in row])).encode("utf-8", "replace")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text
