"""检举控告 on real screens: there for the route and for who registered it, and for nobody else (条例 30)."""

import pytest
from django.apps import apps

from core.timekeeping import now
from petitions.enums import Kind, Status
from petitions.services.categories import load_default
from tests.cast import PEOPLE
from tests.stories.conftest import MORNING
from tests.stories.screens import choose, said

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

SUBJECT = "城管中队长收受摊主好处"
WORDS = "城市管理局某中队长每月收受夜市摊主好处费，纵容占道经营。"
#: Everybody with a desk who has no part in it; the accused unit's people first.
OTHERS = ("handler", "unit_head", "leader", "petition_officer", "inspector", "statistician", "handler2")


@pytest.fixture
def accusation(cast, screens):
    from petitions.models import Petition

    load_default(apps, now())
    page = screens.of("clerk")
    page.goto("/register/")
    page.get_by_role("radio", name="来访", exact=True).check()
    page.locator("#id_persons-0-name").fill("李勇")
    page.locator("#id_persons-0-phone").fill("13700003333")
    page.locator("[name=subject]").fill(SUBJECT)
    page.locator("[name=body]").fill(WORDS)
    page.get_by_role("radio", name="检举控告").check()
    choose(page, "被反映单位", "城市")
    page.get_by_role("button", name="登记，不打印").click()
    page.wait_for_url("**/register/receipt/**")
    page.receipt = said(page)
    page.code = page.locator(".code").inner_text()
    return Petition.objects.get()


@pytest.mark.article(28, 30)
def test_nobody_but_the_route_and_the_clerk_sees_it_anywhere(screens, clock, accusation, open_page):
    case = accusation
    assert (case.kind, case.sealed) == (Kind.ACCUSATION, True) and set(OTHERS) <= set(PEOPLE)
    clock.put_to(MORNING.replace(hour=15))
    for who in OTHERS:
        page = screens.of(who)
        assert page.goto(case.get_absolute_url()).status == 404, who
        for address in (
            f"/cases/?view=all&q={SUBJECT[:4]}",
            f"/cases/?view=all&q={case.number}",
            "/notices/",
        ):
            answer = page.goto(address)
            text = said(page)
            assert answer.status == 200 and SUBJECT not in text, (who, address)
            assert case.number not in page.locator("tbody, .inbox").all_inner_texts().__str__(), who

    # The discipline body has it, without the buttons of an ordinary case, and the clerk who took it down.
    page = screens.at("discipline_officer", case)
    assert SUBJECT in said(page) and "李勇" not in said(page), "the name is masked until it is asked for"
    for label in ("提出异议", "调解", "督办", "紧急调度", "听证和专家意见"):
        assert not screens.offers("discipline_officer", case, label), label
    assert screens.reads("clerk", case)

    # It is taken up; the petitioner reads nothing that says what it is, and the accused unit nothing at all.
    def taken(dialog):
        dialog.get_by_role("radio", name="检举控告").check()

    screens.act("discipline_officer", case, "受理", fill=taken)
    assert case.status == Status.ACCEPTED
    own = open_page(390)
    own.goto("/query/")
    own.locator("#id_number").fill(case.number)
    own.locator("#id_code").fill(screens.of("clerk").code)
    with own.expect_navigation():
        own.get_by_role("button", name="查询", exact=True).click()
    assert "城市管理局已受理" not in said(own)
    assert case.number not in screens.inbox("handler") and case.number not in screens.inbox(
        "petition_officer"
    )
