"""What the pages of joint sittings show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from accounts.actor import Actor
from conference.rules import is_free
from mediation import sitting_rules
from mediation.models import DoingReport, Invitation, Sitting, Undertaking, UndertakingClock
from mediation.sitting_enums import DoingState, SittingAct, SittingState
from petitions.extensions import Part
from petitions.models import Petition
from petitions.querysets import unsealed_cases
from petitions.selectors.veiling import Veil
from petitions.workflow import BEFORE_REPLY

A, S = SittingAct, SittingState


@dataclass(frozen=True)
class Listed:
    """A sitting in a list; ``case`` where this reader reads it."""

    row: Sitting
    case: Petition | None


@dataclass(frozen=True)
class Doing:
    """An undertaking as one reader sees it: ``reports`` with their texts under the veil."""

    row: Undertaking
    clock: UndertakingClock | None
    reports: list[DoingReport]
    may_report: bool
    may_review: bool


def listed(rows: list[Sitting], actor: Actor) -> list[Listed]:
    """Two queries at most."""
    read = _read(rows, actor)
    return [Listed(row, row.petition if row.petition_id in read else None) for row in rows]


def _read(rows: list[Sitting], actor: Actor) -> set[int]:
    ids = {row.petition_id for row in rows if row.petition_id is not None}
    return set(unsealed_cases(actor).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def may_now(act: SittingAct, actor: Actor, row: Sitting, at: datetime) -> bool:
    """Whether the act is offered on the sitting's page; the doors ask again."""
    wanted = {A.CANCEL: S.CALLED, A.ANSWER: S.CALLED, A.HOLD: S.CALLED, A.UNDERTAKE: S.HELD}[act]
    if row.state != wanted or (act == A.HOLD and row.starts_at > at):
        return False
    return sitting_rules.may(act, actor, sitting=row)


def may_repeat(row: Sitting, actor: Actor) -> bool:
    """Another round: once this one is over and no other followed it."""
    if row.state == S.CALLED or row.petition is None or Sitting.objects.filter(previous=row).exists():
        return False
    calls = sitting_rules.may(A.CALL, actor, petition=row.petition)
    return calls and actor.unit is not None and row.unit_id == actor.unit.pk


def sitting_page(row: Sitting, actor: Actor, at: datetime) -> dict[str, Any]:
    cover = Veil(row.petition, actor) if row.petition is not None else str
    if isinstance(cover, Veil):
        cover.over(row, ("question", "resolved", "cancel_reason"))
    return {
        "row": row,
        "case": row.petition if row.petition_id in _read([row], actor) else None,
        "invited": list(row.invitations.select_related("unit")),
        "doings": _doings(row, actor, cover),
        "rounds": _other_rounds(row, actor),
        "may": {act.value: may_now(act, actor, row, at) for act in (A.CANCEL, A.ANSWER, A.HOLD, A.UNDERTAKE)},
        "may_repeat": may_repeat(row, actor),
    }


def _other_rounds(row: Sitting, actor: Actor) -> list[Sitting]:
    if row.petition_id is None:
        return []
    found = Sitting.objects.visible_to(actor).filter(petition=row.petition_id, unit=row.unit_id)
    return list(found.exclude(pk=row.pk).order_by("round", "id"))


def _doings(row: Sitting, actor: Actor, cover: Any) -> list[Doing]:
    """Four queries, however many there are."""
    clocks = UndertakingClock.objects.filter(stopped_at=None).select_related("rule")
    rows = row.undertakings.select_related("unit").prefetch_related(
        "reports", Prefetch("clocks", queryset=clocks, to_attr="running")
    )
    found = []
    reviews = sitting_rules.may(A.REVIEW, actor, sitting=row)
    for one in rows:
        one.sitting = row
        reports = list(one.reports.all())
        if isinstance(cover, Veil):
            cover.over(one, ("what",))
            for said in reports:
                cover.over(said, ("text", "reply"))
        own = bool(reports) and actor.user is not None and reports[-1].by_id == actor.user.pk
        reports_now = one.state == DoingState.OPEN and sitting_rules.may(A.REPORT, actor, undertaking=one)
        running: list[UndertakingClock] = one.running
        found.append(
            Doing(
                row=one,
                clock=running[0] if running else None,
                reports=reports,
                may_report=reports_now,
                may_review=reviews and one.state == DoingState.REPORTED and not own,
            )
        )
    return found


def of_case(petition: Petition, actor: Actor) -> list[Sitting]:
    """Of a case, the latest first. One query."""
    found = Sitting.objects.visible_to(actor).filter(petition=petition)
    return list(found.select_related("unit").order_by("-starts_at", "-id"))


def case_part(petition: Petition, actor: Actor, at: datetime) -> Part | None:
    """On the case's page: its sittings, and the way to call one while it is in hand."""
    if petition.sealed:
        return None
    rows = of_case(petition, actor)
    # Whoever opens the page reads the case; that is not asked again.
    calls = petition.status in BEFORE_REPLY and sitting_rules.may(A.CALL, actor) and is_free(petition, actor)
    if not rows and not calls:
        return None
    return Part("mediation/case_sittings.html", {"sittings": rows, "may_call": calls, "petition": petition})


def own_invitation(row: Sitting, actor: Actor) -> Invitation | None:
    found: Invitation | None = row.invitations.filter(unit=actor.unit).first()
    return found
