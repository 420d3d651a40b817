"""The statistician asks for the month in words, then fills the upper level's form and fetches it."""

from datetime import datetime

import pytest
from django.urls import reverse
from docx import Document
from python_calamine import CalamineWorkbook

from core.timekeeping import SHANGHAI
from reports.services import exports
from tests.browser.test_every_page import AXE, WIDTHS, look
from tests.upper_form import form

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.fixture
def page(cast, make_case, client_as, open_page, live_server, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_case(at=datetime(2026, 9, 1, 9, 0, tzinfo=SHANGHAI))
    page = open_page(1366)
    cookies = client_as(cast.statistician).cookies.items()
    page.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in cookies]
    )
    return page


def fetched(page, tmp_path, name):
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载").click()
    waiting.value.save_as(tmp_path / name)
    return str(tmp_path / name)


def fits(page):
    page.evaluate(AXE)
    for width in WIDTHS:
        assert look(page, width) == []
    page.set_viewport_size({"width": 1366, "height": 768})


def test_the_month_in_words_and_the_form_filled(page, tmp_path):
    page.goto(f"{reverse('reports:month')}?month=2026-09")
    page.get_by_role("button", name="导出 DOCX").click()
    assert exports.run_waiting() == 1
    page.goto(f"{reverse('reports:month')}?month=2026-09")
    fits(page)
    text = Document(fetched(page, tmp_path, "month.docx"))
    assert any("共登记信访1件次" in paragraph.text for paragraph in text.paragraphs)

    page.get_by_role("link", name="填报上级报表").click()
    assert page.get_by_label("月份").input_value() == "2026-09"
    page.get_by_role("button", name="填好并取回").click()
    assert page.locator("#id_file").evaluate("field => field.classList.contains('is-invalid')")
    blank = tmp_path / "form.xlsx"
    blank.write_bytes(form("HY_count", "HY_unknown"))
    page.get_by_label("上级下发的报表").set_input_files(blank)
    page.get_by_role("button", name="填好并取回").click()
    page.get_by_text("填了 1 格。").wait_for()
    assert page.get_by_text("照原样留着：HY_unknown").is_visible()
    fits(page)
    rows = (
        CalamineWorkbook.from_path(fetched(page, tmp_path, "filled.xlsx")).get_sheet_by_index(0).to_python()
    )
    assert [row[:2] for row in rows] == [["HY_count", 1], ["HY_unknown", ""]]
