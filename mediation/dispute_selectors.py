"""What the pages about disputes without a petition show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, User
from core.timekeeping import local_day, now
from mediation import rules, selectors
from mediation.enums import MediationAct
from mediation.models import Dispute, DisputeClock, Room
from petitions.extensions import Part
from petitions.models import Petition
from petitions.querysets import unsealed_cases
from petitions.selectors.public import plain
from petitions.services import codes


def rooms_of(actor: Actor) -> QuerySet[Room]:
    """Rooms in which the actor may write down a dispute. One query."""
    rooms = Room.objects.select_related("unit")
    if actor.unit is None or actor.user is None or not rules.may(MediationAct.FILE, actor):
        return rooms.none()
    if actor.role == Role.MEDIATOR:
        return rooms.filter(mediators=actor.user)
    if actor.unit.kind == UnitKind.PETITION_OFFICE:
        return rooms
    return rooms.filter(unit__path__startswith=actor.unit.path)


def people_near(dispute: Dispute) -> QuerySet[User]:
    """Whoever holds a post in the room's unit, above it or in a petition office: those who could see the dispute."""
    near = Q(unit__in=dispute.room.unit.ancestor_ids) | Q(unit__kind=UnitKind.PETITION_OFFICE)
    posts = Post.objects.current(local_day(now())).filter(near)
    return User.objects.filter(pk__in=posts.values("user")).order_by("name", "id")


def own_case_of(dispute: Dispute, actor: Actor) -> Petition | None:
    """The petition it became, for whoever reads that. One query where there is one."""
    if dispute.petition_id is None:
        return None
    found: Petition | None = unsealed_cases(actor).filter(pk=dispute.petition_id).first()
    return found


def related(dispute: Dispute, actor: Actor) -> tuple[Dispute | None, list[Dispute]]:
    """The earlier one and those that came back after it, as far as the actor reads them. Two queries at most."""
    seen = Dispute.objects.visible_to(actor)
    earlier = seen.filter(pk=dispute.earlier_id).first() if dispute.earlier_id else None
    return earlier, list(seen.filter(earlier=dispute).order_by("came_at"))


def by_number_and_code(number: str, code: str) -> Dispute | None:
    """The dispute that both belong to. An unknown number takes as long as a wrong code and says no more."""
    number, code = plain(number).upper()[:20], plain(code)[:40]
    dispute: Dispute | None = Dispute.objects.filter(number=number).first()
    if dispute is None:
        codes.nothing_to_compare(number, code)
        return None
    return dispute if codes.matches(number, code, dispute.query_code_hash) else None


def by_token(token: str) -> Dispute | None:
    """The dispute that the form with this token made."""
    rows = Dispute.objects.filter(submit_key=codes.submit_key(token)).select_related("room")
    found: Dispute | None = rows.first()
    return found


def by_id(pk: int) -> Dispute | None:
    """The dispute a session was let into by number and code."""
    rows = Dispute.objects.select_related("room__unit", "petition", "other_unit")
    found: Dispute | None = rows.filter(pk=pk, forgotten_at=None).first()
    return found


def with_clocks(disputes: Sequence[Dispute]) -> list[Dispute]:
    """Give each the clock that runs on it, or none: by when its room is to take it up or answer. One query."""
    running = DisputeClock.objects.filter(dispute__in=[one.pk for one in disputes], stopped_at=None)
    by_dispute = {clock.dispute_id: clock for clock in running.select_related("rule")}
    for one in disputes:
        one.clock = by_dispute.get(one.pk)
        if one.clock is not None:
            one.clock.dispute = one  # what its pill leads to, without a query for each row
    return list(disputes)


def answer_by(dispute: Dispute) -> date | None:
    """The day by which its room is to take it up or answer; none once it did. One query."""
    clock = DisputeClock.objects.filter(dispute=dispute, stopped_at=None).first()
    return local_day(clock.due_at) if clock is not None else None


def own_part(dispute: Dispute, at: datetime) -> Part | None:
    """What of its mediation stands on the page of whoever brought it."""
    return selectors.own_part(dispute, at)
