"""The answer and its service: what the petitioner gets, and when their 30 days begin (条例 31–35)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime, timedelta
from functools import partial

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import han_date, local_day
from core.wording import said
from deadlines.services import clocks as engine
from documents.services.serving import FEWEST_WITNESSES
from petitions import rules
from petitions.enums import ROUTED, Act, Kind, Outcome, Path, ReplyKind, ServiceMethod
from petitions.models import PaperService, Petition, PetitionClock, Reply
from petitions.services import adopting, clocks, joining, making, reviewing, simplified
from petitions.services.stepping import Stepping, stepping
from petitions.workflow import ClockCode as C

#: How long after its publication a 公告 counts as received (民诉法 95 by analogy).
PUBLIC_NOTICE = timedelta(days=30)
#: Ways of service that end with a signature, or with something in its place.
SIGNED_FOR = frozenset({ServiceMethod.DIRECT, ServiceMethod.FAMILY, ServiceMethod.POST})


def conclude(
    *,
    petition: Petition,
    actor: Actor,
    text: str,
    basis: str = "",
    outcomes: Mapping[int, tuple[Outcome, str]],
    review_body: Unit | None = None,
    paper: bool = False,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """The answer, with one outcome per request. ``outcomes`` maps a request's id to (outcome, opinion).

    Path six ends in a 处理意见书 that names its legal basis (条例 31(6), 32); everything else in a reply, 简易办理 too
    unless the petitioner asked for ``paper``. Joined cases get the same text as a paper of their own; ``outcomes`` then
    holds their requests too.
    """
    with stepping(petition, Act.CONCLUDE, actor, at=at, token=token) as work:
        adopting.require_studied(work.petition)
        above = joining.words_above_reply()

        def answer(one: Stepping) -> None:
            words = said(text, _("请写明内容。"))
            _answer(one, words if one is work else f"{above}{words}", basis, outcomes, review_body, paper)

        joining.together(work, answer)


def _answer(
    work: Stepping,
    text: str,
    basis: str,
    outcomes: Mapping[int, tuple[Outcome, str]],
    review_body: Unit | None,
    paper: bool,
) -> None:
    kind, body = decide(work.petition, text, basis, outcomes, review_body, paper)
    case = work.petition
    assert case.lead_unit is not None
    Reply.objects.create(
        petition=case,
        kind=kind,
        text=text,
        basis=basis,
        review_body=body,
        by=work.actor.user,
        unit=case.lead_unit,
        at=work.at,
        made_at=None if rules.on_path_six(case) else work.at,
    )
    work.change(concluded_at=work.at)
    work.text = text[:200]
    work.public_text = making.words_of_answer(case, case.lead_unit.name)


def decide(
    case: Petition,
    text: str,
    basis: str,
    outcomes: Mapping[int, tuple[Outcome, str]],
    review_body: Unit | None,
    paper: bool,
) -> tuple[ReplyKind, Unit | None]:
    """Put what is decided on each request on it, once the answer is whole; its kind of paper, and who reviews it.

    Raises Refusal: no body of review, no basis, a request left out, nothing said to a refusal, an answer that was set
    aside.
    """
    on_six = rules.on_path_six(case)
    opinion = on_six and (paper or not case.simplified)
    body = review_body or (review_body_of(case.lead_unit) if case.lead_unit else None)
    if on_six and body is None:
        raise Refusal(
            _("处理意见书须写明复查机关（条例第三十五条）。本单位没有登记复查机关，请系统管理员补上。")
            if opinion
            else _("答复须告知复查机关（条例第三十五条）。本单位没有登记复查机关，请系统管理员补上。"),
            code="invalid",
        )
    if opinion and not basis.strip():
        raise Refusal(_("处理意见书须写明依据（条例第三十二条）。"), code="invalid")
    if is_routed(case) and not basis.strip():
        raise Refusal(
            _("请写明依据哪部法律、由哪个机关按什么程序处理：分类处理告知须有这些内容（条例第三十一条）。"),
            code="invalid",
        )
    if case.simplified:
        simplified.check_answer(case, outcomes)
    _outcomes(case, outcomes, needed=on_six)
    said_now = {one.ordinal: (one.outcome, one.opinion) for one in case.requests.all()}
    reviewing.refuse_the_same_again(case, text, said_now)
    return (ReplyKind.OPINION if opinion else ReplyKind.REPLY), body


def review_body_of(unit: Unit) -> Unit | None:
    """Where a review of the unit's opinion is asked for: its review superior, else the unit above it (条例 35)."""
    return unit.review_superior or unit.parent


