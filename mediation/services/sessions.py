"""Sessions: booked, moved, cancelled, held. Overlaps are refused by sentence first and by the database at last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import User
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import friendly_moment, full_moment, now
from core.wording import said
from mediation import rules
from mediation.enums import SESSION_RESULTS, MediationAct, Result, State
from mediation.models import MediationCase, Room, Session
from mediation.services import booking, inside, levels, wishes
from mediation.services.booking import Wanted

#: What moving writes.
MOVED = (
    *("room", "mediator", "starts_at", "ends_at", "moved_at", "reminded_at"),
    *("apart", "other_comes_at"),
)


def schedule_session(
    *,
    mediation: MediationCase,
    actor: Actor,
    room: Room,
    mediator: User,
    starts_at: datetime,
    ends_at: datetime,
    beside: Sequence[User] = (),
    women_only: bool = False,
    apart: bool = False,
    other_comes_at: datetime | None = None,
    anyway: bool = False,
    at: datetime | None = None,
    token: str = "",
) -> Session:
    """Book a room, a mediator who leads and others ``beside``. Both sides must have agreed.

    Raises Refusal: not one's right, consent missing, a time that is past or in no order, somebody who may not sit, or
    the room, one of the panel or the case is taken then (code "overlap", with who and when); and (code "confirm") a
    time at night or when the room is closed, unless ``anyway``; and (code "apart") both sides together where somebody
    must not meet the other, unless ``apart``.
    """
    at = at or now()
    wanted = Wanted(
        room=room,
        mediator=mediator,
        starts_at=starts_at,
        ends_at=ends_at,
        beside=beside,
        women_only=women_only,
        anyway=anyway,
        apart=apart,
        other_comes_at=other_comes_at,
    )
    booking.check_time(wanted, at)
    with booking.once_at_a_time(mediation, wanted), transaction.atomic():
        row = inside.locked_open(mediation)
        rules.require(MediationAct.SCHEDULE, actor, mediation=row)
        require_consent(row)
        levels.refuse_spent(row)
        booking.refuse_past_term(row, wanted)
        wishes.refuse_joint(row, apart=apart)
        booking.check_panel(row, wanted, at)
        booking.stand_in_line(room, wanted.panel)
        booking.refuse_clash(row, wanted)
        when = full_moment(starts_at)
        inside.note(
            row,
            actor,
            _("安排调解：%(when)s，%(room)s。") % {"when": when, "room": room.name},
            at,
            token=token,
        )
        session: Session = Session.objects.create(
            mediation=row,
            room=room,
            mediator=mediator,
            starts_at=starts_at,
            ends_at=ends_at,
            women_only=women_only,
            apart=apart,
            other_comes_at=other_comes_at,
            scheduled_at=at,
            scheduled_by=actor.user,
        )
        booking.seat(session, wanted)
        inside.let_read(row, [person.pk for person in wanted.panel])
        audit.record(actor=actor, act="mediation.schedule", obj=session, at=at)
        _tell(session, _("安排调解：%(when)s，%(room)s。"), "scheduled", at)
    return session


def move_session(
    *,
    session: Session,
    actor: Actor,
    room: Room,
    mediator: User,
    starts_at: datetime,
    ends_at: datetime,
    beside: Sequence[User] = (),
    apart: bool | None = None,
    other_comes_at: datetime | None = None,
    anyway: bool = False,
    at: datetime | None = None,
) -> Session:
    """Another time, room or panel for a booked session; whoever sat, sits now or mediates is told what changed. A
    panel of women stays one.

    Raises Refusal: as ``schedule_session``; held, cancelled or begun before; or nothing was changed.
    """
    at = at or now()
    wanted = Wanted(
        room=room,
        mediator=mediator,
        starts_at=starts_at,
        ends_at=ends_at,
        beside=beside,
        women_only=session.women_only,
        anyway=anyway,
        apart=session.apart if apart is None else apart,
        other_comes_at=other_comes_at,
    )
    booking.check_time(wanted, at)
    with booking.once_at_a_time(session.mediation, wanted, session.pk), transaction.atomic():
        row = inside.locked_open(session.mediation)
        rules.require(MediationAct.MOVE, actor, mediation=row)
        require_consent(row)
        booked = planned_row(session)
        if booked.has_begun(at):
            raise Refusal(_("这场调解已经到时间，请记录实际情况，或者另行安排。"), code="stale")
        if starts_at != booked.starts_at:
            booking.refuse_past_term(row, wanted)
        before = {seat.user_id for seat in booked.seats.all()}
        after = {person.pk for person in wanted.panel}
        wishes.refuse_joint(row, apart=wanted.apart)
        people = before != after or booked.mediator_id != mediator.pk
        changed = booking.changes(booked, wanted, people)
        booking.check_panel(row, wanted, at)
        booking.stand_in_line(room, wanted.panel)
        booking.refuse_clash(row, wanted, session.pk)
        old = full_moment(booked.starts_at)
        booked.room, booked.mediator = room, mediator
        booked.starts_at, booked.ends_at = starts_at, ends_at
        booked.moved_at, booked.reminded_at = at, None
        booked.apart, booked.other_comes_at = wanted.apart, other_comes_at
        booked.save(update_fields=MOVED)
        booking.seat(booked, wanted)
        text = _("原定%(old)s的调解改期：%(changed)s。") % {"old": old, "changed": changed}
        inside.let_read(row, after - before)
        inside.note(row, actor, text, at)
        inside.stop_reading(row, before - after)
        audit.record(actor=actor, act="mediation.move_session", obj=booked, at=at)
        _tell(booked, text, f"moved:{at.timestamp()}", at, also=before)
    session.refresh_from_db()
    return session


def cancel_session(*, session: Session, actor: Actor, at: datetime | None = None) -> None:
    """Give a booked time back. Raises Refusal: not one's right, held or cancelled before."""
    at = at or now()
    with transaction.atomic():
        row = inside.locked_open(session.mediation)
        rules.require(MediationAct.CANCEL, actor, mediation=row)
        booked = planned_row(session)
        booked.cancelled_at = at
        booked.save(update_fields=["cancelled_at"])
        when = full_moment(booked.starts_at)
        inside.history(row, actor, _("取消%(when)s的调解安排。") % {"when": when}, at)
        inside.stop_reading(row, inside.everybody_in(Session.objects.filter(pk=booked.pk)))
        audit.record(actor=actor, act="mediation.cancel_session", obj=booked, at=at)
        _tell(booked, _("%(when)s在%(room)s的调解已取消。"), "cancelled", at)
    session.refresh_from_db()


