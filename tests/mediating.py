"""Both sides of a mediation agree, for tests that need one that goes on."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from mediation.enums import ConsentHow, Side
from mediation.models import Consent, MediationCase, Party
from mediation.services.opening import give_consent
from mediation.services.parties import NewParty, add_party


def older(mediation: MediationCase, days: int = 1) -> MediationCase:
    """Opened and agreed to so many days earlier, so that what took place in the last hours is no earlier, at whatever
    hour of the night this runs."""
    back = timedelta(days=days)
    mediation.opened_at -= back
    mediation.save(update_fields=["opened_at"])
    mediation.parties.update(added_at=F("added_at") - back)
    mediation.consents.update(given_at=F("given_at") - back)
    return mediation


def party_of(mediation: MediationCase, side: Side, actor, name: str = "摊主老李") -> Party:
    """The first party of the side; of the other side one is added where there is none."""
    found = mediation.parties.filter(side=side, left_at=None).first()
    return found or add_party(mediation=mediation, actor=actor, new=NewParty(side=side, name=name))


def agrees(
    mediation: MediationCase,
    side: Side,
    actor,
    *,
    who: str = "",
    how: ConsentHow = ConsentHow.IN_PERSON,
    **more,
) -> Consent:
    who = who or ("张小河" if side == Side.PETITIONER else "摊主老李")
    party = party_of(mediation, side, actor, who)
    return give_consent(mediation=mediation, actor=actor, party=party, who=who, how=how, **more)
