"""Prints docs/workflow.md from the table, so that the page can never say anything else than the code does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.enums import Role
from deadlines.enums import RuleCode
from petitions import ways
from petitions.enums import Act, Status
from petitions.workflow import EVERY_CLOCK, STEPS, Relation, Step
from petitions.workflow import ClockCode as C

HEAD = """# The way of a case

Printed by `manage.py print_workflow > docs/workflow.md` from `petitions/workflow.py`; a test holds the two together.
One row per act: from which states, to which state, by which roles, on which legal basis, and what it does to the
clocks. Whoever does not appear in a row cannot do the act; whoever does must also stand in the given relation to the
case. The unit complained about never steers a case (条例 28), and a sealed one is moved only by the discipline body
(条例 30); one that no body here may take is handed upward by whoever holds it by name. Cases joined to another go along
with its 转送, 交办, 受理, 答复, 答复成文 and 送达 where they stand in the same state and unit, each as a step of its
own (并入): 受理 only where they were not classified otherwise, 成文 and 送达 only where the same people stand in both.
撤销关联 ends that from where the case stands: its clocks ran all the time, and an answer given together stays its own.
Whoever is recused (回避) is in no row at all while that stands. 简易办理 is chosen within 受理: its clock
(`simple_conclusion`) starts for such a case alone, beside the 60 days, and
转为普通程序 is there only while it runs. 报送办结报告 and the sender's word
on it are there for what was assigned (交办) alone; until the report is accepted such a case is not closed, by the
system neither. Joined cases that were answered in the same step are reported and decided along. 通知补充材料 stops no
clock. 答复 ends neither the 60 days nor the 10: 答复成文 does, by the issue of the paper (the system) or of one made
outside (the unit), at the latest 送达; the days of `service` run from then, outside path six from 答复.

受理 and 不予受理 end the 15 days of `notice` only where the step itself tells the petitioner (their own page, or nobody
could be told); else 书面告知 does, or the service of the notice's paper. 改变目的或路径 stops or starts `conclusion` by
what the case becomes, and starts `notice` anew where the step does not tell. 引导到政法机关 is for 涉法涉诉 alone.
"""
#: Acts by which a case leaves its way, or its unit; they are in the first diagram.
LEAVING = frozenset({Act.SEAL, Act.TAKE_BACK, Act.CHANGE_WAY})
#: What stops all that runs, or all but the notice, which needs no words.
ENDS = frozenset({Status.CLOSED, Status.REFUSED})
#: Clocks of the Regulation, and of service; 10-30-24 and the report are the same on every way.
OF_THE_LAW = frozenset(
    {C.FORWARDING, C.NOTICE, C.OBJECTION, C.CONCLUSION, C.SIMPLE, C.SERVICE, C.PETITIONER_WINDOW}
)
OF_WAYS = """## Ways

