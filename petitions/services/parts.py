"""What co-units (协办) do and what is done with their parts. The lead answers for the whole (牵头抓总制, 条例 24).

Each co-unit has its part on its ``Share``: what it is to contribute (``demand``), its own day (``feedback_due_on``) and
clocks (``part_clocks``), its answer, one objection, and how it ended. Cases that are joined go along.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit
from accounts.selectors import holders, office_posts
from core.errors import Refusal
from core.timekeeping import local_day
from core.wording import said
from deadlines.enums import RuleCode
from petitions.enums import Act, ForwardKind, PartState, ShareRole, Status
from petitions.models import Petition, Share
from petitions.services import complained, joining, part_clocks, scope, telling
from petitions.services.sharing import share, tell, tell_unit
from petitions.services.stepping import Stepping, stepping

#: The least signs of an objection's reasons, as of a lead's.
LEAST_REASON = 5
NEVER_BESIDE = frozenset({UnitKind.DISTRICT, UnitKind.PETITION_OFFICE, UnitKind.DISCIPLINE})


def begin(
    work: Stepping,
    units: Sequence[Unit],
    kind: ForwardKind,
    demand: str,
    due_on: date | None = None,
    *,
    feedback_due_on: date | None = None,
) -> None:
    """Give each of the units its part, with its clocks, and tell it. ``feedback_due_on``: the lead's, of 交办."""
    if not units:
        return
    day = due_on or part_clocks.default_day(work.petition, work.at, feedback_due_on)
    for unit in units:
        part = share(work, unit, ShareRole.CO, kind, demand, day)
        part_clocks.start(part, work.at)
        tell_unit(work, unit, _("%(number)s 请贵单位协办。"))


