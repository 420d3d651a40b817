"""The month as an XLSX file: figures on the first sheets, definitions and provenance beside them.

Cells never become formulas or links, whatever a unit or category is called. Every sheet says who took it and when, in
a line and in its page footer; the same stands as a code (``core.marking``) in the document's properties and on a sheet
that no menu shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from core.marking import Mark
from core.timekeeping import SHANGHAI
from core.workbooks import PROPERTY, SAFE, hide, in_footer, taken_by
from reports import further_sheets
from reports.definitions import BY_CODE, shown_definitions
from reports.further_sheets import as_high_as, on_paper, put_rate
from reports.month_cells import line_keys
from reports.selectors.changes import Change
from reports.selectors.compared import Compared
from reports.selectors.figures import RATES
from reports.selectors.month import MonthFigures, Volume
from reports.selectors.volumes import Volumes

__all__ = ["PROPERTY", "write"]

#: Rows of the merged headings and of the headings below them, after the title and the provenance.
HEADS = (2, 3)
GROUPS = (
    (_lazy("按期情况"), ("forwarding", "acceptance", "conclusion")),
    (_lazy("10-30-24"), ("respond_10", "call_30", "first_round_24")),
    (_lazy("满意度评价"), ("office_satisfaction", "unit_satisfaction", "participation")),
)


def write(
    figures: MonthFigures,
    path: Path,
    *,
    provenance: str,
    mark: Mark,
    changes: Sequence[Change] = (),
    apart: Volumes | None = None,
    beside: Compared | None = None,
) -> None:
    """Write the workbook to ``path``. ``provenance`` says who made it, in which hat; ``mark`` says it in a code.

    ``changes``: of a frozen month, what is counted otherwise today; it stands on a sheet of its own. ``apart``: the
    volumes told apart, beside the months before. ``beside``: the rates beside the month and the year before."""
    line = taken_by(provenance, mark)
    with xlsxwriter.Workbook(str(path), SAFE) as book:
        look = _Look(book)
        _summary(book.add_worksheet(_("月报")), figures, look, line)
        _definitions(book.add_worksheet(_("指标口径")), look, line, meanings(figures))
        _cells(book.add_worksheet(_("分单位分渠道分类")), figures, look, line)
        further_sheets.indicators(book.add_worksheet(_("其他指标")), figures, line_keys(figures), look, line)
        if apart is not None:
            further_sheets.volumes(book.add_worksheet(_("分类统计")), apart, look, line)
        further_sheets.parts(book.add_worksheet(_("分子分母")), figures, line_keys(figures), look, line)
        if beside is not None:
            further_sheets.rates(book.add_worksheet(_("率的比较")), beside, line_keys(figures), look, line)
        if changes:
            _changes(book.add_worksheet(_("冻结以后的变化")), changes, look, line)
        for sheet in book.worksheets():
            sheet.set_footer(f"&L&8{in_footer(line)}&C&P / &N")
        hide(book, mark)


class _Look:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.small = book.add_format({"font_color": "#52606d", "text_wrap": True})
        self.head = book.add_format(
            {
                "bold": True,
                "bg_color": "#e8eef7",
                "border": 1,
                "align": "center",
                "valign": "vcenter",
                "text_wrap": True,
            }
        )
        self.text = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        self.number = book.add_format({"border": 1, "num_format": "#,##0"})
        self.rate = book.add_format({"border": 1, "align": "right"})
        self.percent = book.add_format({"border": 1, "align": "right", "num_format": "0.00%"})
        self.change = book.add_format({"border": 1, "align": "right", "num_format": "+0.0%;-0.0%;+0.0%"})
        self.days = book.add_format({"border": 1, "align": "right", "num_format": '0.0" 天"'})
        total = {"border": 1, "bold": True, "bg_color": "#f5f7fa"}
        self.total = book.add_format({**total, "num_format": "#,##0"})
        self.total_rate = book.add_format({**total, "align": "right"})
        self.total_percent = book.add_format({**total, "align": "right", "num_format": "0.00%"})


def _volume_columns(volume: Volume) -> list[int]:
    return [
        volume.count,
        volume.pieces,
        volume.batches,
        volume.heads,
        volume.mass_batches,
        volume.mass_heads,
        volume.repeats,
    ]


def _volume_heads() -> list[str]:
    return [_("件次"), _("件"), _("批"), _("人次"), _("集体访批"), _("集体访人次"), _("重复件次")]


def _summary(sheet: Any, figures: MonthFigures, look: _Look, line: str) -> None:
    heads = [
        _("单位"),
        *_volume_heads(),
        _("重复信访率"),
        *(str(BY_CODE[code].name) for code in RATES),
    ]
    last = len(heads) - 1
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, last, 9.5)
    sheet.merge_range(0, 0, 0, last, figures.heading + " " + _("信访工作月报"), look.title)
    sheet.merge_range(
        1, 0, 1, last, f"{line}  " + _("检举控告不计入") + "  " + standing_of(figures), look.small
    )
    _heads(sheet, heads, look)
    row = HEADS[1] + 1
    _summary_row(sheet, row, _("合计"), figures.total, figures.rates, look, total=True)
    for unit_id in line_keys(figures):
        row += 1
        unit = figures.units.get(unit_id)
        _summary_row(
            sheet,
            row,
            unit.name if unit else _("未转送"),
            figures.by_unit.get(unit_id, Volume()),
            figures.rates_by_unit.get(unit_id, {}),
            look,
        )
    row += 2
    unreached = _("30 分钟约见未达成的件中，有未接通记录的：%(n)d 件") % {"n": figures.unreached}
    sheet.merge_range(row, 0, row, last, unreached, look.small)
    row += 2
    sheet.write_row(row, 0, [_("渠道"), *_volume_heads()], look.head)
    for channel, volume in sorted(figures.by_channel.items()):
        row += 1
        sheet.write_string(row, 0, str(channel.label), look.text)
        for column, number in enumerate(_volume_columns(volume), start=1):
            sheet.write_number(row, column, number, look.number)
    sheet.freeze_panes(HEADS[1] + 1, 1)
    on_paper(sheet, row, last, heads=HEADS[1])


def _heads(sheet: Any, heads: Sequence[str], look: _Look) -> None:
    """Two rows, as the ministry's tables have them: what belongs together under one merged heading."""
    upper, lower = HEADS
    column = 0
    for name, size in groups():
        if not name:
            sheet.merge_range(upper, column, lower, column, heads[column], look.head)
        else:
            sheet.merge_range(upper, column, upper, column + size - 1, name, look.head)
            sheet.write_row(lower, column, heads[column : column + size], look.head)
        column += size
    sheet.set_row(lower, 32)


