"""Rows written beside XlsxWriter: read back by another reader, whatever stands in them."""

from datetime import UTC, datetime

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from core import sheets
from core.workbooks import SAFE

PART = "xl/worksheets/sheet1.xml"


def book(folder, rows, *, width, room=1000, sample=True):
    skeleton, path = folder / "skeleton.xlsx", folder / "made.xlsx"
    with xlsxwriter.Workbook(str(skeleton), SAFE) as made:
        sheet = made.add_worksheet("清单")
        look = made.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["头"] * width)
        for place in range(width if sample else 0):
            sheet.write_number(1, place, 1, look if place == 2 else None)
    sheets.fill(skeleton, path, {PART: iter(rows)}, room=room)
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def test_what_stands_in_cells_comes_back(tmp_path):
    moment = datetime(2026, 9, 1, 1, 30, tzinfo=UTC)
    rows = [("=1+1", 7, moment), ("<&>\"'", 0, None), ("", 1, None)]
    _heads, *found = book(tmp_path, rows, width=3)
    assert found[0] == ["=1+1", 7.0, datetime(2026, 9, 1, 9, 30)]
    assert [row[0] for row in found[1:]] == ["<&>\"'", ""]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=20))
def test_any_text_makes_a_book_that_opens_with_as_many_rows(tmp_path_factory, texts):
    rows = [(f"|{text}|", "末") for text in texts]
    found = book(tmp_path_factory.mktemp("book"), rows, width=2)
    assert [row[1] for row in found[1:]] == ["末"] * len(texts)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x1fc", "abc"),
        ("_x0041_", "_x005F_x0041_"),
        ("\ud800一", "一"),
        ("字" * 40000, "字" * 32766 + "…"),
    ],
)
def test_what_a_cell_cannot_hold_is_left_out_or_said(text, kept):
    assert sheets.text_of(text) == kept


def test_rows_without_room_wait_in_the_iterator(tmp_path):
    rows = iter([("一",), ("二",), ("三",)])
    assert len(book(tmp_path, rows, width=1, room=2)) == 3
    assert next(rows) == ("三",)


def test_a_sheet_without_a_sample_row_is_said_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="no sample row"):
        book(tmp_path, [("一",)], width=0, sample=False)
