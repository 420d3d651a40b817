"""A resident with a phone files: step by step, back and forth, once however often the button is pressed."""

import re

import pytest

from petitions.models import Petition
from tests.browser.screens import fits, shoot
from tests.cast import make_cast
from tests.pictures import PNG

pytestmark = pytest.mark.browser
WORDS = "柳湾路夜市每天吵到凌晨两点，老人睡不好。"


@pytest.fixture
def town(open_page, phone):
    """The cast, made where the live server sees it."""
    return make_cast()


def press_next(page):
    page.get_by_role("button", name="下一步").click()


def test_a_resident_files_in_four_steps_and_gets_a_receipt(phone, town):
    phone.goto("/")
    fits(phone)
    shoot(phone, "public-landing-390")
    phone.get_by_role("link", name="我要反映").first.click()
    phone.wait_for_load_state()

    # A page that glides takes the button away from under the finger, and the press is lost.
    assert phone.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    phone.get_by_label("发生了什么事").fill(WORDS)
    assert "20,000 字" in phone.locator(".counted").inner_text()
    fits(phone)
    shoot(phone, "public-file-1-390")
    press_next(phone)
    phone.get_by_label("哪个街道、乡镇").select_option(label="东溪镇")
    phone.get_by_role("combobox", name="哪个社区、村").click()
    assert phone.locator(".picker-list li[data-value]").all_inner_texts() == [
        "东溪镇 › 柳湾村",
        "东溪镇 › 石桥村",
    ]
    phone.locator(".picker-list li[data-value]").first.click()
    fits(phone)
    shoot(phone, "public-file-2-390")
    press_next(phone)
    phone.get_by_label("电话", exact=False).first.fill("13800001234")
    fits(phone)
    shoot(phone, "public-file-3-390")
    press_next(phone)
    review = phone.locator("[data-review]").inner_text()
    assert WORDS in review
    assert "柳湾村" in review
    fits(phone)
    shoot(phone, "public-file-4-390")
    phone.get_by_role("button", name="提交", exact=True).click()

    phone.wait_for_url("**/file/receipt/")
    case = Petition.objects.get()
    assert (case.body, case.place_unit) == (WORDS, town.units.liuwan)
    assert phone.get_by_text(case.number).is_visible()
    assert re.fullmatch(r"[2-9A-Z]{5}-[2-9A-Z]{5}", phone.locator(".code").inner_text())
    fits(phone)
    shoot(phone, "public-receipt-390")
    assert phone.evaluate("localStorage.getItem('draft:file')") is None


def test_what_was_typed_survives_a_reload_and_a_step_back(phone, town):
    phone.goto("/file/")
    phone.get_by_label("发生了什么事").fill(WORDS)
    press_next(phone)
    phone.get_by_label("具体地点").fill("柳湾路 18 号")
    phone.go_back()
    assert phone.get_by_label("发生了什么事").input_value() == WORDS
    phone.wait_for_timeout(600)
    phone.reload()

    assert phone.get_by_label("发生了什么事").input_value() == WORDS
    assert "已恢复" in phone.locator(".draft-note").inner_text()
    press_next(phone)
    assert phone.get_by_label("具体地点").input_value() == "柳湾路 18 号"


def test_nothing_written_does_not_lead_on(phone, town):
    phone.goto("/file/")
    press_next(phone)

    assert phone.get_by_label("发生了什么事").is_visible()
    assert phone.get_by_label("具体地点").is_hidden()


def test_a_double_click_makes_one_case(phone, town):
    phone.goto("/file/")
    phone.get_by_label("发生了什么事").fill(WORDS)
    for _ in range(3):
        press_next(phone)
    phone.get_by_role("button", name="提交", exact=True).dblclick()

    phone.wait_for_url("**/file/receipt/")
    assert Petition.objects.count() == 1
    first = phone.locator(".code").inner_text()
    phone.reload()
    assert phone.locator(".code").inner_text() == first


def test_each_step_checks_its_fields_before_the_next_one(phone, town):
    phone.goto("/file/")
    phone.get_by_label("发生了什么事").fill(WORDS)
    press_next(phone)
    press_next(phone)
    for label, wrong, right in (
        ("电话（可以不填）", "123", "13800000000"),
        ("一共多少人", "-3", "3"),
    ):
        field = phone.get_by_label(label)
        field.fill(wrong)
        press_next(phone)
        assert field.is_visible() and field.evaluate("field => field.validationMessage")
        field.fill(right)
    press_next(phone)
    assert phone.get_by_role("button", name="提交", exact=True).is_visible()


def test_an_error_opens_the_step_it_belongs_to_and_says_that_the_photo_is_gone(phone, town):
    phone.goto("/file/")
    phone.get_by_label("发生了什么事").fill(WORDS)
    phone.locator("#id_attachments").set_input_files(
        {"name": "现场.png", "mimeType": "image/png", "buffer": PNG}
    )
    press_next(phone)
    press_next(phone)
    phone.get_by_label("匿名").check()
    phone.get_by_text("代表（可以不填").click()
    phone.get_by_label("代表 1 姓名").fill("张小河")
    press_next(phone)
    phone.get_by_role("button", name="提交", exact=True).click()

    phone.get_by_text("有 1 处需要改一下，已填的文字都在").wait_for()
    assert phone.get_by_label("代表 1 姓名").is_visible()
    assert phone.get_by_text("刚才选的文件没有保存，请重新选择。").is_visible()
    shoot(phone, "public-file-error-390")
    phone.locator(".form-errors").get_by_role("link", name="附件").click()
    assert phone.locator("#id_attachments").is_visible()
    assert phone.get_by_label("发生了什么事").input_value() == WORDS


def test_the_form_works_as_one_page_without_scripts(browser, live_server, open_page, town):
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto("/file/?place=339999100201")
    page.get_by_label("发生了什么事").fill(WORDS)
    shoot(page, "public-file-noscript-390")
    page.get_by_role("button", name="提交", exact=True).click()

    assert page.url.endswith("/file/receipt/")
    assert Petition.objects.get().place_unit == town.units.liuwan
    page.get_by_role("link", name="去查询页看看").click()
    assert page.get_by_label("编号").input_value() == Petition.objects.get().number
    context.close()


def test_the_large_type_fits_a_phone_and_a_desk_screen(open_page, phone, town):
    phone.goto("/file/")
    phone.locator("[data-large-type]").click()
    phone.reload()
    fits(phone)
    shoot(phone, "public-file-large-390")
    wide = open_page(1366)
    for address, name in (("/", "landing"), ("/file/", "file"), ("/query/", "query")):
        wide.goto(address)
        fits(wide)
        shoot(wide, f"public-{name}-1366")
    narrow = open_page(683)  # 1366 at 200 %
    narrow.goto("/file/")
    fits(narrow)


def test_the_receipt_prints_on_one_small_page(phone, town, tmp_path):
    phone.goto("/file/")
    phone.get_by_label("发生了什么事").fill(WORDS)
    for _ in range(3):
        press_next(phone)
    phone.get_by_role("button", name="提交", exact=True).click()
    phone.wait_for_url("**/file/receipt/")
    phone.emulate_media(media="print")
    shoot(phone, "public-receipt-print")
    paper = phone.pdf(width="148mm", height="210mm", path=str(tmp_path / "a5.pdf"))
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
