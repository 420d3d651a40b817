"""What an agreement must say before anybody signs it, and what a duty may look like (人民调解法 29)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from core.errors import Refusal
from core.text import clean_text
from core.wording import said
from mediation.agreement_enums import AgreementKind
from mediation.enums import Side
from mediation.models import AgreementText, Party

LONGEST = 5000  # signs of each part
MOST_DUTIES = 24
#: Yuan. A sum above it is a slip of the hand: nought too many.
MOST_MONEY = Decimal("1000000000")
#: No instalment is due later than that.
FARTHEST = timedelta(days=365 * 30)


@dataclass(frozen=True, kw_only=True)
class NewDuty:
    """``amount``: yuan, None where no money is owed. ``due_on``: the last day that is in time."""

    ower: Party
    owed: Party
    what: str
    due_on: date | None
    way: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class NewAgreement:
    """``done_already``: carried out on the spot, nothing is left to do."""

    kind: AgreementKind
    content: str
    facts: str = ""
    dispute: str = ""
    liability: str = ""
    done_already: bool = False
    duties: Sequence[NewDuty] = ()


def check_words(new: NewAgreement) -> None:
    """Raises Refusal: nothing was agreed, or a part that is too long."""
    if new.kind not in AgreementKind:
        raise Refusal(_("请选择协议的种类。"), code="invalid")
    said(new.content, _("请写明协议内容。"), longest=LONGEST)
    for text in (new.facts, new.dispute, new.liability):
        if clean_text(text):
            said(text, longest=LONGEST)


def check_duties(duties: Sequence[NewDuty], here: Sequence[Party], since: date) -> None:
    """Each between two who are still there, on a day from ``since`` on, of a sum that can be meant. Raises Refusal
    that says of which."""
    if len(duties) > MOST_DUTIES:
        raise Refusal(_("一份协议最多 %(n)d 项义务，请合并。") % {"n": MOST_DUTIES}, code="invalid")
    known = {party.pk for party in here}
    for n, one in enumerate(duties, 1):
        if sentence := _wrong_people(one, known) or _wrong_day(one, since) or _wrong_terms(one):
            raise Refusal(_("第 %(n)d 项义务：%(what)s") % {"n": n, "what": sentence}, code="invalid")


def _wrong_people(one: NewDuty, known: set[int]) -> str:
    if not {one.ower.pk, one.owed.pk} <= known:
        return _("当事人已经不在本次调解里，请重新选择。")
    return _("履行的和接受履行的不能是同一个人。") if one.ower.pk == one.owed.pk else ""


def _wrong_day(one: NewDuty, since: date) -> str:
    if one.due_on is None:
        return _("请填写最后日期，没有日期就没法提醒。")
    if one.due_on < since:
        return _("最后日期不能早于%(day)s。") % {"day": since.isoformat()}
    return _("最后日期在三十年以后，请核对。") if one.due_on > since + FARTHEST else ""


def _wrong_terms(one: NewDuty) -> str:
    if not clean_text(one.what) or len(one.what) > LONGEST:
        return _("请写明做什么，最多 %(n)d 字。") % {"n": LONGEST}
    if one.amount is not None and not Decimal("0.01") <= one.amount <= MOST_MONEY:
        return _("金额请填 0.01 元到 10 亿元；超过的请核对是不是多写了零。")
    return ""


def missing(kind: AgreementKind, text: AgreementText, here: Sequence[Party]) -> list[str]:
    """What is not said yet, in words, of the parts an agreement of this kind must have before it holds."""
    duties = list(text.duties.all())
    lacks = []
    if {party.side for party in here} != set(Side):
        lacks.append(_("双方当事人"))
    if kind == AgreementKind.MEDIATED:
        parts = ((text.facts, _("主要事实")), (text.dispute, _("争议事项")), (text.liability, _("各方责任")))
        lacks += [str(word) for value, word in parts if not value]
    if not text.content:
        lacks.append(_("协议内容"))
    if kind != AgreementKind.ORAL:
        if not duties and not text.done_already:
            lacks.append(_("谁在哪天以前履行什么（已当场履行的，请勾选）"))
        if any(not one.way for one in duties):
            lacks.append(_("每项义务的履行方式"))
    gone = {party.pk for party in here}
    if any({one.ower_id, one.owed_id} - gone for one in duties):
        lacks.append(_("仍在本次调解里的当事人（有一位已经退出）"))
    return lacks


def refuse_missing(kind: AgreementKind, text: AgreementText, here: Sequence[Party]) -> None:
    """Raises Refusal that names every part which is not there."""
    if lacks := missing(kind, text, here):
        raise Refusal(
            _("协议还缺：%(parts)s。请补上再签字。") % {"parts": "、".join(lacks)}, code="incomplete"
        )
