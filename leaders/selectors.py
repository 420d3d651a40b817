"""What the pages of this room show. Windows are limited; nothing here reads more than an index range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post
from core.paging import capped_count
from core.timekeeping import SHANGHAI, local_day, now
from deadlines.enums import Lamp
from leaders.models import CasePackage, Instruction, VisitDay
from petitions.enums import Act
from petitions.models import Petition, PetitionEvent

#: A leader has a dozen packages; more than this many are not read for one page.
MOST = 200
SHOWN = 8
CHANGES_SHOWN = 5
#: A week's count may be this old on the leader's page; last year's does not change.
AREA_SECONDS = 300
LAST_YEAR_SECONDS = 24 * 3600
SEVERITY = {Lamp.RED: 0, Lamp.YELLOW: 1, Lamp.GREEN: 2}


@dataclass(frozen=True)
class PackageRow:
    """A package with its lamp and the reason for the lamp in words."""

    package: CasePackage
    clock: Any
    lamp: Lamp
    reason: str
    #: What else is late: the case itself, by the law's own clock.
    note: str
    #: The package has no leader any more who may read the case (条例 28); the office finds another.
    recused: str = ""

    @property
    def tone(self) -> str:
        return "done" if self.lamp == Lamp.GREEN else self.lamp.value


@dataclass(frozen=True)
class Area:
    """New cases in the charge area since Monday, and in the same days 52 weeks ago; capped figures as text."""

    week: str
    last_year: str


@dataclass(frozen=True)
class LeaderHome:
    """Everything on the leader's first page."""

    unread: list[Instruction]
    today: list[VisitDay]
    late: int
    packages: list[PackageRow]
    package_count: int
    lamps: list[tuple[str, str, int]]
    waiting: list[Instruction]
    waiting_count: int
    changes: list[PetitionEvent]
    more_changes: bool
    days: list[VisitDay]
    area: Area | None


def package_row(package: CasePackage, at: datetime | None = None) -> PackageRow:
    """Green, yellow before the date, red after it (domain A4), and why. ``with_row_relations`` comes first."""
    at = at or now()
    clock = next(iter(getattr(package, "ordered_clocks", [])), None)
    lamp = clock.lamp(at) if clock else Lamp.GREEN
    due_at = package.petition.due_at
    note = _("案件办理期限已过") if due_at is not None and due_at < at else ""
    gone = package.is_open and getattr(package, "leader_recused", False)
    recused = _("领导已回避，请另行安排") if gone else ""
    return PackageRow(package, clock, lamp, _reason(package, lamp, at), note, recused)


def _reason(package: CasePackage, lamp: Lamp, at: datetime) -> str:
    if not package.is_open:
        return _("%(day)s 销案") % {"day": local_day(package.struck_off_at or at).isoformat()}
    apart = (package.target_on - local_day(at)).days
    if lamp == Lamp.RED:
        words = _("超目标日期 %(n)d 天") % {"n": max(-apart, 1)}
    elif apart == 0:
        words = _("今天到目标日期")
    elif lamp == Lamp.YELLOW:
        words = _("再过 %(n)d 天到目标日期") % {"n": apart}
    else:
        words = _("目标 %(day)s，还有 %(n)d 天") % {"day": package.target_on.isoformat(), "n": apart}
    return words


def package_rows(packages: Any, at: datetime | None = None) -> list[PackageRow]:
    return [package_row(package, at) for package in packages]


def leader_home(actor: Actor, at: datetime | None = None) -> LeaderHome:
    """Eight queries, however many cases there are; four more when the week's figures have gone cold."""
    at = at or now()
    packages = _own_packages(actor, at)
    tasks = _own_tasks(actor)
    ids = {row.package.petition_id for row in packages} | {task.petition_id for task in tasks}
    changes = with_labels(changes_since_yesterday(actor, ids, at)[: CHANGES_SHOWN + 1])
    days = list(
        VisitDay.objects.filter(leader=actor.user, ends_at__gt=at, cancelled_at=None).order_by("starts_at")[
            :5
        ]
    )
    waiting = [task for task in tasks if task.is_open]
    lamps = Counter(row.lamp for row in packages)
    return LeaderHome(
        unread=[task for task in tasks if task.awaits_reading],
        today=[day for day in days if day.day == local_day(at)],
        late=lamps[Lamp.RED],
        packages=packages[:SHOWN],
        package_count=len(packages),
        lamps=[
            (tone, word, lamps[lamp])
            for lamp, tone, word in (
                (Lamp.RED, "late", _("超期")),
                (Lamp.YELLOW, "soon", _("将到期")),
                (Lamp.GREEN, "done", _("正常")),
            )
        ],
        waiting=waiting[:SHOWN],
        waiting_count=len(waiting),
        changes=changes[:CHANGES_SHOWN],
        more_changes=len(changes) > CHANGES_SHOWN,
        days=days,
        area=area_pulse(actor, at),
    )


