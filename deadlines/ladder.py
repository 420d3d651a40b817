"""When each rung of a rule's ladder falls due, and the values passed to a concrete clock class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.timekeeping import SHANGHAI, length_text
from deadlines.enums import Lamp, StepKind
from deadlines.models import Clock, RuleStep


@dataclass(frozen=True)
class DueStep:
    """One rung that has fallen due. ``at`` is when it did, ``late_by`` how much later it was swept."""

    clock: Clock
    step: RuleStep
    at: datetime
    late_by: timedelta

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
        return f"{self.clock.key}:{self.step.rule_id}:{self.clock.extended_days}:{self.step.ordinal}"

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


def moment(step: RuleStep, due_at: datetime, speed: int) -> datetime:
    """When a rung falls due. ``speed`` is 1 for rules counted in days."""
    return due_at + timedelta(minutes=step.offset_minutes) / speed


def first_rung(steps: Sequence[RuleStep], started_at: datetime, due_at: datetime, speed: int) -> int:
    """How many rungs are void from the start: a reminder at or before the start reminds of nothing."""
    void = 0
    for step in steps:
        if step.kind != StepKind.REMIND or moment(step, due_at, speed) > started_at:
            break
        void += 1
    return void


def moment_of(clock: Clock, step: RuleStep) -> datetime:
    """When a rung of this clock falls due: no rung of one that is held back comes before ``held_until``."""
    at = moment(step, clock.due_at, clock.speed)
    return at if clock.held_until is None else max(at, clock.held_until)
