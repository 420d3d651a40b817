"""What an act will start, in words and with the computed date, before anybody presses the button."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core.errors import Refusal
from core.timekeeping import local_day
from deadlines.arithmetic import CountingError, extended
from deadlines.rulebook import Rulebook, rulebook
from deadlines.services import clocks as engine
from petitions import extensions, rules
from petitions.enums import Act, Kind, Path
from petitions.facts import facts_of
from petitions.models import Petition, PetitionClock
from petitions.workflow import ClockCode as C
from petitions.workflow import Step

LONGEST_EXTENSION = timedelta(days=30)


class Hints:
    """Reads the rulebook once for all the acts of a page."""

    def __init__(self, petition: Petition, at: datetime) -> None:
        self.petition = petition
        self.at = at
        self.book: Rulebook = rulebook()

    def of(self, step: Step) -> str:
        """One sentence: what the act starts or stops and until when. Empty where there is nothing to say."""
        if step.act == Act.EXTEND:
            return self._extend(step)
        if step.act in {Act.ACCEPT, Act.REFUSE} and (ended := self._ended()):
            return ended
        if step.act == Act.ACCEPT:
            return self._accept()
        if step.act in {Act.FORWARD, Act.ASSIGN} and self.petition.sealed:
            return step.hint
        if step.act == Act.SERVE and self.petition.path != Path.PETITION:
            # Only a 处理意见书 can be reviewed (条例 35); the other routes have remedies of their own.
            return _("送达之日起 30 日内，信访人可以进行评价")
        dates = [self.until(code) for code in sorted(step.starts - self._unsaid(step))]
        told = "；".join(filter(None, dates))
        return f"{step.hint}（{told}）" if step.hint and told else step.hint or told

    def _unsaid(self, step: Step) -> set[str]:
        """Clocks of the step whose date nobody knows yet: one that is set by hand, service of what is not made."""
        pending = step.act == Act.CONCLUDE and rules.on_path_six(self.petition)
        return {C.FEEDBACK, C.SERVICE} if pending else {C.FEEDBACK}

    def _ended(self) -> str:
        """Of a repeat: its original was decided for good (条例 36). Nothing of one on the other side of the seal."""
        original = self.petition.repeat_of
        return "" if original is None or original.sealed else extensions.ended_for_good(original)

    def until(self, code: str) -> str:
        """受理告知至 2026-09-18; empty for a rule without a fixed length."""
        try:
            clock = self._build(code)
            name = clock.rule.name
        except (CountingError, Refusal):
            return ""
        mark = _("（暂定）") if clock.provisional else ""
        return f"{name}至 {local_day(clock.due_at).isoformat()}{mark}"

    def due_day(self, code: str) -> str:
        clock = self._build(code)
        return local_day(clock.due_at).isoformat() + (_("（暂定）") if clock.provisional else "")

    def _build(self, code: str) -> PetitionClock:
        """As it would start, as far as the case is settled: who will get it is not known before it is forwarded."""
        case = self.petition
        own = code in {C.FORWARDING, C.REFORWARDING}
        facts = facts_of(case, case.registered_unit if own else case.lead_unit)
        if code == C.CONCLUSION:
            facts["path"] = str(Path.PETITION.value)
        return engine.build(PetitionClock, rule_code=code, at=self.at, facts=facts, book=self.book)

    def _accept(self) -> str:
        case = self.petition
        if case.kind in {Kind.SUGGESTION, Kind.ACCUSATION}:
            return _("受理后没有 60 日办理期限，及时答复信访人（条例第二十九、三十条）")
        if case.kind == Kind.APPEAL and case.path and case.path != Path.PETITION:
            return _("导入法定途径办理，按该途径的期限，没有 60 日办理期限（条例第三十一条）")
        words = {"due": self.due_day(C.CONCLUSION)}
        if case.path == Path.PETITION:
            return _("受理后开始 60 日办理期限，至 %(due)s") % words
        return _("走信访程序（路径六）的，受理后开始 60 日办理期限，至 %(due)s") % words

    def _extend(self, step: Step) -> str:
        if self.petition.simplified:
            return _("简易办理不能延期；不能按期答复的，请转为普通程序")
        clock = next((c for c in running(self.petition) if c.rule.code == C.CONCLUSION), None)
        if clock is None:
            return step.hint
        rule = self.book.by_id[clock.rule_id]
        longest = extended(rule, clock.raw_due_at, LONGEST_EXTENSION.days, self.book.calendar)
        return _("%(hint)s；现期限 %(now)s，最长可延至 %(then)s") % {
            "hint": step.hint,
            "now": local_day(clock.due_at).isoformat(),
            "then": rolled_words(longest.raw_due_at, longest.due_at),
        }


def rolled_words(raw: datetime, due: datetime) -> str:
    """The day by count and, where it falls on a day of rest, the one to which it moves."""
    if local_day(raw) == local_day(due):
        return local_day(due).isoformat()
    return _("%(raw)s，遇休息日顺延到 %(due)s") % {
        "raw": local_day(raw).isoformat(),
        "due": local_day(due).isoformat(),
    }


def running(petition: Petition) -> list[PetitionClock]:
    """The running clocks, from what the page has read already where it has."""
    if hasattr(petition, "running_clocks"):
        return list(petition.running_clocks)
    rows = petition.clocks.filter(stopped_at__isnull=True).select_related("rule")
    return list(rows.order_by("due_at"))
