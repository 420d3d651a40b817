"""The second press carries out what the first one showed: pages sent back as a browser sends them, nothing changed."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.timekeeping import local_day, now
from deadlines.models import CalendarTable, Rule
from deadlines.tests.browsing import as_it_stands

pytestmark = pytest.mark.django_db
LINES = "日期,是否上班,说明|2027-01-01,放假,元旦|2027-01-03,上班,“元旦”\u00a0调休 |"
PAGE = "/staff/calendar/new/"
CHANGED = "内容有改动，还没有生效"


@pytest.fixture
def admin(cast, client_as):
    return client_as(cast.sysadmin)


def press(client, address, page, **changes):
    """Confirm what the page shows."""
    return client.post(address, as_it_stands(page) | {"confirmed": "1"} | changes, follow=True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\n\r\n"])
def test_a_year_is_saved_by_the_first_confirmation(admin, end, encoding):
    file = SimpleUploadedFile("2027.csv", LINES.replace("|", end).encode(encoding))
    first = admin.get(PAGE)
    page = admin.post(PAGE, as_it_stands(first) | {"year": "2027", "source": "国办\u200b通知 ", "file": file})
    assert page.status_code == 200, page.content.decode()
    done = press(admin, PAGE, page, few="on")
    assert CHANGED not in done.content.decode()
    assert list(CalendarTable.objects.get(year=2027).days) == ["2027-01-01", "2027-01-03"]


def test_a_new_version_is_saved_by_the_first_confirmation(admin, cast):
    address = "/staff/rules/notice/new/"
    typed = {
        "basis": " 本区〔2026〕3号\u200b文 ",
        "length": "5",
        "extension_limit": "",
        "valid_from": local_day(now()).isoformat(),
        "reason": "第一行\r\n第二行\r\n",
        "for-channel": "phone",
        "for-unit": str(cast.units.urban.pk),
    }
    page = admin.post(address, as_it_stands(admin.get(address)) | typed)
    assert page.status_code == 200, page.content.decode()
    assert CHANGED not in press(admin, address, page).content.decode()
    rule = Rule.objects.get(code="notice", length=5)
    assert rule.basis == "本区〔2026〕3号文"
    assert rule.conditions == {"channel": "phone", "unit": str(cast.units.urban.pk)}


def test_an_end_is_saved_by_the_first_confirmation(admin):
    text = admin.get("/staff/rules/call_30/").content.decode()
    address = re.findall(r'href="(/staff/rules/call_30/\d+/end/)">停用', text)[-1]
    page = admin.post(address, as_it_stands(admin.get(address)) | {"reason": "一\r\n二\r\n"})
    assert page.status_code == 200, page.content.decode()
    assert CHANGED not in press(admin, address, page).content.decode()
    assert not Rule.objects.filter(code="call_30", valid_until=None).exists()


def test_a_year_is_taken_back_by_the_first_confirmation(admin):
    page = admin.post(
        PAGE, {"year": "2026", "source": "误", "table": "day,is_workday,note\n2026-01-01,0,元旦\n"}
    )
    press(admin, PAGE, page, few="on")
    table = CalendarTable.objects.latest("pk")
    assert table.source == "误"
    listed = admin.get("/staff/calendar/").content.decode()
    (address,) = set(re.findall(r'href="(/staff/calendar/[^"]*take-back/)"', listed))
    page = admin.post(address, as_it_stands(admin.get(address)) | {"reason": "录错了\r\n请撤回\r\n"})
    assert page.status_code == 200, page.content.decode()
    assert CHANGED not in press(admin, address, page).content.decode()
    assert CalendarTable.objects.latest("pk").takes_back == table
