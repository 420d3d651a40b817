"""What the tests of this room share. Doors are called at real moments: the database's clocks and the views agree."""

from datetime import timedelta

import pytest

from core.timekeeping import local_day, now
from petitions.enums import Status
from supervision.enums import Ground
from supervision.services import opening, working


@pytest.fixture
def today():
    return local_day(now())


@pytest.fixture
def fresh_case(make_case):
    """A case of the last two days, accepted by 城市管理局 (in the charge of 高远) unless said otherwise."""

    def make(until=Status.ACCEPTED, **new):
        return make_case(until=until, at=now() - timedelta(days=2), **new)

    return make


@pytest.fixture
def press(cast, fresh_case):
    def make(case=None, *, actor="inspector", ground=Ground.PERFUNCTORY, demand="请抓紧办理。", **more):
        actor = cast.actor(actor) if isinstance(actor, str) else actor
        return opening.open_supervision(
            petition=case or fresh_case(), actor=actor, ground=ground, demand=demand, **more
        )

    return make


@pytest.fixture
def answer(cast, today):
    def make(supervision, *, actor="handler", at=None, **more):
        words = {"measures": "已上门核实。", "result": "问题已解决。", "done_on": today, **more}
        return working.feed_back(supervision=supervision, actor=cast.actor(actor), at=at, **words)

    return make
