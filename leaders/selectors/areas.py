"""Who looks after which town or village, as residents and the office read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.enums import UnitKind
from accounts.models import Unit
from core.timekeeping import local_day
from leaders.models import LeaderArea, LeaderInbox, VisitDay
from leaders.selectors.inboxes import open_inboxes_of

#: A county has some hundreds of villages; more than this many are not read for one page.
MOST = 2000
DAYS_SHOWN = 6


@dataclass(frozen=True)
class AreaLine:
    """A town or village on the public list, with the leaders named for it."""

    unit: Unit
    leaders: list[LeaderArea]


@dataclass(frozen=True)
class AreaPage:
    """What residents read of one town or village. ``own``: named for it; ``above``: for the town it belongs to."""

    unit: Unit
    own: list[LeaderArea]
    above: list[LeaderArea]
    days: list[VisitDay]
    inboxes: list[LeaderInbox]
    below: list[Unit]


def public_areas(at: datetime, words: str = "") -> list[AreaLine]:
    """Towns and villages in use, by name; villages only when asked for by name. Two queries."""
    units = Unit.objects.active(local_day(at)).filter(kind__in=(UnitKind.TOWN, UnitKind.VILLAGE))
    units = units.filter(name__icontains=words) if words else units.filter(kind=UnitKind.TOWN)
    found = list(units.select_related("parent").order_by("path")[:MOST])
    named: dict[int, list[LeaderArea]] = {}
    rows = LeaderArea.objects.current(local_day(at)).filter(unit__in=found).with_row_relations()
    for row in rows.order_by("unit", "id")[:MOST]:
        named.setdefault(row.unit_id, []).append(row)
    return [AreaLine(unit, named.get(unit.pk, [])) for unit in found]


def area_page(unit: Unit, at: datetime) -> AreaPage:
    """Six queries, however many leaders."""
    day = local_day(at)
    rows = LeaderArea.objects.current(day).filter(unit__in=unit.ancestor_ids).with_row_relations()
    found = list(rows.order_by("-unit__path", "id")[:MOST])
    posts = [row.post for row in found]
    coming = VisitDay.objects.filter(
        published=True, cancelled_at=None, ends_at__gt=at, post__in=[post.pk for post in posts]
    )
    return AreaPage(
        unit=unit,
        own=[row for row in found if row.unit_id == unit.pk],
        above=[row for row in found if row.unit_id != unit.pk],
        days=list(coming.with_row_relations().order_by("starts_at", "id")[:DAYS_SHOWN]),
        inboxes=open_inboxes_of(posts, at),
        below=list(Unit.objects.active(day).filter(parent=unit, kind=UnitKind.VILLAGE).order_by("path")),
    )
