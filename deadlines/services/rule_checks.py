"""What a new version of a rule must be, and when one may end: refused with a sentence, each in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from accounts.enums import Role
from accounts.models import Unit
from core.errors import Refusal
from core.timekeeping import local_day
from deadlines import facts
from deadlines.arithmetic import LONGEST, LONGEST_WORKING, day_text
from deadlines.enums import CONTINUOUS, Hours, LengthUnit, RuleCode, StepKind
from deadlines.models import Rule
from deadlines.rules_table import OPTIONAL, RIGHTS, SHIPPED, STATUTES, TOLD_ROLES, UPWARD, Rung, Share
from deadlines.services.step_checks import check_steps

MOST_RUNGS = 12
#: An alert farther off than this from the due moment is taken for a slip.
FARTHEST = timedelta(days=365)
#: A day farther ahead is taken for a slip, 9999-12-31 for "without end" among them.
FARTHEST_DAY = timedelta(days=3660)


@dataclass(frozen=True)
class NewVersion:
    """What a version says; ``ladder`` as (kind, minutes from the due moment or share of the time, role).

    ``conditions``: the facts for which it holds (``deadlines.facts``), none for the general rule. ``hours``: whether
    nights count."""

    code: str
    basis: str
    length: int | None
    unit: LengthUnit
    rolls: bool
    extension_limit: int | None
    valid_from: date
    ladder: Sequence[Rung]
    conditions: Mapping[str, str] = field(default_factory=dict)
    hours: Hours = Hours.ALWAYS
    #: Of a code of the district's own: acts of the case's table.
    start_acts: Sequence[str] = ()
    stop_acts: Sequence[str] = ()


def locked_versions(code: str) -> list[Rule]:
    """The versions of a rule in the order of their days, locked, without those that were replaced. Raises Refusal where
    there is none."""
    rows = Rule.objects.select_for_update().filter(code=code, replaced_at=None)
    versions = list(rows.order_by("valid_from", "pk"))
    if not versions:
        raise Refusal("没有这条规则。", code="invalid")
    return versions


def same_conditions(versions: Sequence[Rule], conditions: Mapping[str, str]) -> list[Rule]:
    return [one for one in versions if one.conditions == dict(conditions)]


def wrong_today(new: NewVersion, versions: Sequence[Rule], at: datetime) -> Rule | None:
    """The version of today that ``new`` takes the place of: whoever entered it mistakenly need not wait a day."""
    same = same_conditions(versions, new.conditions)
    today = local_day(at)
    return same[-1] if same and same[-1].valid_from == new.valid_from == today else None


def check(new: NewVersion, versions: Sequence[Rule], at: datetime) -> None:
    """Whether ``new`` may follow ``versions``, all of its code. Raises Refusal, its code the field at fault."""
    if not new.basis.strip():
        raise Refusal("请写明依据（条款或者本区文件）。", code="basis")
    if new.valid_from < local_day(at):
        raise Refusal("施行日期不能早于今天：已经起算的期限不追溯。", code="valid_from")
    check_near(new.valid_from, at)
    own = versions[-1].own
    general = same_conditions(versions, {})
    if new.conditions:
        check_conditions(new)
        if not own:
            _check_ground(new, general)
    if own:
        check_steps(new.start_acts, new.stop_acts)
    wrong = wrong_today(new, versions, at)
    if wrong is not None:
        versions = [one for one in versions if one.pk != wrong.pk] or versions
    _check_place(
        new, same_conditions(versions, new.conditions), wrong, needed=not own and new.code not in OPTIONAL
    )
    check_length(new, (general or versions)[-1])
    _check_statute(new)
    check_ladder(new)


def check_near(day: date, at: datetime) -> None:
    """Raises Refusal for a first day in a distant year."""
    if day - local_day(at) > FARTHEST_DAY:
        raise Refusal("施行日期离今天超过十年，请核对。", code="valid_from")


def _check_place(new: NewVersion, same: Sequence[Rule], wrong: Rule | None, *, needed: bool) -> None:
    """Behind the last version of the same conditions, and without a gap where cases need the rule."""
    if not same or same[-1] == wrong:
        return
    last = same[-1]
    if last.valid_from >= new.valid_from:
        raise Refusal(
            f"已有{day_text(last.valid_from)}起施行的版本，新版本的施行日期须在其后。", code="valid_from"
        )
    if last.valid_until is None or last.valid_until >= new.valid_from or new.conditions:
        return
    if needed:
        what = "法定期限" if new.code in STATUTES else "办件要用的期限"
        raise Refusal(
            f"{what}不能中断：上一版本到{day_text(last.valid_until)}为止，新版本须从这一天起施行。",
            code="valid_from",
        )


def check_conditions(new: NewVersion) -> None:
    """Whether the facts are there to choose from. Raises Refusal."""
    if new.code in RIGHTS:
        raise Refusal("权利期对谁都一样，不能按条件另行规定。", code="conditions")
    offered = {fact.name: fact for fact in facts.known()}
    for name, value in new.conditions.items():
        fact = offered.get(name)
        there = fact is not None and (
            value in fact.choices
            if name != facts.UNIT
            else value.isdecimal() and Unit.objects.filter(pk=int(value)).exists()
        )
        if not there:
            raise Refusal("没有这样的适用条件，请从列表中选择。", code="conditions")


def _check_ground(new: NewVersion, general: Sequence[Rule]) -> None:
    """A version for some matters needs one for all others beneath it, or a step of theirs would find no rule."""
    day: date | None = new.valid_from
    while day is not None:
        under = next(
            (r for r in general if r.valid_from <= day and (r.valid_until is None or day < r.valid_until)),
            None,
        )
        if under is None:
            raise Refusal(
                f"{day_text(day)}没有一般规定。按条件的规定以一般规定为底，请先登记一般规定。",
                code="valid_from",
            )
        day = under.valid_until


def check_end(rule: Rule, versions: Sequence[Rule], on: date, at: datetime) -> None:
    """Whether ``rule`` may cease to hold with the day ``on``. Raises Refusal."""
    if on < local_day(at):
        raise Refusal("停用日期不能早于今天：已经起算的期限不追溯。", code="valid_until")
    if on <= rule.valid_from:
        raise Refusal(
            f"这个版本自{day_text(rule.valid_from)}起施行，停用日期须在其后；还没施行的可以撤回。",
            code="valid_until",
        )
    if rule.valid_until is not None and rule.valid_until <= on:
        raise Refusal(f"这个版本到{day_text(rule.valid_until)}为止，不用再停用。", code="valid_until")
    if not (rule.conditions or rule.own):
        _check_needed(rule, versions, on)
    if on - local_day(at) > FARTHEST_DAY:
        raise Refusal(
            "停用日期离今天超过十年：要一直适用的不用停用，没有停用日期就是长期有效。", code="valid_until"
        )


def _check_needed(rule: Rule, versions: Sequence[Rule], on: date) -> None:
    """Whether cases, or versions for some matters, can do without the general one from that day on."""
    if rule.code not in OPTIONAL:
        raise Refusal(
            "这条规则办件要用，不能停用，否则期限会中断；要改内容的，请登记新版本。", code="valid_until"
        )
    if any(one.conditions and (one.valid_until is None or one.valid_until > on) for one in versions):
        raise Refusal("还有按条件的规定以它为底，请先停用那些规定。", code="valid_until")


def check_length(new: NewVersion, general: Rule) -> None:
    """Whether it may be so long, beside the general version. Raises Refusal."""
    if (new.length is None) != (general.length is None):
        raise Refusal(
            "这条规则的日期由办事的人指定，不设固定期限。" if general.length is None else "请填写期限。",
            code="length",
        )
    if (new.unit in CONTINUOUS) != (general.unit in CONTINUOUS):
        raise Refusal("按分钟、小时计的期限和按日计的期限不能互换，请另立规则。", code="unit")
    if new.hours == Hours.DUTY and new.unit not in CONTINUOUS:
        raise Refusal("只有按分钟、小时计的期限才分办公时间；按日计的请选连续计时。", code="hours")
    if new.extension_limit is not None and new.unit in CONTINUOUS:
        raise Refusal("按分钟、小时计的期限不能按日延长，请留空。", code="extension_limit")
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
    if new.code in RIGHTS:
        whose = "信访人的" if new.code == RuleCode.PETITIONER_WINDOW else ""
        if new.length != law.length:
            raise Refusal(
                f"这是{whose}权利期，{law.basis}规定为{law.length}{law.unit.label}，不能改。", code="length"
            )
        if not new.rolls:
            raise Refusal(f"这是{whose}权利期，末日遇休息日须顺延。", code="rolls")
    if new.length is not None and law.length is not None and new.length > law.length:
        raise Refusal(
            f"{law.basis}规定最长{law.length}{law.unit.label}，可以规定得更短，不能更长。", code="length"
        )
    if (new.extension_limit or 0) > (law.extension_limit or 0):
        limit = f"最长延长{law.extension_limit}日" if law.extension_limit else "不能延长"
        raise Refusal(f"{law.basis}规定{limit}。", code="extension_limit")


def in_order(ladder: Sequence[Rung]) -> list[Rung]:
    """Shares of the time first, then by the minutes from the due moment."""
    return sorted(
        ladder, key=lambda rung: (0, rung[1].percent) if isinstance(rung[1], Share) else (1, rung[1])
    )


def _check_share(kind: StepKind, share: Share, role: Role) -> None:
    if kind != StepKind.REMIND or not 1 <= share.percent <= 99:
        raise Refusal("按已过时间的比例，只能定到期前的提醒，比例在1%至99%之间。", code="ladder")
    _check_role(kind, role)


def _check_role(kind: StepKind, role: Role) -> None:
    if kind != StepKind.LAPSE and role not in TOLD_ROLES:
        raise Refusal(f"“{Role(role).label}”不办件，不能作为提醒对象。", code="ladder")


def _check_end_of_ladder(new: NewVersion) -> None:
    """Every ladder ends as the shipped one does: a right with its lapse, a duty with a breach. Without it a clock would
    run on and nobody be late, or end by itself what somebody owes."""
    kinds = [kind for kind, _, _ in new.ladder]
    shipped = {kind for kind, _, _ in SHIPPED[new.code].ladder} if new.code in SHIPPED else {StepKind.BREACH}
    if not shipped:
        if kinds:
            raise Refusal("这条规则不单独计时，不设提醒阶梯，请把各级留空。", code="ladder")
        return
    if new.code in RIGHTS:
        if kinds.count(StepKind.LAPSE) != 1:
            raise Refusal("阶梯没有终点：这是权利期，须有且只有一级“期限届满”。", code="ladder")
        if not set(kinds) <= shipped:
            others = "、".join(str(kind.label) for kind in StepKind if kind in set(kinds) - shipped)
            raise Refusal(f"这是权利期，过期不是谁的超期，阶梯里不能有“{others}”。", code="ladder")
        return
    if StepKind.LAPSE in kinds:
        raise Refusal(
            "“期限届满”会让期限自己停下，只用于权利期；这一条要办完才停，请用“到期未办”。", code="ladder"
        )
    if StepKind.BREACH in shipped and StepKind.BREACH not in kinds:
        raise Refusal("阶梯没有终点：须有“到期未办”一级。", code="ladder")
    if StepKind.BREACH not in shipped:
        if StepKind.BREACH in kinds:
            raise Refusal("这条规则只作提醒，不算谁超期，到期以后请用“逐级上报”。", code="ladder")
        if StepKind.ESCALATE not in kinds:
            raise Refusal("阶梯没有终点：须有到期以后的“逐级上报”一级。", code="ladder")


def _span(new: NewVersion) -> timedelta | None:
    """The longest that may lie between start and end; None where somebody sets the day."""
    if new.length is None:
        return None
    if new.unit == LengthUnit.WORKING_DAY:
        return timedelta(days=2 * new.length + 9)  # weekends, and the longest holidays there were
    per = {LengthUnit.MINUTE: 1, LengthUnit.HOUR: 60, LengthUnit.CALENDAR_DAY: 24 * 60}
    return timedelta(minutes=new.length * per[LengthUnit(new.unit)])


def _check_upward(ladder: Sequence[Rung]) -> None:
    """What is late goes up: a later rung is of no lower post than the one before."""
    climbs = sorted(
        (minutes, UPWARD.index(role))
        for kind, minutes, role in ladder
        if kind == StepKind.ESCALATE and not isinstance(minutes, Share)
    )
    for (earlier, above), (later, below) in pairwise(climbs):
        if earlier < later and below < above:
            raise Refusal(
                f"上报要一级比一级高：报过“{UPWARD[above].label}”以后，不能再报给“{UPWARD[below].label}”。",
                code="ladder",
            )


def check_ladder(new: NewVersion) -> None:
    """Whether its rungs stand where they may, lead up and come to an end. Raises Refusal."""
    if len(new.ladder) > MOST_RUNGS:
        raise Refusal(f"提醒阶梯最多{MOST_RUNGS}级。", code="ladder")
    _check_end_of_ladder(new)
    for kind, minutes, role in new.ladder:
        if isinstance(minutes, Share):
            _check_share(kind, minutes, role)
            continue
        side = {StepKind.REMIND: minutes < 0, StepKind.ESCALATE: minutes > 0}.get(kind, minutes == 0)
        if not side:
            raise Refusal("提醒须在到期之前，上报须在到期之后，到期一级须在到期之时。", code="ladder")
        if abs(timedelta(minutes=minutes)) > FARTHEST:
            raise Refusal("提醒和上报离到期不能超过365天。", code="ladder")
        if (
            kind == StepKind.REMIND
            and (span := _span(new)) is not None
            and timedelta(minutes=-minutes) >= span
        ):
            raise Refusal("有一级提醒排在起算之前，永远不会发出：请让它离到期近于整个期限。", code="ladder")
        _check_role(kind, role)
    up = Counter(role for kind, _, role in new.ladder if kind == StepKind.ESCALATE)
    if twice := [str(Role(role).label) for role, times in up.items() if times > 1]:
        raise Refusal(f"上报绕了回来：{'、'.join(twice)}出现了不止一次。", code="ladder")
    _check_upward(new.ladder)
    if max(Counter(new.ladder).values(), default=0) > 1:
        raise Refusal("阶梯里有两级完全相同。", code="ladder")
