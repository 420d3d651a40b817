"""A statistician builds a table, shares it with the heads of units and has them told of it every Monday; a head opens
the notice and reads the numbers of the own unit."""

from datetime import timedelta

import pytest

from core.timekeeping import now
from petitions.enums import Status
from tables.models import SavedTable, Schedule
from tables.services import scheduling
from tests.browser.screens import fits, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def as_person(page, client_as, live_server, person):
    key = client_as(person).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])


@pytest.mark.parametrize("width", [390, 1366])
def test_a_table_is_built_shared_scheduled_and_read(
    cast, make_case, open_page, client_as, live_server, width
):
    at = now() - timedelta(minutes=5)
    make_case(until=Status.ACCEPTED, at=at)
    make_case(until=Status.ACCEPTED, at=at, unit=cast.units.housing, handler="handler2")
    page = open_page(width)
    as_person(page, client_as, live_server, cast.statistician)
    page.goto("/reports/tables/new/")
    page.get_by_label("标题").fill("各单位本月件次")
    page.get_by_label("统计期间").select_option("this_month")
    page.get_by_label("列", exact=True).select_option("")
    page.get_by_label("人次", exact=True).check()
    page.locator("#preview .report-total td").nth(1).wait_for()
    assert page.locator("#preview tbody tr").count() == 3
    fits(page)
    shoot(page, f"own_table_form_{width}")
    page.get_by_role("button", name="保存统计表").click()
    page.get_by_role("heading", name="各单位本月件次").wait_for()
    fits(page)
    shoot(page, f"own_table_{width}")

    page.get_by_label("共享给").select_option(label="清江县")
    page.get_by_label("包括下级单位").check()
    page.get_by_role("button", name="共享这张表").click()
    page.get_by_text("清江县和下级单位").wait_for()
    page.get_by_label("几点（0 至 23）").fill("8")
    page.get_by_label("通知谁").select_option("readers")
    page.get_by_role("button", name="设定定时通知").click()
    page.get_by_role("button", name="停止定时通知").wait_for()
    fits(page)
    shoot(page, f"own_table_settings_{width}")

    # The turn comes at once, and not next Monday.
    Schedule.objects.update(next_at=now())
    assert scheduling.run_due(at=now()) == 1
    as_person(page, client_as, live_server, cast.unit_head)
    page.goto("/notices/")
    page.get_by_text("统计表“各单位本月件次”有新一期，请查看。").click()
    page.get_by_role("heading", name="各单位本月件次").wait_for()
    page.goto(f"{SavedTable.objects.get().get_absolute_url()}")
    assert page.locator("tbody tr").count() == 2
    assert page.get_by_role("button", name="删除统计表").count() == 0
    page.locator(".report-total td a").first.click()
    page.get_by_text("共 1 件").wait_for()
    fits(page)
    shoot(page, f"own_table_behind_{width}")
