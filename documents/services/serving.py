"""送达 and 归档."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from documents import rules
from documents.enums import PaperState, ServiceMethod, ServiceOutcome
from documents.models import Delivery, Paper
from documents.services.drafting import lock

#: A public notice counts as received so long after it was put up (民诉法 95, by analogy).
PUBLIC_NOTICE = timedelta(days=30)
FEWEST_WITNESSES = 2


@dataclass(frozen=True)
class NewDelivery:
    """One try. ``tried_at``: when it was handed over, arrived, was signed for, or was put up (公告).

    ``evidence`` names a photo or a receipt that the rooms above keep ("attachment:7"); ``proof`` says in words what
    there is: the number of the letter, why a notice was put up.
    """

    method: ServiceMethod
    recipient: str
    tried_at: datetime
    outcome: ServiceOutcome = ServiceOutcome.SERVED
    place: str = ""
    witnesses: tuple[str, ...] = ()
    proof: str = ""
    evidence: str = ""
    consented: bool = False


def record_served(*, actor: Actor, paper: Paper, new: NewDelivery, at: datetime | None = None) -> Delivery:
    """Record a try to serve an issued paper. The first one that counts makes the paper SERVED and sets its day; others
    (further representatives of a joint petition) are kept beside it.

    Raises Refusal: not of that unit, not issued, before the issue, in the future, without what its way needs.
    """
    at = at or now()
    with transaction.atomic():
        row = lock(paper)
        rules.require_records(actor, row)
        if not row.is_frozen or row.issued_at is None:
            raise Refusal(_("文书印发后才能送达。"), code="stale")
        if row.state == PaperState.ARCHIVED:
            raise Refusal(_("此件已归档，不能再登记送达。"), code="stale")
        _require_possible(new, row.issued_at, at)
        delivery = Delivery.objects.create(
            paper=row,
            method=new.method,
            outcome=new.outcome,
            recipient=clean_text(new.recipient),
            place=clean_text(new.place),
            tried_at=new.tried_at,
            served_at=_counts_from(new),
            consented=new.consented,
            witnesses="、".join(map(clean_text, new.witnesses)),
            proof=clean_text(new.proof),
            evidence=new.evidence,
            by=actor.user,
            recorded_at=at,
        )
        if delivery.served_at and row.served_at is None:
            row.state, row.served_at = PaperState.SERVED, delivery.served_at
            row.save(update_fields=["state", "served_at"])
        detail = {"how": new.method, "outcome": new.outcome}
        audit.record(actor=actor, act="paper.serve", obj=row, detail=detail, at=at)
    return delivery


def archive(*, actor: Actor, paper: Paper, at: datetime | None = None) -> Paper:
    """归档. A paper for the petitioner must have been served first. Raises Refusal."""
    at = at or now()
    with transaction.atomic():
        row = lock(paper)
        rules.require_writer(actor, row.unit)
        if row.state not in (PaperState.ISSUED, PaperState.SERVED):
            raise Refusal(_("已印发的文书才能归档，且只归档一次。"), code="stale")
        if row.template.service and row.served_at is None:
            raise Refusal(_("此件须先送达信访人再归档。"), code="stale")
        row.state, row.archived_by, row.archived_at = PaperState.ARCHIVED, actor.user, at
        row.save(update_fields=["state", "archived_by", "archived_at"])
        audit.record(actor=actor, act="paper.archive", obj=row, at=at)
    return row


def _counts_from(new: NewDelivery) -> datetime | None:
    if new.outcome != ServiceOutcome.SERVED:
        return None
    return new.tried_at + PUBLIC_NOTICE if new.method == ServiceMethod.PUBLIC else new.tried_at


def _require_possible(new: NewDelivery, issued_at: datetime, at: datetime) -> None:
    if not clean_text(new.recipient):
        raise Refusal(_("请写明受送达人。"), code="invalid")
    if new.tried_at < issued_at:
        raise Refusal(_("送达时间不能早于文书印发的时间，请核对。"), code="invalid")
    if new.tried_at > at:
        raise Refusal(_("送达时间不能晚于现在，请核对。"), code="invalid")
    if new.outcome == ServiceOutcome.SERVED and (sentence := _lacking(new)):
        raise Refusal(sentence, code="invalid")


def _lacking(new: NewDelivery) -> str:  # noqa: PLR0911 (one line per way)
    """What this way of service needs and does not have (民诉法 87–95, by analogy); empty when all is there."""
    witnessed = len([one for one in new.witnesses if clean_text(one)]) >= FEWEST_WITNESSES
    proved = bool(clean_text(new.proof) or new.evidence)
    match new.method:
        case ServiceMethod.PHONE:
            return _("文书不能用电话送达，请选择其他送达方式。")
        case ServiceMethod.ELECTRONIC if not new.consented:
            return _("电子送达须经受送达人同意，请先取得同意并登记。")
        case ServiceMethod.LEFT if not (witnessed or new.evidence):
            return _("留置送达须有两名见证人签名，或者附照片、录像。")
        case ServiceMethod.POST if not proved:
            return _("邮寄送达请填写回执或者邮件编号。")
        case ServiceMethod.PUBLIC if not proved:
            return _("公告送达请写明原因和公告的地点或者载体。")
        case ServiceMethod.ENTRUSTED if not proved:
            return _("委托送达请写明受委托的单位和回证。")
    return ""
