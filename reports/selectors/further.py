"""What the pages beside the month's table show, ready to print: further indicators, volumes, definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actor import Actor
from accounts.models import Unit
from core.timekeeping import now
from mediation.figure_periods import Period
from mediation.figures import ROLES as MEDIATION_ROLES
from mediation.figures import summary, table_of
from petitions.enums import Channel
from reports.definitions import BY_CODE, Definition, shown_definitions
from reports.month_cells import line_keys
from reports.periods import Month
from reports.rates import Rate
from reports.selectors.behind import Place, url_of
from reports.selectors.board import Number, RateCell, behind_url, rate_cell
from reports.selectors.compared import Compared, compared
from reports.selectors.figures import FIGURES, SECTIONS, default_unit, shown
from reports.selectors.frozen import figure_of
from reports.selectors.frozen_mediation import kept_mediations
from reports.selectors.month import MonthFigures
from reports.selectors.reading import Reading
from reports.selectors.volumes import BY, Line, Volumes

SECTION_NAMES = {
    "times": gettext_lazy("受理和周期"),
    "joint": gettext_lazy("联名信访"),
    "outcomes": gettext_lazy("化解和规范办理"),
    "requests": gettext_lazy("诉求结论"),
    "reviews": gettext_lazy("复查"),
    "final_reviews": gettext_lazy("复核"),
    "leaders": gettext_lazy("包案和接访"),
    "pressure": gettext_lazy("督办、建议和联席会议决定"),
    "variants": gettext_lazy("其他地方的公式"),
}
TABS = (("reports:month", gettext_lazy("总表")), ("reports:indicators", gettext_lazy("其他指标")))


def tabs(unit_id: int, month: Any, active: str, *, today: bool) -> list[dict[str, Any]]:
    """The month's pages: the table, further indicators, and one for each way to tell the volumes apart."""
    asked = {"month": str(month), "unit": unit_id} | ({"today": 1} if today else {})
    found: list[tuple[str, Any, str]] = [
        (name, label, f"{reverse(name)}?{urlencode(asked)}") for name, label in TABS
    ]
    at = reverse("reports:volumes")
    found += [(code, one.name, f"{at}?{urlencode({**asked, 'by': code})}") for code, one in BY.items()]
    return [
        {"key": key, "label": label, "url": url, "count": "", "active": key == active, "tone": ""}
        for key, label, url in found
    ]


@dataclass(frozen=True)
class Section:
    """One table: an indicator a column, the total and the units its rows."""

    code: str
    name: Any
    heads: list[tuple[Definition, bool]]
    rows: list[tuple[str, list[RateCell]]]


def sections(figures: MonthFigures) -> list[Section]:
    """Indicators that were not defined yet when the month was frozen are in none of it."""
    kept, found = set(shown()) & set(figures.rates), []
    for name, codes in SECTIONS.items():
        here = [code for code in codes if code in kept]
        if not here:
            continue
        lines = [key for key in line_keys(figures) if set(here) & set(figures.rates_by_unit.get(key, {}))]
        rows = [(_("合计"), _cells(figures, None, figures.rates, here))]
        rows += [
            (
                figures.units[key].label if key else _("未转送"),
                _cells(figures, key or 0, figures.rates_by_unit.get(key, {}), here),
            )
            for key in lines
        ]
        heads = [(BY_CODE[code], code in figures.provisional) for code in here]
        found.append(Section(name, SECTION_NAMES[name], heads, rows))
    return found


def _cells(
    figures: MonthFigures, line: int | None, rates: dict[str, Rate], codes: list[str]
) -> list[RateCell]:
    return [
        rate_cell(figures, Place(code=code, line=line), rates.get(code, FIGURES[code].adds(0, 0)))
        for code in codes
    ]


def by_channel(figures: MonthFigures, reading: Reading, code: str) -> list[tuple[str, RateCell]]:
    """A rate told apart by channel, as the articles report 初次化解率. One query."""
    if code not in figures.rates:
        return []
    figure = figure_of(code, reading)
    rows = figure.counted(reading).values(of_channel=F(figure.of_channel)).annotate(**figure.sums).order_by()
    found = {row["of_channel"]: figure.adds(row["part"], row["whole"]) for row in rows}
    return [
        (str(channel.label), rate_cell(figures, Place(code=code, channel=channel.value), found[channel]))
        for channel in Channel
        if channel in found
    ]


def comparison(
    asked: Mapping[str, str], actor: Actor, unit: Unit, figures: MonthFigures, codes: Sequence[str]
) -> dict[str, Any]:
    """The block of rates beside the months before: what it says where it was asked for, else the address that asks.
    It is counted on asking alone, for it takes as long as the page twice more."""
    if "compare" not in asked:
        query = {"month": str(figures.month), "unit": unit.pk} | ({"today": 1} if "today" in asked else {})
        return {"compare_url": f"?{urlencode({**query, 'compare': 1})}#compared"}
    found = compared(actor, unit, figures, codes)
    frozen = [one.month.label for one in (found.before, found.last_year) if one.freeze is not None]
    return {
        "compared": rate_rows(found),
        "compared_frozen": frozen,
        "compared_runs": figures.month.end > now(),
    }


