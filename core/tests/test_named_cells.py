"""Somebody else's XLSX: the named cells are filled, the rest stays, and what reaches out of it is refused."""

import io
import re
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from core import named_cells
from core.errors import Refusal
from core.named_cells import fill
from core.sheet_cells import column_of

VALUES = {"HY_month": "2026年9月 <甲&乙>", "HY_count": 1234, "HY_rate": Decimal("0.9887")}
SHEET = "xl/worksheets/sheet1.xml"


def form(build=None, names=None):
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet("表 一's")
        second = book.add_worksheet("表二")
        sheet.write("A1", "上级报表")
        sheet.merge_range("B2:D2", "")
        sheet.write("C5", "旧")
        sheet.write_formula("C6", "=C5*2", None, 7)
        second.write("A1", "不动")
        for name, place in (
            names or {"HY_month": "='表 一''s'!$B$2:$D$2", "hy_COUNT": "='表 一''s'!$C$5"}
        ).items():
            book.define_name(name, place)
        if build:
            build(book, sheet)
    return made.getvalue()


def filled(content, values=VALUES):
    return fill(content, values, prefix="HY_", hidden=("Mark", "HYABC"))


def read(content, name="表 一's"):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def changed(content, **new):
    """The same archive with parts put in or in place of others; a part is named by ``path=``."""
    held = parts(content) | {name.replace("__", "/"): text for name, text in new.items()}
    return packed(held)


def packed(held):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in held.items():
            book.writestr(name, text)
    return made.getvalue()


def test_named_cells_are_filled_and_everything_else_stays():
    before = form()
    done = filled(before)
    rows = read(done.content)
    assert (rows[0][0], rows[1][1], rows[4][2]) == ("上级报表", VALUES["HY_month"], 1234)
    assert sorted(done.filled) == ["HY_month", "hy_COUNT"] and not done.unknown and not done.left
    old, new = parts(before), parts(done.content)
    assert {name for name in old if old[name] != new[name]} == {"xl/workbook.xml", SHEET}
    assert list(old) == list(new)


def test_a_cell_keeps_its_look_and_a_formula_is_counted_anew():
    def build(book, sheet):
        sheet.write_number("C5", 1, book.add_format({"bold": True, "num_format": "0.00%"}))

    done = filled(form(build, {"HY_rate": "='表 一''s'!$C$5"}))
    xml = parts(done.content)[SHEET].decode()
    assert re.search(r'<c r="C5" s="[1-9]\d*"><v>0\.9887</v></c>', xml)
    assert re.search(r'<c r="C6"[^>]*><f>C5\*2</f></c>', xml), "what the formula gave before is gone"
    assert 'fullCalcOnLoad="1"' in parts(done.content)["xl/workbook.xml"].decode()


@pytest.mark.parametrize("place", ["A1", "AA3", "B3", "A3", "XFD1048576", "C2"])
def test_a_cell_that_is_not_there_yet_is_made_in_its_place(place):
    column, row = re.fullmatch(r"([A-Z]+)(\d+)", place).groups()
    done = filled(form(names={"HY_count": f"='表 一''s'!${column}${row}"}))
    xml = parts(done.content)[SHEET].decode()
    assert f'<c r="{place}"' in xml and "<v>1234</v>" in xml
    rows = [int(number) for number in re.findall(r'<row r="(\d+)"', xml)]
    assert rows == sorted(set(rows))
    for line in re.findall(r"<row .*?</row>", xml):
        cells = [column_of(name) for name in re.findall(r'<c r="(\w+)"', line)]
        assert cells == sorted(set(cells))


def test_rows_and_cells_without_places_of_their_own_are_counted():
    content = form(names={"HY_count": "='表 一''s'!$B$2"})
    sheet = parts(content)[SHEET].decode()
    bare = re.sub(r"<sheetData>.*</sheetData>", "<sheetData><row><c><v>1</v></c></row><row><c><v>2</v></c>"
                  "<c><v>3</v></c></row></sheetData>", sheet)  # fmt: skip
    rows = read(filled(changed(content, **{SHEET: bare})).content)
    assert rows[0][0] == 1 and rows[1][:2] == [2, 1234]


