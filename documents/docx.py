"""A paper as DOCX, for offices that put the seal on in their own word processor. The PDF is what is issued.

The frame (sheet, grid, typefaces, places) is made here; docxtpl puts the words in, in a sandboxed environment that
escapes. The typefaces named are those of GB/T 9704, which the reader's computer has or replaces.
"""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.document import Document as Frame
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from documents.enums import Layout

BODY, TITLE, HEI, KAI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
SIZE, PITCH = Pt(16), Pt(28.95)
#: 156 mm / 28 signs, less than 16 pt each, in 4096ths of a point; 225 mm / 22 lines in twentieths.
CHAR_SPACE, LINE_PITCH = -849, 579
RED = RGBColor(0xD7, 0x00, 0x0F)


def as_docx(content: dict[str, Any]) -> bytes:
    """``content`` is what ``rendering.content_of`` gives. Raises nothing for any text: all of it is escaped."""
    frame = io.BytesIO()
    _frame(content["layout"]).save(frame)
    frame.seek(0)
    template = DocxTemplate(frame)
    words = content | {"lines": [_shown(line) for line in content["lines"]]}
    template.render(words, jinja_env=SandboxedEnvironment(autoescape=True), autoescape=True)
    made = io.BytesIO()
    template.save(made)
    return made.getvalue()


def _shown(line: dict[str, Any]) -> dict[str, Any]:
    """A table of cases stands as lines here: the frame is made before anybody knows how wide a table would be."""
    if line["kind"] == "table":
        head, *rows = line["cells"]
        told = (
            "；".join(f"{name}{value}" for name, value in zip(head[1:], one[1:], strict=True)) for one in rows
        )
        return line | {"shown": "\n".join(f"{place}. {words}。" for place, words in enumerate(told, 1))}
    return line | {"shown": f"{line['label']}：{line['text']}" if line["kind"] == "row" else line["text"]}


def _frame(layout: str) -> Frame:
    frame = Document()
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
    _line(frame, "{%p for line in lines %}")
    for kind, face in (("h1", HEI), ("h2", KAI)):
        _line(frame, "{%p if line.kind == '" + kind + "' %}")
        _line(frame, "{{ line.shown }}", face, indent=True)
        _line(frame, "{%p endif %}")
    _line(frame, "{%p if line.kind not in ('h1', 'h2') %}")
    _line(frame, "{{ line.shown }}", indent=layout != Layout.FORM)
    _line(frame, "{%p endif %}")
    _line(frame, "{%p endfor %}")
    _line(frame, "{%p for one in attachments %}")
    _line(frame, "附件：{{ one }}", indent=True)
    _line(frame, "{%p endfor %}")
    _line(frame, "")
    for words in ("{{ unit }}", "{{ day }}"):
        _line(frame, words, align=WD_ALIGN_PARAGRAPH.RIGHT).paragraph_format.right_indent = SIZE * 4
    _line(frame, "{%p if cc %}")
    _line(frame, "抄送：{{ cc }}。", size=Pt(14))
    _line(frame, "{%p endif %}")
    return frame


def _sheet(frame: Frame) -> None:
    section = frame.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    for name, value in (("type", "linesAndChars"), ("linePitch", LINE_PITCH), ("charSpace", CHAR_SPACE)):
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
    run = paragraph.add_run(words)
    run.font.name, run.font.size = face, size
    # Without the second name Word sets Chinese in its own default face.
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    if colour is not None:
        run.font.color.rgb = colour
    return paragraph
