"""When each rung of a rule's ladder falls due, and the values passed to a concrete clock class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.timekeeping import SHANGHAI, length_text
from deadlines import duty as duty_time
from deadlines.duty import DutyTime
from deadlines.enums import Lamp, StepKind
from deadlines.models import Clock, RuleStep
from deadlines.rulebook import Rulebook
from deadlines.working_calendar import CalendarBroken, WorkingCalendar

PLAIN = WorkingCalendar()


@dataclass(frozen=True)
class DueStep:
    """One rung that has fallen due. ``at`` is when it did, ``late_by`` how much later it was swept. ``round`` counts
    how often a breach of the clock was taken back, its due moment having moved (``ledger.rounds``)."""

    clock: Clock
    step: RuleStep
    at: datetime
    late_by: timedelta
    round: int = 0

    @property
    def kind(self) -> str:
        return self.step.kind

    @property
    def role(self) -> str:
        return self.step.role

    @property
    def ordinal(self) -> int:
        return self.step.ordinal

    @property
    def key(self) -> str:
        """The dedupe key of this rung's alert: clock, round (another rule or an extension opens a new one), rung."""
        return key_of(self.clock, self.step, self.round)

    @property
    def level(self) -> str:
        """A notice's level: soon for a reminder, late for everything after it."""
        return (Lamp.YELLOW if self.step.kind == StepKind.REMIND else Lamp.RED).value

    @property
    def late_text(self) -> str:
        """For an alert a minute or more after its moment: when it should have come, how late it is."""
        if self.late_by < timedelta(minutes=1):
            return ""
        due = self.at.astimezone(SHANGHAI)
        return f"（补发：应于{due:%m-%d %H:%M}发出，迟{length_text(int(self.late_by.total_seconds()))}）"

    @property
    def by_when(self) -> str:
        """应于11月30日24:00前完成。 before the rolled due moment, 已于11月30日24:00到期。 from then on."""
        when = self.when
        return f"应于{when}前完成。" if self.step.kind == StepKind.REMIND else f"已于{when}到期。"

    def worded(self, sentence: str) -> str:
        """The sentence of an alert with by when, unless it says so itself; what is late by stays at its end."""
        if self.when in sentence:
            return sentence
        head = sentence.removesuffix(self.late_text)
        stop = "" if head.endswith(("。", "！", "？", "）")) else "。"
        return f"{head}{stop}{self.by_when}{sentence[len(head) :]}"

    @property
    def when(self) -> str:
        """The rolled due moment, short: with its year where that is another one."""
        due = self.clock.due_at.astimezone(SHANGHAI)
        year = f"{due.year}年" if due.year != self.at.astimezone(SHANGHAI).year else ""
        clock = "24:00" if due.time() == time.max else f"{due:%H:%M}"
        return f"{year}{due.month}月{due.day}日{clock}"


def key_of(clock: Clock, step: RuleStep, times: int = 0) -> str:
    """Of a rung of a clock; with a breach taken back (``times``) what comes from the due moment on is told anew."""
    again = f"r{times}" if times and step.kind != StepKind.REMIND else ""
    return f"{clock.key}:{step.rule_id}:{clock.extended_days}{again}:{step.ordinal}"


@dataclass(frozen=True)
class AlertLine:
    """One sentence for some people. ``link`` is a local path; ``text`` carries no personal data; ``about`` names
    what it tells of, so that it can be taken back."""

    recipients: Sequence[int]
    text: str
    link: str
    dedupe_key: str
    level: str = Lamp.GREEN.value
    about: str = ""


@dataclass(frozen=True)
class Course:
    """What a ladder is laid along: from the start of a clock to its due moment. ``speed`` is 1 for rules counted in
    days; with ``duty`` the ladder's minutes, like the rule's, are those within duty hours."""

    started_at: datetime
    due_at: datetime
    speed: int = 1
    duty: DutyTime | None = None
    calendar: WorkingCalendar = PLAIN

    def from_due(self, minutes: int) -> datetime:
        """So many minutes after the due moment, or before it."""
        delta = timedelta(minutes=minutes) / self.speed
        if self.duty is None:
            return self.due_at + delta
        return self._shift(self.due_at, delta, self.duty)

    def after_share(self, percent: int) -> datetime:
        """When so much of the time has passed."""
        if self.duty is None:
            return self.started_at + (self.due_at - self.started_at) * percent / 100
        try:
            whole = duty_time.between(self.started_at, self.due_at, self.duty, self.calendar)
        except CalendarBroken:
            whole = duty_time.between(self.started_at, self.due_at, self.duty, self.calendar.plain())
        return self._shift(self.started_at, whole * percent / 100, self.duty)

    def _shift(self, moment: datetime, delta: timedelta, duty: DutyTime) -> datetime:
        """On a broken calendar as the due date itself: by plain weeks."""
        try:
            return duty_time.shift(moment, delta, duty, self.calendar)
        except CalendarBroken:
            return duty_time.shift(moment, delta, duty, self.calendar.plain())


def course_of(clock: Clock, book: Rulebook) -> Course:
    """Of a clock as it stands; reads its explanation only where duty hours count."""
    rule = book.by_id[clock.rule_id]
    duty = None
    if rule.on_duty and (kept := clock.explanation.get("hours")) is not None:
        duty = book.duty_for(rule, clock.facts, kept)
    return Course(clock.started_at, clock.due_at, clock.speed, duty, book.calendar)


def moment(step: RuleStep, course: Course) -> datetime:
    """When a rung falls due."""
    if step.percent is not None:
        return course.after_share(step.percent)
    assert step.offset_minutes is not None
    return course.from_due(step.offset_minutes)


def in_order(steps: Sequence[RuleStep], course: Course) -> Sequence[RuleStep]:
    """The rungs as they fall due on this course: 80 % of sixty days comes before "three days before the end", of five
    days after it. A clock counts how many of them are done."""
    if all(step.percent is None for step in steps):
        return steps
    return sorted(steps, key=lambda step: (moment(step, course), step.ordinal))


def first_rung(steps: Sequence[RuleStep], at: datetime, course: Course) -> int:
    """How many rungs are void from the start: a reminder at or before ``at`` reminds of nothing."""
    void = 0
    for step in in_order(steps, course):
        if step.kind != StepKind.REMIND or moment(step, course) > at:
            break
        void += 1
    return void


def moment_of(clock: Clock, step: RuleStep, course: Course) -> datetime:
    """When a rung of this clock falls due: no rung of one that is held back comes before ``held_until``."""
    at = moment(step, course)
    return at if clock.held_until is None else max(at, clock.held_until)
