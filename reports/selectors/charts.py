"""The charts of the month, each with its table, its sentence and the lists behind its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from core.charts import Chart, Kind, Line, Mark
from petitions.enums import Channel
from reports import divisions
from reports.definitions import BY_CODE
from reports.periods import Month
from reports.rates import NO_RATE, Rate, change_text
from reports.selectors.behind import Place
from reports.selectors.board import rate_cell, volume_cells
from reports.selectors.month import MonthFigures, Volume
from reports.selectors.series import TIMELY, Series, by_hour, by_place, series

NO_VOLUME = Volume()


def charts(*, actor: Actor, unit: Unit, month: Month) -> Iterator[Chart]:
    """All that can be drawn of a unit's month.

    Raises:
        Refusal: code ``"not_found"`` if the actor may not read that unit's figures.
    """
    found = series(actor=actor, unit=unit, month=month)
    yield _by_month(found)
    yield _by_channel(found)
    yield _timeliness(found)
    yield _by_hour(found)
    yield from _by_place(found)


def _by_month(found: Series) -> Chart:
    this, last_year = found.months[-1], found.before[-1]
    total = sum(one.total.count for one in found.months)
    words = {
        "month": this.month.label,
        "n": f"{this.total.count:,}",
        "before": f"{last_year.total.count:,}",
        "change": change_text(this.total.count, last_year.total.count),
        "total": f"{total:,}",
        "year": f"{sum(one.total.count for one in found.before):,}",
    }
    said = _(
        "%(month)s登记 %(n)s 件次，上年同月 %(before)s 件次（同比 %(change)s）；"
        "十二个月共 %(total)s 件次，上年同期 %(year)s 件次"
    )
    return Chart(
        key="months",
        kind=Kind.LINE,
        title=_("每月登记，与上年同月比"),
        sentence=said % words + _most([(one.month.label, one.total.count) for one in found.months]),
        corner=_("月份"),
        heads=[_("本年"), _("上年同月")],
        unit=_("件次"),
        lines=[
            Line(str(one.month), [volume_mark(one, one.total), volume_mark(other, other.total)])
            for one, other in zip(found.months, found.before, strict=True)
        ],
        note=_("%(n)d 个月已冻结，按冻结的数；其余按今天的数。") % {"n": found.frozen}
        if found.frozen
        else "",
    )


def _by_channel(found: Series) -> Chart:
    three = [found.months[-1], found.months[-2], found.before[-1]]
    used = [channel for channel in Channel if any(channel in one.by_channel for one in three)]
    counts = [(str(channel.label), _of_channel(three[0], channel).count) for channel in used]
    share = sum(n for _name, n in counts)
    words = {"month": three[0].month.label, "n": f"{share:,}", "kinds": sum(n > 0 for _name, n in counts)}
    return Chart(
        key="channels",
        kind=Kind.BAR,
        title=_("分渠道"),
        sentence=_("%(month)s登记的 %(n)s 件次来自 %(kinds)d 种渠道") % words + _most(counts),
        corner=_("渠道"),
        heads=[_("本月"), _("上月"), _("上年同月")],
        unit=_("件次"),
        lines=[
            Line(
                str(channel.label),
                [volume_mark(one, _of_channel(one, channel), channel=channel) for one in three],
            )
            for channel in used
        ],
    )


def _timeliness(found: Series) -> Chart:
    names = [str(BY_CODE[code].name) for code in TIMELY]
    this, month = found.rates[-1], found.months[-1].month
    said = "，".join(
        _("%(name)s %(rate)s（%(part)d/%(whole)d）")
        % {"name": name, "rate": this[code].text, "part": this[code].part, "whole": this[code].whole}
        for name, code in zip(names, TIMELY, strict=True)
    )
    return Chart(
        key="timeliness",
        kind=Kind.LINE,
        title=_("每月按期率"),
        sentence=_("期限截止日在%(month)s的：%(said)s。") % {"month": month.label, "said": said},
        corner=_("月份"),
        heads=names,
        unit="%",
        lines=[
            Line(str(one.month), [rate_mark(one, code, rates[code]) for code in TIMELY])
            for one, rates in zip(found.months, found.rates, strict=True)
        ],
        note=_("按期限截止日所在的月份计；这个月没有到期的，写“—”，图上断开。"),
    )


def _by_hour(found: Series) -> Chart:
    counted = by_hour(found.asked)
    days = [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]
    total = sum(counted.values())
    sentence = _("%(month)s没有登记。") % {"month": found.asked.month.label}
    if total:
        off = sum(n for (_day, at), n in counted.items() if not 8 <= at < 18)
        words = {"total": f"{total:,}", "off": f"{off:,}", "share": Rate(off, total).text}
        sentence = _(
            "%(total)s 件次里，8 点以前、18 点以后登记的 %(off)s 件次，占 %(share)s"
        ) % words + _most(
            [
                (
                    _("%(day)s %(hour)d 点至 %(next)d 点")
                    % {"day": days[day - 1], "hour": at, "next": at + 1},
                    n,
                )
                for (day, at), n in counted.items()
            ]
        )
    lines = [
        Line(name, [_plain(counted.get((day, hour), 0)) for hour in range(24)])
        for day, name in enumerate(days, start=1)
    ]
    return Chart(
        key="hours",
        kind=Kind.HEAT,
        title=_("什么时候登记的"),
        sentence=sentence,
        corner=_("星期"),
        heads=[_("%(hour)d 时") % {"hour": hour} for hour in range(24)],
        unit=_("件次"),
        lines=lines,
    )


def _by_place(found: Series) -> Iterator[Chart]:
    figures, places = by_place(found.asked)
    if not places:
        return
    counts = {unit: figures.by_unit.get(unit.pk, NO_VOLUME) for unit in places}
    lines = [Line(unit.label, [volume_mark(figures, volume, unit.pk)]) for unit, volume in counts.items()]
    each = [(unit.label, volume.count) for unit, volume in counts.items()]
    words = {"month": figures.month.label, "n": f"{sum(n for _name, n in each):,}", "units": len(places)}
    sentence = _("%(month)s登记、由 %(units)d 个乡镇街道或村社区主办的 %(n)s 件次") % words + _most(each)
    note = _("按主办单位计（与月报分单位统计表相同）：只说明事情在哪里办，不是名次。")
    mapped = divisions.has_any(places)
    yield Chart(
        key="places",
        kind=Kind.MAP if mapped else Kind.BAR,
        title=_("分地方"),
        sentence=sentence,
        corner=_("单位"),
        heads=[_("件次")],
        unit=_("件次"),
        lines=lines,
        note=note,
        map_url=f"{reverse('reports:divisions')}?unit={figures.unit.pk}" if mapped else "",
    )


def _most(each: Sequence[tuple[str, int]]) -> str:
    """The end of a sentence: where the most is, if anywhere; of several alike none is singled out."""
    most = max((n for _name, n in each), default=0)
    names = [name for name, n in each if n == most]
    if most == 0 or len(names) > 1:
        return "。"
    return _("，最多的是%(name)s，%(n)s 件次。") % {"name": names[0], "n": f"{most:,}"}


def _of_channel(figures: MonthFigures, channel: Channel) -> Volume:
    return figures.by_channel.get(channel, NO_VOLUME)


def _plain(count: int) -> Mark:
    return Mark(f"{count:,}", count)


def volume_mark(
    figures: MonthFigures, volume: Volume, unit_id: int | None = None, *, channel: str = ""
) -> Mark:
    """A count of 件次, with the list that the month's page opens for it; nothing to open where there is nothing."""
    first = volume_cells(figures, volume, unit_id=unit_id, channel=channel)[0]
    return Mark(first.text, volume.count, first.url if volume.count else "")


def rate_mark(figures: MonthFigures, code: str, rate: Rate | None) -> Mark:
    """A share with its numbers and the list of its denominator; a dash where nothing fell due."""
    rate = rate or NO_RATE
    cell = rate_cell(figures, Place(code=code), rate)
    if cell.whole is None or rate.value is None:
        return Mark(cell.text, None)
    return Mark(f"{cell.text} ({rate.part}/{rate.whole})", rate.value * 100, cell.whole.url)
