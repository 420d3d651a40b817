"""回访 at set times, and a matter that comes back: mediated again, linked with the agreement it comes from."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import User
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from deadlines import services as deadlines
from mediation.agreement_enums import VisitResult
from mediation.enums import MediationAct
from mediation.models import (
    Agreement,
    AgreementClock,
    AgreementVisit,
    CameBack,
    MediationCase,
    Room,
)
from mediation.services import agreement_inside, opening

LONGEST_WORDS = 1000


def record_visit(
    *, visit: AgreementVisit, actor: Actor, result: VisitResult, words: str = "", at: datetime | None = None
) -> AgreementVisit:
    """How it goes, as they say themselves. Raises Refusal: not one's right, recorded before, 不满意 without a word."""
    at = at or now()
    words = clean_text(words)[:LONGEST_WORDS]
    if result == VisitResult.UNSATISFIED and not words:
        raise Refusal(_("不满意的，请写明当事人怎么说。"), code="invalid")
    with transaction.atomic():
        agreement = agreement_inside.in_force(visit.agreement, actor, MediationAct.FOLLOW)
        row: AgreementVisit = agreement.visits.select_for_update().get(pk=visit.pk)
        if row.result:
            raise Refusal(_("这次回访已经登记。"), code="stale")
        row.result, row.words, row.done_at, row.done_by = result, words, at, actor.user
        row.save(update_fields=["result", "words", "done_at", "done_by"])
        deadlines.stop_all(AgreementClock.objects.filter(visit=row), at)
        agreement_inside.on_record(row, actor, "agreement_visit", at, visit=result)
    return row


def mediate_again(
    *, agreement: Agreement, actor: Actor, room: Room, mediator: User, at: datetime | None = None
) -> MediationCase:
    """A new mediation of the same case, by the same door as any other: consent is asked anew (人民调解法 17).

    Raises Refusal: not in force, a dispute without a case, which is registered anew where it is taken in, and whatever
    ``opening.open_mediation`` refuses.
    """
    at = at or now()
    with transaction.atomic():
        mediation = agreement_inside.locked_mediation(agreement.mediation)
        if not agreement.holds:
            raise Refusal(_("协议还没有生效，请先办好签字。"), code="stale")
        case = agreement_inside.case_of(mediation)
        if case is None:
            raise Refusal(_("这起纠纷不是信访件转来的，请在调解室重新登记一起纠纷。"), code="invalid")
        made = opening.open_mediation(petition=case, actor=actor, room=room, mediator=mediator, at=at)
        CameBack.objects.create(agreement=agreement, mediation=made, at=at, by=actor.user)
        agreement_inside.on_record(agreement, actor, "agreement_again", at)
    return made
