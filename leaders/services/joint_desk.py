"""组团接访: a department that promises something at the desk takes part in the case before the person has left."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.actor import Actor
from leaders.services.instructions import units_that_may_do
from petitions import rules
from petitions.enums import Act
from petitions.models import Petition
from petitions.services import forwarding, parts
from petitions.services.stepping import lock

if TYPE_CHECKING:
    from leaders.services.receptions import NewMatter, NewPromise


def bring_in(
    case: Petition, promises: list[NewPromise], actor: Actor, at: datetime, new: NewMatter | None = None
) -> Petition:
    """Within the record of a talk: give the case to the departments that promised something and do not hold it, each
    with what it promised and its day. The first of a case that nobody holds leads it, the others help (条例 24).

    Only as far as whoever records it might do so themselves; what is left is refused where its promise is written. The
    case anew, locked. Raises Refusal: a department that may not have it, as forwarding and co-units do.
    """
    reason = _("组团接访时当场承诺")
    for promise in promises:
        unit = promise.unit
        holding = {one.pk for one in units_that_may_do(case, at)}
        if not promise.task or unit is None or unit.pk in holding:
            continue
        if case.lead_unit is None and rules.may(case, Act.FORWARD, actor):
            note = _("%(reason)s：%(text)s") % {"reason": reason, "text": promise.text}
            forwarding.forward(
                petition=case,
                actor=actor,
                unit=unit,
                note=note,
                case_kind=new.case_kind if new is not None else None,
                case_path=new.case_path if new is not None else None,
                at=at,
            )
        elif rules.may(case, Act.CO_ADD, actor):
            parts.add(
                petition=case,
                actor=actor,
                units=[unit],
                demand=promise.text,
                reason=reason,
                due_on=promise.due_on,
                at=at,
            )
        case = lock(case.pk)
    return case
