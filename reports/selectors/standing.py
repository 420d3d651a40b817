"""How an office stands: what was registered, and what was done in time, this month beside the last."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.actor import Actor
from accounts.models import Unit
from core.charts import Mark
from core.heavy import heavy_read
from petitions.querysets import sees_district
from reports.definitions import BY_CODE, Definition
from reports.periods import Month
from reports.selectors.charts import rate_mark, volume_mark
from reports.selectors.figures import default_unit
from reports.selectors.frozen import latest_of, reading_for
from reports.selectors.month import channel_figures, default_month, rate_of
from reports.selectors.series import TIMELY

FORWARDING = "forwarding"


@dataclass(frozen=True)
class Standing:
    """``rows``: a definition, and its number in ``months``, the newer one first."""

    unit: Unit
    months: list[Month]
    rows: list[tuple[Definition, list[Mark]]]


@heavy_read
def standing(actor: Actor) -> Standing:
    """Of the top of what this hat reads; as frozen where it was. Forwarding is the petition office's alone to do in
    time (条例 22)."""
    unit, month = default_unit(actor), default_month()
    months = [month, month.previous]
    freezes = latest_of(unit, months)
    readings = [reading_for(actor, unit, one, freeze=freezes.get(one)) for one in months]
    figures = [channel_figures(reading) for reading in readings]
    codes = [code for code in TIMELY if code != FORWARDING or sees_district(actor)]
    rows = [(BY_CODE["count"], [volume_mark(one, one.total) for one in figures])]
    for code in codes:
        pairs = zip(figures, readings, strict=True)
        rows.append((BY_CODE[code], [rate_mark(one, code, rate_of(code, reading)) for one, reading in pairs]))
    return Standing(unit, months, rows)
