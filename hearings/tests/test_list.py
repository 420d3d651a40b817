"""The list of hearings, who is told, and who decides."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.timekeeping import SHANGHAI, now
from hearings import panel
from hearings.enums import State, ToldHow
from hearings.models import Hearing, RecusalAsked
from hearings.services import holding, seating
from hearings.tests.conftest import ASKED, DAY, HELD
from hearings.tests.test_holding import refused
from hearings.tests.test_pages import soon
from notifications.models import Notice
from petitions.enums import RecusalGround, Status
from petitions.models import Petition
from petitions.services import recusing, sealing
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
LIST = "/hearings/"


def told(user, word=""):
    return [one for one in Notice.objects.filter(recipient=user).order_by("pk") if word in one.text]


def test_the_panel_is_told_when_named_decided_put_off_and_called_off(world, cast):
    row = world.hearing(State.TOLD)
    number, head = row.petition.number, cast.actor("unit_head")
    first, second = (one.text for one in told(cast.inspector))
    assert first.startswith(f"请您作 {number} 听证的听证主持人：") and first.endswith("由负责人决定。")
    assert "决定举行听证" in second and number in second and row.petition.subject not in first + second
    moved = {"starts_at": HELD + DAY, "place": "二楼", "reason": "场地", "at": ASKED + timedelta(hours=1)}
    holding.postpone(hearing=row, actor=head, **moved)
    assert len(told(cast.inspector, "听证改到")) == 1 and "二楼" in told(cast.inspector, "听证改到")[0].text
    holding.call_off(hearing=row, actor=head, reason="已和解", at=ASKED + timedelta(hours=2))
    assert len(told(cast.unit_head2, "听证已取消")) == 1


def test_who_leaves_and_who_is_seated_later_is_told(world, cast):
    row = world.hearing(State.TOLD)
    member = row.panel.get(user=cast.unit_head2)
    seating.leave(member=member, actor=cast.actor("handler"), reason="出差", at=ASKED)
    assert len(told(cast.unit_head2, "不再是")) == 1
    world.seat(row, "petition_officer")
    (notice,) = told(cast.petition_officer, "请您作")
    assert "由负责人决定" not in notice.text and notice.link == reverse("hearings:list")


@pytest.mark.article(30)
def test_of_a_case_that_was_sealed_the_panel_hears_no_more(world, cast):
    row = world.hearing(State.TOLD)
    sealing.seal(
        petition=row.petition, actor=cast.actor("petition_officer"), reason="涉嫌违纪", at=ASKED + DAY
    )
    assert not told(cast.inspector, "听证已取消")
    assert not Hearing.objects.listed_for(cast.actor("inspector")).exists()


def test_whoever_sits_finds_the_line_and_not_the_case(cast, client_as, make_case):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1))
    handler = cast.actor("handler")
    row = holding.prepare(petition=case, actor=handler, matter="争议", place="三楼", starts_at=soon())
    client = client_as(cast.unit_head2)
    assert case.number not in client.get(LIST).content.decode()
    seating.seat(hearing=row, actor=handler, chair=True, post=cast.post("unit_head2"))
    page = client.get(LIST).content.decode()
    assert case.number in page and "听证主持人" in page and "三楼" in page
    assert case.subject not in page and row.get_absolute_url() not in page
    assert client.get(row.get_absolute_url()).status_code == 404
    own = client_as(cast.handler).get(LIST).content.decode()
    assert case.subject in own and row.get_absolute_url() in own
    assert case.number not in client_as(cast.outsider).get(LIST).content.decode()


@pytest.mark.article(28)
def test_whoever_is_recused_or_complained_of_finds_nothing_in_the_list(world, cast):
    row = world.hearing(State.TOLD)
    actor, second = cast.actor("inspector"), cast.actor("unit_head2")
    assert Hearing.objects.listed_for(actor).get() == row == Hearing.objects.listed_for(second).get()
    recusing.recuse(petition=row.petition, actor=actor, ground=RecusalGround.INTEREST, at=ASKED)
    assert not Hearing.objects.listed_for(actor).exists()
    Petition.objects.filter(pk=row.petition_id).update(complained_unit=cast.units.housing)
    assert not Hearing.objects.listed_for(second).exists()


def test_what_comes_first_stands_first_and_what_is_over_behind_a_tab(cast, client_as, make_case):
    handler, rows = cast.actor("handler"), []
    for days in (12, 9, 10):
        case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1))
        rows.append(
            holding.prepare(petition=case, actor=handler, matter="争议", place="三楼", starts_at=soon(days))
        )
    holding.call_off(hearing=rows[2], actor=cast.actor("unit_head"), reason="和解")
    client = client_as(cast.handler)
    coming = [one.row.pk for one in client.get(LIST).context["rows"]]
    over = [one.row.pk for one in client.get(LIST, {"view": "ended"}).context["rows"]]
    assert (coming, over) == ([rows[1].pk, rows[0].pk], [rows[2].pk])


def test_the_list_costs_the_same_for_one_hearing_and_for_three(cast, client_as, make_case):
    client = client_as(cast.handler)

    def add():
        case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1))
        row = holding.prepare(
            petition=case, actor=cast.actor("handler"), matter="争议", place="三楼", starts_at=soon()
        )
        seating.seat(hearing=row, actor=cast.actor("handler"), chair=True, post=cast.post("inspector"))

    def cost():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(LIST).status_code == 200
        return len(seen)

    add()
    cost()
    one = cost()
    add()
    add()
    assert cost() == one


def test_only_those_are_offered_who_may_sit_and_do_not_yet(world, cast):
    row = world.prepare()

    def offered():
        return set(panel.candidates(row, ASKED).values_list("user_id", flat=True))

    assert cast.handler.pk not in offered() and cast.unit_head.pk in offered()
    assert {cast.inspector.pk, cast.unit_head2.pk} <= offered()
    world.seat(row, "inspector")
    assert cast.inspector.pk not in offered()


def test_a_panel_of_six_is_looked_at_in_as_many_queries_as_one_of_three(world, cast):
    row = world.prepare()
    world.three(row)

    def cost():
        with CaptureQueriesContext(connection) as seen:
            assert panel.lacking(row, ASKED) == ""
        return len(seen)

    three = cost()
    for number in range(3):
        user = User.objects.create(username=f"more{number}", name=f"甲{number}", password="!")
        post = Post.objects.create(
            user=user, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
        )
        seating.seat(hearing=row, actor=cast.actor("handler"), chair=False, post=post, at=ASKED)
    assert cost() == three


@pytest.mark.article(28)
def test_where_the_only_head_is_asked_to_stand_aside_the_unit_above_is_told_to_decide(world, cast, hire_head):
    above = hire_head(cast.units.district)
    row = world.prepare()
    world.seat(row, "inspector", chair=True)
    world.seat(row, "unit_head2")
    member = world.seat(row, "unit_head")
    holding.decide(hearing=row, actor=cast.actor("unit_head"), hold=True, reason="争议大", at=ASKED)
    seating.ask_recusal(member=member, actor=Actor.petitioner(), reason="亲戚", at=ASKED + DAY)
    assert not told(cast.unit_head, "申请听证人员回避") and told(above, "申请听证人员回避")


@pytest.fixture
def hire_head():
    def make(unit):
        user = User.objects.create(username="above", name="上级", password="!")
        Post.objects.create(user=user, unit=unit, role=Role.UNIT_HEAD, valid_from=SINCE)
        return user

    return make


def test_a_notice_of_a_day_that_was_changed_meanwhile_is_not_entered(cast, client_as, make_case):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1))
    handler, head = cast.actor("handler"), cast.actor("unit_head")
    row = holding.prepare(petition=case, actor=handler, matter="争议", place="三楼", starts_at=soon())
    for key, chair in (("inspector", True), ("unit_head2", False), ("petition_officer", False)):
        seating.seat(hearing=row, actor=handler, chair=chair, post=cast.post(key))
    holding.decide(hearing=row, actor=head, hold=True, reason="争议大")
    client = client_as(cast.handler)
    seen = client.get(row.get_absolute_url()).context["forms"]["tell"]["moved"].value()
    holding.postpone(hearing=row, actor=head, starts_at=soon(11), place="三楼", reason="场地")
    address = reverse("hearings:tell", args=[case.number, row.pk])
    typed = {"how": "phone", "told_on": now().astimezone(SHANGHAI).date(), "moved": seen}
    answer = client.post(address, typed)
    assert answer.status_code == 409 and "刚刚改到" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == State.DECIDED
    fresh = answer.context["forms"]["tell"]["moved"].value()
    assert client.post(address, typed | {"moved": fresh}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.told_how) == (State.TOLD, ToldHow.PHONE)


def test_what_was_typed_about_one_of_the_panel_does_not_stand_in_anothers_box(world, cast, client_as):
    row = world.hearing(State.DECIDED)
    Hearing.objects.filter(pk=row.pk).update(starts_at=soon())
    member = row.panel.get(user=cast.unit_head2)
    address = reverse("hearings:ask_recusal", args=[row.petition.number, row.pk, member.pk])
    long = "亲" * 2001
    page = client_as(cast.handler).post(address, {"reason": long}).content.decode()
    assert page.count(long) == 1 and not RecusalAsked.objects.exists()


def test_the_member_who_is_asked_to_stand_aside_is_not_offered_to_decide(world, cast, client_as):
    row = world.prepare()
    world.seat(row, "inspector", chair=True)
    world.seat(row, "unit_head2")
    member = world.seat(row, "unit_head")
    head = cast.actor("unit_head")
    holding.decide(hearing=row, actor=head, hold=True, reason="争议大", at=ASKED)
    asked = seating.ask_recusal(member=member, actor=Actor.petitioner(), reason="亲戚", at=ASKED + DAY)
    refused(
        lambda: seating.decide_recusal(asked=asked, actor=head, granted=False, reason="无", at=ASKED + DAY),
        "本人回避",
        code="forbidden",
    )
    address = reverse("hearings:decide_recusal", args=[row.petition.number, row.pk, asked.pk])
    assert address not in client_as(cast.unit_head).get(row.get_absolute_url()).content.decode()
