"""Cases of an autumn, for whatever counts them."""

from datetime import datetime, timedelta

import pytest

from accounts.actor import Actor
from core.timekeeping import SHANGHAI
from petitions.enums import CallOutcome, Channel, Kind, Path, Rating, Status
from petitions.services import following, forwarding, handling, sealing
from tests.cases import check_off

FIRST = datetime(2026, 9, 1, 9, 0, tzinfo=SHANGHAI)


def rate_case(case, office, unit, at):
    following.evaluate(petition=case, actor=Actor.petitioner(), office_rating=office, unit_rating=unit, at=at)


@pytest.fixture
def autumn(cast, make_case):
    """Cases in every state, of several units and channels, kept and missed, sealed ones and hidden ones among them."""
    officer, head = (cast.actor(who) for who in ("petition_officer", "unit_head"))
    for day, status in enumerate(Status):
        at = FIRST - timedelta(days=20) + timedelta(days=3 * day)
        make_case(
            until=status, at=at, channel=Channel.VISIT if day % 2 else Channel.ONLINE, batch_count=1 + day % 3
        )
    for unit in (cast.units.liuwan, cast.units.dongxi):
        case = make_case(at=FIRST)
        forwarding.forward(petition=case, actor=officer, unit=unit, at=FIRST + timedelta(days=20))  # late
    make_case(at=FIRST - timedelta(days=40), until=Status.ACCEPTED)
    make_case(at=FIRST, until=Status.ACCEPTED, path=Path.DUTY, unit=cast.units.housing, handler="handler2")
    slow = make_case(at=datetime(2026, 7, 1, 9, 0, tzinfo=SHANGHAI), until=Status.ACCEPTED)
    handling.extend(
        petition=slow, actor=head, days=30, reason="情况复杂", at=datetime(2026, 8, 20, tzinfo=SHANGHAI)
    )
    quick, tried = make_case(at=FIRST, channel=Channel.PHONE), make_case(at=FIRST)
    handling.respond(petition=quick, actor=officer, text="已收到", at=FIRST + timedelta(minutes=5))
    handling.call(
        petition=quick, actor=officer, outcome=CallOutcome.REACHED, text="",
        at=FIRST + timedelta(minutes=20), meeting_at=FIRST + timedelta(hours=3),
    )  # fmt: skip
    handling.call(
        petition=tried,
        actor=officer,
        outcome=CallOutcome.NOT_REACHED,
        text="",
        at=FIRST + timedelta(minutes=9),
    )
    make_case(at=FIRST, persons=[])
    following.link(petition=tried, actor=officer, original=quick, at=FIRST + timedelta(days=1))
    back = make_case(at=FIRST, until=Status.OBJECTED)
    forwarding.decide_objection(
        petition=back, actor=officer, agree=True, decision="同意", at=FIRST + timedelta(days=1)
    )
    for n in range(7):
        case = make_case(at=FIRST + timedelta(days=n), until=Status.SERVED)
        unit_rating = Rating.DISSATISFIED if n % 3 == 0 else Rating.FAIRLY
        rate_case(case, Rating.SATISFIED, unit_rating, FIRST + timedelta(days=n + 2))
        if n < 6:
            check_off(case)
            following.close(petition=case, actor=officer, at=FIRST + timedelta(days=n + 3))
    one = make_case(at=FIRST, until=Status.SERVED, unit=cast.units.housing, handler="handler2")
    rate_case(one, Rating.SATISFIED, Rating.DISSATISFIED, FIRST + timedelta(days=2))
    make_case(at=FIRST, complained_unit=cast.units.urban, unit=cast.units.housing, handler="handler2")
    make_case(at=FIRST, complained_unit=cast.units.petition_office)
    sealed = make_case.registered(at=FIRST, kind=Kind.ACCUSATION).petition
    late_sealed = make_case(at=FIRST, until=Status.ACCEPTED)
    sealing.seal(petition=late_sealed, actor=officer, reason="反映干部违纪", at=FIRST + timedelta(days=9))
    return {sealed.pk, late_sealed.pk}
