"""What the pages of this room show, ready to print."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Unit
from core.paging import capped_count
from core.timekeeping import local_day, now
from petitions.enums import Status
from petitions.models import Petition
from petitions.querysets import sees_district
from petitions.selectors.desk import VIEWS
from reports import workbook
from reports.definitions import BY_CODE
from reports.rates import NO_RATE, NOTHING, Rate
from reports.selectors.behind import PART, REST, SIDES, WHOLE, Behind, Place, url_of
from reports.selectors.figures import RATES, Reading
from reports.selectors.month import MonthFigures, Volume


@dataclass(frozen=True)
class Tile:
    """A capped count and the list behind it."""

    label: str
    text: str
    url: str
    tone: str = "info"


def for_reader(actor: Actor) -> list[Tile]:
    """The petition office's morning: what waits, what is due, what is late."""
    cases = Petition.objects.visible_to(actor)
    moment = now()
    end_of_today = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    late = cases.filter(due_at__lt=moment)
    today = cases.filter(due_at__gte=moment, due_at__lte=end_of_today)
    waiting = VIEWS["report_sent"]
    at = reverse("petitions:list")
    return [
        Tile(_("待转送"), capped_count(cases.filter(status=Status.REGISTERED)), f"{at}?view=forwarding"),
        Tile(
            _("异议待核"), capped_count(cases.filter(status=Status.OBJECTED)), f"{at}?view=objected", "soon"
        ),
        Tile(
            _("待审办结报告"),
            capped_count(cases.filter(waiting.narrow(moment))),
            f"{at}?view=report_sent",
            "soon",
        ),
        Tile(_("今日到期"), capped_count(today), f"{at}?view=today", "soon"),
        Tile(_("已超期"), capped_count(late), f"{at}?view=late", "late"),
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


def month_context(figures: MonthFigures, actor: Actor) -> dict[str, Any]:
    """Rows of the month's page: the total first, then units in the order of the tree."""
    rows = [
        {
            "name": figures.units[key].label if key else _("未转送"),
            **_line(
                figures, figures.by_unit.get(key, Volume()), figures.rates_by_unit.get(key, {}), key or 0
            ),
        }
        for key in workbook.figure_rows(figures)
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
                "figures": _volume(figures, volume, channel=channel),
                "rates": [_repeat_rate(figures, volume, channel=channel)],
            }
            for channel, volume in sorted(figures.by_channel.items())
        ],
        "unreached": Number(f"{figures.unreached:,}", _behind(figures, Place(code="unreached"))),
        "empty": not figures.by_unit and not any(rate.whole for rate in figures.rates.values()),
    }


def behind_context(found: Behind, reading: Reading) -> dict[str, Any]:
    """The page of a list behind a number, with the sides of its rate as tabs."""
    place, figure, month = found.place, found.place.figure, reading.month
    numbers = {WHOLE: found.rate.whole, PART: found.rate.part, REST: found.rate.rest}
    words = {WHOLE: _("全部"), PART: str(figure.part_word), REST: str(figure.rest_word)}
    sides = SIDES if found.tells_hits and place.code != "unreached" else (WHOLE,)
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
        "definition": BY_CODE[place.code],
        "heading": f"{reading.unit.name} {month.label}",
        "tabs": tabs,
        "number": numbers[place.side],
        "freeze": reading.freeze,
        "back": f"{reverse('reports:month')}?{urlencode(back)}",
    }


VOLUMES = ("count", "pieces", "batches", "heads", "mass_batches", "mass_heads")


def _volume(
    figures: MonthFigures, volume: Volume, *, unit_id: int | None = None, channel: str = ""
) -> list[Number]:
    numbers = [getattr(volume, code) for code in VOLUMES]
    if figures.freeze:
        # The desk lists the cases as they are today; what was counted then stands behind the repeat rate.
        place = Place(code="repeat_rate", line=unit_id, channel=channel)
        every, repeats = _behind(figures, place), _behind(figures, replace(place, side=PART))
    else:
        every = list_url(figures, unit_id=unit_id, channel=channel)
        repeats = list_url(figures, unit_id=unit_id, channel=channel, repeat="1")
    urls = [every, *[""] * (len(VOLUMES) - 1)]
    cells = [
        Number(f"{number:,}", url, str(BY_CODE[code].name))
        for number, url, code in zip(numbers, urls, VOLUMES, strict=True)
    ]
    cells.append(Number(f"{volume.repeats:,}", repeats, str(BY_CODE["repeats"].name)))
    return cells


def list_url(
    figures: MonthFigures, *, unit_id: int | None = None, channel: str = "", repeat: str = ""
) -> str:
    """Address of the desk list that holds exactly the cases of a figure.

    ``unit_id`` is a row of the table: a unit, 0 for what is not forwarded yet, None for the total.
    """
    month = figures.month
    asked: dict[str, Any] = {
        "view": "all",
        "sealed": "0",
        "since": month.first_day,
        "until": month.next.first_day - timedelta(days=1),
    }
    if unit_id == 0:
        asked["forwarded"] = "0"
    elif unit_id is not None:
        asked["unit"] = unit_id
        if unit_id == figures.unit.pk:
            asked["own"] = "1"
    elif figures.unit.kind != UnitKind.DISTRICT:
        asked["unit"] = figures.unit.pk
    asked |= {key: value for key, value in (("channel", channel), ("repeat", repeat)) if value}
    return f"{reverse('petitions:list')}?{urlencode(asked)}"


def _line(
    figures: MonthFigures, volume: Volume, rates: dict[str, Rate], line: int | None = None
) -> dict[str, Any]:
    cells = [_cell(figures, Place(code=code, line=line), rates.get(code, NO_RATE)) for code in RATES]
    return {
        "figures": _volume(figures, volume, unit_id=line),
        "rates": [_repeat_rate(figures, volume, line=line), *cells],
    }


def _repeat_rate(
    figures: MonthFigures, volume: Volume, *, line: int | None = None, channel: str = ""
) -> RateCell:
    return _cell(figures, Place(code="repeat_rate", line=line, channel=channel), volume.repeat_rate)


def _cell(figures: MonthFigures, place: Place, rate: Rate) -> RateCell:
    figure, label = place.figure, str(BY_CODE[place.code].name)
    if not rate.whole:
        return RateCell(NOTHING, label)
    told = figures.each_rating or not figure.of_ratings
    part, rest = (_behind(figures, replace(place, side=side)) if told else "" for side in (PART, REST))
    misses = figure.rest_is_miss and rate.rest
    return RateCell(
        rate.text,
        label,
        part=Number(f"{rate.part:,}", part, str(figure.part_word)),
        whole=Number(f"{rate.whole:,}", _behind(figures, place), str(BY_CODE[place.code].whole)),
        rest=Number(f"{rate.rest:,}", rest, str(figure.rest_word)) if misses else None,
    )


def _behind(figures: MonthFigures, place: Place) -> str:
    version = figures.freeze.version if figures.freeze else None
    at = None if figures.freeze else figures.made_at
    return url_of(place, unit_id=figures.unit.pk, month=figures.month, at=at, version=version)
