"""A dispute that turns out to be a petition: registered as one by the door of all petitions, with a press."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Unit
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now
from mediation import rules
from mediation.dispute_enums import DisputeState, Source
from mediation.enums import MediationAct
from mediation.models import Dispute
from mediation.services import disputes, matters
from petitions.enums import Channel
from petitions.selectors.public import petition_office
from petitions.services.registering import NewPerson, NewPetition, Registered, register

CHANNELS = {Source.CODE: Channel.ONLINE, Source.HOTLINE: Channel.PHONE}


def register_case(
    *, dispute: Dispute, actor: Actor, at: datetime | None = None, token: str = ""
) -> Registered:
    """Register it as a petition, with who brought it and their words; the link is kept on both sides. A mediation of it
    that goes on is not touched: one is no condition of the other (条例 33). The query code is known only here and now;
    the same ``token`` again gives it back.

    Raises Refusal: not one's right, registered before, emptied after its term, no petition office, or what
    registration refuses.
    """
    at = at or now()
    rules.require(MediationAct.REGISTER, actor, dispute=dispute)
    office = _office(actor)
    with transaction.atomic():
        row = matters.lock(dispute)
        rules.require(MediationAct.REGISTER, actor, dispute=row)
        if row.forgotten_at is not None:
            raise Refusal(_("本件已过保管期，内容已经清除；请本人重新反映。"), code="stale")
        done = register(actor=actor, new=_petition(row), unit=office, token=token or None, at=at)
        if row.petition_id == done.petition.pk:
            return done
        if row.petition_id is not None:
            raise Refusal(_("本件已经登记为信访件，没有重复登记。"), code="stale")
        row.petition = done.petition
        row.save(update_fields=["petition"])
        if row.state == DisputeState.WAITING:
            disputes.settle(row, DisputeState.REGISTERED, actor, at)
        matters.line(row, actor, _("已登记为信访件，依法办理。"), at, public=True)
        audit.record(
            actor=actor,
            act="mediation.register",
            obj=row,
            detail={"case": done.petition.audit_name},
            at=at,
        )
    dispute.refresh_from_db()
    return done


def _office(actor: Actor) -> Unit:
    if actor.role == Role.PETITION_OFFICER and actor.unit is not None:
        return actor.unit
    office = petition_office()
    if office is None:
        raise Refusal(_("本地的信访机构还没有录入系统，暂时不能登记信访件。"), code="invalid")
    return office


def _petition(row: Dispute) -> NewPetition:
    person = NewPerson(name=str(row.name), phone=str(row.phone), address=str(row.address))
    return NewPetition(
        channel=CHANNELS.get(Source(row.source), Channel.VISIT),
        subject=_("%(kind)s：%(room)s收到") % {"kind": row.title, "room": row.room.name},
        body=str(row.words),
        persons=[person],
        complained_unit=row.other_unit,
        complained_text=str(row.other_name),
        kept_out=list(row.kept_out.all()),
        received_at=row.came_at,
    )
