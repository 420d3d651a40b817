"""A few cases whose petitioners did not agree: one under review, one upheld here and by the body above, one changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.enums import UnitKind
from core.timekeeping import SHANGHAI, local_day
from demo.world import World
from petitions.enums import Kind, Path, ServiceMethod, Status
from petitions.models import Petition
from reviews.enums import Channel, Outcome
from reviews.models import Review
from reviews.services import applying, deciding, elsewhere, publishing

DAY = timedelta(days=1)
ABOVE = "江州市人民政府"
REASON = "处理意见没有写什么时候改、由谁来检查，问题还在。"
BASIS = "《信访工作条例》第三十五条"


#: Served between so many days ago: one that is still under review, and two that are over.
RUNNING, OVER = (29, 0), (90, 15)


def play(world: World) -> None:
    """After everything else: opinions of departments that were served lately, through the doors."""
    done: set[int] = set()
    for tell, (most, least) in ((_running, RUNNING), (_changed, OVER), (_upheld_above, OVER)):
        fit = _fit(world.until - most * DAY, world.until - least * DAY)
        if (case := fit.exclude(pk__in=done).first()) is not None:
            done.add(case.pk)
            tell(world, case, case.service.served_at)


def _fit(start: datetime, end: datetime) -> QuerySet[Petition]:
    """The latest served first; reviewed by the county, above which stands nobody of this system."""
    found = Petition.objects.filter(
        kind=Kind.APPEAL,
        path=Path.PETITION,
        sealed=False,
        has_recusals=False,
        complained_unit=None,
        status__in=[Status.SERVED, Status.EVALUATED, Status.CLOSED],
        reply__review_body__kind=UnitKind.DISTRICT,
        service__served_at__gt=start,
        service__served_at__lt=end,
    )
    return found.select_related("service", "reply").order_by("-service__served_at", "number")


def _ask(case: Petition, at: datetime) -> Review:
    return applying.apply(petition=case, actor=Actor.petitioner(), channel=Channel.PAGE, reason=REASON, at=at)


def _running(world: World, case: Petition, served: datetime) -> None:
    _ask(case, min(served + 3 * DAY, world.until))


def _changed(world: World, case: Petition, served: datetime) -> None:
    review = _ask(case, served + DAY)
    deciding.decide(
        review=review,
        actor=world.actor("leader"),
        outcome=Outcome.CHANGED,
        text="原处理意见没有写明整改的时间和检查的人，信访人的理由成立。",
        opinion="由原办理单位十五日内完成整改，指定专人每周检查一次，结果告知信访人。",
        basis=BASIS,
        at=served + 6 * DAY,
    )
    _hand_over(world, review, served + 8 * DAY)


def _upheld_above(world: World, case: Petition, served: datetime) -> None:
    """维持 here, 维持 above: the matter has ended, and its publication waits for a second reader."""
    review = _ask(case, served + DAY)
    deciding.decide(
        review=review,
        actor=world.actor("leader"),
        outcome=Outcome.UPHELD,
        text="经调阅档案、实地查看，原处理意见事实清楚、依据充分，予以维持。",
        basis=BASIS,
        at=served + 4 * DAY,
    )
    _hand_over(world, review, served + 5 * DAY)
    officer = world.actor("officer")
    final = elsewhere.enter(
        petition=case,
        actor=officer,
        body_name=ABOVE,
        asked_on=local_day(served + 7 * DAY),
        at=served + 8 * DAY,
    )
    day = local_day(served + 12 * DAY)
    at = datetime.combine(day + DAY, datetime.min.time(), SHANGHAI) + timedelta(hours=10)
    final = elsewhere.enter_outcome(
        review=final,
        actor=officer,
        outcome=Outcome.UPHELD,
        decided_on=day,
        served_on=day,
        text="复查意见事实清楚、程序正当，予以维持。",
        at=min(at, world.until),
    )
    title, text = publishing.draft_of(final)
    publishing.prepare(review=final, actor=officer, title=title, text=text, at=min(at, world.until))


def _hand_over(world: World, review: Review, at: datetime) -> None:
    deciding.serve(
        review=review, actor=world.actor("officer"), method=ServiceMethod.DIRECT, served_at=at, at=at
    )
