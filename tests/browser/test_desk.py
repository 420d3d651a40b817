"""The desk in a real browser: forwarded, accepted, answered and served by the roles, by keys and in dialogs."""

from datetime import timedelta

import pytest

from core.timekeeping import SHANGHAI, now
from petitions.enums import Act, Status
from petitions.models import Petition
from tests.browser.screens import fits, shoot
from tests.cases import OUTSIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def desk_of(open_page, client_as, live_server):
    """``desk_of(cast.handler, 1366)``: a page of somebody logged in."""

    def make(user, width=1366):
        page = open_page(width)
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


def open_act(page, label):
    page.locator(".next-step-bar").get_by_role("link", name=label, exact=True).click()
    page.locator("#act-dialog form").wait_for()


def choose_unit(page, label, words):
    page.locator("#act-dialog [data-picker] > input").first.wait_for()
    box = page.locator("#act-dialog").get_by_role("combobox", name=label).first
    box.fill(words)
    page.locator(".picker-list:visible li[data-value]").first.wait_for()
    box.press("Enter")


def submit(page, words):
    with page.expect_navigation():
        page.locator("#act-dialog").get_by_role("button", name=words, exact=True).click()
    page.locator("#notices .notice-strip").first.wait_for()


def test_a_case_goes_from_officer_to_handler_and_out_to_the_petitioner(cast, make_case, desk_of):
    case = make_case(at=now() - timedelta(minutes=4))
    officer = desk_of(cast.petition_officer)
    officer.goto(f"/cases/{case.number}/")
    shoot(officer, "case_registered_1366")
    open_act(officer, "转送")
    choose_unit(officer, "主办单位", "城市")
    shoot(officer, "act_forward_1366")
    submit(officer, "转送")
    case.refresh_from_db()
    assert (case.status, case.lead_unit) == (Status.FORWARDED, cast.units.urban)

    handler = desk_of(cast.handler)
    handler.goto("/cases/")
    handler.get_by_role("link", name=case.subject).focus()
    handler.keyboard.press("Enter")
    handler.locator("#preview h2").wait_for()
    shoot(handler, "list_preview_1366")
    handler.keyboard.press("Enter")
    handler.wait_for_url(f"**/cases/{case.number}/")
    open_act(handler, "受理")
    handler.get_by_role("radio", name="申诉求决").check()
    handler.get_by_role("radio", name="六、信访程序").check()
    shoot(handler, "act_accept_1366")
    submit(handler, "受理")
    case.refresh_from_db()
    assert case.status == Status.ACCEPTED

    open_act(handler, "答复")
    dialog = handler.locator("#act-dialog")
    dialog.get_by_role("button", name="下一步，核对").click()
    dialog.get_by_role("alert").first.wait_for()
    shoot(handler, "act_conclude_422_1366")
    dialog.get_by_label("支持", exact=True).check()
    dialog.get_by_label("处理意见书正文").fill("已约谈十二户摊主，夜市一律十点收摊。")
    dialog.get_by_label("依据（法律、法规、政策）").fill("《中华人民共和国噪声污染防治法》第六十四条")
    assert "/ 20,000 字" in dialog.locator(".counted:visible").first.inner_text()
    dialog.get_by_role("button", name="下一步，核对").click()
    dialog.get_by_text("再看一遍，然后作出").wait_for()
    assert "夜市一律十点收摊" in dialog.locator(".look").inner_text()
    shoot(handler, "act_conclude_look_1366")
    dialog.get_by_role("button", name="返回修改").click()
    assert "夜市一律十点收摊" in dialog.get_by_label("处理意见书正文").input_value()
    dialog.get_by_role("button", name="下一步，核对").click()
    submit(handler, "作出答复")
    open_act(handler, "送达")
    dialog.get_by_label("收到时间").fill(now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"))
    dialog.get_by_label("签收人").fill("本人")
    dialog.get_by_label("处理意见书的文号").fill(OUTSIDE)
    dialog.get_by_label("已签收").check()
    shoot(handler, "act_serve_1366")
    submit(handler, "登记送达")
    case.refresh_from_db()
    assert case.status == Status.SERVED
    shoot(handler, "case_served_1366")
    acts = list(case.events.order_by("id").values_list("act", flat=True))
    assert acts == [Act.REGISTER, Act.FORWARD, Act.ACCEPT, Act.CONCLUDE, Act.SERVE]


def test_the_list_is_walked_by_keys_and_narrowed_without_a_reload(cast, make_case, desk_of):
    first = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=5))
    second = make_case(
        until=Status.FORWARDED,
        at=now() - timedelta(hours=4),
        subject="西岭街道路灯不亮",
        body="路灯坏了一个月",
        head_count=7,
        urgency="urgent",
    )
    page = desk_of(cast.handler)
    page.goto("/cases/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == first.subject
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == second.subject
    shoot(page, "list_1366")
    page.get_by_label("编号、标题或内容").fill("路灯")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name=first.subject).wait_for(state="detached")
    assert "q=%E8%B7%AF%E7%81%AF" in page.url
    assert page.get_by_role("link", name=second.subject).count() == 1


def test_on_a_phone_everything_fits_and_the_row_opens_the_case(cast, make_case, desk_of):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(hours=5))
    page = desk_of(cast.handler, 390)
    page.goto("/cases/?view=handling")
    shoot(page, "list_390")
    fits(page)
    page.get_by_role("link", name=case.subject).click()
    page.wait_for_url(f"**/cases/{case.number}/")
    shoot(page, "case_390")
    fits(page)
    page.goto(f"/cases/{case.number}/act/conclude/")
    shoot(page, "act_conclude_390")
    fits(page)


def test_a_clock_opens_its_explanation_over_the_page(cast, make_case, desk_of):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(hours=5))
    page = desk_of(cast.handler)
    page.goto(f"/cases/{case.number}/")
    page.locator("#clocks .clock-pill").first.click()
    page.locator("#act-dialog .clock-explanation").wait_for()
    shoot(page, "clock_1366")
    page.keyboard.press("Escape")
    assert page.locator("#act-dialog").is_hidden()


def test_a_late_form_tells_who_was_faster_and_keeps_the_words(cast, make_case, desk_of):
    from petitions.services import forwarding

    case = make_case(at=now() - timedelta(minutes=4))
    page = desk_of(cast.petition_officer)
    page.goto(f"/cases/{case.number}/")
    open_act(page, "转送")
    choose_unit(page, "主办单位", "住房")
    page.locator("#act-dialog").get_by_label("转送说明").fill("我写的话")
    forwarding.forward(
        petition=Petition.objects.get(pk=case.pk),
        actor=cast.actor("petition_officer"),
        unit=cast.units.urban,
    )
    page.locator("#act-dialog").get_by_role("button", name="转送", exact=True).click()
    page.locator("#act-dialog .notice-strip").wait_for()
    shoot(page, "act_late_1366")
    assert "周静" in page.locator("#act-dialog .notice-strip").inner_text()
    assert page.locator("#act-dialog textarea").input_value() == "我写的话"


def test_a_field_is_revealed_with_a_picked_reason(cast, make_case, desk_of):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(hours=5))
    page = desk_of(cast.handler)
    page.goto(f"/cases/{case.number}/")
    page.locator("#people").get_by_role("link").first.click()
    dialog = page.locator("#act-dialog")
    dialog.get_by_label("电话", exact=True).check()
    dialog.get_by_role("button", name="电话联系信访人").click()
    shoot(page, "reveal_1366")
    dialog.get_by_role("button", name="查看这一项").click()
    dialog.locator(".revealed").wait_for()
    assert dialog.locator(".revealed").inner_text() == "13800001234"
