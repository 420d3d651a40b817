"""What the paper of an answer says, in the terms in which the case records the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from documents.enums import PaperKind as K
from papers.due import kind_of_answer
from papers.enums import SUBJECTS
from papers.models import CasePaper
from papers.people import Value
from petitions.enums import Outcome, Status
from petitions.models import PetitionRequest
from petitions.services import amending, making
from reviews.models import Review

#: What stands between the outcome and the words on it, as ``prefill`` writes them.
COLON = "："


@dataclass(frozen=True)
class Said:
    text: str
    basis: str
    #: A request's id to what is decided on it.
    opinions: dict[int, str]


def in_force(row: CasePaper) -> bool:
    """Whether the paper is that of the answer which the case has now."""
    reply = getattr(row.petition, "reply", None)
    return row.kind in SUBJECTS["reply"] and reply is not None and reply.pk == row.reply_id


def check(row: CasePaper) -> None:
    """Before it is handed in. Raises Refusal: "incomplete" where the requests are not decided one by one as recorded
    (条例 32), and words that were set aside (条例 36)."""
    if in_force(row):
        said = said_by(row)
        amending.refuse_what_was_set_aside(row.petition, said.text, said.opinions)


def take(row: CasePaper, actor: Actor, at: datetime) -> None:
    """The recorded answer says what the paper says: at its issue, as long as the petitioner has not been given the
    answer; by a correction thereafter, when that is served. In the caller's transaction. Raises Refusal: as above."""
    if not in_force(row):
        return
    said, number = said_by(row), row.paper.number
    amending.amend(
        petition=row.petition,
        actor=actor,
        text=said.text,
        basis=said.basis,
        opinions=said.opinions,
        number=number,
        at=at,
    )


def complained_about(row: CasePaper) -> bool:
    """Whether a 复查 of this answer, or a 复核 of this review, was asked for and neither withdrawn nor refused. One
    query, none of other papers."""
    if row.kind in SUBJECTS["reply"]:
        return bool(Review.objects.used().filter(reply=row.reply_id).exists())
    if row.kind in SUBJECTS["review"]:
        return bool(Review.objects.used().filter(first=row.review_id).exists())
    return False


def refuse_while_complained_about(row: CasePaper) -> None:
    """What is under review is changed by whoever reviews it, never by whoever wrote it (条例 35, 36). Raises Refusal:
    "stale"."""
    if complained_about(row):
        raise Refusal(
            _(
                "信访人已对这份文书申请复查或者复核，原单位不能再更正；有错误的，由复查、复核机关变更或者撤销（条例第三十五条）。"
            ),
            code="stale",
        )


def check_before_service(row: CasePaper) -> None:
    """The answer may have been put right after its paper was issued. Raises Refusal: "stale" where the paper decides a
    request otherwise than the record, or corrects what is under review by now."""
    if row.correction:
        refuse_while_complained_about(row)
    if not in_force(row) or row.petition.status != Status.CONCLUDED:
        return
    try:
        said_by(row)
    except Refusal as differs:
        raise Refusal(
            _("登记的答复在这份文书印发之后更正过，两处不一致，不能送达。请先对这份文书作更正。%(why)s")
            % {"why": differs.sentence},
            code="stale",
        ) from differs


def take_at_issue(row: CasePaper, actor: Actor, at: datetime) -> None:
    if row.petition.status == Status.CONCLUDED:
        take(row, actor, at)
        _make(row, actor, at)


def _make(row: CasePaper, actor: Actor, at: datetime) -> None:
    """The opinion is made with its paper (条例 34). A paper of another kind than the answer now has makes none."""
    if in_force(row) and kind_of_answer(row.petition, row.petition.reply) == row.kind:
        making.made_by_paper(petition=row.petition, actor=actor, number=row.paper.number, at=at)


def take_at_service(row: CasePaper, actor: Actor, at: datetime) -> None:
    if row.correction and row.petition.status in {Status.SERVED, Status.EVALUATED}:
        take(row, actor, at)


def said_by(row: CasePaper) -> Said:
    fields = row.paper.fields
    match K(row.kind):
        case K.OPINION:
            return Said(as_text(fields["facts"]), as_text(fields["legal_basis"]), _opinions(row))
        case K.SIMPLE_REPLY:
            return Said(as_text(fields["answer"]), as_text(fields.get("basis", "")), {})
    words = {
        name: as_text(fields.get(name, "")) for name in ("path_item", "route", "competent_body", "time_limit")
    }
    text = _(
        "您的诉求属于《信访工作条例》第三十一条第%(path_item)s项规定的情形，应当%(route)s。\n"
        "有权处理的机关：%(competent_body)s\n办理程序和期限：%(time_limit)s"
    )
    return Said(text % words, as_text(fields.get("legal_basis", "")), {})


def as_text(value: Value) -> str:
    """A field as the case records it: of several items, a line each."""
    return value if isinstance(value, str) else "\n".join(value)


def _opinions(row: CasePaper) -> dict[int, str]:
    value = row.paper.fields["outcomes"]
    items = value if isinstance(value, list) else [one for one in value.splitlines() if one.strip()]
    requests = list(row.petition.requests.all())
    if len(items) != len(requests):
        raise Refusal(
            _(
                "“处理意见”须逐项对应诉求（条例第三十二条）：本件有 %(asked)d 项诉求，文书写了 %(said)d 项。"
                "请每项诉求写一段，先后次序与诉求相同。"
            )
            % {"asked": len(requests), "said": len(items)},
            code="incomplete",
        )
    return {one.pk: _opinion(one, item) for one, item in zip(requests, items, strict=True)}


def _opinion(request: PetitionRequest, item: str) -> str:
    """The words behind the outcome. Where there are none, those that were recorded."""
    lead, colon, rest = item.partition(COLON)
    named = {str(label): value for value, label in Outcome.choices}
    outcome = named.get(lead.strip(" 。")) if request.outcome else None
    if outcome is None:
        return item
    if outcome != request.outcome:
        raise Refusal(
            _(
                "诉求 %(n)d 登记的结论是“%(recorded)s”，文书写的是“%(written)s”：两处须一致。"
                "结论以登记的答复为准，请修改文书。"
            )
            % {
                "n": request.ordinal,
                "recorded": request.get_outcome_display(),
                "written": Outcome(outcome).label,
            },
            code="incomplete",
        )
    words = rest.strip() if colon else ""
    return words if words and _bare(words) != _bare(request.opinion) else request.opinion


def _bare(text: str) -> str:
    return "".join(text.split()).rstrip("。")
