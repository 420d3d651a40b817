"""What the tests of this room share: a case in handling, a hearing at each of its points. Times are given to the doors."""

from datetime import timedelta

import pytest

from hearings.enums import Outside, State, ToldHow
from hearings.services import holding, recording, seating
from petitions.enums import Status
from tests.cases import MORNING

DAY = timedelta(days=1)
#: Proposed on the day after the case was accepted; held twelve days later.
ASKED = MORNING + DAY
HELD = ASKED + 12 * DAY


@pytest.fixture
def accepted(make_case):
    def make(**new):
        return make_case(until=Status.ACCEPTED, **new)

    return make


@pytest.fixture
def world(cast, accepted):
    return World(cast, accepted)


class World:
    """``world.hearing(State.TOLD)``: a hearing with three on its panel, brought to that state."""

    def __init__(self, cast, accepted):
        self.cast, self.accepted = cast, accepted

    def prepare(self, case=None, who="handler", **more):
        given = {
            "matter": "拆违面积认定，双方说法不一。",
            "place": "城市管理局三楼",
            "starts_at": HELD,
            "at": ASKED,
        }
        case = case or self.accepted()
        return holding.prepare(petition=case, actor=self.cast.actor(who), **given | more)

    def seat(self, hearing, key=None, *, chair=False, at=ASKED, **outside):
        post = self.cast.post(key) if key else None
        return seating.seat(
            hearing=hearing, actor=self.cast.actor("handler"), chair=chair, post=post, at=at, **outside
        )

    def three(self, hearing):
        self.seat(hearing, "inspector", chair=True)
        self.seat(hearing, "unit_head2")
        return self.seat(hearing, name="龚䶮·阿里", outside=Outside.LAWYER, body="清江律师事务所")

    def hearing(self, state, **more):
        row = self.prepare(**more)
        self.three(row)
        if state == State.PREPARED:
            return row
        head = self.cast.actor("unit_head")
        holding.decide(hearing=row, actor=head, hold=True, reason="事实争议大。", at=ASKED)
        if state == State.DECIDED:
            return row
        self.tell(row)
        if state == State.TOLD:
            return row
        self.record(row)
        return row

    def tell(self, row, told_on=None, at=None):
        return holding.tell_petitioner(
            hearing=row,
            actor=self.cast.actor("handler"),
            how=ToldHow.WRITTEN,
            told_on=told_on or ASKED.date(),
            at=at or ASKED,
        )

    def record(self, row, who="handler", at=None, **more):
        given = {
            "began_at": HELD,
            "ended_at": HELD + timedelta(hours=2),
            "petitioner_came": True,
            "came": "张小河；城市管理局陈立",
            "petitioner_said": "房子是 1998 年盖的。",
            "unit_said": "航拍图上 2005 年才有。",
            "evidence": "航拍图两张，双方看过。",
            "opinion": "以 2005 年为准。",
            "minority": "一人认为证据不足。",
        }
        new = recording.NewRecord(**given | more)
        at = at or HELD + timedelta(hours=3)
        return recording.record(hearing=row, actor=self.cast.actor(who), new=new, at=at)
