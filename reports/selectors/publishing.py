"""What the public reads of a month: lines of units, from the frozen rows alone, with what is too small left out.

Rows of cases that somebody stays out of, that complain of the readers' own offices or that were sealed since are not
added up: the difference from what a reader of the desk sees would tell of them (条例 28, 30). The page says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from core.withholding import LEAST, withheld
from reports.models import Freeze, FrozenRow, PublicMonth
from reports.rates import NOTHING, Rate
from reports.selectors import common
from reports.selectors.frozen import REGISTERED
from reports.selectors.lines import lines_then

#: What is given out: how much came, and how what is due to people was kept.
RATES = ("acceptance", "conclusion", "respond_10", "call_30", "first_round_24")
NOT_TOLD = "不公布"


def table_of(freeze: Freeze) -> dict[str, Any]:
    """The table of a frozen month as it may be given out."""
    known = {one["code"]: one for one in freeze.definitions}
    lines = lines_then(freeze, freeze.unit)
    columns: list[dict[str, str]] = []
    cells: dict[int | None, dict[str, str]] = {}
    totals: list[str] = []
    for code in ("count", *RATES):
        if code not in known:
            continue
        words = known[code]
        columns.append({key: str(words[key]) for key in ("code", "name", "formula", "basis")})
        found = _counts(freeze) if code == "count" else _rates(freeze, code)
        by_line: dict[int | None, Rate] = {}
        for unit, rate in found.items():
            line = lines.of(unit)
            by_line[line] = by_line.get(line, Rate(0, 0)) + rate
        column, total = _told(by_line, as_rate=code != "count")
        totals.append(total)
        for line, text in column.items():
            cells.setdefault(line, {})[code] = text
    rows = [
        {
            "name": unit.name if unit is not None else _("尚未转送"),
            "cells": [cells[line].get(column["code"], NOTHING) for column in columns],
        }
        for line, unit in (*lines.children.items(), (None, None))
        if line in cells
    ]
    return {"columns": columns, "rows": rows, "total": totals}


def open_months() -> QuerySet[PublicMonth]:
    """What was given out, and for a withdrawn month that it was."""
    found: QuerySet[PublicMonth] = PublicMonth.objects.select_related(
        "unit", "freeze", "published_by__user", "withdrawn_by__user"
    )
    return found.order_by("-month", "-id")


def _told(found: Mapping[int | None, Rate], *, as_rate: bool) -> tuple[dict[int | None, str], str]:
    wholes = {line: rate.whole for line, rate in found.items()}
    hidden = withheld(wholes)
    total = sum(wholes.values())

    def text(rate: Rate) -> str:
        return rate.text if as_rate else str(rate.whole)

    column = {line: NOT_TOLD if line in hidden else text(rate) for line, rate in found.items()}
    everything = Rate(sum(rate.part for rate in found.values()), total)
    return column, NOT_TOLD if 0 < total < LEAST else text(everything)


def _counts(freeze: Freeze) -> dict[int | None, Rate]:
    rows = _rows(freeze, REGISTERED).values("unit").annotate(n=Sum("weight")).order_by()
    return {row["unit"]: Rate(row["n"], row["n"]) for row in rows}


def _rates(freeze: Freeze, code: str) -> dict[int | None, Rate]:
    rows = _rows(freeze, code).values("unit").annotate(n=Count("pk"), met_n=Count("pk", filter=Q(met=True)))
    return {row["unit"]: Rate(row["met_n"], row["n"]) for row in rows.order_by()}


def _rows(freeze: Freeze, code: str) -> QuerySet[FrozenRow]:
    found: QuerySet[FrozenRow] = FrozenRow.objects.filter(
        freeze=freeze, figure=code, petition__in=common.counted().order_by().values("pk")
    )
    return found
