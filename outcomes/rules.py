"""Who may do what in this room: one small table, read by services, views and templates alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from core.errors import Refusal
from outcomes.enums import OutcomeAct, VisitGround
from outcomes.models import Execution, ReturnVisit
from outcomes.querysets import ABOUT_THE_GOVERNMENT, ABOUT_THE_OFFICE, WATCHERS, units_over
from petitions import rules as petition_rules
from petitions.models import Petition


class Stand(Enum):
    """How the actor must stand to the case, beside holding the role and reading it."""

    LEAD = "the lead unit or its superior town or department"
    SENDER = "the petition office, or the office that registered the case"
    WATCH = "the same, and watches return visits: not of the unit that was rated, also after closing"


@dataclass(frozen=True)
class Row:
    act: OutcomeAct
    by: Role
    stand: Stand
    basis: str


A, R = OutcomeAct, Role
TABLE: tuple[Row, ...] = (
    Row(A.SET_DUE, R.UNIT_HEAD, Stand.LEAD, "条例 32"),
    *(Row(A.REPORT, role, Stand.LEAD, "条例 32") for role in (R.HANDLER, R.UNIT_HEAD)),
    Row(A.CONFIRM, R.PETITION_OFFICER, Stand.SENDER, "条例 32"),
    *(Row(A.OPEN_VISIT, role, Stand.WATCH, "条例 21") for role in (R.PETITION_OFFICER, R.INSPECTOR)),
    *(Row(A.CHECK, role, Stand.LEAD, "条例 27") for role in (R.HANDLER, R.UNIT_HEAD)),
    *(
        Row(act, role, Stand.LEAD, "条例 27")
        for act in (A.MARK, A.UNMARK)
        for role in (R.HANDLER, R.UNIT_HEAD)
    ),
    *(Row(act, R.PETITION_OFFICER, Stand.SENDER, "条例 27") for act in (A.MARK, A.UNMARK)),
    Row(A.ASSIGN_VISIT, R.PETITION_OFFICER, Stand.WATCH, "条例 21"),
    # Where the office itself was rated 不满意; ``may_assign`` says which of the two.
    Row(A.ASSIGN_VISIT, R.INSPECTOR, Stand.WATCH, "条例 21"),
)


def may(act: OutcomeAct, actor: Actor, petition: Petition) -> bool:
    """Nobody recused or complained of does anything, and nothing is done to a sealed case (条例 28, 30)."""
    rows = [row for row in TABLE if row.act == act and row.by == actor.role]
    if petition.sealed or not rows or actor.unit is None or actor.user is None:
        return False
    if petition_rules.is_recused(petition, actor) or petition_rules.is_complained_of(petition, actor):
        return False
    if not Petition.objects.visible_to(actor).filter(pk=petition.pk).exists():
        return False
    return any(_stands(row.stand, actor, petition) for row in rows)


def require(act: OutcomeAct, actor: Actor, petition: Petition) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    if not may(act, actor, petition):
        raise Refusal(_("您当前的岗位不能对本件“%(act)s”。") % {"act": act.label}, code="forbidden")


def _stands(stand: Stand, actor: Actor, petition: Petition) -> bool:
    assert actor.unit is not None
    if stand is Stand.LEAD:
        return petition.lead_unit is not None and petition.lead_unit.is_within(actor.unit)
    if stand is Stand.WATCH and not watches(petition, actor):
        return False
    return actor.unit.kind == UnitKind.PETITION_OFFICE or petition.registered_unit.is_within(actor.unit)


def may_confirm(actor: Actor, execution: Execution) -> bool:
    """The sender's officer, who is not posted, under whatever hat, within the unit that carried it out: not either
    where that unit registered the case itself. One query beside ``may``."""
    return execution.unit_id not in units_over(actor) and may(OutcomeAct.CONFIRM, actor, execution.petition)


def require_confirm(actor: Actor, execution: Execution) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    require(OutcomeAct.CONFIRM, actor, execution.petition)
    if not may_confirm(actor, execution):
        raise Refusal(_("落实情况不能由责任单位自己核实，请由信访部门核实。"), code="forbidden")


def is_rated(petition: Petition, actor: Actor) -> bool:
    """Posted today, under whatever hat, within the unit that answers or one complained of. One query."""
    return bool(units_over(actor) & {petition.lead_unit_id, petition.complained_unit_id})


def watches(petition: Petition, actor: Actor) -> bool:
    """Who has return visits whole, before the case is closed and afterwards; where the petition office itself was
    rated, its officers only afterwards (``arranges``)."""
    if actor.role not in WATCHERS or actor.unit is None or is_rated(petition, actor):
        return False
    lead = petition.lead_unit
    return actor.unit.kind == UnitKind.DISTRICT or lead is None or not lead.is_within(actor.unit)


def about_the_office(visit: ReturnVisit) -> bool:
    """Opened by a rating 不满意 of the petition office, of a case that is not closed, or of the government for which
    it works on reviews. One query."""
    return (
        visit.ground != VisitGround.BY_HAND
        and ReturnVisit.objects.filter(ABOUT_THE_OFFICE | ABOUT_THE_GOVERNMENT, pk=visit.pk).exists()
    )


def is_reviewer(visit: ReturnVisit, actor: Actor) -> bool:
    """Posted today, under whatever hat, within the body whose review was rated. One query, of such a visit."""
    return visit.about is not None and visit.about.unit_id in units_over(actor)


def arranges(actor: Actor, visit: ReturnVisit) -> bool:
    """Watches this visit and is of the desk that arranges it: the officers; the inspectors, and they alone, where the
    petition office itself was rated."""
    role = Role.INSPECTOR if about_the_office(visit) else Role.PETITION_OFFICER
    return actor.role == role and watches(visit.petition, actor) and not is_reviewer(visit, actor)


def may_assign(actor: Actor, visit: ReturnVisit) -> bool:
    return may(OutcomeAct.ASSIGN_VISIT, actor, visit.petition) and arranges(actor, visit)


def require_assign(actor: Actor, visit: ReturnVisit) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    require(OutcomeAct.ASSIGN_VISIT, actor, visit.petition)
    if not arranges(actor, visit):
        raise Refusal(_("这次回访不由您当前的岗位安排。"), code="forbidden")


def is_visitor(actor: Actor, visit: ReturnVisit) -> bool:
    """The one who was asked to make the visit, while reading the case and having no interest in it (条例 28)."""
    if (
        actor.user is None
        or actor.unit is None
        or visit.assignee_id != actor.user.pk
        or visit.petition.sealed
    ):
        return False
    case = visit.petition
    if petition_rules.is_recused(case, actor) or petition_rules.is_complained_of(case, actor):
        return False
    if is_rated(case, actor) or is_reviewer(visit, actor):
        return False  # posted there since
    return Petition.objects.visible_to(actor).filter(pk=case.pk).exists()


def require_visitor(actor: Actor, visit: ReturnVisit) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    if not is_visitor(actor, visit):
        raise Refusal(_("这次回访由确定的回访人登记，您不是回访人。"), code="forbidden")
