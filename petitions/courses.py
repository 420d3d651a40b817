"""By which steps the clocks of a case start and stop, as the workflow table says; and the acts from which a district
chooses for codes of its own (``deadlines.steps``)."""

from __future__ import annotations

from functools import cache, partial

from django.utils.translation import gettext_lazy as _

from deadlines import steps
from deadlines.enums import RuleCode
from deadlines.steps import Acts, Course
from petitions.enums import Act, Status
from petitions.services import part_clocks
from petitions.services.clocks import AT_ARRIVAL
from petitions.workflow import EVERY_CLOCK, STEPS, Step
from petitions.workflow import ClockCode as C

ENDS = "本件不予受理、转走密存、引导到政法机关或者办结归档时也停止。"

#: The way of a case, as one chooses acts from it.
STAGES = (
    (_("登记转送"), {Status.REGISTERED}),
    (_("受理"), {Status.FORWARDED, Status.OBJECTED, Status.REFUSED}),
    (_("办理"), {Status.ACCEPTED}),
    (_("答复送达"), {Status.CONCLUDED}),
    (_("送达以后"), {Status.SERVED, Status.EVALUATED}),
)
ALWAYS = _("各个阶段都可能")
#: An act of more stages than these belongs to none of them.
ONE_STAGE_OF = 3


def offer() -> None:
    for code in EVERY_CLOCK:
        steps.register(code, partial(course_of, code))
    asked = [Act.FORWARD, Act.ASSIGN, Act.CO_ADD]
    over = sorted(part_clocks.ENDING, key=list(Act).index)
    steps.name(
        RuleCode.CO_ANSWER,
        (str(act.label) for act in (*asked, Act.CO_RETURN)),
        (str(act.label) for act in (Act.CO_ANSWER, Act.CO_END, *over)),
    )
    steps.name(RuleCode.OBJECTION, [str(Act.CO_ADD.label)], [str(Act.CO_OBJECT.label)])
    steps.name(
        RuleCode.SIMPLE_ACCEPTANCE, (), (), "不单独计时：决定受理时，按责任单位收到之日看还能不能选简易办理。"
    )
    words = {act.value: str(act.label) for act in choices()}
    steps.offer(Acts(words, starting(), follows, groups()))


def course_of(code: str) -> Course:
    """Of a clock of cases. The rows that end all that runs are said in one sentence."""
    rows = [step for step in STEPS if not (_ends_all(step) and code in step.stops)]
    first = [Act.REGISTER] if code in AT_ARRIVAL else []
    starts = [*first, *(step.act for step in STEPS if code in step.starts | step.may_start)]
    stops = [step.act for step in rows if code in step.stops | step.may_stop]
    if code == C.PETITIONER_WINDOW:
        return Course(_labels(starts), _labels(stops), "期限届满没有评价的，本件自行办结归档。" + ENDS)
    # Whoever is refused is still to be told.
    return Course(
        _labels(starts), _labels(stops), ENDS.replace("不予受理、", "") if code == C.NOTICE else ENDS
    )


def choices() -> list[Act]:
    """Whatever is recorded of a case, in the order of the screens."""
    there = {step.act for step in STEPS} | {Act.REGISTER}
    return [act for act in Act if act in there]


def groups() -> list[tuple[str, list[str]]]:
    """The acts below headings: by the last state of the open case in which each may be done, and by themselves those
    that may be done nearly always."""
    titles = [*(title for title, _states in STAGES), ALWAYS]
    found: dict[str, list[str]] = {str(title): [] for title in titles}
    for act in choices():
        found[_stage(act)].append(act.value)
    return list(found.items())


def _stage(act: Act) -> str:
    states = {status for step in STEPS if step.act == act for status in step.frm if status.is_open}
    within = [str(title) for title, stage in STAGES if states & stage]
    if len(within) > ONE_STAGE_OF:
        return str(ALWAYS)
    return within[-1] if within else str(STAGES[0][0])


@cache
def starting() -> frozenset[str]:
    """Acts after which a case may be open."""
    return frozenset(act.value for act in choices() if _after(act))


@cache
def follows(start: str, stop: str) -> bool:
    """Whether ``stop`` can come after ``start`` without the case having ended in between."""
    reached, new = set[Status](), set(_after(Act(start)))
    while new:
        reached |= new
        steps_on = [step for step in STEPS if not _ends_all(step)]
        moves = (step.target(status) for status in new for step in steps_on if status in step.frm)
        new = {status for status in moves if status.is_open} - reached
    return any(step.act == stop and step.frm & reached for step in STEPS)


def _after(act: Act) -> frozenset[Status]:
    """The open states in which the act leaves a case."""
    if act == Act.REGISTER:
        return frozenset({Status.REGISTERED})
    left = (step.target(status) for step in STEPS if step.act == act for status in step.frm)
    return frozenset(status for status in left if status.is_open)


def _ends_all(step: Step) -> bool:
    return EVERY_CLOCK - {C.NOTICE} <= step.stops


def _labels(acts: list[Act]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(act.label) for act in acts))
