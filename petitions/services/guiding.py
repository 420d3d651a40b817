"""诉访分离: the petition office leads a 涉法涉诉 matter to the court, the procuratorate or the police (条例 20, 22).

It is not accepted here and has no 60 days. Where the tree has a 政法 unit the case may be forwarded to it instead
(``forwarding``); either way the petitioner is told in writing which body, by which procedure, on what legal ground.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.text import clean_text
from petitions import extensions
from petitions.enums import Act, NoticeOf, NoticeWay
from petitions.models import Petition
from petitions.services import noticing, outside
from petitions.services.stepping import stepping

LONGEST = 200


def guide(
    *,
    petition: Petition,
    actor: Actor,
    body: str,
    procedure: str,
    basis: str,
    way: NoticeWay | None = None,
    told_at: datetime | None = None,
    recipient: str = "",
    proof: str = "",
    consented: bool = False,
    paper_number: str = "",
    issued_here: bool = False,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """Lead the petitioner to ``body``, and end the case here, told. Whoever filed online is told by their own page;
    of all others ``way`` and ``told_at`` say how the notice was given, as in ``noticing.give_notice``. A 涉法涉诉告知书
    that is written here is served from its own page (``issued_here``), which guides with its words.

    Raises Refusal: not classified as 涉法涉诉, no body, procedure or basis, nothing that shows the telling.
    """
    with stepping(petition, Act.GUIDE, actor, at=at, token=token) as work:
        if not issued_here and extensions.elsewhere(Act.GUIDE, work.petition):
            raise Refusal(
                _("涉法涉诉告知书已经在本系统里拟写，请从那份文书印发、登记送达；不再使用的，先把它作废。"),
                code="stale",
            )
        said = {"body": clean_text(body), "procedure": clean_text(procedure), "basis": clean_text(basis)}
        if not all(said.values()):
            raise Refusal(
                _(
                    "请写明由哪个机关、按什么程序处理，依据哪部法律：告知信访人须有这些内容（条例第三十一条）。"
                ),
                code="invalid",
            )
        told = None if issued_here else noticing.of_itself(work.petition, NoticeOf.GUIDED, work.at)
        if told is None:
            if way is None:
                raise Refusal(_("请先书面告知信访人，再登记告知方式和时间。"), code="invalid")
            told = noticing.as_given(
                way=way,
                told_at=told_at or work.at,
                recipient=recipient,
                proof=proof,
                consented=consented,
                paper_number=paper_number,
                by=actor.user,
            )
            if not issued_here:
                outside.refuse_used(work.petition, told.paper_number, actor)
            noticing.check(work.petition, told, since=work.petition.received_at, at=work.at)
            told.petition, told.of, told.recorded_at = work.petition, NoticeOf.GUIDED, work.at
        told.by = actor.user
        noticing.keep(told)
        work.change(closed_at=work.at)
        work.text = _("引导到%(body)s；程序：%(procedure)s；依据：%(basis)s") % said
        work.public_text = (
            _(
                "您反映的属于诉讼、刑事立案、法律监督等涉法涉诉事项，依法由%(body)s处理，请按%(procedure)s向其提出。"
                "依据：%(basis)s。"
            )
            % said
        )
