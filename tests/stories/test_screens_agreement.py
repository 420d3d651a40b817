"""An agreement with three instalments on real screens: written down, signed, the first paid, the second late (人民调解法
28–33)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from core.timekeeping import local_day, now
from mediation.models import Agreement
from mediation.services.rooms import RoomCard, keep_room
from petitions.enums import Status
from petitions.services import codes
from tests.agreeing import settled_matter
from tests.pictures import PNG
from tests.stories.screens import own_page, said

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

SLIP = {"name": "签字页.png", "mimeType": "image/png", "buffer": PNG}


@pytest.fixture
def matter(clock, cast, make_case):
    token = codes.new_token()
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2), token=token)
    card = RoomCard(
        unit=cast.units.dongxi, name="宝大叔调解室", address="河沿路8号", mediators=[cast.mediator]
    )
    room = keep_room(actor=cast.actor("petition_officer"), card=card)
    mediation = settled_matter(case, room, cast.mediator)
    return SimpleNamespace(case=case, code=codes.query_code(token), mediation=mediation)


def write_down(page):
    """Three instalments of a thousand; the day of the second is forgotten at first."""
    today = local_day(now())
    page.get_by_label("主要事实").fill("夜市噪音影响楼上居民。")
    page.get_by_label("争议事项").fill("补偿多少，怎么付。")
    page.get_by_label("各方责任").fill("摊主主责。")
    page.get_by_label("协议内容").fill("摊主分三期补偿三千元。")
    for n, days in enumerate((5, 35, 65), 1):
        page.locator(f"#id_ower{n}").select_option(label="摊主老李（对方当事人）")
        page.locator(f"#id_owed{n}").select_option(label="信访人")
        page.locator(f"#id_what{n}").fill(f"付第{n}期补偿款")
        page.locator(f"#id_amount{n}").fill("1000")
        page.locator(f"#id_way{n}").fill("微信转账")
        if n != 2:
            page.locator(f"#id_due_on{n}").fill((today + timedelta(days=days)).isoformat())
    page.get_by_role("button", name="保存协议").click()
    assert "没有日期就没法提醒" in said(page) and page.locator("#id_what3").input_value() == "付第3期补偿款"
    page.locator("#id_due_on2").fill((today + timedelta(days=35)).isoformat())
    page.get_by_role("button", name="保存协议").click()


def draw(page):
    """A stroke on the pad, as a finger draws it."""
    pad = page.locator(".signature canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 60, steps=4)
    page.mouse.up()
    page.get_by_text("已签名，保存时一并提交。").wait_for()


@pytest.mark.article(33)
def test_three_instalments_of_which_one_is_late(cast, matter, screens, clock, open_page):
    begun = now()
    mediator = screens.of("mediator", 390)
    mediator.goto("/mediation/today/")
    mediator.get_by_role("link", name="待跟进的协议").click()
    assert "待写协议" in said(mediator) and matter.case.number in said(mediator)
    mediator.get_by_role("link", name="宝大叔调解室").click()
    write_down(mediator)
    made = Agreement.objects.get()
    assert mediator.url.endswith(made.get_absolute_url())

    # The other side signs on the screen, everybody else on paper; then it binds.
    mediator.get_by_role("checkbox", name="摊主老李").check()
    mediator.get_by_label("方式").select_option(label="屏幕上签名")
    draw(mediator)
    mediator.get_by_role("button", name="登记签字").click()
    assert "还没有签" in said(mediator)
    for box in mediator.locator("[name=hands]").all():
        box.check()
    mediator.locator("[name=slip]").set_input_files(SLIP)
    mediator.get_by_role("button", name="登记签字").click()
    made.refresh_from_db()
    assert made.holds and "司法确认" in said(mediator)

    # The first instalment is paid in time.
    clock.put_to(begun + timedelta(days=4))
    mediator = screens.of("mediator", 390)
    mediator.goto("/mediation/agreements/")
    mediator.get_by_role("link", name="宝大叔调解室").first.click()
    mediator.get_by_label("情况").select_option(label="已履行")
    mediator.get_by_label("谁说的").select_option(label="接受履行的一方")
    mediator.get_by_role("button", name="登记履行情况").click()
    assert "已履行" in said(mediator)

    # The second is not: the mediator is told, the pages say so, and what may be done stands there.
    clock.put_to(begun + timedelta(days=36, hours=12))
    assert "请核实履行情况" in screens.inbox("mediator")
    mediator = screens.of("mediator", 390)
    mediator.goto(made.get_absolute_url())
    assert "逾期" in said(mediator) and "向人民法院起诉" in said(mediator)
    own = own_page(open_page(390), matter.case.number, matter.code)
    assert "对方要做" in own and "逾期" in own and "摊主老李" not in own
    second = made.duties.get(ordinal=2)
    mediator.goto(second.get_absolute_url())
    mediator.get_by_label("情况").select_option(label="部分履行")
    mediator.get_by_label("付了多少").fill("400")
    mediator.get_by_role("button", name="登记履行情况").click()
    assert "还剩 600.00 元" in said(mediator)

    # Whoever answers for the case may have it mediated again; the case itself goes on.
    officer = screens.of("petition_officer")
    officer.goto(made.get_absolute_url())
    officer.get_by_label("调解室").select_option(label="宝大叔调解室")
    officer.get_by_label("调解员").select_option(label=cast.mediator.get_full_name())
    officer.get_by_role("button", name="再次转入调解").click()
    assert "又回来的调解" in said(officer)
    matter.case.refresh_from_db()
    assert matter.case.status == Status.ACCEPTED
