"""Which papers a case asks for now, read from what has happened to it, and whose papers they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.models import Post, Unit
from accounts.querysets import valid_on
from conference.enums import OrderKind, OrderState
from core.timekeeping import local_day, now
from documents.enums import PaperKind as K
from documents.models import Paper
from hearings.selectors import held
from papers.enums import OF_ACCUSATIONS, subject_of
from papers.wording import on_paper
from petitions import rules as cases
from petitions.enums import (
    ROUTED,
    Act,
    ForwardKind,
    Kind,
    Path,
    RefusalReason,
    ReplyKind,
    ReportState,
    ShareRole,
    Status,
    Urgency,
)
from petitions.models import Petition, Reply, Share
from petitions.selectors.material import open_request
from petitions.services import noticing
from reviews.enums import Level, State
from reviews.models import Review
from supervision.enums import DEMANDED, SuggestionKind
from supervision.enums import State as Pressed
from supervision.models import Suggestion, Supervision
from supervision.querysets import OFFICES, OVERSEERS


@dataclass(frozen=True)
class Due:
    """A paper that a case asks for. ``to``: whom it goes to, where there may be several of the kind. ``asked``: it must
    be there; else it may be."""

    kind: K
    subject: Any
    unit: Unit
    to: str = ""
    asked: bool = True
    #: The answer, where the paper stands once for each (``PER_ANSWER``).
    answer: Reply | None = None

    @property
    def label(self) -> str:
        return str(self.kind.label)

    @property
    def about(self) -> tuple[str, int | None, int | None]:
        """Kind, subject and answer, to compare with what there is."""
        subject = self.subject.pk if self.subject is not None else None
        return self.kind.value, subject, self.answer.pk if self.answer is not None else None


def papers_of(petition: Petition, *, suggestions: bool = True) -> list[Due]:
    """In the order in which they are written. Up to eight small queries; none of what the case cannot have is asked.
    ``suggestions``: also their letters, which only those who oversee draft."""
    found = [*_of_case(petition), *_of_shares(petition), *_of_objections(petition), *_of_answer(petition)]
    found += [*_of_hearings(petition), *_of_reviews(petition), *_of_watching(petition)]
    found += _of_conference(petition)
    if suggestions:
        found += _of_suggestions(petition)
    return [one for one in found if may_have(petition, one.kind)]


def may_have(petition: Petition, kind: str) -> bool:
    """An accusation has no standard notices (条例 30)."""
    return not petition.sealed or kind in OF_ACCUSATIONS


def find(petition: Petition, kind: str, subject_id: int | None) -> Due | None:
    """The one of this kind about that row of this very case."""
    return next((one for one in papers_of(petition) if one.about[:2] == (kind, subject_id)), None)


def record_of(paper: Paper) -> Due:
    """The 送达回证 of an issued paper."""
    return Due(K.SERVICE_RECORD, paper, paper.unit, asked=False)


def _home(petition: Petition) -> Unit:
    return petition.lead_unit or petition.registered_unit


def _of_case(petition: Petition) -> Iterator[Due]:
    home, status = _home(petition), Status(petition.status)
    if petition.accepted_at is not None and status in {Status.ACCEPTED, Status.CONCLUDED}:
        # Whoever was told by their own page may have the paper as well.
        yield Due(K.ACCEPTANCE, None, home, asked=petition.notice_owed)
    if status == Status.REGISTERED and cases.litigation(petition):
        # Its service guides the petitioner and ends the case here; whoever filed online is told by their own page.
        yield Due(K.GUIDANCE, None, petition.registered_unit, asked=noticing.by_the_system(petition) is None)
    refusal = getattr(petition, "refusal", None)
    if refusal is not None and status == Status.REFUSED:
        yield Due(K.NO_FURTHER if refusal.reason == RefusalReason.FINAL else K.REFUSAL, refusal, home)
    if status in {Status.FORWARDED, Status.ACCEPTED}:
        yield Due(K.SUPPLEMENT, None, home, asked=_asks_in_writing(petition))
    extension = getattr(petition, "extension", None)
    if extension is not None and status in {Status.ACCEPTED, Status.CONCLUDED}:
        yield Due(K.EXTENSION, extension, home)
    if petition.urgency == Urgency.GRAVE and status.is_open:
        yield Due(K.URGENT_REPORT, None, petition.registered_unit)


def _asks_in_writing(petition: Petition) -> bool:
    """The petitioner was asked for material, has not brought it, and no paper was drafted about it since."""
    asked = open_request(petition, now())
    if asked is None:
        return False
    since = petition.papers.filter(kind=K.SUPPLEMENT, paper__drafted_at__gte=asked.row.at)
    return not since.exists()


def _live_shares(petition: Petition) -> list[Share]:
    return list(petition.shares.filter(ended_at=None).select_related("unit", "sent_from"))


def _of_shares(petition: Petition) -> Iterator[Due]:
    """A letter to each unit the case was sent to, and the report on what was assigned."""
    if not Status(petition.status).is_open:
        return
    for share in _live_shares(petition):
        if share.sent_from is not None and share.sent_from_id != share.unit_id:
            kind = K.ASSIGNMENT if share.kind == ForwardKind.ASSIGN else K.FORWARDING
            kind = kind if share.role == ShareRole.LEAD else K.CO_LETTER
            yield Due(kind, share, share.sent_from, to=share.unit.label)
        answer = getattr(petition, "reply", None) if petition.concluded_at is not None else None
        if share.kind == ForwardKind.ASSIGN and share.role == ShareRole.LEAD and answer is not None:
            asked = share.report != ReportState.ACCEPTED
            yield Due(K.CLOSING_REPORT, share, share.unit, asked=asked, answer=answer)


def _of_objections(petition: Petition) -> Iterator[Due]:
    if not Status(petition.status).is_open:
        return
    for objection in petition.objections.select_related("unit", "suggested_unit"):
        if objection.agreed is None:
            yield Due(K.OBJECTION, objection, objection.unit)
        else:
            yield Due(
                K.OBJECTION_ANSWER, objection, _sender(petition, objection.unit), to=objection.unit.label
            )


def _sender(petition: Petition, unit: Unit) -> Unit:
    sent = [one for one in petition.shares.all() if one.unit_id == unit.pk and one.sent_from is not None]
    return sent[-1].sent_from if sent and sent[-1].sent_from else petition.registered_unit


def kind_of_answer(petition: Petition, reply: Reply) -> K | None:
    """Which paper the answer is. None: a reply that has no form of its own (建议意见, 路径五), served as it is."""
    if reply.kind == ReplyKind.OPINION:
        return K.OPINION
    if petition.kind == Kind.APPEAL and petition.path in ROUTED:
        return K.ROUTING
    return K.SIMPLE_REPLY if petition.simplified else None


def _of_answer(petition: Petition) -> Iterator[Due]:
    reply = getattr(petition, "reply", None)
    if reply is None or petition.status == Status.CLOSED:
        return
    kind = kind_of_answer(petition, reply)
    service = getattr(petition, "service", None)
    if kind == K.OPINION and (reply.paper_number or (service is not None and service.paper_number)):
        return  # made elsewhere, or served on its paper, written here or elsewhere
    if kind is not None:
        yield Due(kind, reply, reply.unit)


def _of_reviews(petition: Petition) -> Iterator[Due]:
    # An order to handle anew makes the case ACCEPTED again before it is served itself.
    answered = petition.concluded_at is not None or petition.status == Status.ACCEPTED
    if petition.sealed or petition.path != Path.PETITION or not answered:
        return
    decided = Review.objects.filter(
        petition=petition, state__in=[State.DECIDED, State.SERVED], body__isnull=False
    )
    related = ("body", "reply__unit", "first__body", "first__reply__unit")
    for review in decided.select_related(*related).order_by("id"):
        assert review.body is not None
        review.petition = petition
        kind = K.FINAL_REVIEW if review.level == Level.FINAL else K.REVIEW
        yield Due(kind, review, review.body, asked=review.state == State.DECIDED)


def _of_hearings(petition: Petition) -> Iterator[Due]:
    """笔录 of each hearing that was held, as long as the case is open."""
    if petition.sealed or petition.path != Path.PETITION or petition.accepted_at is None:
        return
    if not Status(petition.status).is_open:
        return
    for one in held(petition):
        yield Due(K.HEARING_RECORD, one, one.unit, to=on_paper(one.starts_at))


def _of_watching(petition: Petition) -> Iterator[Due]:
    if not Status(petition.status).is_open:
        return
    pressed = petition.supervisions.filter(state__in=DEMANDED, opened_at__isnull=False)
    found: list[Supervision] = list(pressed.select_related("unit").order_by("opened_at", "id"))
    if not found:
        return
    # Whose letter it is: the unit that whoever demanded it worked for then, as the line of that step has it.
    lines = petition.events.filter(act=Act.SUPERVISE, unit__isnull=False).select_related("unit")
    units = {(line.at, line.user_id): line.unit for line in lines}
    for one in found:
        assert one.opened_at is not None
        unit = units.get((one.opened_at, one.opened_by_id)) or petition.registered_unit
        one.petition = petition
        to = f"{one.unit.label} {on_paper(one.opened_at)}"
        yield Due(K.SUPERVISION, one, unit, to=to, asked=one.state != Pressed.CLOSED)


#: What a conference orders goes out on paper where it hangs on a case; its page prints the rest.
LETTERS = {
    OrderKind.TALK: K.SUMMONS,
    OrderKind.LISTED: K.LISTED,
    OrderKind.RECTIFY: K.RECTIFY,
    OrderKind.CRITICISM: K.CIRCULAR,
}


def _of_conference(petition: Petition) -> Iterator[Due]:
    """约谈通知书 until the talk was held, 挂牌督办通知书, 限期整改通知书, 通报; of the office that sent the order."""
    if not Status(petition.status).is_open:
        return
    found = petition.conference_orders.filter(kind__in=LETTERS).exclude(state=OrderState.LAPSED)
    for order in found.select_related("unit", "issued_unit", "item__meeting").order_by("id"):
        order.petition = petition
        kind = LETTERS[OrderKind(order.kind)]
        asked = order.talked_on is None and order.state != OrderState.DONE
        yield Due(kind, order, order.issued_unit, to=order.unit.label, asked=asked)


SUGGESTED = {
    SuggestionKind.IMPROVE: K.SUGGEST_WORK,
    SuggestionKind.POLICY: K.SUGGEST_POLICY,
    SuggestionKind.ACCOUNTABILITY: K.SUGGEST_LIABILITY,
}


def _of_suggestions(petition: Petition) -> Iterator[Due]:
    """The letter of each suggestion that grew out of the case (条例 40), of the office that made it. Also of a closed
    case while the suggestion is to be answered."""
    if petition.sealed:
        return
    found = petition.suggestions.filter(lapsed_at=None).select_related("unit", "about_unit")
    if not Status(petition.status).is_open:
        found = found.open()
    for row in found.order_by("issued_at", "id"):
        row.petition = petition
        unit = _office_of(row) or petition.registered_unit
        yield Due(SUGGESTED[SuggestionKind(row.kind)], row, unit, to=row.unit.label, asked=row.is_open)


def _office_of(row: Suggestion) -> Unit | None:
    """Where whoever made it was an overseer on that day."""
    posts = Post.objects.filter(valid_on(local_day(row.issued_at)), user=row.issued_by_id, role__in=OVERSEERS)
    post = posts.filter(unit__kind__in=OFFICES).select_related("unit").order_by("id").first()
    return post.unit if post is not None else None


def field_of(due: Due) -> dict[str, Any]:
    """The columns of ``CasePaper`` that hold the subject, and the answer where it counts."""
    name = subject_of(due.kind)
    answer = {"reply": due.answer} if due.answer is not None else {}
    return {name: due.subject} | answer if name else {}
