"""A noise dispute from the code on a room's door: filed on a phone, taken up at a desk, both sides agree, a session is
booked. Nobody had to petition for it, and nobody is kept from it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.timekeeping import local_day, now
from mediation.dispute_enums import DisputeState
from mediation.enums import DisputeKind
from mediation.models import Dispute, MediationCase
from mediation.services.rooms import RoomCard, keep_room
from petitions.models import Petition
from tests.browser.screens import fits, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def room(cast):
    card = RoomCard(
        unit=cast.units.liuwan,
        name="宝大叔调解室",
        address="柳湾村文化礼堂",
        phone="0570-1234567",
        mediators=[cast.mediator],
        disputes=[DisputeKind.NEIGHBOURS],
    )
    return keep_room(actor=cast.actor("petition_officer"), card=card)


@pytest.fixture
def page_of(open_page, client_as, live_server):
    def make(user, width):
        page = open_page(width)
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


def test_noise_upstairs_from_the_code_on_the_door_to_a_session(cast, room, page_of, open_page):
    phone, desk = open_page(390), page_of(cast.mediator, 1366)
    phone.goto(reverse("mediation:room", args=[room.pk]))
    fits(phone)
    phone.get_by_role("link", name="请这里帮忙调解").click()
    phone.wait_for_url("**/file/")
    fits(phone)
    shoot(phone, "dispute-file-390")
    phone.get_by_label("是什么纠纷？").fill("楼上半夜拖桌子，老人睡不着。")
    phone.get_by_role("button", name="提交").click()
    phone.locator(".invalid-feedback").first.wait_for()
    assert phone.get_by_label("是什么纠纷？").input_value() == "楼上半夜拖桌子，老人睡不着。"
    phone.get_by_label("怎么称呼您？").fill("张小河")
    phone.get_by_label("您的电话").fill("13800000001")
    phone.get_by_text("知道对方是谁的，可以写上").click()
    phone.get_by_label("对方是谁").fill("楼上老李")
    phone.get_by_role("button", name="提交").click()
    phone.wait_for_url("**/disputes/receipt/")
    fits(phone)
    shoot(phone, "dispute-receipt-390")
    dispute = Dispute.objects.get()
    code = phone.locator("dd.code").inner_text()
    assert phone.locator("dd.number").inner_text() == dispute.number

    desk.goto("/mediation/today/")
    desk.get_by_role("link", name=dispute.number).click()
    desk.wait_for_url(f"**{dispute.get_absolute_url()}")
    fits(desk)
    assert "13800000001" not in desk.content()
    desk.get_by_role("button", name="接手调解").click()
    desk.get_by_text("请先问双方愿不愿意调解").wait_for()
    fits(desk)
    shoot(desk, "dispute-taken-up-1366")

    phone.get_by_role("link", name="去查询页看看").click()
    phone.wait_for_url("**/disputes/query/**")
    assert phone.get_by_label("编号").input_value() == dispute.number
    phone.get_by_label("查询码").fill(code)
    phone.get_by_role("button", name="查询", exact=True).click()
    phone.wait_for_url("**/disputes/own/")
    fits(phone)
    shoot(phone, "dispute-own-390")
    assert "楼上老李" not in phone.content()
    phone.get_by_role("button", name="我同意调解").click()
    phone.get_by_text("已记下您同意调解").wait_for()

    desk.reload()
    desk.get_by_label("谁表示同意").fill("楼上老李")
    desk.get_by_role("button", name="记录同意").click()
    desk.get_by_role("link", name="安排调解").wait_for()
    desk.get_by_role("link", name="安排调解").click()
    desk.wait_for_url("**/schedule/**")
    desk.locator("#id_day").fill((local_day(now()) + timedelta(days=1)).isoformat())
    desk.locator("#id_start").fill("09:00")
    desk.locator("#id_end").fill("10:00")
    desk.get_by_role("button", name="安排调解").click()
    desk.wait_for_url(f"**{dispute.get_absolute_url()}")
    fits(desk)
    shoot(desk, "dispute-booked-1366")

    phone.reload()
    fits(phone)
    assert "09:00" in phone.content() and "我不再调解" in phone.content()
    mediation = MediationCase.objects.get()
    assert mediation.sessions.filter(cancelled_at=None).count() == 1
    dispute.refresh_from_db()
    assert dispute.state == DisputeState.MEDIATING and not Petition.objects.exists()
