"""What a bulletin (每周两通报) says of units: 10-30-24, what is past its date, who was warned. Drafted like the
brief, by the same rules: counts and units, no word of a petitioner, nothing of sealed cases, no unit by how much
it receives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Unit
from core.heavy import heavy_read
from core.timekeeping import han_date
from reports.models import Section, UnitWarning, WarningRule
from reports.selectors.gathering import Line
from reports.selectors.units_late import ORDERS, kept_by_unit, overdue

#: Units of one section.
MOST_UNITS = 18
NAMES = {"respond_10": "10 分钟首次回应", "call_30": "30 分钟电话约见", "first_round_24": "24 小时首轮办结"}


@heavy_read
def lines(since: datetime, until: datetime) -> list[Line]:
    """All drafted lines of a bulletin from ``since`` (included) to ``until`` (not), in the order of the page."""
    return [*_orders(since, until), *_overdue(until), *_warned(until)]


def _orders(since: datetime, until: datetime) -> Iterator[Line]:
    """Units by how many of the three they missed; those that kept all are named in one line."""
    kept = {code: kept_by_unit(code, since, until) for code in ORDERS}
    units = Unit.objects.in_bulk({pk for one in kept.values() for pk in one})
    missed = {pk: sum(one[pk].whole - one[pk].met for one in kept.values() if pk in one) for pk in units}
    if not units:
        yield Line(Section.ORDERS, _("这几天没有到时限的 10-30-24。"))
        return
    worst = sorted((pk for pk in units if missed[pk]), key=lambda pk: (-missed[pk], units[pk].path))
    for pk in worst[:MOST_UNITS]:
        parts = [
            _("%(name)s %(whole)d 件中达成 %(met)d 件")
            % {"name": NAMES[code], "whole": one[pk].whole, "met": one[pk].met}
            for code, one in kept.items()
            if pk in one
        ]
        yield Line(Section.ORDERS, f"{units[pk].label}：{'，'.join(parts)}。", of=str(pk))
    whole = sorted((pk for pk in units if not missed[pk]), key=lambda pk: units[pk].path)
    if whole:
        names = "、".join(units[pk].label for pk in whole[:MOST_UNITS])
        yield Line(Section.ORDERS, _("全部达成的：%(names)s。") % {"names": names}, of="kept")


def _overdue(until: datetime) -> Iterator[Line]:
    found = overdue(until)
    for late in found[:MOST_UNITS]:
        words = {"unit": late.unit.label, "n": late.count, "day": han_date(late.oldest)}
        yield Line(
            Section.OVERDUE,
            _("%(unit)s超期未办 %(n)d 件，期限最早的是 %(day)s。") % words,
            of=str(late.unit.pk),
        )
    if not found:
        yield Line(Section.OVERDUE, _("没有超期未办的件。"))


def _warned(until: datetime) -> Iterator[Line]:
    """Who was told so many days ago and has not mended it since."""
    told = until - timedelta(days=settings.WARN_NOTICE_DAYS)
    for one in UnitWarning.objects.filter(cleared_at=None, warned_at__lte=told).select_related("unit")[
        :MOST_UNITS
    ]:
        yield Line(Section.WARNED, f"{one.unit.label}：{why(one)}。{what_to_do(one)}", of=str(one.pk))


def why(one: UnitWarning) -> str:
    if one.rule == WarningRule.RED:
        return _("预警时超期未办 %(n)d 件，达到预警线 %(least)d 件") % {
            "n": one.value,
            "least": one.threshold,
        }
    return _("近 30 天到期的 %(whole)d 项受理告知、答复期限里 %(n)d%% 未按期，达到预警线 %(least)d%%") % {
        "whole": one.whole,
        "n": one.value,
        "least": one.threshold,
    }


def what_to_do(one: UnitWarning) -> str:
    if one.rule == WarningRule.RED:
        return _("请单位负责人逐件核对，先办超期最久的；需要延期的，在期限以前按条例第三十四条办理。")
    return _("请单位负责人查清慢在哪一步，明确专人，在期限以前告知受理、作出答复。")
