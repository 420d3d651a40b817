"""What the pages of this room show, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
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
from reports import workbook
from reports.definitions import BY_CODE
from reports.rates import NOTHING, Rate
from reports.selectors.month import MonthFigures, Volume


@dataclass(frozen=True)
class Number:
    """One tile: a capped count and the list behind it."""

    label: str
    text: str
    url: str
    tone: str = "info"


def for_reader(actor: Actor) -> list[Number]:
    """The petition office's morning: what waits, what is due, what is late."""
    cases = Petition.objects.visible_to(actor)
    moment = now()
    end_of_today = moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
    late = cases.filter(due_at__lt=moment)
    today = cases.filter(due_at__gte=moment, due_at__lte=end_of_today)
    at = reverse("petitions:list")
    return [
        Number(_("待转送"), capped_count(cases.filter(status=Status.REGISTERED)), f"{at}?view=forwarding"),
        Number(
            _("异议待核"), capped_count(cases.filter(status=Status.OBJECTED)), f"{at}?view=objected", "soon"
        ),
        Number(_("今日到期"), capped_count(today), f"{at}?view=today", "soon"),
        Number(_("已超期"), capped_count(late), f"{at}?view=late", "late"),
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
class Figure:
    """A number with the address of the list it was counted from."""

    text: str
    url: str = ""


def month_context(figures: MonthFigures, actor: Actor) -> dict[str, Any]:
    """Rows of the month's page: the total first, then units in the order of the tree."""
    rows = [
        {
            "name": figures.units[key].label if key else _("未转送"),
            "figures": _volume(figures, figures.by_unit.get(key, Volume()), unit_id=key or 0),
            "rates": _rates(figures.rates_by_unit.get(key, {})),
        }
        for key in workbook.figure_rows(figures)
    ]
    return {
        "month": figures.month,
        "heading": figures.heading,
        "unit": figures.unit,
        "made_at": figures.made_at,
        "rate_heads": [BY_CODE[code] for code in workbook.RATES],
        "total": {"figures": _volume(figures, figures.total), "rates": _rates(figures.rates)},
        "rows": rows,
        "channels": [
            {"name": channel.label, "figures": _volume(figures, volume, channel=channel)}
            for channel, volume in sorted(figures.by_channel.items())
        ],
        "unreached": figures.unreached,
        "empty": not figures.by_unit and not any(rate.whole for rate in figures.rates.values()),
    }


def _volume(
    figures: MonthFigures, volume: Volume, *, unit_id: int | None = None, channel: str = ""
) -> list[Figure]:
    numbers = (volume.count, volume.pieces, volume.batches, volume.heads)
    cells = [Figure(f"{numbers[0]:,}", list_url(figures, unit_id=unit_id, channel=channel))]
    cells += [Figure(f"{number:,}") for number in numbers[1:]]
    cells.append(
        Figure(f"{volume.repeats:,}", list_url(figures, unit_id=unit_id, channel=channel, repeat="1"))
    )
    cells.append(Figure(volume.repeat_rate.text))
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


def _rates(rates: dict[str, Rate]) -> list[Figure]:
    found = [rates.get(code) for code in workbook.RATES]
    return [
        Figure(f"{rate.text} ({rate.part}/{rate.whole})" if rate and rate.whole else NOTHING)
        for rate in found
    ]
