"""DOCX: the words as they were written, the sheet of the standard, nothing run."""

import io

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from documents.docx import as_docx
from documents.enums import PaperKind
from documents.filling import fill
from documents.models import PaperTemplate
from documents.rendering import content_of
from documents.tests.test_layout import HOSTILE
from documents.tests.worlds import OPINION

pytestmark = pytest.mark.django_db


def opened(content):
    return Document(io.BytesIO(as_docx(content)))


def test_a_letter_of_the_whole_way_reads_the_same(make_paper):
    paper = make_paper("issued", PaperKind.OPINION)
    content = content_of(paper)
    found = opened(content)
    words = [paragraph.text for paragraph in found.paragraphs if paragraph.text]
    assert words[:4] == ["清江县城市管理局", content["title"], "清城意〔2026〕1号", "阿依古丽·买买提："]
    assert [line["text"] for line in content["lines"]] == words[4:-2]
    assert words[-2:] == ["清江县城市管理局", "2026年3月5日"]


def test_hostile_text_is_text(make_paper):
    content = content_of(make_paper("issued", PaperKind.OPINION, OPINION | {"facts": HOSTILE}))
    words = [paragraph.text for paragraph in opened(content).paragraphs]
    assert HOSTILE in words and "49" not in "".join(words).replace(HOSTILE, "")


@pytest.mark.parametrize("kind", PaperKind.values)
def test_every_paper_opens(kind):
    template = PaperTemplate.objects.get(kind=kind, valid_until=None)
    values = {spec.name: "甲<乙 & {{ 丙 }}" for spec in template.specs}
    content = fill(layout=template.layout, title=template.title, body=template.body, values=values).data
    content |= {"layout": template.layout, "unit": "某局", "number": "", "day": "2026年3月5日", "signer": ""}
    assert any("甲<乙 & {{ 丙 }}" in paragraph.text for paragraph in opened(content).paragraphs)


def test_the_sheet_and_the_typefaces_are_the_standards(make_paper):
    found = opened(content_of(make_paper("issued")))
    section = found.sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(size / Mm(1)) for size in sizes] == [210, 297, 37, 28]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")  # 22 lines in 225 mm
    body = next(run for paragraph in found.paragraphs for run in paragraph.runs if run.font.size == Pt(16))
    closer = int(body._element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert 28 * (16 + closer) <= 156 / 25.4 * 72 < 29 * (16 + closer)  # 28 signs in 156 mm
    faces = {
        run._element.rPr.rFonts.get(qn("w:eastAsia"))
        for paragraph in found.paragraphs
        for run in paragraph.runs
        if run.text
    }
    assert {"仿宋_GB2312", "方正小标宋简体", "黑体"} <= faces


def test_a_table_stands_where_it_was_written_and_an_annex_behind_the_signature():
    line = {"kind": "p", "label": "", "cells": []}
    cells = [["序号", "单位", "件数"], ["1", "甲<乙 & {{ 丙 }}", "3"]]
    content = {
        "layout": "notice", "title": "通报", "unit": "某局", "number": "", "day": "2026年3月5日", "signer": "",
        "to": "", "cc": "", "attachments": ["指标口径"],
        "lines": [line | {"text": "前"}, line | {"kind": "table", "text": "", "cells": cells}, line | {"text": "后"}],
        "annex": [line | {"text": "件数是什么。"}],
    }  # fmt: skip
    found = opened(content)
    assert [[cell.text for cell in row.cells] for row in found.tables[0].rows] == cells
    body = [element.tag.rpartition("}")[2] for element in found.element.body]
    words = [paragraph.text for paragraph in found.paragraphs]
    place = words.index("前")
    loose = found.tables[0].rows[1].cells[1].paragraphs[0]._p.pPr.find(qn("w:snapToGrid"))
    assert loose.get(qn("w:val")) == "0"  # else each line of a cell takes a line of the page
    assert body[place : place + 3] == ["p", "tbl", "p"] and words[place + 1] == "后"
    assert words[-3:] == ["附件", "指标口径", "件数是什么。"] and words.index("2026年3月5日") < len(words) - 3
