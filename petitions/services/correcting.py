"""An answer that was recorded wrongly is put right before anybody outside was given it (条例 32)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.wording import said
from petitions.enums import Act, Outcome
from petitions.models import Petition, Reply
from petitions.services import answering, joining
from petitions.services.stepping import Stepping, stepping

Outcomes = Mapping[int, tuple[Outcome, str]]


def correct(
    *,
    petition: Petition,
    actor: Actor,
    reason: str,
    text: str,
    basis: str = "",
    outcomes: Outcomes,
    paper: bool = False,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """Another text, another outcome of a request, another basis, as long as the answer is not served. It stays the
    answer of the day on which it was given: no clock moves. What was recorded before stays, whole, in the history.

    A joined case that was answered with the same words goes along; ``outcomes`` then holds its requests too.

    Raises Refusal: no reason, nothing that differs, and whatever ``answering.conclude`` refuses.
    """
    reason = said(reason, _("请写明更正的原因。"), longest=500)
    text = said(text, _("请写明内容。"))
    with stepping(petition, Act.CORRECT, actor, at=at, token=token) as work:
        above, was = joining.words_above_reply(), work.petition.reply.text

        def put(one: Stepping) -> None:
            _put(one, text if one is work else f"{above}{text}", basis, outcomes, paper, reason)

        joining.together(work, put, also=lambda case: joining.answered_with(case, f"{above}{was}"))
    petition.reply.refresh_from_db()


def _put(work: Stepping, text: str, basis: str, outcomes: Outcomes, paper: bool, reason: str) -> None:
    case, reply = work.petition, Reply.objects.get(petition=work.petition)
    before, former = _as_recorded(case, reply), _in_words(case, reply)
    reply.kind, reply.review_body = answering.decide(case, text, basis, outcomes, reply.review_body, paper)
    reply.text, reply.basis = text, basis
    if _as_recorded(case, reply) == before:
        raise Refusal(_("结论、意见、正文和依据都没有改动，没有更正。"), code="invalid")
    reply.save(update_fields=["kind", "review_body", "text", "basis"])
    work.text = _("更正原因：%(reason)s\n%(former)s") % {"reason": reason, "former": former}


def _as_recorded(case: Petition, reply: Reply) -> list[object]:
    decided = case.requests.order_by("ordinal").values_list("ordinal", "outcome", "opinion")
    return [reply.kind, reply.text, reply.basis, *decided]


def _in_words(case: Petition, reply: Reply) -> str:
    lines = [_("原答复：%(text)s") % {"text": reply.text}]
    if reply.basis:
        lines.append(_("原依据：%(basis)s") % {"basis": reply.basis})
    for one in case.requests.order_by("ordinal"):
        if one.outcome:
            words = {"n": one.ordinal, "outcome": one.get_outcome_display(), "opinion": one.opinion}
            lines.append(_("诉求 %(n)d 原结论：%(outcome)s。%(opinion)s") % words)
    return "\n".join(lines)
