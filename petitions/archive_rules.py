"""Who may do what in the archive life of a case. Served to services, views and templates alike."""

from __future__ import annotations

from dataclasses import replace

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from petitions.enums import Status
from petitions.models import ArchiveHold, Petition
from petitions.querysets import PetitionQuerySet, sees_sealed

HOLDERS = frozenset({Role.PETITION_OFFICER, Role.INSPECTOR})


def _in_office(actor: Actor) -> bool:
    return actor.unit is not None and actor.unit.kind == UnitKind.PETITION_OFFICE


def proposes(actor: Actor) -> bool:
    """An officer of the petition office proposes to anonymise, and says how long a case is kept."""
    return actor.role == Role.PETITION_OFFICER and _in_office(actor)


def decides(actor: Actor) -> bool:
    """The head of the petition office agrees or not, never on an own proposal."""
    return actor.role == Role.UNIT_HEAD and _in_office(actor)


def reviews(actor: Actor) -> bool:
    return proposes(actor) or decides(actor)


def holds(actor: Actor) -> bool:
    """Whoever may stop it: petition officers, inspectors, and the discipline route."""
    return actor.role in HOLDERS or sees_sealed(actor)


def opens_page(actor: Actor) -> bool:
    """Whether the archive page of a case that this actor reads is open to them."""
    return reviews(actor) or holds(actor)


def lifts(hold: ArchiveHold, actor: Actor) -> bool:
    """Another person than set it; what the discipline route set, only that route lifts."""
    if actor.user is None or actor.user.pk == hold.set_by_id or not hold.is_open:
        return False
    if is_of_route(hold):
        return sees_sealed(actor)
    return holds(actor) or decides(actor)


def is_of_route(hold: ArchiveHold) -> bool:
    return hold.set_unit.kind == UnitKind.DISCIPLINE


def classifies(petition: Petition, actor: Actor) -> bool:
    return proposes(actor) and petition.status == Status.CLOSED and not petition.sealed


def readable(actor: Actor) -> PetitionQuerySet:
    """The cases of this actor, by ``visible_to``. The head of the petition office decides over what the officers may
    propose, towns' cases too, and for this alone reads what they read; never a sealed case."""
    if decides(actor):
        cases: PetitionQuerySet = Petition.objects.visible_to(replace(actor, role=Role.PETITION_OFFICER))
        return cases.filter(sealed=False)
    return Petition.objects.visible_to(actor)


def knows_setter(hold: ArchiveHold, actor: Actor) -> bool:
    """That the discipline route takes an interest in a case is nobody else's to know (条例 30)."""
    return sees_sealed(actor) or not is_of_route(hold)
