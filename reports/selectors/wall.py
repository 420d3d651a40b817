"""The six numbers of the wall display (大屏).

Whoever walks by reads them, again and again. So nothing on it is about one case or one person, the counts are of the
common view alone, and they are cut to fives: a count that fell by one would tell whoever watches that a case was just
sealed, or that somebody was just told to stay out of it (domain G).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.selectors import district_of
from core.heavy import heavy_read
from core.timekeeping import local_day, now
from core.withholding import LEAST
from petitions.enums import Status
from petitions.querysets import PetitionQuerySet
from petitions.selectors.desk import VIEWS
from reports.definitions import BY_CODE
from reports.periods import Month
from reports.rates import NOTHING
from reports.selectors.common import counted
from reports.selectors.figures import Reading
from reports.selectors.frozen import latest
from reports.selectors.month import rate_of

#: Counts are cut to multiples of this.
STEP = 5
#: Several screens ask every half minute; the county is counted once for them all.
KEPT_SECONDS = 20
UNDERWAY = (Status.REGISTERED, Status.FORWARDED, Status.OBJECTED, Status.ACCEPTED)
RATE = "conclusion"


@dataclass(frozen=True)
class WallTile:
    """``number`` and ``more`` are read together: 120, 件以上. ``tone``: late and soon are said in words as well."""

    label: str
    number: str
    more: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Wall:
    tiles: list[WallTile]
    counted_at: datetime


def wall(unit: Unit) -> Wall:
    """The screen of the district that ``unit`` stands in, at most ``KEPT_SECONDS`` old."""
    district = district_of(unit) or unit
    key = f"reports:wall:{district.pk}"
    found: Wall | None = cache.get(key)
    if found is None:
        found = count_wall(district, now())
        cache.set(key, found, KEPT_SECONDS)
    return found


@heavy_read
def count_wall(district: Unit, at: datetime) -> Wall:
    """Eight queries."""
    month = Month.of(local_day(at))
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    cases = counted()
    return Wall(
        tiles=[
            _tile(_("今日登记"), cases.filter(registered_at__gte=day, registered_at__lte=at)),
            _tile(_("本月登记"), cases.filter(registered_at__gte=month.start, registered_at__lte=at)),
            _tile(_("正在办理"), cases.filter(status__in=UNDERWAY)),
            _tile(_("今日到期"), cases.filter(VIEWS["today"].narrow(at)), "soon"),
            _tile(_("已超期"), cases.filter(VIEWS["late"].narrow(at)), "late"),
            _rate(district, month.previous, at),
        ],
        counted_at=at,
    )


def _tile(label: str, cases: PetitionQuerySet, tone: str = "") -> WallTile:
    number, more = cut(cases.count())
    return WallTile(label, number, more, tone)


def cut(count: int) -> tuple[str, str]:
    """不足 5 件 for anything below, nothing included; else 45 件以上."""
    if count < LEAST:
        return _("不足 %(n)d") % {"n": LEAST}, _("件")
    return f"{count - count % STEP:,}", _("件以上")


def _rate(district: Unit, month: Month, at: datetime) -> WallTile:
    """Last month's, as it was frozen where it was; none of so few that it would tell of one of them."""
    cases = counted()
    rate = rate_of(
        RATE,
        Reading(
            cases=cases, seen=cases, unit=district, top_cases=cases, top=district, month=month, at=at,
            freeze=latest(district, month),
        ),
    )  # fmt: skip
    label = _("%(month)d 月%(name)s") % {"month": month.month, "name": BY_CODE[RATE].name}
    return WallTile(label, rate.text if rate.whole >= LEAST else NOTHING)
