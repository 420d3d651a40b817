"""A talk among many, from the call to the day: convened, announced in time, moved or called off with a reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import SHANGHAI, han_date, local_day, now
from core.wording import said
from mediation import talk_rules
from mediation.models import PublicTalk, Room, TalkChange
from mediation.models.talks import MOST_PEOPLE
from mediation.talk_enums import TO_COME, TalkAct, TalkChangeKind, TalkKind, TalkState
from petitions.services import codes

#: A day farther off than this is a slip of the year.
FARTHEST = 180
#: Hours between which neighbours are asked to come; anything else is a slip of the pen.
FROM, UNTIL = 7, 21


@dataclass(frozen=True, kw_only=True)
class NewTalk:
    """What is called. Either ``room`` or ``place`` says where; ``about_units``: the units it is about."""

    kind: TalkKind
    topic: str
    starts_at: datetime
    seats: int
    room: Room | None = None
    place: str = ""
    about: str = ""
    about_units: Collection[Unit] = ()


def convene(*, actor: Actor, new: NewTalk, at: datetime | None = None, token: str = "") -> PublicTalk:
    """Call a talk for the actor's own unit. The same ``token`` again gives back the same talk.

    Raises Refusal: not one's right, no topic or place, a number of seats or a time that cannot be meant.
    """
    at = at or now()
    talk_rules.require(TalkAct.CONVENE, actor)
    assert actor.unit is not None
    talk = PublicTalk(
        unit=actor.unit,
        kind=new.kind,
        topic=said(new.topic, _("请写明议题。"), longest=120),
        about=clean_text(new.about)[:5000],
        starts_at=new.starts_at,
        seats=_seats(new.seats),
        convened_at=at,
        convened_by=actor.user,
        submit_key=codes.submit_key(token) if token else None,
    )
    _put(talk, new.room, new.place)
    check_moment(new.starts_at, at)
    try:
        with transaction.atomic():
            talk.save(force_insert=True)
            talk.about_units.set(new.about_units)
            on_record(talk, actor, TalkAct.CONVENE, at, kind=new.kind)
    except IntegrityError as error:
        if "submit_key" not in str(error):
            raise
        earlier: PublicTalk = PublicTalk.objects.get(submit_key=codes.submit_key(token), unit=actor.unit)
        return earlier
    return talk


def announce(*, talk: PublicTalk, actor: Actor, at: datetime | None = None) -> PublicTalk:
    """Put it on the page residents read, ``TALK_NOTICE_DAYS`` before its day at least.

    Raises Refusal: not one's right, announced before or over, or too late for the notice.
    """
    at = at or now()
    with transaction.atomic():
        row = locked(talk, actor, TalkAct.ANNOUNCE, TalkState.PLANNED)
        check_notice(row.starts_at, at)
        row.state, row.announced_at, row.announced_by = TalkState.ANNOUNCED, at, actor.user
        row.save(update_fields=["state", "announced_at", "announced_by"])
        on_record(row, actor, TalkAct.ANNOUNCE, at)
    return row


def move(
    *,
    talk: PublicTalk,
    actor: Actor,
    starts_at: datetime,
    reason: str,
    room: Room | None = None,
    place: str = "",
    at: datetime | None = None,
) -> PublicTalk:
    """Another time or place; the page tells of it with the reason. One that was announced keeps the notice period.

    Raises Refusal: not one's right, held or called off, no reason, nothing changed, no place, or a time that cannot be
    meant or comes too soon.
    """
    at = at or now()
    reason = said(reason, _("请写明改期的理由，会写在公告里。"), longest=500)
    with transaction.atomic():
        row = locked(talk, actor, TalkAct.MOVE, *TO_COME)
        check_moment(starts_at, at)
        was, where = row.starts_at, row.where
        _put(row, room, place)
        row.starts_at = starts_at
        if was == starts_at and where == row.where:
            raise Refusal(_("时间和地点都没有变。"), code="invalid")
        if row.state == TalkState.ANNOUNCED:
            check_notice(starts_at, at)
        row.save(update_fields=["starts_at", "room", "place"])
        _note(row, TalkChangeKind.MOVED, was, reason, actor, at)
        on_record(row, actor, TalkAct.MOVE, at)
    return row


def call_off(*, talk: PublicTalk, actor: Actor, reason: str, at: datetime | None = None) -> PublicTalk:
    """It does not take place; the page tells so with the reason. Raises Refusal: not one's right, held or called off
    before, no reason."""
    at = at or now()
    reason = said(reason, _("请写明取消的理由，会写在公告里。"), longest=500)
    with transaction.atomic():
        row = locked(talk, actor, TalkAct.CALL_OFF, *TO_COME)
        row.state = TalkState.CALLED_OFF
        row.save(update_fields=["state"])
        _note(row, TalkChangeKind.CALLED_OFF, row.starts_at, reason, actor, at)
        on_record(row, actor, TalkAct.CALL_OFF, at)
    return row


def locked(talk: PublicTalk, actor: Actor, act: TalkAct, *states: TalkState) -> PublicTalk:
    """The talk, locked. Raises Refusal: not one's right, or not in one of ``states``."""
    rows = PublicTalk.objects.select_for_update(of=("self",)).select_related("unit", "room")
    row: PublicTalk = rows.get(pk=talk.pk)
    talk_rules.require(act, actor, row)
    if states and row.state not in states:
        raise Refusal(
            _("没有生效：这次恳谈现在是“%(state)s”。") % {"state": TalkState(row.state).label}, code="stale"
        )
    return row


