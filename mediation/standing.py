"""Who speaks for a party without anybody between: the petitioner on the own page, everybody else by an own slip."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from mediation.models import Party


@dataclass(frozen=True)
class PartyActor(Actor):
    """Somebody let in by the number and the code of a slip: speaks for that one party and for nobody else."""

    party_id: int = 0

    @classmethod
    def of_slip(cls, party: Party) -> PartyActor:
        return cls(user=None, post=None, role=Role.PETITIONER, label=_("调解当事人"), party_id=party.pk)


def speaks_for(actor: Actor, party: Party | None) -> bool:
    """Whether a resident who acts is this very party."""
    if party is None or actor.role != Role.PETITIONER:
        return False
    return party.pk == actor.party_id if isinstance(actor, PartyActor) else party.is_petitioner
