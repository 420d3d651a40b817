"""What this room tells the archives of a case, and what it empties when the people of the case are anonymised."""

from __future__ import annotations

from collections.abc import Collection

from hearings.enums import OPEN
from hearings.models import ExpertQuestion, Hearing, HearingRecord, PanelMember
from petitions.models import Petition


def unfinished(case_ids: Collection[int]) -> set[int]:
    """Cases with a hearing still to come. One query."""
    rows = Hearing.objects.filter(petition__in=case_ids, state__in=OPEN)
    return set(rows.values_list("petition_id", flat=True))


def forget(petition: Petition) -> int:
    """Empty the names of people from outside, who came, and of whom opinions were asked. That there was a hearing, on
    which day and with how many, stays; so do names that people wrote into other texts."""
    outside = PanelMember.objects.filter(hearing__petition=petition).exclude(name=b"").update(name=b"")
    came = HearingRecord.objects.filter(hearing__petition=petition).exclude(came=b"").update(came=b"")
    asked = ExpertQuestion.objects.filter(petition=petition).exclude(whom=b"").update(whom=b"")
    return outside + came + asked
