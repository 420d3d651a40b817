"""One month in four forms: the numbers of the workbook, of the text as DOCX and PDF, and of the CSV agree."""

import csv
import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from docx import Document
from python_calamine import CalamineWorkbook

from core.marking import codes_in, read_code
from petitions.enums import Channel
from reports import month_csv, narrative
from reports.definitions import BY_CODE
from reports.models import ExportState, FileForm
from reports.month_cells import month_cells
from reports.periods import Month
from reports.rates import Mean, Tally
from reports.selectors.changes import VOLUMES, restated
from reports.selectors.figures import FIGURES, RATES, shown
from reports.selectors.frozen import reading_for
from reports.selectors.month import month_figures
from reports.selectors.volumes import volumes
from reports.services import exports, making
from reports.services.freezing import freeze
from reports.tests.conftest import FIRST

SEPTEMBER = Month(2026, 9)
SHOW_RATES = ("月报", "其他指标", "分类统计")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def made(cast):
    def made(form, who="statistician", unit=None, month=SEPTEMBER):
        asked = exports.request_export(
            actor=cast.actor(who), unit=unit or cast.units.district, month=month, form=form
        )
        assert exports.run_waiting() == 1
        asked.refresh_from_db()
        assert asked.state == ExportState.DONE, asked.error
        return asked.file.path

    return made


