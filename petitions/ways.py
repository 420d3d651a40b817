"""The ways of a case as one table: what each kind and path knows of the acts and clocks of ``workflow`` (条例 29–31).

A way is a kind with, for 申诉求决, its path; empty is what nobody has classified yet. Pure: no case is asked, so that
``rules``, ``services.clocks``, the diagrams of ``docs/workflow.md`` and the test of every cell read the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.enums import Role
from petitions.enums import Act, Kind, Path, Status
from petitions.workflow import ClockCode as C
from petitions.workflow import step_for

if TYPE_CHECKING:
    from petitions.models import Petition


@dataclass(frozen=True)
class Way:
    """``kind`` is empty before anybody has said what the case is; ``path`` goes with 申诉求决 alone."""

    kind: Kind | None
    path: Path | None = None

    @classmethod
    def of(cls, case: Petition) -> Way:
        kind = Kind(case.kind) if case.kind else None
        return cls(kind, Path(case.path) if kind == Kind.APPEAL and case.path else None)

    def leads_to(self, other: Way) -> bool:
        """Whether ``other`` changes nothing that was set here."""
        return self.kind in {None, other.kind} and self.path in {None, other.path}

    def __str__(self) -> str:
        parts = (part.label for part in (self.kind, self.path) if part is not None)
        return "·".join(str(part) for part in parts) or str(_("尚未定性"))


OPEN = Way(None)
SUGGESTION = Way(Kind.SUGGESTION)
ACCUSATION = Way(Kind.ACCUSATION)
LITIGATION = Way(Kind.APPEAL, Path.LITIGATION)
SIX = Way(Kind.APPEAL, Path.PETITION)
WAYS: tuple[Way, ...] = (OPEN, SUGGESTION, ACCUSATION, *(Way(Kind.APPEAL, path) for path in Path))

#: A sealed case keeps to its own route: no objection, no instruction, no open reception, no mediation, no
#: supervision, no dispatch, no hearing (条例 30); nor is it sealed twice. Its urgency stands: the petition office,
#: which would lower it, does not read it.
NOT_SEALED = frozenset(
    {Act.SEAL, Act.OBJECT, Act.INSTRUCT, Act.RECEIVE, Act.MEDIATE, Act.SUPERVISE, Act.DISPATCH}
    | {Act.RECONCILE}
    | {Act.HEAR, Act.CONFER, Act.CHANGE_WAY, Act.GIVE_NOTICE}
    | {Act.CO_ADD, Act.CO_END, Act.CO_RETURN, Act.CO_OBJECT, Act.CO_WEIGH}
    # Nobody assigns one, so there is nothing to report on.
    | {Act.SEND_REPORT, Act.ACCEPT_REPORT, Act.RETURN_REPORT}
    | {Act.ASK_LOWERING, Act.AGREE_LOWERING, Act.REJECT_LOWERING}
)
#: Acts of one way alone: the 60 days and what hangs on the 处理意见书 (条例 31(6), 34–36), 诉访分离 (条例 22), the
#: discipline route (条例 30).
ONLY: dict[Act, Way] = {
    Act.EXTEND: SIX,
    Act.CONVERT: SIX,
    Act.MAKE_OPINION: SIX,
    Act.REVIEW: SIX,
    Act.REDO: SIX,
    Act.ADOPT: SUGGESTION,
    Act.PRACTISE: SUGGESTION,
    Act.GUIDE: LITIGATION,
    Act.ROUTE: ACCUSATION,
    Act.REPORT_UP: ACCUSATION,
    Act.NAME_COMPLAINED: ACCUSATION,
}
CLOCKS_ONLY: dict[str, Way] = {C.CONCLUSION: SIX, C.SIMPLE: SIX}
#: Notices of the discipline route follow rules of its own (条例 23 ¶4).
CLOCKS_NOT_SEALED = frozenset({C.NOTICE, C.OBJECTION, C.FEEDBACK, C.REPORT_DECISION})


def knows(way: Way, act: Act) -> bool:
    """Whether a case that goes this way can have the act at all, in whatever state and by whomever."""
    if way == ACCUSATION and act in NOT_SEALED:
        return False
    return ONLY.get(act, way) == way


def has_clock(way: Way, code: str) -> bool:
    """Whether a case that goes this way can have the clock at all."""
    if way == ACCUSATION and code in CLOCKS_NOT_SEALED:
        return False
    return CLOCKS_ONLY.get(code, way) == way


def may(way: Way, status: Status, act: Act, role: str) -> bool:
    """Whether a role may do the act on such a case in that state, if it stands right (``rules`` asks that). What the
    system does follows the room it does it for."""
    step = step_for(status, act)
    return step is not None and role in step.by and (role == Role.SYSTEM or knows(way, act))
