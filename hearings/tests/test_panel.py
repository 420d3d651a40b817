"""The panel: at least three with a chair, none of whom handled the case; the petitioner may ask that one stand aside."""

import pytest

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from hearings import panel
from hearings.enums import Outside, State
from hearings.models import PanelMember
from hearings.services import holding, seating
from hearings.tests.conftest import ASKED, DAY, HELD
from hearings.tests.test_holding import refused
from petitions.enums import RecusalGround
from petitions.services import handling, recusing
from tests.cast import SINCE

pytestmark = pytest.mark.django_db


def decide(row, cast, at=ASKED):
    return holding.decide(hearing=row, actor=cast.actor("unit_head"), hold=True, reason="争议大", at=at)


@pytest.mark.article(31)
def test_a_panel_of_two_and_one_without_a_chair_are_refused(world, cast):
    row = world.prepare()
    refused(lambda: decide(row, cast), "至少 3 人", "现在有 0 人")
    world.seat(row, "inspector")
    world.seat(row, "unit_head2")
    refused(lambda: decide(row, cast), "现在有 2 人", "再确定 1 人")
    world.seat(row, "petition_officer")
    refused(lambda: decide(row, cast), "主持人")
    world.seat(row, name="龚䶮·阿里", outside=Outside.EXPERT, chair=True)
    decide(row, cast)
    assert row.state == State.DECIDED


@pytest.mark.article(28, 31)
def test_whoever_handled_the_case_does_not_sit_and_is_told_why(world, cast):
    case = world.accepted()
    handling.name_responsible(petition=case, actor=cast.actor("unit_head"), user=cast.unit_head, at=ASKED)
    row = world.prepare(case=case)
    refused(lambda: world.seat(row, "handler"), "陈立", "办理过本件")
    refused(lambda: world.seat(row, "unit_head"), "赵建国", "责任人")
    recusing.recuse(petition=case, actor=cast.actor("inspector"), ground=RecusalGround.INTEREST, at=ASKED)
    refused(lambda: world.seat(row, "inspector"), "已回避本件")


@pytest.mark.article(28)
def test_nobody_of_the_unit_complained_of_sits(world, cast, make_case):
    case = world.accepted(complained_unit=cast.units.housing)
    row = world.prepare(case=case)
    refused(lambda: world.seat(row, "unit_head2"), "被反映的单位")


def test_who_proposed_it_does_not_sit(world, cast):
    second = User.objects.create(username="u2", name="沈可", password="!")
    post = Post.objects.create(user=second, unit=cast.units.urban, role=Role.HANDLER, valid_from=SINCE)
    row = holding.prepare(
        petition=world.accepted(), actor=Actor.of(post), matter="争议", place="三楼", starts_at=HELD, at=ASKED
    )
    with pytest.raises(Refusal) as told:
        seating.seat(hearing=row, actor=cast.actor("unit_head"), chair=False, post=post, at=ASKED)
    assert "提出本次听证" in told.value.sentence


def test_nobody_sits_twice_and_there_is_one_chair(world):
    row = world.prepare()
    world.three(row)
    refused(lambda: world.seat(row, "unit_head2"), "已经是听证人员")
    refused(lambda: world.seat(row, name="龚䶮·阿里", outside=Outside.OTHER), "已经是听证人员")
    refused(lambda: world.seat(row, "petition_officer", chair=True), "已经有听证主持人")
    assert PanelMember.objects.count() == 3


@pytest.mark.parametrize(
    "given,words",
    [
        ({"name": " \u3000"}, "请选择工作人员"),
        ({"name": "某甲", "outside": ""}, "身份"),
        ({"name": "长" * 51, "outside": "expert"}, "最多 50 字"),
        ({"name": "张小河", "outside": "expert"}, "信访人本人"),
    ],
)
def test_somebody_from_outside_is_named_whole(world, given, words):
    row = world.prepare()
    refused(lambda: world.seat(row, **given), words)


