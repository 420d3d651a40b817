"""The matters that were raised in a talk, one row each, and what became of them. Whatever becomes of one here, whoever
raised it may file it themselves at any time (条例 33)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from accounts.selectors import people_of
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from mediation import talk_rules
from mediation.models import PublicTalk, TalkMatter
from mediation.services import noting, talks
from mediation.talk_enums import UNSETTLED, Fate, TalkAct, TalkState
from notifications.services import notify
from petitions.enums import Channel
from petitions.querysets import unsealed_cases
from petitions.services.registering import NewPerson, NewPetition, Registered, register
from petitions.services.stepping import lock

#: More than so many in one talk is a list pasted into the wrong place.
MOST = 200


def raise_matter(*, talk: PublicTalk, actor: Actor, text: str, at: datetime | None = None) -> TalkMatter:
    """Write down one matter. Raises Refusal: not one's right, not held, nothing said, too many."""
    at = at or now()
    text = said(text, _("请写明是什么事。"), longest=5000)
    with transaction.atomic():
        row = talks.locked(talk, actor, TalkAct.RAISE, TalkState.HELD)
        count = row.matters.count()
        if count >= MOST:
            raise Refusal(_("一次恳谈最多登记 %(n)d 件事项。") % {"n": MOST}, code="invalid")
        matter: TalkMatter = TalkMatter.objects.create(
            talk=row, ordinal=count + 1, text=text, raised_at=at, raised_by=actor.user
        )
        talks.on_record(row, actor, TalkAct.RAISE, at, ordinal=matter.ordinal)
    return matter


def settle(
    *,
    matter: TalkMatter,
    actor: Actor,
    fate: Fate,
    note: str,
    unit: Unit | None = None,
    at: datetime | None = None,
) -> TalkMatter:
    """就地解答, or 转有关单位 (``unit``), with what was said to it. One that was passed may be answered afterwards.

    Raises Refusal: not one's right, settled before, nothing said, no unit in use, or a fate with a door of its own.
    """
    at = at or now()
    if fate not in {Fate.ANSWERED, Fate.PASSED}:
        raise Refusal(_("请选择就地解答或者转有关单位。"), code="invalid")
    note = said(note, _("请写明怎样解答的，或者请有关单位做什么。"), longest=5000)
    if fate == Fate.PASSED and (
        unit is None or not Unit.objects.active(local_day(at)).filter(pk=unit.pk).exists()
    ):
        raise Refusal(_("请选择转给哪个单位。"), code="invalid")
    with transaction.atomic():
        talk = talks.locked(matter.talk, actor, TalkAct.SETTLE, TalkState.HELD)
        row = _unsettled(matter, fate)
        row.note = f"{row.note}\n{note}".strip()
        row.unit = unit if fate == Fate.PASSED else row.unit
        _end(row, fate, actor, at)
        talks.on_record(talk, actor, TalkAct.SETTLE, at, ordinal=row.ordinal, fate=fate)
        if fate == Fate.PASSED and unit is not None:
            notify(
                recipients=sorted({post.user_id for post in people_of(unit, at)}),
                text=_("%(who)s的恳谈转来一件事项，请研究处理并回告召集单位。") % {"who": talk.unit.label},
                link=talk.get_absolute_url(),
                dedupe_key=f"talk:{talk.pk}:matter:{row.ordinal}:passed",
                at=at,
            )
    return row


def link_case(*, matter: TalkMatter, actor: Actor, number: str, at: datetime | None = None) -> TalkMatter:
    """The matter is that of a case which the actor reads; the case's history says so where its state takes a line.

    Raises Refusal: not one's right, settled before, or no such case within sight.
    """
    at = at or now()
    known = unsealed_cases(actor).filter(number=number.strip()[:40]).first()
    if known is None:
        raise Refusal(_("没有找到这个编号的信访件，请核对编号。"), code="invalid")
    with transaction.atomic():
        case = lock(known.pk)
        talk = talks.locked(matter.talk, actor, TalkAct.LINK, TalkState.HELD)
        if not unsealed_cases(actor).filter(pk=case.pk).exists():
            raise Refusal(_("没有找到这个编号的信访件，请核对编号。"), code="invalid")
        row = _unsettled(matter, Fate.LINKED)
        row.petition = case
        _end(row, Fate.LINKED, actor, at)
        words = _("%(day)s的恳谈（%(kind)s）中有人说到本件的事，已关联。")
        noting.note(case, actor, words % {"day": talk.day.isoformat(), "kind": talk.get_kind_display()}, at)
        talks.on_record(
            talk, actor, TalkAct.LINK, at, ordinal=row.ordinal, fate=Fate.LINKED, case=case.audit_name
        )
    return row


def register_case(
    *,
    matter: TalkMatter,
    actor: Actor,
    body: str,
    subject: str = "",
    person: NewPerson | None = None,
    at: datetime | None = None,
    token: str = "",
) -> Registered:
    """Register the matter as a petition, by the door of the counter. ``person``: who wants to be answered, if they
    said so. The query code is known only here and now; the same ``token`` again gives it back.

    Raises Refusal: not one's right, settled before, or what registration refuses.
    """
    at = at or now()
    talk_rules.require(TalkAct.REGISTER, actor, matter.talk)
    assert actor.unit is not None
    with transaction.atomic():
        talk = talks.locked(matter.talk, actor, TalkAct.REGISTER, TalkState.HELD)
        done = register(
            actor=actor,
            new=NewPetition(
                channel=Channel.VISIT,
                subject=subject,
                body=body,
                persons=[person] if person is not None else [],
                anonymous=person is None,
            ),
            unit=actor.unit,
            token=token or None,
            at=at,
        )
        row = TalkMatter.objects.select_for_update(of=("self",)).get(pk=matter.pk)
        if row.petition_id == done.petition.pk:
            return done
        row = _unsettled(matter, Fate.REGISTERED)
        row.petition = done.petition
        _end(row, Fate.REGISTERED, actor, at)
        talks.on_record(
            talk,
            actor,
            TalkAct.REGISTER,
            at,
            ordinal=row.ordinal,
            fate=Fate.REGISTERED,
            case=done.petition.audit_name,
        )
    return done


def _unsettled(matter: TalkMatter, wanted: Fate) -> TalkMatter:
    """The matter, locked after its talk. Raises Refusal: settled before, or passed twice."""
    row: TalkMatter = TalkMatter.objects.select_for_update(of=("self",)).get(pk=matter.pk)
    if row.fate not in UNSETTLED or (wanted == Fate.PASSED and row.fate == Fate.PASSED):
        raise Refusal(
            _("没有生效：这件事项现在是“%(fate)s”。") % {"fate": Fate(row.fate).label}, code="stale"
        )
    return row


def _end(row: TalkMatter, fate: Fate, actor: Actor, at: datetime) -> None:
    row.fate, row.settled_at, row.settled_by = fate, at, actor.user
    row.save(update_fields=["fate", "note", "unit", "petition", "settled_at", "settled_by"])
