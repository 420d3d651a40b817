"""简易办理: the shorter way of a first-time case on path six (《信访事项简易办理办法（试行）》, 国信发〔2016〕8号).

The unit chooses it when it accepts, within 3 working days of its receipt, and answers within 10 working days of
acceptance. The 60 days of 条例 34 run beside it from the same moment, so that a case that turns out unfit goes on as
an ordinary one with what is left of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import han_date
from core.wording import said
from deadlines.enums import RuleCode
from deadlines.rulebook import rulebook
from deadlines.services import clocks as engine
from petitions.enums import Act, ForwardKind, Kind, Outcome, Path, PersonRole, ReplyKind, ShareRole, Urgency
from petitions.facts import facts_of
from petitions.models import Petition, PetitionClock
from petitions.services import clocks
from petitions.services.stepping import Stepping, stepping
from petitions.ways import Way
from petitions.workflow import ClockCode as C

#: Together with one of these, a person stands for others.
TOGETHER = frozenset({PersonRole.PETITIONER, PersonRole.REPRESENTATIVE})


def in_use(at: datetime) -> bool:
    """Whether the district has the procedure: its setting, and both rules in force that day. One query."""
    book = rulebook()
    codes = (RuleCode.SIMPLE_ACCEPTANCE, RuleCode.SIMPLE_CONCLUSION)
    return settings.SIMPLIFIED_PROCEDURE and all(book.in_force(code, at) for code in codes)


def exclusions(case: Petition) -> Iterator[str]:
    """What on record keeps the case out of 简易办理, each in words that follow 本件. At most three small queries."""
    shares = [share for share in case.shares.all() if share.ended_at is None]
    if not case.first_here or case.first_nationwide is False:
        yield _("不是初次信访事项")
    if any(share.kind == ForwardKind.ASSIGN for share in shares):
        yield _("是交办件")
    if any(share.role == ShareRole.CO for share in shares):
        yield _("有协办单位，涉及多个责任单位")
    roles = list(case.persons.values_list("role", flat=True))
    if case.is_joint or PersonRole.REPRESENTATIVE in roles or sum(role in TOGETHER for role in roles) > 1:
        yield _("是多人联名或者集体反映")
    if case.urgency != Urgency.NORMAL:
        yield _("是紧急、重大的信访事项")
    if case.has_joined and case.joined.exists():
        yield _("有其他信访件并入，须一并答复")


def choose_by(case: Petition) -> datetime:
    """The end of the third working day after the lead unit received the case: the last moment to choose it."""
    lead = next(
        share for share in case.shares.all() if share.role == ShareRole.LEAD and share.ended_at is None
    )
    return _by_rule(case, RuleCode.SIMPLE_ACCEPTANCE, lead.sent_at)


def answer_by(case: Petition, accepted_at: datetime) -> datetime:
    """The end of the tenth working day after acceptance."""
    return _by_rule(case, RuleCode.SIMPLE_CONCLUSION, accepted_at)


def _by_rule(case: Petition, code: RuleCode, start: datetime) -> datetime:
    facts = facts_of(case, case.lead_unit)
    return engine.build(PetitionClock, rule_code=code, at=start, facts=facts).due_at


def why_not(case: Petition, at: datetime) -> str:
    """The first reason why the case as it stands cannot be chosen for it; empty where it can."""
    if not in_use(at):
        return _("本区没有开办简易办理，请按普通程序受理。")
    if (found := next(exclusions(case), None)) is not None:
        return _("本件%(why)s，不适用简易办理（《信访事项简易办理办法（试行）》），请按普通程序受理。") % {
            "why": found
        }
    if at > (last := choose_by(case)):
        return _(
            "简易办理须在收到后 3 个工作日内决定受理（《信访事项简易办理办法（试行）》），"
            "本件已于%(day)s届满，请按普通程序受理。"
        ) % {"day": han_date(last)}
    return ""


def check_choice(case: Petition, way: Way, *, supportable: bool, at: datetime) -> None:
    """Raises Refusal with the exclusion: switched off, another path, a fact on record, too late, likely 不予支持."""
    if why := why_not(case, at):
        raise Refusal(why, code="invalid")
    if way != Way(Kind.APPEAL, Path.PETITION):
        raise Refusal(
            _(
                "简易办理只用于申诉求决的信访程序（路径六）。已经进入或者应当走其他法定途径的，按该途径办理，"
                "请去掉“按简易办理”。"
            ),
            code="invalid",
        )
    if not supportable:
        raise Refusal(
            _(
                "可能不予支持的不适用简易办理（《信访事项简易办理办法（试行）》）。"
                "经核实不会的，请勾选确认；否则请去掉“按简易办理”。"
            ),
            code="invalid",
        )


def take(work: Stepping) -> None:
    """Within the step of acceptance: the case goes the shorter way, and the petitioner reads until when."""
    assert work.petition.lead_unit is not None
    work.change(simplified=True)
    work.text = _("按简易办理受理。") + work.text
    work.public_text = _("%(unit)s已受理，按简易办理，%(day)s前答复您。") % {
        "unit": work.petition.lead_unit.name,
        "day": han_date(answer_by(work.petition, work.at)),
    }
    work.detail = {**work.detail, "simplified": True}


def convert(
    *, petition: Petition, actor: Actor, reason: str, at: datetime | None = None, token: str = ""
) -> None:
    """转为普通程序: the 10 working days stop, late or not; the 60 days go on from acceptance (条例 34)."""
    with stepping(petition, Act.CONVERT, actor, at=at, token=token) as work:
        reason = said(reason, _("转为普通程序须写明理由，并告知信访人。"))
        short, long = clocks.running(work.petition, C.SIMPLE), clocks.running(work.petition, C.CONCLUSION)
        assert short is not None and long is not None
        work.change(simplified=False)
        late = _("简易办理期限已于%(day)s届满。") % {"day": han_date(short.due_at)}
        work.text = f"{late}{reason}" if work.at > short.due_at else reason
        work.public_text = _(
            "本件改按普通程序办理，最迟%(day)s前答复您。60 日从受理之日起算，已经过去的日子照样计入。理由：%(why)s"
        ) % {"day": han_date(long.due_at), "why": reason}


def check_answer(case: Petition, outcomes: Mapping[int, tuple[Outcome, str]]) -> None:
    """Raises Refusal: the case has become unfit, or a request is not supported; it is converted first."""
    if (found := next(exclusions(case), None)) is not None:
        raise Refusal(
            _("本件%(why)s，不再适用简易办理，请先“转为普通程序”，再作出处理意见书。") % {"why": found},
            code="invalid",
        )
    for request in case.requests.all():
        given = outcomes.get(request.pk)
        if given is not None and given[0] == Outcome.NOT_SUPPORTED:
            raise Refusal(
                _(
                    "诉求 %(n)d 不予支持的，不适用简易办理（《信访事项简易办理办法（试行）》）："
                    "请先“转为普通程序”，再作出处理意见书。"
                )
                % {"n": request.ordinal},
                code="invalid",
            )


def told_by_phone(case: Petition) -> bool:
    """Whether the answer may be told by telephone: 简易办理, and the petitioner asked for no paper."""
    return case.simplified and case.reply.kind == ReplyKind.REPLY
