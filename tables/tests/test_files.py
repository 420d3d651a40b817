"""A table as a file: the numbers of its page, harmless in what opens it, on record."""

import csv
import io
import re
import zipfile
from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import AuditEntry
from core.marking import CODE, read_code
from core.timekeeping import SHANGHAI
from petitions.enums import Kind, Status
from petitions.models import Category, CategoryVersion, Petition
from reports.periods import Month
from reports.services.freezing import freeze
from tables.models import SavedTable
from tables.tests.making import a_table

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
FIRST = datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)
#: A name that a spreadsheet would take for a formula, and one for a link.
FORMULA, LINK = "=1+1", "http://x.example/"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def taken(client_as, cast):
    def take(table, form, who="statistician", query=""):
        client = client_as(getattr(cast, who))
        answer = client.get(f"{reverse('tables:file', args=[table.pk, form])}{query}")
        return answer, b"".join(answer) if answer.streaming else answer.content

    return take


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def sheets_of(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_csv_says_what_the_page_says(taken, cast, make_case):
    make_case(at=FIRST, until=Status.ACCEPTED)
    make_case(at=FIRST)
    answer, content = taken(a_table(cast), "csv")
    heads, total, *lines = rows_of(content)
    assert heads == [
        *("单位", "合计 件次", "合计 人次", "合计 按期受理告知率", "合计 按期受理告知率分子", "合计 按期受理告知率分母"),
        *("网上 件次", "网上 人次", "网上 按期受理告知率", "网上 按期受理告知率分子", "网上 按期受理告知率分母"),
    ]  # fmt: skip
    assert total[:3] == ["合计", "2", "0"]
    notes = [line[0] for line in lines if line[0].startswith("# ")]
    lines = [line for line in lines if line[0] not in notes]
    assert notes[1:4] == [
        "# 范围：清江县 2026年11月",
        "# 条件：单位 × 信访形式；本月",
        "# 数字：数字按导出时的记录计，不是冻结的数。",
    ]
    assert any(note.startswith("# 按期受理告知率：") for note in notes)
    assert [line[:2] for line in lines] == [["城市管理局", "1"], ["未转送", "1"]]
    assert "导出" in notes[-1] and read_code(CODE.search(content)[0].decode()).user_id == cast.statistician.pk
    assert answer["Content-Type"].startswith("text/csv") and "attachment" in answer["Content-Disposition"]
    entry = AuditEntry.objects.get(act="table.download")
    assert (entry.detail["form"], entry.detail["span"]) == ("csv", "2026年11月")


def test_page_and_files_say_that_they_are_of_now_and_that_a_frozen_month_holds(
    taken, cast, make_case, client_as
):
    make_case(at=FIRST - timedelta(days=20), until=Status.ACCEPTED)
    table = a_table(cast)
    SavedTable.objects.update(period="last_month")
    page = client_as(cast.statistician).get(table.get_absolute_url()).content.decode()
    assert "不是冻结的数" in page and "已经冻结" not in page
    for _version in range(2):
        freeze(actor=cast.actor("statistician"), month=Month(2026, 10), reason="更正" if _version else "")
    said = "2026年10月（第 2 版）已经冻结，与这里不同的，以冻结的月报为准。"
    page = client_as(cast.statistician).get(table.get_absolute_url()).content.decode()
    assert said in re.sub("<[^>]*>", "", page)
    link = re.search(r'href="([^"]*)">2026年10月', page)[1].replace("&amp;", "&")
    assert "冻结" in client_as(cast.statistician).get(link).content.decode()
    _answer, content = taken(table, "csv")
    assert any(row[0].startswith("# 数字：") and row[0].endswith(said) for row in rows_of(content))
    _answer, content = taken(table, "xlsx")
    sheets = sheets_of(content)
    assert sheets["统计表"][2][0].endswith(said) and dict(row[:2] for row in sheets["口径"])["数字"].endswith(
        said
    )


def test_an_xlsx_has_numbers_and_the_definitions_beside_them(taken, cast, make_case):
    make_case(at=FIRST, until=Status.ACCEPTED)
    table = a_table(cast)
    _answer, content = taken(table, "xlsx")
    sheets = sheets_of(content)
    title, heading, line, _heads, total, first = sheets["统计表"]
    assert (title[0], heading[0]) == (table.title, "清江县 2026年11月")
    assert "导出" in line[0] and total[:3] == ["合计", 1, 0] and first[:3] == ["城市管理局", 1, 0]
    notes = dict(row[:2] for row in sheets["口径"])
    assert notes["条件"] == "单位 × 信访形式；本月" and "件次" in notes and "检举控告" in notes["不在其中"]


@pytest.mark.parametrize("name", [FORMULA, LINK])
def test_no_cell_becomes_a_formula_or_a_link(taken, cast, make_case, name):
    version = CategoryVersion.objects.create(name="表", digest="d", loaded_at=NOW)
    category = Category.objects.create(version=version, level1=name, level2="二", level3="三")
    Petition.objects.filter(pk=make_case(at=FIRST).pk).update(category=category)
    table = a_table(cast)
    SavedTable.objects.filter(pk=table.pk).update(rows="category1", columns="", title=name)
    _answer, content = taken(table, "csv")
    assert rows_of(content)[2][0] == (f"'{name}" if name == FORMULA else name)
    _answer, content = taken(table, "xlsx")
    assert sheets_of(content)["统计表"][5][0] == name
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        inside = b"".join(book.read(part) for part in book.namelist())
    assert b"<f>" not in inside and b"<hyperlink" not in inside


def test_a_reader_takes_out_what_that_reader_is_shown(taken, cast, make_case):
    """The officer may not be told ratings of a table like this; sealed cases are in nobody's file (条例 30)."""
    make_case(at=FIRST, until=Status.ACCEPTED)
    make_case.registered(at=FIRST, kind=Kind.ACCUSATION)
    table = a_table(cast)
    SavedTable.objects.filter(pk=table.pk).update(measures=["count", "unit_satisfaction"])
    _answer, content = taken(table, "xlsx", "petition_officer")
    sheets = sheets_of(content)
    assert sheets["统计表"][3] == ["单位", "合计 件次", "网上 件次"] and sheets["统计表"][4][1] == 1
    assert dict(row[:2] for row in sheets["口径"])["不向导出人显示"] == "责任单位满意率"


def test_the_file_of_an_earlier_turn_is_of_its_period(taken, cast):
    answer, content = taken(a_table(cast), "csv", query="?day=2026-10-05")
    assert (
        len([row for row in rows_of(content) if row[0][0] != "#"]) == 2
        and "2026%E5%B9%B410%E6%9C%88" in answer["Content-Disposition"]
    )


@pytest.mark.parametrize(
    ("form", "query", "who", "status"),
    [
        ("pdf", "", "statistician", 404),
        ("csv", "?day=x", "statistician", 422),
        ("csv", "", "inspector", 404),
        ("csv", "", "handler", 403),
    ],
)
def test_what_is_not_there_is_not_taken_out(taken, cast, form, query, who, status):
    answer, _content = taken(a_table(cast), form, who, query)
    assert answer.status_code == status
    assert not AuditEntry.objects.filter(act="table.download").exists()