def groups() -> list[tuple[str, int]]:
    """Merged headings, each with its number of columns; without a name it is one column that goes over both rows."""
    found = [("", 1), (_("登记"), len(_volume_heads()) + 1)]
    places = {code: name for name, codes in GROUPS for code in codes}
    for name, codes in groupby(RATES, key=places.get):
        size = len(list(codes))
        found += [(str(name), size)] if name and size > 1 else [("", 1)] * size
    return found


def _summary_row(
    sheet: Any, row: int, name: str, volume: Volume, rates: Any, look: _Look, *, total: bool = False
) -> None:
    """Rates are numbers; their two parts stand on a sheet of their own."""
    numbers = look.total if total else look.number
    sheet.write_string(row, 0, name, numbers)
    for column, number in enumerate(_volume_columns(volume), start=1):
        sheet.write_number(row, column, number, numbers)
    after = 1 + len(_volume_heads())
    put_rate(sheet, row, after, volume.repeat_rate, look, total=total)
    for column, code in enumerate(RATES, start=after + 1):
        put_rate(sheet, row, column, rates.get(code), look, total=total)


def standing_of(figures: MonthFigures) -> str:
    """The version that was frozen and when; of a month that is not, until when its numbers were counted."""
    if figures.freeze is None:
        return _("暂定，统计截至 %(at)s") % {"at": _minute(figures.made_at)}
    words = {"at": _minute(figures.freeze.frozen_at), "n": figures.freeze.version}
    return _("%(at)s 冻结，第 %(n)d 版") % words


def _minute(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def meanings(figures: MonthFigures) -> list[tuple[str, ...]]:
    """What each figure means, in the order of the sheet's columns: of a frozen month as it was kept."""
    if figures.freeze is None:
        return [
            (
                *map(str, (one.name, one.part, one.whole, one.formula, one.unit)),
                _based(one.basis, one.set_to),
                str(one.version),
            )
            for one in shown_definitions()
        ]
    return [
        (
            *(str(one[key]) for key in ("name", "part", "whole", "formula", "unit")),
            _based(one["basis"], one.get("set_to", "")),
            str(one["version"]),
        )
        for one in figures.freeze.definitions
    ]


def _based(basis: Any, set_to: str) -> str:
    return f"{basis}；{set_to}" if set_to else str(basis)


def _changes(sheet: Any, changes: Sequence[Change], look: _Look, line: str) -> None:
    sheet.write_row(0, 0, [_("单位"), _("指标"), _("冻结的数"), _("今天重述")], look.head)
    for row, one in enumerate(changes, start=1):
        for column, text in enumerate((one.line, one.name, one.frozen, one.today)):
            sheet.write_string(row, column, text, look.text)
    sheet.merge_range(len(changes) + 2, 0, len(changes) + 2, 3, line, look.small)
    sheet.set_column(0, 3, 24)
    sheet.freeze_panes(1, 0)
    on_paper(sheet, len(changes) + 2, 3)


def _definitions(sheet: Any, look: _Look, line: str, meanings: Sequence[tuple[str, ...]]) -> None:
    heads = [_("指标"), _("分子"), _("分母"), _("口径"), _("单位"), _("依据与期间"), _("版本")]
    sheet.write_row(0, 0, heads, look.head)
    widths = (20, 36, 36, 70, 8, 44, 6)
    for row, texts in enumerate(meanings, start=1):
        as_high_as(sheet, row, texts, widths)
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, look.text)
    below = len(meanings) + 2
    sheet.merge_range(below, 0, below, len(heads) - 1, line, look.small)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    on_paper(sheet, below, len(heads) - 1)


def _cells(sheet: Any, figures: MonthFigures, look: _Look, line: str) -> None:
    sheet.write_row(
        0,
        0,
        [_("单位"), _("渠道"), _("内容分类"), *_volume_heads()],
        look.head,
    )
    for row, cell in enumerate(figures.cells, start=1):
        sheet.write_string(row, 0, cell.unit.name if cell.unit else _("未转送"), look.text)
        sheet.write_string(row, 1, str(cell.channel.label), look.text)
        sheet.write_string(row, 2, cell.category, look.text)
        for column, number in enumerate(_volume_columns(cell.volume), start=3):
            sheet.write_number(row, column, number, look.number)
    below = len(figures.cells) + 2
    last = 2 + len(_volume_heads())
    sheet.merge_range(below, 0, below, last, line, look.small)
    sheet.set_column(0, 2, 22)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(figures.cells), 1), last)
    on_paper(sheet, below, last)
