"""The brief from draft to signature, read and instructed on a phone, printed; the bulletin; a month given to the public;
a hot matter named and given to two units."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Post, User
from core.timekeeping import local_day, now
from leaders.models import Instruction
from matters.models import JointTask, Matter, MatterCase
from petitions.enums import Channel, Status
from reports.models import BriefKind, UnitWarning
from reports.periods import Month
from reports.services import briefs, freezing
from tests.browser.screens import fits, shoot
from tests.cast import SINCE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
PHONE, DESK = 390, 1366


@pytest.fixture
def window(open_page, client_as, live_server):
    """``window(user, 390)``: a page of somebody logged in."""

    def make(user, width):
        page = open_page(width)
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


@pytest.fixture
def second(cast):
    user = User.objects.create_user("second", name="郭安")
    Post.objects.create(
        user=user, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
    )
    return user


def said(page):
    page.locator("#notices").wait_for()
    return page.locator("#notices").inner_text()


def pressed(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()
    fits(page)


def test_a_brief_from_draft_to_signature_read_and_instructed_on_the_phone(cast, make_case, second, window):
    case = make_case(
        until=Status.ACCEPTED, at=now() - timedelta(hours=6), channel=Channel.VISIT, head_count=12
    )
    brief = briefs.draft(cast.units.district, local_day(now()), now())

    office = window(cast.petition_officer, DESK)
    office.goto(reverse("reports:brief_edit", args=[brief.pk]))
    office.get_by_label("补充第 1 条的栏目").select_option(label="疑难复杂")
    office.get_by_label("补充第 1 条", exact=True).fill("东溪镇安置房漏雨，住户情绪激动。")
    pressed(office, "保存")
    assert office.get_by_role("button", name="签发", exact=True).count() == 0
    assert "另一位同事" in office.locator("main").inner_text()

    other = window(second, DESK)
    other.goto(brief.get_absolute_url())
    pressed(other, "签发")
    assert "已签发" in said(other)

    leader = window(cast.leader, PHONE)
    leader.goto(reverse("reports:briefs"))
    fits(leader)
    leader.locator("main a.what").first.click()
    leader.get_by_text("东溪镇安置房漏雨").wait_for()
    fits(leader)
    shoot(leader, "brief-390")
    with leader.expect_navigation():
        leader.get_by_role("link", name="批示").first.click()
    leader.get_by_label("批示内容").fill("请当面听取来访群众的诉求。")
    pressed(leader, "发出批示")
    assert Instruction.objects.get().petition == case

    leader.goto(brief.get_absolute_url())
    link = leader.get_by_role("link", name="PDF").get_attribute("href")
    answer = leader.request.get(link)
    assert answer.status == 200 and answer.body().startswith(b"%PDF-")

    office.goto(brief.get_absolute_url())
    assert "高远" in office.locator("main").inner_text(), "who read it when"
    office.get_by_text("更正", exact=True).click()
    office.get_by_label("更正的原因").fill("漏写一件")
    pressed(office, "另出一版")
    office.get_by_label("补充第 1 条", exact=True).fill("补上漏写的一件。")
    pressed(office, "保存")
    other.goto(office.url)
    pressed(other, "签发")
    leader.goto(brief.get_absolute_url())
    with leader.expect_navigation():
        leader.get_by_text("这一期有第 2 版").click()
    assert "更正原因：漏写一件" in leader.locator("main").inner_text()
    fits(leader)


def test_a_bulletin_names_a_unit_that_was_warned_before(cast, make_case, second, window):
    for _n in range(3):
        make_case(at=now() - timedelta(days=80), until=Status.ACCEPTED)
    UnitWarning.objects.create(
        unit=cast.units.urban, rule="red", value=3, threshold=3, warned_at=now() - timedelta(days=3)
    )
    head = window(cast.unit_head, PHONE)
    head.goto(reverse("reports:warnings"))
    assert "先办超期最久的" in head.locator("main").inner_text()
    fits(head)
    bulletin = briefs.draft(cast.units.district, local_day(now()), now(), BriefKind.BULLETIN)
    other = window(second, DESK)
    other.goto(bulletin.get_absolute_url())
    text = other.locator("main").inner_text()
    assert "工作通报" in text and "红榜预警" in text and "城市管理局超期未办 3 件" in text
    shoot(other, "bulletin-1366")
    pressed(other, "签发")
    leader = window(cast.leader, PHONE)
    leader.goto(bulletin.get_absolute_url())
    assert "城市管理局超期未办 3 件" in leader.locator("main").inner_text()
    fits(leader)


def test_a_month_is_given_out_read_by_anybody_and_taken_back(cast, make_case, window, open_page):
    first = local_day(now()).replace(day=1) - timedelta(days=1)
    month = Month.of(first)
    for n in range(6):
        make_case(at=month.start + timedelta(hours=9 + n), until=Status.ACCEPTED)
    freezing.freeze(actor=cast.actor("petition_officer"), month=month)
    office = window(cast.petition_officer, DESK)
    office.goto(reverse("reports:publishing"))
    pressed(office, f"公布 {month.label}")
    assert "不登录就能看到" in said(office)
    visitor = open_page(PHONE)
    visitor.goto(reverse("reports:public_months"))
    with visitor.expect_navigation():
        visitor.locator("main a.what").first.click()
    text = visitor.locator("main").inner_text()
    assert "城市管理局" in text and "这些数是什么意思" in text
    fits(visitor)
    shoot(visitor, "public-month-390")
    office.locator("summary").filter(has_text="撤回").click()
    office.get_by_label("撤回的原因").fill("一个单位的数要重报")
    pressed(office, "撤回")
    visitor.reload()
    text = visitor.locator("main").inner_text()
    assert "一个单位的数要重报" in text and "城市管理局" not in text


def test_a_hot_matter_is_named_and_given_to_two_units(cast, make_case, window):
    matter = Matter.objects.create(made_at=now())
    cases = [make_case(at=now() - timedelta(days=n + 1)) for n in range(3)]
    for case in cases:
        MatterCase.objects.create(matter=matter, petition=case, at=now())
    office = window(cast.petition_officer, DESK)
    office.goto(reverse("matters:list"))
    with office.expect_navigation():
        office.locator("main td.subject a").first.click()
    office.get_by_label("名称").fill("夜市噪音扰民")
    pressed(office, "保存名称")
    assert "夜市噪音扰民" in office.locator("h1").inner_text()
    shoot(office, "matter-1366")
    pressed(office, f"移出 {cases[0].number}")
    assert cases[0].number in said(office)
    leader = window(cast.leader, PHONE)
    leader.goto(reverse("matters:list"))
    fits(leader)
    JointTask.objects.create(
        matter=matter, title="夜市整治", text="请规定收摊时间。", lead=cast.units.urban,
        due_on=local_day(now()) + timedelta(days=9), opened_at=now(), opened_by=cast.post("petition_officer"),
    ).parts.create(unit=cast.units.urban)  # fmt: skip
    handler = window(cast.handler, PHONE)
    handler.goto(reverse("matters:tasks"))
    with handler.expect_navigation():
        handler.get_by_text("夜市整治").click()
    handler.get_by_label("做了什么、结果如何").fill("已经规定十点收摊。")
    pressed(handler, "反馈")
    assert "已反馈" in said(handler)
