"""The sheets beside the month's table: further indicators by unit, and the volumes beside the months before."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from reports.definitions import BY_CODE
from reports.month_cells import ALL_RATES
from reports.rates import NOTHING, Mean, Rate, Tally, change
from reports.selectors.compared import Compared
from reports.selectors.figures import FIGURES, MORE, SECTIONS
from reports.selectors.month import MonthFigures, Volume
from reports.selectors.volumes import BY, Line, Volumes

#: Columns that can be read on one page, and how many stand on each of several.
MOST_ACROSS, ACROSS = 20, 14
LINE_HIGH = 15  # points


def indicators(sheet: Any, figures: MonthFigures, rows: list[int | None], look: Any, line: str) -> None:
    """An indicator a column, the total and each unit a row; what had not been defined when a month was frozen is left
    out."""
    codes = [code for code in (*MORE, *SECTIONS["variants"]) if code in figures.rates]
    heads = [_("单位"), *(_head(figures, code) for code in codes)]
    sheet.write_row(0, 0, heads, look.head)
    as_high_as(sheet, 0, heads, [24, *(13 for _code in codes)])
    lines = [(_("合计"), figures.rates)]
    lines += [
        (figures.units[key].name if key else _("未转送"), figures.rates_by_unit.get(key, {})) for key in rows
    ]
    for row, (name, rates) in enumerate(lines, start=1):
        sheet.write_string(row, 0, name, look.text)
        for column, code in enumerate(codes, start=1):
            put_rate(sheet, row, column, rates.get(code), look)
    _foot(sheet, len(lines) + 2, len(heads) - 1, look, line)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, max(len(codes), 1), 13)
    sheet.freeze_panes(1, 1)


def _head(figures: MonthFigures, code: str) -> str:
    name = str(BY_CODE[code].name)
    return _("%(name)s（暂定）") % {"name": name} if code in figures.provisional else name


def put_rate(sheet: Any, row: int, column: int, rate: Rate | None, look: Any, *, total: bool = False) -> None:
    """The share or the days as a number to compute with; batches of heads as they are printed; else a dash."""
    if rate is None or not rate.whole or isinstance(rate, Tally):
        text = rate.text if rate is not None else NOTHING
        sheet.write_string(row, column, text, look.total_rate if total else look.rate)
    elif isinstance(rate, Mean):
        sheet.write_number(row, column, rate.days, look.days)
    else:
        sheet.write_number(row, column, rate.value, look.total_percent if total else look.percent)


def printed(rate: Rate | None) -> str:
    """In a text: the share with its two numbers; days and heads as they are."""
    if rate is None or not rate.whole:
        return NOTHING
    return f"{rate.text}({rate.part}/{rate.whole})" if type(rate) is Rate else rate.text


def parts(sheet: Any, figures: MonthFigures, rows: list[int | None], look: Any, line: str) -> None:
    """Numerator and denominator of every rate of the other sheets, the total and each unit a row; days and cases of a
    mean. What is no share has neither."""
    codes = [
        code
        for code in ALL_RATES
        if not issubclass(FIGURES[code].adds, Tally) and (code == "repeat_rate" or code in figures.rates)
    ]
    heads = [_("单位"), *(f"{BY_CODE[code].name}{end}" for code in codes for end in _ends(code))]
    sheet.write_row(0, 0, heads, look.head)
    as_high_as(sheet, 0, heads, [24, *(12 for _head in heads[1:])])
    lines = [(_("合计"), figures.total, figures.rates)]
    lines += [
        (
            figures.units[key].name if key else _("未转送"),
            figures.by_unit.get(key, Volume()),
            figures.rates_by_unit.get(key, {}),
        )
        for key in rows
    ]
    for row, (name, volume, rates) in enumerate(lines, start=1):
        sheet.write_string(row, 0, name, look.text)
        for place, code in enumerate(codes):
            rate = volume.repeat_rate if code == "repeat_rate" else rates.get(code)
            _put_parts(sheet, row, 1 + 2 * place, rate, look)
    last = 2 * len(codes)
    _foot(sheet, len(lines) + 2, last, look, line)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, last, 12)
    sheet.freeze_panes(1, 1)


def _ends(code: str) -> tuple[str, str]:
    if issubclass(FIGURES[code].adds, Mean):
        return _("天数之和"), _("件数")
    return _("分子"), _("分母")


def _put_parts(sheet: Any, row: int, column: int, rate: Rate | None, look: Any) -> None:
    for beside, number in enumerate((rate.part, rate.whole) if rate and rate.whole else (None, None)):
        if number is None:
            sheet.write_string(row, column + beside, NOTHING, look.rate)
        else:
            sheet.write_number(row, column + beside, number, look.number)


def volumes(sheet: Any, found: Volumes, look: Any, line: str) -> None:
    """Every way to tell the volumes apart, one below the other; 件次."""
    heads = [
        _("统计项"),
        _("名称"),
        _("本月"),
        _("上月"),
        _("环比"),
        _("去年同月"),
        _("同比"),
        _("近三年同月平均"),
        _("比近三年平均"),
    ]
    sheet.write_row(0, 0, heads, look.head)
    row = 1
    _volume(sheet, row, _("合计"), found.total, look)
    for code, one in BY.items():
        if code in found.not_kept:
            row += 1
            sheet.write_string(row, 0, str(one.name), look.text)
            sheet.write_string(row, 1, _("这个月冻结时没有保存这一项"), look.text)
        for its in found.lines.get(code, []):
            row += 1
            _volume(sheet, row, str(one.name), its, look)
    note = _(
        "单位：件次；往期冻结过的按冻结的数，没有冻结的按导出时重新计算的数；乡镇（街道）的数包括所属村（社区）。"
    )
    _foot(sheet, row + 2, len(heads) - 1, look, f"{note}  {line}")
    sheet.set_column(0, 1, 22)
    sheet.set_column(2, len(heads) - 1, 13)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, row, len(heads) - 1)


def rates(sheet: Any, found: Compared, rows: list[int | None], look: Any, line: str) -> None:
    """Every rate of the total and of each line beside the month before and the same month of the year before; what has
    a number in none of them is left out."""
    heads = [
        _("单位"),
        _("指标"),
        *(_("本月"), _("分子"), _("分母")),
        *(_("上月"), _("分子"), _("分母"), _("环比")),
        *(_("去年同月"), _("分子"), _("分母"), _("同比")),
    ]
    sheet.write_row(0, 0, heads, look.head)
    units, row = found.now.units, 0
    lines = [(_("合计"), found.total)]
    lines += [(units[key].name if key else _("未转送"), found.line(key)) for key in rows]
    for name, its in lines:
        for one in its:
            if not (one.now.whole or one.before.whole or one.last_year.whole):
                continue
            row += 1
            sheet.write_string(row, 0, name, look.text)
            sheet.write_string(row, 1, str(BY_CODE[one.code].name), look.text)
            for column, rate in ((2, one.now), (5, one.before), (9, one.last_year)):
                put_rate(sheet, row, column, rate, look)
                _put_parts(sheet, row, column + 1, rate, look)
            for column, text in ((8, one.on_month), (12, one.on_year)):
                sheet.write_string(row, column, text, look.rate)
    note = _(
        "比例的环比、同比是百分点之差，天数的是天数之差；分母是 0 或者没有数的写“—”。"
        "往期冻结过的按冻结的数，没有冻结的按导出时重新计算的数。"
    )
    _foot(sheet, row + 2, len(heads) - 1, look, f"{note}  {line}")
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, len(heads) - 1, 12)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(row, 1), len(heads) - 1)


def _volume(sheet: Any, row: int, way: str, one: Line, look: Any) -> None:
    sheet.write_string(row, 0, way, look.text)
    sheet.write_string(row, 1, one.name, look.text)
    sheet.write_number(row, 2, one.now, look.number)
    sheet.write_number(row, 3, one.before, look.number)
    _change(sheet, row, 4, change(one.now, one.before), look)
    sheet.write_number(row, 5, one.last_year, look.number)
    _change(sheet, row, 6, change(one.now, one.last_year), look)
    sheet.write_string(row, 7, one.mean_text, look.rate)
    _change(sheet, row, 8, change(one.now * one.known, sum(one.years)), look)


def _change(sheet: Any, row: int, column: int, share: Decimal | None, look: Any) -> None:
    if share is None:
        sheet.write_string(row, column, NOTHING, look.rate)
    else:
        sheet.write_number(row, column, share, look.change)


def _foot(sheet: Any, row: int, last: int, look: Any, line: str) -> None:
    if last:
        sheet.merge_range(row, 0, row, last, line, look.small)
    else:
        sheet.write_string(row, 0, line, look.small)
    as_high_as(sheet, row, [line], [12 * min(last + 1, ACROSS)])
    on_paper(sheet, row, last)


def as_high_as(sheet: Any, row: int, texts: Sequence[str], widths: Sequence[float]) -> None:
    """A row high enough for texts that are wrapped in columns of these widths: not every program makes it so by
    itself when it opens the file."""
    lines = (-(-_wide(text) // max(int(width) - 1, 1)) for text, width in zip(texts, widths, strict=True))
    sheet.set_row(row, LINE_HIGH * max(1, *lines))


def _wide(text: str) -> int:
    """In the signs that a column's width is told in: a Chinese one takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def on_paper(sheet: Any, row: int, last: int, *, heads: int = 0) -> None:
    """A4 across, what is written down to ``row`` and to column ``last``; ``heads``: the last of the rows each page
    repeats. Of more columns than can be read on one page the rest follow on others, which repeat the first column."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1 if last <= MOST_ACROSS else -(-last // ACROSS), 0)
    sheet.repeat_rows(0, heads)
    sheet.repeat_columns(0)
    sheet.print_area(0, 0, row, last)