@dataclass(frozen=True)
class RateRow:
    """A rate in three months, each with its lists, and how it changed."""

    definition: Definition
    now: RateCell
    before: RateCell
    last_year: RateCell
    on_month: str
    on_year: str


def rate_rows(found: Compared) -> list[RateRow]:
    """The total of each rate beside the months it is compared with."""
    rows = []
    for one in found.total:
        place = Place(code=one.code)
        row = RateRow(
            definition=BY_CODE[one.code],
            now=rate_cell(found.now, place, one.now),
            before=rate_cell(found.before, place, one.before),
            last_year=rate_cell(found.last_year, place, one.last_year),
            on_month=one.on_month,
            on_year=one.on_year,
        )
        rows.append(row)
    return rows


def mediation(reading: Reading) -> list[tuple[str, str, str]]:
    """What the mediation rooms did, as that room tells it, small numbers withheld: (heading, meaning, figure); as it
    was frozen where it was kept then.

    Of all rooms whose figures the actor reads, and nothing where one unit of them is asked for: small numbers are
    withheld room by room, and what is left of the whole without one unit would give them back."""
    actor, month = reading.actor, reading.month
    if actor is None or actor.role not in MEDIATION_ROLES or not isinstance(month, Month):
        return []
    if reading.unit.pk != default_unit(actor).pk:
        return []
    period = Period(month.year, month.month, 1)
    if reading.freeze is not None and reading.freeze.mediation_kept:
        rows = kept_mediations(actor, reading.freeze, whole=reading.reads_all_frozen)
        return summary(rows, period)
    table = table_of(actor, period, "town")
    cells = zip(table.heads, table.total.cells, strict=True)
    return [(head, meaning, text) for (head, meaning), text in cells]


@dataclass(frozen=True)
class VolumeRow:
    """``now``, ``before``, ``last_year`` open their lists; the mean says which three numbers it is of."""

    name: str
    depth: int
    now: Number
    before: Number
    last_year: Number
    mean: str
    mean_of: str
    line: Line


def volume_rows(found: Volumes, by: str, reading: Reading) -> list[VolumeRow]:
    lines = [] if by in found.not_kept else found.lines[by]
    return [_volume_row(line, by, found, reading) for line in lines]


def total_row(found: Volumes, reading: Reading) -> VolumeRow:
    return _volume_row(found.total, "", found, reading)


def _volume_row(line: Line, by: str, found: Volumes, reading: Reading) -> VolumeRow:
    place = Place(code="repeat_rate", by=by, key=line.key if by else "")

    def number(n: int, month: Any, label: Any, *, own: bool = False) -> Number:
        freeze = reading.freeze if own else found.frozen.get(month)
        version = freeze.version if freeze else None
        at = reading.at if own and not reading.freeze else None
        url = url_of(place, unit_id=reading.unit.pk, month=month, at=at, version=version) if n else ""
        return Number(f"{n:,}", url, str(label))

    before, last_year, *_earlier = found.compared
    years = list(zip(found.compared[1:], line.years, strict=True))[: line.known]
    past = "、".join(f"{month.year}：{n:,}" for month, n in years)
    return VolumeRow(
        name=line.name,
        depth=line.depth,
        now=number(line.now, reading.month, _("本月"), own=True),
        before=number(line.before, before, _("上月")),
        last_year=number(line.last_year, last_year, _("去年同月")),
        mean=line.mean_text,
        mean_of=past,
        line=line,
    )


def examples(figures: MonthFigures) -> list[dict[str, Any]]:
    """Each definition with what it says of a month: numerator, denominator and their lists, or the count."""
    found = []
    for one in shown_definitions():
        example = _example(figures, one.code)
        found.append({"definition": one, "example": example, "provisional": one.code in figures.provisional})
    return found


def _example(figures: MonthFigures, code: str) -> RateCell:
    label = str(BY_CODE[code].name)
    if code == "repeat_rate":
        return rate_cell(figures, Place(code=code), figures.total.repeat_rate)
    if code == "unreached":
        return RateCell(f"{figures.unreached:,}", label, url=behind_url(figures, Place(code=code)))
    if code in FIGURES:
        return rate_cell(figures, Place(code=code), figures.rates.get(code, FIGURES[code].adds(0, 0)))
    n = getattr(figures.total, code)
    side = "part" if code == "repeats" else "whole"
    shown_behind = code in {"count", "repeats"}
    url = behind_url(figures, Place(code="repeat_rate", side=side)) if shown_behind and n else ""
    return RateCell(f"{n:,}", label, url=url)
