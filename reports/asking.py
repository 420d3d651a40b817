"""Reads addresses: which month, unit and number somebody asks for. Whatever cannot be read is a Refusal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import Unit
from core.errors import Refusal
from core.timekeeping import now
from petitions.enums import Channel
from reports.models import Freeze
from reports.periods import Month
from reports.selectors.behind import SIDES, WHOLE, Place
from reports.selectors.figures import FIGURES
from reports.selectors.frozen import of_district


def unit_of(text: str) -> Unit:
    """Raises Refusal for anything that is no unit."""
    unit = Unit.objects.filter(pk=_number(text)).first()
    if unit is None:
        raise Refusal(_("没有这个机构，或不在您的统计范围内。"), code="not_found")
    return unit


def place_of(
    asked: Mapping[str, str], code: str, *, default: Unit
) -> tuple[Place, Unit, Month, datetime | None]:
    """The number that an address of ``reports.selectors.behind.url_of`` names.

    Raises:
        Http404: there is no such figure, channel or side; nobody is led there by a link.
        Refusal: no such month, moment or unit, with a sentence.
    """
    side, channel = asked.get("side", WHOLE), asked.get("channel", "")
    if code not in FIGURES or side not in SIDES or (channel and channel not in Channel.values):
        raise Http404
    month = Month.parse(asked.get("month", ""))
    unit = unit_of(asked["unit"]) if asked.get("unit") else default
    line = _number(asked["line"]) if "line" in asked else None
    return (
        Place(code=code, line=line, channel=channel, side=side),
        unit,
        month,
        _moment(asked.get("at", "")),
    )


def freeze_of(asked: Mapping[str, str], unit: Unit, month: Month) -> Freeze | None:
    """The frozen version an address names; None where it names none: the month as it is counted today.

    Raises:
        Http404: there is no such version.
    """
    if "version" not in asked:
        return None
    return get_object_or_404(of_district(unit, month), version=_number(asked["version"]))


def _number(text: str) -> int:
    """-1, which no unit has, for anything that is no number of a sane length."""
    return int(text) if text.isdecimal() and len(text) < 12 else -1


def _moment(text: str) -> datetime | None:
    """Never later than now: nothing that has not fallen due yet is counted."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refusal(_("时间写得不对，请从月报页面重新点开。"), code="invalid")
    return min(moment, now())
