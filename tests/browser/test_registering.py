"""A clerk registers without a mouse; an earlier case is joined by one key; a draft survives a lost session."""

import pytest
from django.apps import apps

from core.timekeeping import now
from petitions.models import Petition
from petitions.services.categories import load_default
from petitions.services.registering import NewPerson
from tests.browser.screens import fits, shoot
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOK = 3_000


def log_in(page, name="clerk"):
    page.goto("/register/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/register/")


def type_on(page, *words):
    """Type each answer and go on with Enter; None passes a question over."""
    for word in words:
        if word:
            page.keyboard.type(word)
        page.keyboard.press("Enter")


@pytest.fixture
def tables(cast):
    load_default(apps, now())


def test_a_case_is_registered_by_keyboard_alone_and_joined_with_one_key(cast, tables, make_case, desk):
    earlier = make_case.registered(persons=[NewPerson(name="王桂兰", phone="13800001111")], at=now()).petition
    log_in(desk)
    shoot(desk, "counter-empty")
    keyboard = desk.keyboard
    assert desk.evaluate("document.activeElement.name") == "channel"
    keyboard.press("2")  # 来信
    type_on(desk, None, "王桂兰", "11010519491231002X", "13800001111", "柳湾村三组", None)
    desk.wait_for_selector("text=✓ 1949-12-31 女")
    assert desk.evaluate("document.activeElement.textContent.trim()") == "同行人、代表"
    keyboard.press("Enter")
    type_on(desk, "李四", None, None, None, None)
    desk.focus("[name=subject]")
    type_on(desk, "夜市噪声")
    keyboard.type("柳湾河边的夜市每天营业到凌晨两点，老人睡不好觉。")
    keyboard.press("Tab")
    keyboard.type("请规定收摊时间")
    keyboard.press("Tab")
    keyboard.press("4")  # 申诉求决
    keyboard.press("Enter")
    keyboard.press("2")  # 紧急
    keyboard.press("Enter")
    keyboard.type("夜市")
    desk.wait_for_selector(".picker-list li[data-value]")
    keyboard.press("Enter")
    assert desk.input_value("#id_category_box") == "夜市与商铺噪声"
    keyboard.press("Enter")
    keyboard.type("柳湾")
    desk.wait_for_selector(".picker-list:not([hidden]) li[data-value]")
    keyboard.press("Enter")
    desk.wait_for_selector(f"[data-earlier='{earlier.number}']", timeout=LOOK)
    desk.wait_for_timeout(600)  # the look that the category asked for
    shoot(desk, "counter-filled")
    keyboard.press("F4")
    assert desk.evaluate("document.activeElement.dataset.earlier") == earlier.number
    keyboard.press("j")
    assert desk.inner_text("[data-chosen-words]") == f"将并入 {earlier.number}"
    keyboard.press("Escape")
    keyboard.press("Control+Enter")
    desk.wait_for_url("**/register/receipt/?print=1")
    shoot(desk, "counter-receipt")
    case = Petition.objects.exclude(pk=earlier.pk).get()
    assert (case.channel, case.kind, case.urgency) == ("letter", "appeal", "urgent")
    assert (case.category.level3, case.place_unit, case.joined_to) == (
        "夜市与商铺噪声",
        cast.units.liuwan,
        earlier,
    )
    assert [(one.name, one.role) for one in case.persons.all()] == [
        ("王桂兰", "petitioner"),
        ("李四", "companion"),
    ]
    assert case.requests.get().text == "请规定收摊时间"
    assert case.head_count == 2
    assert desk.evaluate("document.activeElement.textContent").strip().startswith("登记下一件")
    keyboard.press("Enter")
    desk.wait_for_url("**/register/")
    assert desk.input_value("[name=subject]") == ""


