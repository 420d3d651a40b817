"""What the form of an urgent dispatch begins with, so that whoever waits on the phone has less to type (条例 25)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.querysets import UnitQuerySet
from petitions.models import Petition
from petitions.selectors.categories import usual_unit
from petitions.selectors.veiling import Veil
from supervision.forms import LONGEST


def dispatch_initial(case: Petition, actor: Actor, units: UnitQuerySet, at: datetime) -> dict[str, Any]:
    """Place, situation and heads from the case; of the ``units`` that may be called its town, those that handle it, and
    the department to which cases of its category usually go. Texts as this reader has them."""
    cover = Veil(case, actor)
    place = " ".join(filter(None, [case.place_unit.name if case.place_unit else "", case.place_text]))
    wanted = {unit.pk for unit in _concerned(case, actor, at)}
    return {
        "units": [unit.pk for unit in units.filter(pk__in=wanted)] if wanted else [],
        "place": cover(place)[:200],
        "situation": cover(case.body)[:LONGEST],
        "heads": case.head_count if case.head_count > 1 else None,
    }


def _concerned(case: Petition, actor: Actor, at: datetime) -> list[Unit]:
    found = [_town_of(case.place_unit)] if case.place_unit is not None else []
    found.append(case.lead_unit)
    found += [share.unit for share in case.shares.filter(ended_at=None).select_related("unit")]
    if case.category is not None:
        usual = usual_unit(actor=actor, category=case.category, at=at)
        found.append(usual.unit if usual is not None else None)
    return [unit for unit in found if unit is not None]


def _town_of(place: Unit) -> Unit | None:
    """The town or street a village or community stands in (属地); itself where it is one."""
    above = Unit.objects.filter(pk__in=[*place.ancestor_ids, place.pk], kind=UnitKind.TOWN)
    return above.order_by("-path").first()
