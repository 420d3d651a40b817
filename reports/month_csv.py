"""The month as CSV for other programs: one line for each unit and indicator, the numbers of the workbook."""

from __future__ import annotations

import csv
from pathlib import Path

from django.utils.translation import gettext as _

from core.cells import as_text
from core.marking import Mark
from core.workbooks import taken_by
from reports.definitions import BY_CODE
from reports.month_cells import month_cells
from reports.selectors.month import MonthFigures
from reports.workbook import standing_of


def write(figures: MonthFigures, path: Path, *, provenance: str, mark: Mark) -> None:
    """UTF-8 with the sign that makes spreadsheets know it. The last two lines say what it is, and who took it, with the
    mark; no cell is a formula."""
    kept = {one["code"]: one for one in figures.freeze.definitions} if figures.freeze else {}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads())
        for cell in month_cells(figures):
            told = kept.get(cell.code) or {
                "unit": BY_CODE[cell.code].unit,
                "version": BY_CODE[cell.code].version,
            }
            texts = (cell.name, cell.line, cell.code, cell.indicator)
            numbers = ("" if n is None else n for n in (cell.part, cell.whole))
            ends = (as_text(told["unit"]), told["version"])
            writer.writerow([*map(as_text, texts), cell.text, *numbers, *ends])
        writer.writerow([f"# {figures.heading} {standing_of(figures)}"])
        writer.writerow([f"# {taken_by(provenance, mark)} {mark.code()}"])


def heads() -> list[str]:
    return [
        _("单位"),
        _("统计代码"),
        _("指标代码"),
        _("指标"),
        _("数"),
        _("分子"),
        _("分母"),
        _("计量单位"),
        _("口径版本"),
    ]
