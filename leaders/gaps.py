"""What a package still lacks before 销案, as queries over its cases: read from the records of the rooms that hold them,
for the page, for the door and for what counts as waiting. One wording of each, so that the three never differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leaders.enums import EvidenceKind, StrikeOffState
from leaders.models import CasePackage, Instruction, PackageCase, PackageInquiry, PackageMember, StrikeOff
from outcomes.enums import CheckItem, CheckResult, ExecutionState, VisitState
from outcomes.models import ClosingCheck, Execution, ReturnVisit
from petitions.enums import Kind, Status
from petitions.models import Petition, Reply

#: By these a matter ends without an answer: an agreement on record, which the application was held against, and the
#: petitioner's own word, which the return visit hears again. Everything else needs the answer, served.
WITHOUT_ANSWER = (EvidenceKind.AGREEMENT, EvidenceKind.OWN_WORD)
#: Answered and served, or closed; the case says so, nobody's words do.
ANSWERED = Q(petition__concluded_at__isnull=False, petition__served_at__isnull=False) | Q(
    petition__status=Status.CLOSED
)
Rows = Any


@dataclass(frozen=True)
class Gap:
    """One condition. ``find`` narrows rows of ``PackageCase`` to the cases that lack it; ``who`` has to do it, and
    ``place`` is where."""

    label: Any
    words: Any
    who: Any
    find: Callable[[Rows], Rows]
    place: Callable[[CasePackage, Petition], str]

    def said(self, cases: Sequence[Petition]) -> str:
        return str(self.words) % {"numbers": "、".join(case.number for case in cases)}

    def whose(self, cases: Sequence[Petition]) -> str:
        units = dict.fromkeys(str(case.lead_unit or case.registered_unit) for case in cases)
        return str(self.who) % {"units": "、".join(units)}


def _applications() -> Any:
    return StrikeOff.objects.filter(package=OuterRef("package"), state=StrikeOffState.WAITING)


def unanswered(rows: Rows) -> Rows:
    """Also those that may be struck off all the same."""
    return rows.exclude(ANSWERED)


def _owes_answer(rows: Rows) -> Rows:
    return unanswered(rows).exclude(Exists(_applications().filter(kind__in=WITHOUT_ANSWER)))


def _checked(rows: Rows) -> Rows:
    """Those that are to be checked at all; see ``ending.needs_checks``."""
    answers = Reply.objects.filter(petition=OuterRef("petition"))
    return rows.filter(Exists(answers), petition__sealed=False, petition__kind=Kind.APPEAL)


def _checks(**of: Any) -> Any:
    return ClosingCheck.objects.filter(reply__petition=OuterRef("petition"), **of)


def unchecked(rows: Rows) -> Rows:
    left: Any = Q()
    for item in CheckItem:
        left |= ~Exists(_checks(item=item))
    return _checked(rows).filter(left)


def _undone(rows: Rows) -> Rows:
    """The newest row of each item counts."""
    later = ClosingCheck.objects.filter(reply=OuterRef("reply"), item=OuterRef("item"), pk__gt=OuterRef("pk"))
    return _checked(rows).filter(Exists(_checks(result=CheckResult.NOT_DONE).exclude(Exists(later))))


def _unvisited(rows: Rows) -> Rows:
    """A visit that was recorded with the application covers all its cases."""
    team = PackageMember.objects.filter(package=OuterRef(OuterRef("package")), left_at=None)
    visits = (
        ReturnVisit.objects.filter(
            petition=OuterRef("petition"),
            state=VisitState.DONE,
            ended_at__gte=OuterRef("package__assigned_at"),
        )
        .exclude(assignee=OuterRef("package__leader"))
        .exclude(assignee__in=team.values("user"))
    )
    return rows.exclude(Exists(_applications().filter(visited_on__isnull=False))).exclude(Exists(visits))


def _inquired(rows: Rows) -> Rows:
    return rows.filter(Exists(PackageInquiry.objects.filter(package=OuterRef("package"), closed_at=None)))


def _instructed(rows: Rows) -> Rows:
    return rows.filter(Exists(Instruction.objects.filter(petition=OuterRef("petition"), done_at=None)))


def uncarried(rows: Rows) -> Rows:
    """What an answer supported and nobody has confirmed as carried out (条例 32)."""
    states = [ExecutionState.OPEN, ExecutionState.REPORTED]
    return rows.filter(Exists(Execution.objects.filter(petition=OuterRef("petition"), state__in=states)))


def _not_carried(rows: Rows) -> Rows:
    asked = _applications().filter(kind=EvidenceKind.CARRIED_OUT)
    return uncarried(rows).filter(Exists(asked))


def _case(_package: CasePackage, case: Petition) -> str:
    return case.get_absolute_url()


def _after_answer(_package: CasePackage, case: Petition) -> str:
    return reverse("outcomes:case", args=[case.number])


def _package(package: CasePackage, _case: Petition) -> str:
    return package.get_absolute_url()


def _tasks(package: CasePackage, _case: Petition) -> str:
    return f"{package.get_absolute_url()}#tasks-title"


_L = gettext_lazy
CHECKERS = _L("由%(units)s的承办人或者负责人在“答复之后”核对")
GAPS: tuple[Gap, ...] = (
    Gap(
        _L("答复并送达"),
        _L("%(numbers)s 还没有答复并送达"),
        _L("由%(units)s答复并送达；调解成功的按调解协议申请，本人认可的按本人认可申请"),
        _owes_answer,
        _case,
    ),
    Gap(_L("三到位一处理"), _L("%(numbers)s 还没有核对"), CHECKERS, unchecked, _after_answer),
    Gap(_L("核对结果"), _L("%(numbers)s 有“没有做到”的"), CHECKERS, _undone, _after_answer),
    Gap(
        _L("销案依据"),
        _L("%(numbers)s 支持的诉求还没有落实完"),
        _L("由%(units)s落实并报告，信访部门确认"),
        _not_carried,
        _after_answer,
    ),
    Gap(
        _L("专班以外的人回访"),
        _L("%(numbers)s 还没有回访"),
        _L("由信访部门里申请人、包案领导和专班以外的人，在包案页“登记销案回访”"),
        _unvisited,
        _package,
    ),
    Gap(
        _L("重新调查"),
        _L("%(numbers)s 的重新调查还没有结论"),
        _L("由包案领导或者信访专员在包案页“写明调查结论”"),
        _inquired,
        _package,
    ),
    Gap(_L("批示"), _L("%(numbers)s 有批示还没有反馈"), _L("由批示的承办单位反馈"), _instructed, _tasks),
)


def ready(applications: Any) -> Any:
    """Those of these waiting applications that lack nothing: they wait for the word of whoever decides. No query of its
    own. What an application was held against when it was made (a final review, an agreement) is not asked again."""
    for gap in GAPS:
        rows = PackageCase.objects.inside().filter(package=OuterRef("package"))
        applications = applications.exclude(Exists(gap.find(rows)))
    return applications


def on_record(package: CasePackage, cases: Sequence[Petition]) -> Rows:
    """The rows of these cases in the package."""
    return PackageCase.objects.inside().filter(package=package, petition__in=cases)


def no_agreement(cases: Sequence[Petition], settled: set[int]) -> str:
    """What keeps these cases from being struck off on an agreement; ``settled``: those that have one on record."""
    left = [
        case.number
        for case in cases
        if case.pk not in settled
        and case.status != Status.CLOSED
        and (case.concluded_at is None or case.served_at is None)
    ]
    return _("%(numbers)s 没有达成调解、和解协议的记录") % {"numbers": "、".join(left)} if left else ""
