"""The register of suggestions as an XLSX file, marked as every export is (``core.workbooks``)."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from core.marking import Mark
from core.timekeeping import local_day
from core.workbooks import SAFE, hide, in_footer, taken_by
from supervision.selectors import SuggestionRow

MOST_ROWS = 5000


def register(rows: Sequence[SuggestionRow], *, provenance: str, mark: Mark) -> bytes:
    """The rows as the reader may see them; ``provenance`` says who took them, ``mark`` in a code."""
    line, out = taken_by(provenance, mark), BytesIO()
    heads = [
        *(_("类型"), _("标题"), _("建议对象"), _("事实"), _("依据"), _("建议")),
        *(_("提出日期"), _("反馈期限"), _("采纳情况"), _("反馈"), _("反馈日期")),
    ]
    with xlsxwriter.Workbook(out, {**SAFE, "in_memory": True}) as book:
        bold = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(_("三项建议登记册"))
        sheet.write_string(0, 0, line)
        for column, head in enumerate(heads):
            sheet.write_string(1, column, head, bold)
        for number, one in enumerate(rows, start=2):
            for column, text in enumerate(_cells(one)):
                sheet.write_string(number, column, text, cell)
        sheet.set_column(0, 2, 18)
        sheet.set_column(3, 5, 40)
        sheet.set_column(6, 10, 14)
        sheet.freeze_panes(2, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L&8{in_footer(line)}&C&P / &N")
        hide(book, mark)
    return out.getvalue()


def _cells(one: SuggestionRow) -> list[str]:
    row = one.row
    answered = row.answered_at
    return [
        str(row.get_kind_display()),
        one.title,
        row.unit.name,
        one.facts,
        row.basis,
        one.text,
        local_day(row.issued_at).isoformat(),
        local_day(one.due_at).isoformat() if one.due_at else "",
        str(row.get_adoption_display()) if row.adoption else _("未反馈"),
        one.answer,
        local_day(answered).isoformat() if answered else "",
    ]
