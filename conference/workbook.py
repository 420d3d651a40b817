"""The register of decisions against units as an XLSX file, marked as every export is (``core.workbooks``)."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from conference.selectors import OrderRow
from core.marking import Mark
from core.timekeeping import local_day
from core.workbooks import SAFE, hide, in_footer, taken_by

MOST_ROWS = 5000


def register(rows: Sequence[OrderRow], *, provenance: str, mark: Mark) -> bytes:
    """The rows as the reader may see them; ``provenance`` says who took them, ``mark`` in a code."""
    line, out = taken_by(provenance, mark), BytesIO()
    heads = [
        *(_("决定"), _("单位"), _("会议纪要"), _("事实"), _("依据"), _("要求")),
        *(_("下达日期"), _("报告期限"), _("约谈对象"), _("状态")),
    ]
    with xlsxwriter.Workbook(out, {**SAFE, "in_memory": True}) as book:
        bold = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(_("联席会议决定登记册"))
        sheet.write_string(0, 0, line)
        for column, head in enumerate(heads):
            sheet.write_string(1, column, head, bold)
        for number, one in enumerate(rows, start=2):
            for column, text in enumerate(_cells(one)):
                sheet.write_string(number, column, text, cell)
        sheet.set_column(0, 2, 18)
        sheet.set_column(3, 5, 40)
        sheet.set_column(6, 9, 14)
        sheet.freeze_panes(2, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L&8{in_footer(line)}&C&P / &N")
        hide(book, mark)
    return out.getvalue()


def _cells(one: OrderRow) -> list[str]:
    row = one.row
    item = row.item
    return [
        str(row.get_kind_display()),
        row.unit.name,
        _("%(number)s第%(n)d项") % {"number": item.meeting.number, "n": item.ordinal},
        one.facts,
        row.basis,
        one.demand,
        local_day(row.issued_at).isoformat(),
        row.due_on.isoformat() if row.due_on else "",
        row.talk_post.label if row.talk_post else "",
        str(row.get_state_display()),
    ]
