"""What is said on a reception, recorded against a case known or new; each promise may become an instruction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from core.uploads import prepare_files
from core.wording import said
from leaders import rules
from leaders.enums import LeaderAct
from leaders.models import Booking, Promise, VisitDay, VisitRecord
from leaders.models.bookings import IN_LINE
from leaders.reception_enums import RecordWay
from leaders.services import instructions, joint_desk, promises, turns
from leaders.services.bookings import BEGUN, lock_day
from leaders.services.holding import refuse_interested
from petitions.enums import Act, Channel, Kind, Path
from petitions.models import Petition
from petitions.services import attaching, codes, following
from petitions.services.registering import NewPerson, NewPetition, Registered, register
from petitions.services.stepping import lock

LONGEST_PEOPLE, LONGEST_TEXT = 500, 5000


@dataclass(frozen=True, kw_only=True)
class NewPromise:
    """``task``: a unit has to keep it, so it becomes an instruction (to ``unit``, or the unit that holds the case)."""

    text: str
    to_whom: str
    due_on: date
    task: bool = True
    unit: Unit | None = None


@dataclass(frozen=True, kw_only=True)
class Talk:
    """One talk: who received, when, who and how many came, what they asked, what was said and promised.

    ``desk``: the departments of a joint desk (组团接访); each promise goes to one of them. A home visit (``way``) says
    where (``place_unit``), what was found (``said``) and what changed. ``files``: the signed slip. ``booking``: whose
    turn it was.
    """

    post: Post
    said: str
    heads: int = 1
    took_place_at: datetime | None = None
    day: VisitDay | None = None
    promises: Sequence[NewPromise] = ()
    people: str = ""
    asked: str = ""
    way: RecordWay = RecordWay.DESK
    place_unit: Unit | None = None
    changed: str = ""
    desk: Sequence[Unit] = ()
    booking: Booking | None = None
    files: Sequence[UploadedFile] = ()


@dataclass(frozen=True, kw_only=True)
class NewMatter:
    """What a case that was not known before is registered with. ``case_kind``, ``case_path``: what it is, for the
    departments at the desk that it goes to at once."""

    subject: str
    body: str
    person: NewPerson | None = None
    place_unit: Unit | None = None
    requests: Sequence[str] = ()
    case_kind: Kind | None = None
    case_path: Path | None = None


def receive(
    *, petition: Petition, actor: Actor, talk: Talk, at: datetime | None = None, token: str = ""
) -> VisitRecord:
    """Record a talk on a known case, in the case's history too; the leader may read the case from then on. The same
    ``token`` again gives back the same record: what was sent twice over a poor line is one talk.

    Raises Refusal: not one's right, a case that is closed, sealed or out of sight, a talk in the future, nothing said,
    a slip that is no picture or paper, or a day whose talks are complete.
    """
    talk = replace(talk, files=prepare_files(talk.files))
    with attaching.undone_with_the_step(), transaction.atomic():
        return _record(petition, actor, talk, at or now(), token, new=None)


def receive_new(
    *, actor: Actor, talk: Talk, matter: NewMatter, at: datetime | None = None, token: str = ""
) -> tuple[VisitRecord, Registered]:
    """Register the matter (channel 领导接访) and record the talk on it, in one transaction.

    The first receiver is whoever records it, and stays. The query code is known only here and now, and again when the
    same ``token`` comes a second time.
    """
    at = at or now()
    token = token or codes.new_token()
    rules.require(LeaderAct.RECEIVE, actor, leader=talk.post)
    if (known := recorded(actor, token)) is not None:
        return known, Registered(known.petition, codes.query_code(token), False)
    talk = replace(talk, files=prepare_files(talk.files))
    with attaching.undone_with_the_step(), transaction.atomic():
        registered = register(
            actor=actor,
            new=NewPetition(
                channel=Channel.RECEPTION,
                subject=matter.subject,
                body=matter.body,
                requests=matter.requests,
                persons=[matter.person] if matter.person else [],
                place_unit=matter.place_unit,
                head_count=max(talk.heads, 1),
                received_at=talk.took_place_at,
            ),
            unit=_registering_unit(actor),
            token=token,
            at=at,
        )
        # A leader who takes down a new matter reads it from the first word.
        following.grant_reading(petition=registered.petition, user_id=talk.post.user_id)
        record = _record(registered.petition, actor, talk, at, token, new=matter)
    return record, registered


def _record(
    petition: Petition, actor: Actor, talk: Talk, at: datetime, token: str, *, new: NewMatter | None
) -> VisitRecord:
    rules.require(LeaderAct.RECEIVE, actor, leader=talk.post)
    took_place_at, words = _check(talk, at)
    case = lock(petition.pk)
    if case.sealed:
        raise Refusal(_("检举控告件按纪检监察程序办理，不在此记录。"), code="forbidden")
    rules.require(LeaderAct.RECEIVE, actor, leader=talk.post, petition=case)
    if (known := recorded(actor, token)) is not None:
        return known
    refuse_interested(case, talk.post, at)
    booking = _of_the_day(case, talk, actor, at)
    following.remark(
        petition=case, act=Act.RECEIVE, actor=actor, text=_history(talk, words), at=at, token=token
    )
    following.grant_reading(petition=case, user_id=talk.post.user_id)
    record: VisitRecord = VisitRecord.objects.create(
        petition=case,
        day=talk.day,
        booking=booking,
        leader=talk.post.user,
        post=talk.post,
        at=took_place_at,
        heads=max(talk.heads, 1),
        people=clean_text(talk.people)[:LONGEST_PEOPLE],
        asked=clean_text(talk.asked)[:LONGEST_TEXT],
        said=words,
        changed=clean_text(talk.changed)[:LONGEST_TEXT],
        way=talk.way,
        place_unit=talk.place_unit,
        new_matter=new is not None,
        first_receiver=actor.user,
        recorded_at=at,
        submit_key=codes.submit_key(token) if token else None,
    )
    record.at_the_desk.set(talk.desk)
    record.slips.set(attaching.attach(case, talk.files, actor=actor, at=at))
    promised = [_to_the_desk(promise, talk) for promise in talk.promises]
    if talk.desk:
        record.petition = joint_desk.bring_in(case, promised, actor, at, new)
    for ordinal, promise in enumerate(promised, start=1):
        _promise(record, ordinal, promise, actor, at)
    audit.record(
        actor=actor,
        act="visit.record",
        obj=record,
        detail={"case": case.audit_name, "new": new is not None},
        at=at,
    )
    return record


def recorded(actor: Actor, token: str) -> VisitRecord | None:
    """The talk this person recorded with the form of this token, whatever case it went to."""
    if not token:
        return None
    found: VisitRecord | None = (
        VisitRecord.objects.filter(
            submit_key=codes.submit_key(token), first_receiver=actor.user, petition__sealed=False
        )
        .select_related("petition", "day")
        .first()
    )
    return found


def _of_the_day(case: Petition, talk: Talk, actor: Actor, at: datetime) -> Booking | None:
    """The day is locked after the case; whoever had the turn has been heard. Of a day that was called off half-way only
    those who had been called are still written down. Raises Refusal: before the day, or it is complete."""
    if talk.day is None:
        return None
    day = lock_day(talk.day.pk)
    if day.day > local_day(at):
        raise Refusal(str(turns.ON_THE_DAY), code="stale")
    booking = talk.booking or _place_of(case, day)
    if day.cancelled_at is not None and (booking is None or booking.turn not in BEGUN):
        raise Refusal(_("这次接访已经取消，不能记录。"), code="stale")
    turns.refuse_held(day)
    return turns.heard(booking, day, actor, at) if booking is not None else None


def _place_of(case: Petition, day: VisitDay) -> Booking | None:
    """Whoever booked by the number of this case, and was recorded without looking for them in the line."""
    mine = Booking.objects.filter(day=day, petition=case, state__in=IN_LINE, record=None)
    found: Booking | None = mine.order_by("ordinal").first()
    return found


def _moment(talk: Talk, at: datetime) -> datetime:
    """When it took place: as said, else when they were called in, else the day it belongs to."""
    if talk.took_place_at is not None:
        return talk.took_place_at
    if talk.booking is not None and talk.booking.turn in BEGUN and talk.booking.turned_at is not None:
        return talk.booking.turned_at
    return talk.day.starts_at if talk.day is not None and talk.day.day < local_day(at) else at


def _to_the_desk(promise: NewPromise, talk: Talk) -> NewPromise:
    """At a joint desk each promise goes to one of the departments there; with one there, to that one.

    Raises Refusal: none is named among several, or one that was not there.
    """
    if not talk.desk or not promise.task:
        return promise
    unit = promise.unit or (talk.desk[0] if len(talk.desk) == 1 else None)
    if unit is None or unit.pk not in {one.pk for one in talk.desk}:
        raise Refusal(
            _("组团接访的承诺须落到一个在场部门：“%(text)s”请从%(units)s中选一个承办单位。")
            % {"text": promise.text[:30], "units": "、".join(one.label for one in talk.desk)},
            code="invalid",
        )
    return replace(promise, unit=unit)


def _check(talk: Talk, at: datetime) -> tuple[datetime, str]:
    took_place_at = _moment(talk, at)
    if took_place_at > at:
        raise Refusal(_("接访时间不能晚于现在。"), code="invalid")
    if talk.post.role != Role.LEADER or not talk.post.held_on(local_day(took_place_at)):
        raise Refusal(_("请选择接访当天在任的领导。"), code="invalid")
    if talk.day is not None and talk.day.leader_id != talk.post.user_id:
        raise Refusal(_("这次接访不是该领导的。"), code="invalid")
    if talk.way == RecordWay.HOME and talk.place_unit is None:
        raise Refusal(_("请选择走访的镇街或村社。"), code="invalid")
    return took_place_at, said(talk.said, _("请写下谈话内容。"))


def _promise(record: VisitRecord, ordinal: int, new: NewPromise, actor: Actor, at: datetime) -> None:
    text = said(new.text, _("请写明承诺了什么。"), longest=500)
    to_whom = said(new.to_whom, _("请写明向谁承诺。"), longest=100)
    if new.due_on <= local_day(at):
        raise Refusal(_("兑现日期须在今天之后。"), code="invalid")
    task = None
    if new.task:
        # The talk is in the case's history already; the task needs no line of its own there.
        task = instructions.write(
            case=record.petition,
            actor=actor,
            post=record.post,
            text=_("接访承诺：%(text)s") % {"text": text},
            unit=instructions.chosen_unit(record.petition, new.unit, at),
            due_on=new.due_on,
            at=at,
        )
    made = Promise.objects.create(
        record=record, ordinal=ordinal, text=text, to_whom=to_whom, due_on=new.due_on, instruction=task
    )
    if task is None:
        promises.begin(made, at)


def _history(talk: Talk, words: str) -> str:
    home = _("%(who)s到%(where)s上门走访，%(heads)d 人。%(said)s")
    received = _("%(who)s接访，%(heads)d 人。%(said)s")
    lines = [
        (home if talk.way == RecordWay.HOME else received)
        % {
            "who": talk.post.user.get_full_name(),
            "where": talk.place_unit.label if talk.place_unit else "",
            "heads": max(talk.heads, 1),
            "said": words,
        }
    ]
    lines += [_("诉求：%(text)s") % {"text": talk.asked}] if talk.asked else []
    lines += [_("变化：%(text)s") % {"text": talk.changed}] if talk.changed else []
    desk = "、".join(unit.label for unit in talk.desk)
    lines += [_("组团接访在场部门：%(units)s") % {"units": desk}] if desk else []
    lines += [
        _("承诺（%(day)s前）：%(text)s") % {"day": promise.due_on.isoformat(), "text": promise.text}
        for promise in talk.promises
    ]
    return "\n".join(lines)


def _registering_unit(actor: Actor) -> Unit:
    """The recorder's own office; a leader's matters are registered at the petition office."""
    assert actor.unit is not None
    if actor.role != Role.LEADER:
        return actor.unit
    office = Unit.objects.filter(kind=UnitKind.PETITION_OFFICE).order_by("path").first()
    return office or actor.unit
