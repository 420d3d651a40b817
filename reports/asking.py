"""Reads addresses: which month, unit and number somebody asks for. Whatever cannot be read is a Refusal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import Unit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from petitions.enums import Channel
from reports.models import FileForm, Freeze
from reports.periods import Month
from reports.selectors.behind import COUNTS, SIDES, WHOLE, Place
from reports.selectors.figures import FIGURES, default_unit, require_unit
from reports.selectors.frozen import REGISTERED, of_district
from reports.selectors.month import default_month
from reports.selectors.volumes import BY


def unit_of(text: str) -> Unit:
    """Raises Refusal for anything that is no unit."""
    unit = Unit.objects.filter(pk=_number(text)).first()
    if unit is None:
        raise Refusal(_("没有这个机构，或不在您的统计范围内。"), code="not_found")
    return unit


def month_of(text: str) -> Month:
    """Raises Refusal for what is no month, and for one that has not begun: there is nothing to count yet."""
    month = Month.parse(text)
    if month.start > now():
        said = _("%(month)s还没有到，请选本月或以前的月份。")
        raise Refusal(said % {"month": month.label}, code="invalid")
    return month


def form_of(text: str) -> FileForm:
    """Raises Refusal for anything that is no kind of file."""
    if text not in FileForm.values:
        raise Refusal(_("没有这种文件格式，请从页面上选择。"), code="invalid")
    return FileForm(text)


def place_of(
    asked: Mapping[str, str], code: str, *, default: Unit
) -> tuple[Place, Unit, Month, datetime | None]:
    """The number that an address of ``reports.selectors.behind.url_of`` names.

    Raises:
        Http404: there is no such figure, channel or side; nobody is led there by a link.
        Refusal: no such month, moment or unit, with a sentence.
    """
    side, channel, count = asked.get("side", WHOLE), asked.get("channel", ""), asked.get("count", "")
    by, key = asked.get("by", ""), clean_text(asked.get("key", ""))[:60]
    if code not in FIGURES or side not in SIDES or (channel and channel not in Channel.values):
        raise Http404
    if (by or count) and code != REGISTERED:
        raise Http404
    if (by and by not in BY) or (count and (count not in COUNTS or side != WHOLE)):
        raise Http404
    month = Month.parse(asked.get("month", ""))
    unit = unit_of(asked["unit"]) if asked.get("unit") else default
    line = _number(asked["line"]) if "line" in asked else None
    return (
        Place(code=code, line=line, channel=channel, side=side, by=by, key=key, count=count),
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


def wish_of(request: HttpRequest) -> tuple[Unit | None, Month | None, str]:
    """The unit and month that a page of figures is asked for, by default the reader's top and the month that is being
    reported; or a sentence that says what is wrong with them."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        wanted = month_of(request.GET["month"]) if request.GET.get("month") else default_month()
        unit = unit_of(request.GET["unit"]) if request.GET.get("unit") else default_unit(actor)
        require_unit(actor, unit)
    except Refusal as refusal:
        return None, None, str(refusal)
    return unit, wanted, ""
