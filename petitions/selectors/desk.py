"""The desk's lists: saved views as tabs, and one page of a view. Everything starts from ``visible_to``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.enums import Role
from core.paging import Page, capped_count, capped_text, paginate
from core.timekeeping import SHANGHAI, local_day
from petitions.enums import Channel, NoticeWay, ReportState, ShareRole, Status
from petitions.models import Adoption, Petition, Share, WrittenNotice
from petitions.querysets import PetitionQuerySet, sees_district
from petitions.workflow import REPORTING

S = Status
NEWEST, BY_DUE = "newest", "due"
SORTS = {NEWEST: ("-registered_at", "-pk"), BY_DUE: ("due_at", "pk")}
PAGE_SIZE = 40
#: A list shows at most 200 signs of a case: the long columns stay on disk.
NOT_IN_A_ROW = ("body", "query_code_hash", "submit_key", "source_ref")


@dataclass(frozen=True)
class View:
    """A saved view. ``narrow`` gets the present moment; ``by_due`` lists by due date unless asked otherwise.

    ``live`` views hold only cases not closed yet: work to be done, which is counted; archives are not.
    """

    key: str
    label: Any
    narrow: Callable[[datetime], Q]
    tone: str = ""
    by_due: bool = False
    live: bool = True


def _status(*statuses: Status) -> Callable[[datetime], Q]:
    return lambda at: Q(status__in=statuses) if len(statuses) > 1 else Q(status=statuses[0])


def _report(state: ReportState) -> Callable[[datetime], Q]:
    """What was assigned and answered, by where its report stands. A subquery: a join would count cases twice."""
    shares = Share.objects.filter(petition=OuterRef("pk"), role=ShareRole.LEAD, ended_at=None, report=state)
    return lambda at: Q(status__in=REPORTING) & Q(Exists(shares))


def _nobody_to_tell(at: datetime) -> Q:
    """Accepted or refused without anybody who could be told in writing: name or address are not clear (条例 23)."""
    rows = WrittenNotice.objects.filter(petition=OuterRef("pk"), way=NoticeWay.NOBODY)
    return Q(Exists(rows))


def _practice(at: datetime) -> Q:
    """Suggestions that were adopted and are not put into practice yet, closed cases too (条例 29)."""
    rows = Adoption.objects.filter(petition=OuterRef("pk"), practised_at=None, practice_due_on__isnull=False)
    return Q(Exists(rows))


def _due_today(at: datetime) -> Q:
    return Q(due_at__gte=at, due_at__lte=datetime.combine(local_day(at), time.max, SHANGHAI))


VIEWS: dict[str, View] = {
    view.key: view
    for view in (
        View("forwarding", _("待转送"), _status(S.REGISTERED)),
        View("acceptance", _("待受理"), _status(S.FORWARDED)),
        View("notice_owed", _("待书面告知"), lambda at: Q(notice_owed=True), tone="soon", by_due=True),
        View("nobody_to_tell", _("无从告知"), _nobody_to_tell),
        View("objected", _("异议待核"), _status(S.OBJECTED), tone="soon"),
        View("handling", _("办理中"), _status(S.ACCEPTED)),
        View("service", _("待送达"), _status(S.CONCLUDED)),
        View("report_due", _("待报办结报告"), _report(ReportState.DUE), tone="soon"),
        View("report_returned", _("报告被退回"), _report(ReportState.RETURNED), tone="late"),
        View("report_sent", _("待审办结报告"), _report(ReportState.SENT), tone="soon"),
        View("today", _("今日到期"), _due_today, tone="soon", by_due=True),
        View("late", _("已超期"), lambda at: Q(due_at__lt=at), tone="late", by_due=True),
        View("practice", _("建议待落实"), _practice, live=False),
        View("rating", _("待评价"), _status(S.SERVED)),
        View("filing", _("待归档"), _status(S.EVALUATED, S.REFUSED)),
        View("closed", _("已办结"), _status(S.CLOSED), live=False),
        View("all", _("全部"), lambda at: Q(), live=False),
    )
}
WORK = (
    "notice_owed",
    "handling",
    "service",
    "report_due",
    "report_returned",
    "today",
    "late",
    "objected",
    "rating",
    "filing",
    "nobody_to_tell",
    "practice",
    "closed",
    "all",
)
#: Which tabs a role has, the first one first.
TABS: dict[Role, tuple[str, ...]] = {
    Role.PETITION_OFFICER: (
        "forwarding",
        "objected",
        "today",
        "late",
        "acceptance",
        "handling",
        "service",
        "report_sent",
        "rating",
        "filing",
        "practice",
        "closed",
        "all",
    ),
    Role.CLERK: ("forwarding", "today", "late", "all"),
    Role.HANDLER: ("acceptance", *WORK),
    Role.UNIT_HEAD: ("late", "today", "acceptance", *(key for key in WORK if key not in {"late", "today"})),
    Role.LEADER: ("late", "today", "handling", "closed", "all"),
    Role.INSPECTOR: ("late", "today", "objected", "acceptance", "handling", "service", "closed", "all"),
    Role.STATISTICIAN: ("all", "late", "handling", "rating", "closed"),
    Role.MEDIATOR: ("all",),
}
READER_ROLES = tuple(TABS)
#: Whoever works on cases beyond the counter: the rooms above keep their lists for these.
WORKERS = (Role.PETITION_OFFICER, Role.HANDLER, Role.UNIT_HEAD, Role.LEADER, Role.INSPECTOR)


def views_of(actor: Actor) -> Sequence[View]:
    """The saved views of the hat that is on; none for posts that read no cases."""
    return [VIEWS[key] for key in TABS.get(actor.role, ())]


@dataclass(frozen=True)
class Tab:
    """A view with its capped count, ready for ``components/tabs.html``."""

    key: str
    label: str
    url: str
    count: str
    active: bool
    tone: str


def tabs(actor: Actor, *, active: str, base_url: str, at: datetime) -> list[Tab]:
    """The hat's views with a count on each that is work to be done."""
    count = counts(actor, at=at)
    return [
        Tab(
            key=view.key,
            label=str(view.label),
            url=f"{base_url}?view={view.key}",
            count=count.get(view.key, ""),
            active=view.key == active,
            tone=view.tone,
        )
        for view in views_of(actor)
    ]


