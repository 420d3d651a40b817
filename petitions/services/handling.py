"""What the answering unit does before it answers: 10-30-24, notes, calls, visits, extension."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit, User
from accounts.selectors import desk_posts, posts_held
from core.errors import Refusal
from core.timekeeping import friendly_moment, han_date
from core.wording import said
from deadlines.services import clocks as engine
from petitions import rules
from petitions.enums import (
    Act,
    CallOutcome,
    RecordKind,
)
from petitions.models import Extension, HandlingRecord, Petition
from petitions.services import clocks, joining
from petitions.services.stepping import Stepping, stepping
from petitions.workflow import ClockCode as C

LONGEST_EXTENSION = 30  # days, 条例 34


def respond(
    *,
    petition: Petition,
    actor: Actor,
    text: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """First response to the petitioner, shown on the query page; stops the 10 minutes. There is one first."""
    with stepping(petition, Act.RESPOND, actor, at=at, token=token) as work:
        first = work.petition.events.filter(act=Act.RESPOND).first()
        if first is not None:
            raise Refusal(
                _("%(who)s已于%(when)s首次回应，不用再回应。以后的情况请打电话告诉信访人，或写在首轮办结里。")
                % {"who": first.who, "when": friendly_moment(first.at)},
                code="stale",
            )
        work.public_text = said(text, _("请写明内容。"))


def call(
    *,
    petition: Petition,
    actor: Actor,
    outcome: CallOutcome,
    text: str,
    meeting_at: datetime | None = None,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """A phone call. Reached and a meeting agreed: the 30 minutes stop; not reached: an attempt, the clock runs on."""
    with stepping(petition, Act.CALL, actor, at=at, token=token) as work:
        if meeting_at is not None and outcome != CallOutcome.REACHED:
            raise Refusal(_("没有接通，不能约定见面时间。"), code="invalid")
        if meeting_at is not None and meeting_at <= work.at:
            raise Refusal(_("约见时间须在此刻以后。"), code="invalid")
        keep_record(work, RecordKind.PHONE, text, call_outcome=outcome, meeting_at=meeting_at)
        if meeting_at is not None:
            work.stops.add(C.CALL)
        work.text = f"{outcome.label}：{text}" if text else str(outcome.label)
        work.detail = {"outcome": outcome, "meeting": meeting_at is not None}


def name_responsible(
    *,
    petition: Petition,
    actor: Actor,
    user: User,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """明确责任人. The first person named stays on record as first handler for good (首办负责制)."""
    with stepping(petition, Act.NAME_RESPONSIBLE, actor, at=at, token=token) as work:
        case = work.petition
        unit = case.lead_unit or case.registered_unit
        if not any(post.unit.is_within(unit) for post in posts_held(user, work.at)):
            raise Refusal(
                _("责任人须是%(unit)s的在岗人员。") % {"unit": unit.name},
                code="invalid",
            )
        if user.pk in rules.recused_from(case):
            raise Refusal(
                _("%(who)s已回避本件，请另选一人。") % {"who": user.get_full_name()}, code="invalid"
            )
        work.change(responsible=user)
        if case.first_handler_id is None:
            work.change(first_handler=user)
        work.text = user.get_full_name()
        work.public_text = _("已明确%(unit)s的责任人。") % {"unit": unit.name}


def finish_first_round(
    *,
    petition: Petition,
    actor: Actor,
    text: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """首轮办结: the first round is done and told. Needs a named responsible person; is not 办结."""
    with stepping(petition, Act.FIRST_ROUND, actor, at=at, token=token) as work:
        if work.petition.responsible_id is None:
            raise Refusal(_("请先明确责任人，再登记首轮办结。"), code="invalid")
        work.public_text = said(text, _("请写明内容。"))


def note(
    *,
    petition: Petition,
    actor: Actor,
    text: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """An internal note."""
    with stepping(petition, Act.NOTE, actor, at=at, token=token) as work:
        work.text = said(text, _("请写明内容。"))
        keep_record(work, RecordKind.NOTE, text)


def visit(
    *,
    petition: Petition,
    actor: Actor,
    text: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """A site visit."""
    with stepping(petition, Act.VISIT, actor, at=at, token=token) as work:
        work.text = said(text, _("请写明内容。"))
        keep_record(work, RecordKind.VISIT, text)


def extend(
    *,
    petition: Petition,
    actor: Actor,
    days: int,
    reason: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """Once, at most 30 days, before the 60 days are over, approved by the unit's head, the reason told (条例 34)."""
    with stepping(petition, Act.EXTEND, actor, at=at, token=token) as work:
        reason = said(reason, _("延期须写明理由，并告知信访人。"))
        joining.together(
            work,
            lambda one: _extend(one, days, reason),
            # What is answered with this one may be answered as late as this one.
            also=lambda case: (
                clocks.running(case, C.CONCLUSION) is not None
                and not Extension.objects.filter(petition=case).exists()
            ),
        )


def _extend(work: Stepping, days: int, reason: str) -> None:
    case = work.petition
    if case.simplified:
        raise Refusal(
            _("简易办理的 10 个工作日不能延长：不能按期答复的，请先“转为普通程序”，再办延期。"),
            code="stale",
        )
    clock = clocks.running(case, C.CONCLUSION)
    if clock is None:
        raise Refusal(
            _("本件没有 60 日办理期限，不需要延期（条例第三十四条只适用于路径六）。"),
            code="stale",
        )
    if Extension.objects.filter(petition=case).exists():
        raise Refusal(_("本件已经延期一次，不能再次延期（条例第三十四条）。"), code="stale")
    if not 1 <= days <= LONGEST_EXTENSION:
        raise Refusal(_("延长期限为 1 至 30 日（条例第三十四条）。"), code="invalid")
    if work.at > clock.due_at:
        raise Refusal(_("办理期限已届满，不能再延期（条例第三十四条）。"), code="stale")
    assert work.actor.user is not None
    Extension.objects.create(
        petition=case,
        days=days,
        reason=reason,
        approved_by=work.actor.user,
        approved_at=work.at,
    )
    engine.extend(clock, days, work.at)
    work.change(due_at=None)  # recomputed at the end of the step
    work.text = _("延长 %(days)d 日：%(reason)s") % {"days": days, "reason": reason}
    work.public_text = _("办理期限延长 %(days)d 日，%(until)s前答复您。理由：%(reason)s") % {
        "days": days,
        "until": han_date(clock.due_at),
        "reason": reason,
    }


def keep_record(work: Stepping, kind: RecordKind, text: str, **more: object) -> HandlingRecord:
    """A row of the one list of records of handling."""
    record: HandlingRecord = HandlingRecord.objects.create(
        petition=work.petition,
        kind=kind,
        at=work.at,
        by=work.actor.user,
        unit=work.actor.unit,
        text=text,
        **more,
    )
    return record


def unit_people(unit: Unit, at: datetime) -> list[User]:
    """Who can be named responsible: everybody with a handling post in the unit now."""
    return list({post.user_id: post.user for post in desk_posts(unit, at)}.values())
