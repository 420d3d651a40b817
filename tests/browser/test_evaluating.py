"""A resident looks their case up, reads the answer and rates it."""

import pytest

from petitions.enums import Rating, Status
from petitions.models import Evaluation
from petitions.services import codes
from tests.browser.screens import fits, shoot
from tests.cases import CaseMaker
from tests.cast import make_cast

pytestmark = pytest.mark.browser


@pytest.fixture
def served(open_page, phone):
    """Number and code of a case whose answer was served."""
    token = codes.new_token()
    cast = make_cast()
    cast.units.urban.review_superior = cast.units.district
    cast.units.urban.save()
    case = CaseMaker(cast)(until=Status.SERVED, token=token)
    return case, codes.query_code(token)


def open_case(page, case, code):
    page.goto("/query/")
    page.get_by_label("编号").fill(case.number)
    page.get_by_label("查询码").fill(code.lower())
    page.get_by_role("button", name="查询").click()
    page.wait_for_url("**/mine/")


def test_a_wrong_code_is_told_and_the_number_kept(phone, served):
    case, _code = served
    phone.goto("/query/")
    phone.get_by_label("编号").fill(case.number)
    phone.get_by_label("查询码").fill("AAAAA-22222")
    phone.get_by_role("button", name="查询").click()

    assert phone.get_by_text("编号或查询码不对").is_visible()
    assert phone.get_by_label("编号").input_value() == case.number
    fits(phone)
    shoot(phone, "public-query-wrong-390")


def test_a_resident_reads_the_answer_and_rates_office_and_unit(phone, served):
    case, code = served
    open_case(phone, case, code)
    fits(phone)
    shoot(phone, "public-mine-390")
    assert phone.get_by_text("夜市十点收摊").first.is_visible()
    assert phone.locator("input[type=radio]:checked").count() == 0
    groups = phone.locator("fieldset", has=phone.locator("input[name=office_rating]"))
    groups.get_by_label("基本满意").check()
    units = phone.locator("fieldset", has=phone.locator("input[name=unit_rating]"))
    units.get_by_label("不满意").check()
    phone.get_by_role("button", name="提交评价").click()

    phone.get_by_text("您的评价已记录").wait_for()
    kept = Evaluation.objects.get(petition=case)
    assert (kept.office_rating, kept.unit_rating) == (Rating.FAIRLY, Rating.DISSATISFIED)
    assert phone.get_by_role("button", name="提交评价").count() == 0
    shoot(phone, "public-mine-rated-390")
    phone.get_by_role("button", name="离开").click()
    phone.goto("/mine/")
    assert phone.url.endswith("/query/")


def test_a_resident_supplements(open_page, phone, served):
    case, code = served
    desk = open_page(1366)
    open_case(desk, case, code)
    desk.get_by_text("补充材料", exact=True).click()
    desk.get_by_label("补充说明").fill("昨晚又吵了。")
    fits(desk)
    shoot(desk, "public-mine-1366")
    desk.get_by_role("button", name="提交补充材料").click()

    desk.get_by_text("补充材料已收到").wait_for()
    assert "昨晚又吵了。" in desk.locator(".timeline").inner_text()
