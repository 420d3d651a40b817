"""Print how a due date comes about, step by step."""

import json as json_module
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from deadlines import in_words, steps
from deadlines.arithmetic import due_at, moment_text
from deadlines.moments import read_moment
from deadlines.selectors import explain, rulebook


class Command(BaseCommand):
    help = (
        "Explain the due date of a rule for a start moment (the trial's fast clock plays no part), or tell the whole "
        "story of a clock: its date, its ledger, who was told when and by what way."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clock", help="a clock, as petitions.petitionclock:17; instead of all others")
        parser.add_argument("--rule", help="code of the rule")
        parser.add_argument("--start", help="2026-09-29T16:50 (Asia/Shanghai)")
        parser.add_argument("--length", type=int, help="another length, in the rule's unit")
        parser.add_argument("--due-on", help="the last day, for rules whose date is set by hand")
        parser.add_argument(
            "--fact",
            action="append",
            default=[],
            help="what is known of the matter, as channel=phone; repeatable",
        )
        parser.add_argument("--json", action="store_true")

    def handle(
        self, *args: Any, clock: str | None, rule: str | None, start: str | None, **options: Any
    ) -> None:
        try:
            if clock:
                self._tell(clock, alone=not (rule or start or options["json"]))
            elif rule and start:
                self._count(rule, start, **options)
            else:
                raise ValueError("请给出--clock，或者--rule和--start。")
        except ValueError as wrong:
            raise CommandError(str(wrong)) from wrong

    def _tell(self, key: str, *, alone: bool) -> None:
        if not alone:
            raise ValueError("--clock不与--rule、--start、--json一起用。")
        clock = in_words.clock_named(key)
        for line in in_words.lines(explain(clock), names=not in_words.told_of_sealed(clock)):
            self.stdout.write(line)

    def _count(
        self,
        rule: str,
        start: str,
        *,
        length: int | None,
        due_on: str | None,
        fact: list[str],
        json: bool,
        **options: Any,
    ) -> None:
        moment = read_moment(start)
        book = rulebook()
        facts = _facts(fact)
        version = book.rule(rule, moment, facts)
        day = _day(due_on) if due_on else None
        duty = None if day else book.duty_for(version, facts)
        due = due_at(version, moment, book.calendar, length=length, due_on=day, duty=duty)
        if json:
            answer = {
                "rule": version.code,
                "start": moment.isoformat(timespec="seconds"),
                "basis": version.basis,
                "raw_due_at": due.raw_due_at.isoformat(timespec="seconds"),
                "due_at": due.due_at.isoformat(timespec="seconds"),
                "steps": list(due.steps),
            }
            self.stdout.write(json_module.dumps(answer, ensure_ascii=False, indent=2))
            return
        length_words = f"{version.length_text}" if length is None and day is None else "另行指定"
        self.stdout.write(f"规则：{version.name}（{version.code}），期限{length_words}")
        self.stdout.write(f"依据：{version.basis}")
        if course := steps.of(version).sentence:
            self.stdout.write(f"起算和停止：{course}")
        for place, sentence in enumerate(due.steps, start=1):
            self.stdout.write(f"{place}. {sentence}")
        self.stdout.write(f"期限届满：{moment_text(due.raw_due_at)}")
        self.stdout.write(f"顺延后到期：{moment_text(due.due_at)}{'（暂定）' if due.provisional else ''}")


def _facts(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    wrong = next(("".join(pair) for pair in pairs if not all(pair)), None)
    if wrong is not None:
        raise ValueError(f"“{wrong}”应形如channel=phone。")
    return {name: value for name, _, value in pairs}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}”不是有效的日期，应形如2026-10-08。") from None
