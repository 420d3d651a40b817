"""What the pages of this room show, ready to print."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Unit
from core.timekeeping import local_day, now
from petitions.querysets import sees_district
from petitions.selectors.desk import VIEWS, counts
from reports.definitions import BY_CODE
from reports.month_cells import line_keys
from reports.rates import NO_RATE, NOTHING, Rate
from reports.selectors.behind import COUNTS, PART, REST, SIDES, WHOLE, Behind, Place, url_of
from reports.selectors.figures import RATES, Reading
from reports.selectors.month import MonthFigures, Volume


@dataclass(frozen=True)
class Tile:
    """A capped count and the list behind it."""

    label: str
    text: str
    url: str
    tone: str = "info"


#: What each hat begins its morning with, of the tabs that its list has.
FIRST_VIEWS: dict[str, tuple[str, ...]] = {
    Role.PETITION_OFFICER: ("forwarding", "objected", "report_sent", "today", "late"),
    Role.INSPECTOR: ("late", "today", "objected", "acceptance", "service"),
    Role.UNIT_HEAD: (
        "late",
        "today",
        "acceptance",
        "notice_owed",
        "service",
        "report_due",
        "report_returned",
    ),
}


def for_reader(actor: Actor) -> list[Tile]:
    """What waits, what is due, what is late: tabs of the hat's own list, counted as the list counts them."""
    waiting, at = counts(actor, at=now()), reverse("petitions:list")
    views = [VIEWS[key] for key in FIRST_VIEWS.get(actor.role or "", ())]
    return [
        Tile(str(view.label), waiting[view.key], f"{at}?view={view.key}", view.tone or "info")
        for view in views
    ]


def units_offered(actor: Actor) -> list[Unit]:
    """Units whose figures the hat may ask for: the district and its children, or one's own subtree's top."""
    assert actor.unit is not None
    if sees_district(actor):
        root_pk = actor.unit.ancestor_ids[0]
        return [
            *Unit.objects.filter(pk=root_pk),
            *Unit.objects.filter(parent_id=root_pk).active(local_day(now())).order_by("path"),
        ]
    return [actor.unit, *Unit.objects.filter(parent=actor.unit).active(local_day(now())).order_by("path")]


@dataclass(frozen=True)
class Number:
    """A number with the address of the list it was counted from; ``label`` is its column."""

    text: str
    url: str = ""
    label: str = ""


@dataclass(frozen=True)
class RateCell:
    """A rate as printed, and its numbers: numerator and denominator, and the misses where there are any."""

    text: str
    label: str = ""
    part: Number | None = None
    whole: Number | None = None
    rest: Number | None = None
    url: str = ""
    """Of what has no numerator: days or heads, with the list of all of it."""


def month_context(figures: MonthFigures, actor: Actor) -> dict[str, Any]:
    """Rows of the month's page: the total first, then units in the order of the tree."""
    rows = [
        {
            "name": figures.units[key].label if key else _("未转送"),
            **_line(
                figures, figures.by_unit.get(key, Volume()), figures.rates_by_unit.get(key, {}), key or 0
            ),
        }
        for key in line_keys(figures)
    ]
    return {
        "month": figures.month,
        "heading": figures.heading,
        "unit": figures.unit,
        "made_at": figures.made_at,
        "rate_heads": [BY_CODE[code] for code in ("repeat_rate", *RATES)],
        "total": _line(figures, figures.total, figures.rates),
        "rows": rows,
        "channels": [
            {
                "name": channel.label,
                "figures": volume_cells(figures, volume, channel=channel),
                "rates": [_repeat_rate(figures, volume, channel=channel)],
            }
            for channel, volume in sorted(figures.by_channel.items())
        ],
        "unreached": Number(f"{figures.unreached:,}", behind_url(figures, Place(code="unreached"))),
        "empty": not figures.by_unit and not any(rate.whole for rate in figures.rates.values()),
    }


