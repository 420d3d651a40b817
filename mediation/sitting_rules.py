"""Who may do what to a joint sitting: one small table, read by services, views and templates alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.selectors import ANSWERING
from conference.rules import is_free
from core.errors import Refusal
from mediation.models import Sitting, Undertaking
from mediation.sitting_enums import SittingAct
from mediation.sitting_querysets import CALLERS
from petitions.models import Petition


class Stand(Enum):
    """How the actor must stand to it, beside holding the role. Nobody complained of or recused does anything, nor
    anybody at all where the case is sealed (条例 28, 30)."""

    OWN = "of the own unit"
    CASE = "may read the case"
    CONVENES = "of the unit that called the sitting"
    INVITED = "of a unit that was invited"
    UNDERTOOK = "of the unit that undertook it"


@dataclass(frozen=True)
class Row:
    act: SittingAct
    by: Role
    stand: Stand
    basis: str


A, R = SittingAct, Role
TABLE: tuple[Row, ...] = (
    *(Row(A.STANDING, role, Stand.OWN, "条例 31(6)") for role in sorted(CALLERS - {R.HANDLER})),
    *(Row(A.CALL, role, Stand.CASE, "条例 31(6), 33") for role in sorted(CALLERS)),
    *(
        Row(act, role, Stand.CONVENES, "条例 31(6), 33")
        for act in (A.CANCEL, A.HOLD, A.UNDERTAKE, A.REVIEW)
        for role in sorted(CALLERS)
    ),
    *(Row(A.ANSWER, role, Stand.INVITED, "条例 13") for role in sorted(ANSWERING)),
    *(Row(A.REPORT, role, Stand.UNDERTOOK, "条例 32") for role in sorted(ANSWERING)),
)


def may(
    act: SittingAct,
    actor: Actor,
    *,
    petition: Petition | None = None,
    sitting: Sitting | None = None,
    undertaking: Undertaking | None = None,
) -> bool:
    """``petition`` (CALL), ``sitting`` or ``undertaking`` is what it is done to; without any, whether the actor may do
    it at all."""
    rows = [row for row in TABLE if row.act == act and row.by == actor.role]
    if actor.unit is None or actor.user is None or not rows:
        return False
    sitting = undertaking.sitting if undertaking is not None else sitting
    case = sitting.petition if sitting is not None else petition
    if case is not None and not is_free(case, actor):
        return False
    if sitting is None and petition is None:
        return True
    return any(_stands(row.stand, actor, case, sitting, undertaking) for row in rows)


def require(
    act: SittingAct,
    actor: Actor,
    *,
    petition: Petition | None = None,
    sitting: Sitting | None = None,
    undertaking: Undertaking | None = None,
) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    if not may(act, actor, petition=petition, sitting=sitting, undertaking=undertaking):
        raise Refusal(_("您当前的岗位不能“%(act)s”。") % {"act": act.label}, code="forbidden")


def _stands(
    stand: Stand,
    actor: Actor,
    case: Petition | None,
    sitting: Sitting | None,
    undertaking: Undertaking | None,
) -> bool:
    assert actor.unit is not None
    if stand is Stand.CASE:
        return case is not None and Petition.objects.visible_to(actor).filter(pk=case.pk).exists()
    if stand is Stand.UNDERTOOK:
        return undertaking is not None and undertaking.unit_id == actor.unit.pk
    if sitting is None:
        return stand is Stand.OWN
    if stand is Stand.INVITED:
        return sitting.invitations.filter(unit=actor.unit).exists()
    return sitting.unit_id == actor.unit.pk
