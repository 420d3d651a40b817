"""Ratings so few that a sum of them would tell who rated how (domain G).

Whoever may not be told every single rating sees no rate of fewer than ``LEAST_RATINGS``, and none that could be found
by taking away from a total what is shown beside it, or on the page of a unit below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import Count, F

from core.withholding import LEAST, tellable
from petitions.querysets import sees_district
from reports.models import Freeze
from reports.periods import Month
from reports.selectors.figures import Figure, Reading
from reports.selectors.lines import Lines, lines_of

#: Readers who may not be told every single rating see no rate of fewer ratings than this.
LEAST_RATINGS = LEAST
__all__ = ["LEAST_RATINGS", "Told", "tellable", "told", "withholds"]


@dataclass(frozen=True)
class Told:
    """What of a figure one page may show: its total, and which of its lines."""

    total: bool
    lines: frozenset[int | None]


def withholds(figure: Figure, reading: Reading) -> bool:
    return figure.of_ratings and not (reading.open_ratings and reading.each_rating)


def told(figure: Figure, reading: Reading) -> Told:
    """Of a figure that ``withholds``. Goes down from the top of what the reader may read to the unit of the page: where
    a unit is withheld, so is everything below it. Two queries, and one for each unit on the way.

    The office that reports is told the reported sums of a frozen month alone: today's beside them would tell how the
    one rated whose case was sealed since. Others read frozen months without such cases, too."""
    if _was_reported(reading):
        return Told(False, frozenset())
    everything = replace(reading, cases=reading.top_cases, unit=reading.top)
    rows = figure.counted(everything).values(of_unit=F(figure.unit)).annotate(whole=Count("pk")).order_by()
    counts = {row["of_unit"]: row["whole"] for row in rows}
    node, visible = reading.top, sum(counts.values()) >= LEAST_RATINGS
    while True:
        lines = lines_of(replace(reading, unit=node))
        shown = tellable(_sums(counts, lines)) if visible else frozenset()
        if node == reading.unit:
            return Told(visible, shown)
        node = lines.children[lines.of(reading.unit.pk)]
        visible = node.pk in shown
        # The unit's own cases stand in a line of its name on its own page, with those of whoever is outside it.
        counts = {unit: count for unit, count in counts.items() if lines.of(unit) == node.pk}


def _was_reported(reading: Reading) -> bool:
    actor = reading.actor
    if (
        reading.freeze is not None
        or not isinstance(reading.month, Month)
        or not (actor and sees_district(actor))
    ):
        return False
    return Freeze.objects.filter(month=reading.month.first_day).exists()


def _sums(counts: Mapping[int | None, int], lines: Lines) -> dict[int | None, int]:
    sums: dict[int | None, int] = {}
    for unit, count in counts.items():
        line = lines.of(unit)
        sums[line] = sums.get(line, 0) + count
    return sums
