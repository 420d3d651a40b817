"""Joint sittings: who is asked, who comes, what is resolved; never the unit complained of, never a sealed case."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from core.errors import Refusal
from core.timekeeping import now
from mediation.models import Sitting
from mediation.services import archives, sittings, undertakings
from mediation.sitting_enums import Coming, DoingState, SittingState
from mediation.tests.sitting_world import in_days, make_sitting, make_undertaking
from notifications.models import Notice
from petitions.enums import Act, RecusalGround, Status
from petitions.services import recusing, sealing

pytestmark = pytest.mark.django_db


def refused(door, code):
    with pytest.raises(Refusal) as refusal:
        door()
    assert refusal.value.code == code, refusal.value.sentence
    return refusal.value.sentence


@pytest.fixture
def sitting_of(cast):
    return partial(make_sitting, cast)


def sees(cast, row):
    return {
        key for key in cast.people if Sitting.objects.visible_to(cast.actor(key)).filter(pk=row.pk).exists()
    }


@pytest.mark.parametrize(
    "key, allowed",
    [
        ("petition_officer", True),
        ("handler", True),
        ("unit_head", True),
        ("outsider", False),
        ("handler2", False),
        ("mediator", False),
        ("leader", False),
        ("clerk", False),
        ("inspector", False),
    ],
)
def test_who_calls_a_sitting_on_a_case(cast, fresh_case, sitting_of, key, allowed):
    case = fresh_case()
    if allowed:
        row = sitting_of(case, key=key)
        assert row.unit == cast.post(key).unit and row.round == 1
        assert case.events.filter(act=Act.MEDIATE, text__contains="召集联合会办").exists()
    else:
        refused(lambda: sitting_of(case, key=key), "forbidden")
        assert not Sitting.objects.exists()


def test_a_mediator_calls_one_on_what_is_in_hand(cast, mediation_of, sitting_of):
    mediation = mediation_of()
    row = sitting_of(mediation.petition, key="mediator", mediation=mediation)
    assert (row.mediation, row.unit) == (mediation, cast.units.mediation)


def test_the_units_asked_are_told_by_time_and_place_and_read_the_sitting_alone(cast, fresh_case, sitting_of):
    case = fresh_case()
    row = sitting_of(case)
    notice = Notice.objects.get(recipient=cast.handler2)
    assert "三楼会议室" in notice.text and case.subject not in notice.text
    assert {"handler2", "unit_head2", "petition_officer", "handler", "unit_head", "leader"} <= sees(cast, row)
    assert not {"outsider", "mediator", "discipline_officer", "auditor"} & sees(cast, row)


@pytest.mark.article(28)
def test_the_unit_complained_of_is_not_asked_and_sees_nothing(cast, fresh_case, sitting_of):
    case = fresh_case(complained_unit=cast.units.housing, co_units=[cast.units.housing])
    sentence = refused(lambda: sitting_of(case, units=("housing", "dongxi")), "invalid")
    assert "反映的就是住房和城乡建设局" in sentence
    refused(lambda: sitting_of(case, key="handler2", units=("dongxi",)), "forbidden")
    row = sitting_of(case, units=("dongxi",))
    assert not {"handler2", "unit_head2"} & sees(cast, row)


@pytest.mark.article(28)
def test_one_recused_neither_sees_nor_steers(cast, fresh_case, sitting_of):
    case = fresh_case()
    row = sitting_of(case)
    recusing.recuse(petition=case, actor=cast.actor("petition_officer"), ground=RecusalGround.INTEREST)
    assert "petition_officer" not in sees(cast, row)
    refused(
        lambda: sittings.cancel(sitting=row, actor=cast.actor("petition_officer"), reason="x"), "forbidden"
    )


@pytest.mark.article(30)
def test_a_sealed_case_has_no_sitting_and_loses_what_it_had(cast, fresh_case, sitting_of):
    case = fresh_case()
    held = sitting_of(case, until=SittingState.HELD)
    doing = make_undertaking(cast, held)
    called = sitting_of(case, previous=held)
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="涉嫌违纪")
    for row in (held, called, doing):
        row.refresh_from_db()
    assert (called.state, doing.state) == (SittingState.CANCELLED, DoingState.LAPSED)
    assert not doing.clocks.filter(stopped_at=None).exists()
    assert sees(cast, held) == set()
    case.refresh_from_db()
    refused(lambda: sitting_of(case), "forbidden")


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"question": " "}, "什么问题"),
        ({"place": ""}, "地点"),
        ({"units": ()}, "选择会办单位"),
        ({"units": ("petition_office",)}, "选择会办单位"),
        ({"units": ("district",)}, "具体部门"),
        ({"starts_at": now() - timedelta(hours=1)}, "已经过去"),
        ({"starts_at": now() + timedelta(days=400)}, "核对年份"),
    ],
)
def test_what_cannot_be_meant_is_refused(fresh_case, sitting_of, fields, words):
    case = fresh_case()
    units = fields.pop("units", ("housing",)) if "units" in fields else ("housing",)
    assert words in refused(lambda: sitting_of(case, units=units, **fields), "invalid")
    assert not Sitting.objects.exists()


def test_a_closed_case_is_not_sat_upon(make_case, sitting_of):
    assert "办结" in refused(lambda: sitting_of(make_case(until=Status.CLOSED)), "stale")


def test_the_standing_units_are_kept_by_the_convening_unit(cast, fresh_case, sitting_of):
    actor, units = cast.actor("petition_officer"), cast.units
    refused(lambda: sittings.keep_standing(actor=cast.actor("handler"), units=[units.housing]), "forbidden")
    refused(lambda: sittings.keep_standing(actor=actor, units=[units.petition_office]), "invalid")
    sittings.keep_standing(actor=actor, units=[units.urban, units.housing])
    sittings.keep_standing(actor=actor, units=[units.housing])
    assert sittings.standing_of(units.petition_office) == [units.housing]
    row = sitting_of(fresh_case(), units=("housing", "dongxi"))
    assert {one.unit: one.standing for one in row.invitations.select_related("unit")} == {
        units.housing: True,
        units.dongxi: False,
    }


def test_a_unit_answers_whom_it_sends_and_may_change_its_mind(cast, fresh_case, sitting_of):
    row = sitting_of(fresh_case())
    answer = partial(sittings.answer, sitting=row, actor=cast.actor("handler2"))
    assert "派谁" in refused(lambda: answer(coming=Coming.YES), "invalid")
    assert "理由" in refused(lambda: answer(coming=Coming.NO, sends="王队长"), "invalid")
    assert answer(coming=Coming.YES, sends="王队长").sends == "王队长"
    changed = answer(coming=Coming.NO, why="当天有上级检查")
    assert (changed.answer, changed.sends) == (Coming.NO, "")
    told = Notice.objects.filter(recipient=cast.petition_officer, text__contains="已答复会办邀请")
    assert told.count() == 2
    other = partial(sittings.answer, sitting=row, actor=cast.actor("handler"), coming=Coming.YES, sends="x")
    refused(other, "forbidden")


def test_it_is_written_down_once_after_it_began(cast, fresh_case, sitting_of):
    row, actor = sitting_of(fresh_case()), cast.actor("petition_officer")
    hold = partial(sittings.hold, sitting=row, actor=actor)
    later = row.starts_at + timedelta(hours=1)
    housing = [cast.units.housing]
    assert "还没有开始" in refused(lambda: hold(resolved="定了", came=housing), "stale")
    refused(lambda: hold(resolved=" ", came=housing, at=later), "invalid")
    assert "取消" in refused(lambda: hold(resolved="定了", came=[], at=later), "invalid")
    refused(lambda: hold(resolved="定了", came=[cast.units.dongxi], at=later), "invalid")
    assert hold(resolved="定了", came=housing, at=later).state == SittingState.HELD
    refused(lambda: hold(resolved="又定", came=housing, at=later), "stale")
    refused(lambda: sittings.cancel(sitting=row, actor=actor, reason="x"), "stale")


def test_rounds_follow_one_another_and_do_not_fork(cast, fresh_case, sitting_of):
    case = fresh_case()
    first = sitting_of(case)
    assert "上一轮还没有" in refused(lambda: sitting_of(case, previous=first), "stale")
    sittings.cancel(sitting=first, actor=cast.actor("petition_officer"), reason="改日")
    second = sitting_of(case, previous=first)
    assert second.round == 2
    assert "最近一轮" in refused(lambda: sitting_of(case, previous=first), "stale")
    other = fresh_case()
    refused(lambda: sitting_of(other, previous=first), "invalid")


def test_the_same_form_twice_is_one_sitting(cast, fresh_case):
    new = sittings.NewSitting(
        kind="joint", question="怎么管", place="会议室", starts_at=in_days(3), units=[cast.units.housing]
    )
    case, actor = fresh_case(), cast.actor("petition_officer")
    made = [sittings.call(actor=actor, new=new, petition=case, token="t" * 40) for _ in range(2)]
    assert made[0].pk == made[1].pk and Sitting.objects.count() == 1


def test_a_sitting_on_a_mediation_alone(cast, mediation_of, sitting_of):
    mediation = mediation_of()
    new = sittings.NewSitting(
        kind="team",
        question="怎么谈",
        place="会议室",
        starts_at=in_days(3),
        units=[cast.units.housing],
        mediation=mediation,
    )
    row = sittings.call(actor=cast.actor("mediator"), new=new)
    assert row.petition == mediation.petition  # its case comes along
    refused(lambda: sittings.call(actor=cast.actor("handler2"), new=new), "forbidden")


def test_a_case_with_a_sitting_to_come_is_not_filed_away(cast, fresh_case, sitting_of):
    case = fresh_case()
    assert archives.unfinished_sittings([case.pk]) == set()
    row = sitting_of(case, until=SittingState.HELD)
    assert archives.unfinished_sittings([case.pk]) == set()
    doing = make_undertaking(cast, row)
    assert archives.unfinished_sittings([case.pk]) == {case.pk}
    undertakings.report(undertaking=doing, actor=cast.actor("handler2"), text="清了")
    undertakings.review(undertaking=doing, actor=cast.actor("petition_officer"), done=True)
    assert archives.unfinished_sittings([case.pk]) == set()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_write_it_down_at_once_leave_one_result(cast, fresh_case, sitting_of):
    row, actor = sitting_of(fresh_case()), cast.actor("petition_officer")
    gate, said = threading.Barrier(2), []

    def write(words):
        try:
            gate.wait(5)
            later = row.starts_at + timedelta(hours=1)
            sittings.hold(sitting=row, actor=actor, resolved=words, came=[cast.units.housing], at=later)
            said.append(words)
        except Refusal as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(words,)) for words in ("甲定", "乙定")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    row.refresh_from_db()
    assert sorted(said) == sorted(["stale", row.resolved])
