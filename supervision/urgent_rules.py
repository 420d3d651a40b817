"""Who may do what about something grave and urgent: one small table, as in ``rules``."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from core.errors import Refusal
from petitions import rules as petition_rules
from supervision.enums import UrgentAct
from supervision.models import UrgentResponse

OFFICE = frozenset({Role.PETITION_OFFICER, Role.INSPECTOR})
#: Whoever may answer for a body that was called: those on duty at its counter, too.
CALLED = (Role.HANDLER, Role.UNIT_HEAD, Role.PETITION_OFFICER, Role.CLERK)
#: act: (roles in the petition office, roles in a body that was called). Opening it is a step of the case (workflow).
TABLE: dict[UrgentAct, tuple[frozenset[Role], frozenset[Role]]] = {
    UrgentAct.ACKNOWLEDGE: (frozenset(), frozenset(CALLED)),
    UrgentAct.ARRIVE: (frozenset(), frozenset(CALLED)),
    UrgentAct.NOTE: (OFFICE | {Role.CLERK}, frozenset(CALLED)),
    UrgentAct.REPORT_UP: (OFFICE | {Role.CLERK}, frozenset()),
    UrgentAct.CLEAR: (OFFICE, frozenset()),
}


def may(act: UrgentAct, actor: Actor, *, response: UrgentResponse) -> bool:
    """Nobody recused or complained of has a part in it (条例 28)."""
    case, unit = response.petition, actor.unit
    if unit is None or actor.user is None or case.sealed:
        return False
    if petition_rules.is_recused(case, actor) or petition_rules.is_complained_of(case, actor):
        return False
    office, called = TABLE[act]
    if unit.kind == UnitKind.PETITION_OFFICE and actor.role in office:
        return True
    return actor.role in called and any(one.unit_id == unit.pk for one in response.dispatched.all())


def require(act: UrgentAct, actor: Actor, *, response: UrgentResponse) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    if not may(act, actor, response=response):
        raise Refusal(_("您当前的岗位不能对本件“%(act)s”。") % {"act": act.label}, code="forbidden")