def serve(
    *,
    petition: Petition,
    actor: Actor,
    method: ServiceMethod,
    served_at: datetime,
    recipient: str,
    signed: bool = True,
    proof: str = "",
    witnesses: Sequence[str] = (),
    consented: bool = False,
    paper_number: str = "",
    issued_here: bool = False,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """送达 (domain B7). The petitioner's 30 days count from ``served_at``, the moment it was received (条例 35).

    ``paper_number`` is the 文号 of the paper that was handed over: that of the issued paper (``papers`` names it), or
    of one that was written outside the system. An opinion (条例 32) is a paper and is not served without. What is being
    written here is served from there (``issued_here``): no number typed goes round its check and its signature.

    Of a 公告 ``served_at`` is the moment of publication; it counts as received 30 days later. A joined case is served
    by the same signature where the same people stand in both.

    Raises Refusal: an impossible date, nobody who received it, no proof where nobody signed, fewer than two
    ``witnesses`` where it was left behind, no recorded consent to electronic service, an opinion without the number of
    its paper.
    """
    paper = PaperService(
        method=method,
        served_at=served_at,
        recipient=recipient,
        signed=signed,
        proof=_with_witnesses(witnesses, proof),
        consented=consented,
        paper_number=clean_text(paper_number),
        by=actor.user,
    )
    with stepping(petition, Act.SERVE, actor, at=at, token=token) as work:
        case = work.petition
        _check_service(case, paper, work.at)
        if not issued_here:
            _check_witnesses(paper, witnesses)
            making.check_outside(case, paper.paper_number, actor)
        if method == ServiceMethod.PUBLIC:
            paper.published_at, paper.served_at = served_at, served_at + PUBLIC_NOTICE
        joining.together(
            work, partial(_hand_over, paper=paper), also=lambda other: joining.same_people(other, case)
        )


def _check_service(case: Petition, paper: PaperService, at: datetime) -> None:
    """What the paper itself must show (民诉法 87–95 by analogy, domain B7)."""
    assert case.concluded_at is not None
    if paper.served_at > at or local_day(paper.served_at) < local_day(case.concluded_at):
        raise Refusal(_("送达日期须在答复之日到今天之间。"), code="invalid")
    if not paper.recipient.strip():
        raise Refusal(_("请填写签收人。"), code="invalid")
    if paper.method in SIGNED_FOR and not paper.signed and not paper.proof.strip():
        raise Refusal(
            _("没有签收的，须写明见证人或者邮件回执；信访人拒绝签收的，请选“留置送达”。"), code="invalid"
        )
    if paper.method == ServiceMethod.ELECTRONIC and not paper.consented:
        raise Refusal(_("电子送达须经收件人同意：请先征得同意并勾选，或者换一种送达方式。"), code="invalid")
    if paper.method == ServiceMethod.PHONE:
        if not simplified.told_by_phone(case):
            raise Refusal(
                _("电话告知只用于简易办理、信访人没有要求书面答复的件，请换一种送达方式。"), code="invalid"
            )
        if not paper.proof.strip():
            raise Refusal(_("电话告知须在“证明”里写明拨打的号码和通话情况。"), code="invalid")


def _with_witnesses(witnesses: Sequence[str], proof: str) -> str:
    """Both in one text, as the case keeps it."""
    named = "、".join(found for one in witnesses if (found := clean_text(one)))
    return "；".join(
        part for part in (_("见证人：%(names)s") % {"names": named} if named else "", proof) if part
    )


def _check_witnesses(paper: PaperService, witnesses: Sequence[str]) -> None:
    """As of a paper that is served from its own page. Raises Refusal: left behind with fewer than two witnesses."""
    present = {clean_text(one) for one in witnesses} - {""}
    if paper.method == ServiceMethod.LEFT and len(present) < FEWEST_WITNESSES:
        raise Refusal(_("留置送达须有两名见证人，请在“见证人”里填写两人的姓名。"), code="invalid")


def is_routed(case: Petition) -> bool:
    """Whether the answer leads the petitioner into another procedure (条例 31(1) to (4))."""
    return case.kind == Kind.APPEAL and case.path in ROUTED


def needs_number(case: Petition) -> bool:
    """Whether the answer is a 处理意见书 or a 分类处理告知书, which are papers with a 文号 (条例 31, 32)."""
    if not hasattr(case, "reply"):
        return False
    return case.reply.kind == ReplyKind.OPINION or is_routed(case)


def paper_of_answer(case: Petition) -> str:
    """What the paper is called by which the answer is given; a plain answer where it needs none."""
    if not needs_number(case):
        return _("答复")
    return _("分类处理告知书") if is_routed(case) else _("处理意见书")


def _check_number(case: Petition, number: str) -> None:
    if needs_number(case) and not number:
        raise Refusal(
            _(
                "%(number)s 的答复是%(paper)s，须出具书面文书再送达（条例第三十一、三十二条）。"
                "请先在本件的“文书”里拟写、签发、编号，再从那份文书登记送达；"
                "已在本系统之外出具的，请填写那份%(paper)s的文号。"
            )
            % {"number": case.number, "paper": paper_of_answer(case)},
            code="invalid",
        )
    if number:
        making.check_number(number)


def _hand_over(work: Stepping, paper: PaperService) -> None:
    case, own = work.petition, copy(paper)
    _check_number(case, own.paper_number)
    making.at_service(work, own)
    own.petition = case
    own.save(force_insert=True)
    work.change(served_at=own.served_at)
    _open_window(work, own.served_at)
    # Who signed stays with the service record: history is read by more people.
    named = {"what": _what_was_served(case, own.paper_number), "day": han_date(own.served_at)}
    work.text = f"{ServiceMethod(own.method).label}"
    if own.paper_number:
        work.text = _("%(how)s，文号 %(number)s") % {"how": work.text, "number": own.paper_number}
    words = _("%(what)s已送达，30 日内您可以评价。") % named
    if own.published_at is not None:
        words = _("%(what)s已公告，满 30 日即 %(day)s视为送达，此后 30 日内您可以评价。") % named
    rights = _("不服的可以申请复查。") if case.path == Path.PETITION else ""
    work.public_text = words + rights


def _what_was_served(case: Petition, number: str) -> str:
    called = paper_of_answer(case)
    return _("%(called)s（%(number)s）") % {"called": called, "number": number} if number else called


def _open_window(work: Stepping, received_at: datetime) -> None:
    """The petitioner's window runs from receipt, which may lie before its entry or, after a 公告, in days to come.

    What is entered days late still leaves 30 days to evaluate: until then the window does not close the case.
    """
    work.starts.discard(C.PETITIONER_WINDOW)
    (window,) = clocks.start_all(work.petition, [C.PETITIONER_WINDOW], received_at)
    if local_day(received_at) < local_day(work.at):
        clocks.flush()
        from_entry = engine.build(
            PetitionClock, rule_code=C.PETITIONER_WINDOW, at=work.at, facts=window.facts
        )
        engine.hold_back(window, from_entry.due_at)


def _outcomes(petition: Petition, outcomes: Mapping[int, tuple[Outcome, str]], *, needed: bool) -> None:
    for request in petition.requests.all():
        given = outcomes.get(request.pk)
        if given is None:
            if needed:
                raise Refusal(
                    _("请对每一项诉求给出结论（条例第三十二条）：%(number)s 诉求 %(n)d。")
                    % {"number": petition.number, "n": request.ordinal},
                    code="invalid",
                )
            continue
        if given[0] == Outcome.NOT_SUPPORTED and not given[1].strip():
            raise Refusal(
                _("诉求 %(n)d 不予支持，请写明理由（条例第三十二条）。") % {"n": request.ordinal},
                code="invalid",
            )
        request.outcome, request.opinion = given
        request.save(update_fields=["outcome", "opinion"])
