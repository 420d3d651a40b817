"""Figures as they were frozen: the same sums over the rows that were kept.

Readers of the office that froze a month see every row of it, whatever became of the cases since: that is what was
reported. Everybody else sees the rows of cases they may read today, so that no frozen month tells of a case that was
sealed since, or of one that complains about the reader (domain G). A list names only cases its reader may read today.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from accounts.actor import Actor
from accounts.models import Unit
from accounts.selectors import district_of
from petitions.enums import Status
from petitions.querysets import sees_district
from reports.models import Freeze, FrozenRow
from reports.periods import Month
from reports.selectors.figures import FIGURES, Figure, Reading, reading_of

#: The figure whose rows are all that was registered in the month; the volumes are added up from them.
REGISTERED = "repeat_rate"


def latest(unit: Unit, month: Month) -> Freeze | None:
    """The version of the month of the unit's district that holds: the last one. Two queries."""
    return of_district(unit, month).order_by("-version").first()


def of_district(unit: Unit, month: Month) -> QuerySet[Freeze]:
    """All versions of the month of the unit's district."""
    found = Freeze.objects.select_related("frozen_by__user", "frozen_by__unit")
    return found.filter(unit=district_of(unit), month=month.first_day)


def reading_for(
    actor: Actor, unit: Unit, month: Month, *, freeze: Freeze | None, at: datetime | None = None
) -> Reading:
    """What this actor reads of a unit and what is below it: as it was frozen, or of the cases where ``freeze`` is None.

    Raises:
        Refusal: code ``"not_found"`` if the actor may not read that unit's figures.
    """
    if freeze is None:
        return reading_of(actor, unit, month, at=at)
    reading = reading_of(actor, unit, month, at=freeze.frozen_at)
    return replace(reading, freeze=freeze, reads_all_frozen=_of_the_office(actor, freeze))


def figure_of(code: str, reading: Reading) -> Figure:
    """The figure as this reading counts it: from the cases, or from what was kept of them."""
    figure = FIGURES[code]
    if reading.freeze is None:
        return figure
    return replace(
        figure,
        rows=lambda asked: kept(asked, figure),
        part=Q(met=True),
        unit="unit_id",
        case="petition_id",
        moment="moment",
        done="met_at" if figure.done else "",
        weight=F("weight"),
        channel="channel",
    )


def kept(reading: Reading, figure: Figure) -> QuerySet[Any]:
    """The frozen rows of a figure that this reading counts."""
    rows = FrozenRow.objects.filter(reading.within("unit"), freeze=reading.freeze, figure=figure.code)
    if not reading.reads_all_frozen:
        rows = rows.filter(petition__in=reading.seen)
    if figure.of_ratings and not reading.open_ratings:
        # A rating shows no sooner in a frozen sum than at its case (petitions.rules.sees_evaluation).
        rows = rows.filter(petition__status=Status.CLOSED)
    return rows


def _of_the_office(actor: Actor, freeze: Freeze) -> bool:
    return sees_district(actor) and actor.unit is not None and actor.unit.pk == freeze.frozen_by.unit_id
