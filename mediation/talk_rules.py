"""Who may do what to a talk among many: one small table, read by services, views and templates alike."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from core.errors import Refusal
from mediation.models import PublicTalk
from mediation.talk_enums import TalkAct


@dataclass(frozen=True)
class Row:
    """Whoever holds the role in the very unit that convenes."""

    act: TalkAct
    by: Role
    basis: str


A, R = TalkAct, Role
CONVENERS = (R.CLERK, R.PETITION_OFFICER, R.UNIT_HEAD, R.MEDIATOR)
#: Who registers what people bring to a counter, as everywhere.
COUNTER = (R.CLERK, R.PETITION_OFFICER)
TABLE: tuple[Row, ...] = (
    *(Row(act, role, "条例 33；人民调解法 20") for act in A if act != A.REGISTER for role in CONVENERS),
    *(Row(A.REGISTER, role, "条例 19") for role in COUNTER),
)


def may(act: TalkAct, actor: Actor, talk: PublicTalk | None = None) -> bool:
    """Without a talk: whether the actor may do it at all. Whether the talk's state allows it is asked by the doors."""
    if actor.unit is None or not any(row.act == act and row.by == actor.role for row in TABLE):
        return False
    return talk is None or talk.unit_id == actor.unit.pk


def require(act: TalkAct, actor: Actor, talk: PublicTalk | None = None) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    if not may(act, actor, talk):
        raise Refusal(_("您当前的岗位不能“%(act)s”。") % {"act": act.label}, code="forbidden")
