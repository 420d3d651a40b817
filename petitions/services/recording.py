"""Records of handling that have parts: the plan, a talk with the petitioner, a reconciliation of the two sides.

Notes, calls and visits are ``services.handling``; all of them are ``HandlingRecord`` rows in one list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import User
from core.errors import Refusal
from core.timekeeping import friendly_moment, han_date, local_day
from core.wording import said
from petitions import rules
from petitions.enums import Act, RecordKind, Signature, TalkWay
from petitions.models import Petition, PlanStep, Reconciliation, Talk
from petitions.services.handling import keep_record, unit_people
from petitions.services.stepping import Stepping, stepping

MOST_STEPS = 8


@dataclass(frozen=True)
class NewStep:
    """One step of a plan: what, by whom, by the end of which day (Asia/Shanghai)."""

    text: str
    who: User
    due_on: date


def plan(
    *,
    petition: Petition,
    actor: Actor,
    steps: Sequence[NewStep],
    text: str = "",
    at: datetime | None = None,
    token: str = "",
) -> None:
    """办理方案 of the lead unit, in steps. Made again, it takes the place of the former, which stays on file.

    Raises Refusal: no step or more than ``MOST_STEPS``; a day that has passed; somebody of another unit, or recused.
    """
    with stepping(petition, Act.PLAN, actor, at=at, token=token) as work:
        if not steps:
            raise Refusal(_("请至少写一步：做什么、谁负责、何时完成。"), code="invalid")
        if len(steps) > MOST_STEPS:
            raise Refusal(_("办理方案最多 %(n)d 步，请合并。") % {"n": MOST_STEPS}, code="invalid")
        for step in steps:
            _check_step(work, step)
        record = keep_record(work, RecordKind.PLAN, text.strip())
        PlanStep.objects.bulk_create(
            PlanStep(record=record, ordinal=n, text=step.text.strip(), who=step.who, due_on=step.due_on)
            for n, step in enumerate(steps, start=1)
        )
        lines = [
            _("%(n)d. %(text)s（%(who)s，%(day)s前）")
            % {
                "n": n,
                "text": step.text.strip(),
                "who": step.who.get_full_name(),
                "day": step.due_on.isoformat(),
            }
            for n, step in enumerate(steps, start=1)
        ]
        work.text = "\n".join([*lines, *([text.strip()] if text.strip() else [])])
        work.detail = {"steps": len(steps)}


def _check_step(work: Stepping, step: NewStep) -> None:
    case = work.petition
    assert case.lead_unit is not None
    said(step.text, _("请写明每一步做什么。"))
    if step.due_on < local_day(work.at):
        raise Refusal(_("每一步的完成日期不能早于今天。"), code="invalid")
    if step.who not in unit_people(case.lead_unit, work.at):
        raise Refusal(
            _("%(who)s不是%(unit)s的在岗人员，请另选一人。")
            % {"who": step.who.get_full_name(), "unit": case.lead_unit.label},
            code="invalid",
        )
    if step.who.pk in rules.recused_from(case):
        raise Refusal(
            _("%(who)s已回避本件，请另选一人。") % {"who": step.who.get_full_name()}, code="invalid"
        )


def talk(
    *,
    petition: Petition,
    actor: Actor,
    way: TalkWay,
    held_at: datetime,
    place: str,
    present: str,
    text: str,
    signature: Signature,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """A talk with the petitioner, entered afterwards: who, when, where, what was said, and whether they signed.
    ``held_at``: aware.

    Raises Refusal: a talk that is still to come, or was held before the case was received; nothing said, nobody there.
    """
    with stepping(petition, Act.TALK, actor, at=at, token=token) as work:
        if held_at > work.at:
            raise Refusal(_("谈话时间不能晚于现在：谈过以后再登记。"), code="invalid")
        if held_at < work.petition.received_at:
            raise Refusal(
                _("谈话时间不能早于收到本件的时间（%(when)s）。")
                % {"when": friendly_moment(work.petition.received_at)},
                code="invalid",
            )
        present = said(present, _("请写明在场人员：谈话人、信访人和其他在场的人。"))
        place = said(place, _("请写明谈话地点。"))
        text = said(text, _("请写明谈话内容。"))
        record = keep_record(work, RecordKind.TALK, text)
        Talk.objects.create(
            record=record, way=way, held_at=held_at, place=place, present=present, signature=signature
        )
        # Who was there and where stands sealed beside the record; history is kept for good.
        work.text = _("%(way)s，%(signature)s：%(text)s") % {
            "way": way.label,
            "signature": signature.label,
            "text": text,
        }
        work.detail = {"talk_way": way, "signed": signature}


def reconcile(
    *,
    petition: Petition,
    actor: Actor,
    agreed_on: date,
    petitioner_side: str,
    other_side: str,
    petitioner_consents: bool,
    other_consents: bool,
    text: str,
    afterwards: str,
    at: datetime | None = None,
    token: str = "",
) -> None:
    """和解 by the will of both sides (条例 33): who agreed, when, on what, and what becomes of the case. No clock stops
    and the state stays: the petitioner still gets the answer.

    Raises Refusal: one side does not consent; a day to come, or before the case was received; a part left out.
    """
    with stepping(petition, Act.RECONCILE, actor, at=at, token=token) as work:
        if not (petitioner_consents and other_consents):
            raise Refusal(
                _("和解须双方自愿（条例第三十三条）：有一方没有同意的，不能登记和解，请按原程序办理。"),
                code="invalid",
            )
        if agreed_on > local_day(work.at):
            raise Refusal(_("和解日期不能晚于今天。"), code="invalid")
        if agreed_on < local_day(work.petition.received_at):
            raise Refusal(_("和解日期不能早于收到本件的日期。"), code="invalid")
        sides = {
            "petitioner_side": said(petitioner_side, _("请写明信访人一方是谁。")),
            "other_side": said(other_side, _("请写明对方是谁。")),
        }
        text = said(text, _("请写明和解内容。"))
        afterwards = said(afterwards, _("请写明和解以后本件怎样办理、答复。"))
        record = keep_record(work, RecordKind.SETTLED, text)
        Reconciliation.objects.create(record=record, agreed_on=agreed_on, afterwards=afterwards, **sides)
        words = {"day": han_date(agreed_on), "text": text, "after": afterwards}
        work.text = _("%(day)s双方自愿和解：%(text)s。%(after)s") % words
        assert work.petition.lead_unit is not None
        work.public_text = _(
            "已登记：%(day)s双方自愿达成和解。和解不影响您得到答复的权利，本件仍由%(unit)s依法办理并答复您，期限照旧。"
        ) % {"day": han_date(agreed_on), "unit": work.petition.lead_unit.name}
