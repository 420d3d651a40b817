"""Who may do what in this room: one small table, read by services, views and templates alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from core.errors import Refusal
from leaders.enums import LeaderAct
from petitions import rules as petition_rules
from petitions.models import Petition


class Stand(Enum):
    """How the actor must stand to the leader or the unit, beside holding the role."""

    OFFICE = "the petition office, or an office above the leader's unit"
    SELF = "the leader in person"
    UNIT = "the unit that must do it"
    HOST = "the petition office, or the unit where the reception is, or one above it"
    TEAM = "one of the package's team"
    HEAD_OFFICE = "the petition office"


@dataclass(frozen=True)
class Row:
    act: LeaderAct
    by: Role
    stand: Stand
    basis: str


A = LeaderAct
TABLE: tuple[Row, ...] = (
    Row(A.ASSIGN_PACKAGE, Role.PETITION_OFFICER, Stand.OFFICE, "条例 18"),
    Row(A.ASSIGN_PACKAGE, Role.LEADER, Stand.SELF, "条例 18"),
    Row(A.STRIKE_OFF, Role.PETITION_OFFICER, Stand.OFFICE, "包销案制"),
    Row(A.STRIKE_OFF, Role.LEADER, Stand.SELF, "包销案制"),
    Row(A.ASSIGN_PACKAGE, Role.UNIT_HEAD, Stand.HEAD_OFFICE, "条例 18"),
    Row(A.HAND_OVER, Role.PETITION_OFFICER, Stand.HEAD_OFFICE, "提级包案"),
    Row(A.HAND_OVER, Role.UNIT_HEAD, Stand.HEAD_OFFICE, "提级包案"),
    Row(A.SET_ROUND, Role.PETITION_OFFICER, Stand.HEAD_OFFICE, "滚动包案"),
    Row(A.SET_ROUND, Role.UNIT_HEAD, Stand.HEAD_OFFICE, "滚动包案"),
    Row(A.SET_RULE, Role.PETITION_OFFICER, Stand.HEAD_OFFICE, "条例 18"),
    Row(A.SET_RULE, Role.UNIT_HEAD, Stand.HEAD_OFFICE, "条例 18"),
    Row(A.CONFIRM_PROPOSAL, Role.PETITION_OFFICER, Stand.HEAD_OFFICE, "条例 13, 18"),
    Row(A.CONFIRM_PROPOSAL, Role.UNIT_HEAD, Stand.HEAD_OFFICE, "条例 13, 18"),
    Row(A.VISIT_BACK, Role.PETITION_OFFICER, Stand.HEAD_OFFICE, "包销案制"),
    Row(A.VISIT_BACK, Role.INSPECTOR, Stand.HEAD_OFFICE, "包销案制"),
    Row(A.VISIT_BACK, Role.UNIT_HEAD, Stand.HEAD_OFFICE, "包销案制"),
    Row(A.DECIDE_STRIKE_OFF, Role.PETITION_OFFICER, Stand.HEAD_OFFICE, "包销案制"),
    Row(A.DECIDE_STRIKE_OFF, Role.UNIT_HEAD, Stand.HEAD_OFFICE, "包销案制"),
    Row(A.DECIDE_STRIKE_OFF, Role.LEADER, Stand.OFFICE, "包销案制"),
    Row(A.WORK_PACKAGE, Role.PETITION_OFFICER, Stand.OFFICE, "专班专人专案"),
    Row(A.WORK_PACKAGE, Role.LEADER, Stand.SELF, "专班专人专案"),
    Row(A.NOTE_PACKAGE, Role.PETITION_OFFICER, Stand.OFFICE, "专班专人专案"),
    Row(A.NOTE_PACKAGE, Role.LEADER, Stand.SELF, "专班专人专案"),
    Row(A.NOTE_PACKAGE, Role.HANDLER, Stand.TEAM, "专班专人专案"),
    Row(A.NOTE_PACKAGE, Role.UNIT_HEAD, Stand.TEAM, "专班专人专案"),
    Row(A.NOTE_PACKAGE, Role.MEDIATOR, Stand.TEAM, "专班专人专案"),
    Row(A.NOTE_PACKAGE, Role.INSPECTOR, Stand.TEAM, "专班专人专案"),
    Row(A.INSTRUCT, Role.LEADER, Stand.SELF, "条例 18"),
    Row(A.NAME_DOER, Role.LEADER, Stand.SELF, "批示件办理"),
    Row(A.NAME_DOER, Role.PETITION_OFFICER, Stand.OFFICE, "批示件办理"),
    Row(A.NAME_DOER, Role.UNIT_HEAD, Stand.UNIT, "批示件办理"),
    Row(A.REPORT, Role.HANDLER, Stand.UNIT, "批示件办理"),
    Row(A.REPORT, Role.UNIT_HEAD, Stand.UNIT, "批示件办理"),
    Row(A.REPORT, Role.PETITION_OFFICER, Stand.UNIT, "批示件办理"),
    Row(A.ACKNOWLEDGE, Role.LEADER, Stand.SELF, "批示件办理"),
    Row(A.PLAN_DAY, Role.PETITION_OFFICER, Stand.OFFICE, "条例 18"),
    Row(A.BOOK, Role.PETITION_OFFICER, Stand.HOST, "条例 18"),
    Row(A.BOOK, Role.CLERK, Stand.HOST, "条例 18"),
    Row(A.RECEIVE, Role.LEADER, Stand.SELF, "条例 18"),
    Row(A.RECEIVE, Role.PETITION_OFFICER, Stand.OFFICE, "条例 18"),
    Row(A.RECEIVE, Role.CLERK, Stand.OFFICE, "条例 18"),
    Row(A.CLOSE_STAGE, Role.PETITION_OFFICER, Stand.OFFICE, "事前登记、事中处置、事后督办"),
    Row(A.CLOSE_STAGE, Role.LEADER, Stand.SELF, "事前登记、事中处置、事后督办"),
    Row(A.KEEP_AREAS, Role.PETITION_OFFICER, Stand.OFFICE, "分片包联"),
    Row(A.KEEP_INBOX, Role.PETITION_OFFICER, Stand.OFFICE, "主官在线"),
    Row(A.DELEGATE, Role.PETITION_OFFICER, Stand.OFFICE, "主官在线"),
    Row(A.DELEGATE, Role.LEADER, Stand.SELF, "主官在线"),
    Row(A.RELEASE, Role.LEADER, Stand.SELF, "主官在线"),
    Row(A.READ_LETTER, Role.LEADER, Stand.SELF, "限期阅批"),
    Row(A.READ_LETTER, Role.UNIT_HEAD, Stand.UNIT, "限期阅批"),
    Row(A.KEEP_READING, Role.PETITION_OFFICER, Stand.OFFICE, "限期阅批"),
)


def may(
    act: LeaderAct,
    actor: Actor,
    *,
    leader: Post | User | None = None,
    unit: Unit | None = None,
    petition: Petition | None = None,
    member: bool = False,
) -> bool:
    """``leader`` is whose package, instruction or day it is; ``unit`` who must do an instruction, or where a reception
    is; ``member``: the actor is of the package's team; ``petition`` the case it is done to, locked where a service
    asks: whoever is recused from it or complained of does nothing, but that a unit complained of reports on its own
    part (条例 28).

    Without leader and unit, whether the actor may do it for anybody at all (for buttons and pages). No query when
    ``leader`` comes with its unit loaded, but on a case with recusals.
    """
    rows = [row for row in TABLE if row.act == act and row.by == actor.role]
    if petition is not None:
        if petition_rules.is_recused(petition, actor):
            return False
        if petition_rules.is_complained_of(petition, actor):
            own_part = unit is not None and petition_rules.answers_own_part(petition, unit)
            rows = [row for row in rows if row.stand is Stand.UNIT and own_part]
    if leader is None and unit is None:
        rows = [row for row in rows if row.stand is not Stand.HEAD_OFFICE or _in_office(actor)]
        return bool(rows) and actor.unit is not None
    return any(member if row.stand is Stand.TEAM else _stands(row.stand, actor, leader, unit) for row in rows)


def require(
    act: LeaderAct,
    actor: Actor,
    *,
    leader: Post | None = None,
    unit: Unit | None = None,
    petition: Petition | None = None,
    member: bool = False,
) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    if not may(act, actor, leader=leader, unit=unit, petition=petition, member=member):
        raise Refusal(
            _("您当前的岗位不能进行“%(act)s”。") % {"act": act.label},
            code="forbidden",
        )


def _in_office(actor: Actor) -> bool:
    return actor.unit is not None and actor.unit.kind == UnitKind.PETITION_OFFICE


def _stands(stand: Stand, actor: Actor, leader: Post | User | None, unit: Unit | None) -> bool:
    if actor.unit is None or actor.user is None:
        return False
    match stand:
        case Stand.SELF:
            user_id = leader.user_id if isinstance(leader, Post) else getattr(leader, "pk", None)
            return user_id == actor.user.pk
        case Stand.UNIT:
            return unit is not None and unit.pk == actor.unit.pk
        case Stand.HOST:
            office = actor.unit.kind == UnitKind.PETITION_OFFICE
            return unit is not None and (office or unit.is_within(actor.unit))
        case Stand.OFFICE:
            above = isinstance(leader, Post) and leader.unit.is_within(actor.unit)
            return above or actor.unit.kind == UnitKind.PETITION_OFFICE
    return stand is Stand.HEAD_OFFICE and actor.unit.kind == UnitKind.PETITION_OFFICE