def counts(actor: Actor, *, at: datetime) -> dict[str, str]:
    """How many cases wait in each live view, "1,000+" at the most; cheap whatever the number of closed cases.

    The district's desks count at most 1,001 rows per view, by index. A unit's open cases are few and found by their
    scope rows, so one pass counts all its views.
    """
    waiting = [view for view in views_of(actor) if view.live]
    if sees_district(actor):
        mine = Petition.objects.visible_to(actor)
        return {view.key: capped_count(mine.filter(view.narrow(at))) for view in waiting}
    mine = Petition.objects.visible_to(actor, live=True)
    found = mine.aggregate(**{view.key: Count("pk", filter=view.narrow(at)) for view in waiting})
    return {key: capped_text(number) for key, number in found.items()}


def cases(actor: Actor, view: View, *, at: datetime) -> PetitionQuerySet:
    """The rows of a view before any filter, with what a list row prints."""
    rows: PetitionQuerySet = Petition.objects.visible_to(actor, live=view.live).filter(view.narrow(at))
    return rows.with_row_relations().defer(*NOT_IN_A_ROW)


@dataclass(frozen=True)
class Found:
    """How many cases a filter found: rows, and 件次 (a visit's batches count each), "1,000+" at the most."""

    cases: str
    count: str


def found(rows: PetitionQuerySet, cap: int = 1000) -> Found:
    """One query over at most ``cap`` + 1 rows."""
    visits = [channel for channel in Channel if channel.counted_in == "批"]
    each = Case(
        When(channel__in=visits, then=F("batch_count")), default=Value(1), output_field=IntegerField()
    )
    sums = rows.order_by()[: cap + 1].aggregate(cases=Count("pk"), count=Sum(each))
    if sums["cases"] > cap:
        return Found(capped_text(sums["cases"], cap), capped_text(cap + 1, cap))
    return Found(f"{sums['cases']:,}", f"{sums['count'] or 0:,}")


def page_of(
    rows: PetitionQuerySet, *, sort: str, cursor: str | None, size: int = PAGE_SIZE
) -> Page[Petition]:
    """One page: two queries (rows, their clocks). By due date only cases that have one are listed."""
    if sort == BY_DUE:
        rows = rows.filter(due_at__isnull=False)
    page = paginate(rows, order=SORTS[sort], cursor=cursor, size=size)
    for petition in page.items:
        petition.nearest_clock = nearest_clock(petition)
    return page


def nearest_clock(petition: Petition) -> Any:
    """The running clock that binds an office and is due first; else the petitioner's own window; else None."""
    running = petition.running_clocks  # type: ignore[attr-defined]
    binding = [clock for clock in running if not clock.is_right]
    return next(iter(binding or running), None)
