"""A list of cases as a file: XLSX with as many sheets as it needs, or CSV. Memory does not grow with the cases."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from core import sheets
from core.cells import as_digits
from core.marking import Mark
from core.sheets import Cell
from core.timekeeping import SHANGHAI
from core.workbooks import SAFE, hide, in_footer, taken_by
from reports.selectors.case_rows import Listed

#: Title, provenance and heads above the first case of a sheet.
HEAD_ROWS = 3


def write_xlsx(
    path: Path, found: Listed, rows: Iterator[Sequence[Cell]], total: int, *, provenance: str, mark: Mark
) -> None:
    """``total``: at most so many rows come; they go on from sheet to sheet where one is full."""
    room = sheets.MOST_ROWS - HEAD_ROWS
    parts = max(1, math.ceil(total / room))
    line = taken_by(provenance, mark)
    skeleton = path.with_suffix(".skeleton")
    with xlsxwriter.Workbook(str(skeleton), SAFE) as book:
        look = _look(book)
        for number in range(1, parts + 1):
            name = _("信访件清单") if parts == 1 else _("信访件清单%(n)d") % {"n": number}
            held = min(room, max(1, total - room * (number - 1)))
            _sheet(book.add_worksheet(name), found, look, line, held)
        _notes(book.add_worksheet(_("说明")), found, look, line, total)
        for sheet in book.worksheets():
            sheet.set_footer(f"&L&8{in_footer(line)}&C&P / &N")
        hide(book, mark)
    names = [f"xl/worksheets/sheet{number}.xml" for number in range(1, parts + 1)]
    sheets.fill(skeleton, path, dict.fromkeys(names, rows), room=room)
    skeleton.unlink()


def write_csv(
    path: Path, found: Listed, rows: Iterator[Sequence[Cell]], *, provenance: str, mark: Mark
) -> None:
    """UTF-8 with the sign that makes spreadsheets know it; the last lines, each with a # before it, say what it is and
    who took it, with the mark."""
    total = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([str(column.name) for column in found.columns])
        for row in rows:
            writer.writerow([_plain(value) for value in row])
            total += 1
        for name, words in _said(found, total):
            writer.writerow([f"# {name}：{words}"])
        writer.writerow([f"# {taken_by(provenance, mark)} {mark.code()}"])


def _plain(value: Cell) -> object:
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return as_digits(value) if isinstance(value, str) else value


def _look(book: xlsxwriter.Workbook) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "small": book.add_format({"font_color": "#52606d"}),
        "head": book.add_format(
            {"bold": True, "bg_color": "#e8eef7", "border": 1, "text_wrap": True, "valign": "vcenter"}
        ),
        "text": book.add_format({"valign": "top"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"}),
    }


def _sheet(sheet: Any, found: Listed, look: dict[str, Any], line: str, held: int) -> None:
    """Heads, and the sample row whose place ``held`` real ones take."""
    last = len(found.columns) - 1
    sheet.write_string(0, 0, _("信访件清单（%(view)s）") % {"view": found.label}, look["title"])
    sheet.write_string(1, 0, line, look["small"])
    for place, column in enumerate(found.columns):
        sheet.write_string(2, place, str(column.name), look["head"])
        sheet.write_blank(HEAD_ROWS, place, None, look["moment" if column.moment else "text"])
        sheet.set_column(place, place, column.width)
    sheet.freeze_panes(HEAD_ROWS, 1)
    sheet.autofilter(2, 0, 2 + held, last)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)


def _notes(sheet: Any, found: Listed, look: dict[str, Any], line: str, total: int) -> None:
    for row, (name, words) in enumerate([(_("导出"), line), *_said(found, total)]):
        sheet.write_string(row, 0, name, look["head"])
        sheet.write_string(row, 1, words, look["text"])
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 90)


def _said(found: Listed, total: int) -> list[tuple[str, str]]:
    """What the list is of."""
    return [
        (_("视图"), found.label),
        (_("筛选"), "；".join(found.narrowed) or _("无")),
        (_("件数"), str(total)),
        (_("不在其中"), _("检举控告件，以及导出人无权查看的件")),
        (_("时间"), _("北京时间")),
    ]
