"""What the public reads of a month: units alone, frozen alone, nothing small, taken back with a reason."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEntry
from core.errors import Refusal
from petitions.enums import RecusalGround, Status
from petitions.services import recusing
from reports.models import PublicMonth
from reports.periods import Month
from reports.services import freezing, publishing
from reports.tests.conftest import FIRST

pytestmark = pytest.mark.django_db
SEPTEMBER = Month(2026, 9)
OCTOBER = SEPTEMBER.end + timedelta(days=4)


@pytest.fixture(autouse=True)
def october():
    with time_machine.travel(OCTOBER, tick=False):
        yield


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def month(cast, make_case, officer):
    """城市管理局 with nine cases, 住房和城乡建设局 with two."""
    for n in range(9):
        make_case(at=FIRST + timedelta(days=n), until=Status.ACCEPTED)
    for n in range(2):
        make_case(
            at=FIRST + timedelta(days=n), until=Status.ACCEPTED, unit=cast.units.housing, handler="handler2"
        )
    return freezing.freeze(actor=officer, month=SEPTEMBER)


def refused(door, code):
    with pytest.raises(Refusal) as caught:
        door()
    assert caught.value.code == code
    return caught.value.sentence


def table(row):
    names = [one["code"] for one in row.table["columns"]]
    return {line["name"]: dict(zip(names, line["cells"], strict=True)) for line in row.table["rows"]}


def test_only_a_frozen_month_is_given_out_and_once(cast, month, officer, client):
    with pytest.raises(Refusal, match="还没有冻结"):
        publishing.publish(actor=officer, month=Month(2026, 8))
    row = publishing.publish(actor=officer, month=SEPTEMBER)
    assert (row.freeze, row.published_by) == (month, cast.post("petition_officer"))
    assert "已由" in refused(lambda: publishing.publish(actor=officer, month=SEPTEMBER), "stale")
    assert AuditEntry.objects.filter(act="report.publish").count() == 1
    page = client.get(row.get_absolute_url())
    assert page.status_code == 200
    body = page.content.decode()
    assert "清江县" in body and "城市管理局" in body and "按期受理告知率" in body
    assert "这些数是什么意思" in body and "期限内" in body, "definitions stand beside"
    assert client.get(reverse("reports:public_months")).content.decode().count("2026年9月") == 1


def test_small_cells_and_what_gives_them_away_are_hidden(cast, month, officer):
    found = table(publishing.publish(actor=officer, month=SEPTEMBER))
    # Two of eleven: with the total shown, the other line would tell of them, so that it goes too.
    assert found["清江县住房和城乡建设局"]["count"] == "不公布"
    assert found["清江县城市管理局"]["count"] == "不公布"
    row = PublicMonth.objects.get()
    assert row.table["total"][0] == "11"
    assert found["清江县住房和城乡建设局"]["acceptance"] == "不公布"


@pytest.mark.article(28)
def test_what_somebody_stays_out_of_is_not_added_up(cast, month, officer, make_case):
    case = month.rows.filter(figure="repeat_rate", unit=cast.units.urban).first().petition
    recusing.exclude(
        petition=case, actor=officer, user=cast.clerk, ground=RecusalGround.FAMILY, reason="亲属",
    )  # fmt: skip
    row = publishing.publish(actor=officer, month=SEPTEMBER)
    assert row.table["total"][0] == "10"


def test_nothing_that_happens_later_changes_what_was_given_out(cast, month, officer, make_case):
    row = publishing.publish(actor=officer, month=SEPTEMBER)
    before = row.table
    make_case(at=FIRST)
    freezing.freeze(actor=officer, month=SEPTEMBER, reason="补登一件")
    row.refresh_from_db()
    assert row.table == before


def test_it_is_taken_back_with_a_reason_and_given_out_anew(cast, month, officer, client, client_as):
    row = publishing.publish(actor=officer, month=SEPTEMBER)
    url = reverse("reports:withdraw", args=["2026-09"])
    desk = client_as(cast.petition_officer)
    for reason, sentence in (
        ("", "请填写这一项"),
        ("问 13800001111", "像是某个人的号码"),
        ("字" * 201, "最多 200 字"),
    ):
        page = desk.post(url, {"reason": reason})
        assert page.status_code == 422
        assert sentence in page.content.decode() and reason in page.content.decode()
    assert desk.post(url, {"reason": "一个单位的数要重报"}).status_code == 302
    body = client.get(row.get_absolute_url()).content.decode()
    assert "撤回" in body and "一个单位的数要重报" in body and "城市管理局" not in body
    late = desk.post(url, {"reason": "再撤一次"})
    assert late.status_code == 409 and "没有公布" in late.content.decode()
    freezing.freeze(actor=officer, month=SEPTEMBER, reason="补登一件")
    again = publishing.publish(actor=officer, month=SEPTEMBER)
    assert again.freeze.version == 2
    assert "城市管理局" in client.get(row.get_absolute_url()).content.decode()


def test_the_desk_shows_who_gave_it_out(cast, month, officer, client_as):
    page = client_as(cast.petition_officer)
    assert "公布" in page.get(reverse("reports:publishing")).content.decode()
    assert page.post(reverse("reports:publish", args=["2026-09"])).status_code == 302
    body = page.get(reverse("reports:publishing")).content.decode()
    assert "已公布" in body and cast.petition_officer.get_full_name() in body


@pytest.mark.parametrize("who", ["statistician", "inspector", "leader", "unit_head", "handler", "sysadmin"])
def test_nobody_else_gives_out_or_takes_back(cast, month, client_as, who):
    client = client_as(getattr(cast, who))
    for name in ("publish", "withdraw"):
        assert client.post(reverse(f"reports:{name}", args=["2026-09"]), {"reason": "想"}).status_code == 403
    assert not PublicMonth.objects.exists()


@pytest.mark.parametrize("month_text", ["2026-13", "2027-01", "abc", "1999-01", "2026-9"])
def test_a_month_that_is_none_or_not_given_out_is_not_there(client, month_text):
    assert client.get(reverse("reports:public_month", args=[month_text])).status_code == 404


def test_no_count_on_it_is_below_five(cast, month, officer, client):
    publishing.publish(actor=officer, month=SEPTEMBER)
    cells = [cell for line in PublicMonth.objects.get().table["rows"] for cell in line["cells"]]
    assert not [cell for cell in cells if cell.isdecimal() and int(cell) < 5]
