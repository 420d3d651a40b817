"""Who may do what about one session: one small table, read by services, views and templates alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from core.errors import Refusal
from mediation import rules
from mediation.enums import MediationAct
from mediation.models import MediationCase, Party, Session
from mediation.session_enums import SessionAct
from mediation.standing import speaks_for


class Stand(Enum):
    """How the actor must stand to the session, beside holding the role."""

    SITS = "has a seat in the session, and may mediate the matter"
    ARRANGES = "may write down for a party that it takes its consent back"
    READS = "may see the mediation"
    SELF = "is the party, on the own page, and speaks for nobody else"


@dataclass(frozen=True)
class Row:
    act: SessionAct
    by: Role
    stand: Stand
    basis: str


A, R = SessionAct, Role
TABLE: tuple[Row, ...] = (
    *(
        Row(act, R.MEDIATOR, Stand.SITS, "人民调解法 15、21–23、27")
        for act in (A.AGENDA, A.LINK, A.ATTEND, A.MINUTE, A.PROPOSE)
    ),
    # What somebody says alone is for whoever heard it, and for nobody else in any office (人民调解法 15).
    Row(A.READ_APART, R.MEDIATOR, Stand.SITS, "人民调解法 15"),
    Row(A.RECORD, R.MEDIATOR, Stand.SITS, "个人信息保护法 13、14、29"),
    # Taking a consent back must be as easy as giving it, whoever is at the desk.
    *(
        Row(A.TAKE_BACK, role, Stand.ARRANGES, "个人信息保护法 15")
        for role in (R.MEDIATOR, R.PETITION_OFFICER, R.HANDLER, R.UNIT_HEAD)
    ),
    Row(A.TAKE_BACK, R.PETITIONER, Stand.SELF, "个人信息保护法 15"),
    Row(A.LOOK, R.MEDIATOR, Stand.SITS, "人民调解法 15"),
    Row(A.LOOK, R.INSPECTOR, Stand.READS, "条例 40"),
)


def may(act: SessionAct, actor: Actor, session: Session, party: Party | None = None) -> bool:
    """Whether the actor may do it about this session, for this party; whether its state allows it is asked by the
    doors."""
    found = next((row for row in TABLE if row.act == act and row.by == actor.role), None)
    if found is not None and found.stand is Stand.SELF:
        own = party is not None and party.mediation_id == session.mediation_id
        return own and speaks_for(actor, party)
    if actor.unit is None or actor.user is None:
        return False
    return found is not None and _stands(found.stand, actor, session)


def require(act: SessionAct, actor: Actor, session: Session, party: Party | None = None) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    if not may(act, actor, session, party):
        raise Refusal(_("只有这场调解的调解员可以“%(act)s”。") % {"act": act.label}, code="forbidden")


def _stands(stand: Stand, actor: Actor, session: Session) -> bool:
    if stand is Stand.SITS:
        seated = session.seats.filter(user=actor.user).exists()
        return seated and rules.may(MediationAct.HOLD, actor, mediation=session.mediation)
    if stand is Stand.ARRANGES:
        return rules.may(MediationAct.WITHDRAW, actor, mediation=session.mediation)
    return bool(MediationCase.objects.visible_to(actor).filter(pk=session.mediation_id).exists())
