"""What every booking asks before it takes a time: is the time possible, may these people sit, is anything taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Refusal
from core.timekeeping import SHANGHAI, han_date, local_day
from mediation.models import MediationCase, Mediator, Room, Seat, Session, StayClock
from mediation.services import inside
from mediation.week import covers, day_words, week_words

LONGEST_SESSION = timedelta(hours=8)
#: Later than this somebody may have taken the wrong year.
FAR_AHEAD = timedelta(days=60)
#: Who sits beside the one who leads; more is an assembly.
MOST_BESIDE = 9
CONSTRAINTS = (
    "session_room_once_at_a_time",
    "session_mediator_once_at_a_time",
    "session_case_once_at_a_time",
    "seat_once_at_a_time",
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A room and people at a time. ``mediator`` leads; ``anyway``: outside the usual hours, and meant."""

    room: Room
    mediator: User
    starts_at: datetime
    ends_at: datetime
    beside: Sequence[User] = ()
    women_only: bool = False
    anyway: bool = False
    apart: bool = False
    other_comes_at: datetime | None = None

    @property
    def panel(self) -> list[User]:
        """Everybody who sits, once, the one who leads first."""
        return list({person.pk: person for person in (self.mediator, *self.beside)}.values())


def check_time(wanted: Wanted, at: datetime) -> None:
    """Raises Refusal: past, in no order or too long; and (code "confirm") at night, when the room is closed or far
    ahead, unless it is meant."""
    start, end = wanted.starts_at, wanted.ends_at
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("a session has aware moments")
    if start <= at:
        raise Refusal(_("开始时间已经过去。"), code="invalid")
    if end <= start:
        raise Refusal(_("结束时间须晚于开始时间。"), code="invalid")
    if end - start > LONGEST_SESSION:
        raise Refusal(_("一次调解最长 8 小时，请分开安排。"), code="invalid")
    _check_apart(wanted)
    if not wanted.anyway and (why := _unusual(wanted, at)):
        raise Refusal(
            _("%(why)s请改时间；确实要这样安排的，请勾选“仍按这个时间安排”再按一次。") % {"why": why},
            code="confirm",
        )


def _check_apart(wanted: Wanted) -> None:
    """Two who are told one time meet at the door (反家庭暴力法 13)."""
    if not wanted.apart:
        if wanted.other_comes_at is not None:
            raise Refusal(_("不是分开调解的，不用填对方几点到。"), code="invalid")
        return
    if wanted.other_comes_at is None:
        raise Refusal(_("分开调解的，请填对方几点到，两边错开。"), code="invalid")
    if not wanted.starts_at < wanted.other_comes_at < wanted.ends_at:
        raise Refusal(_("对方到的时间须在开始和结束之间，和先到的一方错开。"), code="invalid")


def _unusual(wanted: Wanted, at: datetime) -> str:
    start, end = wanted.starts_at.astimezone(SHANGHAI), wanted.ends_at.astimezone(SHANGHAI)
    if start - at > FAR_AHEAD:
        return _("%(day)s还早，离今天有 %(n)d 天，请核对年份和月份。") % {
            "day": start.date().isoformat(),
            "n": (start - at).days,
        }
    if why := odd_hours(start.time(), end.time() if end.date() == start.date() else time.max):
        return why
    spans = [row.span for row in wanted.room.opening.all()]
    if not spans or covers(spans, start, end):
        return ""
    words = {"room": wanted.room.name, "day": han_date(start)}
    if hours := day_words(spans, start.weekday()):
        return _("%(room)s %(day)s开放时间是 %(hours)s。") % {**words, "hours": hours}
    week = "；".join(f"{days} {hours}" for days, hours in week_words(spans))
    return _("%(room)s %(day)s不开放（开放时间：%(week)s）。") % {**words, "week": week}


def odd_hours(start: time, end: time) -> str:
    """Why these hours of a day are asked about, in words; empty where they are usual ones."""
    first, last = settings.MEDIATION_EARLIEST_HOUR, settings.MEDIATION_LATEST_HOUR
    if start.hour >= first and (end.hour, end.minute) <= (last, 0):
        return ""
    words = _("这个时间太早或者太晚（一般在 %(first)d:00 到 %(last)d:00 之间）。")
    return words % {"first": first, "last": last}


def refuse_past_term(mediation: MediationCase, wanted: Wanted) -> None:
    """Raises Refusal (code "confirm"): later than the days of the level it stands at, unless that is meant."""
    clock = StayClock.objects.filter(stay__mediation=mediation, stay__ended_at=None, stopped_at=None).first()
    if clock is None or wanted.anyway or local_day(wanted.starts_at) <= local_day(clock.due_at):
        return
    raise Refusal(
        _(
            "本级的调解到 %(due)s 为止，%(day)s 已经超过。请改时间；确实要这样的，请勾选“仍按这个时间安排”再按一次。"
        )
        % {"due": local_day(clock.due_at).isoformat(), "day": local_day(wanted.starts_at).isoformat()},
        code="confirm",
    )