def hold_session(
    *,
    session: Session,
    actor: Actor,
    record: str,
    result: Result,
    agreement: str = "",
    apart: bool = False,
    at: datetime | None = None,
) -> Session:
    """Record a session that took place. An agreement or a refusal ends the mediation; the case goes on either way.
    ``apart``: the sides were heard by themselves, though it had been arranged otherwise.

    Raises Refusal: not one's right, consent missing, not begun yet, nothing written down, 达成协议 without the
    agreement's text, or (code "apart") somebody must not meet the other side.
    """
    at = at or now()
    record = said(record, _("请写下调解记录。"))
    agreement = agreement_of(result, agreement)
    with transaction.atomic():
        row = inside.locked_open(session.mediation)
        rules.require(MediationAct.HOLD, actor, mediation=row)
        require_consent(row)
        held = planned_row(session)
        inside.refuse_barred(row, held.mediator)
        if not held.has_begun(at):
            raise Refusal(_("还没有到调解时间，不能记录。"), code="invalid")
        held.apart = held.apart or apart
        wishes.refuse_joint(row, apart=held.apart)
        held.record, held.result, held.agreement = record, result, agreement
        write_down(held, row, actor, at, detail={"result": result})
    session.refresh_from_db()
    return session


def agreement_of(result: Result, agreement: str) -> str:
    """The agreement's text, cleaned. Raises Refusal: no result, or 达成协议 and its text do not go together."""
    if result not in SESSION_RESULTS:
        raise Refusal(_("请选择调解结果。"), code="invalid")
    agreement = clean_text(agreement)
    if result == Result.AGREED:
        return said(agreement, _("达成协议的，请写明协议内容。"))
    if agreement:
        raise Refusal(_("没有达成协议的，不要填写协议内容。"), code="invalid")
    return ""


def write_down(
    held: Session, mediation: MediationCase, actor: Actor, at: datetime, *, detail: dict[str, Any]
) -> None:
    """Save a session with its record and result as held, and let the mediation move on."""
    held.held_at, held.recorded_by = at, actor.user
    held.stay = inside.stay_of(mediation)
    held.save()
    result = Result(held.result)
    # What was agreed stays in this room; the case's history says that, and how it came out.
    inside.history(mediation, actor, _("已调解，结果：%(result)s。") % {"result": result.label}, at)
    _move(mediation, result, at)
    audit.record(actor=actor, act="mediation.hold", obj=held, detail=detail, at=at)


def require_consent(mediation: MediationCase) -> None:
    """Both sides' living consent, looked up and not remembered. Raises Refusal (409)."""
    if not inside.agreed(mediation):
        raise Refusal(_("双方都同意以后才能安排调解。请先记录双方的同意。"), code="consent")


def _move(mediation: MediationCase, result: Result, at: datetime) -> None:
    if result in {Result.AGREED, Result.DECLINED}:
        inside.finish(mediation, result, at)
    elif mediation.state != State.HELD:
        mediation.state = State.HELD
        mediation.save(update_fields=["state"])


def planned_row(session: Session) -> Session:
    """The booked row, locked. Raises Refusal: cancelled, or held already."""
    row: Session = (
        Session.objects.select_for_update(of=("self",)).select_related("room", "mediation").get(pk=session.pk)
    )
    if row.cancelled_at is not None:
        raise Refusal(_("这次安排已经取消。"), code="stale")
    if row.held_at is not None:
        raise Refusal(_("这次调解已于%(when)s记录。") % {"when": friendly_moment(row.held_at)}, code="stale")
    return row


def _tell(session: Session, text: str, occasion: str, at: datetime, also: Iterable[int] = ()) -> None:
    """Everybody who sits, whoever mediates the case, and ``also`` those who sat before."""
    words = {"when": session.moment_words, "room": session.room.name}
    sitting = inside.everybody_in(Session.objects.filter(pk=session.pk))
    inside.tell(
        session.mediation,
        {*sitting, session.mediation.mediator_id, *also},
        text=text % words if "%(" in text else text,
        dedupe_key=f"session:{session.pk}:{occasion}",
        level="soon",
        at=at,
    )