def behind_context(found: Behind, reading: Reading) -> dict[str, Any]:
    """The page of a list behind a number, with the sides of its rate as tabs."""
    place, figure, month = found.place, found.place.figure, reading.month
    numbers = {WHOLE: found.rate.whole, PART: found.rate.part, REST: found.rate.rest}
    words = {WHOLE: _("全部"), PART: str(figure.part_word), REST: str(figure.rest_word)}
    sided = figure.has_sides and place.code != "unreached" and not place.count
    sides = SIDES if found.tells_hits and sided else (WHOLE,)
    tabs = [
        {
            "key": side,
            "label": words[side],
            "url": url_of(
                replace(place, side=side),
                unit_id=reading.unit.pk,
                month=month,
                at=None if reading.freeze else reading.at,
                version=reading.freeze.version if reading.freeze else None,
            ),
            "count": f"{numbers[side]:,}",
            "active": side == place.side,
            "tone": "late" if side == REST and figure.rest_is_miss and numbers[side] else "",
        }
        for side in sides
    ]
    back = {"month": str(month), "unit": reading.unit.pk}
    return {
        "found": found,
        "figure": figure,
        "definition": BY_CODE[place.count or place.code],
        "counted_in": BY_CODE[place.count].unit if place.count else BY_CODE["count"].unit,
        "heading": f"{reading.unit.name} {month.label}",
        "tabs": tabs,
        "number": numbers[place.side],
        "freeze": reading.freeze,
        "back": f"{reverse('reports:month')}?{urlencode(back)}",
    }


VOLUMES = ("count", *COUNTS, "repeats")


def volume_cells(
    figures: MonthFigures, volume: Volume, *, unit_id: int | None = None, channel: str = ""
) -> list[Number]:
    """Each number leads to its list, which counts as it does: 件次, 件, 批 or 人次."""
    every = Place(code="repeat_rate", line=unit_id, channel=channel)
    places = [every, *(replace(every, count=code) for code in COUNTS), replace(every, side=PART)]
    return [
        Number(f"{number:,}", behind_url(figures, place) if number else "", str(BY_CODE[code].name))
        for code, place in zip(VOLUMES, places, strict=True)
        for number in [getattr(volume, code)]
    ]


def _line(
    figures: MonthFigures, volume: Volume, rates: dict[str, Rate], line: int | None = None
) -> dict[str, Any]:
    cells = [rate_cell(figures, Place(code=code, line=line), rates.get(code, NO_RATE)) for code in RATES]
    return {
        "figures": volume_cells(figures, volume, unit_id=line),
        "rates": [_repeat_rate(figures, volume, line=line), *cells],
    }


def _repeat_rate(
    figures: MonthFigures, volume: Volume, *, line: int | None = None, channel: str = ""
) -> RateCell:
    return rate_cell(figures, Place(code="repeat_rate", line=line, channel=channel), volume.repeat_rate)


def rate_cell(figures: MonthFigures, place: Place, rate: Rate) -> RateCell:
    figure, label = place.figure, str(BY_CODE[place.code].name)
    if not rate.whole:
        return RateCell(NOTHING, label)
    if not figure.has_sides:
        return RateCell(rate.text, label, url=behind_url(figures, place))
    told = figures.each_rating or not figure.of_ratings
    part, rest = (behind_url(figures, replace(place, side=side)) if told else "" for side in (PART, REST))
    misses = figure.rest_is_miss and rate.rest
    return RateCell(
        rate.text,
        label,
        part=Number(f"{rate.part:,}", part, str(figure.part_word)),
        whole=Number(f"{rate.whole:,}", behind_url(figures, place), str(BY_CODE[place.code].whole)),
        rest=Number(f"{rate.rest:,}", rest, str(figure.rest_word)) if misses else None,
    )


def behind_url(figures: MonthFigures, place: Place) -> str:
    version = figures.freeze.version if figures.freeze else None
    at = None if figures.freeze else figures.made_at
    return url_of(place, unit_id=figures.unit.pk, month=figures.month, at=at, version=version)