def csv_lines(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def figures_of(cast, who="statistician", unit=None, freeze=None):
    unit = unit or cast.units.district
    actor = cast.actor(who)
    found = month_figures(actor=actor, unit=unit, month=SEPTEMBER, freeze=freeze, codes=shown())
    return found, volumes(reading_for(actor, unit, SEPTEMBER, freeze=freeze))


def words_of(document):
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def main_table(path):
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("月报").to_python()
    return {row[0]: row[1:] for row in rows[4:] if row[0]}


def parts_of(path):
    """Of each line of the workbook: what it says the two numbers of each rate are, by the names of their columns."""
    heads, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("分子分母").to_python()
    return {row[0]: dict(zip(heads[1:], row[1:], strict=True)) for row in rows if row[1] != ""}


def wide(text):
    return text.replace("(", "（").replace(")", "）")


def agree(path, lines, document):
    """Every cell of the workbook's table is in the CSV, and those of the text's table are those of the workbook."""
    book, parts, told = main_table(path), parts_of(path), {}
    for name, _line, code, _what, text, part, whole, *_rest in lines[1:-2]:
        told.setdefault(name, {})[code] = (text, f"{text}({part}/{whole})" if whole else text)
        if code not in VOLUMES and not issubclass(FIGURES[code].adds, Tally):
            ends = ("天数之和", "件数") if issubclass(FIGURES[code].adds, Mean) else ("分子", "分母")
            cells = [parts[name][f"{BY_CODE[code].name}{end}"] for end in ends]
            assert cells == ([int(part), int(whole)] if whole else ["—", "—"]), (name, code)
    for name, row in told.items():
        printed = [f"{cell:.0f}" for cell in book[name][:7]]
        assert printed == [row[code][0] for code in VOLUMES], name
        cells = [row[code][0] for code in ("repeat_rate", *RATES)]
        assert book[name][7:] == [
            one if one == "—" else pytest.approx(float(one[:-1]) / 100) for one in cells
        ]
    head, *units = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    columns = [head.index(str(BY_CODE[code].name)) for code in narrative.OF_UNITS]
    assert len(units) == len(told) - 1
    for row, (name, cells) in zip(units, list(told.items())[1:], strict=True):
        assert row[2:5] == [f"{int(cells[code][0]):,}" for code in ("count", "batches", "heads")], name
        assert [row[column] for column in columns] == [
            wide(cells[code][1]).replace("（", "\n（") for code in narrative.OF_UNITS
        ], name
    text, total = words_of(document), told["合计"]
    assert f"共登记信访{total['count'][0]}件次" in text
    assert f"来访{total['batches'][0]}批、{total['heads'][0]}人次" in text
    for code in RATES:
        assert re.search(f"{BY_CODE[code].name}{wide(total[code][1])}[；。]", text), code


@pytest.mark.parametrize("who", ["statistician", "unit_head", "leader"])
def test_the_four_files_of_a_month_say_the_same(cast, autumn, made, who):
    unit = cast.units.urban if who == "unit_head" else None
    book, lines, text = (made(form, who, unit) for form in (FileForm.XLSX, FileForm.CSV, FileForm.DOCX))
    agree(book, csv_lines(lines), Document(text))
    with open(made(FileForm.PDF, who, unit), "rb") as pdf:
        assert pdf.read(5) == b"%PDF-"


def test_the_files_of_a_frozen_month_hold_what_was_frozen(cast, autumn, made, make_case):
    actor = cast.actor("statistician")
    kept = freeze(actor=actor, month=SEPTEMBER)
    make_case(at=FIRST + timedelta(days=3), channel=Channel.LETTER)
    was, _apart = figures_of(cast, freeze=kept)
    book, lines, path = (made(form) for form in (FileForm.XLSX, FileForm.CSV, FileForm.DOCX))
    document = Document(path)
    agree(book, csv_lines(lines), document)
    assert "冻结，第 1 版" in csv_lines(lines)[-2][0] and "冻结，第 1 版" in words_of(document)
    assert csv_lines(lines)[1][4] == str(was.total.count)
    _figures, changes = restated(actor, cast.units.district, kept, shown())
    rows = [[cell.text for cell in row.cells] for row in document.tables[1].rows][1:]
    assert changes and [row[1:] for row in rows] == [
        [one.line, one.name, one.frozen, one.today] for one in changes
    ]


def test_a_month_that_is_not_frozen_is_called_provisional_in_every_form(cast, autumn, made):
    book = CalamineWorkbook.from_path(made(FileForm.XLSX)).get_sheet_by_name("月报").to_python()
    document = Document(made(FileForm.DOCX))
    assert "暂定" in book[1][0] and "暂定" in csv_lines(made(FileForm.CSV))[-2][0]
    assert "由清江县信访局制作，暂定" in words_of(document)


def test_the_text_tells_the_month_beside_those_before_and_what_its_figures_mean(cast, autumn):
    figures, apart = figures_of(cast)
    content = narrative.content(figures, apart, unit="清江县信访局", taken="某人导出")
    text = "\n".join(line["text"] for line in content["lines"])
    assert content["title"] == "清江县2026年9月信访情况通报"
    one = apart.total
    assert f"比上月（{one.before}件次）" in text and "去年同月没有登记" in text
    for way in ("channel", "category", "kind"):
        for line in [line for line in apart.lines[way] if line.now][: narrative.TOP]:
            assert f"{line.name}{line.now:,}件次，占" in text
    late = figures.rates["conclusion"].rest
    assert late and f"按期办结率里未按期的{late}件" in text
    annex = "\n".join(line["text"] for line in content["annex"])
    assert all(f"{BY_CODE[code].name}（" in annex for code in (*VOLUMES, *RATES))


@pytest.mark.parametrize(
    ("now", "before", "says"),
    [
        (3, 2, "比上月（2件次）上升50.00%"),
        (1, 2, "比上月（2件次）下降50.00%"),
        (2, 2, "与上月（2件次）持平"),
        (2, 0, "上月没有登记"),
    ],
)
def test_change_is_told_with_the_number_it_is_against(now, before, says):
    assert narrative._against("上月", now, before) == says


def test_the_pdf_is_set_from_the_words_of_the_docx(cast, autumn, made, monkeypatch):
    seen = {}
    for name in ("render", "as_docx"):
        real = getattr(making, name)

        def keeping(content, *args, _name=name, _real=real, **kwargs):
            seen[_name] = content
            return _real(content, *args, **kwargs)

        monkeypatch.setattr(making, name, keeping)
    freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    made(FileForm.DOCX), made(FileForm.PDF)
    volatile = {"mark": "", "annex": []}  # who took it, and when to the minute
    assert seen["render"] | volatile == seen["as_docx"] | volatile
    assert seen["render"]["annex"][:-1] == seen["as_docx"]["annex"][:-1]


def test_the_workbook_is_laid_out_for_paper(cast, autumn, made):
    path = made(FileForm.XLSX)
    with zipfile.ZipFile(path) as book:
        workbook = book.read("xl/workbook.xml").decode()
        sheets = [book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in range(1, 6)]
    shown = CalamineWorkbook.from_path(path).sheet_names[:5]
    for name, sheet in zip(shown, sheets, strict=True):
        assert re.search(f"_xlnm.Print_Area[^>]*>'?{name}'?!", workbook), name
        assert re.search(f"_xlnm.Print_Titles[^>]*>'?{name}'?!", workbook), name
        assert "&amp;P / &amp;N" in sheet and 'orientation="landscape"' in sheet, name
    over, under = CalamineWorkbook.from_path(path).get_sheet_by_name("月报").to_python()[2:4]
    assert [word for word in over if word][:5] == ["单位", "登记", "按期情况", "10-30-24", "满意度评价"]
    assert 'mergeCell ref="B3:I3"' in sheets[0] and 'mergeCell ref="A3:A4"' in sheets[0]
    place = over.index("10-30-24")
    assert under[place] == BY_CODE["respond_10"].name


def test_rates_of_the_workbook_can_be_computed_with(cast, autumn, made):
    """As numbers that are shown as per cent; where nothing is to be divided by, a dash and no zero."""
    path = made(FileForm.XLSX)
    rows = {name: CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python() for name in SHOW_RATES}
    for name in SHOW_RATES:
        assert not [cell for row in rows[name] for cell in row if re.search(r"[0-9]%", str(cell))], name
    with zipfile.ZipFile(path) as book:
        styles, sheet = (book.read(f"xl/{part}.xml").decode() for part in ("styles", "worksheets/sheet1"))
    looks = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])
    codes = dict(re.findall(r'numFmtId="(\d+)" formatCode="([^"]*)"', styles))
    shown = dict(re.findall(r'<c r="([A-Z]+5)" s="(\d+)"><v>', sheet))
    rates = [place for place, cell in enumerate(rows["月报"][4]) if place > 7 and cell != "—"]
    assert rates
    for place in rates:
        assert codes[looks[int(shown[f"{chr(65 + place)}5"])]] == "0.00%"


