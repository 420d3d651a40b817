"""Who may do what in this room: one small table, read by services, views and templates alike."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from core.errors import Refusal
from hearings.enums import HearingAct
from petitions import rules as petition_rules
from petitions.enums import Path, Status
from petitions.models import Petition


@dataclass(frozen=True)
class Row:
    """Whoever holds the role in the lead unit, or in its superior town or department."""

    act: HearingAct
    by: Role
    basis: str


A, R = HearingAct, Role
WORKS = (R.HANDLER, R.UNIT_HEAD)
#: What the head alone says.
HEADS = (A.DECIDE, A.POSTPONE, A.CALL_OFF, A.DECIDE_RECUSAL)
TABLE: tuple[Row, ...] = (
    *(Row(act, role, "条例 31(6)") for act in A if act not in HEADS for role in WORKS),
    *(Row(act, R.UNIT_HEAD, "条例 28, 31(6)") for act in HEADS),
)


def may(act: HearingAct, actor: Actor, petition: Petition) -> bool:
    """Nobody recused or complained of does anything, and nothing is done to a sealed case (条例 28, 30). Whether the
    case is at the right point is asked by ``in_handling``."""
    if petition.sealed or not any(row.act == act and row.by == actor.role for row in TABLE):
        return False
    if actor.unit is None or actor.user is None:
        return False
    if petition_rules.is_recused(petition, actor) or petition_rules.is_complained_of(petition, actor):
        return False
    lead = petition.lead_unit
    if lead is None or not lead.is_within(actor.unit):
        return False
    return Petition.objects.visible_to(actor).filter(pk=petition.pk).exists()


def require(act: HearingAct, actor: Actor, petition: Petition) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    if not may(act, actor, petition):
        raise Refusal(_("您当前的岗位不能对本件“%(act)s”。") % {"act": act.label}, code="forbidden")


def in_handling(petition: Petition) -> bool:
    """Only before the answer: a hearing and an expert's opinion serve it."""
    return petition.status == Status.ACCEPTED


def why_no_hearing(petition: Petition) -> str:
    """Why there can be none on this case now; empty where there can (条例 31(6))."""
    if not in_handling(petition):
        return _("没有生效：本件现在是“%(state)s”，听证要在“办理中”举行。") % {
            "state": Status(petition.status).label
        }
    if petition.path != Path.PETITION:
        return _("听证适用于按信访程序办理的件（条例第三十一条第六项）；本件按其他途径处理。")
    if petition.simplified:
        return _("本件按简易程序办理。需要听证的，请先“转为普通程序”。")
    return ""
