"""The pages: building, reading, the list behind a number, and what comes back with a sentence."""

from datetime import datetime

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse

from accounts.enums import Role
from core.converters import scattered
from core.timekeeping import SHANGHAI
from petitions.enums import Kind, Status
from tables.models import SavedTable, Schedule, TableShare
from tables.services import saving, sharing
from tables.tests.making import a_table

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
FIRST = datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)
WISH = {
    "title": "各单位件次",
    "rows": "unit",
    "columns": "channel",
    "period": "this_month",
    "measures": ["count", "heads"],
}
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(client_as, cast):
    return client_as(cast.statistician)


def test_a_table_is_built_saved_and_read(page, make_case):
    make_case(at=FIRST, until=Status.ACCEPTED)
    assert page.get(reverse("tables:new")).status_code == 200
    shown = page.get(reverse("tables:preview"), WISH, headers=HTMX).content.decode()
    assert (
        "清江县 2026年11月" in shown and "城市管理局" in shown and "<a " not in shown.partition("<table")[2]
    )
    answer = page.post(reverse("tables:new"), WISH, follow=True)
    table = SavedTable.objects.get()
    assert answer.redirect_chain[-1][0] == table.get_absolute_url()
    number = f"{reverse('tables:behind', args=[table.pk, 'count'])}?day=2026-11-23&amp;row="
    assert number in answer.content.decode()
    assert "各单位件次" in page.get(reverse("tables:list")).content.decode()
    changed = {**WISH, "title": "各村件次", "columns": "", "measures": ["count"]}
    page.post(reverse("tables:edit", args=[table.pk]), changed)
    table.refresh_from_db()
    assert (table.title, table.columns, table.measures) == ("各村件次", "", ["count"])


def test_the_list_behind_a_number_holds_its_cases(page, make_case, cast):
    case, other = make_case(at=FIRST, until=Status.ACCEPTED), make_case(at=FIRST)
    table = a_table(cast)
    behind = reverse("tables:behind", args=[table.pk, "count"])
    shown = page.get(behind, {"row": scattered(cast.units.urban.pk)}).content.decode()
    assert case.number in shown and other.number not in shown and "城市管理局" in shown
    rates = page.get(reverse("tables:behind", args=[table.pk, "acceptance"]), {"side": "part"})
    assert rates.status_code == 200 and "分子和分母" in rates.content.decode()


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"columns": "unit"}, "行和列不能相同"),
        ({"measures": []}, "请至少选择一个指标"),
        ({"kind": Kind.ACCUSATION}, "检举控告不计入统计表，不能作为条件"),
        ({"unit": "12"}, "不在您的统计范围内"),
        ({"period": "fixed"}, "请填写开始日期和结束日期"),
        ({"period": "fixed", "since": "2026-13-01", "until": "2026-10-01"}, "请填写日期"),
        ({"measures": ["office_satisfaction"]}, "信访部门满意率只能按单位"),
        ({"rows": "name"}, "没有您选的这一项"),
    ],
)
def test_what_is_refused_comes_back_with_a_sentence_and_all_that_was_typed(page, wish, words):
    answer = page.post(reverse("tables:new"), {**WISH, **wish})
    text = answer.content.decode()
    assert answer.status_code == 422 or answer.status_code in {403, 404}
    assert words in text and "各单位件次" in text
    assert not SavedTable.objects.exists()
    shown = page.get(reverse("tables:preview"), {**WISH, **wish}, headers=HTMX).content.decode()
    assert words in shown and "<table" not in shown


def test_a_shared_table_counts_what_its_reader_may_see(client_as, cast, make_case):
    make_case(at=FIRST, until=Status.ACCEPTED)
    make_case(at=FIRST, until=Status.ACCEPTED, unit=cast.units.housing, handler="handler2")
    table = a_table(cast)
    sharing.share(
        actor=cast.actor("statistician"),
        table=table,
        unit=cast.units.district,
        below=True,
        role=Role.UNIT_HEAD,
    )
    shown = client_as(cast.unit_head).get(table.get_absolute_url()).content.decode()
    assert "城市管理局 2026年11月" in shown.replace("清江县", "") and "住房和城乡建设局" not in shown
    assert "信访局许晴共享" in shown and "删除统计表" not in shown


def test_a_table_of_a_unit_that_its_reader_has_no_figures_of_says_so(client_as, cast):
    table = a_table(cast)
    officer = cast.actor("statistician")
    SavedTable.objects.filter(pk=table.pk).update(unit=cast.units.housing)
    sharing.share(actor=officer, table=table, unit=cast.units.urban, below=False, role="")
    answer = client_as(cast.unit_head).get(table.get_absolute_url())
    assert answer.status_code == 404 and "不在您的统计范围内" in answer.content.decode()


@pytest.mark.article(30)
def test_ratings_that_a_reader_may_not_be_told_are_left_out_of_a_shared_table(client_as, cast, make_case):
    make_case(at=FIRST, until=Status.ACCEPTED)
    table = a_table(cast)
    SavedTable.objects.filter(pk=table.pk).update(measures=["count", "unit_satisfaction"])
    shown = client_as(cast.petition_officer).get(table.get_absolute_url()).content.decode()
    assert "责任单位满意率在这张表里不向您显示" in shown and "满意</" not in shown
    behind = client_as(cast.petition_officer).get(
        reverse("tables:behind", args=[table.pk, "unit_satisfaction"])
    )
    assert behind.status_code == 403