def test_withheld_numbers_are_in_no_file(cast, autumn, made):
    of_all, _apart = figures_of(cast, "inspector")
    figures, _apart = figures_of(cast)
    code, key = "unit_satisfaction", cast.units.housing.pk
    assert of_all.rates_by_unit[key][code].whole == 1 and not figures.rates_by_unit[key][code].whole
    [line] = [
        one for one in csv_lines(made(FileForm.CSV)) if one[0] == figures.units[key].name and one[2] == code
    ]
    assert line[4:7] == ["—", "", ""]
    rows = Document(made(FileForm.DOCX)).tables[0].rows
    [row] = [
        [cell.text for cell in row.cells] for row in rows if row.cells[1].text == figures.units[key].label
    ]
    assert row[5 + narrative.OF_UNITS.index(code)] == "—"


def test_a_month_without_cases_is_a_file_in_every_form(cast, made):
    for form in exports.MONTH_FORMS:
        assert made(form, month=Month(2026, 2))


def test_no_cell_of_the_csv_is_a_formula(cast, make_case, made):
    unit = cast.units.urban
    type(unit).objects.filter(pk=unit.pk).update(name="=1+1", code="@SUM(A1)")
    make_case(at=FIRST, until="accepted")
    lines = csv_lines(made(FileForm.CSV))
    assert {("合计", ""), ("'=1+1", "'@SUM(A1)")} <= {(line[0], line[1]) for line in lines[1:-2]}
    assert {len(line) for line in lines[:-2]} == {len(month_csv.heads())}


@pytest.mark.parametrize("form", exports.MONTH_FORMS)
def test_every_file_bears_who_took_it(cast, autumn, made, form, tmp_path):
    [code] = codes_in(Path(made(form)))
    assert read_code(code).user_id == cast.statistician.pk


def test_the_page_offers_each_form_and_one_press_asks_for_it(cast, client_as):
    client = client_as(cast.statistician)
    page = client.get(reverse("reports:month"), {"month": "2026-09"}).content.decode()
    assert re.findall(r'name="form" value="(\w+)"', page) == ["xlsx", "docx", "pdf", "csv"]
    asked = {"month": "2026-09", "unit": cast.units.district.pk, "form": "pdf"}
    client.post(reverse("reports:export"), asked)
    client.post(reverse("reports:export"), asked)
    assert exports.run_waiting() == 1
    job = exports.ExportJob.objects.get()
    answer = client.get(reverse("reports:download", args=[job.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert io.BytesIO(b"".join(answer.streaming_content)).read(5) == b"%PDF-"


def test_the_codes_of_the_cells_are_those_of_the_definitions(cast, autumn):
    figures, _apart = figures_of(cast)
    assert {cell.code for cell in month_cells(figures)} == {*VOLUMES, "repeat_rate", *shown()}
