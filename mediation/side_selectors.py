"""What a party beside the petitioner reads on the own page: the own side of one mediation, and nobody by name or number
of the other."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from mediation import agreement_selectors, selectors, session_selectors
from mediation.models import Party
from petitions.extensions import Part
from petitions.selectors.public import plain
from petitions.services import codes


def _open_to_them() -> QuerySet[Party]:
    """Parties whose slip still opens a page: who left reads no more, and nobody what was sealed."""
    found: QuerySet[Party] = Party.objects.filter(left_at=None, is_petitioner=False, slip__isnull=False)
    found = found.exclude(mediation__petition__sealed=True)
    return found.select_related(
        "mediation__room", "mediation__mediator", "mediation__petition", "mediation__dispute__other_unit"
    )


def by_slip(number: str, code: str) -> Party | None:
    """The party that both belong to. An unknown number takes as long as a wrong code and says no more."""
    number, code = plain(number).upper()[:20], plain(code)[:40]
    party = _open_to_them().filter(slip=number).first()
    if party is None:
        codes.nothing_to_compare(number, code)
        return None
    return party if codes.matches(number, code, party.slip_hash) else None


def by_id(pk: int) -> Party | None:
    """The party a browser's session was let into."""
    return _open_to_them().filter(pk=pk).first()


def parts_of(party: Party, at: datetime) -> list[Part]:
    """Consent and times, the link of an online session, recordings, and what was agreed."""
    mediation, found = party.mediation, []
    if mediation.is_open:
        agree, decline = reverse("mediation:side_agree"), reverse("mediation:side_decline")
        found.append(selectors.part_of(mediation, party, at, agree=agree, decline=decline))
    own = {party.pk}
    others = (
        session_selectors.link_part(mediation.sessions.filter(mediation__ended_at=None), party.side, at),
        session_selectors.recording_part(
            session_selectors.consents_of(party), reverse("mediation:side_not_recorded")
        ),
        agreement_selectors.part_of(mediation.agreements.all(), own, at),
    )
    return [*found, *(part for part in others if part is not None)]
