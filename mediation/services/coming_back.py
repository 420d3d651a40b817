"""回访 at set times, and a matter that comes back: mediated again, linked with the agreement it comes from."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import User
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from deadlines import services as deadlines
from mediation import rules
from mediation.agreement_enums import VisitResult
from mediation.enums import DisputeKind, MediationAct
from mediation.models import (
    Agreement,
    AgreementClock,
    AgreementVisit,
    CameBack,
    MediationCase,
    Room,
)
from mediation.services import agreement_inside, disputes, opening

LONGEST_WORDS = 1000
#: A visit may be made so long before its day.
EARLY = timedelta(days=7)


def record_visit(
    *, visit: AgreementVisit, actor: Actor, result: VisitResult, words: str = "", at: datetime | None = None
) -> AgreementVisit:
    """How it goes, as they say themselves. Raises Refusal: not one's right, recorded before, days too early, 不满意
    without a word."""
    at = at or now()
    words = clean_text(words)[:LONGEST_WORDS]
    if result == VisitResult.UNSATISFIED and not words:
        raise Refusal(_("不满意的，请写明当事人怎么说。"), code="invalid")
    with transaction.atomic():
        agreement = agreement_inside.in_force(visit.agreement, actor, MediationAct.FOLLOW)
        row: AgreementVisit = agreement.visits.select_for_update().get(pk=visit.pk)
        if row.result:
            raise Refusal(_("这次回访已经登记。"), code="stale")
        if row.due_on - local_day(at) > EARLY:
            raise Refusal(
                _("这次回访定在%(day)s，还没有到；现在问到的情况，请记在最近的一次回访里。")
                % {"day": row.due_on.isoformat()},
                code="invalid",
            )
        row.result, row.words, row.done_at, row.done_by = result, words, at, actor.user
        row.save(update_fields=["result", "words", "done_at", "done_by"])
        deadlines.stop_all(AgreementClock.objects.filter(visit=row), at)
        agreement_inside.on_record(row, actor, "agreement_visit", at, visit=result)
    return row


def mediate_again(
    *, agreement: Agreement, actor: Actor, room: Room, mediator: User, at: datetime | None = None
) -> MediationCase:
    """A new mediation of the same case or dispute, linked with the agreement: consent is asked anew (人民调解法 17).

    Raises Refusal: not one's right, not in force, and whatever ``opening.open_mediation`` or ``disputes.take_up``
    refuses.
    """
    at = at or now()
    with transaction.atomic():
        mediation = agreement_inside.locked_mediation(agreement.mediation)
        if not agreement.holds:
            raise Refusal(_("协议还没有生效，请先办好签字。"), code="stale")
        if mediation.dispute is None:
            case = agreement_inside.case_of(mediation)
            assert case is not None  # mediation_of_a_case_or_a_dispute
            made = opening.open_mediation(petition=case, actor=actor, room=room, mediator=mediator, at=at)
        else:
            agreement.mediation = mediation
            if not may_mediate_again(agreement, actor):
                rules.require(MediationAct.TAKE_UP, actor, dispute=mediation.dispute)
            kind = DisputeKind(mediation.dispute.kind)
            made = disputes.begin(mediation.dispute, actor, room=room, mediator=mediator, kind=kind, at=at)
        CameBack.objects.create(agreement=agreement, mediation=made, at=at, by=actor.user)
        agreement_inside.on_record(agreement, actor, "agreement_again", at)
    return made


def may_mediate_again(agreement: Agreement, actor: Actor) -> bool:
    """Whoever may open one of the case; of a dispute whoever takes it up, and the mediator who follows it up."""
    mediation = agreement.mediation
    if mediation.dispute is None:
        return rules.may(MediationAct.OPEN, actor, petition=agreement_inside.case_of(mediation))
    followed = rules.may(MediationAct.FOLLOW, actor, mediation=mediation)
    return followed or rules.may(MediationAct.TAKE_UP, actor, dispute=mediation.dispute)