@pytest.mark.parametrize(
    "asked",
    ["day=yesterday", "day=1899-01-01", "at=noon", "at=0001-01-01T00:00%2B14:00", "row=x", "column=x"],
)
def test_an_address_that_cannot_be_read_is_refused_with_a_sentence(page, cast, asked):
    answer = page.get(f"{reverse('tables:behind', args=[a_table(cast).pk, 'count'])}?{asked}")
    assert answer.status_code in {404, 422} and "统计表重新点开" in answer.content.decode()


@pytest.mark.parametrize("asked", ["count/?side=best", "refusal/", "score/"])
def test_a_number_that_the_table_has_not_is_not_there(page, cast, asked):
    table = a_table(cast)
    assert page.get(f"{table.get_absolute_url()}list/{asked}").status_code == 404


def test_the_link_of_a_turn_reads_the_period_of_its_day(page, cast, make_case):
    make_case(at=FIRST)
    table = a_table(cast)
    assert "2026年10月" in page.get(f"{table.get_absolute_url()}?day=2026-10-05").content.decode()
    assert "2026年11月" in page.get(f"{table.get_absolute_url()}?day=2036-10-05").content.decode()


def test_sharing_and_a_schedule_are_set_and_taken_back_on_the_page(page, cast):
    table = a_table(cast)
    TableShare.objects.all().delete()
    Schedule.objects.all().delete()
    wish = {"unit": scattered(cast.units.district.pk), "role": "", "below": "on"}
    page.post(reverse("tables:share", args=[table.pk]), wish)
    one = TableShare.objects.get()
    assert (one.unit, one.below, one.role) == (cast.units.district, True, "")
    page.post(reverse("tables:unshare", args=[table.pk, one.pk]))
    assert not TableShare.objects.exists()
    times = {"every": "month", "weekday": "0", "day": "31", "hour": "9", "told": "readers"}
    shown = page.post(reverse("tables:schedule", args=[table.pk]), times, follow=True).content.decode()
    assert "下次 2026年11月30日" in shown
    page.post(reverse("tables:unschedule", args=[table.pk]))
    assert not Schedule.objects.exists()


@pytest.mark.parametrize(
    ("door", "wish", "words"),
    [
        ("share", {"unit": "7", "role": ""}, "没有您选的这一项"),
        ("share", {}, "请选择"),
        ("schedule", {"every": "month", "day": "32", "hour": "8", "told": "owner"}, "不能大于 31"),
        ("schedule", {"every": "week", "weekday": "9", "hour": "8", "told": "owner"}, "没有您选的这一项"),
    ],
)
def test_a_refused_share_or_schedule_changes_nothing(page, cast, door, wish, words):
    table = a_table(cast)
    before = TableShare.objects.count(), Schedule.objects.get().next_at
    answer = page.post(reverse(f"tables:{door}", args=[table.pk]), wish)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert (TableShare.objects.count(), Schedule.objects.get().next_at) == before


def test_what_is_not_counted_is_said_once_on_a_list(page, cast, make_case):
    make_case(at=FIRST, until=Status.ACCEPTED)
    table = a_table(cast)
    lists = [reverse("tables:behind", args=[table.pk, code]) for code in ("count", "acceptance")]
    lists += [
        f"{reverse('reports:behind', args=[code])}?month=2026-11&unit={cast.units.district.pk}"
        for code in ("repeat_rate", "acceptance")
    ]
    for address in lists:
        answer = page.get(address)
        assert answer.status_code == 200 and answer.content.decode().count("检举控告不计入") == 1, address


@pytest.mark.parametrize("door", ["table", "edit", "behind"])
def test_a_table_that_was_deleted_meanwhile_says_so(page, cast, door):
    table = a_table(cast)
    address = reverse(f"tables:{door}", args=[table.pk, *(["count"] if door == "behind" else [])])
    saving.delete(actor=cast.actor("statistician"), table=SavedTable.objects.get())
    for answer in (page.get(address), page.post(reverse("tables:delete", args=[table.pk]))):
        assert answer.status_code == 404 and "可能已经删除" in answer.content.decode()


def test_a_count_that_takes_too_long_is_a_sentence_and_no_error(page, cast, settings, monkeypatch):
    settings.REPORT_SECONDS = 1

    def endless(*args):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)")

    monkeypatch.setattr("tables.selectors.counting._add_volumes", endless)
    file = reverse("tables:file", args=[a_table(cast).pk, "csv"])
    for address, wish, headers, status in ((file, {}, {}, 503), (reverse("tables:preview"), WISH, HTMX, 200)):
        with transaction.atomic():
            answer = page.get(address, wish, headers=headers)
            transaction.set_rollback(True)
        assert answer.status_code == status and "统计超过 1 秒" in answer.content.decode()


def test_a_name_is_shown_as_it_was_typed_and_never_as_markup(page, cast):
    table = a_table(cast)
    SavedTable.objects.filter(pk=table.pk).update(title="<b>件次</b>")
    assert "&lt;b&gt;件次" in page.get(table.get_absolute_url()).content.decode()
    assert "<b>件次" not in page.get(reverse("tables:list")).content.decode()
