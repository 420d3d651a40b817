"""Agenda, who was there, minutes, proposals of a session. Whoever sits as mediator writes them down.

What one party says alone is read by the mediators of that session and by nobody else, each look on record.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from core.wording import said
from mediation import session_rules
from mediation.models import Agenda, Attendee, Minute, Party, Proposal, ProposalAnswer, Session
from mediation.services import recording_stops
from mediation.services.matters import Matter
from mediation.services.session_inside import locked, party_here, require_begun
from mediation.session_enums import AsWhat, SessionAct

MOST_POINTS, LONGEST_POINT = 12, 80
MOST_ATTENDEES, MOST_MINUTES, MOST_PROPOSALS = 60, 60, 20
LONGEST_MINUTE, LONGEST_PROPOSAL = 5000, 1000
NOBODY = "（已去标识）"


def set_agenda(*, session: Session, actor: Actor, text: str, at: datetime | None = None) -> Agenda:
    """One point a line; a new agenda takes the place of the former.

    Raises Refusal: not one's right, ended or cancelled, no point, too many or too long ones, or held before.
    """
    at = at or now()
    points = [line for one in clean_text(text).splitlines() if (line := one.strip())]
    if not points:
        raise Refusal(_("请写明议程，一行一项。"), code="invalid")
    if len(points) > MOST_POINTS:
        raise Refusal(_("议程最多 %(n)d 项，请合并几项。") % {"n": MOST_POINTS}, code="invalid")
    if any(len(one) > LONGEST_POINT for one in points):
        raise Refusal(_("议程每项最多 %(n)d 字，请写短些。") % {"n": LONGEST_POINT}, code="invalid")
    with transaction.atomic():
        row = locked(session, actor, SessionAct.AGENDA)
        if row.held_at is not None:
            raise Refusal(_("这场调解已经记录，不能再改议程。"), code="stale")
        made = Agenda.objects.filter(session=row).first() or Agenda(session=row)
        made.lines, made.changed_at, made.changed_by = "\n".join(points), at, actor.user
        made.save()
        audit.record(actor=actor, act="mediation.agenda", obj=row, at=at)
    return made


def attend(
    *,
    session: Session,
    actor: Actor,
    as_what: AsWhat,
    party: Party | None = None,
    name: str = "",
    at: datetime | None = None,
) -> Attendee:
    """Write down somebody who is there: a party, or a companion by name. A recording that runs stops: whoever came has
    not agreed to it yet.

    Raises Refusal: not one's right, ended or cancelled, not begun, a party or a name that is missing, somebody who is
    written down already, or too many.
    """
    at = at or now()
    name = clean_text(name)
    if as_what == AsWhat.PARTY and (party is None or name):
        raise Refusal(_("当事人到场的，请选是哪一位，不用再写姓名。"), code="invalid")
    if as_what != AsWhat.PARTY:
        name = said(name, _("请写明到场人的姓名。"), longest=60)
    with transaction.atomic():
        row = locked(session, actor, SessionAct.ATTEND)
        require_begun(row, at)
        here = row.attendees.filter(left_at=None)
        if here.count() >= MOST_ATTENDEES:
            raise Refusal(_("一场调解最多登记 %(n)d 人到场。") % {"n": MOST_ATTENDEES}, code="invalid")
        of_this = party_here(row.mediation, party)
        if as_what == AsWhat.PARTY and here.filter(party=of_this, as_what=AsWhat.PARTY).exists():
            raise Refusal(_("这位当事人已经登记到场。"), code="stale")
        made: Attendee = Attendee.objects.create(
            session=row, party=of_this, as_what=as_what, name=name, at=at, by=actor.user
        )
        recording_stops.for_newcomer(row, at)
        audit.record(actor=actor, act="mediation.attend", obj=row, detail={"as_what": as_what}, at=at)
    return made


def leave(*, attendee: Attendee, actor: Actor, at: datetime | None = None) -> None:
    """Somebody went, or was written down by mistake. Raises Refusal: not one's right, ended, gone before."""
    at = at or now()
    with transaction.atomic():
        row = locked(attendee.session, actor, SessionAct.ATTEND)
        gone = Attendee.objects.select_for_update().get(pk=attendee.pk)
        if gone.left_at is not None:
            raise Refusal(_("已经登记离开。"), code="stale")
        gone.left_at = at
        gone.save(update_fields=["left_at"])
        audit.record(actor=actor, act="mediation.attendee_left", obj=row, at=at)


