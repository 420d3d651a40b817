"""What the browser keeps of a resident's filing, what it must not keep, and a text too long said where it stands."""

import json

import pytest

from petitions.models import Petition
from tests.browser.screens import fits, shoot
from tests.cast import make_cast

pytestmark = pytest.mark.browser
WORDS = "镇里的工程款被人拿走了，我可以作证。"


@pytest.fixture
def town(open_page, phone):
    return make_cast()


def press_next(page):
    page.get_by_role("button", name="下一步").click()


def kept(page):
    return page.evaluate("localStorage.getItem('draft:file')")


def write_something(page):
    page.goto("/file/")
    page.get_by_label("发生了什么事").fill(WORDS)
    page.wait_for_timeout(600)
    assert kept(page)


def test_an_accusation_is_not_kept_and_what_was_kept_goes(phone, town):
    write_something(phone)
    phone.get_by_label("举报干部违纪违法").check()
    assert kept(phone) is None
    assert "不在这台设备上暂存" in phone.locator(".draft-note").inner_text()
    phone.get_by_label("发生了什么事").fill(WORDS + "还有一件。")
    phone.wait_for_timeout(600)
    assert kept(phone) is None
    fits(phone)
    shoot(phone, "public-file-accusation-390")
    phone.reload()
    assert kept(phone) is None
    assert phone.get_by_label("发生了什么事").input_value() == ""


@pytest.mark.parametrize("name", ["anonymous", "confidential"])
def test_a_hidden_filer_leaves_nothing_behind(phone, town, name):
    write_something(phone)
    press_next(phone)
    press_next(phone)
    phone.locator(f"#id_{name}").check()
    assert kept(phone) is None
    phone.locator(f"#id_{name}").uncheck()
    phone.wait_for_timeout(600)
    assert kept(phone)


def test_an_accusation_kept_by_an_earlier_visit_is_deleted_unread(phone, town):
    phone.goto("/query/")
    draft = {"until": 4102444800000, "values": {"body": [WORDS], "kind": ["accusation"]}}
    phone.evaluate("text => localStorage.setItem('draft:file', text)", json.dumps(draft))
    phone.goto("/file/")
    assert kept(phone) is None
    assert phone.get_by_label("发生了什么事").input_value() == ""


def test_a_text_too_long_is_told_at_its_own_step_and_stays(phone, town):
    phone.goto("/file/")
    body = phone.get_by_label("发生了什么事")
    body.fill("长" * 20_001)
    assert "20,001 / 20,000 字，多了 1 字" in phone.locator(".counted").inner_text()
    press_next(phone)
    assert body.is_visible()
    assert "最多 20,000 字" in body.evaluate("e => e.validationMessage")
    assert len(body.input_value()) == 20_001
    body.fill("长" * 20_000)
    phone.get_by_label("您希望怎么解决").fill("\n".join(["修路", "想" * 501]))
    press_next(phone)
    assert "第 2 条有 501 字" in phone.get_by_label("您希望怎么解决").evaluate("e => e.validationMessage")
    phone.get_by_label("您希望怎么解决").fill("修路")
    for _ in range(3):
        press_next(phone)
    phone.get_by_role("button", name="提交", exact=True).click()
    phone.wait_for_url("**/file/receipt/")
    assert len(Petition.objects.get().body) == 20_000
