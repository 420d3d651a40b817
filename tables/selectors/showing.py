"""A counted table ready to print: heads, lines and cells, each number with the address of its list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from reports.rates import NO_RATE, NOTHING, Rate
from reports.selectors.behind import PART, REST, SIDES, WHOLE, Place, url_of
from reports.selectors.board import Number, RateCell
from reports.selectors.withholding import withholds
from tables.enums import Key
from tables.measures import Measure
from tables.models import SavedTable
from tables.selectors.axes import Line
from tables.selectors.behind import Found
from tables.selectors.counting import TOTAL, Counted, View
from tables.selectors.standing import frozen_months

#: From a measure, a line, a column and a side to the address of the list; "" where there is none.
Address = Callable[[Measure, Line | None, Line | None, str], str]


def context(found: Counted, table: SavedTable | None, day: date) -> dict[str, Any]:
    """``table``: None before it is saved; its numbers open no list yet."""
    view = found.view
    shown = [one for one in view.shape.counted if one not in found.withheld]
    columns: list[Line | None] = [None, *found.columns]
    address = _addresses(found, table, day)

    def cells(line: Line | None) -> list[Number | RateCell]:
        return [_cell(found, one, line, column, address) for column in columns for one in shown]

    return {
        "heading": view.heading,
        "day": day,
        "made_at": view.reading.at,
        "row_name": Key(view.shape.rows).label,
        "columns": [column.label if column else "" for column in columns] if view.columns else [],
        "measures": shown,
        "heads": [one for _each in columns for one in shown],
        "total": cells(None),
        "lines": [(line.label, cells(line)) for line in found.lines],
        "frozen": frozen_months(view),
        "withheld": "、".join(one.name for one in found.withheld),
    }


def _addresses(found: Counted, table: SavedTable | None, day: date) -> Address:
    view = found.view

    def address(measure: Measure, line: Line | None, column: Line | None, side: str) -> str:
        if table is None:
            return ""
        if withholds(measure.figure, view.reading):
            return _in_the_month(view, measure, line) if side == WHOLE else ""
        asked = {"day": str(day)}
        asked |= {"row": line.key} if line else {}
        asked |= {"column": column.key} if column else {}
        asked |= {} if side == WHOLE else {"side": side}
        # A running span is held still: the list is what the page had counted.
        asked |= {"at": view.reading.at.isoformat()} if view.reading.at < view.span.end else {}
        return f"{reverse('tables:behind', args=[table.pk, measure.code])}?{urlencode(asked)}"

    return address


def _in_the_month(view: View, measure: Measure, line: Line | None) -> str:
    """Ratings that are not told one by one have their list where the month has it."""
    place = Place(code=measure.code, line=line.unit_id if line else None)
    return url_of(place, unit_id=view.reading.unit.pk, month=view.reading.month)


def _cell(
    found: Counted, measure: Measure, line: Line | None, column: Line | None, address: Address
) -> Number | RateCell:
    key = (line.key if line else TOTAL, column.key if column else TOTAL, measure.code)
    value = found.cells.get(key, NO_RATE if measure.is_rate else 0)
    if not isinstance(value, Rate):
        return Number(f"{value:,}", address(measure, line, column, WHOLE) if value else "", measure.name)
    if not value.whole:
        return RateCell(NOTHING, measure.name)
    figure = measure.figure
    sides = [
        Number(f"{n:,}", address(measure, line, column, side), str(word))
        for n, side, word in (
            (value.part, PART, figure.part_word),
            (value.whole, WHOLE, measure.definition.whole),
            (value.rest, REST, figure.rest_word),
        )
    ]
    rest = sides[2] if figure.rest_is_miss and value.rest else None
    return RateCell(value.text, measure.name, part=sides[0], whole=sides[1], rest=rest)


def sides(asked: Mapping[str, str], measure: Measure, found: Found, side: str) -> list[dict[str, Any]]:
    """The sides of a rate as tabs; nothing for a volume."""
    if not measure.is_rate:
        return []
    figure = measure.figure
    words = {WHOLE: _("全部"), PART: str(figure.part_word), REST: str(figure.rest_word)}
    kept = {key: asked[key] for key in ("day", "row", "column", "at") if key in asked}
    return [
        {
            "key": one,
            "label": words[one],
            "url": f"?{urlencode(kept | ({} if one == WHOLE else {'side': one}))}",
            "count": f"{found.numbers[one]:,}",
            "active": one == side,
            "tone": "late" if one == REST and figure.rest_is_miss and found.numbers[one] else "",
        }
        for one in SIDES
    ]
