"""Tables come in from outside, and none of them can do harm or lose a row unseen."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from editor.runs.batches import reading
from editor.runs.batches.reading import Unreadable, read, read_text


def rows(lines):
    return [line.cells for line in lines]


def xlsx(*rows) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("separator", ["\t", ",", ";", "|"])
def test_the_separator_is_found(separator):
    text = separator.join(["person", "note"]) + "\n" + separator.join(["ada", "Hello there"])
    assert rows(read_text(text)) == [("person", "note"), ("ada", "Hello there")]


def test_one_column_needs_no_separator_and_a_comma_in_a_tabbed_cell_is_text():
    assert rows(read_text("ada\r\nben\r\n")) == [("ada",), ("ben",)]
    assert rows(read_text("ada\tHi, you, there\nben\tHi, all")) == [
        ("ada", "Hi, you, there"), ("ben", "Hi, all")
    ]  # fmt: skip


def test_excels_own_word_for_the_separator_is_no_row():
    assert rows(read_text("sep=;\r\na;b, c\r\nd;e")) == [("a", "b, c"), ("d", "e")]


def test_what_nobody_sees_around_a_cell_is_left_out():
    assert rows(read_text("\u200bada\u200b\tHi\n\ufeffben\t\u2060")) == [("ada", "Hi"), ("ben", "")]


def test_cells_in_quotation_marks_keep_line_breaks_and_separators():
    assert rows(read_text('ada,"one\ntwo, three"\nben,x')) == [
        ("ada", "one\ntwo, three"), ("ben", "x")
    ]  # fmt: skip


def test_empty_rows_are_passed_over_and_the_others_keep_their_numbers():
    assert [line.number for line in read_text("a,b\n\n , \nc")] == [1, 4]
    assert rows(read_text("a,b\nc")) == [("a", "b"), ("c", "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_files_of_every_usual_encoding(encoding):
    assert rows(read("name;town\nZoë;Köln".encode(encoding))) == [("name", "town"), ("Zoë", "Köln")]


def test_a_spreadsheet_is_read_as_a_person_sees_it():
    found = read(
        xlsx(["person", "limit", "sure"], ["ada", 2.0, True], [None, None, None], ["b", 1.5])
    )
    assert rows(found) == [("person", "limit", "sure"), ("ada", "2", "yes"), ("b", "1.5", "")]
    assert [line.number for line in found] == [1, 2, 4]


def test_the_code_of_a_formula_is_never_taken_for_a_value():
    assert rows(read(xlsx(["ada", '=HYPERLINK("https://evil.example","x")']))) == [("ada",)]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n,,\n", "empty"),
        (b"a\0b,c", "no text"),
        (bytes(range(256)) * 9, "no text"),
        (b"PK\x03\x04" + b"\x11" * 90, "cannot be read"),
        (xlsx(["a"])[:-60], "cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old or locked"),
        (b'ada,"never closed\nben,x', "Row 1 cannot be read"),
        (b"x" * (reading.MAX_BYTES + 1), "larger than"),
        (b"a\n" * (reading.MAX_ROWS + 2), "at most 5,000 rows"),
        (b"," * 200 + b"x", "columns"),
        (b"a," + b"x" * (reading.MAX_CELL + 1), "cell of more than"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_in_words(data, says):
    with pytest.raises(Unreadable, match=says):
        read(data)


def with_sheet(xml: bytes) -> bytes:
    """A spreadsheet whose sheet is this XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(["a"]))) as old, zipfile.ZipFile(out, "w", 8) as new:
        for part in old.infolist():
            sheet = part.filename == "xl/worksheets/sheet1.xml"
            new.writestr(part.filename, xml if sheet else old.read(part))
    return out.getvalue()


SHEET = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">\
<dimension ref="A1:XFD1048576"/><sheetData>%s</sheetData></worksheet>"""


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        (b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "empty rows"),
        (b'<row r="1">' + b"<c><v>1</v></c>" * 16_384 + b"</row>", "columns"),
        (b'<row r="1"><c r="A1"><v>1</v></c></row>' * 2 + b"<row", "cannot be read"),
        (b" " * (reading.MAX_UNPACKED + 1), "too large when unpacked"),
    ],
    ids=["far down", "far right", "cut off", "bomb"],
)
def test_a_hostile_sheet_is_refused(sheet, says):
    with pytest.raises(Unreadable, match=says):
        read(with_sheet(SHEET % sheet))


def test_entities_do_not_grow():
    laughs = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 500 + b'">'
    for name, below in zip(b"bcdefg", b"abcdef", strict=True):
        laughs += b'<!ENTITY %c "%s">' % (name, b"&%c;" % below * 20)
    cell = b'<row r="1"><c r="A1" t="str"><v>&g;</v></c></row>'
    with pytest.raises(Unreadable):
        read(with_sheet(laughs + b"]>" + SHEET % cell))
