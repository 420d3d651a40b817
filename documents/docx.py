"""A paper as DOCX, for offices that put the seal on in their own word processor. The PDF is what is issued.

The frame (sheet, grid, typefaces, places) is made here; docxtpl puts the words in, in a sandboxed environment that
escapes. The typefaces named are those of GB/T 9704, which the reader's computer has or replaces.
"""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.document import Document as Frame
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from documents.enums import Layout

#: The style of a paragraph whose place a table takes.
PLACE = "Table place"
BODY, TITLE, HEI, KAI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
SIZE, PITCH = Pt(16), Pt(28.95)
#: In twentieths of a point: 156 mm / 28 signs is 0.21 less than the 16 of a sign; 225 mm / 22 lines. The signs are set
#: closer one by one, since a grid of signs is read differently by different programs (one gives each sign two places).
CLOSER, LINE_PITCH = -5, 579
RED = RGBColor(0xD7, 0x00, 0x0F)


def as_docx(content: dict[str, Any]) -> bytes:
    """``content`` is what ``rendering.content_of`` gives; ``annex``: lines behind the signature, under the first of the
    ``attachments``. Raises nothing for any text: all of it is escaped."""
    frame = io.BytesIO()
    _frame(content["layout"]).save(frame)
    frame.seek(0)
    template = DocxTemplate(frame)
    lines, annex = content["lines"], content.get("annex", [])
    words = content | {"lines": [_shown(line) for line in lines], "annex": [_shown(line) for line in annex]}
    template.render(words, jinja_env=SandboxedEnvironment(autoescape=True), autoescape=True)
    made = io.BytesIO()
    template.save(made)
    tables = [line["cells"] for line in lines if line["kind"] == "table"]
    return _finished(made, tables, content.get("mark", ""))


