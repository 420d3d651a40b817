"""承诺事项: each with its clock, reported on by the unit, accepted by somebody else of the convener."""

from datetime import timedelta
from functools import partial

import pytest

from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines.services import sweep
from mediation.models import UndertakingClock
from mediation.services import undertakings
from mediation.sitting_enums import DoingState, SittingState
from mediation.tests.sitting_world import make_sitting, make_undertaking
from notifications.models import Notice

pytestmark = pytest.mark.django_db


def refused(door, code):
    with pytest.raises(Refusal) as refusal:
        door()
    assert refusal.value.code == code, refusal.value.sentence
    return refusal.value.sentence


@pytest.fixture
def held(cast, fresh_case):
    return make_sitting(cast, fresh_case(), until=SittingState.HELD, units=("housing", "dongxi"))


@pytest.fixture
def doing(cast, held):
    return make_undertaking(cast, held)


def test_what_a_unit_undertakes_has_a_clock_and_the_unit_is_told(cast, held, doing):
    clock = UndertakingClock.objects.get(undertaking=doing)
    assert clock.stopped_at is None and local_day(clock.raw_due_at) == doing.due_on
    assert clock.get_explanation_url() == held.get_absolute_url()
    notice = Notice.objects.get(recipient=cast.handler2, text__contains="承诺事项")
    assert "消防" not in notice.text


def test_an_undertaking_that_cannot_be_meant_is_refused(cast, fresh_case, held):
    make = partial(make_undertaking, cast, held)
    refused(lambda: make(what=" "), "invalid")
    assert "今天之后" in refused(lambda: make(days=0), "invalid")
    assert "一年" in refused(lambda: make(days=500), "invalid")
    assert "没有参加" in refused(lambda: make(unit="xiling"), "invalid")
    refused(lambda: make(key="handler2"), "forbidden")
    called = make_sitting(cast, fresh_case())
    refused(lambda: make_undertaking(cast, called), "stale")
    assert make(unit="petition_office").unit == cast.units.petition_office


def test_only_the_unit_reports_and_the_clock_stops(cast, doing):
    report = partial(undertakings.report, undertaking=doing)
    for key in ("handler", "petition_officer", "town_clerk"):
        refused(lambda key=key: report(actor=cast.actor(key), text="清了"), "forbidden")
    refused(lambda: report(actor=cast.actor("handler2"), text=" "), "invalid")
    report(actor=cast.actor("handler2"), text="清了")
    assert not doing.clocks.filter(stopped_at=None).exists()
    refused(lambda: report(actor=cast.actor("unit_head2"), text="又清"), "stale")
    assert Notice.objects.filter(recipient=cast.petition_officer, text__contains="已反馈").exists()


def test_the_convener_accepts_or_sends_back_with_a_day(cast, doing):
    review = partial(undertakings.review, undertaking=doing, actor=cast.actor("petition_officer"))
    refused(lambda: review(done=True), "stale")
    undertakings.report(undertaking=doing, actor=cast.actor("handler2"), text="清了一半")
    day = local_day(now()) + timedelta(days=20)
    refused(lambda: review(done=False, new_due_on=day), "invalid")
    refused(lambda: review(done=False, text="还差一半"), "invalid")
    refused(lambda: review(done=True, nth=2), "stale")
    refused(
        lambda: undertakings.review(undertaking=doing, actor=cast.actor("handler2"), done=True), "forbidden"
    )
    row = review(done=False, text="还差一半", new_due_on=day, nth=1)
    assert (row.state, row.due_on) == (DoingState.OPEN, day)
    assert row.clocks.filter(stopped_at=None).count() == 1
    undertakings.report(undertaking=doing, actor=cast.actor("handler2"), text="全清了")
    assert review(done=True).state == DoingState.DONE
    refused(lambda: review(done=True), "stale")


def test_nobody_accepts_the_own_report(cast, held):
    own = make_undertaking(cast, held, unit="petition_office")
    actor = cast.actor("petition_officer")
    undertakings.report(undertaking=own, actor=actor, text="做了")
    assert "其他人审核" in refused(
        lambda: undertakings.review(undertaking=own, actor=actor, done=True), "forbidden"
    )


@pytest.mark.article(28)
def test_a_unit_complained_of_undertakes_nothing(cast, fresh_case):
    case = fresh_case()
    held = make_sitting(cast, case, until=SittingState.HELD)
    case.complained_unit = cast.units.housing
    case.save(update_fields=["complained_unit"])
    assert "反映的就是" in refused(lambda: make_undertaking(cast, held), "invalid")


def test_the_unit_is_reminded_and_the_convener_told_when_it_is_late(cast, doing):
    due, before = doing.clocks.get().due_at, Notice.objects.count()
    sweep(UndertakingClock, now=due - timedelta(days=2))
    told = set(Notice.objects.filter(text__contains="将到期").values_list("recipient__name", flat=True))
    assert told == {"吴敏", "孙玉梅"} and Notice.objects.count() == before + len(told)
    sweep(UndertakingClock, now=due + timedelta(minutes=5))
    late = Notice.objects.filter(text__contains="会办承诺事项已到期")
    assert {"吴敏", "周静", "罗正"} <= set(late.values_list("recipient__name", flat=True))
