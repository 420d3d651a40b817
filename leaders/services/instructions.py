"""批示: written by a leader, done and reported by a unit, read by the leader (知道了 / 不够).

Every door locks the case first, so that none of them can meet another half-way.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit
from accounts.selectors import holders
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import friendly_moment, local_day, now
from core.wording import said
from deadlines import services as deadlines
from leaders import rules
from leaders.enums import LeaderAct
from leaders.models import Instruction, InstructionClock, InstructionReport
from petitions import rules as petition_rules
from petitions.enums import Act, ShareRole
from petitions.facts import facts_of
from petitions.models import Petition
from petitions.services import complained, following, handling, telling
from petitions.services.stepping import lock

NOBODY_ABLE = _lazy("本件现在没有可以办理批示的单位：登记的单位正是被反映单位。请先转送或交办。")


def default_due_on(at: datetime) -> date:
    """INSTRUCTION_DAYS (7 unless set) days from today."""
    return local_day(at) + timedelta(days=int(getattr(settings, "INSTRUCTION_DAYS", 7)))


def units_that_may_do(petition: Petition, at: datetime | None = None) -> list[Unit]:
    """Units that hold the case and so can read it: lead unit first, then co-units, then where it was registered. A unit
    complained of, or headed by somebody who is, is among them only as a co-unit, for its own part (条例 28)."""
    shares = petition.shares.filter(ended_at=None).select_related("unit").order_by("-role", "id")
    co_units = {share.unit_id for share in shares if share.role == ShareRole.CO}
    units = [petition.lead_unit, *(share.unit for share in shares), petition.registered_unit]
    # The district itself is no such unit: everybody stands within it.
    blocked = [
        one for one in complained.units_blocked(petition, at or now()) if one.kind != UnitKind.DISTRICT
    ]
    return [
        unit
        for unit in {unit.pk: unit for unit in units if unit is not None}.values()
        if unit.pk in co_units or not any(unit.is_within(one) for one in blocked)
    ]


def instruct(
    *,
    petition: Petition,
    actor: Actor,
    text: str,
    unit: Unit | None = None,
    due_on: date | None = None,
    at: datetime | None = None,
    token: str = "",
) -> Instruction:
    """Write an instruction on a case; the unit (the lead unit by default) is told and has until ``due_on``.

    Raises Refusal: not a leader, a case that is closed or out of sight, a unit that does not hold the case,
    a date that is not after today, or the same form twice.
    """
    at = at or now()
    rules.require(LeaderAct.INSTRUCT, actor, leader=actor.post)
    assert actor.post is not None
    text = said(text, _("请写下批示内容。"), longest=2000)
    with transaction.atomic():
        case = lock(petition.pk)
        rules.require(LeaderAct.INSTRUCT, actor, leader=actor.post, petition=case)
        chosen = chosen_unit(case, unit, at)
        until = due_on or default_due_on(at)
        following.remark(
            petition=case,
            act=Act.INSTRUCT,
            actor=actor,
            text=_("%(text)s（承办：%(unit)s，%(day)s前反馈）")
            % {"text": text, "unit": chosen.label, "day": until.isoformat()},
            at=at,
            token=token,
        )
        return write(case=case, actor=actor, post=actor.post, text=text, unit=chosen, due_on=until, at=at)


def report_instruction(
    *, instruction: Instruction, actor: Actor, text: str, at: datetime | None = None
) -> InstructionReport:
    """The unit reports what it did; the clock stops and the leader is told.

    Raises Refusal: not of that unit, nothing said, or reported before (with who and when).
    """
    at = at or now()
    text = said(text, _("请写明办理情况。"))
    with transaction.atomic():
        task = locked(instruction)
        rules.require(LeaderAct.REPORT, actor, unit=task.unit, petition=task.petition)
        if task.done_at is not None:
            last = task.reports.last()
            raise Refusal(
                _("没有生效：%(who)s已于%(when)s反馈。")
                % {"who": last.who if last else "", "when": friendly_moment(task.done_at)},
                code="stale",
            )
        report = InstructionReport.objects.create(
            instruction=task, at=at, by=actor.user, who=actor.label[:120], text=text
        )
        task.done_at, task.feedback = at, text
        task.acknowledged, task.acknowledgement, task.acknowledged_at = None, "", None
        _save(task)
        deadlines.stop_all(InstructionClock.objects.filter(instruction=task), at)
        if any(step.act == Act.NOTE for step in petition_rules.allowed_acts(task.petition, actor)):
            note = _("批示办理情况：%(text)s") % {"text": text}
            handling.note(petition=task.petition, actor=actor, text=note, at=at)
        audit.record(
            actor=actor, act="instruction.report", obj=task, detail={"case": task.petition.audit_name}, at=at
        )
        telling.notify_about(
            task.petition,
            [task.post],
            text=_("%(number)s 的批示已反馈，请阅。") % {"number": task.petition.number},
            link=task.get_absolute_url(),
            dedupe_key=f"instruction:{task.pk}:report:{report.pk}",
            at=at,
        )
    instruction.refresh_from_db()
    return report


def acknowledge_instruction(
    *,
    instruction: Instruction,
    actor: Actor,
    enough: bool,
    text: str = "",
    due_on: date | None = None,
    at: datetime | None = None,
) -> None:
    """The leader's word on a report: 知道了 ends it; 不够 opens the task again with a new date and a new clock.

    Raises Refusal: not the leader's own, nothing to read, or 不够 without saying what is missing.
    """
    at = at or now()
    with transaction.atomic():
        task = locked(instruction)
        rules.require(LeaderAct.ACKNOWLEDGE, actor, leader=task.post, petition=task.petition)
        report = task.reports.filter(enough__isnull=True).last()
        if report is None or not task.awaits_reading:
            raise Refusal(_("这件批示现在没有待阅的反馈。"), code="stale")
        word = said(text, _("请写明还差什么。"), longest=1000) if not enough or text.strip() else ""
        report.enough, report.reply, report.replied_at = enough, word, at
        report.save(update_fields=["enough", "reply", "replied_at"])
        task.acknowledged, task.acknowledgement, task.acknowledged_at = enough, word, at
        if not enough:
            _reopen(task, due_on or default_due_on(at), at)
        _save(task)
        audit.record(
            actor=actor,
            act="instruction.acknowledge",
            obj=task,
            detail={"case": task.petition.audit_name, "enough": enough},
            at=at,
        )
        told = _("领导已阅") if enough else _("领导要求继续办理")
        _tell_unit(task, f"{task.petition.number} 的批示：{told}。", f"ack:{report.pk}", at)
    instruction.refresh_from_db()


def chosen_unit(case: Petition, unit: Unit | None, at: datetime) -> Unit:
    """The unit that is to do it; one that does not hold the case could not even read it, one complained of must not."""
    if case.sealed:
        raise Refusal(_("检举控告件按纪检监察程序办理，不在此批示。"), code="forbidden")
    able = units_that_may_do(case, at)
    if not able:
        raise Refusal(str(NOBODY_ABLE), code="invalid")
    if unit is None:
        return able[0]
    if unit.pk not in {one.pk for one in able} and complained.blocks(case, unit, at):
        raise Refusal(
            _("本件反映的就是%(unit)s或其负责人，不能由其办理批示（条例第二十八条）。请改选承办单位。")
            % {"unit": unit.label},
            code="invalid",
        )
    if unit.pk not in {one.pk for one in able}:
        raise Refusal(
            _("%(unit)s没有承办本件，看不到材料。请先由信访部门转送，或改选承办单位。")
            % {"unit": unit.label},
            code="invalid",
        )
    return unit


def write(
    *, case: Petition, actor: Actor, post: Post, text: str, unit: Unit, due_on: date, at: datetime
) -> Instruction:
    """The row, its clock and the notices, in the caller's transaction; the caller wrote the history.

    ``post`` is the leader's; ``actor`` whoever writes it down.
    """
    if due_on <= local_day(at):
        raise Refusal(_("期限须在今天之后。"), code="invalid")
    task = Instruction.objects.create(
        petition=case,
        leader=post.user,
        post=post,
        text=text,
        unit=unit,
        due_on=due_on,
        given_at=at,
        recorded_by=actor.user,
    )
    _start_clock(task, at)
    audit.record(actor=actor, act="instruction.give", obj=task, detail={"case": case.audit_name}, at=at)
    words = _("%(number)s 有领导批示，请于 %(day)s 前反馈。") % {
        "number": case.number,
        "day": due_on.isoformat(),
    }
    _tell_unit(task, words, "given", at)
    return task


def locked(instruction: Instruction) -> Instruction:
    """The case first, then the row. Raises Refusal: sealed meanwhile."""
    case = lock(instruction.petition_id)
    if case.sealed:
        raise Refusal(_("检举控告件按纪检监察程序办理，不在此批示。"), code="forbidden")
    task: Instruction = (
        Instruction.objects.select_for_update(of=("self",))
        .select_related("unit", "post__unit", "post__user", "leader", "doer")
        .get(pk=instruction.pk)
    )
    task.petition = case
    return task


def _reopen(task: Instruction, due_on: date, at: datetime) -> None:
    if due_on <= local_day(at):
        raise Refusal(_("期限须在今天之后。"), code="invalid")
    task.due_on, task.done_at = due_on, None
    _start_clock(task, at)


def _start_clock(task: Instruction, at: datetime) -> None:
    known = facts_of(task.petition, task.unit)
    deadlines.start(
        InstructionClock, rule_code="instruction", at=at, due_on=task.due_on, facts=known, instruction=task
    )


def _save(task: Instruction) -> None:
    task.save(
        update_fields=[
            "due_on",
            "done_at",
            "feedback",
            "acknowledged",
            "acknowledgement",
            "acknowledged_at",
        ]
    )


def _tell_unit(task: Instruction, text: str, occasion: str, at: datetime) -> None:
    telling.notify_about(
        task.petition,
        people_of(task.unit, at),
        text=text,
        link=task.get_absolute_url(),
        dedupe_key=f"instruction:{task.pk}:{occasion}",
        level="soon",
        own_part=petition_rules.answers_own_part(task.petition, task.unit),
        at=at,
    )


def people_of(unit: Unit, at: datetime) -> list[Post]:
    """Everybody in the unit who may report; a petition office has officers instead of handlers."""
    roles = (Role.HANDLER, Role.UNIT_HEAD, Role.PETITION_OFFICER)
    return [post for role in roles for post in holders(role, unit=unit, at=at)]
