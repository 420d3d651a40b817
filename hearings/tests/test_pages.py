"""The pages: forms that come back with what was typed, the petitioner's own page, what is veiled."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core.timekeeping import SHANGHAI, now
from hearings.enums import ExpertKind, Outside, State, ToldHow
from hearings.models import Hearing, RecusalAsked
from hearings.services import experts, holding, seating
from petitions.enums import Status
from petitions.services import codes

pytestmark = pytest.mark.django_db


def soon(days=9):
    return (now() + timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.fixture
def told(cast, make_case):
    """A hearing that the petitioner was told of today, with the case's query code."""
    token = codes.new_token()
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1), token=token)
    handler = cast.actor("handler")
    row = holding.prepare(petition=case, actor=handler, matter="争议", place="三楼", starts_at=soon())
    for key, chair in (("inspector", True), ("unit_head2", False)):
        seating.seat(hearing=row, actor=handler, chair=chair, post=cast.post(key))
    seating.seat(hearing=row, actor=handler, chair=False, name="龚䶮", outside=Outside.LAWYER)
    holding.decide(hearing=row, actor=cast.actor("unit_head"), hold=True, reason="争议大")
    holding.tell_petitioner(
        hearing=row, actor=handler, how=ToldHow.PHONE, told_on=now().astimezone(SHANGHAI).date()
    )
    row.code = codes.query_code(token)
    return row


@pytest.fixture
def own(told):
    client = Client()
    wanted = {"number": told.petition.number, "code": told.code}
    assert client.post(reverse("petitions:query"), wanted).status_code == 302
    return client


def test_a_handler_proposes_by_the_form_and_a_wrong_day_keeps_what_was_typed(cast, client_as, make_case):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1))
    page, address = client_as(cast.handler), reverse("hearings:prepare", args=[case.number])
    form = {"matter": "房屋年份争议", "place": "三楼会议室", "starts_at": f"{soon(3):%Y-%m-%dT%H:%M}"}
    answer = page.post(address, form)
    body = answer.content.decode()
    assert answer.status_code == 422 and "最早可以定在" in body and "房屋年份争议" in body
    answer = page.post(address, form | {"starts_at": f"{soon():%Y-%m-%dT%H:%M}"})
    row = Hearing.objects.get()
    assert answer.status_code == 302 and answer["Location"] == row.get_absolute_url()
    assert "至少 3 人" in page.get(row.get_absolute_url()).content.decode()


def test_the_petitioner_sees_day_place_and_panel_and_asks_that_one_stand_aside(told, own, cast):
    body = own.get(reverse("petitions:mine")).content.decode()
    assert "三楼" in body and "龚䶮" in body and "孙玉梅" in body and "听证主持人" in body
    member = told.panel.get(user=cast.unit_head2)
    address = reverse("hearings:mine_recusal", args=[member.pk])
    assert address in body and own.get(address).status_code == 200
    assert own.post(address, {"reason": " "}).status_code == 422
    assert own.post(address, {"reason": "他是被告的亲戚"}).status_code == 302
    again = own.post(address, {"reason": "再来一次"})
    assert again.status_code == 409 and "再来一次" in again.content.decode()
    assert "等待决定" in own.get(reverse("petitions:mine")).content.decode()
    assert RecusalAsked.objects.get().who == "信访人"


def test_the_panel_of_another_case_is_not_there(told, cast, make_case):
    token = codes.new_token()
    other = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1), token=token)
    client = Client()
    client.post(reverse("petitions:query"), {"number": other.number, "code": codes.query_code(token)})
    address = reverse("hearings:mine_recusal", args=[told.panel.first().pk])
    assert client.post(address, {"reason": "x"}).status_code == 404


def test_the_case_page_and_the_next_step_lead_here(told, cast, client_as):
    body = client_as(cast.handler).get(told.petition.get_absolute_url()).content.decode()
    assert reverse("hearings:case", args=[told.petition.number]) in body and told.get_absolute_url() in body


@pytest.mark.article(28)
def test_a_co_unit_that_is_complained_of_reads_no_hearing(cast, client_as, make_case):
    case = make_case(
        until=Status.ACCEPTED,
        at=now() - timedelta(days=1),
        co_units=[cast.units.housing],
    )
    row = holding.prepare(
        petition=case, actor=cast.actor("handler"), matter="争议", place="三楼", starts_at=soon()
    )
    page = client_as(cast.handler2)
    assert page.get(row.get_absolute_url()).status_code == 200
    type(case).objects.filter(pk=case.pk).update(complained_unit=cast.units.housing)
    assert page.get(row.get_absolute_url()).status_code == 404
    assert page.get(reverse("hearings:case", args=[case.number])).status_code == 404


@pytest.mark.article(30)
def test_of_a_confidential_case_the_texts_are_veiled(cast, client_as, make_case):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1), confidential=True)
    row = holding.prepare(
        petition=case,
        actor=cast.actor("handler"),
        matter="张小河家的房屋年份",
        place="三楼",
        starts_at=soon(),
    )
    experts.ask(
        petition=case, actor=cast.actor("handler"), kind=ExpertKind.OPINION, whom="李教授",
        question="张小河家的裂缝", asked_on=now().astimezone(SHANGHAI).date(), due_on=soon().date(),
    )  # fmt: skip
    for address in (row.get_absolute_url(), reverse("hearings:case", args=[case.number])):
        body = client_as(cast.handler).get(address).content.decode()
        assert "张小河" not in body and "信访人信息保密" in body
        assert "张小河" in client_as(cast.petition_officer).get(address).content.decode()


def test_two_hearings_and_three_cost_the_same_queries(told, cast, client_as, django_assert_max_num_queries):
    page, address = client_as(cast.handler), reverse("hearings:case", args=[told.petition.number])
    page.get(address)
    with django_assert_max_num_queries(40):
        page.get(address)


def test_the_state_of_the_day_is_what_the_page_offers(told, cast, client_as):
    body = client_as(cast.unit_head).get(told.get_absolute_url()).content.decode()
    assert "改期" in body and "取消听证" in body and "登记听证笔录" not in body
    Hearing.objects.filter(pk=told.pk).update(starts_at=now() - timedelta(minutes=5))
    assert "登记听证笔录" in client_as(cast.handler).get(told.get_absolute_url()).content.decode()
    assert told.state == State.TOLD
