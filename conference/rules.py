"""Who may do what in this room: one function, read by services, views and templates alike."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from conference.enums import ConferenceAct as A
from conference.models import Dispute, Item, Order
from conference.querysets import ANSWERING, keeps, presides
from core.errors import Refusal
from petitions import rules as petition_rules
from petitions.models import Petition
from supervision.querysets import oversees

#: The petition office's officers keep the papers and prepare (条例 13, 24).
KEEPING = frozenset({A.CALL, A.AGENDA, A.CANCEL, A.MOVE, A.WRITE, A.OPEN, A.RAISE, A.AGREE})
#: The chair, the leaders of the district and the head of the petition office stand for what was decided.
PRESIDING = frozenset({A.ISSUE, A.CORRECT})
#: Officers and inspectors of the petition office carry it out (条例 39); see ``_presses``.
PRESSING = frozenset({A.ORDER, A.TALK, A.REVIEW})


def may(
    act: A,
    actor: Actor,
    *,
    petition: Petition | None = None,
    item: Item | None = None,
    dispute: Dispute | None = None,
    order: Order | None = None,
) -> bool:
    """Nobody recused from the case that is concerned, or complained of in it, does anything; nor anybody at all where
    it is sealed (条例 28, 30)."""
    if actor.user is None or actor.unit is None:
        return False
    case = petition or next((one.petition for one in (item, dispute, order) if one is not None), None)
    if case is not None and not is_free(case, actor):
        return False
    if act in PRESSING:
        return _presses(actor, order.unit if order is not None else item.unit if item is not None else None)
    for acts, holds in ((KEEPING, keeps), (PRESIDING, presides)):
        if act in acts:
            return holds(actor)
    if act == A.DECIDE:
        return dispute is not None and _leads_superior(dispute, actor)
    return order is not None and actor.role in ANSWERING and actor.unit.pk == order.unit_id


def require(
    act: A,
    actor: Actor,
    *,
    petition: Petition | None = None,
    item: Item | None = None,
    dispute: Dispute | None = None,
    order: Order | None = None,
) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    if not may(act, actor, petition=petition, item=item, dispute=dispute, order=order):
        raise Refusal(_("您当前的岗位不能“%(act)s”。") % {"act": act.label}, code="forbidden")


def is_free(case: Petition, actor: Actor) -> bool:
    """Neither sealed, nor against the actor's unit, nor one that the actor is recused from."""
    return not (
        case.sealed or petition_rules.is_recused(case, actor) or petition_rules.is_complained_of(case, actor)
    )


def _presses(actor: Actor, unit: Unit | None) -> bool:
    """Nobody orders or reviews what is ordered against the own unit; where that is the petition office, the leaders of
    the district do (条例 28, 39)."""
    assert actor.unit is not None
    if unit is None:
        return oversees(actor)
    if actor.unit.is_within(unit) and unit.kind != UnitKind.DISTRICT:
        return False
    return oversees(actor) or (unit.kind == UnitKind.PETITION_OFFICE and presides(actor))


def _leads_superior(dispute: Dispute, actor: Actor) -> bool:
    leads = actor.role in {Role.LEADER, Role.UNIT_HEAD}
    return leads and actor.unit is not None and actor.unit.pk == dispute.superior_id
