"""What other rooms may ask of the deadline engine. Moments are aware, days are Asia/Shanghai."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.timekeeping import SHANGHAI, local_day
from deadlines import facts, ladder, steps
from deadlines.arithmetic import moment_text
from deadlines.duty import DutyTime
from deadlines.engine import (
    all_put_off,
    calendar_trouble,
    engine_state,
    provisional_words,
    pulse,
    put_off,
)
from deadlines.enums import EntryKind, RuleCode, StepKind
from deadlines.models import CalendarTable, Clock, ClockEntry, Rule
from deadlines.progress import moves_under_way
from deadlines.registry import clock_classes
from deadlines.rulebook import Rulebook, days_of, read_calendar, rulebook
from deadlines.working_calendar import WorkingCalendar
from notifications.models import Notice
from notifications.selectors import Delivery, deliveries_of

__all__ = [
    "CalendarGap",
    "Explanation",
    "Rulebook",
    "all_put_off",
    "calendar_gaps",
    "calendar_trouble",
    "clock_classes",
    "engine_state",
    "explain",
    "moves_under_way",
    "provisional_words",
    "pulse",
    "put_off",
    "read_calendar",
    "rulebook",
]

#: How long before the first day of a year without a table the engine begins to say so.
WARN_BEFORE = timedelta(days=120)
MOST_TOLD = 200


@dataclass(frozen=True)
class CalendarGap:
    """A year whose table is missing; ``days_left`` until its first day, negative once it has begun."""

    year: int
    first_day: date
    days_left: int
    sentence: str


@dataclass(frozen=True)
class Told:
    """One notice that was written for a person about a clock, and the ways by which it left for them."""

    at: datetime
    name: str
    text: str
    read_at: datetime | None
    ways: Sequence[Delivery] = ()


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: its moment, what it is, whom it tells, whether it was done, and after what ``share`` of
    the time it comes where it was set so."""

    at: datetime
    kind: str
    role: str
    done: bool
    tells: bool
    share: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a clock's ledger in words."""

    at: datetime
    sentence: str


@dataclass(frozen=True)
class Explanation:
    """Why a clock is due when it is, who was told, what comes next (``deadlines/_explanation.html``)."""

    clock: Clock
    name: str
    code: str
    basis: str
    chosen: str
    course: str
    started: str
    raw_due: str
    due: str
    steps: Sequence[str]
    extension: Sequence[str]
    provisional: bool
    rolled: bool
    state: str
    rungs: Sequence[Rung]
    told: Sequence[Told]
    ledger: Sequence[Line]


def explain(clock: Clock) -> Explanation:
    """The whole story of one clock. Four queries besides ``clock.rule``, five where a digest told of it."""
    book = rulebook()
    rule = book.by_id.get(clock.rule_id, clock.rule)
    story = clock.explanation
    course = ladder.course_of(clock, book)
    rungs = [
        Rung(
            ladder.moment_of(clock, step, course),
            str(StepKind(step.kind).label),
            step.role_label,
            place < clock.step_no,
            step.kind != StepKind.LAPSE,
            step.when_text if step.percent is not None else "",
        )
        for place, step in enumerate(ladder.in_order(book.ladder(rule.pk), course))
    ]
    return Explanation(
        clock=clock,
        name=rule.name,
        code=rule.code,
        basis=story.get("basis", rule.basis),
        chosen=_chosen(clock, rule, book),
        course=steps.of(rule).sentence,
        started=moment_text(clock.started_at),
        raw_due=moment_text(clock.raw_due_at),
        due=moment_text(clock.due_at),
        steps=story.get("steps", []),
        extension=_extension(story),
        provisional=clock.provisional,
        rolled=clock.due_at > clock.raw_due_at,
        state=_state(clock),
        rungs=rungs if clock.running else [rung for rung in rungs if rung.done],
        told=_told(clock),
        ledger=ledger_of(clock),
    )


def _chosen(clock: Clock, rule: Rule, book: Rulebook) -> str:
    """Why this version of the rule and no other of its day; empty where there was no choice."""
    if rule.conditions:
        return (
            f"本件{facts.phrase(rule.conditions)}，适用为此专门规定的期限：合于本件的规定里，它的条件最具体。"
        )
    if not book.has_conditions(rule.code):
        return ""
    if not clock.facts:
        return "起算时没有按条件区分，适用一般规定。"
    return f"起算时{facts.phrase(clock.facts)}，没有为此专门规定的期限，适用一般规定。"


def ledger_of(clock: Clock) -> list[Line]:
    """What was done to a clock, in order; of a move by a calendar also by which table. One query, two where one was."""
    lines, before = [], None
    found = ClockEntry.objects.filter(clock_id=clock.pk, clock_class=clock._meta.label_lower)
    entries = list(found.select_related("rule").order_by("pk"))
    moved = {entry.calendar for entry in entries if entry.kind == EntryKind.MOVE and entry.calendar}
    tables = dict(CalendarTable.objects.filter(pk__in=moved).values_list("pk", "source")) if moved else {}
    for entry in entries:
        why = tables.get(entry.calendar or 0, "") if entry.kind == EntryKind.MOVE else ""
        words = _sentence(entry, before)
        lines.append(Line(entry.at.astimezone(SHANGHAI), f"{words}依据：{why}。" if why else words))
        before = entry
    return lines


