"""Into mediation by the consent of both sides, and out of it again at any moment.

Nothing here moves the case or its clocks. Every door locks the case, or the dispute that came without one, first and
the mediation second. A dispute is taken up by ``services.disputes.take_up``.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import User
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now
from core.wording import said
from mediation import rules
from mediation.enums import ConsentHow, MediationAct, Result, Side
from mediation.models import Consent, MediationCase, Party, Room
from mediation.services import carrying, inside, levels
from petitions.enums import Act
from petitions.models import Petition
from petitions.services import following
from petitions.services.stepping import lock


def open_mediation(
    *,
    petition: Petition,
    actor: Actor,
    room: Room,
    mediator: User,
    at: datetime | None = None,
    token: str = "",
) -> MediationCase:
    """Offer a case to a room and a mediator, who may read it from then on. Consent is recorded afterwards.

    Raises Refusal: not one's right, a sealed case, a case that is answered already, a mediator who does not
    belong to the room, is recused or was barred before, a mediation that is open already, or the same form twice.
    """
    at = at or now()
    try:
        with transaction.atomic():
            case = lock(petition.pk)
            rules.require(MediationAct.OPEN, actor, petition=case)
            inside.check_mediator(case, room, mediator, at)
            carrying.refuse_barred(case, mediator)
            words = _("建议调解：%(room)s。双方同意后才安排，期限照常计算。") % {"room": room.name}
            following.remark(
                petition=case,
                act=Act.MEDIATE,
                actor=actor,
                text=words,
                public_text=words,
                at=at,
                token=token,
            )
            mediation = begin(
                MediationCase(petition=case, room=room, mediator=mediator),
                actor,
                {"case": case.audit_name},
                at,
            )
    except IntegrityError as error:
        if "mediation_one_open_per_case" in str(error):
            raise Refusal(_("本件已在调解中。"), code="stale") from error
        raise
    return mediation


def begin(mediation: MediationCase, actor: Actor, detail: dict[str, str], at: datetime) -> MediationCase:
    """Save it with its first party, what an earlier mediation of the matter knows of keeping people apart, and its
    first level; let the mediator read and know. Of what is locked and was asked about before."""
    mediation.opened_at, mediation.opened_by = at, actor.user
    mediation.save(force_insert=True)
    mediation.parties.create(side=Side.PETITIONER, is_petitioner=True, added_at=at, added_by=actor.user)
    carrying.carry_over(mediation, at)
    levels.begin(mediation, levels.first_level(mediation.room), actor, at)
    inside.let_read(mediation, [mediation.mediator_id])
    audit.record(actor=actor, act="mediation.open", obj=mediation, detail=detail, at=at)
    inside.tell(
        mediation,
        [mediation.mediator_id],
        text=_("%(number)s 请您调解，先征得双方同意。") % {"number": mediation.number},
        dedupe_key=f"mediation:{mediation.pk}:opened",
        at=at,
    )
    return mediation


def give_consent(
    *,
    mediation: MediationCase,
    actor: Actor,
    party: Party,
    who: str,
    how: ConsentHow,
    given_at: datetime | None = None,
    at: datetime | None = None,
) -> Consent:
    """Record that a party agrees: who said so, how, when. With everybody's consent a session may be arranged.

    Raises Refusal: not one's right, the mediation has ended, the party agreed already, or a time to come.
    """
    at = at or now()
    who = said(who, _("请写明谁表示同意。"), longest=100)
    with transaction.atomic():
        row = inside.locked_open(mediation)
        rules.require(MediationAct.CONSENT, actor, mediation=row, party=party)
        if (given_at or at) > at:
            raise Refusal(_("同意时间不能晚于现在。"), code="invalid")
        side = Side(_of_this(row, party).side)
        called = {"side": side.called_in(row)}
        if row.consents.filter(party=party, withdrawn_at=None).exists():
            raise Refusal(_("%(side)s的同意已经记录。") % called, code="stale")
        consent = Consent.objects.create(
            mediation=row,
            party=party,
            side=side,
            who=who,
            how=how,
            given_at=given_at or at,
            recorded_by=actor.user,
        )
        inside.settle_state(row)
        words = _("%(side)s同意调解（%(how)s）。") % {**called, "how": ConsentHow(how).label}
        inside.history(row, actor, words, at)
        audit.record(actor=actor, act="mediation.consent", obj=row, detail={"side": side, "how": how}, at=at)
    mediation.refresh_from_db()
    return consent


def withdraw_consent(
    *, mediation: MediationCase, actor: Actor, party: Party | None, at: datetime | None = None
) -> MediationCase:
    """A party takes its consent back, or does not give it: the mediation ends at once, whatever state it is in.
    ``party`` None: the other side, where nobody of it has been written down.

    No reason is asked and none is kept; planned sessions fall away; the case goes its statutory way, which it
    never left. Works in every state of the case. Raises Refusal: not one's right, or ended before.
    """
    at = at or now()
    with transaction.atomic():
        row = inside.locked_open(mediation)
        rules.require(MediationAct.WITHDRAW, actor, mediation=row, party=party)
        side = _of_this(row, party).side if party is not None else Side.OTHER
        withdrawn = row.consents.filter(party=party, withdrawn_at=None).update(withdrawn_at=at)
        result = Result.WITHDRAWN if withdrawn else Result.DECLINED
        words = _("有一方不再调解，调解结束。本件依法继续办理，不受影响。")
        if row.dispute is not None:
            words = _("有一方不再调解，调解结束。反映信访事项、申请仲裁或者起诉，都不受影响。")
        inside.history(row, actor, words, at)
        inside.finish(row, result, at)
        audit.record(actor=actor, act="mediation.withdraw", obj=row, detail={"side": side}, at=at)
    mediation.refresh_from_db()
    return mediation


def _of_this(row: MediationCase, party: Party) -> Party:
    """The party as it stands. Raises Refusal: of another mediation, or left."""
    found: Party | None = row.parties.filter(pk=party.pk, left_at=None).first()
    if found is None:
        raise Refusal(_("这位当事人不在本次调解里，请刷新后再选。"), code="stale")
    return found


def end_mediation(
    *, mediation: MediationCase, actor: Actor, text: str, at: datetime | None = None
) -> MediationCase:
    """End without agreement, with a word why; consent stays on record as it was given."""
    at = at or now()
    text = said(text, _("请写明结束调解的情况。"), longest=500)
    with transaction.atomic():
        row = inside.locked_open(mediation)
        rules.require(MediationAct.END, actor, mediation=row)
        words = _("调解结束，未达成协议：%(text)s") % {"text": text}
        inside.history(row, actor, words, at, public=False)
        inside.finish(row, Result.NOT_AGREED, at)
        audit.record(actor=actor, act="mediation.end", obj=row, at=at)
    mediation.refresh_from_db()
    return mediation
