"""The month in words, as a county's 信访情况通报 is written: set as DOCX and as PDF in the house layout.

Counts, rates and units alone: nothing a petitioner wrote and nobody's name. Numbers stand as they are on the page, the
withheld ones as a dash; more or fewer petitions are told as such and never as good or bad (domain G).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.timekeeping import SHANGHAI
from documents.enums import Layout
from reports.definitions import BY_CODE
from reports.further_sheets import printed
from reports.month_cells import line_keys
from reports.rates import NO_RATE, Rate
from reports.selectors.changes import VOLUMES, Change
from reports.selectors.figures import MORE, RATES, SECTIONS
from reports.selectors.month import MonthFigures, Volume
from reports.selectors.volumes import BY, Volumes
from reports.workbook import GROUPS, meanings, standing_of

TOP = 5
#: Columns of the table of units, beside the volumes.
OF_UNITS = ("acceptance", "conclusion", "unit_satisfaction")
OVERDUE = ("forwarding", "acceptance", "conclusion")
HEADS = "一二三四五六七八九十"
Line = dict[str, Any]


def content(
    figures: MonthFigures,
    apart: Volumes,
    changes: Sequence[Change] = (),
    *,
    unit: str,
    taken: str,
    mark: str = "",
) -> dict[str, Any]:
    """What ``documents.rendering.render`` and ``documents.docx.as_docx`` set. ``unit`` signs; ``taken`` says who took
    it, ``mark`` says it in a code."""
    day = figures.made_at.astimezone(SHANGHAI)
    of = _("（分管范围）") if figures.charge_only else ""
    parts = [
        (_("总体情况"), list(_in_all(figures, apart))),
        (_("办理情况"), list(_handled(figures))),
        (_("办理结果和其他工作"), list(_further(figures))),
        (_("分单位情况"), list(_units(figures))),
        (_("冻结以后的变化"), list(_changed(changes))),
    ]
    lines = [_text(_standing(figures, unit))]
    told = [(head, its) for head, its in parts if its]
    for place, (head, its) in enumerate(told):
        lines += [_line(f"{HEADS[place]}、{head}", "h1"), *its]
    lines.append(_text(_("各项指标的口径见附件。")))
    return {
        "layout": Layout.NOTICE,
        "unit": unit,
        "number": "",
        "day": f"{day.year}年{day.month}月{day.day}日",
        "signer": "",
        "title": f"{figures.unit.name}{of}{figures.month.label}" + _("信访情况通报"),
        "to": "",
        "attachments": [_("指标口径")],
        "cc": "",
        "lines": lines,
        "annex": [*_annex(figures), _text(f"{taken}。")],
        "mark": mark,
    }


def _standing(figures: MonthFigures, unit: str) -> str:
    said = _("本通报由%(unit)s制作，%(standing)s。检举控告不计入。")
    return said % {"unit": unit, "standing": standing_of(figures)}


def _in_all(figures: MonthFigures, apart: Volumes) -> Iterator[Line]:
    total = figures.total
    yield _text(_total(figures, apart))
    for code in ("channel", "kind", "path"):
        if code in apart.not_kept:
            yield _text(_("%(what)s：这个月冻结时没有保存这一项。") % {"what": BY[code].name})
        elif lines := [line for line in apart.lines[code] if line.now]:
            yield _text(
                _("按%(what)s分：%(parts)s。") % {"what": BY[code].name, "parts": _shares(lines, total.count)}
            )
    if lines := [line for line in apart.lines["category"] if line.now][:TOP]:
        words = {"what": BY["category"].name, "n": len(lines), "parts": _shares(lines, total.count)}
        yield _text(_("%(what)s件次最多的%(n)d类：%(parts)s。") % words)


def _total(figures: MonthFigures, apart: Volumes) -> str:
    total = figures.total
    words = {code: f"{getattr(total, code):,}" for code in VOLUMES} | {
        "month": figures.month.label,
        "rate": _printed(total.repeat_rate),
        "on_month": _against(_("上月"), total.count, apart.total.before),
        "on_year": _against(_("去年同月"), total.count, apart.total.last_year),
    }
    return (
        _("%(month)s共登记信访%(count)s件次，%(on_month)s，%(on_year)s。")
        + _("来信、网上、来电等%(pieces)s件，来访%(batches)s批、%(heads)s人次，")
        + _("其中集体访%(mass_batches)s批、%(mass_heads)s人次。重复信访%(repeats)s件次，重复信访率%(rate)s。")
    ) % words


def _against(what: str, now: int, before: int) -> str:
    """Up or down against a month before, with that month's number: a bare percentage tells nothing."""
    words = {"what": what, "before": f"{before:,}"}
    if not before:
        return _("%(what)s没有登记") % words
    if now == before:
        return _("与%(what)s（%(before)s件次）持平") % words
    rate = Rate(abs(now - before), before).text
    said = _("比%(what)s（%(before)s件次）上升%(rate)s") if now > before else ""
    return (said or _("比%(what)s（%(before)s件次）下降%(rate)s")) % (words | {"rate": rate})


