"""A reception on a leader's phone, from the list to the last promise; and what becomes of twelve who had booked."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from accounts.services.posts import end_post
from core.timekeeping import local_day, now
from leaders.enums import HandoverWhy, VisitKind
from leaders.models import Booking, CasePackage, Instruction, VisitDay, VisitRecord
from leaders.reception_enums import Turn
from leaders.services.bookings import NewBooking, book
from leaders.services.days import DayPlan, plan_day
from leaders.services.packages import assign_package
from leaders.services.proposing import propose
from petitions.enums import Status
from petitions.services.codes import new_token
from tests.browser.screens import fits, shoot
from tests.stories.conftest import MORNING
from tests.stories.screens import said

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('draft:talk-')).length"


@pytest.fixture
def day_of(cast):
    def make(start, slots, **fields):
        plan = DayPlan(
            post=cast.post("leader"),
            kind=VisitKind.FIXED,
            starts_at=start,
            ends_at=start + timedelta(hours=3),
            place_unit=cast.units.dongxi,
            place_text="镇政府一楼信访接待室",
            slots=slots,
            slot_minutes=10,
            **fields,
        )
        return plan_day(actor=cast.actor("petition_officer"), plan=plan)

    return make


def asks(day, name, case=None):
    new = NewBooking(petition=case, name=name, phone="", matter="夜市太吵，想问什么时候收摊。")
    return book(day=day, actor=Actor.petitioner(), new=new, token=new_token()).booking


def sign(page):
    """A stroke in the box for the signature."""
    box = page.locator("[data-signature] canvas")
    box.scroll_into_view_if_needed()
    area = box.bounding_box()
    page.mouse.move(area["x"] + 20, area["y"] + 30)
    page.mouse.down()
    page.mouse.move(area["x"] + 120, area["y"] + 60, steps=5)
    page.mouse.up()
    page.get_by_text("已签名，保存时一并提交。").wait_for()


def noticed(page):
    return page.locator("#notices").inner_text()


def press(page, words):
    with page.expect_navigation():
        page.get_by_role("button", name=words).first.click()


@pytest.mark.article(18)
def test_received_promised_followed_up_and_done_on_a_phone_with_a_poor_line(
    cast, screens, clock, make_case, day_of
):
    case = make_case(until=Status.FORWARDED, at=now() - timedelta(days=2), subject="柳湾夜市扰民")
    day = day_of(MORNING + timedelta(minutes=30), 3)
    first, second = asks(day, "钱桂芳", case), asks(day, "孙小河")
    clock.put_to(MORNING + timedelta(minutes=40))

    # 事前登记 is closed, the first is called in: one press each.
    phone = screens.of("leader", 390)
    phone.goto(reverse("leaders:day_desk", args=[day.pk]))
    fits(phone)
    shoot(phone, "day-desk-390")
    press(phone, "完成事前登记")
    phone.goto(reverse("leaders:day_desk", args=[day.pk]))
    press(phone, "叫下一位")
    assert "请 1 号 进来" in noticed(phone)
    shoot(phone, "day-desk-called-390")
    box = phone.get_by_role("link", name="记录谈话").first.bounding_box()
    assert box["height"] >= 44
    phone.get_by_role("link", name="记录谈话").first.click()
    phone.wait_for_url("**/receive/")
    fits(phone)
    assert case.number in said(phone)
    assert phone.get_by_label("来的是谁").input_value() == "钱桂芳"

    # The network goes: nothing is sent, nothing is lost, not even when the page is opened anew.
    phone.get_by_role("button", name="已当面听取诉求").click()
    phone.get_by_label("诉求", exact=True).fill("晚上十点收摊")
    phone.get_by_label("承诺事项").first.fill("十点收摊，派人巡查")
    phone.get_by_label("向谁承诺").first.fill("钱桂芳")
    phone.get_by_label("何时兑现").first.fill((local_day(now()) + timedelta(days=7)).isoformat())
    phone.context.set_offline(True)
    phone.get_by_role("button", name="保存接访记录").click()
    phone.get_by_text("网络断了，没有发出。").wait_for()
    shoot(phone, "receive-offline-390")
    assert phone.evaluate(KEPT) == 1
    assert not VisitRecord.objects.exists()
    phone.context.set_offline(False)
    phone.reload()
    phone.get_by_text("已恢复上次没有提交的内容").wait_for()
    assert "已当面听取诉求" in phone.get_by_label("谈话内容").input_value()

    # The line drops after the server had it: sent again, it is the same talk.
    sign(phone)
    shoot(phone, "receive-390")
    address = phone.url

    def swallow(route):
        if route.request.method != "POST":
            route.continue_()
            return
        route.fetch(max_redirects=0)
        route.abort()

    phone.route("**/receive/", swallow)
    phone.get_by_role("button", name="保存接访记录").click()
    phone.wait_for_timeout(1500)
    assert VisitRecord.objects.count() == 1
    phone.unroute("**/receive/")
    phone.goto(address)
    phone.wait_for_url("**/records/**")
    assert phone.evaluate(KEPT) == 0
    fits(phone)
    shoot(phone, "record-390")
    record = VisitRecord.objects.get()
    assert (record.booking, record.petition, record.slips.count()) == (first, case, 1)
    task = Instruction.objects.get()
    assert (task.unit, task.promise.text) == (cast.units.urban, "十点收摊，派人巡查")

    # The second did not come; 事中处置 is refused until that is said.
    phone.goto(day.get_absolute_url())
    press(phone, "完成事中处置")
    assert "2 号（等候）没有谈话记录，也没有记为未到" in noticed(phone)
    phone.goto(reverse("leaders:day_desk", args=[day.pk]))
    press(phone, "未到")
    assert Booking.objects.get(pk=second.pk).turn == Turn.ABSENT
    press(phone, "完成事中处置")

    # Followed up: the unit reports, the leader reads it, and the last stage closes.
    clock.put_to(MORNING + timedelta(days=3))
    unit = screens.of("handler")
    unit.goto(task.get_absolute_url())
    unit.get_by_label("办理情况").fill("已与摊主签字，十点收摊。")
    press(unit, "反馈")
    office = screens.of("petition_officer")
    office.goto(day.get_absolute_url())
    press(office, "完成事后督办")
    assert "已反馈，领导还没有阅示" in noticed(office)
    shoot(office, "day-stages-1366")
    phone = screens.of("leader", 390)
    phone.goto(task.get_absolute_url())
    press(phone, "知道了")
    office.goto(day.get_absolute_url())
    press(office, "完成事后督办")
    day.refresh_from_db()
    assert (day.stage, day.held_by, day.followed_by) == (None, cast.leader, cast.petition_officer)
    office.goto(case.get_absolute_url())
    assert "已接访 1 次、走访 0 次" in said(office)


def test_a_day_with_twelve_bookings_is_called_off_and_each_is_kept_a_place(cast, screens, clock, day_of):
    day = day_of(MORNING + timedelta(days=1), 12)
    later = day_of(MORNING + timedelta(days=8), 10)
    line = [asks(day, f"来访人{n}") for n in range(1, 13)]
    phone = screens.of("petition_officer", 390)
    phone.goto(day.get_absolute_url())
    phone.get_by_label("取消原因").fill("防汛值守")
    press(phone, "取消接访并通知")
    assert VisitDay.objects.get(pk=day.pk).cancelled_at is not None
    rows = list(Booking.objects.order_by("ordinal"))
    assert [row.kept_day_id for row in rows] == [later.pk] * 10 + [None] * 2, "in the order of the line"
    assert {row.state for row in rows} == {"offered"}
    phone.goto(reverse("leaders:calls"))
    fits(phone)
    shoot(phone, "calls-390")
    words = said(phone)
    assert all(row.name in words for row in line)
    assert "本场取消" in words
    # The desk of a day that was called off calls nobody and takes no record.
    phone.goto(reverse("leaders:day_desk", args=[day.pk]))
    assert phone.get_by_role("button", name="叫下一位").count() == 0
    assert "已取消" in said(phone)
    fits(phone)


def test_a_leader_leaves_and_the_package_goes_on_with_its_history_in_other_hands(
    cast, screens, clock, make_case
):
    """新官要理旧事: the same package, the visits and the instruction of before, a clock by the new date."""
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2), subject="库区移民安置房漏水")
    assign_package(
        petition=case,
        actor=cast.actor("petition_officer"),
        post=cast.post("leader"),
        target_on=local_day(now()) + timedelta(days=40),
        reason="多次反映，涉及人数多",
    )
    home = screens.of("leader", 390)
    home.goto(reverse("leaders:home_visit") + f"?number={case.number}")
    fits(home)
    home.get_by_label("走访了谁").fill("钱桂芳")
    home.get_by_role("combobox", name="走到哪里").fill("柳湾")
    home.locator(".picker-list:visible li[data-value]").first.wait_for()
    home.get_by_role("combobox", name="走到哪里").press("Enter")
    home.get_by_label("了解到什么").fill("三户墙面还在渗水。")
    home.get_by_label("有什么变化").fill("屋顶已经修好，墙面没有补。")
    shoot(home, "home-visit-390")
    press(home, "保存走访记录")
    assert "屋顶已经修好" in said(home)

    clock.put_to(MORNING + timedelta(days=5))
    head = Post.objects.create(
        user=User.objects.create(username="head", name="苏平", password="!"),
        unit=cast.units.petition_office,
        role=Role.UNIT_HEAD,
        valid_from=local_day(now()),
    )
    cast.office_head = head.user
    end_post(post=cast.post("leader"), by=cast.actor("secadmin"), on=local_day(now()))
    propose(now())

    # The head of the office reads on a phone who has left and who holds the same charge, and says so.
    office = screens.of("office_head", 390)
    office.goto(reverse("leaders:proposals"))
    fits(office)
    office.get_by_role("link", name="库区移民安置房漏水").click()
    office.wait_for_url("**/leaders/proposals/*/")
    fits(office)
    shoot(office, "proposal-390")
    assert "包案领导离任" in said(office)
    office.get_by_label("原因").fill("高远同志离任，由郑岚同志接任。")
    press(office, "确定包案")

    # Whoever follows finds what was done before, and may act on it at once.
    phone = screens.of("leader2", 390)
    phone.goto(reverse("leaders:home"))
    assert "库区移民安置房漏水" in phone.locator("section[aria-labelledby=packages-title]").inner_text()
    package = CasePackage.objects.get()
    phone.goto(package.get_absolute_url())
    fits(phone)
    shoot(phone, "package-inherited-390")
    words = said(phone)
    assert "郑岚" in words and "屋顶已经修好，墙面没有补。" in words
    assert (package.leader, package.handovers.get().why) == (cast.leader2, HandoverWhy.INHERITED)
    assert VisitRecord.objects.get().leader == cast.leader, "what was done stays whose it was"
