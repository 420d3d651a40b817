"""Who sees which joint sittings. Sealed cases have none; the complained of and the recused see none (条例 28, 30)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.enums import Role
from accounts.selectors import ANSWERING
from conference.querysets import apart
from petitions.querysets import unsealed_cases

if TYPE_CHECKING:
    from accounts.actor import Actor

#: Who convenes a sitting for a unit.
CALLERS = frozenset({Role.PETITION_OFFICER, Role.UNIT_HEAD, Role.HANDLER, Role.MEDIATOR})


class SittingQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Any:
        """Whoever reads the case, the unit that convened it, and the units invited, which need not read the case."""
        if actor.unit is None or actor.user is None:
            return self.none()
        sees = Q(petition__in=unsealed_cases(actor).values("pk"))
        if actor.role in CALLERS:
            sees |= Q(unit=actor.unit)
        if actor.role in ANSWERING:
            invited = apps.get_model("mediation", "Invitation").objects.filter(
                sitting=OuterRef("pk"), unit=actor.unit
            )
            sees |= Q(Exists(invited))
        return apart(self.filter(sees), actor)

    def with_row_relations(self) -> SittingQuerySet:
        return self.select_related("unit", "petition__complained_unit")
