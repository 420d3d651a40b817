"""A paper as PDF or pictures, by Typst. Data goes in as JSON and is never read as markup."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, cast

import typst
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.timekeeping import local_day
from documents import fonts
from documents.enums import Layout
from documents.filling import fill
from documents.models import Paper

LAYOUT = Path(__file__).parent / "layout"
#: Lines of a page, and how many there may be so that a paper ends on its page: the standard lets the lines stand closer
#: in such a case (GB/T 9704-2012, 5.2.3 and 7.3.5.5).
LINES, MOST_LINES = 22, 24
#: Kept for years: fonts inside, nothing that a reader must fetch.
STANDARD: Literal["a-2b"] = "a-2b"
#: What the typesetter says of a sign that no typeface at hand has; the standard forbids a box in its place.
LACKING = re.compile(r'the text `"(?P<text>.+?)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
#: Signs outside the blocks that every Chinese typeface has; a preview looks into a text with one of them alone.
RARE = re.compile("[^\u0000-\u33ff\u4e00-\u9fff\uff00-\uffef]")


@dataclass(frozen=True)
class Printed:
    pdf: bytes
    pages: int


def content_of(paper: Paper) -> dict[str, Any]:
    """All that is set on the sheets, as plain values; what the paper lacks yet (number, date) is empty."""
    day = paper_day(paper)
    supplied = {
        "unit": paper.unit.name,
        "number": paper.number,
        "date": f"{day.year}年{day.month}月{day.day}日" if day else "",
    }
    template = paper.template
    filled = fill(
        layout=template.layout,
        title=template.title,
        body=template.body,
        values={**paper.fields, **supplied},
    )
    data = filled.data
    if (old := paper.corrects) is not None:
        called = f"《{old.template.get_kind_display()}》"
        text = f"本件更正并代替{called}（{old.number}）。" if old.number else f"本件更正并代替原{called}。"
        data["lines"].insert(0, {"kind": "p", "text": text, "label": "", "cells": []})
    return data | {
        "layout": template.layout,
        "unit": supplied["unit"],
        "number": supplied["number"],
        "day": supplied["date"],
        "signer": paper.approved_by.get_full_name() if paper.approved_by else "",
    }


def paper_day(paper: Paper) -> date | None:
    """成文日期: the day on which it was signed (GB/T 9704 7.3.5.4); of a slip, the day of issue."""
    at = paper.approved_at or paper.issued_at
    return local_day(at) if at else None


def render(content: dict[str, Any], *, at: datetime) -> Printed:
    """The PDF and its number of pages. ``at`` is the time the file bears: equal content makes an equal file.

    Raises Refusal (code "incomplete"): no typeface at hand has one of its signs.
    """
    compiler, pages = _fitted(content)
    try:
        pdf = cast(
            bytes, compiler.compile(format="pdf", timestamp=int(at.timestamp()), pdf_standards=STANDARD)
        )
    except typst.TypstError as error:
        if (found := LACKING.search(str(error))) is None:
            raise
        raise Refusal(_lacks(found["text"]), code="incomplete") from None
    return Printed(pdf, pages)


def unprintable(content: dict[str, Any], *, at: datetime) -> str:
    """The sentence about a sign that cannot be printed, for whoever is still typing; empty where there is none."""
    if not RARE.search(json.dumps(content, ensure_ascii=False)):
        return ""
    try:
        render(content, at=at)
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _lacks(text: str) -> str:
    signs = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return _(
        "“%(signs)s”（%(codes)s）没有字体可以印出。请核对是否打错；确是生僻字的，请改用通行的写法并加注，"
        "或者请系统管理员在 PAPER_FONT_DIR 里装上有这个字的字体。"
    ) % {"signs": signs, "codes": " ".join(f"U+{ord(sign):04X}" for sign in signs)}


def pictures(content: dict[str, Any], *, ppi: float = 96) -> list[bytes]:
    """Each page as PNG, for a preview of a draft."""
    found = _fitted(content)[0].compile(format="png", ppi=ppi)
    return [found] if isinstance(found, bytes) else list(found or [])


def together(papers: Sequence[Printed], *, duplex: bool = True) -> bytes:
    """Issued files behind one another as one PDF, each on a sheet of its own when both sides are printed."""
    # As figures: the typesetter takes texts only, and clear files of people's papers do not go to a disk.
    data = {"duplex": duplex, "papers": [{"file": list(one.pdf), "pages": one.pages} for one in papers]}
    made: bytes = typst.compile(
        str(LAYOUT / "batch.typ"),
        root=str(LAYOUT),
        sys_inputs={"data": json.dumps(data)},
        font_paths=fonts.book(),
        format="pdf",
    )
    return made


def _fitted(content: dict[str, Any]) -> tuple[typst.Compiler, int]:
    """With 22 lines on a page; with up to 24 where that brings a second page of a few lines back onto the first."""
    first = _set(content, LINES)
    if first[1] != 2 or content["layout"] == Layout.FORM:
        return first
    closer = (_set(content, lines) for lines in range(LINES + 1, MOST_LINES + 1))
    return next((found for found in closer if found[1] == 1), first)


def _set(content: dict[str, Any], lines: int) -> tuple[typst.Compiler, int]:
    data = json.dumps(content | {"fonts": fonts.stacks()}, ensure_ascii=False)
    compiler = typst.Compiler(
        str(LAYOUT / "paper.typ"),
        root=str(LAYOUT),
        font_paths=fonts.book(),
        sys_inputs={"data": data, "lines": str(lines)},
    )
    return compiler, int(json.loads(compiler.query("<pages>", field="value", one=True)))