def test_the_name_of_somebody_from_outside_is_sealed_at_rest(world):
    from django.db import connection

    row = world.prepare()
    made = world.three(row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM hearings_panelmember WHERE id = %s", [made.pk])
        assert "龚䶮".encode() not in bytes(cursor.fetchone()[0])
    made.refresh_from_db()
    assert made.shown_name == "龚䶮·阿里" and made.shown_post == "律师 清江律师事务所"


def test_whoever_becomes_the_responsible_person_meanwhile_stops_the_hearing(world, cast):
    row = world.hearing(State.PREPARED)
    recusing.recuse(
        petition=row.petition, actor=cast.actor("inspector"), ground=RecusalGround.INTEREST, at=ASKED
    )
    refused(lambda: decide(row, cast), "罗正", "请更换")


def test_a_seat_is_given_up_with_a_reason_and_filled_again(world, cast):
    row = world.hearing(State.TOLD)
    member = row.panel.get(user=cast.unit_head2)
    actor = cast.actor("handler")
    refused(lambda: seating.leave(member=member, actor=actor, reason="", at=ASKED), "理由")
    seating.leave(member=member, actor=actor, reason="出差", at=ASKED)
    refused(
        lambda: seating.leave(member=member, actor=actor, reason="出差", at=ASKED), "不再是", code="stale"
    )
    refused(lambda: world.record(row), "至少 3 人")
    world.seat(row, "petition_officer")
    world.record(row)
    member.refresh_from_db()
    assert member.left_reason == "出差" and row.panel.count() == 4


def ask(member, who=None, cast=None, at=ASKED + DAY, reason="他是村主任的亲戚。"):
    actor = cast.actor(who) if who else Actor.petitioner()
    return seating.ask_recusal(member=member, actor=actor, reason=reason, at=at)


@pytest.mark.article(28)
def test_the_petitioner_asks_the_head_decides_and_somebody_else_is_seated(world, cast):
    row = world.hearing(State.TOLD)
    member = row.panel.get(user=cast.unit_head2)
    asked = ask(member)
    refused(lambda: ask(member), "已经收到", code="stale")
    refused(lambda: world.record(row), "还没有决定")
    for who in ("handler", "petition_officer"):
        refused(
            lambda who=who: seating.decide_recusal(
                asked=asked, actor=cast.actor(who), granted=True, reason="x", at=ASKED + DAY
            ),
            code="forbidden",
        )
    head = cast.actor("unit_head")
    refused(
        lambda: seating.decide_recusal(asked=asked, actor=head, granted=True, reason=" ", at=ASKED + DAY),
        "理由",
    )
    seating.decide_recusal(asked=asked, actor=head, granted=True, reason="属实", at=ASKED + DAY)
    refused(
        lambda: seating.decide_recusal(asked=asked, actor=head, granted=False, reason="改", at=ASKED + DAY),
        "已于",
        code="stale",
    )
    assert len(panel.sitting(row)) == 2
    refused(lambda: world.record(row), "至少 3 人")
    world.seat(row, "petition_officer", at=ASKED + DAY)
    world.record(row)


@pytest.mark.article(28)
def test_nobody_decides_on_the_own_recusal(world, cast):
    row = world.prepare()
    second = User.objects.create(username="h2", name="钱副", password="!")
    post = Post.objects.create(user=second, unit=cast.units.urban, role=Role.UNIT_HEAD, valid_from=SINCE)
    world.seat(row, "inspector", chair=True)
    world.seat(row, "unit_head2")
    member = seating.seat(hearing=row, actor=cast.actor("handler"), chair=False, post=post, at=ASKED)
    decide(row, cast)
    asked = ask(member)
    refused(
        lambda: seating.decide_recusal(
            asked=asked, actor=Actor.of(post), granted=False, reason="无", at=ASKED + DAY
        ),
        "本人回避",
        code="forbidden",
    )


def test_once_it_has_begun_nobody_is_asked_to_stand_aside_here(world, cast):
    row = world.hearing(State.TOLD)
    member = row.panel.first()
    refused(lambda: ask(member, at=HELD), "当场", code="stale")
    world.record(row)
    refused(lambda: ask(member), "已经结束", code="stale")


def test_the_staff_enter_what_the_petitioner_asked_by_word_of_mouth(world, cast):
    row = world.hearing(State.TOLD)
    member = row.panel.first()
    refused(lambda: ask(member, who="outsider", cast=cast), code="forbidden")
    assert "陈立" in ask(member, who="handler", cast=cast).who
