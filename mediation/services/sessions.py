"""Sessions: booked, cancelled, held. Overlaps are refused by sentence first and by the database at last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import User
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import friendly_moment, now
from core.wording import said
from mediation import rules
from mediation.enums import SESSION_RESULTS, MediationAct, Result, State
from mediation.models import MediationCase, Room, Session
from mediation.services import inside, levels
from petitions.enums import Act
from petitions.services import following, telling

LONGEST_SESSION = timedelta(hours=8)
CONSTRAINTS = (
    "session_room_once_at_a_time",
    "session_mediator_once_at_a_time",
    "session_case_once_at_a_time",
)


def schedule_session(
    *,
    mediation: MediationCase,
    actor: Actor,
    room: Room,
    mediator: User,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime | None = None,
    token: str = "",
) -> Session:
    """Book a room and a mediator. Both sides must have agreed.

    Raises Refusal: not one's right, consent missing, a time that is past or in no order, or the room, the
    mediator or the case is taken then (code "overlap", with who and when).
    """
    at = at or now()
    _check_time(starts_at, ends_at, at)
    with once_at_a_time(room, mediator, mediation, starts_at, ends_at), transaction.atomic():
        row = inside.locked_open(mediation)
        rules.require(MediationAct.SCHEDULE, actor, mediation=row)
        require_consent(row)
        levels.refuse_spent(row)
        inside.check_mediator(row.petition, room, mediator, at)
        inside.refuse_barred(row, mediator)
        _stand_in_line(room, mediator)
        _refuse_clash(room, mediator, row, starts_at, ends_at)
        when = friendly_moment(starts_at, at=at)
        following.remark(
            petition=row.petition,
            act=Act.MEDIATE,
            actor=actor,
            text=_("安排调解：%(when)s，%(room)s。") % {"when": when, "room": room.name},
            at=at,
            token=token,
        )
        session: Session = Session.objects.create(
            mediation=row,
            room=room,
            mediator=mediator,
            starts_at=starts_at,
            ends_at=ends_at,
            scheduled_at=at,
            scheduled_by=actor.user,
        )
        following.grant_reading(petition=row.petition, user_id=mediator.pk)
        audit.record(actor=actor, act="mediation.schedule", obj=session, at=at)
        _tell(session, _("安排调解：%(when)s，%(room)s。"), "scheduled", at)
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
        when = friendly_moment(booked.starts_at, at=at)
        inside.history(row, actor, _("取消%(when)s的调解安排。") % {"when": when}, at)
        following.revoke_reading(petition=row.petition, user_id=booked.mediator_id)
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
    at: datetime | None = None,
) -> Session:
    """Record a session that took place. An agreement or a refusal ends the mediation; the case goes on either way.

    Raises Refusal: not one's right, consent missing, not begun yet, nothing written down, or 达成协议 without
    the agreement's text.
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
    held.stay = mediation.stays.filter(ended_at=None).first()
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


def _stand_in_line(room: Room, mediator: User) -> None:
    """Bookings of one room or mediator wait for each other here: two inserts that meet in the exclusion
    constraints would each wait for the other, and the database would call it a deadlock."""
    Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    User.objects.select_for_update(no_key=True).only("pk").get(pk=mediator.pk)


def _check_time(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise ValueError("a session has aware moments")
    if starts_at <= at:
        raise Refusal(_("开始时间已经过去。"), code="invalid")
    if ends_at <= starts_at:
        raise Refusal(_("结束时间须晚于开始时间。"), code="invalid")
    if ends_at - starts_at > LONGEST_SESSION:
        raise Refusal(_("一次调解最长 8 小时，请分开安排。"), code="invalid")


def _refuse_clash(
    room: Room, mediator: User, mediation: MediationCase, starts_at: datetime, ends_at: datetime
) -> None:
    clash = (
        Session.objects.filter(cancelled_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at)
        .filter(Q(room=room) | Q(mediator=mediator) | Q(mediation=mediation))
        .select_related("room")
        .order_by("starts_at")
        .first()
    )
    if clash is None:
        return
    if clash.mediation_id == mediation.pk:
        what = _("本件")
    elif clash.room_id == room.pk:
        what = room.name
    else:
        what = mediator.get_full_name()
    raise Refusal(
        _("%(what)s %(day)s %(hours)s 已有安排，请另选时间。")
        % {"what": what, "day": clash.day.isoformat(), "hours": clash.hours},
        code="overlap",
    )


@contextmanager
def once_at_a_time(
    room: Room, mediator: User, mediation: MediationCase, starts_at: datetime, ends_at: datetime
) -> Iterator[None]:
    """Two at the same moment: the database lets one through; the other is told what is taken now."""
    try:
        yield
    except IntegrityError as error:
        if not any(name in str(error) for name in CONSTRAINTS):
            raise
        _refuse_clash(room, mediator, mediation, starts_at, ends_at)
        raise Refusal(_("这个时间刚被占用，请另选时间。"), code="overlap") from error


def _tell(session: Session, text: str, occasion: str, at: datetime) -> None:
    words = {"when": friendly_moment(session.starts_at, at=at), "room": session.room.name}
    telling.notify_about(
        session.mediation.petition,
        {session.mediator_id, session.mediation.mediator_id},
        text=text % words,
        link=session.mediation.get_absolute_url(),
        dedupe_key=f"session:{session.pk}:{occasion}",
        level="soon",
        at=at,
    )
