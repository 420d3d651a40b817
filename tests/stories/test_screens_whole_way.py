"""A noise dispute the whole way on real screens: from the code on a door through two sessions in the village, the area and
the town to an agreement in three instalments, of which one is late. Both sides have a page of their own, and nobody
petitioned for it (人民调解法 17, 28–33)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.timekeeping import SHANGHAI, local_day, now
from mediation.enums import DisputeKind, Result
from mediation.models import Agreement, Dispute, MediationCase
from mediation.services.rooms import RoomCard, keep_room
from petitions.models import Petition
from tests.browser.screens import fits, shoot
from tests.pictures import PNG
from tests.stories.screens import said

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

SLIP = {"name": "签字页.png", "mimeType": "image/png", "buffer": PNG}
WORDS = "楼上半夜拖桌子，老人睡不着。"
DAY = timedelta(days=1)


@pytest.fixture
def rooms(clock, cast):
    units = (cast.units.liuwan, cast.units.dongxi, cast.units.dongxi)
    return [
        keep_room(
            actor=cast.actor("petition_officer"),
            card=RoomCard(
                unit=unit,
                name=name,
                address=f"{name}一楼",
                mediators=[cast.mediator],
                disputes=[DisputeKind.NEIGHBOURS],
            ),
        )
        for unit, name in zip(units, ("村口调解室", "片区调解站", "镇调委会"), strict=True)
    ]


def filed(phone, room):
    """From the code on the door; the number and code of the receipt."""
    phone.goto(reverse("mediation:room", args=[room.pk]))
    phone.get_by_role("link", name="请这里帮忙调解").click()
    phone.wait_for_url("**/file/")
    phone.get_by_label("是什么纠纷？").fill(WORDS)
    phone.get_by_label("怎么称呼您？").fill("张小河")
    phone.get_by_label("您的电话").fill("13800000001")
    phone.get_by_text("知道对方是谁的，可以写上").click()
    phone.get_by_label("对方是谁").fill("楼上老李")
    phone.get_by_role("button", name="提交").click()
    phone.wait_for_url("**/disputes/receipt/")
    return phone.locator("dd.number").inner_text(), phone.locator("dd.code").inner_text()


def look_up(phone, number, code):
    phone.goto(reverse("mediation:dispute_query"))
    phone.get_by_label("编号").fill(number)
    phone.get_by_label("查询码").fill(code)
    with phone.expect_navigation():
        phone.get_by_role("button", name="查询", exact=True).click()
    fits(phone)
    return said(phone)


def held(desk, number, result, agreement=""):
    """A session that is just over, written down."""
    desk.goto(f"/mediation/cases/{number}/held/")
    over = now().astimezone(SHANGHAI)
    desk.locator("#id_start").fill((over - timedelta(minutes=40)).strftime("%H:%M"))
    desk.locator("#id_end").fill((over - timedelta(minutes=2)).strftime("%H:%M"))
    desk.locator("#id_record").fill("两家说了各自的难处。")
    desk.locator("#id_result").select_option(value=result)
    desk.locator("#id_agreement").fill(agreement)
    with desk.expect_navigation():
        desk.get_by_role("button", name="保存调解记录").click()
    return said(desk)


def up(desk, number, level, room, mediator):
    desk.goto(f"/mediation/cases/{number}/")
    summary = desk.get_by_text("转上一级，或换调解室、调解员")
    if not desk.locator("#hand_on_level").is_visible():
        summary.click()
    desk.locator("#hand_on_leaving").select_option(label="本级未调成")
    desk.locator("#hand_on_level").select_option(label=level)
    desk.locator("#hand_on_room").select_option(label=room.name)
    desk.locator("#hand_on_mediator").select_option(label=mediator.get_full_name())
    with desk.expect_navigation():
        desk.get_by_role("button", name="转过去").click()
    assert level in said(desk)


@pytest.mark.article(33)
def test_from_the_code_on_a_door_to_an_instalment_that_is_late(cast, rooms, screens, clock, open_page):
    begun, own, other = now(), open_page(390), open_page(390)
    village, area, town = rooms
    number, code = filed(own, village)
    dispute = Dispute.objects.get(number=number)

    desk = screens.of("mediator")
    desk.goto("/mediation/today/")
    desk.get_by_role("link", name=number).click()
    desk.get_by_role("button", name="接手调解").click()
    desk.get_by_text("请先问双方愿不愿意调解").wait_for()

    # Each side agrees by itself, on its own page; neither page names the other.
    assert "楼上老李" not in look_up(own, number, code)
    own.get_by_role("button", name="我同意调解").click()
    own.get_by_text("已记下您同意调解").wait_for()
    desk.get_by_role("link", name="电话和资料").last.click()
    desk.get_by_role("button", name="发一张查询单").click()
    desk.get_by_role("heading", name="查询单").wait_for()
    fits(desk)
    shoot(desk, "whole-way-slip-1366")
    slip = desk.locator("dd.figures").all_inner_texts()
    shown = look_up(other, *slip)
    assert other.url.endswith("/mediation/side/")
    assert not any(word in shown for word in ("张小河", number, WORDS, "13800000001"))
    shoot(other, "whole-way-side-390")
    other.get_by_role("button", name="我同意调解").click()
    other.get_by_text("已记下您同意调解").wait_for()

    # Twice in the village, a day after both had agreed and later; a third time is not offered there.
    clock.put_to(begun + DAY)
    desk = screens.of("mediator")
    held(desk, number, Result.NOT_AGREED)
    clock.put_to(begun + 3 * DAY)
    desk = screens.of("mediator")
    held(desk, number, Result.NOT_AGREED)
    assert "双方还愿意调的，请转到上一级" in held(desk, number, Result.NOT_AGREED)
    up(desk, number, "片区调解", area, cast.mediator)
    clock.put_to(begun + 6 * DAY)
    desk = screens.of("mediator")
    held(desk, number, Result.NOT_AGREED)
    up(desk, number, "乡镇（街道）调委会", town, cast.mediator)
    clock.put_to(begun + 8 * DAY)
    desk = screens.of("mediator")
    held(desk, number, Result.AGREED, "楼上铺地毯，分三期补偿三千元。")
    mediation = MediationCase.objects.get()
    assert [stay.level.place for stay in mediation.stays.order_by("began_at")] == [1, 2, 3]
    assert mediation.result == Result.AGREED and mediation.sessions.count() == 4

    # Written from what was noted, signed by all on one sheet.
    desk.goto("/mediation/agreements/")
    assert number in said(desk)
    desk.get_by_role("link", name=number).click()
    assert "两家说了各自的难处" in said(desk)
    for label, text in (("主要事实", "半夜拖桌子。"), ("争议事项", "补偿多少。"), ("各方责任", "楼上主责。")):
        desk.get_by_label(label).fill(text)
    today = local_day(now())
    for n, days in enumerate((5, 35, 65), 1):
        desk.locator(f"#id_ower{n}").select_option(label="楼上老李（对方当事人）")
        desk.locator(f"#id_owed{n}").select_option(label="申请人")
        desk.locator(f"#id_what{n}").fill(f"付第{n}期补偿款")
        desk.locator(f"#id_amount{n}").fill("1000")
        desk.locator(f"#id_way{n}").fill("微信转账")
        desk.locator(f"#id_due_on{n}").fill((today + days * DAY).isoformat())
    with desk.expect_navigation():
        desk.get_by_role("button", name="保存协议").click()
    for box in desk.locator("[name=hands]").all():
        box.check()
    desk.locator("[name=slip]").set_input_files(SLIP)
    with desk.expect_navigation():
        desk.get_by_role("button", name="登记签字").click()
    made = Agreement.objects.get()
    assert made.holds and "申请人" in said(desk)

    # The first is paid, the second is late: the mediator is told, and each side reads it on the own page.
    clock.put_to(begun + 12 * DAY)
    desk = screens.of("mediator")
    desk.goto(made.duties.get(ordinal=1).get_absolute_url())
    desk.get_by_label("情况").select_option(label="已履行")
    desk.get_by_label("谁说的").select_option(label="接受履行的一方")
    with desk.expect_navigation():
        desk.get_by_role("button", name="登记履行情况").click()
    clock.put_to(begun + 45 * DAY)
    assert "请核实履行情况" in screens.inbox("mediator")
    mine, theirs = look_up(own, number, code), look_up(other, *slip)
    assert "对方要做" in mine and "逾期" in mine and "楼上老李" not in mine
    assert "您要做" in theirs and "逾期" in theirs and "张小河" not in theirs and number not in theirs
    shoot(other, "whole-way-side-late-390")
    dispute.refresh_from_db()
    assert dispute.petition is None and not Petition.objects.exists()
