"""重大紧急 (条例 27, 46(4)): quickly raised by one, lowered only by two, and never by whoever the report concerns."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post
from accounts.selectors import desk_posts, office_posts
from core.errors import Refusal
from core.wording import said
from petitions.enums import Act, Urgency
from petitions.models import Petition, UrgencyLowering
from petitions.services import telling
from petitions.services.stepping import Stepping, stepping

ORDER = tuple(Urgency)


def raise_urgency(
    *,
    petition: Petition,
    actor: Actor,
    urgency: Urgency,
    reason: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """Make the case more urgent; the office and the lead unit's people are told. An open wish to lower it falls.

    Raises Refusal: no reason, or not higher than it is.
    """
    with stepping(petition, Act.RAISE_URGENCY, actor, at=at, token=token) as work:
        case = work.petition
        reason = said(reason)
        if ORDER.index(urgency) <= ORDER.index(Urgency(case.urgency)):
            raise Refusal(_("本件已经是“%(now)s”。") % {"now": case.get_urgency_display()}, code="invalid")
        if case.lowering_asked_by_id is not None:
            _close(work, agreed=False, decision=_("紧急程度已提高，原申请失效。"))
        work.change(urgency=urgency)
        work.text = f"{urgency.label}：{reason}"
        work.detail = {"urgency": urgency}
        posts = office_posts(Role.PETITION_OFFICER, work.at)
        if case.lead_unit is not None:
            posts += desk_posts(case.lead_unit, work.at)
        words = {"number": case.number, "urgency": urgency.label}
        _tell(work, posts, _("%(number)s 提为“%(urgency)s”，请优先办理。") % words)


def ask_lowering(
    *,
    petition: Petition,
    actor: Actor,
    urgency: Urgency,
    reason: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """An officer asks; nothing changes until another one agrees.

    Raises Refusal: no reason, not lower than it is, or asked already.
    """
    with stepping(petition, Act.ASK_LOWERING, actor, at=at, token=token) as work:
        case = work.petition
        reason = said(reason)
        if case.lowering_asked_by_id is not None:
            raise Refusal(_("已经有人申请降低，正等待另一人核实。"), code="stale")
        if ORDER.index(urgency) >= ORDER.index(Urgency(case.urgency)):
            raise Refusal(
                _("本件现在是“%(now)s”，请选更低的。") % {"now": case.get_urgency_display()}, code="invalid"
            )
        assert actor.user is not None
        UrgencyLowering.objects.create(
            petition=case, urgency=urgency, reason=reason, asked_at=work.at, asked_by=actor.user
        )
        work.change(lowering_asked_by=actor.user)
        work.text = f"{urgency.label}：{reason}"
        work.detail = {"urgency": urgency}
        officers = office_posts(Role.PETITION_OFFICER, work.at)
        others = [post for post in officers if post.user_id != actor.user.pk]
        _tell(work, others, _("%(number)s 有人申请降低紧急程度，请核实。") % {"number": case.number})


def decide_lowering(
    *,
    petition: Petition,
    actor: Actor,
    agree: bool,
    decision: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """Another officer than the one who asked agrees, or it stays as it is."""
    act = Act.AGREE_LOWERING if agree else Act.REJECT_LOWERING
    with stepping(petition, act, actor, at=at, token=token) as work:
        decision = said(decision, _("请写明核实意见。"))
        asked = _close(work, agreed=agree, decision=decision)
        if agree:
            work.change(urgency=asked.urgency)
        work.text = f"{asked.get_urgency_display()}：{decision}"
        work.detail = {"urgency": asked.urgency, "agreed": agree}


def _close(work: Stepping, *, agreed: bool, decision: str) -> UrgencyLowering:
    asked = UrgencyLowering.objects.select_for_update().get(petition=work.petition, agreed=None)
    asked.agreed, asked.decision, asked.decided_at = agreed, decision, work.at
    asked.decided_by = work.actor.user
    asked.save(update_fields=["agreed", "decision", "decided_at", "decided_by"])
    work.change(lowering_asked_by=None)
    return asked


def _tell(work: Stepping, posts: list[Post], text: str) -> None:
    case = work.petition
    if case.sealed:
        posts = [post for post in posts if post.unit.kind == UnitKind.DISCIPLINE]
    telling.notify_about(
        case,
        posts,
        text=text,
        dedupe_key=f"urgency:{case.pk}:{work.step.act}:{work.at.timestamp()}",
        level="soon",
        at=work.at,
    )
