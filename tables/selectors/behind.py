"""The list behind one number of a table: the rows that were added up, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.heavy import heavy_read
from core.paging import Page, paginate
from petitions.models import Petition
from petitions.selectors.desk import NOT_IN_A_ROW
from reports.rates import Rate
from reports.selectors.behind import PART, REST, WHOLE
from reports.selectors.withholding import withholds
from tables.measures import Measure
from tables.selectors.counting import View, cell, rows_of

PAGE_SIZE = 40


@dataclass(frozen=True)
class Item:
    """One counted row: its case, the instant that puts it into the table, and the word for how it was met."""

    case: Petition
    moment: datetime
    word: str
    missed: bool


@dataclass(frozen=True)
class Found:
    """``value``: what the table prints. ``numbers``: rows of each side of a rate. ``cases``: of the side shown."""

    value: int | Rate
    numbers: dict[str, int]
    cases: int
    names: list[str]
    page: Page[Any]


@heavy_read
def behind(
    view: View,
    measure: Measure,
    *,
    row: str = "",
    column: str = "",
    side: str = WHOLE,
    cursor: str | None = None,
) -> Found:
    """Four queries, whatever their number.

    Raises:
        Refusal: ``"not_found"``: no such line or column; ``"forbidden"``: ratings that this reader may not be told one
            by one, whose list is behind the month's page as far as there is one; ``"unavailable"``: it took too long.
    """
    figure = measure.figure
    if withholds(figure, view.reading):
        raise Refusal(_("您可以看满意率，但不能看某一件未归档信访件的评价。请从月报点开。"), code="forbidden")
    rows = cell(rows_of(view, figure), view, row, column).filter(measure.counts)
    sums = rows.aggregate(
        cases=Count("pk"),
        hits=Count("pk", filter=Q(hit=True)),
        part=Sum("counts", filter=Q(hit=True), default=0),
        whole=Sum("counts", default=0),
        added=Sum(measure.adds, default=0),
    )
    numbers = {WHOLE: sums["cases"], PART: sums["hits"], REST: sums["cases"] - sums["hits"]}
    value: int | Rate = Rate(sums["part"], sums["whole"]) if measure.is_rate else sums["added"]
    side = side if measure.is_rate else WHOLE
    if side != WHOLE:
        rows = rows.filter(hit=side == PART)
    page = paginate(
        rows.annotate(case_id=F(figure.case or "pk")),
        order=(f"-{figure.moment}",),
        cursor=cursor,
        size=PAGE_SIZE,
    )
    return Found(
        value,
        numbers,
        numbers[side],
        _names(view, row, column),
        replace(page, items=_items(page.items, measure)),
    )


def _names(view: View, row: str, column: str) -> list[str]:
    names = [view.rows.named(row).label] if row else []
    return [*names, view.columns.named(column).label] if column and view.columns else names


def _items(rows: list[Any], measure: Measure) -> list[Item]:
    figure = measure.figure
    cases = Petition.objects.filter(pk__in=[row.case_id for row in rows])
    by_pk = {case.pk: case for case in cases.select_related("lead_unit").defer(*NOT_IN_A_ROW)}
    return [
        Item(
            case=by_pk[row.case_id],
            moment=getattr(row, figure.moment),
            word=str(figure.part_word if row.hit else figure.rest_word),
            missed=figure.rest_is_miss and not row.hit,
        )
        for row in rows
    ]
