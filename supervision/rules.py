"""Who may do what in this room: one small table, read by services, views and templates alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Unit
from core.errors import Refusal
from petitions import rules as petition_rules
from petitions.enums import Act
from petitions.models import Petition
from supervision.enums import SupervisionAct
from supervision.models import Supervision
from supervision.querysets import oversees


class Stand(Enum):
    """How the actor must stand to the case and the unit, beside holding the role."""

    OVER = "the petition office, an office above the unit, or the one that sent the case to it"
    OFFICE = "the petition office"
    UNIT = "the unit of whom it is demanded"
    LEADER = "a leader who may see it"


@dataclass(frozen=True)
class Row:
    act: SupervisionAct
    by: Role
    stand: Stand
    basis: str


A, R = SupervisionAct, Role
_PRESSING = (R.INSPECTOR, R.PETITION_OFFICER)
TABLE: tuple[Row, ...] = (
    *(
        Row(act, role, Stand.OVER, "条例 16, 40")
        for act in (A.OPEN, A.EFFORT, A.DECIDE)
        for role in _PRESSING
    ),
    Row(A.LIST, R.LEADER, Stand.LEADER, "条例 39"),
    Row(A.LIST, R.INSPECTOR, Stand.OFFICE, "条例 39"),
    Row(A.CHANGE_RULE, R.INSPECTOR, Stand.OFFICE, "条例 40"),
    *(Row(act, R.INSPECTOR, Stand.OFFICE, "条例 16, 40") for act in (A.CONFIRM, A.DISMISS)),
    *(Row(A.FEED_BACK, role, Stand.UNIT, "条例 40") for role in (R.HANDLER, R.UNIT_HEAD, R.PETITION_OFFICER)),
)


def may(
    act: SupervisionAct,
    actor: Actor,
    *,
    supervision: Supervision | None = None,
    petition: Petition | None = None,
    unit: Unit | None = None,
) -> bool:
    """``supervision`` is what it is done to; OPEN is done to a ``petition``, and to a ``unit`` where one is chosen.

    Whoever is recused or complained of does nothing, but that a unit complained of reports on its own part (条例 28).
    """
    case = supervision.petition if supervision is not None else petition
    unit = supervision.unit if supervision is not None else unit
    rows = [row for row in TABLE if row.act == act and row.by == actor.role]
    if not rows or actor.unit is None or actor.user is None:
        return False
    if case is not None and not _is_free(act, actor, case, unit):
        return False
    if unit is None:
        return all(row.stand is not Stand.OFFICE for row in rows) or oversees(actor)
    return any(_stands(row.stand, actor, case, unit, supervision) for row in rows)


def require(
    act: SupervisionAct,
    actor: Actor,
    *,
    supervision: Supervision | None = None,
    petition: Petition | None = None,
    unit: Unit | None = None,
) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    if not may(act, actor, supervision=supervision, petition=petition, unit=unit):
        raise Refusal(_("您当前的岗位不能对本件“%(act)s”。") % {"act": act.label}, code="forbidden")


def may_step(petition: Petition, actor: Actor) -> bool:
    """Whether the case's history takes a line of 督办 by this actor now."""
    return petition_rules.may(petition, Act.SUPERVISE, actor)


def stands_over(actor: Actor, case: Petition | None, unit: Unit) -> bool:
    """The petition office over all; else an office over what stands in or below it, or over what it sent on."""
    if actor.unit is None:
        return False
    if oversees(actor) or unit.is_within(actor.unit):
        return True
    return case is not None and case.registered_unit.is_within(actor.unit)


def _is_free(act: SupervisionAct, actor: Actor, case: Petition, unit: Unit | None) -> bool:
    if case.sealed or petition_rules.is_recused(case, actor):
        return False
    if petition_rules.is_complained_of(case, actor):
        own_part = unit is not None and petition_rules.answers_own_part(case, unit)
        return act is A.FEED_BACK and own_part
    return True


def _stands(
    stand: Stand, actor: Actor, case: Petition | None, unit: Unit, supervision: Supervision | None
) -> bool:
    match stand:
        case Stand.LEADER:
            mine = Supervision.objects.visible_to(actor)
            return supervision is not None and mine.filter(pk=supervision.pk).exists()
        case Stand.UNIT:
            return actor.unit is not None and actor.unit.pk == unit.pk
        case Stand.OFFICE:
            return oversees(actor)
        case Stand.OVER:
            return stands_over(actor, case, unit)
