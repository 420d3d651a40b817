"""Disputes that come to a room without being a petition: written down at once, taken up, answered, or registered as a
petition; nothing that was filed is lost. Every door locks the dispute first.

Mediation is voluntary (人民调解法 17), and whoever brought a dispute may petition, arbitrate or sue at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Unit, User
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from core.wording import said
from deadlines import services as deadlines
from deadlines.enums import RuleCode
from mediation import rules
from mediation.dispute_enums import OPEN_TO_MEDIATION, DisputeState, Source
from mediation.enums import DisputeKind, MediationAct, Side
from mediation.models import Dispute, DisputeClock, MediationCase, Room
from mediation.services import carrying, dispute_alerts, inside, matters, opening
from petitions.facts import facts_of
from petitions.services import codes
from petitions.services.numbering import draw

LONGEST_WORDS = 5000
#: How the numbers begin; none of a petition does.
PREFIX = "TJ"


@dataclass(frozen=True, kw_only=True)
class NewDispute:
    """What was brought. ``words`` and ``name`` must say something. ``other_unit``: the other side is this unit."""

    words: str
    name: str
    phone: str = ""
    address: str = ""
    other_name: str = ""
    other_phone: str = ""
    other_unit: Unit | None = None
    kind: DisputeKind | None = None
    source: Source = Source.CODE
    reference: str = ""


@dataclass(frozen=True)
class Filed:
    """``query_code`` is known only here and now; ``created`` is False when the same form came twice."""

    dispute: Dispute
    query_code: str
    created: bool


def file_dispute(
    *, actor: Actor, room: Room, new: NewDispute, token: str | None = None, at: datetime | None = None
) -> Filed:
    """Write a dispute down in one transaction: it is on disk before anybody sees a receipt. By a resident from the
    code on the door, or by somebody of the room. The same ``token`` again gives back the same dispute.

    Raises Refusal: not one's right, no word of what it is about or of who brought it, a court's or a police's without
    their number, or the other side is the unit the room belongs to, which cannot mediate its own dispute.
    """
    at, token = at or now(), token or codes.new_token()
    words = said(new.words, _("请写一写是什么纠纷，一句话也可以。"), longest=LONGEST_WORDS)
    name = said(new.name, _("请写您怎么称呼，调解员好联系您。"), longest=100)
    if actor.role != Role.PETITIONER:
        rules.require(MediationAct.FILE, actor, room=room)
    _check(room, new)
    try:
        with transaction.atomic():
            dispute = _row(actor, room, new, at)
            dispute.words, dispute.name = words, name
            dispute.number = (
                f"{PREFIX}{local_day(at).year}-{draw(f'room_dispute_{local_day(at).year}', 1)[0]}"
            )
            dispute.submit_key = codes.submit_key(token)
            dispute.query_code_hash = codes.hash_code(dispute.number, codes.query_code(token))
            dispute.save(force_insert=True)
            _start_clock(dispute, at)
            matters.line(dispute, actor, _("已登记，编号 %(n)s。") % {"n": dispute.number}, at, public=True)
            audit.record(
                actor=actor, act="mediation.file", obj=dispute, detail={"source": dispute.source}, at=at
            )
            dispute_alerts.tell_the_room(dispute, at)
        return Filed(dispute, codes.query_code(token), True)
    except IntegrityError as error:
        # A double click or a reload: the unique key keeps the first one.
        if "dispute_once_per_form" not in str(error):
            raise
    earlier = Dispute.objects.get(submit_key=codes.submit_key(token))
    return Filed(earlier, codes.query_code(token), False)


def _check(room: Room, new: NewDispute) -> None:
    if new.source in {Source.COURT, Source.POLICE} and not clean_text(new.reference):
        raise Refusal(_("法院、公安转来的，请写明来文单位的文号。"), code="invalid")
    if new.other_unit is not None and room.unit.is_within(new.other_unit):
        raise Refusal(
            _("对方是本调解室所属的单位或者它的上级，本室应当回避：请到别的调解室登记，或者登记为信访件。"),
            code="invalid",
        )


def _row(actor: Actor, room: Room, new: NewDispute, at: datetime) -> Dispute:
    only = room.disputes[0] if len(room.disputes) == 1 else DisputeKind.OTHER
    return Dispute(
        source=new.source,
        room=room,
        kind=new.kind or only,
        came_at=at,
        phone=clean_text(new.phone)[:30],
        address=clean_text(new.address)[:200],
        other_name=clean_text(new.other_name)[:100],
        other_phone=clean_text(new.other_phone)[:30],
        other_unit=new.other_unit,
        reference=clean_text(new.reference)[:80],
        registered_by=actor.user,
    )


def _start_clock(dispute: Dispute, at: datetime) -> None:
    deadlines.start(
        DisputeClock,
        rule_code=RuleCode.DISPUTE,
        at=at,
        facts=facts_of(None, dispute.room.unit),
        dispute=dispute,
    )


def take_up(
    *,
    dispute: Dispute,
    actor: Actor,
    room: Room,
    mediator: User,
    kind: DisputeKind,
    at: datetime | None = None,
    token: str = "",
) -> MediationCase:
    """Into mediation, in this room and with this mediator; everybody is asked for consent afterwards. Also where an
    earlier mediation of it has ended, or it was answered.

    Raises Refusal: not one's right, a petition by now, in mediation, a mediator who may not have it, or the same form
    twice.
    """
    at = at or now()
    with transaction.atomic():
        row = _locked(dispute, actor, MediationAct.TAKE_UP)
        made = begin(row, actor, room=room, mediator=mediator, kind=kind, at=at, token=token)
    dispute.refresh_from_db()
    return made


def begin(
    row: Dispute,
    actor: Actor,
    *,
    room: Room,
    mediator: User,
    kind: DisputeKind,
    at: datetime,
    token: str = "",
) -> MediationCase:
    """Of the locked dispute, for an actor whose right was asked. Nothing outside ``mediation.services`` calls it."""
    if row.state not in OPEN_TO_MEDIATION:
        raise Refusal(_not_now(row), code="stale")
    if row.petition_id is not None:
        raise Refusal(_("本件已登记为信访件，要调解的，请从那一件转入。"), code="stale")
    inside.check_mediator(row, room, mediator, at)
    carrying.refuse_barred(row, mediator)
    text = _("由%(room)s接手调解。双方都同意以后才安排。") % {"room": room.name}
    matters.line(row, actor, text, at, token=token, public=True)
    deadlines.stop_all(DisputeClock.objects.filter(dispute=row), at)
    row.kind, row.state, row.settled_at, row.settled_by = kind, DisputeState.MEDIATING, None, None
    row.save(update_fields=["kind", "state", "settled_at", "settled_by"])
    made = opening.begin(MediationCase(dispute=row, room=room, mediator=mediator), actor, {}, at)
    if row.other_name and not made.parties.filter(side=Side.OTHER).exists():
        made.parties.create(
            side=Side.OTHER,
            name=row.other_name,
            phone=row.other_phone,
            added_at=at,
            added_by=actor.user,
        )
    return made


def answer(*, dispute: Dispute, actor: Actor, text: str, at: datetime | None = None) -> Dispute:
    """Say where to go, or what came of it, without a mediation; whoever brought it reads it. They may bring it again,
    or petition. Raises Refusal: not one's right, nothing said, or it waits no longer."""
    at = at or now()
    text = said(text, _("请写明怎样答复的：可以去哪里办，或者为什么不在这里调。"), longest=LONGEST_WORDS)
    with transaction.atomic():
        row = _locked(dispute, actor, MediationAct.ANSWER)
        if row.state != DisputeState.WAITING:
            raise Refusal(_not_now(row), code="stale")
        row.answer = text
        row.save(update_fields=["answer"])
        settle(row, DisputeState.ANSWERED, actor, at)
        matters.line(row, actor, _("已答复：%(text)s") % {"text": text}, at, public=True)
        audit.record(actor=actor, act="mediation.answer", obj=row, at=at)
    dispute.refresh_from_db()
    return row