One diagram for each kind and path (条例 29–31), from `petitions/ways.py`: the states it can come to, the acts that
lead there, and in brackets what starts (起) and stops (止) of the days of the Regulation. 受理告知 stops in the very
step for whoever filed online. Left out are 转为检举控告, 收回 and 改变目的或路径, by which a case leaves its way; the
latter, in 办理中 alone, stops the days of path six with its reason, or starts them from the acceptance, and the
petitioner is told anew. A test asks every (kind, path, state, act, role).
"""
RELATIONS = {
    Relation.ANYONE: "any reader of the case",
    Relation.OFFICE: "petition office, or the office that registered it",
    Relation.LEAD: "lead unit or the unit above it",
    Relation.PARTY: "lead unit, co-unit or office",
    Relation.LEAD_OR_OFFICE: "lead unit or office",
    Relation.CO: "co-unit",
    Relation.HOLDER: "registrar or trustee of an accusation that no discipline body here may take",
    Relation.DISTRICT_OFFICE: "the district's petition office",
    Relation.OWN: "the petitioner, by number and query code",
    Relation.SYSTEM: "by itself",
}


class Command(BaseCommand):
    help = "Print docs/workflow.md from the workflow table"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(document(), ending="")


def document() -> str:
    """The whole page as Markdown."""
    parts = [HEAD, "## States\n", _diagram(), _states(), "## Acts\n", _acts(), OF_WAYS]
    return "\n".join([*parts, *(_way(way) for way in ways.WAYS if way.kind is not None)])


def _diagram() -> str:
    moves = [(start, step) for step in STEPS for start in _ordered(step)]
    return _mermaid(list(Status), [(start, step, str(step.act.label)) for start, step in moves if step.to])


def _mermaid(states: list[Status], moves: list[tuple[Status, Step, str]]) -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{status.label}" as {status.value}' for status in states]
    lines.append("    [*] --> registered: 登记")
    lines += [f"    {start.value} --> {step.target(start).value}: {words}" for start, step, words in moves]
    lines += ["    closed --> [*]", "```", ""]
    return "\n".join(lines)


def _way(way: ways.Way) -> str:
    """The states a case can come to on this way, by the acts that it knows, with the clocks that start and stop."""
    known = [step for step in STEPS if _goes(way, step)]
    reached: list[Status] = [Status.REGISTERED]
    for status in reached:  # grows while it is walked
        nexts = [step.target(status) for step in known if status in step.frm]
        reached += [one for one in dict.fromkeys(nexts) if one not in reached]
    states = [status for status in Status if status in reached]
    moves = [
        (start, step, f"{step.act.label}{_clocks(way, step)}")
        for step in known
        for start in states
        if start in step.frm and (step.to or _clocks(way, step))
    ]
    own = "、".join(str(act.label) for act, only in ways.ONLY.items() if only == way)
    never = "、".join(str(act.label) for act in Act if not ways.knows(way, act))
    told = [f"Of this way alone: {own or '—'}.", f"Not on this way: {never or '—'}.", ""]
    return "\n".join([f"### {way}\n", _mermaid(states, moves), *told])


def _goes(way: ways.Way, step: Step) -> bool:
    """What stays on the way; an accusation is moved by nobody of the petition office (条例 30)."""
    if step.act in LEAVING or not ways.knows(way, step.act):
        return False
    return way != ways.ACCUSATION or step.relation not in {Relation.OFFICE, Relation.DISTRICT_OFFICE}


def _clocks(way: ways.Way, step: Step) -> str:
    """Those whose start or end the way is about; the end of a case ends them all, which needs no words."""
    names = dict(RuleCode.choices)
    said = []
    for word, codes in (("起", step.starts), ("止", step.stops if step.to not in ENDS else frozenset())):
        told = [names[code] for code in sorted(codes & OF_THE_LAW) if ways.has_clock(way, code)]
        said += [f"{word} {'、'.join(map(str, told))}"] if told else []
    return f"（{'；'.join(said)}）" if said else ""


def _states() -> str:
    lines = ["| state | word | acts that move it on | acts that do not |", "|---|---|---|---|"]
    for status in Status:
        here = [step for step in STEPS if status in step.frm]
        moving = "、".join(str(step.act.label) for step in here if step.to)
        staying = "、".join(str(step.act.label) for step in here if not step.to)
        lines.append(f"| `{status.value}` | {status.label} | {moving or '—'} | {staying or '—'} |")
    return "\n".join([*lines, ""])


def _acts() -> str:
    lines = [
        "| act | from | to | by | standing | basis | stops | starts | the petitioner sees it |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_row(step) for step in STEPS]
    return "\n".join([*lines, ""])


def _row(step: Step) -> str:
    cells = [
        f"{step.act.label} `{step.act.value}`",
        "、".join(str(status.label) for status in _ordered(step)),
        str(step.to.label) if step.to else "stays",
        "、".join(str(Role(role).label) for role in Role.values if role in step.by),
        RELATIONS[step.relation],
        step.basis,
        _stopped(step),
        _codes(step.starts),
        "yes" if step.public else "no",
    ]
    return f"| {' | '.join(cells)} |"


def _stopped(step: Step) -> str:
    left = EVERY_CLOCK - step.stops
    if not left:
        return "all"
    return f"all but {_codes(left)}" if len(left) == 1 else _codes(step.stops)


def _ordered(step: Step) -> list[Status]:
    return [status for status in Status if status in step.frm]


def _codes(codes: frozenset[str]) -> str:
    return "、".join(f"`{code}`" for code in sorted(codes)) or "—"
