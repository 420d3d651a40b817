"""A session that nobody had booked, or that was held before its time: recorded in one step with its real times."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import User
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import full_moment, now
from core.wording import said
from mediation import rules
from mediation.enums import MediationAct, Result, Side
from mediation.models import MediationCase, Room, Session
from mediation.services import booking, inside, levels, sessions, wishes
from mediation.services.booking import Wanted

#: How long one that begins now has the room; it is recorded when it is over, however long it took.
AN_HOUR = timedelta(hours=1)


def record_session(
    *,
    mediation: MediationCase,
    actor: Actor,
    room: Room,
    starts_at: datetime,
    ends_at: datetime,
    record: str,
    result: Result,
    agreement: str = "",
    instead_of: Session | None = None,
    apart: bool = False,
    at: datetime | None = None,
) -> Session:
    """Record a session that took place from ``starts_at`` to ``ends_at`` (aware, both over by ``at``).

    ``instead_of`` is a booked session of the same mediation that was held at these times instead; it moves there.
    The mediator is the actor, or the mediation's own when the petition office writes it down.

    Raises Refusal: not one's right, consent missing, times in no order, not over yet, before the mediation was
    opened or before both had agreed (人民调解法 17), nothing written down, 达成协议 without its text, the room, the
    mediator or the case was taken then, or (code "apart") both sides together where somebody must not meet the other.
    """
    at = at or now()
    record = said(record, _("请写下调解记录。"))
    agreement = sessions.agreement_of(result, agreement)
    _check_times(mediation, starts_at, ends_at, at)
    mediator = actor.user if actor.role == Role.MEDIATOR and actor.user else mediation.mediator
    wanted = _wanted(room, mediator, starts_at, ends_at, instead_of)
    with booking.once_at_a_time(mediation, wanted, instead_of.pk if instead_of else 0), transaction.atomic():
        row = inside.locked_open(mediation)
        rules.require(MediationAct.HOLD, actor, mediation=row)
        sessions.require_consent(row)
        _refuse_before_consent(row, starts_at)
        levels.refuse_spent(row)
        booking.check_panel(row, wanted, at)
        held = _row(row, room, mediator, starts_at, ends_at, instead_of, actor, at)
        held.apart = held.apart or apart
        wishes.refuse_joint(row, apart=held.apart)
        held.record, held.result, held.agreement = record, result, agreement
        sessions.write_down(held, row, actor, at, detail={"result": result, "on_the_spot": True})
    return held


def open_now(*, mediation: MediationCase, actor: Actor, at: datetime | None = None) -> Session:
    """Begin a session in the mediation's room at this very minute, for an hour: who is there, minutes and talks apart
    are written on its page while it goes on, and its result afterwards by ``sessions.hold_session``. It is one apart
    where somebody must not meet the other side.

    Raises Refusal: not one's right, consent missing, the level's attempts are used up, or the room, the mediator or the
    matter is taken within this hour.
    """
    at = at or now()
    starts_at = _minute(at)
    mediator = actor.user if actor.role == Role.MEDIATOR and actor.user else mediation.mediator
    wanted = _wanted(mediation.room, mediator, starts_at, starts_at + AN_HOUR, None)
    with booking.once_at_a_time(mediation, wanted), transaction.atomic():
        row = inside.locked_open(mediation)
        rules.require(MediationAct.HOLD, actor, mediation=row)
        sessions.require_consent(row)
        levels.refuse_spent(row)
        booking.check_panel(row, wanted, at)
        booking.stand_in_line(row.room, wanted.panel)
        booking.refuse_clash(row, wanted)
        session: Session = Session.objects.create(
            mediation=row,
            room=row.room,
            mediator=mediator,
            starts_at=wanted.starts_at,
            ends_at=wanted.ends_at,
            apart=row.parties.filter(left_at=None, protected=True).exists(),
            scheduled_at=at,
            scheduled_by=actor.user,
        )
        booking.seat(session, wanted)
        inside.let_read(row, [mediator.pk])
        words = {"when": full_moment(starts_at), "room": row.room.name}
        inside.history(row, actor, _("开始调解：%(when)s，%(room)s。") % words, at)
        audit.record(actor=actor, act="mediation.open_now", obj=session, at=at)
    return session


def _wanted(
    room: Room, mediator: User, starts_at: datetime, ends_at: datetime, instead_of: Session | None
) -> Wanted:
    """With whoever was booked to sit beside; a panel of women stays one."""
    return Wanted(
        room=room,
        mediator=mediator,
        starts_at=starts_at,
        ends_at=ends_at,
        beside=instead_of.beside if instead_of else (),
        women_only=instead_of.women_only if instead_of else False,
    )


def _check_times(mediation: MediationCase, starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise ValueError("a session has aware moments")
    if ends_at <= starts_at:
        raise Refusal(_("结束时间须晚于开始时间。"), code="invalid")
    if ends_at > at:
        raise Refusal(_("结束时间还没有到，请在调解结束以后记录。"), code="invalid")
    if ends_at - starts_at > booking.LONGEST_SESSION:
        raise Refusal(_("一次调解最长 8 小时，请分开记录。"), code="invalid")
    if starts_at < _minute(mediation.opened_at):
        raise Refusal(
            _("开始时间早于转入调解的时间（%(when)s），请核对。")
            % {"when": full_moment(mediation.opened_at)},
            code="invalid",
        )


def _refuse_before_consent(mediation: MediationCase, starts_at: datetime) -> None:
    """Of those it was between then; who came in later agreed later. Raises Refusal (code "consent")."""
    living = list(mediation.consents.filter(withdrawn_at=None).select_related("party"))
    early = [one for one in living if one.party is not None and one.party.added_at <= starts_at]
    if {one.side for one in early} != set(Side):
        early = living
    agreed_at = max(one.given_at for one in early)
    if starts_at < _minute(agreed_at):
        raise Refusal(
            _(
                "%(when)s双方才都同意，调解不能早于这个时间，请核对。先口头同意、后来补记的，记录同意时写明当时的时间。"
            )
            % {"when": full_moment(agreed_at)},
            code="consent",
        )


def _minute(moment: datetime) -> datetime:
    """People type minutes."""
    return moment.replace(second=0, microsecond=0)


def _row(
    mediation: MediationCase,
    room: Room,
    mediator: User,
    starts_at: datetime,
    ends_at: datetime,
    instead_of: Session | None,
    actor: Actor,
    at: datetime,
) -> Session:
    """The booked row moved to its real times, or a new one; not saved."""
    if instead_of is None:
        held = Session(mediation=mediation, scheduled_at=at, scheduled_by=actor.user)
    else:
        held = sessions.planned_row(instead_of)
        if held.mediation_id != mediation.pk:
            raise Refusal(_("这次安排不是本件的。"), code="invalid")
    held.room, held.mediator, held.starts_at, held.ends_at = room, mediator, starts_at, ends_at
    # Who came when stands in the record; what had been arranged was for another time.
    held.other_comes_at = None
    return held
