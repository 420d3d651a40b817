"""The names by which a form of the upper level asks for numbers of a month (docs/forms.md).

``HY_<indicator>`` is the total, ``HY_<indicator>_<statistical code>`` the line of a unit. Of a rate there are also
``_rate`` (the share as a number), ``_count`` (the numerator) and ``_whole`` (the denominator), before the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.sheet_cells import Value
from core.timekeeping import SHANGHAI
from petitions.enums import Channel, Kind, Path
from reports.defining import Definition
from reports.definitions import BY_CODE
from reports.month_cells import ALL_RATES, MonthCell, month_cells
from reports.rates import NOTHING
from reports.selectors.changes import VOLUMES
from reports.selectors.figures import FIGURES, shown
from reports.selectors.month import MonthFigures
from reports.selectors.volumes import BY, FIRST, REPEATED, Volumes
from reports.workbook import standing_of

PREFIX = "HY_"
RATE, COUNT, WHOLE = "_rate", "_count", "_whole"
#: Ways to tell the volumes apart that have a closed list of lines: a name must not come and go with the cases.
#: 检举控告 is counted in no month.
WAYS: dict[str, tuple[str, ...]] = {
    "channel": tuple(Channel.values),
    "kind": tuple(kind for kind in Kind.values if kind != Kind.ACCUSATION),
    "path": tuple(str(path) for path in Path.values),
    "first": (FIRST, REPEATED),
}


@dataclass(frozen=True)
class Named:
    """``also``: the names of its further numbers; only ``lined`` names take a unit's code at their end."""

    name: str
    meaning: str
    also: tuple[str, ...] = ()
    lined: bool = True


def offered() -> Iterator[Named]:
    """Every name of a total, in the order of the page."""
    yield Named("HY_month", _("月份，如 2026年9月"), lined=False)
    yield Named("HY_unit", _("单位名称"), lined=False)
    yield Named("HY_made_on", _("数据截至的日期，如 2026-10-08"), lined=False)
    yield Named("HY_standing", _("暂定或者冻结的第几版"), lined=False)
    for code in VOLUMES:
        yield Named(f"{PREFIX}{code}", _said(BY_CODE[code]))
    yield Named("HY_count_before", _("上月的件次"), lined=False)
    yield Named("HY_count_last_year", _("去年同月的件次"), lined=False)
    counted = {"repeat_rate", *shown()}
    for code in (code for code in ALL_RATES if code in counted):
        name = f"{PREFIX}{code}"
        sided = code == "repeat_rate" or FIGURES[code].has_sides
        yield Named(
            name, _said(BY_CODE[code]), tuple(name + end for end in (RATE, COUNT, WHOLE)[not sided :])
        )
    for way, keys in WAYS.items():
        for key in keys:
            words = f"{BY[way].name}：{_word(way, key)}"
            yield Named(_by(way, key), _("%(what)s（件次）") % {"what": words}, lined=False)


def values(figures: MonthFigures, apart: Volumes) -> dict[str, Value]:
    """What stands behind each name for this month and unit. What is withheld or counts nothing is a dash; what was not
    counted yet when the month was frozen has no name."""
    found: dict[str, Value] = {
        "HY_month": figures.month.label,
        "HY_unit": figures.unit.name,
        "HY_made_on": f"{figures.made_at.astimezone(SHANGHAI):%Y-%m-%d}",
        "HY_standing": standing_of(figures),
        "HY_count_before": apart.total.before,
        "HY_count_last_year": apart.total.last_year,
    }
    for cell in month_cells(figures, every_line=True):
        if cell.coded:
            found |= _of_cell(cell)
    for way, keys in WAYS.items():
        if way not in apart.not_kept:
            counts = {line.key: line.now for line in apart.lines[way]}
            found |= {_by(way, key): counts.get(key, 0) for key in keys}
    return found


def _of_cell(cell: MonthCell) -> dict[str, Value]:
    name, line = f"{PREFIX}{cell.code}", f"_{cell.line}" if cell.line else ""
    if cell.count is not None:
        return {name + line: cell.count}
    numbers = {RATE: cell.share, COUNT: cell.part, WHOLE: cell.whole}
    told: dict[str, Value] = {name + line: cell.text}
    return told | {name + end + line: NOTHING if n is None else n for end, n in numbers.items()}


def _by(way: str, key: str) -> str:
    return f"{PREFIX}by_{way}_{key}"


def _word(way: str, key: str) -> str:
    if way == "first":
        return _("初次") if key == FIRST else _("重复")
    return str(BY[way].word(key))


def _said(definition: Definition) -> str:
    return _("%(name)s（%(unit)s）") % {"name": definition.name, "unit": definition.unit}
