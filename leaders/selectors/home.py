"""The leader's first page. Windows are limited; nothing here reads more than an index range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.paging import capped_text
from core.timekeeping import SHANGHAI, local_day, now
from deadlines.enums import Lamp
from leaders import decisions, first_page
from leaders.models import CasePackage, Instruction, PackageCase, Reading, VisitDay
from leaders.selectors.packages import PackageRow, package_rows
from leaders.selectors.pulse import Area, area_pulse
from petitions.enums import Act
from petitions.models import Petition, PetitionEvent
from petitions.selectors.desk import VIEWS

#: A leader has a dozen packages; more than this many are not read for one page.
MOST = 200
SHOWN = 8
CHANGES_SHOWN = 5
LETTERS, RED = "leaders.letters", "petitions.late"
SEVERITY = {Lamp.RED: 0, Lamp.YELLOW: 1, Lamp.GREEN: 2}


@dataclass(frozen=True)
class LeaderHome:
    """Everything on the leader's first page."""

    deciding: int
    letters: int
    unread: list[Instruction]
    today: list[VisitDay]
    late: int
    packages: list[PackageRow]
    package_count: int
    lamps: list[tuple[str, str, int, str]]
    red: str
    red_url: str
    waiting: list[Instruction]
    waiting_count: int
    changes: list[PetitionEvent]
    more_changes: bool
    days: list[VisitDay]
    area: Area | None
    lines: list[tuple[str, str]]


def leader_home(actor: Actor, at: datetime | None = None) -> LeaderHome:
    """The same queries, however many cases there are; a few more when the week's figures have gone cold."""
    at = at or now()
    if actor.post is not None:  # every read below starts from the charge: asked once
        prefetch_related_objects([actor.post], "charge_units")
    packages = _own_packages(actor, at)
    tasks = _own_tasks(actor)
    ids = {pk for row in packages for pk in row.package.case_ids} | {task.petition_id for task in tasks}  # type: ignore[attr-defined]
    changes = with_labels(changes_since_yesterday(actor, ids, at)[: CHANGES_SHOWN + 1])
    days = list(
        VisitDay.objects.filter(leader=actor.user, ends_at__gt=at, cancelled_at=None).order_by("starts_at")[
            :5
        ]
    )
    waiting = [task for task in tasks if task.is_open]
    lamps = Counter(row.lamp for row in packages)
    readings = Reading.objects.to_be_read_by(actor).open()
    numbers = decisions.counts(actor, also={LETTERS: readings}, few={RED: red_cases(actor, at)})
    letters, red = numbers.pop(LETTERS, 0), numbers.pop(RED, 0)
    return LeaderHome(
        deciding=sum(numbers.values()),
        letters=letters,
        unread=[task for task in tasks if task.awaits_reading],
        today=[day for day in days if day.day == local_day(at)],
        late=lamps[Lamp.RED],
        packages=packages[:SHOWN],
        package_count=len(packages),
        lamps=[
            (tone, word, lamps[lamp], view)
            for lamp, tone, word, view in (
                (Lamp.RED, "late", _("超期"), "late"),
                (Lamp.YELLOW, "soon", _("将到期"), "soon"),
                (Lamp.GREEN, "done", _("正常"), "fine"),
            )
        ],
        red=capped_text(red, decisions.MOST),
        red_url=f"{reverse('petitions:list')}?view=late&sealed=0",
        waiting=waiting[:SHOWN],
        waiting_count=len(waiting),
        changes=changes[:CHANGES_SHOWN],
        more_changes=len(changes) > CHANGES_SHOWN,
        days=days,
        area=area_pulse(actor, at),
        lines=first_page.lines(actor),
    )


def red_cases(actor: Actor, at: datetime) -> Any:
    """Open cases in the leader's charge that are past the law's clock, in a package or not: what the list of late cases
    holds, without those that are sealed."""
    cases = Petition.objects.visible_to(actor, live=True)
    return cases.filter(VIEWS["late"].narrow(at), sealed=False)


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


def own_case_ids(actor: Actor) -> set[int]:
    """Cases in the leader's hands: open packages, and instructions not done with."""
    packages = CasePackage.objects.open().filter(leader=actor.user).visible_to(actor)
    tasks = Instruction.objects.filter(leader=actor.user, acknowledged=None).visible_to(actor)
    ids = (
        PackageCase.objects.inside()
        .filter(package__in=packages)
        .order_by("package__target_on")
        .values_list("petition_id", flat=True)[:MOST]
    )
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
