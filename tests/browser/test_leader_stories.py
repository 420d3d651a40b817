"""Whole stories of the leaders' room at 390 px: a month made public, a place booked and called, 销案, 提级."""

from datetime import time, timedelta

import pytest

from accounts.enums import Role
from accounts.models import Post, User
from core.timekeeping import SHANGHAI, local_day, now
from leaders.enums import PackageLevel, PackageState, RulePattern, SiteKind, VisitKind
from leaders.forms.fields import label_of_post
from leaders.models import Booking, CasePackage, PackageClock, VisitDay
from leaders.reception_enums import Turn
from leaders.services.day_rules import RuleFacts, add_rule
from leaders.services.days import DayPlan, plan_day
from leaders.services.packages import assign_package
from leaders.services.proposing import propose
from leaders.services.sites import SiteFacts, add_site
from petitions.enums import Status
from tests.browser.screens import fits, shoot
from tests.cast import SINCE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
PHONE = 390


@pytest.fixture
def phone_of(open_page, client_as, live_server):
    def make(user):
        page = open_page(PHONE)
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


@pytest.fixture
def package(cast, make_case):
    return assign_package(
        petition=make_case(until=Status.ACCEPTED, at=now() - timedelta(days=9), subject="河边夜市噪音扰民"),
        actor=cast.actor("petition_officer"),
        post=cast.post("leader"),
        target_on=local_day(now()) + timedelta(days=30),
        reason="多次反映",
    )


def opened(page, label):
    """The form of the step with this name on a package's page, opened."""
    step = page.locator("details.step").filter(has=page.get_by_role("heading", name=label, exact=True))
    if step.get_attribute("open") is None:
        step.locator("summary").click()
    return step


def sent(page, step, label):
    step.get_by_role("button", name=label, exact=True).click()
    page.locator("#notices").wait_for()
    fits(page)
    return page.locator("#notices").inner_text()


def test_a_leader_applies_for_striking_off_and_another_visits_back_and_approves_on_the_phone(
    cast, package, phone_of
):
    mine = phone_of(cast.leader)
    mine.goto(package.get_absolute_url())
    step = opened(mine, "申请销案")
    # Of a case that was not answered yet only the petitioner's own word, which the visit confirms.
    step.get_by_label("销案依据").select_option(label="信访人本人认可")
    step.get_by_label("依据说明").fill("摊位已搬迁，当事人签字确认。")
    step.get_by_label("事：问题解决得怎样").fill("摊位已搬迁。")
    step.get_by_label("心：心结怎样解开").fill("已当面说清。")
    assert "等另一个人审核" in sent(mine, step, "申请销案")
    assert mine.get_by_role("button", name="审核销案", exact=True).count() == 0

    office = phone_of(cast.petition_officer)
    office.goto(package.get_absolute_url())
    fits(office)
    shoot(office, "strike-off-390")
    first = office.locator("main .panel").first
    assert "登记销案回访" in first.inner_text(), "what waits stands before everything else"
    step = opened(office, "登记销案回访")
    step.get_by_label("回访日期").fill(local_day(now()).isoformat())
    step.get_by_label("回访情况").fill("没有其他问题。")
    assert "已登记回访" in sent(office, step, "登记销案回访")
    assert "审核销案" in office.locator("main .panel").first.inner_text()
    step = opened(office, "审核销案")
    step.get_by_role("radio").first.check()
    step.get_by_label("说明").fill("同意。")
    assert "已审核" in sent(office, step, "审核销案")
    package.refresh_from_db()
    assert package.state == PackageState.STRUCK_OFF
    assert package.watch_until is not None


def test_a_package_past_its_day_goes_up_a_level_on_the_phone(cast, package, phone_of):
    head = Post.objects.create(
        user=User.objects.create(username="head", name="苏平", password="!"),
        unit=cast.units.petition_office,
        role=Role.UNIT_HEAD,
        valid_from=SINCE,
    )
    past = now() - timedelta(days=4)
    CasePackage.objects.filter(pk=package.pk).update(target_on=local_day(past))
    PackageClock.objects.filter(package=package).update(
        started_at=past - timedelta(days=60), raw_due_at=past, due_at=past, soon_at=past - timedelta(days=3)
    )
    propose(now())
    page = phone_of(head.user)
    page.goto("/leaders/proposals/")
    fits(page)
    page.get_by_role("link", name="河边夜市噪音扰民").first.click()
    page.wait_for_url("**/leaders/proposals/*/")
    fits(page)
    shoot(page, "raise-390")
    assert "超目标日期 4 天" in page.content()
    page.get_by_label("包案领导").select_option(label=label_of_post(cast.post("leader2")))
    page.get_by_label("原因").fill("本级超期没有化解。")
    page.get_by_role("button", name="确定包案").click()
    page.locator("#notices").wait_for()
    assert "已确定" in page.locator("#notices").inner_text()
    package.refresh_from_db()
    assert (package.leader, package.level) == (cast.leader2, PackageLevel.CHIEF)