def _shares(lines: Sequence[Any], total: int) -> str:
    said = _("%(name)s%(n)s件次，占%(share)s")
    return "；".join(
        said % {"name": one.name, "n": f"{one.now:,}", "share": Rate(one.now, total).text} for one in lines
    )


def _handled(figures: MonthFigures) -> Iterator[Line]:
    grouped = {code for _name, codes in GROUPS for code in codes}
    rest = tuple(code for code in RATES if code not in grouped)
    for name, codes in (*GROUPS, ("", rest)):
        if told := _told(figures, [code for code in codes if code in figures.rates]):
            yield _text(f"{name}：{told}" if name else told)
    late = [(code, figures.rates.get(code, NO_RATE).rest) for code in OVERDUE]
    words = (f"{BY_CODE[code].name}" + _("里未按期的%(n)s件") % {"n": f"{n:,}"} for code, n in late if n)
    if told := "；".join(words):
        yield _text(_("超期情况：%(told)s。") % {"told": told})
    said = _("30 分钟约见未达成的件中，有未接通记录的%(n)s件。")
    yield _text(said % {"n": f"{figures.unreached:,}"})


def _told(figures: MonthFigures, codes: Sequence[str]) -> str:
    words = "；".join(f"{_named(figures, code)}{_printed(figures.rates[code])}" for code in codes)
    return f"{words}。" if words else ""


def _printed(rate: Rate | None) -> str:
    """As in the workbook; with brackets that a line may break before."""
    return printed(rate).replace("(", "（").replace(")", "）")


def _in_cell(rate: Rate | None) -> str:
    """A column is too narrow for the share and its two numbers on one line."""
    return _printed(rate).replace("（", "\n（")


def _named(figures: MonthFigures, code: str) -> str:
    return f"{BY_CODE[code].name}" + (_("（暂定）") if code in figures.provisional else "")


def _further(figures: MonthFigures) -> Iterator[Line]:
    """What was counted at all; the workbook has the rest with its dashes."""
    for section, codes in SECTIONS.items():
        if section == "variants":
            continue
        told = [code for code in codes if code in MORE and figures.rates.get(code, NO_RATE).whole]
        if told:
            yield _text(_told(figures, told))


def _units(figures: MonthFigures) -> Iterator[Line]:
    rows = [[_("序号"), _("单位"), _("件次"), _("批"), _("人次"), *(f"{BY_CODE[c].name}" for c in OF_UNITS)]]
    for place, key in enumerate(line_keys(figures), start=1):
        unit, volume = figures.units.get(key), figures.by_unit.get(key, Volume())
        rates = figures.rates_by_unit.get(key, {})
        numbers = (f"{n:,}" for n in (volume.count, volume.batches, volume.heads))
        name = unit.label if unit else _("未转送")
        rows.append([str(place), name, *numbers, *(_in_cell(rates.get(code)) for code in OF_UNITS)])
    if len(rows) > 1:
        yield _table(rows)
        yield _text(_("率后括号里是分子和分母；分母为零和不足以公开的记“—”。"))


def _changed(changes: Sequence[Change]) -> Iterator[Line]:
    if changes:
        head = [_("序号"), _("单位"), _("指标"), _("冻结的数"), _("今天重述")]
        rows = ([one.line, one.name, one.frozen, one.today] for one in changes)
        yield _table([head, *([str(n), *row] for n, row in enumerate(rows, start=1))])


def _annex(figures: MonthFigures) -> Iterator[Line]:
    """What the numbers above mean; a frozen month's as they were kept."""
    told = {str(BY_CODE[code].name) for code in (*VOLUMES, "repeat_rate", *RATES)}
    for name, part, whole, formula, unit, basis, version in meanings(figures):
        if name in told:
            words = _("%(name)s（%(unit)s，口径第%(n)s版）：") % {"name": name, "unit": unit, "n": version}
            counted = formula or f"{part} ÷ {whole}"
            yield _text(f"{words}{counted}。" + _("依据与期间：%(basis)s。") % {"basis": basis})


def _text(text: str) -> Line:
    return _line(text, "p")


def _line(text: str, kind: str) -> Line:
    return {"kind": kind, "text": text, "label": "", "cells": []}


def _table(cells: list[list[str]]) -> Line:
    return {"kind": "table", "text": "", "label": "", "cells": cells}
