"""Versions of rules: foreseen, entered, ended, withdrawn. What runs keeps its own unless the change says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.actor import Actor
from accounts.enums import Role
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from deadlines.models import ClockEntry, Rule, RuleStep
from deadlines.registry import clock_classes
from deadlines.rulebook import rulebook
from deadlines.rules_table import place_of
from deadlines.services import big_moves, moving, second_looks
from deadlines.services.moving import Carried, Moves
from deadlines.services.reaching import Reach
from deadlines.services.rule_checks import (
    NewVersion,
    check,
    check_end,
    in_order,
    locked_versions,
    same_conditions,
    wrong_today,
)

LONGEST_REASON = 500
NEW_TODAY = "在办件一并改的，施行日期须为今天；以后施行的，只管施行后起算的期限。"
END_TODAY = "在办件一并改的，停用日期须为今天；以后停用的，只管停用后起算的期限。"
NOTHING_LEFT = "停用以后没有别的规定可以改按，正在计时的件只能仍按起算时的规则。"


@dataclass(frozen=True)
class Changed:
    """The version entered or ended; how many running clocks went over to another one by it, and how many of them are
    due at another time."""

    rule: Rule
    running: int
    moved: int
    #: So many clocks are looked at by a task, in batches.
    later: int = 0


def _check_leaving(rule: Rule, running: bool, on: date, at: datetime) -> None:
    _check_running(running, on, at, END_TODAY)
    if running and not rule.conditions:
        raise Refusal(NOTHING_LEFT, code="running")


def _check_running(running: bool, day: date, at: datetime, sentence: str) -> None:
    if running and day != local_day(at):
        raise Refusal(sentence, code="running")


def foresee_rule(new: NewVersion, *, running: bool = False, at: datetime | None = None) -> Moves:
    """What would become of the running clocks if they went over to it; nothing is kept. Raises as ``change_rule``."""
    at = at or now()
    _check_running(running, new.valid_from, at, NEW_TODAY)
    with transaction.atomic():
        rule = _enter(new, at)
        which = moving.under_rule(new.code)
        seen = moving.foresee(clock_classes(), which, rulebook(), at, moving.over_to(rule, rule.valid_from))
        transaction.set_rollback(True)
    return seen


def change_rule(
    *, actor: Actor, new: NewVersion, running: bool, reason: str, at: datetime | None = None
) -> Changed:
    """Close the version of the same conditions on the day before ``new.valid_from`` and enter the new one behind it.
    One that holds from today on as well was a mistake: the new one takes its place.

    With ``running``, what runs and would now start under it goes over to it at once, ladders beginning anew; else it
    keeps the version it started under. Which was chosen, and why, is in the audit log. Raises Refusal: another than the
    system administrator, no reason, a rule there is not, conditions there are not, a length or a ladder that cannot be,
    a gap, more time than the law leaves.
    """
    at = at or now()
    reason = authorised(actor, reason)
    _check_running(running, new.valid_from, at, NEW_TODAY)
    with transaction.atomic():
        wrong = wrong_today(new, locked_versions(new.code), at)
        rule = _enter(new, at)
        carried = Carried(0, 0)
        if running:
            reach = Reach(moving.under_rule(new.code), moving.over_to(rule, rule.valid_from))
            carried = second_looks.carry_out(clock_classes(), reach, at, rule=rule)
        detail = {"length": rule.length, "unit": rule.unit, "valid_from": rule.valid_from.isoformat()}
        replaced = {} if wrong is None else {"replaced": wrong.length_text}
        record(actor, "rule.change", rule, {**detail, **replaced, **_told(running, carried)}, reason)
    return Changed(rule, carried.looked_at, carried.moved, carried.later)


def foresee_end(rule: Rule, on: date, *, running: bool = False, at: datetime | None = None) -> Moves:
    """What would become of the clocks that run under ``rule`` if it ended and they went over to what is left.

    Raises as ``end_rule``.
    """
    at = at or now()
    _check_leaving(rule, running, on, at)
    with transaction.atomic():
        rule = _end(rule, on, at)
        seen = moving.foresee(
            clock_classes(), moving.under_version(rule), rulebook(), at, moving.away_from(rule, on)
        )
        transaction.set_rollback(True)
    return seen


def end_rule(
    *, actor: Actor, rule: Rule, on: date, running: bool, reason: str, at: datetime | None = None
) -> Changed:
    """Let no clock start under ``rule`` from the day ``on``; with ``running``, what runs under it goes over to the
    version that then comes closest. Raises Refusal: another than the system administrator, no reason, a day that cannot
    be, a gap in what cases need, nothing to go over to.
    """
    at = at or now()
    reason = authorised(actor, reason)
    _check_leaving(rule, running, on, at)
    with transaction.atomic():
        rule = _end(rule, on, at)
        carried = Carried(0, 0)
        if running:
            reach = Reach(moving.under_version(rule), moving.away_from(rule, on))
            carried = second_looks.carry_out(clock_classes(), reach, at, rule=rule, leaving=True)
        record(actor, "rule.end", rule, {"valid_until": on.isoformat(), **_told(running, carried)}, reason)
    return Changed(rule, carried.looked_at, carried.moved, carried.later)


#: What holds after a version was withdrawn: the one that it was to follow, or none.
BEFORE, NONE = "before", "none"


def followed_by(rule: Rule, versions: Sequence[Rule]) -> Rule | None:
    """The version that ends where ``rule`` was to begin."""
    same = same_conditions(versions, rule.conditions)
    return next((one for one in same if one.valid_until == rule.valid_from), None)


def withdraw_rule(
    *, actor: Actor, rule: Rule, reason: str, then: str = "", at: datetime | None = None
) -> None:
    """Delete a version that is yet to come and by which nothing was counted. ``then``: whether the one before it goes
    on (BEFORE) or ends all the same (NONE); without one before it there is nothing to say.

    Raises Refusal: another than the system administrator, no reason, a version in force or one that clocks run under,
    nothing said of what then holds, a gap in what cases need.
    """
    at = at or now()
    reason = authorised(actor, reason)
    with transaction.atomic():
        versions = locked_versions(rule.code)
        rule = _fresh(rule, versions)
        if ClockEntry.objects.filter(rule=rule).exists():
            raise Refusal("已有期限按这个版本计算，不能删除；不再适用的，请停用。", code="stale")
        if rule.valid_from <= local_day(at):
            raise Refusal("这个版本已经施行，不能删除；不再适用的，请停用。", code="stale")
        before = followed_by(rule, versions)
        if before is not None and then not in {BEFORE, NONE}:
            raise Refusal(f"请选择撤回以后，前一个版本（{before.length_text}）是不是接着适用。", code="then")
        detail = {"length": rule.length, "unit": rule.unit, "valid_from": rule.valid_from.isoformat()}
        if before is not None:
            detail["then"] = then
        record(actor, "rule.withdraw", rule, detail, reason)
        Rule.objects.filter(pk=rule.pk).delete()
        if before is not None and then == BEFORE:
            Rule.objects.filter(pk=before.pk).update(valid_until=rule.valid_until)
        elif before is not None:
            open_ended = copy(before)
            open_ended.valid_until = rule.valid_until
            left = [open_ended if one.pk == before.pk else one for one in versions if one.pk != rule.pk]
            assert before.valid_until is not None
            check_end(open_ended, left, before.valid_until, at)


def authorised(actor: Actor, reason: str) -> str:
    """The reason, of whoever may change rules. Raises Refusal."""
    if actor.role != Role.SYSTEM_ADMIN:
        raise Refusal("期限规则由系统管理员登记。", code="forbidden")
    return said(reason, "请写明改规则的理由和文件依据。", longest=LONGEST_REASON)


def _told(running: bool, carried: Carried) -> dict[str, Any]:
    later = {"clocks_later": carried.later} if carried.later else {}
    return {"running": running, "clocks": carried.looked_at, "clocks_moved": carried.moved, **later}


def record(actor: Actor, act: str, rule: Rule, detail: Mapping[str, Any], reason: str) -> None:
    """Into the audit log."""
    told = {"code": rule.code, "conditions": rule.conditions_text, **detail, "reason": reason}
    audit.record(actor=actor, act=act, obj=rule, detail=told)


def _fresh(rule: Rule, versions: Sequence[Rule]) -> Rule:
    found = next((one for one in versions if one.pk == rule.pk), None)
    if found is None:
        raise Refusal("这个版本已经被撤回或者更正。", code="stale")
    return found


def _end(rule: Rule, on: date, at: datetime) -> Rule:
    big_moves.refuse_while_moving(code=rule.code)
    versions = locked_versions(rule.code)
    rule = _fresh(rule, versions)
    check_end(rule, versions, on, at)
    Rule.objects.filter(pk=rule.pk).update(valid_until=on)
    rule.valid_until = on
    return rule


def _enter(new: NewVersion, at: datetime) -> Rule:
    big_moves.refuse_while_moving(code=new.code)
    versions = locked_versions(new.code)
    check(new, versions, at)
    same = same_conditions(versions, new.conditions)
    if (wrong := wrong_today(new, versions, at)) is not None:
        Rule.objects.filter(pk=wrong.pk).update(replaced_at=at)
    elif same and (same[-1].valid_until is None or same[-1].valid_until > new.valid_from):
        Rule.objects.filter(pk=same[-1].pk).update(valid_until=new.valid_from)
    return keep(new, versions[-1].name)


def keep(new: NewVersion, name: str) -> Rule:
    """The rows of a version that was checked."""
    rule = Rule.objects.create(
        code=new.code,
        name=name,
        basis=new.basis.strip(),
        length=new.length,
        unit=new.unit,
        rolls=new.rolls,
        hours=new.hours,
        extension_limit=new.extension_limit,
        valid_from=new.valid_from,
        conditions=dict(new.conditions),
        start_acts=list(new.start_acts),
        stop_acts=list(new.stop_acts),
    )
    RuleStep.objects.bulk_create(
        RuleStep(rule=rule, ordinal=place, kind=kind, role=role, **place_of(when))
        for place, (kind, when, role) in enumerate(in_order(new.ladder), start=1)
    )
    return rule
