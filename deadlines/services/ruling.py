"""A new version of a rule: checked, foreseen, entered. What runs keeps its version unless the change says otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.actor import Actor
from accounts.enums import Role
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from deadlines.arithmetic import LONGEST, LONGEST_WORKING, day_text
from deadlines.enums import CONTINUOUS, LengthUnit, StepKind
from deadlines.models import Rule, RuleStep
from deadlines.registry import clock_classes
from deadlines.rulebook import rulebook
from deadlines.rules_table import STATUTES, TOLD_ROLES, Rung
from deadlines.services import moving
from deadlines.services.moving import Moves

MOST_RUNGS = 12
#: An alert farther off than this from the due moment is taken for a slip.
FARTHEST = timedelta(days=365)
LONGEST_REASON = 500


@dataclass(frozen=True)
class NewVersion:
    """What a version says; ``ladder`` as (kind, minutes relative to the due moment, role)."""

    code: str
    basis: str
    length: int | None
    unit: LengthUnit
    rolls: bool
    extension_limit: int | None
    valid_from: date
    ladder: Sequence[Rung]


@dataclass(frozen=True)
class Changed:
    """The version entered; how many running clocks went over to it, and how many of them are due at another time."""

    rule: Rule
    running: int
    moved: int


def foresee_rule(new: NewVersion, *, at: datetime | None = None) -> Moves:
    """What would become of the running clocks if they went over to it; nothing is kept. Raises as ``change_rule``."""
    at = at or now()
    with transaction.atomic():
        rule = _enter(new, _check(new, at))
        seen = moving.foresee(clock_classes(), moving.under_rule(new.code), rulebook(), at, rule)
        transaction.set_rollback(True)
    return seen


def change_rule(
    *, actor: Actor, new: NewVersion, running: bool, reason: str, at: datetime | None = None
) -> Changed:
    """Close the version in force on the day before ``new.valid_from`` and enter the new one behind it.

    With ``running``, what runs goes over to it at once, ladders beginning anew; else it keeps the version it started
    under. Which was chosen, and why, is in the audit log. Raises Refusal: another than the system administrator, no
    reason, a rule there is not, a length or a ladder that cannot be, a gap, more time than the law leaves.
    """
    at = at or now()
    if actor.role != Role.SYSTEM_ADMIN:
        raise Refusal("期限规则由系统管理员登记。", code="forbidden")
    reason = said(reason, "请写明改规则的理由和文件依据。", longest=LONGEST_REASON)
    if running and new.valid_from != local_day(at):
        raise Refusal("在办件一并改的，施行日期须为今天；以后施行的，只管施行后起算的期限。", code="running")
    with transaction.atomic():
        rule = _enter(new, _check(new, at))
        went = moved = 0
        if running:
            which = moving.under_rule(new.code)
            went = sum(moving.running(one, which).count() for one in clock_classes())
            moved = moving.carry_out(clock_classes(), which, rulebook(), at, rule)
        audit.record(
            actor=actor,
            act="rule.change",
            obj=rule,
            detail={
                "code": rule.code,
                "length": rule.length,
                "unit": rule.unit,
                "valid_from": rule.valid_from.isoformat(),
                "running": running,
                "clocks": went,
                "clocks_moved": moved,
                "reason": reason,
            },
        )
    return Changed(rule, went, moved)


def _check(new: NewVersion, at: datetime) -> Rule:
    """The version that the new one follows, locked."""
    today = local_day(at)
    versions = list(Rule.objects.select_for_update().filter(code=new.code).order_by("valid_from"))
    if not versions:
        raise Refusal("没有这条规则。", code="invalid")
    last = versions[-1]
    if not new.basis.strip():
        raise Refusal("请写明依据（条款或者本区文件）。", code="basis")
    if new.valid_from < today:
        raise Refusal("施行日期不能早于今天：已经起算的期限不追溯。", code="valid_from")
    if last.valid_from >= new.valid_from:
        raise Refusal(
            f"已有{day_text(last.valid_from)}起施行的版本，新版本的施行日期须在其后。", code="valid_from"
        )
    if last.valid_until is not None and last.valid_until < new.valid_from and new.code in STATUTES:
        raise Refusal(
            f"法定期限不能中断：上一版本到{day_text(last.valid_until)}为止，新版本须从这一天起施行。",
            code="valid_from",
        )
    _check_length(new, last)
    _check_statute(new)
    _check_ladder(new)
    return last


def _check_length(new: NewVersion, last: Rule) -> None:
    if (new.length is None) != (last.length is None):
        raise Refusal(
            "这条规则的日期由办事的人指定，不设固定期限。" if last.length is None else "请填写期限。",
            code="length",
        )
    if (new.unit in CONTINUOUS) != (last.unit in CONTINUOUS):
        raise Refusal("按分钟、小时计的期限和按日计的期限不能互换，请另立规则。", code="unit")
    if new.length is not None:
        longest = LONGEST.get(new.unit, LONGEST_WORKING)
        if not 0 < new.length <= longest:
            raise Refusal(f"期限须在1至{longest}{new.unit.label}之间，不能是{new.length}。", code="length")
    if new.extension_limit is not None and not 0 < new.extension_limit <= 365:
        raise Refusal("最长可延长的日数须在1至365之间；不能延长的请留空。", code="extension_limit")


def _check_statute(new: NewVersion) -> None:
    """A district may bind itself more tightly than the law, and nobody else: rights of petitioners stay as they are."""
    law = STATUTES.get(new.code)
    if law is None:
        return
    if new.unit != law.unit:
        raise Refusal(f"{law.basis}规定按“{law.unit.label}”计，单位不能改。", code="unit")
    if any(kind == StepKind.LAPSE for kind, _, _ in law.ladder):
        if new.length != law.length:
            raise Refusal(
                f"这是信访人的权利期，{law.basis}规定为{law.length}{law.unit.label}，不能改。", code="length"
            )
        return
    if new.length is not None and law.length is not None and new.length > law.length:
        raise Refusal(
            f"{law.basis}规定最长{law.length}{law.unit.label}，可以规定得更短，不能更长。", code="length"
        )
    if (new.extension_limit or 0) > (law.extension_limit or 0):
        limit = f"最长延长{law.extension_limit}日" if law.extension_limit else "不能延长"
        raise Refusal(f"{law.basis}规定{limit}。", code="extension_limit")


def _check_ladder(new: NewVersion) -> None:
    if len(new.ladder) > MOST_RUNGS:
        raise Refusal(f"提醒阶梯最多{MOST_RUNGS}级。", code="ladder")
    if new.ladder and not any(kind in {StepKind.BREACH, StepKind.LAPSE} for kind, _, _ in new.ladder):
        raise Refusal("阶梯没有终点：须有“到期未办”或者“期限届满”一级。", code="ladder")
    for kind, minutes, role in new.ladder:
        side = {StepKind.REMIND: minutes < 0, StepKind.ESCALATE: minutes > 0}.get(kind, minutes == 0)
        if not side:
            raise Refusal("提醒须在到期之前，上报须在到期之后，到期一级须在到期之时。", code="ladder")
        if abs(timedelta(minutes=minutes)) > FARTHEST:
            raise Refusal("提醒和上报离到期不能超过365天。", code="ladder")
        if kind != StepKind.LAPSE and role not in TOLD_ROLES:
            raise Refusal(f"“{Role(role).label}”不办件，不能作为提醒对象。", code="ladder")
    up = Counter(role for kind, _, role in new.ladder if kind == StepKind.ESCALATE)
    if twice := [str(Role(role).label) for role, times in up.items() if times > 1]:
        raise Refusal(f"上报绕了回来：{'、'.join(twice)}出现了不止一次。", code="ladder")
    if max(Counter(new.ladder).values(), default=0) > 1:
        raise Refusal("阶梯里有两级完全相同。", code="ladder")


def _enter(new: NewVersion, last: Rule) -> Rule:
    if last.valid_until is None or last.valid_until > new.valid_from:
        Rule.objects.filter(pk=last.pk).update(valid_until=new.valid_from)
    rule = Rule.objects.create(
        code=new.code,
        name=last.name,
        basis=new.basis.strip(),
        length=new.length,
        unit=new.unit,
        rolls=new.rolls,
        extension_limit=new.extension_limit,
        valid_from=new.valid_from,
    )
    RuleStep.objects.bulk_create(
        RuleStep(rule=rule, ordinal=place, kind=kind, offset_minutes=minutes, role=role)
        for place, (kind, minutes, role) in enumerate(sorted(new.ladder, key=lambda rung: rung[1]), start=1)
    )
    return rule
