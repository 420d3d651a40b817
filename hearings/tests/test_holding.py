"""听证 in handling: proposed, decided, told of in time, put off, called off (条例 31(6))."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from core.errors import Refusal
from hearings.enums import ChangeKind, State, ToldHow
from hearings.models import Hearing
from hearings.services import holding
from hearings.tests.conftest import ASKED, DAY, HELD
from petitions.enums import Act, Kind, Outcome, Path, Status
from petitions.services import answering, changing, forwarding, sealing

pytestmark = pytest.mark.django_db


def refused(door, *words, code=None):
    with pytest.raises(Refusal) as told:
        door()
    assert all(word in told.value.sentence for word in words), told.value.sentence
    if code:
        assert told.value.code == code
    return told.value.sentence


@pytest.mark.article(31)
def test_a_hearing_is_proposed_decided_told_of_and_held_and_no_clock_stops(world, cast):
    case = world.accepted()
    clocks = list(case.clocks.order_by("pk").values_list("pk", "due_at", "stopped_at"))
    row = world.hearing(State.HELD, case=case)
    row.refresh_from_db()
    assert row.state == State.HELD and row.record.opinion == "以 2005 年为准。"
    case.refresh_from_db()
    assert case.status == Status.ACCEPTED
    assert list(case.clocks.order_by("pk").values_list("pk", "due_at", "stopped_at")) == clocks
    told = [event.public_text for event in case.events.filter(act=Act.HEAR)]
    assert len(told) == 3 and "决定举行听证" in told[0] and "已举行听证" in told[2]
    assert "2005" not in told[2], "what the panel found stays with the office"


def test_every_act_is_on_record(world):
    world.hearing(State.HELD)
    rows = AuditEntry.objects.values_list("act", flat=True)
    assert {f"hearing.{act}" for act in ("prepare", "seat", "decide", "tell", "record")} <= set(rows)


@pytest.mark.parametrize("who", ["petition_officer", "outsider", "handler2", "leader", "clerk"])
def test_only_the_lead_unit_proposes_one(world, who):
    refused(lambda: world.prepare(who=who), "不能", code="forbidden")


@pytest.mark.article(31)
def test_the_handler_prepares_and_the_head_alone_decides(world, cast):
    row = world.hearing(State.PREPARED)
    for act, more in (
        (holding.decide, {"hold": True, "reason": "争议大"}),
        (holding.postpone, {"starts_at": HELD + DAY, "place": "三楼", "reason": "会场冲突"}),
        (holding.call_off, {"reason": "已和解"}),
    ):
        refused(
            lambda act=act, more=more: act(hearing=row, actor=cast.actor("handler"), at=ASKED, **more),
            code="forbidden",
        )
    row.refresh_from_db()
    assert row.state == State.PREPARED


def test_the_head_may_say_that_none_is_held_with_a_reason(world, cast):
    row, head = world.prepare(), cast.actor("unit_head")
    refused(lambda: holding.decide(hearing=row, actor=head, hold=False, reason=" 　", at=ASKED), "理由")
    holding.decide(hearing=row, actor=head, hold=False, reason="事实清楚，没有争议。", at=ASKED)
    assert row.state == State.DECLINED and not row.petition.events.filter(act=Act.HEAR).exists()
    assert world.prepare(case=row.petition).state == State.PREPARED, "another may be proposed"


def test_two_at_once_are_told_that_there_is_one(world):
    row = world.prepare()
    refused(lambda: world.prepare(case=row.petition), "已有一次听证", code="stale")


@pytest.mark.parametrize(
    "days,words", [(-1, "已经过去"), (0, "已经过去"), (1, "最早可以定在"), (6, "9月11日"), (400, "核对年份")]
)
def test_a_day_that_cannot_be_is_refused_with_the_first_that_can(world, days, words):
    refused(lambda: world.prepare(starts_at=ASKED + days * DAY), words)
    assert Hearing.objects.count() == 0


def test_seven_days_after_today_is_early_enough(world):
    assert world.prepare(starts_at=ASKED + 7 * DAY).pk


def test_the_days_of_notice_are_a_setting(world, settings):
    settings.HEARING_NOTICE_DAYS = 3
    assert world.prepare(starts_at=ASKED + 3 * DAY).pk


def test_a_notice_one_day_too_late_names_the_first_possible_day_and_another_day_mends_it(world, cast):
    row = world.hearing(State.DECIDED)
    late = HELD - 6 * DAY
    refused(lambda: world.tell(row, told_on=late.date(), at=late), "通知晚了", "9月17日", "请先改期")
    holding.postpone(
        hearing=row,
        actor=cast.actor("unit_head"),
        starts_at=late + 7 * DAY,
        place=row.place,
        reason="通知晚了",
        at=late,
    )
    world.tell(row, told_on=late.date(), at=late)
    assert row.state == State.TOLD


def test_a_notice_lies_between_the_decision_and_today(world):
    row = world.hearing(State.DECIDED)
    for day in (ASKED - DAY, ASKED + DAY):
        refused(lambda day=day: world.tell(row, told_on=day.date()), "通知日期")


@pytest.mark.parametrize("missing", ["matter", "place"])
def test_nothing_said_is_refused(world, missing):
    refused(lambda: world.prepare(**{missing: " \u3000\n"}), "请写明")


def test_a_text_that_is_too_long_is_refused(world):
    refused(lambda: world.prepare(matter="长" * 5001), "最多 5000 字")


@pytest.mark.parametrize(
    "how,words",
    [({"path": Path.DUTY}, "第六项"), ({"kind": Kind.SUGGESTION}, "第六项")],
)
def test_other_paths_have_no_hearing(world, how, words):
    case = world.accepted(**how)
    refused(lambda: world.prepare(case=case), words)


def test_the_simplified_procedure_has_none_before_it_is_converted(world, cast, make_case):
    case = make_case(until=Status.FORWARDED)
    forwarding.accept(
        petition=case, actor=cast.actor("handler"), kind=Kind.APPEAL, path=Path.PETITION, simplify=True,
        supportable=True, at=ASKED,
    )  # fmt: skip
    refused(lambda: world.prepare(case=case), "转为普通程序")


def test_before_acceptance_and_after_the_answer_there_is_none(world, make_case):
    for until in (Status.FORWARDED, Status.CONCLUDED):
        case = make_case(until=until)
        refused(lambda case=case: world.prepare(case=case), "办理中", code="stale")


def test_put_off_it_must_be_told_of_anew(world, cast):
    row = world.hearing(State.TOLD)
    head = cast.actor("unit_head")
    refused(
        lambda: holding.postpone(
            hearing=row, actor=head, starts_at=HELD, place=row.place, reason="x", at=ASKED
        ),
        "没有改变",
    )
    holding.postpone(
        hearing=row,
        actor=head,
        starts_at=HELD + 5 * DAY,
        place="东溪镇政府",
        reason="信访人住院",
        at=ASKED + DAY,
    )
    assert (row.state, row.told_on, row.place) == (State.DECIDED, None, "东溪镇政府")
    change = row.changes.get()
    assert (change.kind, change.was, change.reason) == (ChangeKind.POSTPONED, HELD, "信访人住院")
    refused(lambda: world.record(row), "待通知", code="stale")


def test_called_off_with_a_reason_and_the_petitioner_reads_it(world, cast):
    row = world.hearing(State.TOLD)
    head = cast.actor("unit_head")
    refused(lambda: holding.call_off(hearing=row, actor=head, reason="", at=ASKED), "理由")
    holding.call_off(hearing=row, actor=head, reason="双方和解", at=ASKED)
    assert row.state == State.CALLED_OFF and row.ended_at == ASKED
    assert row.petition.events.filter(public_text__contains="听证取消").exists()
    refused(
        lambda: holding.call_off(hearing=row, actor=head, reason="再取消", at=ASKED), "已取消", code="stale"
    )


def conclude(case, cast, at):
    answering.conclude(
        petition=case,
        actor=cast.actor("handler"),
        text="已查清。",
        basis="《条例》",
        outcomes={one.pk: (Outcome.EXPLAINED, "解释") for one in case.requests.all()},
        at=at,
    )


@pytest.mark.article(31)
def test_no_answer_is_given_while_a_promised_hearing_is_to_come(world, cast):
    row = world.hearing(State.DECIDED)
    refused(lambda: conclude(row.petition, cast, ASKED + DAY), "请先举行", code="stale")
    holding.call_off(hearing=row, actor=cast.actor("unit_head"), reason="双方和解", at=ASKED + DAY)
    conclude(row.petition, cast, ASKED + DAY)


def leave_path_six(case, cast, at):
    changing.change_way(
        petition=case,
        actor=cast.actor("unit_head"),
        kind=Kind.APPEAL,
        path=Path.DUTY,
        reason="属于查处违法",
        at=at,
    )


@pytest.mark.article(31)
def test_nor_is_the_case_put_on_another_path(world, cast):
    row = world.hearing(State.DECIDED)
    refused(lambda: leave_path_six(row.petition, cast, ASKED + DAY), "请先举行", code="stale")
    holding.call_off(hearing=row, actor=cast.actor("unit_head"), reason="双方和解", at=ASKED + DAY)
    leave_path_six(row.petition, cast, ASKED + DAY)


def test_a_proposal_falls_away_with_path_six(world, cast):
    row = world.prepare()
    leave_path_six(row.petition, cast, ASKED + DAY)
    row.refresh_from_db()
    assert row.state == State.CALLED_OFF


def test_a_proposal_nobody_decided_on_falls_away_with_the_answer(world, cast):
    row = world.prepare()
    conclude(row.petition, cast, ASKED + DAY)
    row.refresh_from_db()
    assert row.state == State.CALLED_OFF


@pytest.mark.article(30, 31)
def test_a_case_that_is_sealed_leaves_the_room(world, cast):
    row = world.hearing(State.TOLD)
    sealing.seal(
        petition=row.petition, actor=cast.actor("petition_officer"), reason="涉嫌违纪", at=ASKED + DAY
    )
    row.refresh_from_db()
    assert row.state == State.CALLED_OFF
    for who in ("handler", "discipline_officer"):
        refused(lambda who=who: world.prepare(case=row.petition, who=who), "检举控告", code="forbidden")


@pytest.mark.article(28)
def test_whoever_is_recused_or_complained_of_does_nothing_here(world, cast):
    from petitions.enums import RecusalGround
    from petitions.services import recusing

    case = world.accepted()
    recusing.recuse(petition=case, actor=cast.actor("handler"), ground=RecusalGround.INTEREST, at=ASKED)
    refused(lambda: world.prepare(case=case), code="forbidden")


def test_the_way_of_telling_is_kept(world):
    row = world.hearing(State.TOLD)
    assert (row.told_how, row.told_on) == (ToldHow.WRITTEN, ASKED.date())
    assert row.day == HELD.date() and row.starts_at - ASKED == timedelta(days=12)