def next_month():
    first = local_day(now()).replace(day=1)
    return (first + timedelta(days=32)).replace(day=1)


def test_a_month_is_made_by_its_rules_and_stands_on_the_public_page(cast, phone_of, open_page):
    officer, month = cast.actor("petition_officer"), next_month()
    if month.year > 2026:
        pytest.skip("its calendar is not entered yet")
    site = add_site(
        actor=officer,
        facts=SiteFacts(
            unit=cast.units.dongxi,
            name="东溪镇便民大厅",
            kind=SiteKind.TOWN_HALL,
            address="河沿路8号",
            used_from=local_day(now()),
        ),
    )
    add_rule(
        actor=officer,
        facts=RuleFacts(
            name="县领导每周五接访",
            kind=VisitKind.FIXED,
            pattern=RulePattern.WEEKLY,
            weekday=4,
            start=time(9),
            end=time(11),
            posts=[cast.post("leader"), cast.post("leader2")],
            sites=[site],
            slots=4,
            valid_from=local_day(now()),
        ),
    )
    desk = phone_of(cast.petition_officer)
    desk.goto(f"/leaders/month/?month={month:%Y-%m}")
    fits(desk)
    shoot(desk, "month-390")
    desk.get_by_role("button", name="并通知领导").click()
    desk.locator("#notices").wait_for()
    planned = VisitDay.objects.filter(published=True)
    assert {day.leader for day in planned} == {cast.leader, cast.leader2}
    resident = open_page(PHONE)
    resident.goto(f"/visits/?month={month:%Y-%m}")
    fits(resident)
    shoot(resident, "visits-month-390")
    words = resident.locator("main").inner_text()
    assert "高远" in words and "郑岚" in words and "河沿路8号" in words


def test_a_resident_books_on_the_phone_and_is_called_on_the_day(cast, phone_of, open_page):
    at = now().astimezone(SHANGHAI)
    start = (at + timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    day = plan_day(
        actor=cast.actor("petition_officer"),
        plan=DayPlan(
            post=cast.post("leader"),
            kind=VisitKind.FIXED,
            starts_at=start,
            ends_at=start + timedelta(hours=3),
            place_unit=cast.units.dongxi,
            place_text="镇政府一楼信访接待室",
            slots=4,
        ),
    )
    resident = open_page(PHONE)
    resident.goto("/visits/")
    resident.get_by_role("link", name="预约").first.click()
    resident.wait_for_url("**/visits/*/")
    fits(resident)
    resident.get_by_label("想谈什么事？").fill("老房漏水三年没人管。")
    resident.get_by_label("怎么称呼您？").fill("张小河")
    resident.get_by_role("button", name="预约", exact=True).click()
    resident.get_by_role("heading", name="我的接访预约").wait_for()
    fits(resident)
    shoot(resident, "booked-390")
    words = resident.locator("main").inner_text()
    booking = Booking.objects.get(day=day)
    assert "已约上" in words and booking.number in words and "查询码" in words
    # The day has come.
    today = at.replace(hour=0, minute=1, second=0, microsecond=0)
    VisitDay.objects.filter(pk=day.pk).update(starts_at=today, ends_at=today + timedelta(hours=23))
    desk = phone_of(cast.petition_officer)
    desk.goto(f"{day.get_absolute_url()}desk/")
    fits(desk)
    desk.get_by_role("button", name="叫下一位").click()
    desk.locator("section[aria-labelledby=now-title]").get_by_text("老房漏水三年没人管。").wait_for()
    fits(desk)
    shoot(desk, "called-390")
    booking.refresh_from_db()
    assert booking.turn == Turn.IN_ROOM
