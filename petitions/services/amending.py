"""The answer as it is recorded says what the paper says by which it is given (条例 32)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from core.text import words_differ
from petitions.enums import Act, Status
from petitions.models import Petition
from petitions.services import joining, reviewing
from petitions.services.stepping import Stepping, stepping
from petitions.workflow import ClockCode as C

#: Signs of the former words that the line in the history keeps.
KEPT = 200


def amend(
    *,
    petition: Petition,
    actor: Actor,
    text: str,
    basis: str,
    opinions: Mapping[int, str],
    number: str,
    at: datetime,
) -> bool:
    """Put the words of the paper ``number`` in the place of those that were recorded at 答复; whether any differed.

    ``opinions``: a request's id to what is decided on it; which outcome it has, stays. A joined case that was answered
    with the same text goes along; its own requests stay. Nothing is written where only spaces differ. Where the
    petitioner had the answer before, they are told, and their 30 days begin anew with the corrected paper (条例 35).

    Raises Refusal: an answer that was set aside, word for word (条例 36).
    """
    reply = petition.reply
    requests = {one.pk: one for one in petition.requests.all()}
    other = {pk: words for pk, words in opinions.items() if words_differ(words, requests[pk].opinion)}
    if not other and not words_differ(text, reply.text) and not words_differ(basis, reply.basis):
        return False
    refuse_what_was_set_aside(petition, text, opinions)
    above, was = joining.words_above_reply(), reply.text

    def put(one: Stepping) -> None:
        _put(one, text if one is work else f"{above}{text}", basis, number)

    with stepping(petition, Act.AMEND, replace(actor, role=Role.SYSTEM), at=at) as work:
        joining.together(work, put, also=lambda case: joining.answered_with(case, f"{above}{was}"))
        for pk, words in other.items():
            requests[pk].opinion = words
            requests[pk].save(update_fields=["opinion"])
    petition.reply.refresh_from_db()
    return True


def _put(work: Stepping, text: str, basis: str, number: str) -> None:
    reply = work.petition.reply
    work.untold = work.petition.status == Status.CONCLUDED
    if not work.untold:
        work.stops.add(C.PETITIONER_WINDOW)
        work.starts.add(C.PETITIONER_WINDOW)
    work.text = _("登记的答复按文书（%(number)s）更新。原答复：%(text)s") % {
        "number": number,
        "text": reply.text[:KEPT],
    }
    work.public_text = _(
        "答复已按更正后的文书（%(number)s）更新，评价和申请复查的 30 日从今天起重新计算。"
    ) % {"number": number}
    reply.text, reply.basis = text, basis
    reply.save(update_fields=["text", "basis"])


def refuse_what_was_set_aside(petition: Petition, text: str, opinions: Mapping[int, str]) -> None:
    """Raises Refusal: see ``reviewing.refuse_the_same_again``."""
    said = {one.ordinal: (one.outcome, opinions.get(one.pk, one.opinion)) for one in petition.requests.all()}
    reviewing.refuse_the_same_again(petition, text, said)
