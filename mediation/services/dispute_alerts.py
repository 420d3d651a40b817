"""Who hears of a dispute that came to a room, and of one that nobody takes up. Notices name nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Exists
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.in_office import InOffice
from accounts.models import Post
from core.timekeeping import local_day, now
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from mediation.dispute_querysets import UNIT_READERS
from mediation.models import Dispute, Room
from mediation.services import matters
from notifications.models import OutboxMessage
from notifications.services.subjects import Posts
from petitions.services.vacant import Vacancies, last_resort

KIND = "room_dispute"


def tell_the_room(dispute: Dispute, at: datetime) -> None:
    """Whoever can take it up; where nobody can, the petition office."""
    _tell(dispute, _("%(room)s收到一件纠纷 %(number)s，请接手调解，或者答复去哪里办。"), "came", at)


def tell_to_replace(dispute: Dispute, at: datetime) -> None:
    """Whoever mediates it stays out of it from now on; the others of the room hear that somebody must take over."""
    _tell(dispute, _("%(room)s的纠纷 %(number)s 的调解员回避，请换调解员。"), f"out:{at.timestamp()}", at)


def _tell(dispute: Dispute, text: str, occasion: str, at: datetime) -> None:
    staff = InOffice(at)
    people = matters.who_may_know(dispute, _of_the_room(dispute.room, staff), at=at)
    matters.tell(
        dispute,
        people or list(staff.office(Role.PETITION_OFFICER)),
        text=text % {"room": dispute.room.name, "number": dispute.number},
        dedupe_key=f"{KIND}:{dispute.pk}:{occasion}",
        level="soon",
        at=at,
    )


def lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """A few queries for each room of the batch."""
    staff = InOffice(now())
    vacancies = Vacancies(staff)
    staff.prepare(step.clock.dispute.room.unit for step in due)  # type: ignore[attr-defined]
    found = []
    for step in due:
        dispute: Dispute = step.clock.dispute  # type: ignore[attr-defined]
        sentence = {
            StepKind.REMIND: _("%(room)s收到的纠纷 %(number)s 还没有人接手，请接手调解，或者答复去哪里办。"),
        }.get(
            StepKind(step.kind),
            _("%(room)s收到的纠纷 %(number)s 到期还没有人接手，请接手调解，或者答复去哪里办。"),
        )
        found.append(
            AlertLine(
                recipients=_told(dispute, Role(step.role), staff, vacancies),
                text=sentence % {"room": dispute.room.name, "number": dispute.number} + step.late_text,
                link=dispute.get_absolute_url(),
                about=dispute.about,
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return [*found, *vacancies.lines()]


def _told(dispute: Dispute, role: Role, staff: InOffice, vacancies: Vacancies) -> list[int]:
    unit = dispute.room.unit
    wanted: list[Post | int] = []
    if role == Role.HANDLER:
        wanted = _of_the_room(dispute.room, staff)
    elif role == Role.UNIT_HEAD:
        wanted = list(staff.of(role, unit))
        if not wanted:
            vacancies.note(unit, role)
    if told := matters.who_may_know(dispute, wanted, at=staff.at):
        return told
    office = matters.who_may_know(dispute, list(staff.office(Role.PETITION_OFFICER)), at=staff.at)
    return office or last_resort(None, staff)


def _of_the_room(room: Room, staff: InOffice) -> list[Post | int]:
    """Its mediators in office, and those of its unit who arrange."""
    held = Post.objects.current(local_day(staff.at)).filter(role=Role.MEDIATOR)
    mediators = held.filter(user__in=room.mediators.values("pk")).values_list("user_id", flat=True)
    arranging = [post for post in staff.in_unit(room.unit) if post.role in UNIT_READERS]
    return [*mediators, *arranging]


def lost(messages: Sequence[OutboxMessage], posts: Posts, at: datetime) -> set[int]:
    """Messages whose recipient stays out of the dispute by now, or holds a post on its other side. Three queries."""
    wanted = {message.pk: _pk_of(message) for message in messages}
    about = Dispute.objects.filter(pk__in=set(wanted.values())).select_related("other_unit")
    rows: Mapping[int, Dispute] = {row.pk: row for row in about.prefetch_related("kept_out")}
    gone = set()
    for message in messages:
        dispute, user = rows.get(wanted[message.pk]), message.notice.recipient_id
        if dispute is None:
            continue
        mine = [post for post in posts.get(user, ()) if post.held_on(local_day(at))]
        other = dispute.other_unit
        against = other is not None and any(post.unit.is_within(other) for post in mine)
        if against or any(one.pk == user for one in dispute.kept_out.all()):
            gone.add(message.pk)
    return gone


def never_sealed(about: str) -> Exists:
    """No dispute is sealed: 检举控告 are petitions."""
    return Exists(Dispute.objects.none())


def undelivered(message: OutboxMessage, at: datetime) -> None:
    """Stands on the system administrator's list like any other."""


def _pk_of(message: OutboxMessage) -> int:
    number = message.notice.about.partition(":")[2]
    return int(number) if number.isdecimal() else 0