@pytest.mark.parametrize(
    "place",
    [
        "='表 一''s'!$B$2:$C$3",
        "='表 一''s'!$C$6",
        "=表二!#REF!",
        "=没有这张!$A$1",
        "=1+1",
        "='表 一''s'!$A$9999999",
    ],
)
def test_a_name_of_no_single_free_cell_is_left_and_told(place):
    content = form(names={"HY_month": "=表二!$B$1", "HY_other": "=表二!$B$2"})
    workbook = parts(content)["xl/workbook.xml"].decode()
    text = place.removeprefix("=")
    workbook = workbook.replace(
        "</definedNames>", f'<definedName name="HY_count">{text}</definedName></definedNames>'
    )
    done = filled(changed(content, **{"xl/workbook.xml": workbook}))
    assert (done.filled, done.unknown, done.left) == (["HY_month"], ["HY_other"], ["HY_count"])


def test_a_mark_is_hidden_in_the_file_and_replaces_an_older_one():
    once = filled(form())
    twice = filled(once.content)
    assert parts(twice.content)["xl/workbook.xml"].decode().count('name="Mark" hidden="1">"HYABC"') == 1
    assert read(twice.content)[4][2] == 1234


def link(_book, sheet):
    sheet.write_url("A9", "https://example.org/")


@pytest.mark.parametrize(
    "formula",
    [
        "=cmd|'/c calc'!A0",
        '=WEBSERVICE("https://example.org/")',
        '=HYPERLINK("file:///etc/passwd")',
        '=RTD("a",,"b")',
    ],
)
def test_formulas_that_call_out_are_refused(formula):
    with pytest.raises(Refusal, match="指向别处"):
        filled(form(lambda _book, sheet: sheet.write_formula("A9", formula)))


def test_a_bar_in_a_text_of_a_formula_is_no_call():
    assert filled(form(lambda _book, sheet: sheet.write_formula("A9", '=IF(A1="是|否","""|",1)'))).filled


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("xl/externalLinks/externalLink1.xml", "<externalLink/>"),
        ("xl/embeddings/oleObject1.bin", "x"),
        ("xl/connections.xml", "<connections/>"),
        ("xl/activeX/activeX1.xml", "<x/>"),
        ("xl/macrosheets/sheet1.xml", "<x/>"),
    ],
)
def test_parts_that_reach_out_are_refused(part, text):
    with pytest.raises(Refusal, match="指向别处"):
        filled(changed(form(), **{part: text}))


@pytest.mark.parametrize("kind", ["externalLink", "oleObject", "vbaProject", "connections", "xlMacrosheet"])
def test_parts_that_reach_out_are_refused_under_any_name(kind):
    content = form()
    relations = parts(content)["xl/_rels/workbook.xml.rels"].decode()
    one = (
        f'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/x/{kind}" Target="harmless.xml"/>'
    )
    relations = relations.replace("</Relationships>", f"{one}</Relationships>")
    with pytest.raises(Refusal, match="指向别处"):
        filled(changed(content, **{"xl/_rels/workbook.xml.rels": relations}))


def test_links_macros_and_entities_are_refused_each_with_its_sentence():
    with pytest.raises(Refusal, match="指向别处"):
        filled(form(link))
    with pytest.raises(Refusal, match="宏"):
        filled(changed(form(), **{"xl/vbaProject.bin": "x"}))
    bomb = (
        '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y SYSTEM "file:///etc/passwd">]><worksheet>&x;&y;</worksheet>'
    )
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(Refusal, match="实体"):
            filled(changed(form(), **{SHEET: bomb.encode(encoding)}))


def test_what_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(named_cells, "MOST_UNPACKED", 1000)
    with pytest.raises(Refusal, match="超过"):
        filled(form())


@pytest.mark.parametrize("broken", ["<worksheet>", "", "not xml", "\x00"])
def test_what_cannot_be_read_is_refused(broken):
    with pytest.raises(Refusal, match="打不开"):
        filled(changed(form(), **{SHEET: broken}))


def test_a_book_without_its_list_of_sheets_is_refused():
    held = parts(form())
    del held["xl/_rels/workbook.xml.rels"]
    with pytest.raises(Refusal, match="打不开"):
        filled(packed(held))
    with pytest.raises(Refusal, match="打不开"):
        filled(changed(form(), **{"xl/workbook.xml": "<workbook/>"}))


def test_odd_numbers_in_the_file_do_no_harm():
    content = form()
    sheet = parts(content)[SHEET].decode()
    for old, new in (
        ('<row r="5"', '<row r="zwei"'),
        ('<c r="C5"', '<c r="-5"'),
        ("<sheetData>", "<sheetData><!--x-->"),
    ):
        assert old in sheet
        assert filled(changed(content, **{SHEET: sheet.replace(old, new)})).filled