def check_moment(starts_at: datetime, at: datetime) -> None:
    """Raises Refusal: past, at night, or so far off that the year is wrong."""
    if starts_at <= at:
        raise Refusal(_("恳谈时间已经过去，请填写今天以后的时间。"), code="invalid")
    hour = starts_at.astimezone(SHANGHAI).hour
    if not FROM <= hour < UNTIL:
        raise Refusal(
            _("恳谈请安排在 %(a)d 点到 %(b)d 点之间，请核对是上午还是下午。") % {"a": FROM, "b": UNTIL},
            code="invalid",
        )
    if (starts_at - at).days > FARTHEST:
        raise Refusal(_("恳谈时间离今天超过 %(n)d 天，请核对年份。") % {"n": FARTHEST}, code="invalid")


def check_notice(starts_at: datetime, at: datetime) -> None:
    """Raises Refusal with the first day that is possible."""
    first = local_day(at) + timedelta(days=settings.TALK_NOTICE_DAYS)
    if local_day(starts_at) < first:
        raise Refusal(
            _("恳谈须提前 %(n)d 日公告：今天公告，最早可以定在 %(day)s，请先改期。")
            % {"n": settings.TALK_NOTICE_DAYS, "day": han_date(first)},
            code="invalid",
        )


def check_heads(came: int) -> int:
    """Raises Refusal: nobody, or so many that it is a slip of the pen."""
    if came < 1:
        raise Refusal(_("到场人数至少 1 人；没有人到场的，请另行改期召集，不作记录。"), code="invalid")
    if came > MOST_PEOPLE:
        raise Refusal(_("到场人数最多 %(most)d 人，请核对。") % {"most": MOST_PEOPLE}, code="invalid")
    return came


def on_record(talk: PublicTalk, actor: Actor, act: TalkAct, at: datetime, **detail: object) -> None:
    audit.record(actor=actor, act=f"talk.{act.value}", obj=talk, detail=detail, at=at)


def _seats(seats: int) -> int:
    if not 1 <= seats <= MOST_PEOPLE:
        raise Refusal(_("座位数请填 1 到 %(most)d 之间的数。") % {"most": MOST_PEOPLE}, code="invalid")
    return seats


def _put(talk: PublicTalk, room: Room | None, place: str) -> None:
    talk.room, talk.place = room, clean_text(place)[:200]
    if room is None and not talk.place:
        raise Refusal(_("请选择调解室，或者写明地点。"), code="invalid")


def _note(
    talk: PublicTalk, kind: TalkChangeKind, was: datetime, reason: str, actor: Actor, at: datetime
) -> None:
    TalkChange.objects.create(
        talk=talk, kind=kind, was=was, reason=reason, at=at, by=actor.user, who=actor.label[:120]
    )
