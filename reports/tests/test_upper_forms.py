"""The upper level's form: its named cells hold the page's numbers, and whatever else is sent gets a sentence."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import AuditEntry
from core.converters import scattered
from core.marking import codes_in, read_code
from core.timekeeping import now
from core.workbooks import XLSX
from petitions.enums import Channel
from reports import upper_names
from reports.models import ExportJob
from reports.periods import Month
from reports.selectors.figures import FIGURES, shown
from reports.selectors.frozen import reading_for
from reports.selectors.month import month_figures
from reports.selectors.volumes import volumes
from reports.services import upper_forms
from reports.services.freezing import freeze
from reports.tests.conftest import FIRST
from tests.upper_form import form

SEPTEMBER = Month(2026, 9)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def sent(content, name="上级报表.xlsx"):
    return SimpleUploadedFile(name, content, XLSX)


def ask(client, cast, content, **more):
    asked = {"month": "2026-09", "unit": scattered(cast.units.district.pk), "file": sent(content)} | more
    return client.post(reverse("reports:upper_form"), asked)


def cells(job):
    rows = CalamineWorkbook.from_path(job.file.path).get_sheet_by_name("报表").to_python()
    return {row[0]: row[1] for row in rows}


def test_the_named_cells_hold_the_numbers_of_the_month(cast, autumn, client_as):
    district = cast.units.district
    figures = month_figures(actor=cast.actor("statistician"), unit=district, month=SEPTEMBER, codes=shown())
    rate, urban = figures.rates["acceptance"], cast.units.urban
    type(urban).objects.filter(pk=urban.pk).update(code="339999A01")
    names = (
        "HY_month", "HY_unit", "HY_count", "HY_heads", "HY_count_unforwarded", "HY_count_339999A01",
        "HY_acceptance", "HY_acceptance_rate", "HY_acceptance_count", "HY_acceptance_whole",
        "HY_acceptance_whole_339999a01", "HY_by_channel_phone", "HY_by_channel_letter", "HY_nonsense",
    )  # fmt: skip
    answer = ask(client_as(cast.statistician), cast, form(*names))
    assert answer.status_code == 200
    page, told = answer.content.decode(), answer.context["told"]
    assert told.unknown == ["HY_nonsense"] and "填了 13 格" in page and "HY_nonsense" in page
    found = cells(ExportJob.objects.get())
    of_urban = figures.rates_by_unit[urban.pk]["acceptance"]
    assert list(found.values()) == [
        "2026年9月", district.name, figures.total.count, figures.total.heads,
        figures.by_unit[None].count, figures.by_unit[urban.pk].count,
        rate.text, float(rate.value), rate.part, rate.whole,
        of_urban.whole, figures.by_channel[Channel.PHONE].count, 0, "",
    ]  # fmt: skip


def test_the_file_is_fetched_as_any_export_by_whoever_asked_and_is_on_record(cast, autumn, client_as):
    client = client_as(cast.statistician)
    page = ask(client, cast, form("HY_count")).content.decode()
    job = ExportJob.objects.get()
    address = reverse("reports:download", args=[job.pk])
    assert address in page
    answer = client.get(address)
    assert answer.status_code == 200 and b"".join(answer.streaming_content)[:2] == b"PK"
    assert job.download_name == "上级报表-清江县-2026-09.xlsx"
    assert client_as(cast.petition_officer).get(address).status_code == 404
    [code] = codes_in(Path(job.file.path))
    assert read_code(code).user_id == cast.statistician.pk
    entry = AuditEntry.objects.get(act="report.fill_form")
    assert entry.user == cast.statistician and entry.detail["filled"] == 1


def test_a_frozen_month_fills_what_was_frozen(cast, autumn, make_case, client_as):
    actor = cast.actor("statistician")
    kept = freeze(actor=actor, month=SEPTEMBER)
    make_case(at=FIRST)
    was = month_figures(actor=actor, unit=cast.units.district, month=SEPTEMBER, freeze=kept).total.count
    ask(client_as(cast.statistician), cast, form("HY_count", "HY_standing"))
    found = cells(ExportJob.objects.get())
    assert found["HY_count"] == was and "冻结，第 1 版" in found["HY_standing"]


def test_withheld_numbers_are_a_dash_under_every_name(cast, autumn, client_as):
    unit = cast.units.housing
    type(unit).objects.filter(pk=unit.pk).update(code="339999B01")
    names = [f"HY_unit_satisfaction{end}_339999B01" for end in ("", "_rate", "_count", "_whole")]
    ask(client_as(cast.statistician), cast, form(*names))
    assert set(cells(ExportJob.objects.get()).values()) == {"—"}


def test_every_name_the_page_lists_is_filled(cast, autumn, client_as):
    client = client_as(cast.statistician)
    page = client.get(reverse("reports:upper_form")).content.decode()
    names = [name for one in upper_names.offered() for name in (one.name, *one.also)]
    assert len(names) == len({name.casefold() for name in names})
    assert all(f"<code>{name}</code>" in page for name in names)
    answer = ask(client, cast, form(*names))
    assert not answer.context["told"].unknown and not answer.context["told"].left
    assert sorted(answer.context["told"].filled) == sorted(names)
    assert all(str(value) for value in cells(ExportJob.objects.get()).values())


def test_no_two_numbers_have_one_name(cast, autumn):
    actor, district = cast.actor("statistician"), cast.units.district
    for number, unit in enumerate(type(district).objects.exclude(pk=district.pk).filter(code="")):
        type(district).objects.filter(pk=unit.pk).update(code=f"9{number:08}")
    figures = month_figures(actor=actor, unit=district, month=SEPTEMBER, codes=shown())
    found = upper_names.values(figures, volumes(reading_for(actor, district, SEPTEMBER, freeze=None)))
    assert len({name.casefold() for name in found}) == len(found)
    lines = len(figures.units) + (None in figures.by_unit)
    cells_of_all = upper_names.month_cells(figures, every_line=True)
    assert {cell.line for cell in cells_of_all} >= {unit.code for unit in figures.units.values()}
    assert sum(name.startswith("HY_pieces") for name in found) == 1 + lines
    codes = {code for code in shown() if FIGURES[code].has_sides}
    assert {f"HY_{code}_rate" for code in codes} <= set(found)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (form(), "名称管理器"),
        (form("HY_nothing", "HY_neither"), "HY_neither、HY_nothing 都不认识"),
        (form("HY_count", build=lambda _b, sheet: sheet.write_formula("B1", "=1+1")), "没有可以填的格"),
        (form("HY_count", build=lambda _b, sheet: sheet.write_url("C1", "https://example.org/")), "指向别处"),
        (form("HY_count", build=lambda _b, sheet: sheet.write_formula("C1", "=cmd|'/c calc'!A0")), "指向别处"),
        (b"%PDF-1.7 nothing", "不是 XLSX"),
        (b"no table at all", "内容不是可以接收的类型"),
        (b"", "空的"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_filled_gets_a_sentence_and_leaves_nothing(cast, client_as, content, says):
    answer = ask(client_as(cast.statistician), cast, content)
    page = answer.content.decode()
    assert answer.status_code == 422 and says in page, page[page.find("invalid-feedback") :][:400]
    assert 'value="2026-09"' in page, "what was typed is kept"
    assert not ExportJob.objects.exists() and not AuditEntry.objects.filter(act="report.fill_form").exists()


def with_part(name, text, replaces=None):
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(form("HY_count"))) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                content = old.read(part)
                new.writestr(part, content.replace(*replaces) if replaces else content)
        new.writestr(name, text)
    return made.getvalue()


@pytest.mark.parametrize(
    ("part", "text", "replaces", "says"),
    [
        ("xl/vbaProject.bin", "x", None, "宏"),
        ("x.bin", "x", (b"spreadsheetml.sheet.main", b"macroEnabled.main"), "宏"),
        ("xl/externalLinks/externalLink1.xml", "<externalLink/>", None, "指向别处"),
        ("xl/media/zeros.bin", bytes(30_000_000), None, "解开后"),
        ("xl/styles.xml", '<!DOCTYPE a [<!ENTITY x "y">]><styleSheet>&x;</styleSheet>', None, "实体"),
    ],
)
def test_what_a_hostile_form_holds_is_refused(cast, client_as, part, text, replaces, says):
    content = with_part(part, text, replaces)
    answer = ask(client_as(cast.statistician), cast, content, file=sent(content, "上级报表.xlsm"))
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not ExportJob.objects.exists()


def test_a_form_that_is_too_large_is_not_read(cast, client_as, monkeypatch):
    monkeypatch.setattr(upper_forms, "MOST_BYTES", 1000)
    answer = ask(client_as(cast.statistician), cast, form("HY_count"))
    assert answer.status_code == 422 and "超过" in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"month": "2026-13"}, "2026-10"),
        ({"month": f"{now().year + 1}-01"}, "还没有到"),
        ({"month": ""}, "请填写"),
        ({"unit": "99999999"}, "没有您选的这一项"),
        ({"file": ""}, "没有收到文件|请填写|请选择"),
    ],
)
def test_an_unknown_month_or_unit_and_no_file_get_a_sentence(cast, client_as, asked, says):
    answer = ask(client_as(cast.statistician), cast, form("HY_count"), **asked)
    page = answer.content.decode()
    assert answer.status_code == 422 and any(words in page for words in says.split("|"))
    assert not ExportJob.objects.exists()


@pytest.mark.parametrize("who", ["unit_head", "leader", "inspector", "clerk", "handler", "outsider"])
def test_others_do_not_fill_forms(cast, client_as, who):
    client = client_as(getattr(cast, who))
    assert client.get(reverse("reports:upper_form")).status_code == 403
    assert ask(client, cast, form("HY_count")).status_code == 403
