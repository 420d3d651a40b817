"""送达 of a case's papers. Where it starts a right, the door of the room below is opened with it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from core.timekeeping import now
from documents import services as documents
from documents.enums import PaperKind, ServiceMethod, ServiceOutcome
from documents.models import Delivery
from documents.services import NewDelivery
from papers import answers, rules
from papers.enums import OF_ACCEPTANCE, SUBJECTS
from papers.models import CasePaper
from papers.services.inside import locked
from petitions.enums import NoticeWay, Status
from petitions.enums import ServiceMethod as Way
from petitions.services import answering, guiding, noticing
from reviews.enums import State
from reviews.services import deciding

SIGNED = frozenset({ServiceMethod.DIRECT, ServiceMethod.FAMILY, ServiceMethod.POST, ServiceMethod.ENTRUSTED})


def serve(*, actor: Actor, row: CasePaper, new: NewDelivery, at: datetime | None = None) -> Delivery:
    """Record one try. The first that counts serves the answer (the petitioner's 30 days begin on that day, 条例 35) or
    the review (条例 36) too, or tells the petitioner of acceptance or refusal (条例 23), in this transaction; further
    representatives get rows of their own.

    Raises Refusal: what ``documents.services.record_served`` refuses, and what the door of the answer or the review
    does; nothing is recorded then.
    """
    at = at or now()
    with transaction.atomic():
        found = locked(row, actor)
        answers.check_before_service(found)
        first = found.paper.served_at is None and new.outcome == ServiceOutcome.SERVED
        delivery = documents.record_served(actor=actor, paper=found.paper, new=new, at=at)
        if first and found.kind in SUBJECTS["reply"]:
            answers.take_at_service(found, actor, at)
            _serve_answer(found, actor, new, at)
        elif first and found.kind in OF_ACCEPTANCE:
            _tell(found, actor, new, at)
        elif first and found.kind == PaperKind.GUIDANCE:
            _guide(found, actor, new, at)
        elif first and found.review is not None:
            _serve_review(found, actor, new, at)
    return delivery


def proof_of(new: NewDelivery) -> str:
    """Witnesses and proof in one text, as the case keeps it."""
    witnesses = "、".join(one for one in new.witnesses if one.strip())
    return "；".join(
        part for part in (f"见证人：{witnesses}" if witnesses else "", new.proof, new.evidence) if part
    )


def _serve_answer(row: CasePaper, actor: Actor, new: NewDelivery, at: datetime) -> None:
    """Not a former answer's, nor one that was served before there was a paper of it."""
    case = row.petition
    reply = getattr(case, "reply", None)
    if reply is None or reply.pk != row.reply_id or case.status != Status.CONCLUDED:
        return
    answering.serve(
        petition=case,
        actor=actor,
        method=Way(new.method),
        served_at=new.tried_at,
        recipient=new.recipient,
        signed=new.method in SIGNED,
        proof=proof_of(new),
        consented=new.consented,
        paper_number=row.paper.number,
        issued_here=True,
        at=at,
    )


def _tell(row: CasePaper, actor: Actor, new: NewDelivery, at: datetime) -> None:
    """The petitioner is told in writing by this paper (条例 23), if nothing told them before."""
    if not row.petition.notice_owed:
        return
    rules.require_present_way(row)
    noticing.give_notice(
        petition=row.petition,
        actor=actor,
        way=NoticeWay(new.method),
        told_at=new.tried_at,
        recipient=new.recipient,
        proof=proof_of(new),
        consented=new.consented,
        paper_number=row.paper.number,
        issued_here=True,
        at=at,
    )


def _guide(row: CasePaper, actor: Actor, new: NewDelivery, at: datetime) -> None:
    """涉法涉诉: this paper is the telling, and its service the step that ends the case here (条例 22, 31). The case
    records what it says. Raises Refusal: the case went another way meanwhile, not an officer's post."""
    fields = row.paper.fields
    guiding.guide(
        petition=row.petition,
        actor=actor,
        body=answers.as_text(fields["competent_body"]),
        procedure=answers.as_text(fields["procedure"]),
        basis=answers.as_text(fields["legal_basis"]),
        way=NoticeWay(new.method),
        told_at=new.tried_at,
        recipient=new.recipient,
        proof=proof_of(new),
        consented=new.consented,
        paper_number=row.paper.number,
        issued_here=True,
        at=at,
    )


def _serve_review(row: CasePaper, actor: Actor, new: NewDelivery, at: datetime) -> None:
    assert row.review is not None
    if row.review.state != State.DECIDED:
        return
    deciding.serve(
        review=row.review,
        actor=actor,
        method=Way(new.method),
        served_at=new.tried_at,
        proof=proof_of(new),
        consented=new.consented,
        at=at,
    )
