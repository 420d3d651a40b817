"""销案: its own approval, apart from closing the case. One person asks for it with evidence, somebody outside the team
goes back to the petitioner, a second person decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import holders, office_posts
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from deadlines import services as deadlines
from leaders import gaps
from leaders.enums import EvidenceKind, LeaderAct, LeaveWhy, PackageState, StrikeOffState
from leaders.models import CasePackage, PackageCase, PackageClock, StrikeOff
from leaders.services import holding
from outcomes.enums import VisitWay
from petitions.extensions import ended_for_good, work_of
from petitions.models import Petition, Reconciliation
from petitions.services import telling

LONGEST = 5000
#: Who looks over what was answered (条例 27).
CHECKERS = (Role.HANDLER, Role.UNIT_HEAD)


def watch_days() -> int:
    """PACKAGE_WATCH_DAYS (180 unless set): how long a struck-off matter is watched."""
    return int(getattr(settings, "PACKAGE_WATCH_DAYS", 180))


@dataclass(frozen=True)
class Condition:
    """One thing that must be so before a package is struck off; ``missing`` says what is not, empty when it is, ``who``
    has to do it and ``url`` is where. ``note``: what the decider should know although nothing is missing."""

    label: str
    missing: str
    who: str = ""
    url: str = ""
    note: str = ""


def conditions(
    package: CasePackage, cases: Sequence[Petition], application: StrikeOff | None
) -> list[Condition]:
    """The answer of every case, 三到位一处理 of it, a return visit by somebody outside the team, no inquiry and no
    instruction left open, and what the kind of evidence itself asks for. Read from the records, never from what was
    typed."""
    rows, known = gaps.on_record(package, cases), {case.pk: case for case in cases}
    found = [_condition(gap, package, [known[pk] for pk in _ids(gap.find(rows))]) for gap in gaps.GAPS]
    open_ones = [known[pk].number for pk in _ids(gaps.unanswered(rows))]
    if open_ones and not found[0].missing:
        words = _("%(numbers)s 还没有答复，按“%(kind)s”销案；案件继续办理，仍要答复并送达")
        kind = EvidenceKind(application.kind).label if application is not None else ""
        found[0] = replace(found[0], note=words % {"numbers": "、".join(open_ones), "kind": kind})
    return found


def _ids(rows: Any) -> list[int]:
    return list(rows.order_by("entered_at", "id").values_list("petition_id", flat=True))


def _condition(gap: gaps.Gap, package: CasePackage, left: Sequence[Petition]) -> Condition:
    if not left:
        return Condition(str(gap.label), "")
    return Condition(str(gap.label), gap.said(left), gap.whose(left), gap.place(package, left[0]))


def unproved(kind: EvidenceKind, package: CasePackage, cases: Sequence[Petition], actor: Actor) -> str:
    """What the records say against this kind of evidence; empty where nothing does."""
    rows, known = gaps.on_record(package, cases), {case.pk: case.number for case in cases}
    if kind == EvidenceKind.CARRIED_OUT:
        if left := [known[pk] for pk in _ids(gaps.unanswered(rows))]:
            return _("%(numbers)s 还没有答复并送达") % {"numbers": "、".join(left)}
        left = [known[pk] for pk in _ids(gaps.uncarried(rows))]
        return _("%(numbers)s 支持的诉求还没有落实完") % {"numbers": "、".join(left)} if left else ""
    if kind == EvidenceKind.FINAL_REVIEW:
        left = [case.number for case in cases if not ended_for_good(case)]
        return _("%(numbers)s 没有复核终结的记录") % {"numbers": "、".join(left)} if left else ""
    if kind == EvidenceKind.AGREEMENT:
        mediated = {one.petition.pk for one in work_of("mediation", cases, actor) if one.settled}
        agreed = Reconciliation.objects.filter(record__petition__in=cases).values_list(
            "record__petition_id", flat=True
        )
        return gaps.no_agreement(cases, mediated | set(agreed))
    return ""


def apply_strike_off(
    *,
    package: CasePackage,
    actor: Actor,
    kind: EvidenceKind,
    evidence: str,
    matter: str,
    heart: str,
    at: datetime | None = None,
) -> StrikeOff:
    """申请销案. The package and its clock go on until it is decided.

    Raises Refusal: not one's right, no evidence, the records say otherwise, struck off, or one is waiting already.
    """
    at = at or now()
    evidence = said(evidence, _("请写明销案依据，例如处理意见已落实、当事人已确认。"), longest=LONGEST)
    matter = said(matter, _("请写明“事”：问题解决得怎样。"), longest=LONGEST)
    heart = said(heart, _("请写明“心”：心结怎样解开。"), longest=LONGEST)
    with transaction.atomic():
        row = holding.locked(package)
        holding.require(LeaderAct.STRIKE_OFF, actor, row)
        holding.require_open(row)
        if row.strike_offs.filter(state=StrikeOffState.WAITING).exists():
            raise Refusal(_("没有生效：已经有一份销案申请在等审核。"), code="stale")
        if missing := unproved(kind, row, holding.cases_in(row), actor):
            raise Refusal(_("还不能按“%(kind)s”申请：%(missing)s。") % {"kind": kind.label, "missing": missing},
                          code="invalid")  # fmt: skip
        made = StrikeOff.objects.create(
            package=row, ordinal=row.strike_offs.count() + 1, kind=kind, evidence=evidence, matter=matter,
            heart=heart, applied_at=at, applied_by=actor.user, applied_who=actor.label[:120],
        )  # fmt: skip
        holding.on_record(row, actor, "apply", at, kind=str(kind))
        _tell_checkers(row, made, at)
        judges = [*office_posts(Role.UNIT_HEAD, at), *office_posts(Role.PETITION_OFFICER, at)]
        _tell(row, [post for post in judges if not interested(row, made, post.user_id)],
              _("%(number)s 的包案申请销案，请审核。"), f"strike_off:{made.pk}:applied", at)  # fmt: skip
    return made


def _tell_checkers(package: CasePackage, application: StrikeOff, at: datetime) -> None:
    """三到位一处理 is looked over by the unit that answered: its people hear that somebody waits for it, and where."""
    left = set(_ids(gaps.unchecked(gaps.on_record(package, holding.cases_in(package)))))
    for case in (one for one in holding.cases_in(package) if one.pk in left):
        unit = case.lead_unit
        people = [post for role in CHECKERS for post in holders(role, unit=unit, at=at)] if unit else []
        telling.notify_about(
            case,
            people,
            text=_("%(number)s 的包案申请销案，请在“答复之后”核对“三到位一处理”。") % {"number": case.number},
            link=reverse("outcomes:case", args=[case.number]),
            dedupe_key=f"strike_off:{application.pk}:check:{case.pk}",
            at=at,
        )


def record_visit(
    *, package: CasePackage, actor: Actor, on: date, way: VisitWay, note: str, at: datetime | None = None
) -> StrikeOff:
    """The return visit, where none is on record in the room of outcomes: by somebody outside the team.

    Raises Refusal: not one's right, the applicant, the leader or one of the team, an impossible day, made already.
    """
    at = at or now()
    note = said(note, _("请写明回访情况。"), longest=LONGEST)
    with transaction.atomic():
        row = holding.locked(package)
        holding.require(LeaderAct.VISIT_BACK, actor, row)
        application = _waiting(row)
        refuse_interested(row, application, actor, _("回访须由申请人、包案领导和专班以外的人进行。"))
        if application.visited_on is not None:
            raise Refusal(_("没有生效：这次申请已经登记过回访。"), code="stale")
        if not local_day(row.assigned_at) <= on <= local_day(at):
            raise Refusal(_("回访日期须在包案之日到今天之间。"), code="invalid")
        application.visited_on, application.visit_way, application.visit_note = on, way, note
        application.visited_by = actor.user
        application.save(update_fields=["visited_on", "visit_way", "visit_note", "visited_by"])
        holding.on_record(row, actor, "visit_back", at, on=on.isoformat())
    return application


def decide(
    *, package: CasePackage, actor: Actor, decision: StrikeOffState, word: str, at: datetime | None = None
) -> CasePackage:
    """Approve, ask back what is missing, or refuse; never by the applicant, the leader or one of the team. The case is
    not closed by it (销案 ≠ 办结).

    Raises Refusal: not one's right, no word, decided a moment ago, or a condition is not met.
    """
    at = at or now()
    word = said(word, _("请写明审核意见；退回补充的，写明缺什么。"), longest=LONGEST)
    if decision == StrikeOffState.WAITING:
        raise Refusal(_("请选择审核意见。"), code="invalid")
    with transaction.atomic():
        row = holding.locked(package)
        holding.require(LeaderAct.DECIDE_STRIKE_OFF, actor, row)
        application = _waiting(row)
        refuse_interested(row, application, actor, _("销案须由申请人、包案领导和专班以外的人审核。"))
        if decision == StrikeOffState.APPROVED:
            left = [one.missing for one in conditions(row, holding.cases_in(row), application) if one.missing]
            if left:
                raise Refusal(_("还不能同意销案：%(left)s。") % {"left": "；".join(left)}, code="stale")
        application.state, application.word = decision, word
        application.decided_at, application.decided_by = at, actor.user
        application.decided_who = actor.label[:120]
        application.save(update_fields=["state", "word", "decided_at", "decided_by", "decided_who"])
        holding.on_record(row, actor, "decide", at, decision=str(decision))
        if decision == StrikeOffState.APPROVED:
            _strike_off(row, application, actor, at)
        own = actor.user.pk if actor.user else None
        who = {row.leader_id, application.applied_by_id} - {own, None}
        _tell(row, [pk for pk in who if pk is not None], _DECIDED[decision],
              f"strike_off:{application.pk}:decided", at)  # fmt: skip
    package.refresh_from_db()
    return package


_DECIDED = {
    StrikeOffState.APPROVED: "%(number)s 的包案已销案。",
    StrikeOffState.ASKED_BACK: "%(number)s 的销案申请退回补充，请看缺什么。",
    StrikeOffState.REFUSED: "%(number)s 的销案申请没有同意，请继续办理。",
}


def _strike_off(row: CasePackage, application: StrikeOff, actor: Actor, at: datetime) -> None:
    row.state, row.evidence = PackageState.STRUCK_OFF, application.evidence
    row.struck_off_at, row.struck_off_by = at, actor.user
    row.watch_until = local_day(at) + timedelta(days=watch_days())
    row.save(update_fields=["state", "evidence", "struck_off_at", "struck_off_by", "watch_until"])
    deadlines.stop_all(PackageClock.objects.filter(package=row), at)
    for inside in PackageCase.objects.inside().filter(package=row).select_related("package", "petition"):
        holding.take_out(inside, why=LeaveWhy.STRUCK_OFF, by=actor.user, at=at)
    holding.on_record(row, actor, "strike_off", at)


def _waiting(package: CasePackage) -> StrikeOff:
    """Of a locked package."""
    holding.require_open(package)
    found: StrikeOff | None = (
        package.strike_offs.select_for_update().filter(state=StrikeOffState.WAITING).first()
    )
    if found is None:
        raise Refusal(_("没有生效：没有等着审核的销案申请。"), code="stale")
    return found


def interested(package: CasePackage, application: StrikeOff, user_id: int | None) -> bool:
    """Whose own work it is: the applicant, the leader, the team."""
    return user_id in {application.applied_by_id, package.leader_id, *holding.team_of(package)}


def refuse_interested(package: CasePackage, application: StrikeOff, actor: Actor, words: str) -> None:
    if actor.user is None or interested(package, application, actor.user.pk):
        raise Refusal(words, code="forbidden")


def _tell(package: CasePackage, people: Sequence[Post | int], text: str, key: str, at: datetime) -> None:
    telling.notify_about(
        package.petition,
        people,
        text=_(text) % {"number": package.petition.number},
        link=package.get_absolute_url(),
        dedupe_key=key,
        at=at,
    )