def _finished(made: io.BytesIO, tables: list[Any], mark: str) -> bytes:
    """Tables take the places that were kept for them: how wide they are is not known before the words are.

    ``mark``: a code that says who took the file (``core.marking``)."""
    made.seek(0)
    document = Document(made)
    places = [one for one in document.paragraphs if one.style is not None and one.style.name == PLACE]
    for place, cells in zip(places, tables, strict=True):
        place._p.addnext(_table(document, cells)._tbl)
        place._p.getparent().remove(place._p)
    document.core_properties.keywords = mark
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _table(document: Frame, cells: list[list[str]]) -> Table:
    """The first row is the head, which every page repeats."""
    table = document.add_table(len(cells), len(cells[0]), style="Table Grid")
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    table.autofit = False
    widths = _widths(cells)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for number, (row, words) in enumerate(zip(table.rows, cells, strict=True)):
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
        for cell, text, width in zip(row.cells, words, widths, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
            _off_the_grid(paragraph)
            _dressed(paragraph.add_run(text), BODY if number else HEI, Pt(10.5))
    return table


def _widths(cells: list[list[str]]) -> list[Emu]:
    """Columns as wide as their longest line, of four to eight signs; together as wide as the text of a page."""
    signs = [
        max(len(line) for text in column for line in text.split("\n")) for column in zip(*cells, strict=True)
    ]
    shares = [min(max(count, 4), 8) for count in signs]
    return [Emu(Mm(156) * share // sum(shares)) for share in shares]


def _off_the_grid(paragraph: Paragraph) -> None:
    """The lines of the page are as far apart as those of the body; smaller ones stand closer."""
    off = OxmlElement("w:snapToGrid")
    off.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(
        off, "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:textAlignment", "w:outlineLvl", "w:rPr"
    )


def _shown(line: dict[str, Any]) -> dict[str, Any]:
    if line["kind"] == "table":
        return line | {"shown": ""}
    return line | {"shown": f"{line['label']}：{line['text']}" if line["kind"] == "row" else line["text"]}


def _frame(layout: str) -> Frame:
    frame = Document()
    frame.styles.add_style(PLACE, WD_STYLE_TYPE.PARAGRAPH)
    _sheet(frame)
    middle = WD_ALIGN_PARAGRAPH.CENTER
    headed = layout in (Layout.LETTER, Layout.REPORT)
    _line(frame, "{{ unit }}", TITLE, Pt(26) if headed else Pt(22), middle, colour=RED if headed else None)
    if not headed:
        _line(frame, "{{ title }}", TITLE, Pt(22), middle)
    _line(frame, "{{ number }}", align=WD_ALIGN_PARAGRAPH.RIGHT if headed else middle)
    if headed:
        _line(frame, "{{ title }}", TITLE, Pt(22), middle)
    _line(frame, "{%p if to %}")
    _line(frame, "{{ to }}：")
    _line(frame, "{%p endif %}")
    _lines(frame, "lines", indent=layout != Layout.FORM)
    _line(frame, "{%p for one in attachments %}")
    _line(frame, "附件：{{ one }}", indent=True)
    _line(frame, "{%p endfor %}")
    _line(frame, "")
    for words in ("{{ unit }}", "{{ day }}"):
        _line(frame, words, align=WD_ALIGN_PARAGRAPH.RIGHT).paragraph_format.right_indent = SIZE * 4
    _line(frame, "{%p if cc %}")
    _line(frame, "抄送：{{ cc }}。", size=Pt(14))
    _line(frame, "{%p endif %}")
    _line(frame, "{%p if annex %}")
    _line(frame, "附件", HEI).paragraph_format.page_break_before = True
    _line(frame, "{{ attachments[0] }}", TITLE, Pt(22), middle)
    _lines(frame, "annex", indent=True)
    _line(frame, "{%p endif %}")
    return frame


def _lines(frame: Frame, name: str, *, indent: bool) -> None:
    _line(frame, "{%p for line in " + name + " %}")
    for kind, face in (("h1", HEI), ("h2", KAI)):
        _line(frame, "{%p if line.kind == '" + kind + "' %}")
        _line(frame, "{{ line.shown }}", face, indent=True)
        _line(frame, "{%p endif %}")
    _line(frame, "{%p if line.kind == 'table' %}")
    frame.add_paragraph("{{ line.shown }}", style=PLACE)
    _line(frame, "{%p endif %}")
    _line(frame, "{%p if line.kind not in ('h1', 'h2', 'table') %}")
    _line(frame, "{{ line.shown }}", indent=indent)
    _line(frame, "{%p endif %}")
    _line(frame, "{%p endfor %}")


def _sheet(frame: Frame) -> None:
    section = frame.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    for name, value in (("type", "lines"), ("linePitch", LINE_PITCH)):
        grid.set(qn(f"w:{name}"), str(value))
    section._sectPr.append(grid)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for words, field in (("— ", ""), ("", "PAGE"), (" —", "")):
        run = footer.add_run(words)
        run.font.size = Pt(14)
        if field:
            simple = OxmlElement("w:fldSimple")
            simple.set(qn("w:instr"), field)
            footer._p.append(simple)


def _line(
    frame: Frame,
    words: str,
    face: str = BODY,
    size: Pt = SIZE,
    align: WD_ALIGN_PARAGRAPH | None = None,
    *,
    indent: bool = False,
    colour: RGBColor | None = None,
) -> Paragraph:
    paragraph = frame.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, max(PITCH, Pt(size.pt + 12))
    if indent:
        form.first_line_indent = size * 2
    if align is not None:
        paragraph.alignment = align
    run = _dressed(paragraph.add_run(words), face, size)
    if colour is not None:
        run.font.color.rgb = colour
    return paragraph


def _dressed(run: Run, face: str, size: Pt) -> Run:
    run.font.name, run.font.size = face, size
    # Without the second name Word sets Chinese in its own default face.
    form = run._element.get_or_add_rPr()
    form.get_or_add_rFonts().set(qn("w:eastAsia"), face)
    if size == SIZE:
        closer = OxmlElement("w:spacing")
        closer.set(qn("w:val"), str(CLOSER))
        # Before the size, where the order of the standard (ISO 29500 rPr) wants it.
        form.find(qn("w:sz")).addprevious(closer)
    return run
