"""Long lists as XLSX in constant memory: XlsxWriter makes the book around them, the rows are written here.

A book is made with one *sample row* in each list sheet, which says by its cells in which style each column stands.
``fill`` copies that book and puts the real rows in the sample's place, as they come. A row costs a few formatted
strings in place of a call for each cell, which is where XlsxWriter spends its time (``bench/export.py``).

Texts are inline strings: no spreadsheet takes one for a formula or a link, whatever it begins with.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name

from core.timekeeping import SHANGHAI

#: Rows of a sheet by the format, and signs of a cell.
MOST_ROWS, MOST_SIGNS = 1_048_576, 32_767
BATCH = 500
#: 5 packs a list to within a tenth of what 6 does, in two thirds of its time.
PACKING = 5
DAY_ZERO = datetime(1899, 12, 30)
Cell = str | int | datetime | None

_ROWS = re.compile(rb"<sheetData>(?P<head>.*?)(?P<sample><row (?:(?!<row ).)*?</row>)</sheetData>", re.DOTALL)
_STYLE = re.compile(rb'<c r="[A-Z]+[0-9]+"(?: s="([0-9]+)")?')
_SIZE = re.compile(rb"<dimension [^>]*/>")
#: What XML has no place for, what it needs escaped, and what Excel would read as an escape of its own.
_DOUBTFUL = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_LOST = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_EXCELS = re.compile("_(x[0-9A-Fa-f]{4}_)")


def text_of(value: str) -> str:
    """The text as it stands in a cell's XML; what is longer than a cell holds ends with an ellipsis."""
    if len(value) > MOST_SIGNS:
        value = value[: MOST_SIGNS - 1] + "…"
    if _DOUBTFUL.search(value) is None:
        return value
    value = _EXCELS.sub(r"_x005F_\1", _LOST.sub("", value))
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def serial(moment: datetime) -> float:
    """An instant as a spreadsheet counts it: days and parts of a day in Asia/Shanghai."""
    since = moment.astimezone(SHANGHAI).replace(tzinfo=None) - DAY_ZERO
    return since.days + since.seconds / 86400


def fill(skeleton: Path, path: Path, lists: dict[str, Iterator[Sequence[Cell]]], *, room: int) -> None:
    """Copy the book ``skeleton`` to ``path`` with rows in place of the sample rows.

    ``lists``: by part of the archive (``xl/worksheets/sheet1.xml``), what stands there; each is read until ``room``
    rows are written or it ends, so that one iterator may go on from sheet to sheet. A sample row is the last row of
    its sheet. Memory does not grow with the rows.

    Raises:
        ValueError: a list's part has no sample row.
    """
    with (
        zipfile.ZipFile(skeleton) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=PACKING) as new,
    ):
        for part in old.namelist():
            content = old.read(part)
            rows = lists.get(part)
            if rows is None:
                new.writestr(part, content)
                continue
            found = _ROWS.search(content)
            if found is None:
                raise ValueError(f"no sample row in {part}")
            first = int(re.search(rb'r="([0-9]+)"', found["sample"])[1])  # type: ignore[index]
            styles = [(style or b"0").decode() for style in _STYLE.findall(found["sample"])]
            with new.open(part, "w", force_zip64=True) as out:
                # Without its size, which nobody knows yet, a sheet is read to its end.
                out.write(_SIZE.sub(b"", content[: found.start()], count=1))
                out.write(b"<sheetData>" + found["head"])
                for batch in _xml(rows, first, styles, room):
                    out.write(batch.encode())
                out.write(b"</sheetData>" + content[found.end() :])


def _xml(rows: Iterator[Sequence[Cell]], first: int, styles: Sequence[str], room: int) -> Iterator[str]:
    """``BATCH`` rows at a time, at most ``room`` of them, numbered from ``first``."""
    starts = [f'<c s="{style}" r="{xl_col_to_name(place)}' for place, style in enumerate(styles)]
    lines: list[str] = []
    for number in range(first, first + room):
        row = next(rows, None)
        if row is None:
            break
        lines.append(_line(number, row, starts))
        if len(lines) == BATCH:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def _line(number: int, row: Sequence[Cell], starts: Sequence[str]) -> str:
    parts = [f'<row r="{number}">']
    for start, value in zip(starts, row, strict=True):
        if value is None or value == "":
            parts.append(f'{start}{number}"/>')
        elif isinstance(value, str):
            said = text_of(value)
            parts.append(f'{start}{number}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>')
        elif isinstance(value, datetime):
            parts.append(f'{start}{number}"><v>{serial(value)}</v></c>')
        else:
            parts.append(f'{start}{number}"><v>{value}</v></c>')
    parts.append("</row>")
    return "".join(parts)
