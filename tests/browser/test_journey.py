"""One case through a browser from the resident's phone to the archive, the month's file, and all of it by keys."""

from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from core.timekeeping import SHANGHAI, now
from petitions.enums import Rating, Status
from petitions.models import Petition
from reports.models import ExportJob, ExportState
from reports.services import exports
from tests.browser.screens import fits, shoot
from tests.cases import OUTSIDE, check_off

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

WORDS = "柳湾小区三号楼外墙渗水两年，雨天屋里滴水。"


@pytest.fixture
def page_of(open_page, client_as, live_server):
    def make(user, width=1366):
        page = open_page(width)
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


def act(page, label, button, fill=lambda dialog: None):
    """Open an act of the next-step bar over the page, fill it in, press its button."""
    page.locator(".next-step-bar").get_by_role("link", name=label, exact=True).click()
    dialog = page.locator("#act-dialog")
    dialog.locator("form").wait_for()
    fill(dialog)
    with page.expect_navigation():
        dialog.get_by_role("button", name=button, exact=True).click()
    page.locator("#notices .notice-strip").first.wait_for()


def test_a_case_from_a_phone_to_the_archive(cast, phone, page_of):
    # The resident files, and keeps number and code.
    phone.goto("/")
    phone.get_by_role("link", name="我要反映").first.click()
    phone.get_by_label("发生了什么事").fill(WORDS)
    for _ in range(3):
        phone.get_by_role("button", name="下一步").click()
    phone.get_by_role("button", name="提交", exact=True).click()
    phone.wait_for_url("**/file/receipt/")
    case, code = Petition.objects.get(), phone.locator(".code").inner_text()

    # The officer forwards it.
    officer = page_of(cast.petition_officer)
    officer.goto("/cases/")
    officer.get_by_role("link", name=case.subject).first.click()
    officer.locator("#preview h2").wait_for()
    officer.locator("#preview [data-open]").click()
    officer.wait_for_url(f"**/cases/{case.number}/")

    def choose(dialog):
        dialog.locator("[data-picker] > input").first.wait_for()
        box = dialog.get_by_role("combobox", name="主办单位").first
        box.fill("城市")
        officer.locator(".picker-list:visible li[data-value]").first.wait_for()
        box.press("Enter")

    act(officer, "转送", "转送", choose)

    # The handler accepts, answers and serves.
    handler = page_of(cast.handler)
    handler.goto(f"/cases/{case.number}/")

    def classify(dialog):
        dialog.get_by_role("radio", name="申诉求决").check()
        dialog.get_by_role("radio", name="六、信访程序").check()

    act(handler, "受理", "受理", classify)

    def answer(dialog):
        dialog.get_by_label("处理意见书正文").fill("已责成开发商返修外墙。")
        dialog.get_by_label("依据（法律、法规、政策）").fill("《建设工程质量管理条例》")
        dialog.get_by_role("button", name="下一步，核对").click()

    act(handler, "答复", "作出答复", answer)

    def served(dialog):
        dialog.get_by_label("收到时间").fill(now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"))
        dialog.get_by_label("签收人").fill("本人")
        dialog.get_by_label("处理意见书的文号").fill(OUTSIDE)
        dialog.get_by_label("已签收").check()

    act(handler, "送达", "登记送达", served)

    # The resident reads the answer on the phone and rates it; the officer puts it away.
    phone.goto("/query/")
    phone.get_by_label("编号").fill(case.number)
    phone.get_by_label("查询码").fill(code)
    phone.get_by_role("button", name="查询").click()
    phone.wait_for_url("**/mine/")
    assert phone.get_by_text("已责成开发商返修外墙。").first.is_visible()
    for name in ("office_rating", "unit_rating"):
        group = phone.locator("fieldset", has=phone.locator(f"input[name={name}]"))
        group.get_by_label("满意", exact=True).check()
    phone.get_by_role("button", name="提交评价").click()
    phone.get_by_text("您的评价已记录").wait_for()
    fits(phone)
    officer.goto(f"/cases/{case.number}/")
    check_off(case)
    act(officer, "办结归档", "办结归档")
    case.refresh_from_db()
    assert case.status == Status.CLOSED
    assert case.evaluation.unit_rating == Rating.SATISFIED


def test_the_month_is_exported_with_a_progress_bar_and_can_be_left(
    cast, make_case, page_of, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path / "media"
    make_case(until=Status.ACCEPTED, at=now() - timedelta(hours=8))
    month = f"{now():%Y-%m}"
    page = page_of(cast.statistician)
    page.goto(f"/reports/month/?month={month}")
    page.get_by_role("button", name="导出 XLSX").click()
    page.locator("progress").wait_for()
    job = ExportJob.objects.get()
    assert job.state == ExportState.QUEUED
    shoot(page, "export-queued-1366")

    # Leave the page, let the worker work, come back.
    page.goto("/cases/")
    assert exports.run_waiting() == 1
    page.goto(f"/reports/month/?month={month}")
    link = page.get_by_role("link", name="下载")
    with page.expect_download() as waiting:
        link.click()
    assert waiting.value.suggested_filename == f"信访月报-清江县-{month}.xlsx"
    kept = tmp_path / "month.xlsx"
    waiting.value.save_as(kept)
    rows = CalamineWorkbook.from_path(kept).get_sheet_by_name("月报").to_python()
    total = next(row for row in rows if row[0] == "合计")
    printed = page.locator(".report-total td").all_inner_texts()
    assert [str(int(cell)) for cell in total[1:6]] == printed[:5]


def test_an_export_that_is_waited_for_finishes_by_itself(cast, make_case, page_of, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_case(at=now() - timedelta(hours=8))
    page = page_of(cast.statistician)
    page.goto(f"/reports/month/?month={now():%Y-%m}")
    page.get_by_role("button", name="导出 XLSX").click()
    page.locator("progress").wait_for()
    exports.run_waiting()
    page.get_by_role("link", name="下载").wait_for()
    assert page.locator("progress").count() == 0


@pytest.mark.parametrize(("who", "address"), [(None, "/"), (None, "/file/"), ("handler", "/cases/")])
def test_the_first_tab_shows_the_skip_link_and_it_leads_past_the_menu(cast, open_page, page_of, who, address):
    page = page_of(getattr(cast, who)) if who else open_page(1366)
    page.goto(address)
    page.keyboard.press("Tab")
    seen = page.evaluate(
        """() => {
            const one = document.activeElement, box = one.getBoundingClientRect(), look = getComputedStyle(one);
            return {
                text: one.textContent, top: box.top, left: box.left, width: box.width,
                marked: look.outlineStyle !== 'none' || look.boxShadow !== 'none',
            };
        }"""
    )
    assert seen["text"] == "跳到正文"
    assert seen["top"] >= 0 and seen["left"] >= 0 and seen["width"] > 40, "it can be seen"
    assert seen["marked"], "and has a mark of focus"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_everything_that_takes_the_focus_shows_it(cast, make_case, page_of):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(hours=5))
    page = page_of(cast.handler)
    for address in ("/cases/", f"/cases/{case.number}/", f"/cases/{case.number}/act/conclude/"):
        page.goto(address)
        unmarked = []
        for _press in range(25):
            page.keyboard.press("Tab")
            unmarked.append(
                page.evaluate(
                    """() => {
                        const one = document.activeElement, look = getComputedStyle(one);
                        const marked = (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0)
                            || look.boxShadow !== 'none' || one === document.body;
                        return marked ? '' : one.outerHTML.slice(0, 120);
                    }"""
                )
            )
        assert [one for one in unmarked if one] == [], address


def test_a_case_is_found_opened_and_left_by_keys_alone(cast, make_case, page_of):
    older = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=5), subject="先来的一件")
    newer = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=4), subject="后来的一件")
    page = page_of(cast.handler)
    page.goto("/cases/")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == newer.subject
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == older.subject
    page.keyboard.press("Enter")
    page.locator("#preview h2").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{older.number}/")
    page.go_back()
    page.wait_for_url("**/cases/")