def _own_packages(actor: Actor, at: datetime) -> list[PackageRow]:
    found = CasePackage.objects.open().filter(leader=actor.user).visible_to(actor).with_row_relations()
    rows = package_rows(found.order_by("target_on", "id")[:MOST], at)
    return sorted(rows, key=lambda row: (SEVERITY[row.lamp], row.package.target_on))


def _own_tasks(actor: Actor) -> list[Instruction]:
    """Instructions the leader waits for, and those whose report is not read yet; earliest date first."""
    found = Instruction.objects.filter(leader=actor.user).filter(
        Q(done_at=None) | Q(done_at__isnull=False, acknowledged=None)
    )
    return list(found.visible_to(actor).with_row_relations().order_by("due_on", "id")[:MOST])


def instructions_on(petition: Petition, actor: Actor) -> list[Instruction]:
    """What was instructed on a case, with answers and state, as far as the actor may read it; newest first."""
    found = Instruction.objects.concerning(actor).filter(petition=petition).with_row_relations()
    return list(found.order_by("-given_at", "-id")[:MOST])


def own_package_on(petition: Petition, actor: Actor) -> CasePackage | None:
    """The leader's own open package of a case."""
    return CasePackage.objects.open().filter(petition=petition, leader=actor.user).first()


def own_case_ids(actor: Actor) -> set[int]:
    """Cases in the leader's hands: open packages, and instructions not done with."""
    packages = CasePackage.objects.open().filter(leader=actor.user).visible_to(actor)
    tasks = Instruction.objects.filter(leader=actor.user, acknowledged=None).visible_to(actor)
    ids = packages.order_by("target_on").values_list("petition_id", flat=True)[:MOST]
    return set(ids) | set(tasks.order_by("due_on").values_list("petition_id", flat=True)[:MOST])


def with_labels(events: Iterable[PetitionEvent]) -> list[PetitionEvent]:
    """The events with ``label``, the act in words."""
    found = list(events)
    for event in found:
        event.label = Act(event.act).label if event.act in Act.values else event.act  # type: ignore[attr-defined]
    return found


def changes_since_yesterday(actor: Actor, petition_ids: set[int], at: datetime) -> QuerySet[PetitionEvent]:
    """What others did to these cases since yesterday 00:00 (Asia/Shanghai), newest first."""
    since = datetime.combine(local_day(at) - timedelta(days=1), time.min, SHANGHAI)
    assert actor.user is not None
    return (
        PetitionEvent.objects.filter(petition__in=petition_ids, at__gte=since)
        .exclude(user=actor.user)
        .select_related("petition")
        .order_by("-at", "-id")
    )


def area_pulse(actor: Actor, at: datetime) -> Area | None:
    """New cases the leader may read, this week so far against the same days 52 weeks ago.

    Counted to 1,000 at most and kept for five minutes: the reading grows with the week, not with the years.
    """
    if actor.post is None:
        return None
    monday = local_day(at) - timedelta(days=local_day(at).weekday())
    start = datetime.combine(monday, time.min, SHANGHAI)
    back = timedelta(weeks=52)
    key = f"leaders:area:{actor.post.pk}:{monday}"
    return Area(
        week=_counted(key, AREA_SECONDS, actor, start, at),
        last_year=_counted(f"{key}:{at:%w}", LAST_YEAR_SECONDS, actor, start - back, at - back),
    )


def _counted(key: str, seconds: int, actor: Actor, start: datetime, end: datetime) -> str:
    known = cache.get(key)
    if known is None:
        cases = Petition.objects.visible_to(actor).filter(
            sealed=False, registered_at__gte=start, registered_at__lt=end
        )
        known = capped_count(cases)
        cache.set(key, known, seconds)
    return str(known)


def leader_posts(actor: Actor, day: date) -> QuerySet[Post]:
    """Leaders this actor may plan for, receive for or assign to: a leader only for oneself."""
    posts = Post.objects.current(day).filter(role=Role.LEADER).select_related("user", "unit").order_by("id")
    if actor.role == Role.LEADER and actor.post is not None:
        return posts.filter(pk=actor.post.pk)
    if actor.unit is not None and actor.unit.kind != UnitKind.PETITION_OFFICE:
        return posts.filter(unit__path__startswith=actor.unit.path)
    return posts


def public_days(at: datetime) -> list[VisitDay]:
    """Published days of the next 60, not over yet; cancelled ones too, so that nobody comes in vain."""
    coming = VisitDay.objects.filter(published=True, ends_at__gt=at, starts_at__lt=at + timedelta(days=60))
    return list(coming.with_row_relations().order_by("starts_at", "id")[:MOST])
