"""A frozen month: what was reported stays, page, list and file agree, and what changed stands beside."""

import threading
from datetime import datetime, timedelta
from io import BytesIO
from itertools import product

import pytest
import time_machine
from django.db import InternalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from petitions.enums import Channel, RecusalGround, Status
from petitions.models import Petition
from petitions.services import recusing, sealing
from reports.definitions import shown_definitions
from reports.models import Freeze, FrozenRow
from reports.periods import Month
from reports.selectors.changes import restated
from reports.selectors.figures import RATES, shown
from reports.selectors.month import month_figures
from reports.services import exports
from reports.services.freezing import freeze
from reports.tests.conftest import FIRST

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
SEPTEMBER = Month(2026, 9)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


def refused(door, code):
    with pytest.raises(Refusal) as caught:
        door()
    assert caught.value.code == code
    return caught.value.sentence


def figures_of(cast, who, unit, kept=None):
    return month_figures(actor=cast.actor(who), unit=unit, month=SEPTEMBER, freeze=kept)


def numbers(figures):
    return (
        figures.total,
        figures.by_unit,
        figures.by_channel,
        [(cell.unit, cell.channel, cell.category, cell.volume) for cell in figures.cells],
        figures.rates,
        figures.rates_by_unit,
        figures.unreached,
    )


def page_of(client, unit, **asked):
    page = client.get(reverse("reports:month"), {"month": "2026-09", "unit": unit.pk, **asked})
    assert page.status_code == 200
    return page


def printed(page):
    lines = [page.context["total"], *page.context["rows"], *page.context["channels"]]
    return [
        ([cell.text for cell in line["figures"]], [(cell.text, cell.whole and cell.whole.text) for cell in line["rates"]])
        for line in lines
    ]  # fmt: skip


def test_a_frozen_month_says_what_the_running_one_said_to_every_reader(cast, autumn):
    district = cast.units.district
    readers = (
        *((who, district) for who in ("statistician", "petition_officer", "inspector", "leader", "leader2")),
        *(("statistician", one) for one in (cast.units.urban, cast.units.housing, cast.units.liuwan)),
        *((who, cast.post(who).unit) for who in ("unit_head", "unit_head2")),
    )
    running = {reader: figures_of(cast, *reader) for reader in readers}
    kept = freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    assert kept.rows.count() > 50
    for (who, unit), live in running.items():
        frozen = figures_of(cast, who, unit, kept)
        if who.startswith("unit_head"):
            # The petition office never saw the case that complains of it, and so it is in nothing that it froze.
            frozen_cases = set(kept.rows.values_list("petition", flat=True))
            accused = Petition.objects.get(complained_unit=cast.units.petition_office)
            assert accused.pk not in frozen_cases
        assert numbers(frozen) == numbers(live), (who, unit)


def test_what_changes_later_stands_beside_and_never_in_it(cast, autumn, make_case, client_as):
    client, district = client_as(cast.statistician), cast.units.district
    before = printed(page_of(client, district))
    kept = freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    assert printed(page_of(client, district)) == before
    assert "没有数变过" in page_of(client, district).content.decode()
    make_case(at=FIRST + timedelta(days=3), channel=Channel.LETTER)
    page = page_of(client, district)
    assert printed(page) == before
    today = page_of(client, district, today=1)
    assert printed(today) != before
    assert "不是上报的数" in today.content.decode()
    _figures, changes = restated(cast.actor("statistician"), district, kept)
    total = {one.name: (one.frozen, one.today) for one in changes if one.line == "合计"}
    was = kept.rows.filter(figure="repeat_rate").exclude(channel__in=["visit", "reception"]).count()
    assert total["件"] == (f"{was}", f"{was + 1}")
    # The office let its days for forwarding pass with it.
    apart = {one.line for one in changes if "：" in one.line}
    assert {one.line for one in changes} - apart == {"合计", "未转送", "信访局"}
    assert apart == {
        "信访形式：来信",
        "内容分类：未分类",
        "信访目的：未定",
        "办理路径：没有路径",
        "初次和重复：初次",
        "问题属地：东溪镇",
        "问题属地：柳湾村",
    }


def test_every_frozen_number_is_the_length_of_its_list(cast, autumn, make_case, client_as):
    client, district = client_as(cast.inspector), cast.units.district
    freeze(actor=cast.actor("petition_officer"), month=SEPTEMBER)
    make_case(at=FIRST, until=Status.ACCEPTED)
    page, opened = page_of(client, district), 0
    for line in (page.context["total"], *page.context["rows"], *page.context["channels"]):
        for cell, side in product(line["rates"], ("part", "whole", "rest")):
            number = getattr(cell, side)
            if number is None or not number.url:
                continue
            assert "version=1" in number.url
            found = client.get(number.url).context["found"]
            assert (found.rate.text, f"{getattr(found.rate, side):,}") == (cell.text, number.text)
            assert found.page.next_cursor is None and len(found.page.items) == found.cases
            opened += 1
        for number in line["figures"]:
            if number.url:
                assert "version=1" in number.url
                assert f"{client.get(number.url).context['number']:,}" == number.text
    assert opened > 40


