"""Who a mediation is between, and who may not mediate it. Every door locks the case first, the mediation second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import User
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from core.wording import said
from mediation import rules
from mediation.enums import BarGround, MediationAct, Side
from mediation.models import Agreement, Bar, Consent, MediationCase, Party
from mediation.services import inside, wishes

MOST_PARTIES = 30


@dataclass(frozen=True, kw_only=True)
class NewParty:
    """What is written down of a party. ``protected``: is to be kept apart from the other side."""

    side: Side
    name: str
    phone: str = ""
    address: str = ""
    represented_by: str = ""
    protected: bool = False


def add_party(*, mediation: MediationCase, actor: Actor, new: NewParty, at: datetime | None = None) -> Party:
    """Write down one more. Somebody who is new has not agreed: until then nothing is arranged or held.

    Raises Refusal: not one's right, ended, no name, there already, or more than MOST_PARTIES.
    """
    at = at or now()
    name = said(new.name, _("请写明当事人的姓名或单位。"), longest=100)
    with transaction.atomic():
        row = inside.locked_open(mediation)
        rules.require(MediationAct.PARTY, actor, mediation=row)
        if row.parties.filter(left_at=None).count() >= MOST_PARTIES:
            raise Refusal(
                _("一次调解最多登记 %(n)d 位当事人；人多的，请推选代表。") % {"n": MOST_PARTIES},
                code="invalid",
            )
        _refuse_twice(row, name, new.side)
        party = Party(mediation=row, side=new.side, name=name, added_at=at, added_by=actor.user)
        _fill(party, new, at)
        party.save()
        inside.settle_state(row)
        audit.record(actor=actor, act="mediation.party", obj=row, detail={"side": new.side}, at=at)
    mediation.refresh_from_db()
    return party


def _refuse_twice(mediation: MediationCase, name: str, side: Side) -> None:
    """Who stands there twice would have to agree twice. Two of one name tell themselves apart by a word behind it."""
    here = mediation.parties.filter(left_at=None, side=side)
    if any(one.name == name for one in here):
        raise Refusal(
            _("这一方已经登记过“%(name)s”。确实是另一位同名的，请在姓名后面加注区别。") % {"name": name},
            code="stale",
        )


def change_party(*, party: Party, actor: Actor, new: NewParty, at: datetime | None = None) -> Party:
    """Put right what is written of a party; the side stays. Of the petitioner name, telephone and address stay with
    the case and are not written here."""
    at = at or now()
    with transaction.atomic():
        row = inside.locked_open(party.mediation)
        rules.require(MediationAct.PARTY, actor, mediation=row)
        kept = _live(party)
        if not kept.is_petitioner:
            kept.name = said(new.name, _("请写明当事人的姓名或单位。"), longest=100)
        _fill(kept, new, at)
        kept.save()
        audit.record(actor=actor, act="mediation.party_change", obj=row, detail={"side": kept.side}, at=at)
    return kept


def let_go(*, party: Party, actor: Actor, at: datetime | None = None) -> None:
    """Somebody has no part in it any more; their consent ends with it. Raises Refusal: the last one of a side."""
    at = at or now()
    with transaction.atomic():
        row = inside.locked_open(party.mediation)
        rules.require(MediationAct.PARTY, actor, mediation=row)
        gone = _live(party)
        others = row.parties.filter(side=gone.side, left_at=None).exclude(pk=gone.pk)
        if gone.is_petitioner or not others.exists():
            raise Refusal(_("这一方只有这一位。不再调解的，请用“不再调解”。"), code="invalid")
        gone.left_at = at
        gone.save(update_fields=["left_at"])
        Consent.objects.filter(party=gone, withdrawn_at=None).update(withdrawn_at=at)
        inside.settle_state(row)
        audit.record(actor=actor, act="mediation.party_leave", obj=row, detail={"side": gone.side}, at=at)
    party.mediation.refresh_from_db()


def look(*, party: Party, actor: Actor, at: datetime | None = None) -> Party:
    """Telephone and address of a party, for whoever mediates; each look is on record (PIPL 51).

    Raises Refusal: not one's right. The other side's are nobody's but the mediator's and the desk's that arranges.
    """
    rules.require(MediationAct.PARTY, actor, mediation=party.mediation)
    audit.record(
        actor=actor, act="mediation.contact", obj=party.mediation, detail={"side": party.side}, at=at
    )
    return party


def look_after(*, agreement: Agreement, actor: Actor, at: datetime | None = None) -> list[Party]:
    """The same of everybody an agreement is between, for whoever follows it up: the mediation has ended, and with it
    the reading of the case. The petitioner's stay with the case; those of whoever brought a dispute with the dispute.

    Raises Refusal: not one's right.
    """
    rules.require(MediationAct.FOLLOW, actor, mediation=agreement.mediation)
    audit.record(actor=actor, act="mediation.contact", obj=agreement, at=at)
    found = agreement.mediation.parties.filter(left_at=None)
    return sorted(found, key=lambda one: (one.side != Side.PETITIONER, one.pk))


def bar(
    *, mediation: MediationCase, actor: Actor, user: User, ground: BarGround, at: datetime | None = None
) -> Bar:
    """Somebody may not mediate this matter: kin, an interest, or because a party asks, without a reason
    (人民调解法 19, 23). What is arranged with them can no longer be held; another takes over by ``levels.hand_on``.

    Raises Refusal: not one's right, ended, or noted before.
    """
    at = at or now()
    with transaction.atomic():
        row = inside.locked_open(mediation)
        rules.require(MediationAct.BAR, actor, mediation=row)
        made, new = Bar.objects.get_or_create(
            mediation=row, user=user, defaults={"ground": ground, "at": at, "by": actor.user}
        )
        if not new:
            raise Refusal(_("%(who)s已经登记为不宜调解。") % {"who": user.get_full_name()}, code="stale")
        audit.record(actor=actor, act="mediation.bar", obj=row, detail={"ground": ground}, at=at)
    return made


def _fill(party: Party, new: NewParty, at: datetime) -> None:
    if not party.is_petitioner:
        party.phone, party.address = clean_text(new.phone)[:30], clean_text(new.address)[:200]
    party.represented_by = clean_text(new.represented_by)[:100]
    party.protected = new.protected
    if not new.protected and party.pk is not None:
        wishes.end_wishes(party, at)


def _live(party: Party) -> Party:
    row: Party = Party.objects.select_for_update().get(pk=party.pk)
    if row.left_at is not None:
        raise Refusal(_("这位当事人已经退出。"), code="stale")
    return row