def add(
    *,
    petition: Petition,
    actor: Actor,
    units: Sequence[Unit],
    demand: str,
    reason: str,
    due_on: date | None = None,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """Add co-units after forwarding, with what each is to contribute, by when, and why. By the sender or the lead.

    Raises Refusal: a unit that has a part already, leads, is complained of (条例 28), or handles no cases; a day
    that is not after today.
    """
    with stepping(petition, Act.CO_ADD, actor, at=at, token=token) as work:
        reason = said(reason, _("请写明增加协办单位的理由。"))
        demand = said(demand, _("请写明协办单位承担什么。"))
        if not units:
            raise Refusal(_("请选择协办单位。"), code="invalid")
        if due_on is not None and due_on <= local_day(work.at):
            raise Refusal(_("协办反馈日期须在今天以后。"), code="invalid")
        for unit in units:
            _check(work.petition, unit, work.at)

        def begin_here(one: Stepping) -> None:
            live = set(one.petition.shares.filter(ended_at=None).values_list("unit_id", flat=True))
            new = [unit for unit in dict.fromkeys(units) if unit.pk not in live]
            begin(one, new, ForwardKind.FORWARD, demand, due_on)
            scope.rebuild(one.petition)
            names = "、".join(unit.label for unit in new)
            one.text = _("%(units)s：%(demand)s；理由：%(reason)s") % {
                "units": names,
                "demand": demand,
                "reason": reason,
            }
            one.detail = {"co_units": [unit.pk for unit in new]}

        joining.together(work, begin_here, also=partial(_may_all_join, units=units, at=work.at))


def _check(case: Petition, unit: Unit, at: datetime) -> None:
    words = {"unit": unit.label}
    if unit.kind in NEVER_BESIDE:
        raise Refusal(_("%(unit)s不能作为协办单位，请选择具体的部门或乡镇。") % words, code="invalid")
    if complained.blocks(case, unit, at):
        raise Refusal(
            _("%(unit)s是本件的被反映单位或者由被反映的人负责，不能协办（条例第二十八条）。") % words,
            code="invalid",
        )
    there = case.shares.filter(unit=unit, ended_at=None).first()
    if there is not None:
        already = _("%(unit)s已是主办单位。") if there.role == ShareRole.LEAD else _("%(unit)s已是协办单位。")
        raise Refusal(already % words, code="invalid")


def _may_all_join(case: Petition, units: Sequence[Unit], at: datetime) -> bool:
    live = set(case.shares.filter(ended_at=None).values_list("unit_id", flat=True))
    return any(unit.pk not in live for unit in units) and not any(
        complained.blocks(case, unit, at) for unit in units
    )


def end(
    *,
    petition: Petition,
    actor: Actor,
    part: Share,
    reason: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """End a co-unit's part, with the reason. It reads the case no more; what it answered stays on file."""
    with stepping(petition, Act.CO_END, actor, at=at, token=token) as work:
        reason = said(reason, _("请写明结束协办的理由。"))
        unit = _still(work, part).unit
        tell_unit(work, unit, _("%(number)s 已结束贵单位的协办。"))

        def end_here(one: Stepping) -> None:
            _end(one, _part_of(one.petition, unit), reason)
            one.text = _("%(unit)s：%(reason)s") % {"unit": unit.label, "reason": reason}

        joining.together(work, end_here, also=lambda case: _has_part(case, unit))


def _end(work: Stepping, part: Share, reason: str) -> None:
    part.ended_at, part.end_reason = work.at, reason
    fields = ["ended_at", "end_reason"]
    if part.objected_at is not None and part.objection_decided_at is None:
        # What it objected to is over; an objection does not stay open on a part that has ended.
        part.objection_agreed, part.objection_decision, part.objection_decided_at = True, reason, work.at
        fields += ["objection_agreed", "objection_decision", "objection_decided_at"]
    part.save(update_fields=fields)
    part_clocks.stop(part, work.at)
    scope.rebuild(work.petition)
    work.detail = {"unit": part.unit_id}


def answer(
    *,
    petition: Petition,
    actor: Actor,
    text: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """A co-unit's contribution, to the lead, who is told. Given again, it takes the place of the former one, which
    stays in the history.

    Raises Refusal: nothing written; its objection is being weighed.
    """
    with stepping(petition, Act.CO_ANSWER, actor, at=at, token=token) as work:
        text = said(text, _("请写明内容。"))
        mine = part_clocks.own_parts(work.petition, actor)
        if all(part.part == PartState.OBJECTED for part in mine):
            raise Refusal(_("本单位的协办异议正在核实，请等核实以后再反馈。"), code="stale")

        def answer_here(one: Stepping) -> None:
            for part in part_clocks.own_parts(one.petition, actor):
                if part.part != PartState.OBJECTED:
                    part.answer, part.answered_at = text, one.at
                    part.save(update_fields=["answer", "answered_at"])
                    part_clocks.stop(part, one.at)
            one.text = text

        joining.together(work, answer_here, also=lambda case: bool(part_clocks.own_parts(case, actor)))
        _tell_lead(work, _("%(number)s 的协办单位已反馈协办意见，请查看。"))


def send_back(
    *,
    petition: Petition,
    actor: Actor,
    part: Share,
    reason: str,
    due_on: date,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """The lead returns a co-unit's answer: what is missing, and a new day, from which its clock runs anew."""
    with stepping(petition, Act.CO_RETURN, actor, at=at, token=token) as work:
        reason = said(reason, _("请写明还缺什么。"))
        if due_on <= local_day(work.at):
            raise Refusal(_("协办反馈日期须在今天以后。"), code="invalid")
        here = _still(work, part)
        if here.part != PartState.ANSWERED:
            raise Refusal(_("没有生效：这份协办意见刚刚已经退回，或者还没有反馈。"), code="stale")
        unit = here.unit

        def return_here(one: Stepping) -> None:
            back = _part_of(one.petition, unit)
            back.answered_at, back.returned_at, back.return_reason = None, one.at, reason
            back.feedback_due_on = due_on
            back.save(update_fields=["answered_at", "returned_at", "return_reason", "feedback_due_on"])
            part_clocks.answer(back, one.at)
            one.text = _("%(unit)s：%(reason)s（请于 %(day)s 前反馈）") % {
                "unit": unit.label,
                "reason": reason,
                "day": due_on.isoformat(),
            }
            one.detail = {"unit": unit.pk}

        joining.together(work, return_here, also=lambda case: _has_part(case, unit, state=PartState.ANSWERED))
        tell_unit(work, unit, _("%(number)s 的协办意见已退回，请补充后重新反馈。"))


def object_to(
    *,
    petition: Petition,
    actor: Actor,
    reason: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """A co-unit objects, once, within five working days, with reasons; it stays a co-unit until the sender agrees (条例
    23 ¶3 by analogy). Its day does not move.

    Raises Refusal: too short a reason; too late, or weighed before.
    """
    with stepping(petition, Act.CO_OBJECT, actor, at=at, token=token) as work:
        if len(reason.strip()) < LEAST_REASON:
            raise Refusal(_("请详细写明异议的理由。"), code="invalid")
        mine = [part for part in part_clocks.own_parts(work.petition, actor) if part.objected_at is None]
        if not mine:
            raise Refusal(_("本单位已经提出过协办异议；核实没有同意的，应当继续协办。"), code="stale")
        open_to = [part for part in mine if part_clocks.objection_open(part, work.at)]
        if not open_to:
            raise Refusal(
                _("已超过 5 个工作日的协办异议期限，或者本单位已经反馈，应当继续协办。"), code="stale"
            )
        for part in open_to:
            part.objection, part.objected_at = reason, work.at
            part.save(update_fields=["objection", "objected_at"])
            part_clocks.stop(part, work.at, RuleCode.OBJECTION)
        work.text = reason
        text = _("%(number)s 的协办单位提出异议，请核实。")
        tell(work, _officers(open_to[0], work), text)
        _tell_lead(work, text)


def weigh(
    *,
    petition: Petition,
    actor: Actor,
    part: Share,
    agree: bool,
    decision: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """The sending office weighs a co-unit's objection: agreed, the part ends; else it goes on, to the same day."""
    with stepping(petition, Act.CO_WEIGH, actor, at=at, token=token) as work:
        decision = said(decision, _("请写明核实意见。"))
        here = _still(work, part)
        if here.part != PartState.OBJECTED:
            raise Refusal(_("没有生效：这项协办异议刚刚已经核实。"), code="stale")
        here.objection_agreed, here.objection_decision, here.objection_decided_at = agree, decision, work.at
        here.save(update_fields=["objection_agreed", "objection_decision", "objection_decided_at"])
        unit = here.unit
        verdict = _("同意异议") if agree else _("不同意异议，继续协办")
        tell_unit(work, unit, _("%(number)s 的协办异议已核实：") + verdict)
        if agree:
            _end(work, here, decision)
            _tell_lead(work, _("%(number)s 的协办异议已核实同意，该单位不再协办。"))
        work.text = _("%(unit)s：%(verdict)s。%(decision)s") % {
            "unit": unit.label,
            "verdict": verdict,
            "decision": decision,
        }
        work.detail = {"unit": unit.pk}


def _part_of(case: Petition, unit: Unit) -> Share:
    found: Share = case.shares.select_related("unit", "petition").get(
        unit=unit, ended_at=None, role=ShareRole.CO
    )
    return found


def _has_part(case: Petition, unit: Unit, *, state: PartState | None = None) -> bool:
    found = case.shares.filter(unit=unit, ended_at=None, role=ShareRole.CO).first()
    return found is not None and state in {None, found.part}


def _still(work: Stepping, part: Share) -> Share:
    """The part as it stands under the lock of its case.

    Raises Refusal: it is another case's, or has just ended.
    """
    found = work.petition.shares.select_related("unit", "sent_from").filter(pk=part.pk).first()
    if found is None or not found.is_live_part:
        raise Refusal(_("没有生效：该单位刚刚已经不再协办。"), code="stale")
    return found


def _officers(part: Share, work: Stepping) -> list[Post]:
    """Who weighs: the officers of the office that sent it, or of the petition office where the lead did."""
    found = holders(Role.PETITION_OFFICER, unit=part.sent_from, at=work.at) if part.sent_from else []
    return found or office_posts(Role.PETITION_OFFICER, work.at)


def _tell_lead(work: Stepping, text: str) -> None:
    case = work.petition
    if case.lead_unit is None or Status(case.status) == Status.REGISTERED:
        return
    telling.notify_about(
        case,
        telling.those_who_answer(case, work.at),
        text=text % {"number": case.number},
        dedupe_key=f"step:{case.pk}:{work.step.act}:lead:{work.at.timestamp()}",
        at=work.at,
    )
