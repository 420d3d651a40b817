"""What every workbook that leaves has: cells that never become formulas or links, who took it, and the hidden mark."""

from __future__ import annotations

from typing import Any

from core.marking import Mark
from core.timekeeping import SHANGHAI

#: Name of the property and of the sheet that carry the code.
PROPERTY = "HuiyingMark"
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def taken_by(provenance: str, mark: Mark) -> str:
    """The line that every sheet shows."""
    return f"{provenance} 导出  {mark.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def in_footer(line: str) -> str:
    """An ampersand is a command there, and 255 signs are all it holds."""
    return line.replace("&", "&&")[:200]


def hide(book: Any, mark: Mark) -> None:
    """The mark as a code in the document's properties and on a sheet that no menu shows."""
    code = mark.code()
    book.set_custom_property(PROPERTY, code)
    hidden = book.add_worksheet(PROPERTY)
    hidden.write_string(0, 0, code)
    hidden.very_hidden()