def test_a_case_sealed_later_stays_counted_where_it_was_reported_and_is_named_nowhere(
    cast, make_case, client_as
):
    cases = [make_case(until=Status.ACCEPTED, at=FIRST) for _n in range(3)]
    freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    sealing.seal(petition=cases[0], actor=cast.actor("petition_officer"), reason="反映干部违纪", at=NOW)
    url = reverse("reports:behind", args=["acceptance"])
    office = client_as(cast.statistician).get(url, {"month": "2026-09", "version": 1})
    found = office.context["found"]
    assert (found.rate.whole, len(found.page.items), found.unlisted) == (3, 2, 1)
    assert "其中 1 件今天不能列出" in office.content.decode()
    assert cases[0].number not in office.content.decode()
    own = {"month": "2026-09", "version": 1, "unit": cast.units.urban.pk}
    head = client_as(cast.unit_head).get(url, own).context["found"]
    assert (head.rate.whole, head.unlisted) == (2, 0)


def test_a_month_is_frozen_when_it_is_over_by_the_petition_office_alone(cast, make_case):
    running = refused(lambda: freeze(actor=cast.actor("statistician"), month=Month(2026, 11)), "invalid")
    assert "2026年11月还没有结束" in running
    for who in ("unit_head", "inspector", "leader", "clerk"):
        refused(lambda who=who: freeze(actor=cast.actor(who), month=SEPTEMBER), "forbidden")
    assert Freeze.objects.count() == 0
    last = Month(2026, 10)
    assert freeze(actor=cast.actor("statistician"), month=last, at=last.end).version == 1


def test_a_second_version_needs_a_reason_and_leaves_the_first(cast, make_case):
    actor = cast.actor("statistician")
    make_case(at=FIRST)
    first = freeze(actor=actor, month=SEPTEMBER)
    assert "要重报的，请写明原因" in refused(lambda: freeze(actor=actor, month=SEPTEMBER), "invalid")
    make_case(at=FIRST)
    second = freeze(actor=actor, month=SEPTEMBER, reason="补录一件来信")
    assert (second.version, second.rows.filter(figure="repeat_rate").count()) == (2, 2)
    assert first.rows.filter(figure="repeat_rate").count() == 1
    refused(lambda: freeze(actor=actor, month=Month(2026, 8), reason="没有冻结过"), "invalid")
    assert "最多 200 字" in refused(
        lambda: freeze(actor=actor, month=SEPTEMBER, reason="补" * 201), "invalid"
    )
    assert AuditEntry.objects.filter(act="report.freeze").count() == 2


@pytest.mark.parametrize("row", ["freeze", "kept"])
def test_what_was_frozen_cannot_be_changed_or_deleted(cast, make_case, row):
    make_case(at=FIRST)
    kept = freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    rows = Freeze.objects.filter(pk=kept.pk) if row == "freeze" else FrozenRow.objects.filter(freeze=kept)
    changed = {"reason": "改"} if row == "freeze" else {"met": True}
    for act in (lambda: rows.update(**changed), lambda: rows._raw_delete(rows.db)):
        with pytest.raises(InternalError, match="what was frozen never changes"), transaction.atomic():
            act()


def test_the_words_of_the_definitions_are_kept_with_the_month_and_shown_with_it(cast, client_as):
    kept = freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    assert [one["code"] for one in kept.definitions] == [one.code for one in shown_definitions()]
    shown = page_of(client_as(cast.statistician), cast.units.district)
    assert shown.context["definitions"] == kept.definitions
    assert (
        page_of(client_as(cast.statistician), cast.units.district, today=1).context["definitions"]
        == shown_definitions()
    )
    rate = next(one for one in kept.definitions if one["code"] == "conclusion")
    assert rate["version"] == 1 and "÷" in rate["formula"] and rate["basis"]


