"""成文: when the opinion is made. The 60 days end then (条例 34: 作出), not when its text is settled (答复), and
service begins to be due.

Issued here, the paper's own room says so (``made_by_paper``). Made elsewhere, the unit enters its 文号 and day
(``record_outside``). At the latest it was made when it was served.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from functools import partial

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import SHANGHAI, han_date, local_day
from documents.selectors import given_here_alone
from petitions import extensions, rules
from petitions.enums import Act, ReplyKind
from petitions.models import PaperService, Petition, Reply
from petitions.services import joining
from petitions.services.outside import refuse_used
from petitions.services.stepping import Stepping, stepping

#: Signs of a 文号.
LONGEST_NUMBER = 60
#: Of a day that is entered later no hour is known.
NOON = time(12)


def made_by_paper(*, petition: Petition, actor: Actor, number: str, at: datetime) -> None:
    """The paper of the answer was issued, in the caller's transaction. Nothing where the answer was made before: what
    corrects a paper starts no clock again, and an answer outside path six is made when it is given."""
    if not rules.opinion_pending(petition):
        return
    by_system = replace(actor, role=Role.SYSTEM)
    with stepping(petition, Act.MAKE_OPINION, by_system, at=at) as work:
        _together(work, number=number, moment=work.at, outside=False)


def record_outside(
    *,
    petition: Petition,
    actor: Actor,
    paper_number: str,
    made_on: date,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """The opinion was made outside the system: its 文号 and 成文日期, between the day of the answer and today.

    Raises Refusal: no number, an impossible day, made already, no opinion.
    """
    number = clean_text(paper_number)
    with stepping(petition, Act.MAKE_OPINION, actor, at=at, token=token) as work:
        check_number(number)
        check_outside(work.petition, number, actor)
        assert work.petition.concluded_at is not None
        if not local_day(work.petition.concluded_at) <= made_on <= local_day(work.at):
            raise Refusal(_("成文日期须在答复之日到今天之间。"), code="invalid")
        day_ago = made_on < local_day(work.at)
        moment = datetime.combine(made_on, NOON, SHANGHAI) if day_ago else work.at
        _together(work, number=number, moment=moment, outside=True)


def check_number(number: str) -> None:
    """Raises Refusal: what is no 文号."""
    if not number or len(number) > LONGEST_NUMBER or not any(sign.isdigit() for sign in number):
        raise Refusal(_("请照文书填写文号，如“清城管意〔2026〕12号”，不超过 60 字。"), code="invalid")


def check_outside(case: Petition, number: str, actor: Actor) -> None:
    """Raises Refusal: no number that is typed goes round the check and the signature of a paper that is being written
    here, nor is it one that only this system gives, or one of another case of the unit."""
    if extensions.elsewhere(Act.SERVE, case):
        raise Refusal(
            _("这份答复已经在本系统里拟写文书，请从那份文书签发、编号后登记送达；不再使用的，先把它作废。"),
            code="stale",
        )
    if number and given_here_alone(number):
        raise Refusal(
            _(
                "“%(number)s”是本系统编号的文号，不能手工填写。请在本件的“文书”里拟写、签发、编号，再从文书登记送达。"
            )
            % {"number": number},
            code="invalid",
        )
    refuse_used(case, number, actor)


def _together(work: Stepping, *, number: str, moment: datetime, outside: bool) -> None:
    """A joined case goes along where it was answered in the same words and the same people will be served with this
    very paper; what needs a paper of its own is made with that."""
    original = work.petition
    words = f"{joining.words_above_reply()}{original.reply.text}"

    def same_paper(case: Petition) -> bool:
        answered = rules.opinion_pending(case) and joining.answered_with(case, words)
        return answered and joining.same_people(case, original)

    joining.together(work, partial(_make, number=number, moment=moment, outside=outside), also=same_paper)


def _make(work: Stepping, *, number: str, moment: datetime, outside: bool) -> None:
    reply = work.petition.reply
    _set(work, reply, moment)
    if outside:
        reply.paper_number = number
        reply.save(update_fields=["paper_number"])
    words = {"what": called(reply), "number": number, "day": han_date(_of(reply))}
    numbered = _("（%(number)s）") % words if number else ""
    work.text = _("%(what)s%(numbered)s%(day)s成文") % {**words, "numbered": numbered}
    work.public_text = _("%(what)s%(numbered)s已作出，正在送达。") % {**words, "numbered": numbered}


def at_service(work: Stepping, service: PaperService) -> None:
    """Within the step of service: the clocks go by the day on which it was handed over or put up, and what nobody had
    entered as made was made by then.

    Raises Refusal: served before it was made.
    """
    reply, handed = work.petition.reply, service.published_at or service.served_at
    if reply.made_at is not None and local_day(handed) < local_day(reply.made_at):
        raise Refusal(
            _("送达日期不能早于答复成文的%(day)s，请核对。") % {"day": han_date(reply.made_at)},
            code="invalid",
        )
    _set(work, reply, max(handed, reply.made_at or handed))


def _set(work: Stepping, reply: Reply, moment: datetime) -> None:
    """When it was made, once; the clocks of this step go by ``moment``, no earlier than the answer itself."""
    assert work.petition.concluded_at is not None
    moment = min(max(moment, work.petition.concluded_at), work.at)
    if moment < work.at:
        work.done_at = moment
    if reply.made_at is None:
        reply.made_at = moment
        reply.save(update_fields=["made_at"])


def _of(reply: Reply) -> datetime:
    assert reply.made_at is not None
    return reply.made_at


def called(reply: Reply) -> str:
    return _("处理意见书") if reply.kind == ReplyKind.OPINION else _("答复")


def words_of_answer(case: Petition, unit_name: str) -> str:
    """What the petitioner is told when the answer is settled: that it is on its way only where it is made."""
    told = (
        _("%(unit)s已确定答复意见，正在制作，作出后送达。")
        if rules.on_path_six(case)
        else _("%(unit)s已作出答复，正在送达。")
    )
    return told % {"unit": unit_name}