def write(
    *, session: Session, actor: Actor, text: str, about: Party | None = None, at: datetime | None = None
) -> Minute:
    """Add a piece to the joint minutes, or (``about``) to what one party said alone.

    Raises Refusal: not one's right, ended or cancelled, not begun, nothing said, too much of it.
    """
    at = at or now()
    text = said(text, _("请写下笔录。"), longest=LONGEST_MINUTE)
    with transaction.atomic():
        row = locked(session, actor, SessionAct.MINUTE)
        require_begun(row, at)
        if row.minutes.count() >= MOST_MINUTES:
            raise Refusal(
                _("一场调解最多记 %(n)d 段笔录，请合并着记。") % {"n": MOST_MINUTES}, code="invalid"
            )
        made: Minute = Minute.objects.create(
            session=row, about=party_here(row.mediation, about), text=text, at=at, by=actor.user
        )
        audit.record(actor=actor, act="mediation.minute", obj=row, detail={"apart": about is not None}, at=at)
    return made


def read_apart(*, session: Session, actor: Actor, party: Party, at: datetime | None = None) -> list[Minute]:
    """What a party said alone, earliest first; each look is on record.

    Raises Refusal (403): not a mediator of this session. Neither the other side nor any office reads it.
    """
    session_rules.require(SessionAct.READ_APART, actor, session)
    found = list(session.minutes.filter(about=party).select_related("by"))
    audit.record(actor=actor, act="mediation.read_apart", obj=session, detail={"side": party.side}, at=at)
    return found


def propose(
    *, session: Session, actor: Actor, text: str, party: Party | None = None, at: datetime | None = None
) -> Proposal:
    """Write down what was proposed to all, by a party or by the mediators.

    Raises Refusal: not one's right, ended or cancelled, not begun, nothing said, too many.
    """
    at = at or now()
    text = said(text, _("请写明方案。"), longest=LONGEST_PROPOSAL)
    with transaction.atomic():
        row = locked(session, actor, SessionAct.PROPOSE)
        require_begun(row, at)
        if row.proposals.count() >= MOST_PROPOSALS:
            raise Refusal(_("一场调解最多登记 %(n)d 个方案。") % {"n": MOST_PROPOSALS}, code="invalid")
        made: Proposal = Proposal.objects.create(
            session=row, party=party_here(row.mediation, party), text=text, at=at, by=actor.user
        )
        audit.record(actor=actor, act="mediation.propose", obj=row, at=at)
    return made


def answer(
    *, proposal: Proposal, actor: Actor, party: Party, accepted: bool, at: datetime | None = None
) -> ProposalAnswer:
    """Whether a party takes a proposal; they may change their mind. Raises Refusal: not one's right, ended, a party of
    another mediation, the very answer that stands, or the party's own proposal."""
    at = at or now()
    with transaction.atomic():
        row = locked(proposal.session, actor, SessionAct.PROPOSE)
        of_this = party_here(row.mediation, party)
        assert of_this is not None
        if proposal.party_id == of_this.pk:
            raise Refusal(_("这是这位当事人自己的方案，请登记其他当事人的意见。"), code="invalid")
        made = ProposalAnswer.objects.filter(proposal=proposal, party=of_this).first()
        if made is not None and made.accepted == accepted:
            raise Refusal(_("这位当事人的意见已经登记。"), code="stale")
        made = made or ProposalAnswer(proposal=proposal, party=of_this)
        made.accepted, made.at, made.by = accepted, at, actor.user
        made.save()
        audit.record(actor=actor, act="mediation.proposal_answer", obj=row, detail={"done": accepted}, at=at)
    return made


def forget(matter: Matter) -> int:
    """Empty what was said, agreed and who came, with the people of the case or dispute; how many rows there were."""
    of_case = {"session__mediation__in": matter.mediations.all()}
    count = _forget_records(matter)
    for model, field, word in (
        (Agenda, "lines", ""),
        (Minute, "text", ""),
        (Proposal, "text", ""),
        (Attendee, "name", NOBODY),
    ):
        for row in model.objects.select_for_update().filter(**of_case).exclude(**{field: b""}):
            setattr(row, field, word)
            row.save(update_fields=[field])
            count += 1
    return count


def _forget_records(matter: Matter) -> int:
    """A session that was held says so with a word, and so does one in which they agreed."""
    rows = Session.objects.select_for_update().filter(mediation__in=matter.mediations.all())
    held = [row for row in rows.filter(held_at__isnull=False) if row.record != NOBODY]
    for row in held:
        row.record, row.agreement = NOBODY, NOBODY if row.agreement else ""
        row.save(update_fields=["record", "agreement"])
    return len(held)
