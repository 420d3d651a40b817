"""The figures of the mediation rooms in a month that was frozen, from the mediations that were kept with it.

As with every frozen row, the office that froze the month reads all of it, unless somebody of it is kept out of one;
others read what they may read today, of the rooms that were their unit's then.
"""

from __future__ import annotations

from typing import Any

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from mediation.figures import open_to, rooms_of
from mediation.models import MediationCase
from petitions.models import Recusal
from reports.models import Freeze, FrozenMediation
from reports.selectors.frozen_units import as_kept, stood_within


def kept_mediations(actor: Actor, freeze: Freeze, *, whole: bool) -> list[dict[str, Any]]:
    """Rows for ``mediation.figures.summary``. ``whole``: the actor's office froze the month and may be told it all."""
    if actor.unit is None:
        return []
    rows = FrozenMediation.objects.filter(freeze=freeze)
    if actor.role == Role.MEDIATOR:
        rows = rows.filter(room__in=rooms_of(actor).values("pk"))
    elif actor.unit.kind not in {UnitKind.PETITION_OFFICE, UnitKind.DISTRICT}:
        then = as_kept(freeze, [actor.unit]).get(actor.unit.pk, actor.unit)
        rows = rows.filter(stood_within("unit", then, [freeze]))
    cases = MediationCase.objects.filter(pk__in=rows.values("mediation"))
    readable = cases.filter(open_to(actor)).values("pk")
    kept_out = cases.exclude(petition__sealed=True).exclude(pk__in=readable)
    # A case that was sealed since gives nothing back to whoever was recused from it before.
    recused = Recusal.objects.filter(user=actor.user, ended_at=None).values("petition")
    if not whole or kept_out.exists() or cases.filter(petition__in=recused).exists():
        rows = rows.filter(mediation__in=readable)
    names = ("room", "opened_at", "ended_at", "result", "first_held", "place", "last_place", "again")
    return [dict(zip(names, row, strict=True)) for row in rows.values_list(*names)]