def settle(row: Dispute, state: DisputeState, actor: Actor, at: datetime) -> None:
    """The locked dispute waits no longer; its clock ends."""
    deadlines.stop_all(DisputeClock.objects.filter(dispute=row), at)
    row.state, row.settled_at, row.settled_by = state, at, actor.user
    row.save(update_fields=["state", "settled_at", "settled_by"])


def relate(*, dispute: Dispute, actor: Actor, number: str, at: datetime | None = None) -> Dispute:
    """It comes back: the same matter as an earlier dispute that the actor reads, or once mediated.

    Raises Refusal: not one's right, no such dispute within sight, itself, one that came later, or linked before."""
    at = at or now()
    wanted = number.strip().upper()[:20]
    with transaction.atomic():
        row = _locked(dispute, actor, MediationAct.RELATE)
        found = Dispute.objects.known_to(actor).filter(number=wanted).first()
        if found is None:
            raise Refusal(_("没有找到这个编号的纠纷，请核对编号。"), code="invalid")
        if found.pk == row.pk or (found.came_at, found.pk) >= (row.came_at, row.pk):
            raise Refusal(_("请填写比本件早的那一件的编号。"), code="invalid")
        if row.earlier_id is not None:
            raise Refusal(_("本件已经关联了以前的纠纷。"), code="stale")
        row.earlier = found
        row.save(update_fields=["earlier"])
        matters.line(row, actor, _("关联以前的纠纷。"), at)
        audit.record(actor=actor, act="mediation.relate", obj=row, at=at)
    dispute.refresh_from_db()
    return row


def keep_out(*, dispute: Dispute, actor: Actor, user: User, at: datetime | None = None) -> Dispute:
    """Somebody is a party, kin, or has an interest: from now on they neither see nor steer it, under no hat (条例 28).

    Also oneself. What is arranged with them can no longer be held: whoever arranges is told, and hands it on. Raises
    Refusal: not one's right, or noted before.
    """
    at = at or now()
    with transaction.atomic():
        row = _locked(dispute, actor, MediationAct.KEEP_OUT)
        if row.kept_out.filter(pk=user.pk).exists():
            raise Refusal(_("%(who)s已经登记为须回避。") % {"who": user.get_full_name()}, code="stale")
        row.kept_out.add(user)
        matters.line(row, actor, _("%(who)s回避本件。") % {"who": user.get_full_name()}, at)
        audit.record(actor=actor, act="mediation.keep_out", obj=row, at=at)
        if row.mediations.in_hand_of(user).exists():
            dispute_alerts.tell_to_replace(row, at)
    return row


def look(*, dispute: Dispute, actor: Actor, at: datetime | None = None) -> Dispute:
    """Telephone and address of both sides, for whoever takes it up or mediates it; each look is on record (PIPL 51)."""
    rules.require(MediationAct.CONTACT, actor, dispute=dispute)
    audit.record(actor=actor, act="mediation.dispute_contact", obj=dispute, at=at)
    return dispute


def _locked(dispute: Dispute, actor: Actor, act: MediationAct) -> Dispute:
    row = matters.lock(dispute)
    rules.require(act, actor, dispute=row)
    return row


def _not_now(row: Dispute) -> str:
    return _("没有生效：本件现在是“%(state)s”，请刷新页面看看。") % {"state": row.get_state_display()}