def test_what_was_typed_survives_a_lost_session(cast, tables, desk):
    log_in(desk)
    desk.fill("#id_persons-0-name", "王桂兰")
    desk.click("[data-add-person]")
    desk.fill("#id_persons-1-name", "李四")
    desk.fill("[name=body]", "写了很久的内容")
    desk.fill("#id_category_box", "夜市")
    desk.wait_for_selector(".picker-list li[data-value]")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Control+s")
    assert "已暂存在本机" in desk.inner_text("[data-saved]")
    desk.wait_for_timeout(600)
    desk.context.clear_cookies(name="sessionid")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_selector("input[name=username]")
    desk.fill("input[name=username]", "clerk")
    desk.fill("input[name=password]", PASSWORD)
    desk.press("input[name=password]", "Enter")
    desk.wait_for_url("**/register/")
    assert desk.input_value("[name=body]") == "写了很久的内容"
    assert desk.input_value("#id_persons-1-name") == "李四"
    assert desk.input_value("#id_category_box") == "夜市与商铺噪声"
    assert not Petition.objects.exists()
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url("**/register/receipt/**")
    case = Petition.objects.get()
    assert (case.body, case.category.level3, case.persons.count()) == ("写了很久的内容", "夜市与商铺噪声", 2)


def test_another_clerk_at_the_same_computer_does_not_see_the_draft(cast, tables, desk):
    log_in(desk)
    desk.fill("[name=body]", "前一位登记员写的")
    desk.wait_for_timeout(600)
    desk.context.clear_cookies()
    log_in(desk, "petition_officer")
    assert desk.input_value("[name=body]") == ""


KEPT = "JSON.stringify(localStorage)"


def test_a_draft_lives_a_day_and_never_holds_an_id_number(cast, tables, desk):
    log_in(desk)
    desk.fill("#id_persons-0-name", "王桂兰")
    desk.fill("#id_persons-0-id_number", "11010519491231002X")
    desk.fill("[name=body]", "写了一半")
    desk.wait_for_timeout(600)
    kept = desk.evaluate(KEPT)
    assert "写了一半" in kept
    assert "110105" not in kept
    key = f"draft:register-{cast.clerk.pk}"
    left = desk.evaluate(f"JSON.parse(localStorage['{key}']).until - Date.now()")
    assert 0.99 * 864e5 < left <= 864e5
    desk.evaluate(f"localStorage['{key}'] = JSON.stringify({{until: 1, values: {{body: ['写了一半']}}}})")
    desk.evaluate("window.stop()")
    desk.context.new_page().goto(desk.url)
    assert "写了一半" not in desk.evaluate(KEPT)


def test_nothing_is_kept_of_an_accusation(cast, tables, desk):
    log_in(desk)
    desk.fill("[name=body]", "举报某人收钱")
    desk.wait_for_timeout(600)
    assert "举报某人收钱" in desk.evaluate(KEPT)
    desk.check("[name=kind][value=accusation]")
    desk.wait_for_timeout(600)
    assert "举报某人收钱" not in desk.evaluate(KEPT)
    desk.fill("[name=body]", "举报某人收了很多钱")
    desk.keyboard.press("Control+s")
    desk.wait_for_timeout(600)
    assert "不在本机暂存" in desk.inner_text("[data-saved]")
    assert "举报" not in desk.evaluate(KEPT)


def test_logging_out_clears_the_draft(cast, tables, desk):
    log_in(desk)
    desk.fill("[name=body]", "写了一半")
    desk.wait_for_timeout(600)
    desk.click(".hat summary")
    desk.click("form[data-drop-drafts] button")
    desk.wait_for_load_state()
    assert "写了一半" not in desk.evaluate(KEPT)


def test_the_errors_of_a_refused_form_are_shown_and_nothing_is_lost(cast, tables, desk):
    log_in(desk)
    desk.fill("#id_persons-0-name", "王桂兰")
    desk.fill("[name=place_text]", "河边")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_selector(".form-errors")
    assert "请写下要反映的事情" in desk.inner_text(".form-errors")
    assert desk.input_value("#id_persons-0-name") == "王桂兰"
    assert desk.input_value("[name=place_text]") == "河边"


def test_the_form_fits_a_phone(cast, tables, phone):
    log_in(phone)
    fits(phone)
    phone.fill("#id_persons-0-name", "王桂兰")
    phone.fill("[name=body]", "夜市很吵")
    shoot(phone, "counter-phone")
    phone.click("button[value=print]")
    phone.wait_for_url("**/register/receipt/**")
    fits(phone)
    shoot(phone, "counter-receipt-phone")
    assert Petition.objects.count() == 1
