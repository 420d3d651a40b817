"""What is done to a draft beside its way: discarded, or put to a leader. Each door locks case, link and paper."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import now
from core.wording import said
from documents import services as documents
from documents.enums import PaperState
from papers import rules
from papers.models import CasePaper
from papers.services.drafting import signers
from papers.services.inside import locked, tell

LONGEST = 500


def discard(*, actor: Actor, row: CasePaper, reason: str, at: datetime | None = None) -> CasePaper:
    """作废草稿: the row stays with the reason, and what the case asks for may be drafted anew.

    Raises Refusal: no reason, neither the drafter nor the unit's head, issued, discarded before.
    """
    at = at or now()
    reason = said(reason, _("请写明作废的理由。"), longest=LONGEST)
    with transaction.atomic():
        found = locked(row, actor)
        found.paper = documents.discard(actor=actor, paper=found.paper, at=at)
        found.discarded_at, found.discarded_by, found.discard_reason = at, actor.user, reason
        found.save(update_fields=["discarded_at", "discarded_by", "discard_reason"])
        found.letter_cases.update(counts=False)
    return found


def put_to_leader(
    *, actor: Actor, row: CasePaper, major: bool, reason: str, at: datetime | None = None
) -> CasePaper:
    """报领导签发: a matter that the unit's head does not sign alone; or a leader's word that the head does after all.

    Raises Refusal: no reason, not of the unit, signed already, as it was; taking it back by whoever is no leader.
    """
    at = at or now()
    reason = said(reason, _("请写明理由。"), longest=LONGEST)
    with transaction.atomic():
        found = locked(row, actor)
        if not rules.may_raise(found, actor) and rules.may_raise_at_all(found):
            words = _("报领导签发由拟稿单位提出；已经报领导签发的，由领导决定改由单位签发。")
            raise Refusal(words, code="forbidden")
        found.paper = documents.set_major(actor=actor, paper=found.paper, major=major, reason=reason, at=at)
        found.raised_at, found.raised_by, found.raise_reason = at, actor.user, reason
        found.save(update_fields=["raised_at", "raised_by", "raise_reason"])
        if found.paper.state == PaperState.CHECKED:
            told = _("%(number)s 的%(paper)s等待签发。")
            tell(found, signers(found, at), told, f"approve:{at.timestamp()}", at, actor)
    return found
