"""A promise that the leader's own office keeps: its clock, and who is reminded. What a unit keeps is an instruction.

Rule ``instruction`` counts both: a promise is due on the day that was promised, and nears it by the same steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.enums import Role
from core.timekeeping import now
from deadlines import services as deadlines
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from leaders.models import Promise, PromiseClock
from leaders.services.alerts import People, leader_now
from petitions.facts import facts_of
from petitions.models import Petition


def begin(promise: Promise, at: datetime) -> None:
    """In the transaction that records the talk."""
    record = promise.record
    deadlines.start(
        PromiseClock,
        rule_code="instruction",
        at=at,
        due_on=promise.due_on,
        facts=facts_of(record.petition, record.post.unit),
        promise=promise,
    )


def kept(promise: Promise, at: datetime) -> None:
    deadlines.stop_all(PromiseClock.objects.filter(promise=promise), at)


def let_go(petition: Petition, at: datetime) -> None:
    """A case that was sealed has no part in this room any more (条例 30)."""
    deadlines.stop_all(PromiseClock.objects.filter(promise__record__petition=petition), at)


def alert_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """Leader and petition office at every step, the inspectors too at theirs; the number of the case only."""
    people, lines = People(now()), []
    for step in due:
        promise: Promise = step.clock.promise  # type: ignore[attr-defined]
        case = promise.record.petition
        if case.sealed:
            continue
        wanted = [*leader_now(promise.record.post, case, people), *people.of(Role.PETITION_OFFICER)]
        if step.role == Role.INSPECTOR:
            wanted += people.of(Role.INSPECTOR)
        sentence = {
            StepKind.REMIND: _("%(number)s 的接访承诺将到兑现日期。"),
            StepKind.BREACH: _("%(number)s 的接访承诺已到兑现日期，请兑现后记下。"),
        }.get(StepKind(step.kind), _("%(number)s 的接访承诺超期没有兑现，请督促。"))
        lines.append(
            AlertLine(
                recipients=people.told_of(case, wanted),
                text=sentence % {"number": case.number} + step.late_text,
                link=promise.record.get_absolute_url(),
                about=case.about,
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return [*lines, *people.vacancies.lines()]
