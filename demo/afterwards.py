"""What comes after the answer: executions opened, reported, confirmed, some late; return visits to the dissatisfied.

Only of the newest answers: a load opens no executions by itself (``outcomes.apps``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

from accounts.actor import Actor
from core.bulk import current_load
from core.timekeeping import local_day
from demo.draft import Draft
from demo.world import World
from outcomes import rules
from outcomes.enums import ExecutionState, VisitResult, VisitWay
from outcomes.models import Execution, ReturnVisit
from outcomes.services import executing, visiting
from petitions.enums import Rating
from petitions.models import Petition

Planned = Iterator[tuple[datetime, Callable[[], None]]]
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MOST_EXECUTIONS, MOST_VISITS = 24, 8
DONE = (
    "已按答复办完，现场照片和验收单存在案卷。",
    "款项已经付清，收款人签收单已归卷。",
    "设施已修好，周边住户试用没有问题。",
)
LOOKED = ("到现场看过，与反馈一致。", "电话问过信访人，确实办了。", "看过验收单和照片，事情办完了。")
MATTERS = (
    "主要的事已经办了，还有一处收尾没有做完。",
    "答复里说的做法没有变化，他认为还不够。",
    "事情办完了，他对拖得久有意见。",
)
MOODS = ("听他从头讲完，解释了为什么用了这么长时间。", "把当时的依据又念了一遍，他说听明白了。")
HEARTS = ("留了联系电话，下个月再去看看。", "请网格员平时多走动。")


def plan(world: World) -> Planned:
    """Every act of this room, with its moment."""
    rng = Random(f"{world.seed}:afterwards")
    answered = [draft for draft in reversed(world.drafts) if _newly(draft, world.until, "conclude", 50)]
    for place, draft in enumerate(answered[:MOST_EXECUTIONS]):
        at = draft.marks["conclude"] + MINUTE
        yield at, partial(_open, world, draft, at)
        done = at + rng.randint(2, 28) * DAY
        if place % 4 != 3:
            yield done, partial(_report, world, draft, done, rng.choice(DONE))
        if place % 2 == 0:
            yield done + 2 * DAY, partial(_confirm, world, draft, done + 2 * DAY, rng.choice(LOOKED))
    rated = [draft for draft in reversed(world.drafts) if _newly(draft, world.until, "evaluate", 30)]
    for place, draft in enumerate([draft for draft in rated if _dissatisfied(draft)][:MOST_VISITS]):
        at = draft.marks["evaluate"] + MINUTE
        yield at, partial(_go_back, world, draft, at)
        if place % 4 != 0:
            yield at + DAY, partial(_assign, world, draft, at + DAY)
        if place % 4 > 1:
            words = [rng.choice(texts) for texts in (MATTERS, MOODS, HEARTS)]
            yield at + 4 * DAY, partial(_visit, world, draft, at + 4 * DAY, words)


def _newly(draft: Draft, until: datetime, act: str, days: int) -> bool:
    return not draft.sealed and until - days * DAY < draft.marks.get(act, until) < until - DAY


def _dissatisfied(draft: Draft) -> bool:
    return any(
        act == "evaluate" and Rating.DISSATISFIED in {told["office_rating"], told["unit_rating"]}
        for _at, act, told in draft.acts
    )


def _written(world: World, draft: Draft) -> Petition:
    """The case, with all that a load still holds back written."""
    if (load := current_load()) is not None:
        load.flush()
    return world.petitions[draft.index]


def _open(world: World, draft: Draft, at: datetime) -> None:
    executing.open_for(_written(world, draft), at)


def _report(world: World, draft: Draft, at: datetime, text: str) -> None:
    case = _written(world, draft)
    for row in Execution.objects.filter(petition=case, state=ExecutionState.OPEN):
        executing.report(execution=row, actor=world.holder(draft), text=text, done_on=local_day(at), at=at)


def _confirm(world: World, draft: Draft, at: datetime, word: str) -> None:
    case = _written(world, draft)
    for row in Execution.objects.filter(petition=case, state=ExecutionState.REPORTED):
        executing.confirm(execution=row, actor=world.actor("officer"), done=True, word=word, at=at)


def _go_back(world: World, draft: Draft, at: datetime) -> None:
    visiting.open_by_rating(_written(world, draft), at)


def _assign(world: World, draft: Draft, at: datetime) -> None:
    case = _written(world, draft)
    visit = ReturnVisit.objects.waiting().filter(petition=case).first()
    if visit is None:
        return
    about_office = rules.about_the_office(visit)
    posts = visiting.who_may_visit(case, at, office_rated=about_office)
    if posts:
        actor = world.actor("inspector" if about_office else "officer")
        visiting.assign(visit=visit, actor=actor, post=posts[draft.index % len(posts)], at=at)


def _visit(world: World, draft: Draft, at: datetime, words: list[str]) -> None:
    case = _written(world, draft)
    visit = ReturnVisit.objects.waiting().filter(petition=case).select_related("post").first()
    if visit is None or visit.post is None:
        return
    actor = Actor.of(visit.post)
    if not rules.is_visitor(actor, visit):
        return  # no fit visitor any more: the office asks somebody else
    visiting.record(
        visit=visit,
        actor=actor,
        visited_on=local_day(at),
        way=VisitWay.IN_PERSON if draft.index % 2 else VisitWay.PHONE,
        result=VisitResult.GUIDED if draft.index % 3 == 0 else VisitResult.NOTHING_MORE,
        matter=words[0],
        mood=words[1],
        heart=words[2],
        at=at,
    )