def test_freezing_from_the_page(cast, make_case, client_as):
    make_case(at=FIRST)
    client, url = client_as(cast.statistician), reverse("reports:freeze")
    done = client.post(url, {"month": "2026-09"}, follow=True)
    assert "已冻结2026年9月（第 1 版）" in done.content.decode()
    again = client.post(url, {"month": "2026-09"}, follow=True)
    assert "请写明原因" in again.content.decode()
    assert Freeze.objects.count() == 1
    for month in ("2026-13", "", "2027-01"):
        client.post(url, {"month": month})
    assert Freeze.objects.count() == 1
    assert client_as(cast.unit_head).post(url, {"month": "2026-08"}).status_code == 403
    missing = {"month": "2026-09", "version": 7}
    assert client.get(reverse("reports:behind", args=["conclusion"]), missing).status_code == 404
    assert (
        "冻结"
        not in page_of(client_as(cast.unit_head), cast.units.urban).content.decode().split("指标口径")[1]
    )


def test_a_frozen_page_takes_the_same_number_of_queries_for_one_case_and_for_three(
    cast, make_case, client_as
):
    client = client_as(cast.statistician)
    make_case(until=Status.ACCEPTED, at=FIRST)
    freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    page_of(client, cast.units.district)
    with CaptureQueriesContext(connection) as one:
        page_of(client, cast.units.district)
    for _n in range(2):
        make_case(until=Status.ACCEPTED, at=FIRST)
    freeze(actor=cast.actor("statistician"), month=SEPTEMBER, reason="补录")
    with CaptureQueriesContext(connection) as three:
        page_of(client, cast.units.district)
    assert len(one) == len(three)
    assert len(RATES) == 10


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_freeze_at_once_make_one_version(cast, make_case):
    make_case(at=FIRST)
    start, outcomes = threading.Barrier(2), []

    def press(who):
        try:
            start.wait(10)
            freeze(actor=cast.actor(who), month=SEPTEMBER)
            outcomes.append("frozen")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(who,)) for who in ("statistician", "petition_officer")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert outcomes.count("frozen") == 1 and set(outcomes) <= {"frozen", "stale", "invalid"}
    assert Freeze.objects.count() == 1
    rows = FrozenRow.objects.filter(figure="repeat_rate")
    assert rows.count() == 1


def test_the_file_of_a_frozen_month_holds_what_was_frozen_and_what_changed(cast, autumn, make_case, tmp_path):
    actor, district = cast.actor("statistician"), cast.units.district
    kept = freeze(actor=actor, month=SEPTEMBER)
    make_case(at=FIRST + timedelta(days=3), channel=Channel.LETTER)
    job = exports.request_export(actor=actor, unit=district, month=SEPTEMBER)
    assert exports.run_waiting() == 1
    job.refresh_from_db()
    with job.file.open("rb") as file:
        book = CalamineWorkbook.from_filelike(BytesIO(file.read()))
    sheet = book.get_sheet_by_name("月报").to_python()
    assert "冻结，第 1 版" in sheet[1][0]
    was = figures_of(cast, "statistician", district, kept).total
    assert sheet[4][1:4] == [was.count, was.pieces, was.batches]
    _figures, changes = restated(actor, district, kept, shown())
    rows = book.get_sheet_by_name("冻结以后的变化").to_python()[1:]
    assert [row[:4] for row in rows if row[1]] == [
        [one.line, one.name, one.frozen, one.today] for one in changes
    ]
    meanings = book.get_sheet_by_name("指标口径").to_python()
    assert [row[0] for row in meanings[1 : 1 + len(shown_definitions())]] == [
        one.name for one in shown_definitions()
    ]


@pytest.mark.article(28)
def test_a_month_is_the_same_whoever_freezes_it_and_tells_the_recused_nothing(cast, make_case, client_as):
    cases = [make_case(until=Status.ACCEPTED, at=FIRST) for _n in range(3)]
    officer = cast.actor("petition_officer")
    recusing.recuse(petition=cases[0], actor=officer, ground=RecusalGround.FAMILY, at=FIRST)
    kept = freeze(actor=officer, month=SEPTEMBER)
    assert kept.rows.filter(figure="repeat_rate").count() == 3, "the office counts as one"
    again = freeze(actor=cast.actor("statistician"), month=SEPTEMBER, reason="核对", seen=1)
    assert again.rows.filter(figure="repeat_rate").count() == 3
    district = cast.units.district
    for who, count in (("statistician", 3), ("petition_officer", 2)):
        figures, changes = restated(cast.actor(who), district, again)
        assert (figures.total.count, changes) == (count, []), who


def test_a_second_press_makes_no_further_version(cast, make_case, client_as):
    make_case(at=FIRST)
    client, url = client_as(cast.statistician), reverse("reports:freeze")
    for data in ({"seen": 0}, {"seen": 0}, {"seen": 1, "reason": "补录"}, {"seen": 1, "reason": "补录"}):
        client.post(url, {"month": "2026-09", **data})
    assert list(Freeze.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
    page = client.post(url, {"month": "2026-09", "seen": 1, "reason": "补录"}, follow=True)
    assert "刚才已有人重报了这个月" in page.content.decode()
