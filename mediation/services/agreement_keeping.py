"""What becomes of agreements when their case is sealed, archived, or its people are forgotten."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import OuterRef, QuerySet

from deadlines import services as deadlines
from mediation.agreement_enums import RUNNING, DutyState
from mediation.models import (
    Agreement,
    AgreementClock,
    AgreementFile,
    AgreementText,
    AgreementVisit,
    Confirmation,
    Dispute,
    Duty,
    DutyReport,
)
from petitions.models import Petition


def unfinished(case_ids: Collection[int]) -> set[int]:
    """Cases with a duty that is still to be done, or an application the court has not answered. Two queries."""
    owed = Duty.objects.filter(
        agreement__mediation__petition__in=case_ids, agreement__effective_on__isnull=False, state__in=RUNNING
    )
    asked = Confirmation.objects.filter(agreement__mediation__petition__in=case_ids, result="")
    found = {*owed.values_list("agreement__mediation__petition_id", flat=True)}
    return found | {*asked.values_list("agreement__mediation__petition_id", flat=True)}


def let_go(petition: Petition, at: datetime) -> None:
    """The case was sealed: nobody here follows it up any more (条例 30)."""
    agreements = Agreement.objects.select_for_update(of=("self",)).filter(mediation__petition=petition)
    mine = [one.pk for one in agreements]
    deadlines.stop_all(AgreementClock.objects.filter(agreement__in=mine), at)
    Duty.objects.filter(agreement__in=mine, state__in=RUNNING).update(state=DutyState.LAPSED)


def unfinished_disputes() -> QuerySet[Duty]:
    """Duties of disputes without a petition that are still to be done: until then nothing of them is forgotten."""
    return Duty.objects.filter(
        agreement__mediation__dispute=OuterRef("pk"), agreement__effective_on__isnull=False, state__in=RUNNING
    )


def forget(matter: Petition | Dispute) -> int:
    """Empty the sealed texts; sums, days and results stay, and name nobody."""
    of = {"agreement__mediation__in": matter.mediations.all()}
    return sum(
        (
            AgreementText.objects.filter(**of).update(facts=b"", dispute=b"", liability=b"", content=b""),
            Duty.objects.filter(**of).update(what=b"", way=b""),
            DutyReport.objects.filter(duty__agreement__mediation__in=matter.mediations.all()).update(
                words=b""
            ),
            Confirmation.objects.filter(**of).update(applied_by=b""),
            AgreementVisit.objects.filter(**of).update(words=b""),
            AgreementFile.objects.filter(**of).update(content=b"", size=0, sha256=""),
        )
    )
