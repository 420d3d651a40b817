"""Figures as they were frozen: the same sums over the rows that were kept.

Readers of the office that froze a month see every row of it, whatever became of the cases since: that is what was
reported. Not so whoever of them is recused from one of its cases. Everybody else sees the rows of cases they may read
today, so that no frozen month tells of a case that was sealed since, or of one that complains about the reader
(domain G). A list names only cases its reader may read today. Which unit's figures may be asked for is a question of
today's tree; what stood below it, and what it was called, of the tree that was kept (``selectors.frozen_units``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from accounts.actor import Actor
from accounts.models import Unit
from accounts.selectors import district_of
from petitions.enums import Status
from petitions.models import Petition, Recusal
from petitions.querysets import sees_district
from reports.models import Freeze, FrozenRow
from reports.periods import Month, Year
from reports.selectors.figures import FIGURES, Figure, Reading, reading_of
from reports.selectors.frozen_units import as_kept, stood_within

#: The figure whose rows are all that was registered in the month; the volumes are added up from them.
REGISTERED = "repeat_rate"


def latest(unit: Unit, month: Month) -> Freeze | None:
    """The version of the month of the unit's district that holds: the last one. Two queries."""
    return of_district(unit, month).order_by("-version").first()


def latest_of(unit: Unit, months: Collection[Month]) -> dict[Month, Freeze]:
    """The versions that hold, of those of these months that are frozen. Two queries."""
    found = Freeze.objects.filter(unit=district_of(unit), month__in=[month.first_day for month in months])
    rows = found.select_related("frozen_by").order_by("version")
    return {Month.of(row.month): row for row in rows}


def of_district(unit: Unit, month: Month) -> QuerySet[Freeze]:
    """All versions of the month of the unit's district."""
    found = Freeze.objects.select_related("frozen_by__user", "frozen_by__unit")
    return found.filter(unit=district_of(unit), month=month.first_day)


def of_year(unit: Unit, year: Year) -> dict[Month, Freeze]:
    """The version that holds of each month of a year that was frozen. Two queries."""
    found = Freeze.objects.filter(unit=district_of(unit), month__year=year.year).order_by("month", "version")
    return {Month.of(one.month): one for one in found.select_related("frozen_by__user", "frozen_by__unit")}


def year_readings(actor: Actor, unit: Unit, year: Year, frozen: dict[Month, Freeze]) -> list[Reading]:
    """A year in two parts that have no row in common: the months that are not frozen as they are counted today, and all
    that are as they were frozen.

    Raises:
        Refusal: code ``"not_found"`` if the actor may not read that unit's figures.
    """
    live = replace(reading_of(actor, unit, year), without=tuple(frozen))
    if not frozen:
        return [live]
    return [live, reading_together(replace(live, without=()), tuple(frozen.values()))]


def reading_together(reading: Reading, freezes: tuple[Freeze, ...]) -> Reading:
    """The same eyes on several months as they were frozen. ``freezes``: not empty."""
    whole = reading.actor is None or _of_the_office(reading.actor, *freezes)
    return replace(reading, freeze=freezes[-1], freezes=freezes, reads_all_frozen=whole)


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
    then = as_kept(freeze, (unit, reading.top))
    kept_unit, top = then.get(unit.pk), then.get(reading.top.pk)
    if kept_unit is None or top is None or not kept_unit.is_within(top):
        # Made or moved there since: of this month nothing above it is the reader's to add up.
        top = kept_unit or unit
    return replace(
        reading,
        unit=kept_unit or unit,
        top=top,
        freeze=freeze,
        reads_all_frozen=_of_the_office(actor, freeze),
    )


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
        provisional=lambda asked: _was_provisional(asked, code),
    )


def kept(reading: Reading, figure: Figure) -> QuerySet[Any]:
    """The frozen rows of a figure that this reading counts."""
    kept_in = [one for one in reading.freezes or (reading.freeze,) if one]
    rows = FrozenRow.objects.filter(
        stood_within("unit", reading.unit, kept_in),
        freeze__in=[one.pk for one in kept_in],
        figure=figure.code,
    )
    if not reading.reads_all_frozen:
        rows = rows.filter(readable(reading, figure))
    if figure.of_ratings and not reading.open_ratings:
        # A rating shows no sooner in a frozen sum than at its case (petitions.rules.sees_evaluation).
        rows = rows.filter(petition__status=Status.CLOSED)
    return rows


def readable(reading: Reading, figure: Figure) -> Q:
    """Frozen rows whose case, or whose row of another room, the reader may read today."""
    if figure.items is None:
        return Q(petition__in=reading.seen)
    return Q(item__in=figure.items(reading).values("pk"))


def _was_provisional(reading: Reading, code: str) -> bool:
    assert reading.freeze is not None
    return any(one["code"] == code and one.get("provisional") for one in reading.freeze.definitions)


def _of_the_office(actor: Actor, *freezes: Freeze) -> bool:
    """Whether the actor may be told the reported sums: not where they would tell of a case that is kept from the actor
    as a person, or that complains of the office (条例 28)."""
    offices = {one.frozen_by.unit_id for one in freezes}
    if not sees_district(actor) or actor.unit is None or offices != {actor.unit.pk}:
        return False
    recused = Recusal.objects.filter(user=actor.user, ended_at=None).values_list("petition", flat=True)
    against = Petition.objects.filter(sealed=False, complained_unit=actor.unit).values_list("pk", flat=True)
    kept_from = [*recused, *against]
    return not kept_from or not FrozenRow.objects.filter(freeze__in=freezes, petition__in=kept_from).exists()