def _sentence(entry: ClockEntry, before: ClockEntry | None) -> str:
    what, due = str(EntryKind(entry.kind).label), moment_text(entry.due_at)
    if before is None:
        return f"{what}：自{moment_text(entry.started_at)}按“{entry.rule.name}”计，{due}到期。"
    if entry.kind == EntryKind.STOP and entry.stopped_at is not None:
        late = "，已超期" if entry.breached_at else "，没有超期" if before.breached_at else ""
        return f"{what}于{moment_text(entry.stopped_at)}{late}。"
    if entry.kind == EntryKind.HOLD and entry.held_until is not None:
        return f"{what}：{moment_text(entry.held_until)}前不届满，到期日不变。"
    if entry.kind == EntryKind.BREACH:
        early = f"撤销超期：还没有到{due}，是机器时钟快了。"
        return f"{what}：{due}到期时没有办结。" if entry.breached_at else early
    days = f"{entry.extended_days}日" if entry.kind in {EntryKind.EXTEND, EntryKind.LEAVE_OUT} else ""
    if (entry.raw_due_at, entry.due_at) == (before.raw_due_at, before.due_at):
        return f"{what}{days}：到期日不变。"
    back = "原先记的超期随之撤销。" if before.breached_at and not entry.breached_at else ""
    return f"{what}{days}：到期日由{moment_text(before.due_at)}改为{due}。{back}"


@dataclass(frozen=True)
class RuleRow:
    """A rule in force: the version without conditions, one that is to follow, and how many hold for some matters only
    (those to come included)."""

    rule: Rule
    coming: Rule | None
    special: int

    @property
    def course(self) -> str:
        """By which recorded steps its clocks start and stop."""
        return steps.of(self.rule).sentence


def rules_in_force(at: datetime) -> list[RuleRow]:
    """In the order of the codes that ship, then by code. One query at most. How many clocks run is not told: sealed
    ones are among them, and a count that moved would tell of one (条例 30)."""
    book, day = rulebook(), local_day(at)
    order = {code: place for place, code in enumerate(RuleCode.values)}
    found = []
    for code, every in sorted(book.by_code.items(), key=lambda item: (order.get(item[0], 999), item[0])):
        versions = [one for one in every if one.replaced_at is None]
        general = [one for one in versions if not one.conditions]
        rule = book.in_force(code, at)
        coming = next((one for one in general if one.valid_from > day), None)
        special = sum(
            bool(one.conditions) and (one.valid_until is None or one.valid_until > day) for one in versions
        )
        if general and (rule is not None or coming is not None):
            found.append(RuleRow(rule or general[-1], coming, special))
        elif special and not general:  # a code of the district's own, for some matters only
            left = [one for one in versions if one.valid_until is None or one.valid_until > day]
            found.append(RuleRow(left[0], None, special))
    return found


@dataclass(frozen=True)
class YearRow:
    """The table of a year in force, and how often the year was entered."""

    table: CalendarTable
    times: int

    @property
    def may_go(self) -> bool:
        """Whether it can be taken back: not the year's first, or entered by hand."""
        return self.times > 1 or self.table.entered_by_id is not None

    @property
    def days_off(self) -> int:
        return sum(not works for works, _ in days_of(self.table)[0].values())

    @property
    def made_up(self) -> list[str]:
        return [day.isoformat() for day, (works, _) in days_of(self.table)[0].items() if works]


def duty_hours() -> list[DutyTime]:
    """Those in force, the district's first."""
    found = rulebook().duty_of
    return [found[unit] for unit in sorted(found, key=lambda unit: unit or 0)]


def years() -> list[YearRow]:
    """The newest year first. Two queries."""
    times = Counter(CalendarTable.objects.values_list("year", flat=True))
    latest = CalendarTable.objects.order_by("-year", "-pk").distinct("year").select_related("entered_by")
    return [YearRow(table, times[table.year]) for table in latest]


def calendar_gaps(now: datetime, calendar: WorkingCalendar | None = None) -> list[CalendarGap]:
    """Years without a confirmed table that begin within 120 days or have begun, in order. One query where ``calendar``
    is not given."""
    today = local_day(now)
    confirmed = (calendar or rulebook().calendar).confirmed_years
    years = range(today.year, (today + WARN_BEFORE).year + 1)
    return [_gap(year, today) for year in years if year not in confirmed]


def _gap(year: int, today: date) -> CalendarGap:
    first = date(year, 1, 1)
    left = (first - today).days
    when = f"距{year}年1月1日还有{left}天" if left > 0 else f"{year}年已经开始"
    sentence = (
        f"{year}年放假安排尚未录入（{when}），涉及该年的期限暂按普通周和固定日期节日计算并标为暂定，请录入。"
    )
    return CalendarGap(year, first, left, sentence)


def _extension(story: dict[str, object]) -> list[str]:
    extension = story.get("extension")
    if not isinstance(extension, dict):
        return []
    at = moment_text(datetime.fromisoformat(extension["at"]))
    if extension.get("left_out"):
        return [f"{at}起，不计算在内的共{extension['days']}日，从期限中扣除。", *extension["steps"]]
    return [f"{at}批准延长{extension['days']}日。", *extension["steps"]]


def _state(clock: Clock) -> str:
    if clock.stopped_at is not None:
        late = "，超过期限" if clock.breached_at else ""
        return f"已于{moment_text(clock.stopped_at)}停止{late}。"
    if clock.breached_at is not None:
        return f"已于{moment_text(clock.breached_at)}到期，尚未办理。"
    return "正在计时。"


def _told(clock: Clock) -> list[Told]:
    """Two queries, and one where something was gathered into a digest."""
    found = Notice.objects.filter(dedupe_key__startswith=f"{clock.key}:").select_related("recipient")
    notices = list(found.order_by("created_at", "id")[:MOST_TOLD])
    ways = deliveries_of(notices)
    return [
        Told(
            notice.created_at.astimezone(SHANGHAI),
            notice.recipient.name or notice.recipient.get_username(),
            notice.text,
            notice.read_at,
            ways.get(notice.pk, ()),
        )
        for notice in notices
    ]
