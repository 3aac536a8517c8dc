"""A workbook that is written while its rows come, as a spreadsheet program reads it."""

from io import BytesIO

from openpyxl import load_workbook

from editor.lib import workbook


def opened(rows):
    """What a spreadsheet program shows: per row the values, with "n" or "s" for a number or a text."""
    book = load_workbook(BytesIO(b"".join(workbook.xlsx(rows))))
    assert book.sheetnames == ["Results"]
    return book.active, [
        [(cell.value, cell.data_type) for cell in row] for row in book.active.iter_rows()
    ]


def test_texts_and_numbers_come_back_as_they_were():
    _, (heads, first, second) = opened([["Name", "Age", "Share"], ["Ada", 36, 0.5], ["", -1, 1e20]])
    assert heads == [("Name", "s"), ("Age", "s"), ("Share", "s")]
    assert first == [("Ada", "s"), (36, "n"), (0.5, "n")]
    assert second == [(None, "n"), (-1, "n"), (1e20, "n")]


def test_no_text_is_a_formula_an_error_or_a_number():
    texts = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        '=HYPERLINK("https://example.com")',
        "#N/A",
        "12",
        "true",
        "\t=1",
    ]
    _, (_, row) = opened([["x"] * len(texts), texts])
    assert row == [(text, "s") for text in texts]


def test_texts_that_xml_cannot_hold_do_not_break_the_file():
    told = [
        "a < b & c > d",
        "  two  spaces ",
        "two\nlines\r\n",
        "</t>",
        "\x00\x0b\ud800\uffff",
        "\U0001f600 é",
    ]
    _, (_, row) = opened([["x"] * len(told), told])
    assert [value for value, _ in row] == [
        "a < b & c > d", "  two  spaces ", "two\nlines\r\n", "</t>", "\ufffd" * 4, "\U0001f600 é",
    ]  # fmt: skip


def test_a_text_that_looks_like_a_letter_by_its_number_stays_a_text():
    piece = b"".join(workbook._sheet([["_x0041_", "_x_"]]))
    assert b">_x005F_x0041_<" in piece
    assert b">_x_<" in piece


def test_the_heads_stay_in_sight_over_as_many_columns_as_there_are():
    sheet, (heads,) = opened([[f"Column {number}" for number in range(800)]])
    assert sheet.freeze_panes == "A2"
    assert heads[701][0] == "Column 701"
    assert sheet["ADT1"].value == "Column 799"


def test_rows_come_out_while_they_are_read():
    read = []

    def rows():
        for number in range(5_000):
            read.append(number)
            yield [f"{number:09}" * 100]

    pieces = workbook.xlsx(rows())
    assert next(piece for piece in pieces if b"sheet1" in piece)
    assert len(read) < 1_000


def test_what_a_sheet_does_not_take_is_said(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    _, rows = opened([["Number", "Other"], *([number, ""] for number in range(10))])
    assert [row[0][0] for row in rows[:3]] == ["Number", 0, 1]
    assert "download the rest as CSV" in rows[3][0][0]
    assert len(rows) == 4
