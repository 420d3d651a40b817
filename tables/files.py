"""A table as a small file: the numbers of its page as plain cells, a rate beside its two counts.

No cell becomes a formula or a link, whatever a category or a unit is called; the file says who took it and when, in a
line for people and in a code (``core.marking``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from core.cells import as_text
from core.marking import Mark
from core.workbooks import SAFE, hide, in_footer, taken_by
from reports.rates import Rate
from tables.enums import Key
from tables.measures import Measure
from tables.models import SavedTable
from tables.selectors.axes import Line
from tables.selectors.counting import TOTAL, Counted

Cell = str | int
#: Signs a column is wide, the first and the others.
WIDTHS = (28, 14)


def grid(found: Counted) -> list[list[Cell]]:
    """Heads, the totals, then a row for each line, in the order of the page."""
    view = found.view
    shown = [one for one in view.shape.counted if one not in found.withheld]
    columns: list[Line | None] = [None, *found.columns]
    heads: list[Cell] = [str(Key(view.shape.rows).label)]
    for column in columns:
        place = "" if view.columns is None else f"{column.label if column else _('合计')} "
        for one in shown:
            heads += [f"{place}{name}" for name in _names(one)]
    rows = [heads]
    for line in [None, *found.lines]:
        row: list[Cell] = [line.label if line else _("合计")]
        for column in columns:
            for one in shown:
                key = (line.key if line else TOTAL, column.key if column else TOTAL, one.code)
                row += _cells(one, found.cells.get(key, 0))
        rows.append(row)
    return rows


def _names(measure: Measure) -> list[str]:
    if not measure.is_rate:
        return [measure.name]
    return [measure.name, f"{measure.name}{_('分子')}", f"{measure.name}{_('分母')}"]


def _cells(measure: Measure, value: int | Rate) -> list[Cell]:
    if not measure.is_rate:
        return [value if isinstance(value, int) else value.part]
    rate = value if isinstance(value, Rate) else Rate(0, 0)
    return [rate.text, *((rate.part, rate.whole) if rate.whole else ("", ""))]


def as_csv(found: Counted, table: SavedTable, *, standing: str, provenance: str, mark: Mark) -> bytes:
    """UTF-8 with the sign that makes spreadsheets know it; the last lines, each with a # before it, say what it is, how
    it is defined and who took it, with the mark. ``standing``: whether its numbers are of now or frozen."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in grid(found):
        writer.writerow([as_text(value) if isinstance(value, str) else value for value in row])
    for name, words in _notes(found, table, standing):
        writer.writerow([f"# {name}：{words}"])
    writer.writerow([f"# {taken_by(provenance, mark)} {mark.code()}"])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(found: Counted, table: SavedTable, *, standing: str, provenance: str, mark: Mark) -> bytes:
    """The table, and a sheet that says what it asks for and how each measure is defined."""
    out, line = io.BytesIO(), taken_by(provenance, mark)
    with xlsxwriter.Workbook(out, {**SAFE, "in_memory": True}) as book:
        title = book.add_format({"bold": True, "font_size": 14})
        small = book.add_format({"font_color": "#52606d"})
        head = book.add_format(
            {"bold": True, "bg_color": "#e8eef7", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        cell = book.add_format({"border": 1, "num_format": "#,##0"})
        sheet = book.add_worksheet(_("统计表"))
        sheet.write_string(0, 0, table.title, title)
        sheet.write_string(1, 0, found.view.heading, small)
        sheet.write_string(2, 0, f"{line}  {standing}", small)
        rows = grid(found)
        _write(sheet, 3, rows, head, cell)
        sheet.set_column(0, 0, WIDTHS[0])
        sheet.set_column(1, len(rows[0]) - 1, WIDTHS[1])
        sheet.freeze_panes(4, 1)
        sheet.repeat_rows(3)
        notes = book.add_worksheet(_("口径"))
        _write(notes, 0, [*_notes(found, table, standing), [_("导出"), line]], head, cell)
        notes.set_column(0, 0, WIDTHS[0])
        notes.set_column(1, 1, 100)
        for one in book.worksheets():
            one.set_landscape()
            one.set_paper(9)
            one.fit_to_pages(1, 0)
            one.set_footer(f"&L&8{in_footer(line)}&C&P / &N")
        hide(book, mark)
    return out.getvalue()


def _write(sheet: Any, top: int, rows: Sequence[Sequence[Cell]], head: Any, cell: Any) -> None:
    """The first row in the look of heads."""
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            write = sheet.write_string if isinstance(value, str) else sheet.write_number
            write(top + number, place, value, cell if number else head)


def _notes(found: Counted, table: SavedTable, standing: str) -> list[list[Cell]]:
    left_out = "、".join(one.name for one in found.withheld)
    hidden: list[list[Cell]] = [[_("不向导出人显示"), left_out]] if left_out else []
    defined: list[list[Cell]] = [
        [one.name, f"{one.definition.formula}。{one.definition.basis}"]
        for one in found.view.shape.counted
        if one not in found.withheld
    ]
    return [
        [_("统计表"), table.title],
        [_("范围"), found.view.heading],
        [_("条件"), "；".join(table.says)],
        [_("数字"), standing],
        [_("不在其中"), _("检举控告件，以及导出人无权查看的件")],
        *hidden,
        *defined,
    ]
