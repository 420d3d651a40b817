"""Asking for a place on a reception day: booked while there are slots, then waiting in the order of asking.

Everything that gives or frees a place holds the day's row, and the database keeps a slot to one. Nobody is turned away
for not having booked: ``walk_in`` takes everybody, whatever the slots say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import holders, office_posts
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import han_date, local_day, now
from core.wording import said
from leaders import rules
from leaders.enums import BookingHow, BookingState, LeaderAct, Tell
from leaders.models import Booking, VisitDay
from leaders.models.bookings import LIVE
from leaders.services.packages import refuse_interested
from notifications.services import notify
from petitions.models import Petition
from petitions.services import codes
from petitions.services.stepping import lock

LONGEST_MATTER = 500
MOST_HEADS = 100_000


@dataclass(frozen=True, kw_only=True)
class NewBooking:
    """A case that is known, or a new matter in words. Name and telephone may be left out."""

    petition: Petition | None = None
    matter: str = ""
    name: str = ""
    phone: str = ""
    heads: int = 1


@dataclass(frozen=True)
class Booked:
    """The code is known only here; ``created`` is False when the form came a second time."""

    booking: Booking
    code: str
    created: bool = True


def book(*, day: VisitDay, actor: Actor, new: NewBooking, token: str, at: datetime | None = None) -> Booked:
    """A place for whoever asks: a slot while there is one, else the end of the waiting list.

    By residents themselves, or by telephone through a clerk. The same ``token`` twice is one booking.

    Raises Refusal: the day is over, called off, not announced or takes no bookings; the same telephone or case has a
    place there already; a sealed case, or one that the leader must avoid (条例 28).
    """
    at = at or now()
    how = BookingHow.ONLINE if actor.role == Role.PETITIONER else BookingHow.PHONE
    if how == BookingHow.PHONE:
        rules.require(LeaderAct.BOOK, actor, unit=day.place_unit)
    with transaction.atomic():
        new = _locked(new)
        row = lock_day(day.pk)
        if (known := _by_token(token)) is not None:
            return Booked(known, codes.query_code(token), created=False)
        refuse_closed(row, at)
        refuse_prepared(row)
        booking = _new(row, new, how, actor, token, at)
        refuse_twice(booking)
        take_place(booking, row, at)
        booking.save(force_insert=True)
        audit.record(actor=actor, act="visit_booking.book", obj=booking, at=at)
    return Booked(booking, codes.query_code(token))


def walk_in(
    *, day: VisitDay, actor: Actor, new: NewBooking, token: str, at: datetime | None = None
) -> Booking:
    """Somebody came without a booking and gets the next number of the day. Never refused for want of slots."""
    at = at or now()
    rules.require(LeaderAct.BOOK, actor, unit=day.place_unit)
    with transaction.atomic():
        new = _locked(new)
        row = lock_day(day.pk)
        if (known := _by_token(token)) is not None:
            return known
        if row.cancelled_at is not None:
            raise Refusal(_("这次接访已经取消，请为来访人登记信访件，或预约别的日子。"), code="stale")
        if row.held_at is not None:
            raise Refusal(_("这次接访已经结束，请为来访人登记信访件，或预约别的日子。"), code="stale")
        if row.day != local_day(at):
            raise Refusal(_("现场取号只在接访当天；别的日子请预约。"), code="stale")
        booking = _new(row, new, BookingHow.WALK_IN, actor, token, at)
        booking.state = BookingState.WALKED_IN
        booking.save(force_insert=True)
        audit.record(actor=actor, act="visit_booking.walk_in", obj=booking, at=at)
    return booking


def cancel_booking(*, booking: Booking, actor: Actor, at: datetime | None = None) -> Booking:
    """By the person, or by a clerk for them. The place goes to the first who waits.

    Raises Refusal: not one's right, or ended before.
    """
    at = at or now()
    if actor.role != Role.PETITIONER:
        rules.require(LeaderAct.BOOK, actor, unit=booking.day.place_unit)
    with transaction.atomic():
        days = lock_days([booking.day_id, booking.kept_day_id])
        row = Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
        if row.day_id not in days or (row.kept_day_id and row.kept_day_id not in days):
            raise Refusal(_("刚才有变动，请再按一次。"), code="stale")
        if row.state not in (*LIVE, BookingState.OFFERED):
            raise Refusal(_("这个预约已经结束。"), code="stale")
        freed = days[row.kept_day_id or row.day_id]
        end(row, at)
        audit.record(actor=actor, act="visit_booking.cancel", obj=row, at=at)
        promote(freed, at)
    return row


def end(row: Booking, at: datetime) -> None:
    """Nothing is kept for it and nothing is left to tell."""
    row.state, row.slot, row.ended_at = BookingState.CANCELLED, None, at
    row.kept_day = row.kept_until = None
    row.to_tell = ""
    row.save(update_fields=["state", "slot", "ended_at", "kept_day", "kept_until", "to_tell"])


def mark_told(*, booking: Booking, actor: Actor, at: datetime | None = None) -> None:
    """A clerk has called. Twice is once."""
    at = at or now()
    rules.require(LeaderAct.BOOK, actor, unit=booking.day.place_unit)
    with transaction.atomic():
        row = Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
        if not row.to_tell:
            return
        audit.record(actor=actor, act="visit_booking.tell", obj=row, detail={"what": row.to_tell}, at=at)
        row.to_tell, row.told_at, row.told_by = "", at, actor.user
        row.save(update_fields=["to_tell", "told_at", "told_by"])


def lock_day(pk: int) -> VisitDay:
    return lock_days([pk])[pk]


def lock_standing(pk: int) -> VisitDay:
    """Raises Refusal: it was called off."""
    day = lock_day(pk)
    if day.cancelled_at is not None:
        raise Refusal(_("这次接访已经取消。"), code="stale")
    return day


def lock_days(pks: list[int | None]) -> dict[int, VisitDay]:
    """The days, locked in the order of their times: who takes several never waits for who took them the other way."""
    found = VisitDay.objects.select_for_update(of=("self",)).filter(pk__in=[pk for pk in pks if pk])
    return {
        day.pk: day
        for day in found.select_related("post__unit", "post__user", "place_unit").order_by("starts_at", "pk")
    }


def refuse_closed(day: VisitDay, at: datetime) -> None:
    if day.cancelled_at is not None:
        raise Refusal(_("这次接访已经取消，请改约别的日子。"), code="stale")
    if day.starts_at <= at:
        raise Refusal(_("这次接访已经开始，不能再预约；不用预约，直接到现场取号就可以。"), code="stale")
    if day.slots is None or not day.published:
        raise Refusal(_("这次接访不用预约，到时直接来就可以。"), code="stale")


def refuse_prepared(day: VisitDay) -> None:
    """Raises Refusal: the list of this day is closed (事前登记). Places kept before are still taken."""
    if day.prepared_at is not None:
        raise Refusal(_("这场接访的名单已经定了；不用预约，当天直接到现场取号就可以。"), code="stale")


def places_free(day: VisitDay, at: datetime) -> int:
    """Slots that are neither taken nor kept for somebody whose day was called off. Of a locked day."""
    taken = Booking.objects.filter(day=day, state=BookingState.BOOKED).count()
    kept = Booking.objects.filter(kept_day=day, kept_until__gt=at).count()
    return (day.slots or 0) - taken - kept


def give_slot(booking: Booking, day: VisitDay) -> None:
    """The earliest slot that nobody has."""
    taken = set(Booking.objects.filter(day=day, state=BookingState.BOOKED).values_list("slot", flat=True))
    booking.slot = next(n for n in range(1, len(taken) + 2) if n not in taken)
    booking.state = BookingState.BOOKED


def take_place(booking: Booking, day: VisitDay, at: datetime) -> None:
    """A slot, unless somebody waits before: a place that lapsed a moment ago is theirs."""
    promote(day, at)
    waits = Booking.objects.filter(day=day, state=BookingState.WAITING).exists()
    if not waits and places_free(day, at) > 0:
        give_slot(booking, day)
    else:
        booking.state, booking.slot = BookingState.WAITING, None


def promote(day: VisitDay, at: datetime) -> list[Booking]:
    """Give free slots of the locked day to those who wait, first come first; a clerk tells them."""
    if day.slots is None or day.cancelled_at is not None or day.starts_at <= at:
        return []
    free = places_free(day, at)
    waiting = Booking.objects.filter(day=day, state=BookingState.WAITING).order_by("ordinal")
    found = list(waiting.select_for_update(of=("self",))[: max(free, 0)])
    for booking in found:
        give_slot(booking, day)
        booking.to_tell = Tell.PROMOTED
        booking.save(update_fields=["state", "slot", "to_tell"])
    if found:
        tell_desk(
            day, len(found), _("候补转为约上"), f"promoted:{day.pk}:{found[-1].pk}:{at.timestamp()}", at
        )
    return found


def tell_desk(day: VisitDay, n: int, what: str, key: str, at: datetime) -> None:
    """Whoever calls is told how many wait for a call; names stand only on the list itself."""
    notify(
        recipients={post.user_id for post in desk_of(day, at)},
        text=_("%(what)s：%(day)s的 %(n)d 位预约人待电话告知。")
        % {"what": what, "day": han_date(day.starts_at), "n": n},
        link=reverse("leaders:calls"),
        dedupe_key=f"visit_calls:{key}",
        level="soon",
        at=at,
    )


def next_ordinal(day: VisitDay) -> int:
    last = Booking.objects.filter(day=day).aggregate(last=Max("ordinal"))["last"]
    return (last or 0) + 1


def desk_of(day: VisitDay, at: datetime) -> list[Post]:
    """Who calls people about this day: the clerks where it is, else those of the petition office."""
    there = holders(Role.CLERK, unit=day.place_unit, at=at)
    return there or office_posts(Role.CLERK, at) or office_posts(Role.PETITION_OFFICER, at)


def _locked(new: NewBooking) -> NewBooking:
    """The case is locked before the day, as by every door of this room, and is looked at as it stands now."""
    return new if new.petition is None else replace(new, petition=lock(new.petition.pk))


def _new(day: VisitDay, new: NewBooking, how: BookingHow, actor: Actor, token: str, at: datetime) -> Booking:
    if new.petition is not None:
        if new.petition.sealed:
            raise Refusal(
                _("检举控告件由纪检监察机关办理，不在领导接访中约谈；其他事可以另行预约。"), code="forbidden"
            )
        refuse_interested(new.petition, day.post, at)
    matter = clean_text(new.matter)
    if new.petition is None:
        matter = said(matter, _("请写一句要谈什么事，或填已有信访件的编号。"), longest=LONGEST_MATTER)
    if not 1 <= new.heads <= MOST_HEADS:
        raise Refusal(_("人数请填 1 以上的数字。"), code="invalid")
    key = uuid4()
    return Booking(
        key=key,
        day=day,
        ordinal=next_ordinal(day),
        how=how,
        petition=new.petition,
        heads=new.heads,
        name=clean_text(new.name)[:100],
        phone=clean_text(new.phone)[:30],
        matter=matter[:LONGEST_MATTER],
        code_hash=codes.hash_code(str(key), codes.query_code(token)),
        submit_key=codes.submit_key(token),
        asked_at=at,
        recorded_by=actor.user,
    )


def _by_token(token: str) -> Booking | None:
    found: Booking | None = (
        Booking.objects.filter(submit_key=codes.submit_key(token)).select_related("day").first()
    )
    return found


def refuse_twice(booking: Booking) -> None:
    same = Q(pk__in=[])
    if booking.phone:
        same |= Q(phone_index__in=Booking._meta.get_field("phone_index").of_values(booking.phone))
    if booking.petition is not None:
        same |= Q(petition=booking.petition)
    if Booking.objects.filter(same, day=booking.day, state__in=LIVE).exists():
        raise Refusal(
            _("%(day)s这一场已经用这个电话或这件信访约过了，不用再约。凭预约号和查询码可以查看。")
            % {"day": han_date(booking.day.starts_at)},
            code="stale",
        )
