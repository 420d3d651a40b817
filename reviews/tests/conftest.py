"""What the tests of this room share. ``served(day)``: a case whose opinion was received on that day."""

from datetime import datetime, time, timedelta

import pytest

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.timekeeping import SHANGHAI, now
from petitions.enums import Outcome as Answer
from petitions.enums import ServiceMethod, Status
from petitions.services import answering
from reviews.enums import Channel, Outcome
from reviews.services import applying, deciding
from tests.cases import outside_number
from tests.cast import SINCE


def moment(day, hour=10):
    return datetime.combine(day, time(hour), SHANGHAI)


@pytest.fixture
def served(make_case, cast):
    """Answered by 城市管理局 (body: the district), by 石桥村 with ``village`` (body: 东溪镇, above it the district)."""

    def make(at=None, *, village=False, **new):
        at = at or now() - timedelta(days=2)
        if not village:
            return make_case(until=Status.SERVED, at=at - timedelta(hours=4), **new)
        person = User.objects.create(username=f"village{now().timestamp()}", name="村干部", password="!")
        post = Post.objects.create(user=person, unit=cast.units.shiqiao, role=Role.HANDLER, valid_from=SINCE)
        from petitions.enums import Kind, Path
        from petitions.services import forwarding

        case = make_case(at=at - timedelta(hours=4), **new)
        actor = Actor.of(post)
        officer = cast.actor("petition_officer")
        forwarding.forward(petition=case, actor=officer, unit=cast.units.shiqiao, at=at - timedelta(hours=3))
        forwarding.accept(
            petition=case, actor=actor, kind=Kind.APPEAL, path=Path.PETITION, at=at - timedelta(hours=2)
        )
        answer(case, actor, at=at - timedelta(hours=1))
        hand_over(case, actor, at=at)
        case.village_actor = actor
        return case

    return make


def answer(case, actor, *, at, text="已经查清，按规定处理。", opinion="支持"):
    answering.conclude(
        petition=case,
        actor=actor,
        text=text,
        basis="《村民委员会组织法》",
        outcomes={one.pk: (Answer.SUPPORTED, opinion) for one in case.requests.all()},
        at=at,
    )


def hand_over(case, actor, *, at, method=ServiceMethod.DIRECT):
    how = {"method": method, "served_at": at, "recipient": "本人", "paper_number": outside_number(case)}
    answering.serve(petition=case, actor=actor, at=at, **how)


@pytest.fixture
def town_head(cast):
    """东溪镇's head: reviews what 石桥村 answered."""
    user = User.objects.create(username="dongxi-head", name="镇负责人", password="!")
    return Actor.of(
        Post.objects.create(user=user, unit=cast.units.dongxi, role=Role.UNIT_HEAD, valid_from=SINCE)
    )


@pytest.fixture
def ask(cast):
    """The petitioner asks, on the own page unless told otherwise."""

    def make(case, *, at=None, channel=Channel.PAGE, reason="处理意见没有写收摊时间。", **more):
        who = Actor.petitioner() if channel == Channel.PAGE else cast.actor("petition_officer")
        return applying.apply(petition=case, actor=who, channel=channel, reason=reason, at=at, **more)

    return make


@pytest.fixture
def decide(cast):
    def make(review, *, actor=None, outcome=Outcome.UPHELD, at=None, **more):
        words = {"text": "原处理意见事实清楚。", "basis": "条例第三十五条", **more}
        actor = actor or cast.actor("leader2")
        return deciding.decide(review=review, actor=actor, outcome=outcome, at=at, **words)

    return make


@pytest.fixture
def hand_decision_over(cast):
    def make(review, *, actor=None, at=None, method=ServiceMethod.DIRECT, **more):
        at = at or now()
        actor = actor or cast.actor("petition_officer")
        return deciding.serve(review=review, actor=actor, method=method, served_at=at, at=at, **more)

    return make
