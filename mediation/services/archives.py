"""What this room tells the archives of a case, and what it empties when the people of the case are anonymised."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from mediation.models import Consent, MediationCase, Party, PublicTalk, Sitting, TalkPanelist
from mediation.sitting_enums import DoingState, SittingState
from petitions.models import Petition

NOBODY = "（已去标识）"
#: Of a party.
FORGOTTEN = ("name", "phone", "address", "represented_by", "slip", "slip_hash")


def unfinished(case_ids: Collection[int]) -> set[int]:
    """Cases in an open mediation. One query."""
    running = MediationCase.objects.filter(petition__in=case_ids, ended_at=None)
    return set(running.values_list("petition_id", flat=True))


def forget(petition: Petition) -> int:
    """Put a word in place of who consented and of the parties' names, for a consent and a party must say who; that a
    side did, and when, stays. Names left at a talk go with the people of a case that was found there."""
    consents = list(Consent.objects.select_for_update(of=("self",)).filter(mediation__petition=petition))
    for consent in consents:
        consent.who = NOBODY
        consent.save(update_fields=["who"])
    parties = list(Party.objects.select_for_update(of=("self",)).filter(mediation__petition=petition))
    for party in parties:
        party.name = "" if party.is_petitioner else NOBODY
        party.phone = party.address = party.represented_by = ""
        party.slip, party.slip_hash = None, ""
        party.save(update_fields=FORGOTTEN)
    return len(consents) + len(parties) + _forget_talks(petition)


def _forget_talks(petition: Petition) -> int:
    talks = PublicTalk.objects.filter(matters__petition=petition).values("pk")
    came = PublicTalk.objects.filter(pk__in=talks).exclude(names=b"").update(names=b"")
    panel = TalkPanelist.objects.filter(talk__in=talks).exclude(name=b"").update(name=b"")
    return came + panel


def unfinished_sittings(case_ids: Collection[int]) -> set[int]:
    """Cases with a sitting to come, or with something undertaken there that is not done. One query."""
    open_ones = [DoingState.OPEN, DoingState.REPORTED]
    rows = Sitting.objects.filter(petition__in=case_ids).filter(
        Q(state=SittingState.CALLED) | Q(undertakings__state__in=open_ones)
    )
    return {pk for pk in rows.values_list("petition_id", flat=True) if pk is not None}
