"""Every export says who took it and when: for everybody to see, and in a code that the command reads back."""

import io
import re
import zipfile
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from accounts.models import AuditEntry
from petitions.models import Category
from reports.models import ExportJob
from reports.periods import Month
from reports.services import exports

MONTH = Month(2026, 9)
HOSTILE = '=HYPERLINK("http://evil.example","点我")'


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def taken(cast, client_as, tmp_path):
    """The statistician asks for the month, and saves what comes."""

    def take():
        client = client_as(cast.statistician)
        client.post(reverse("reports:export"), {"month": "2026-09", "unit": cast.units.district.pk})
        exports.run_waiting()
        job = ExportJob.objects.get()
        answer = client.get(reverse("reports:download", args=[job.pk]))
        path = tmp_path / "taken.xlsx"
        path.write_bytes(b"".join(answer.streaming_content))
        return job, answer, path

    return take


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_download_is_private_and_both_asking_and_fetching_are_audited(taken, cast):
    job, answer, _path = taken()
    assert answer["Content-Disposition"].endswith(quote(job.download_name))
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    acts = AuditEntry.objects.filter(act__startswith="report.").order_by("pk")
    assert [(entry.act, entry.user) for entry in acts] == [
        ("report.export", cast.statistician),
        ("report.download", cast.statistician),
    ]


def test_every_sheet_says_who_took_it_and_when(taken, cast):
    _job, _answer, path = taken()
    book = CalamineWorkbook.from_path(path)
    who = cast.actor("statistician").label
    shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    assert shown == ["月报", "指标口径", "分单位分渠道分类", "其他指标", "分类统计", "分子分母", "率的比较"]
    for name in shown:
        texts = [str(cell) for row in book.get_sheet_by_name(name).to_python() for cell in row]
        [line] = [text for text in texts if "导出" in text and who in text]
        assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", line)
    sheets = parts(path)
    for number in (1, 2, 3):
        assert who in sheets[f"xl/worksheets/sheet{number}.xml"].partition("<oddFooter>")[2]


def test_the_hidden_mark_tells_nothing_and_reads_back(taken, cast, capsys):
    job, _answer, path = taken()
    written = parts(path)
    assert "HuiyingMark" in written["docProps/custom.xml"]
    assert 'state="veryHidden"' in written["xl/workbook.xml"]
    assert cast.statistician.username not in written["docProps/custom.xml"]
    call_command("read_mark", str(path))
    said = capsys.readouterr().out
    assert said.count("\n") == 1  # two places, one mark
    assert cast.statistician.get_full_name() in said and str(job.pk) in said and "2026-09 月报" in said
    assert AuditEntry.objects.filter(act="report.read_mark", detail__job=str(job.pk)).count() == 1


@pytest.mark.parametrize("lost", ["docProps/custom.xml", "xl/sharedStrings.xml"])
def test_either_place_alone_is_enough(taken, tmp_path, capsys, lost):
    job, _answer, path = taken()
    with zipfile.ZipFile(tmp_path / "cut.xlsx", "w") as cut:
        for name, content in parts(path).items():
            if name != lost:
                cut.writestr(name, content)
    call_command("read_mark", str(tmp_path / "cut.xlsx"))
    assert str(job.pk) in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "says"), [(b"nothing here", "没有读出本系统的标记"), (None, "打不开")])
def test_a_file_without_a_mark_and_none_at_all_get_a_sentence(tmp_path, content, says):
    path = tmp_path / "found.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=says):
        call_command("read_mark", str(path))


def test_a_forged_mark_is_not_believed(db, tmp_path):
    (tmp_path / "forged.csv").write_text("HY" + "A" * 80)
    with pytest.raises(CommandError, match="没有读出"):
        call_command("read_mark", str(tmp_path / "forged.csv"))


def test_a_printed_page_says_who_printed_it_and_its_code_reads_back(cast, client_as, capsys):
    page = client_as(cast.statistician).get(reverse("reports:month")).content.decode()
    assert f"{cast.actor('statistician').label} 打印" in page
    code = re.search(r'class="print-mark"[^>]*>(HY[A-Z2-7]+)<', page)[1]
    call_command("read_mark", code=code)
    assert cast.statistician.get_full_name() in capsys.readouterr().out


def test_a_residents_page_bears_no_mark(client, db):
    assert "print-mark" not in client.get("/").content.decode()


def test_hostile_names_of_units_and_categories_stay_texts_in_the_real_file(taken, cast, make_case):
    one = Category.objects.first()
    make_case.registered(category_id=one.pk)
    unit = cast.units.district
    type(unit).objects.filter(pk=unit.pk).update(name=HOSTILE, short_name="@SUM(1+1)")
    Category.objects.filter(pk=one.pk).update(level1="+1", level2="-1", level3="=1")
    _job, _answer, path = taken()
    written = parts(path)
    assert "HYPERLINK" in written["xl/sharedStrings.xml"]
    for name, content in written.items():
        assert "<f>" not in content and "<f " not in content and "<hyperlink" not in content, name
    with io.BytesIO(path.read_bytes()) as file:
        rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    assert any(HOSTILE in str(cell) for row in rows for cell in row)
