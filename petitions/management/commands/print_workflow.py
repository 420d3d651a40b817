"""Prints docs/workflow.md from the table, so that the page can never say anything else than the code does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.enums import Role
from petitions.enums import Status
from petitions.workflow import EVERY_CLOCK, STEPS, Relation, Step

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
    return "\n".join([HEAD, "## States\n", _diagram(), _states(), "## Acts\n", _acts()])


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{status.label}" as {status.value}' for status in Status]
    lines.append("    [*] --> registered: 登记")
    for step in STEPS:
        if step.to is None:
            continue
        lines += [f"    {start.value} --> {step.to.value}: {step.act.label}" for start in _ordered(step)]
    lines += ["    closed --> [*]", "```", ""]
    return "\n".join(lines)


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
        "all" if step.stops == EVERY_CLOCK else _codes(step.stops),
        _codes(step.starts),
        "yes" if step.public else "no",
    ]
    return f"| {' | '.join(cells)} |"


def _ordered(step: Step) -> list[Status]:
    return [status for status in Status if status in step.frm]


def _codes(codes: frozenset[str]) -> str:
    return "、".join(f"`{code}`" for code in sorted(codes)) or "—"
