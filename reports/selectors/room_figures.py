"""Figures of what other rooms did: 包案, 接访, 督办, 三项建议, decisions of the joint conference (domain C).

Whoever reads the district counts what hangs on cases that they read, or on none; everybody else what that room lets
them read. A list names what has no case, and links to it for whoever may open it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from conference.enums import WITH_A_DAY, OrderKind, OrderState
from conference.models import Order, OrderClock, OrderReport
from leaders.enums import LeaveWhy, PackageState
from leaders.models import CasePackage, PackageCase, VisitRecord
from outcomes.enums import MarkKind
from outcomes.models import Mark
from petitions.querysets import sees_district
from reports.rates import Tally
from reports.selectors.frozen_units import as_kept
from reports.selectors.reading import Figure, Reading
from supervision.enums import DEMANDED, Adoption, State, SuggestionKind
from supervision.models import Suggestion, Supervision

#: 追究责任建议 are read by few and counted in the register of that room alone.
COUNTED_SUGGESTIONS = (SuggestionKind.IMPROVE, SuggestionKind.POLICY)


def readable_rows(model: Any, reading: Reading) -> QuerySet[Any]:
    """Rows of another room about cases that this reader counts, or about none: all of the district for its desks."""
    district = reading.actor is None or sees_district(reading.actor)
    found = model.objects.all() if district else model.objects.visible_to(reading.actor)
    # Looked up row by row: as a list, PostgreSQL would gather all cases that may be seen before it reads the first row.
    seen = reading.seen.filter(pk=OuterRef("petition"))
    return found.filter(Q(petition=None) | Exists(seen))


def _packages(reading: Reading) -> QuerySet[Any]:
    """One with a case that the reader must not read is not theirs to count: its words tell of all of its cases."""
    found = CasePackage.objects.filter(petition__in=reading.seen)
    if reading.actor is None:
        return found
    return found.filter(pk__in=CasePackage.objects.visible_to(reading.actor).values("pk"))


def _in_hand(reading: Reading) -> QuerySet[Any]:
    """Packages with a case in a leader's hands on any day of the month, whenever they were taken up (滚动包案);
    ``resolved``: by the end of the month 化解 stood on record of each of them."""
    rows = PackageCase.objects.filter(package=OuterRef("pk"), entered_at__lt=reading.until)
    rows = rows.exclude(left_why=LeaveWhy.SEALED)
    live = rows.filter(Q(left_at=None) | Q(left_at__gte=reading.month.start))
    stays = rows.exclude(left_why=LeaveWhy.MOVED)
    stood = Q(ended_at=None) | Q(ended_at__gte=reading.until)
    marked = Mark.objects.filter(
        stood, petition=OuterRef("petition"), kind=MarkKind.RESOLVED, at__lt=reading.until
    )
    packages = _packages(reading).filter(reading.within("post__unit"), Exists(live))
    return packages.annotate(
        resolved=Q(Exists(stays)) & ~Q(Exists(stays.exclude(Exists(marked)))),
        struck=Q(state=PackageState.STRUCK_OFF, struck_off_at__lt=reading.until),
    )


def _records(reading: Reading) -> QuerySet[Any]:
    return VisitRecord.objects.filter(petition__in=reading.seen)


def _received(reading: Reading) -> QuerySet[Any]:
    month = reading.month
    return _records(reading).filter(
        reading.within("post__unit"), at__gte=month.start, at__lt=month.end, at__lte=reading.at
    )


def _supervisions(reading: Reading) -> QuerySet[Any]:
    return readable_rows(Supervision, reading).filter(petition__isnull=False)


def _pressed(reading: Reading) -> QuerySet[Any]:
    month = reading.month
    return _supervisions(reading).filter(
        reading.within("unit"),
        state__in=DEMANDED,
        opened_at__gte=month.start,
        opened_at__lt=month.end,
        opened_at__lte=reading.at,
    )


def _suggestions(reading: Reading) -> QuerySet[Any]:
    return readable_rows(Suggestion, reading).filter(kind__in=COUNTED_SUGGESTIONS)


def _suggested(reading: Reading) -> QuerySet[Any]:
    month = reading.month
    return _suggestions(reading).filter(
        reading.within("unit"),
        lapsed_at=None,
        issued_at__gte=month.start,
        issued_at__lt=month.end,
        issued_at__lte=reading.at,
    )


def _orders(reading: Reading) -> QuerySet[Any]:
    return readable_rows(Order, reading).filter(kind__in=WITH_A_DAY)


def _ordered(reading: Reading) -> QuerySet[Any]:
    """Decisions whose first day for a report fell into the month and is over, with the first report on each."""
    clocks = OrderClock.objects.filter(order=OuterRef("pk")).order_by("id")
    reports = OrderReport.objects.filter(order=OuterRef("pk")).order_by("at", "id")
    month = reading.month
    rows = _orders(reading).annotate(
        first_due=Subquery(clocks.values("due_at")[:1]), first_report=Subquery(reports.values("at")[:1])
    )
    return rows.filter(
        reading.within("unit"), first_due__gte=month.start, first_due__lt=reading.until
    ).exclude(state=OrderState.LAPSED)


def _openable(model: Any, reading: Reading, ids: list[int]) -> dict[int, str]:
    if reading.actor is None:
        return {}
    found = model.objects.visible_to(reading.actor).filter(pk__in=ids)
    return {row.pk: row.get_absolute_url() for row in found}


def _named_suggestions(reading: Reading, ids: list[int]) -> dict[int, tuple[str, str]]:
    urls = _openable(Suggestion, reading, ids)
    rows = Suggestion.objects.filter(pk__in=ids).select_related("unit")
    then = _then(reading, [row.unit for row in rows])
    return {
        row.pk: (_called(row.get_kind_display(), then[row.unit_id]), urls.get(row.pk, "")) for row in rows
    }


def _named_orders(reading: Reading, ids: list[int]) -> dict[int, tuple[str, str]]:
    urls = _openable(Order, reading, ids)
    rows = Order.objects.filter(pk__in=ids).select_related("unit")
    then = _then(reading, [row.unit for row in rows])
    return {
        row.pk: (_called(OrderKind(row.kind).label, then[row.unit_id]), urls.get(row.pk, "")) for row in rows
    }


def _then(reading: Reading, units: list[Unit]) -> dict[int, Unit]:
    """By id, as they were when the month that is read was frozen; as they are where it was not."""
    today = {unit.pk: unit for unit in units}
    return today | as_kept(reading.freeze, units) if reading.freeze else today


def _called(kind: Any, unit: Unit) -> str:
    return _now("%(kind)s，%(unit)s") % {"kind": kind, "unit": unit.name}


def _package_figure(code: str, part: Q, part_word: Any, rest_word: Any) -> Figure:
    return Figure(
        code=code,
        rows=_in_hand,
        items=_packages,
        part=part,
        part_word=part_word,
        rest_word=rest_word,
        unit="post__unit_id",
        moment="assigned_at",
        moment_word=_("包案时间"),
        rest_is_miss=False,
        in_table=False,
    )


def _suggestion_figure(code: str, part: Q, part_word: Any, rest_word: Any) -> Figure:
    return Figure(
        code=code,
        rows=_suggested,
        items=_suggestions,
        named=_named_suggestions,
        part=part,
        part_word=part_word,
        rest_word=rest_word,
        moment="issued_at",
        moment_word=_("提出时间"),
        rest_is_miss=False,
        in_table=False,
    )


PACKAGES = (
    _package_figure("packages_resolved", Q(resolved=True), _("化解"), _("没有登记化解")),
    _package_figure("packages_struck", Q(struck=True), _("销案"), _("没有销案")),
    Figure(
        code="receptions",
        rows=_received,
        items=_records,
        part=Q(pk__in=[]),
        part_word="",
        rest_word="",
        unit="post__unit_id",
        moment="at",
        moment_word=_("接访时间"),
        weight=F("heads"),
        rest_is_miss=False,
        in_table=False,
        adds=Tally,
    ),
)
PRESSURE = (
    Figure(
        code="supervised",
        rows=_pressed,
        items=_supervisions,
        part=Q(state=State.CLOSED),
        part_word=_("已办结"),
        rest_word=_("督办中"),
        moment="opened_at",
        moment_word=_("督办时间"),
        rest_is_miss=False,
        in_table=False,
    ),
    _suggestion_figure("suggestions_answered", Q(answered_at__isnull=False), _("已反馈"), _("待反馈")),
    _suggestion_figure(
        "suggestions_adopted",
        Q(adoption__in=[Adoption.ADOPTED, Adoption.PARTLY]),
        _("采纳、部分采纳"),
        _("未采纳或者待反馈"),
    ),
    Figure(
        code="orders_answered",
        rows=_ordered,
        items=_orders,
        named=_named_orders,
        part=Q(first_report__isnull=False, first_report__lte=F("first_due")),
        part_word=_("按期报告"),
        rest_word=_("没有按期报告"),
        moment="first_due",
        moment_word=_("报告期限"),
        in_table=False,
    ),
)