def check_panel(mediation: MediationCase, wanted: Wanted, at: datetime) -> None:
    """Everybody may mediate this locked case in this room, and where a panel of women was asked for, all are.

    Raises Refusal.
    """
    if len(wanted.panel) > MOST_BESIDE + 1:
        raise Refusal(_("一场调解最多 %(n)d 位调解员。") % {"n": MOST_BESIDE + 1}, code="invalid")
    for person in wanted.panel:
        inside.check_mediator(mediation.matter, wanted.room, person, at)
        inside.refuse_barred(mediation, person)
    if wanted.women_only:
        cards = Mediator.objects.filter(user__in=wanted.panel, on_women_panels=True)
        women = set(cards.values_list("user_id", flat=True))
        others = [person.get_full_name() for person in wanted.panel if person.pk not in women]
        if others:
            raise Refusal(
                _("当事人请的是女性调解组，%(who)s没有登记为参加女性调解组，请另选调解员。")
                % {"who": "、".join(others)},
                code="invalid",
            )


def changes(booked: Session, wanted: Wanted, people: bool) -> str:
    """What is different, in words. Raises Refusal: nothing is."""
    words = []
    if (booked.starts_at, booked.ends_at) != (wanted.starts_at, wanted.ends_at):
        moved = Session(starts_at=wanted.starts_at, ends_at=wanted.ends_at)
        words.append(_("时间改为 %(day)s %(hours)s") % {"day": moved.day.isoformat(), "hours": moved.hours})
    if booked.room_id != wanted.room.pk:
        words.append(_("地点改为%(room)s") % {"room": wanted.room.name})
    if people:
        names = "、".join(person.get_full_name() for person in wanted.panel)
        words.append(_("调解员改为%(who)s") % {"who": names})
    if booked.apart != wanted.apart:
        words.append(_("改为分开调解") if wanted.apart else _("改为当面调解"))
    elif booked.other_comes_at != wanted.other_comes_at:
        words.append(_("两边到场的时间有变"))
    if not words:
        raise Refusal(_("时间、地点和调解员都没有改。"), code="invalid")
    return "，".join(words)


def stand_in_line(room: Room, panel: Sequence[User]) -> None:
    """Bookings of one room or of one person wait for each other here, the room first and people in one order: two
    inserts that meet in the exclusion constraints would each wait for the other, and the database would call it a
    deadlock."""
    Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    people = User.objects.select_for_update(no_key=True).only("pk").order_by("pk")
    list(people.filter(pk__in=[person.pk for person in panel]))


def refuse_clash(mediation: MediationCase, wanted: Wanted, without: int = 0) -> None:
    """Raises Refusal (code "overlap"): the room, somebody of the panel or the case is taken then. ``without``: the
    session that is being moved."""
    people = {person.pk: person for person in wanted.panel}
    taken = Seat.objects.filter(user__in=people, cancelled_at=None)
    taken = taken.filter(starts_at__lt=wanted.ends_at, ends_at__gt=wanted.starts_at)
    clash = (
        Session.objects.filter(cancelled_at=None, starts_at__lt=wanted.ends_at, ends_at__gt=wanted.starts_at)
        .filter(Q(room=wanted.room) | Q(mediation=mediation) | Q(pk__in=taken.values("session")))
        .exclude(pk=without)
        .select_related("room")
        .prefetch_related("seats")
        .order_by("starts_at")
        .first()
    )
    if clash is None:
        return
    if clash.mediation_id == mediation.pk:
        what = _("本件")
    elif clash.room_id == wanted.room.pk:
        what = wanted.room.name
    else:
        seated = {seat.user_id for seat in clash.seats.all()}
        what = "、".join(person.get_full_name() for pk, person in people.items() if pk in seated)
    raise Refusal(
        _("%(what)s %(day)s %(hours)s 已有安排，请另选时间。")
        % {"what": what, "day": clash.day.isoformat(), "hours": clash.hours},
        code="overlap",
    )


@contextmanager
def once_at_a_time(mediation: MediationCase, wanted: Wanted, without: int = 0) -> Iterator[None]:
    """Two at the same moment: the database lets one through; the other is told what is taken now."""
    try:
        yield
    except IntegrityError as error:
        if not any(name in str(error) for name in CONSTRAINTS):
            raise
        refuse_clash(mediation, wanted, without)
        raise Refusal(_("这个时间刚被占用，请另选时间。"), code="overlap") from error


def seat(session: Session, wanted: Wanted) -> None:
    """Give everybody of the panel a seat and take the others' away; the leader has one from the database."""
    seats = Seat.objects.filter(session=session)
    seats.exclude(user__in=wanted.panel).delete()
    sitting = set(seats.values_list("user_id", flat=True))
    Seat.objects.bulk_create(
        Seat(session=session, user=person, starts_at=session.starts_at, ends_at=session.ends_at)
        for person in wanted.panel
        if person.pk not in sitting
    )
