"""不予受理: on a listed ground that can be shown, with where to go instead (条例 19, 23, 31, 36)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.text import clean_text
from petitions import extensions
from petitions.enums import Act, ForwardKind, NoticeOf, RefusalReason, ShareRole, Status
from petitions.models import AcceptanceRefusal, Petition, Share
from petitions.services import accepting, noticing
from petitions.services.stepping import stepping

#: Signs of the ground that is typed: a 文号 with its day, or a body and what it has in hand.
LONGEST_GROUND = 200
LEAST_GROUND = 4


def refuse(
    *,
    petition: Petition,
    actor: Actor,
    reason: RefusalReason,
    explanation: str,
    where_to_go: str,
    ground: str = "",
    at: datetime | None = None,
    token: str = "",
) -> None:
    """不予受理 on a listed ground, saying where to go instead (条例 19, 23, 31, 36). Whoever sent the case is told.

    ``ground`` is what shows that a matter was finally reviewed, or is in hand below, where no linked case does.

    Raises Refusal: no explanation or no place to go, not the unit's to refuse, a ground that nothing shows.
    """
    with stepping(petition, Act.REFUSE, actor, at=at, token=token) as work:
        case = work.petition
        if not where_to_go.strip() or not explanation.strip():
            raise Refusal(_("不予受理须写明理由，并告诉信访人应向何处提出。"), code="invalid")
        sent = _sent_here(case)
        if reason == RefusalReason.NOT_COMPETENT and sent is not None:
            raise Refusal(
                _(
                    "转送、交办来的件不属于本单位职权的，须在 5 个工作日内提出异议，由转送单位核实（条例第二十三条）。"
                ),
                code="invalid",
            )
        ground = clean_text(ground)[:LONGEST_GROUND]
        if reason == RefusalReason.FINAL:
            _check_final(case, ground)
        elif reason == RefusalReason.IN_HAND_ELSEWHERE:
            _check_in_hand(case, ground)
        AcceptanceRefusal.objects.create(
            petition=case,
            reason=reason,
            explanation=explanation,
            where_to_go=where_to_go,
            ground=ground,
            at=work.at,
        )
        work.text = (
            _("%(why)s 依据：%(ground)s") % {"why": explanation, "ground": ground} if ground else explanation
        )
        work.public_text = _("不予受理：%(reason)s。%(why)s 请向%(where)s提出。") % {
            "reason": reason.label,
            "why": explanation,
            "where": where_to_go,
        }
        work.detail = {"reason": reason}
        noticing.at_decision(work, NoticeOf.REFUSED)
        if sent is not None:
            accepting.tell_sender(work, _told(sent), "refused")


def _told(sent: Share) -> str:
    if sent.kind == ForwardKind.ASSIGN:
        return _("%(unit)s 对交办的 %(number)s 不予受理，请审核后办结，或者改派。")
    return _("%(unit)s 对转送的 %(number)s 不予受理，请核实。")


def _sent_here(petition: Petition) -> Share | None:
    """By another office: then only that office may take it back, and it is told what becomes of it."""
    lead = petition.shares.filter(role=ShareRole.LEAD, ended_at=None).first()
    if lead is None or lead.sent_from_id is None or lead.sent_from_id == lead.unit_id:
        return None
    return lead


def _check_final(case: Petition, ground: str) -> None:
    """Only the same facts and reasons after a 复核 that ended the matter; new ones are a new case (条例 36)."""
    original = case.repeat_of
    if original is not None and extensions.ended_for_good(original):
        return
    if len(ground) < LEAST_GROUND or not any(sign.isdigit() for sign in ground):
        raise Refusal(
            _(
                "以复核终结为由不予受理，须有复核意见（条例第三十六条）：请先把本件关联到已复核终结的原件；"
                "在本系统之外复核的，请在“依据”里填写复核意见书的文号和日期。"
            ),
            code="invalid",
        )


def _check_in_hand(case: Petition, ground: str) -> None:
    """What is in hand below is not taken in above (条例 19); what is in the unit's own hands is joined to it."""
    original, unit = case.repeat_of, case.lead_unit
    if original is not None and Status(original.status).is_open and original.lead_unit is not None:
        if unit is not None and original.lead_unit_id == unit.pk:
            raise Refusal(
                _("同一事项 %(number)s 正由本单位办理，请受理后并入原件一并答复，不能不予受理。")
                % {"number": original.number},
                code="invalid",
            )
        if unit is not None and original.lead_unit.is_within(unit):
            return
    if len(ground) < LEAST_GROUND:
        raise Refusal(
            _(
                "以已在办理为由不予受理，只限下级机关正在法定期限内办理的事项（条例第十九条）："
                "请先关联下级正在办理的件，或者在“依据”里写明哪个机关、何时受理。"
            ),
            code="invalid",
        )
