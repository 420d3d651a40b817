"""A login with a second factor in a real browser: taken up by its square code's key, asked for, lost telephone."""

import base64

import pytest
from django_otp.oath import TOTP

from accounts.models import SecondFactor
from tests.browser.test_every_page import AXE, WIDTHS, look
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def code_of(user):
    factor = SecondFactor.objects.get(user=user)
    totp = TOTP(base64.b32decode(factor.secret))
    totp.drift = 1 if totp.t() <= factor.last_step else 0  # each code is good once
    return f"{totp.token():06d}"


def whole(page):
    page.evaluate(AXE)
    return [fault for width in WIDTHS for fault in look(page, width)]


def log_in(page, name):
    page.goto("/staff/login/")
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.click("main form button[type=submit]")


def test_a_leader_takes_up_the_second_factor_and_logs_in_with_it(cast, open_page, settings):
    settings.TWO_FACTOR_ROLES = ["leader"]
    page = open_page(390)
    log_in(page, "leader")
    assert page.url.endswith("/staff/me/second-factor/")
    assert page.locator("img.enrol-square").evaluate("image => image.complete && image.naturalWidth > 100")
    assert whole(page) == []
    page.fill("#id_password", PASSWORD)
    page.fill("#id_code", code_of(cast.leader))
    page.click("text=启用 >> nth=-1")
    page.wait_for_selector(".recovery-codes")
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    assert whole(page) == []
    page.click("text=记下了，开始办理")
    page.goto("/staff/me/")
    page.click("main >> text=管理动态口令")
    assert whole(page) == []

    page.context.clear_cookies()
    log_in(page, "leader")
    assert page.url.endswith("/staff/login/code/")
    assert whole(page) == []
    page.fill("#id_code", "000000")
    page.click("main form button[type=submit]")
    assert "验证码不对" in page.inner_text("main")
    page.fill("#id_code", codes[0])
    page.click("main form button[type=submit]")
    page.wait_for_selector("#notices >> text=还剩 9 个")
    page.faults.clear()  # the browser's own word on the 422
