"""The small county in which ``bench/replies.py`` replays real messages, and what the system then says of lateness."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from accounts.services.units import create_unit
from core.text import clean_text
from core.timekeeping import SHANGHAI
from petitions.enums import Channel, Kind, Outcome, Path, ServiceMethod
from petitions.models import PetitionClock
from petitions.services import answering, forwarding
from petitions.services.registering import NewPerson, NewPetition, register
from reports.periods import Month
from reports.selectors.month import district_figures

if TYPE_CHECKING:
    from bench.replies import Story

SINCE = date(2005, 5, 1)
LONGEST = 20_000
#: What the months call the clocks.
CLOCKS = {"forwarding": "forwarding", "notice": "acceptance", "conclusion": "conclusion"}


class County:
    def __init__(self) -> None:
        self.district = create_unit(name="清江县", kind=UnitKind.DISTRICT, code="339999")
        self.office = create_unit(name="清江县信访局", kind=UnitKind.PETITION_OFFICE, parent=self.district)
        self.urban = create_unit(name="清江县城市管理局", kind=UnitKind.DEPARTMENT, parent=self.district)
        self.officer = self._actor("officer", Role.PETITION_OFFICER, self.office)
        self.handler = self._actor("handler", Role.HANDLER, self.urban)

    @staticmethod
    def _actor(name: str, role: Role, unit: Unit) -> Actor:
        user = User.objects.create(username=name, name=name)
        return Actor.of(Post.objects.create(user=user, unit=unit, role=role, valid_from=SINCE))

    def live(self, story: Story) -> None:
        """Every step at its moment."""
        case = register(
            actor=Actor.system("留言板"),
            new=NewPetition(
                channel=Channel.MESSAGE_BOARD,
                subject=clean_text(story.subject),
                body=story.body[:LONGEST],
                requests=["请答复"],
                persons=[NewPerson(name=story.user, phone="")],
                received_at=_here(story.posted),
            ),
            unit=self.office,
            at=_here(story.posted),
        ).petition
        path = Path.PETITION if story.on_six else Path.DUTY
        forwarding.forward(
            petition=case,
            actor=self.officer,
            unit=self.urban,
            case_kind=Kind.APPEAL,
            case_path=path,
            at=_here(story.forwarded),
        )
        forwarding.accept(
            petition=case, actor=self.handler, kind=Kind.APPEAL, path=path, at=_here(story.accepted)
        )
        answering.conclude(
            petition=case,
            actor=self.handler,
            text=story.reply[:LONGEST],
            basis="见答复",
            outcomes={asked.pk: (Outcome.EXPLAINED, "见答复") for asked in case.requests.all()},
            at=_here(story.replied),
        )
        answering.serve(
            petition=case,
            actor=self.handler,
            method=ServiceMethod.DIRECT,
            served_at=_here(story.replied),
            recipient=story.user,
            paper_number=f"重放〔{story.replied.year}〕{case.pk}号" if story.on_six else "",
            at=_here(story.replied),
        )


def _here(moment: datetime) -> datetime:
    return moment.replace(tzinfo=SHANGHAI)


def clocks_by_the_system() -> dict[str, tuple[int, int]]:
    """Clock → (breached, all), read off the rows."""
    rows = PetitionClock.objects.filter(rule__code__in=CLOCKS).values_list("rule__code")
    found = rows.annotate(late=Count("pk", filter=Q(breached_at__isnull=False)), whole=Count("pk"))
    return {code: (behind, whole) for code, behind, whole in found}


def months_by_the_system(district: Unit, told: list[Story]) -> dict[str, tuple[int, int]]:
    """Clock → (not on time, all), added up over every month in which something fell due."""
    first, last = min(one.posted for one in told).year, max(one.replied for one in told).year
    months = [Month(year, month) for year in range(first, last + 2) for month in range(1, 13)]
    sums = dict.fromkeys(CLOCKS, (0, 0))
    for month in months:
        figures = district_figures(unit=district, month=month)
        for code, rate_code in CLOCKS.items():
            behind, whole = sums[code]
            rate = figures.rates[rate_code]
            sums[code] = (behind + rate.rest, whole + rate.whole)
    return sums
