"""纪要: written after the meeting, confirmed by somebody else, and then never changed; a correction is a note beside
it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from conference import rules
from conference.enums import ConferenceAct, ItemKind, MeetingState
from conference.models import Correction, Item, Meeting
from conference.services import disputing, inside
from conference.services.meetings import locked, require_state
from core.errors import Refusal
from core.timekeeping import full_moment, local_day, now
from core.wording import said


@dataclass(frozen=True)
class Decided:
    """What was decided on one item; ``lead_unit`` of a dispute alone, empty where it was not decided."""

    text: str
    lead_unit: Unit | None = None
    co_units: Sequence[Unit] = ()


def write(
    *,
    meeting: Meeting,
    actor: Actor,
    text: str,
    decisions: Mapping[int, Decided],
    revision: int,
    at: datetime | None = None,
) -> Meeting:
    """Enter the minutes, or better ones before they are confirmed. ``decisions``: by the ordinal of those items that
    the writer reads.

    Raises Refusal: not one's right, before the meeting, issued or cancelled, nothing said, somebody else saved
    meanwhile, a unit that may not handle the case.
    """
    at = at or now()
    text = said(text, _("请写明会议情况。"), longest=inside.LONGEST)
    with transaction.atomic():
        row = locked(meeting)
        rules.require(ConferenceAct.WRITE, actor)
        require_state(row, MeetingState.PLANNED, MeetingState.RECORDED)
        if at < row.starts_at:
            words = {"when": full_moment(row.starts_at)}
            raise Refusal(_("会议%(when)s才召开，开会以后才能录入纪要。") % words, code="invalid")
        if row.revision != revision:
            who = row.written_by.get_full_name() if row.written_by else ""
            words = {"who": who}
            raise Refusal(
                _("没有保存：%(who)s刚刚改过纪要。您写的还在下面，请对照现在的内容再保存一次。") % words,
                code="stale",
            )
        for item in Item.objects.visible_to(actor).filter(meeting=row).select_related("petition"):
            _decide(item, decisions.get(item.ordinal), at)
        row.minutes, row.written_at, row.written_by = text, at, actor.user
        row.state, row.revision = MeetingState.RECORDED, row.revision + 1
        row.save(update_fields=["minutes", "written_at", "written_by", "state", "revision"])
        inside.on_record(row, actor, "write", at, revision=row.revision)
        posts = [post for post in inside.presiding(row, at) if post.user_id != _id(actor)]
        told = _("联席会议纪要等待确认印发：%(title)s。") % {"title": row.title}
        inside.tell(row, posts, told, f"written:{row.revision}", at)
    return row


def _id(actor: Actor) -> int | None:
    return actor.user.pk if actor.user is not None else None


def _decide(item: Item, decided: Decided | None, at: datetime) -> None:
    if decided is None:
        return
    words = {"n": item.ordinal}
    item.decision = said(decided.text, _("请写明第%(n)d项议题的决定。") % words, longest=inside.LONGEST)
    if item.kind == ItemKind.DISPUTE:
        assert item.dispute is not None
        if decided.lead_unit is not None:
            disputing.check_units(item.dispute.petition, [decided.lead_unit, *decided.co_units], at)
        item.lead_unit = decided.lead_unit
        lead = item.lead_unit_id
        item.co_units.set([unit for unit in decided.co_units if unit.pk != lead] if lead else [])
    item.save(update_fields=["decision", "lead_unit"])


def issue(
    *, meeting: Meeting, actor: Actor, number: str, revision: int, at: datetime | None = None
) -> Meeting:
    """印发 under its 文号: confirmed by the chair, another leader of the district or the head of the petition office,
    never by whoever wrote them. Disputes on which a unit was named are decided by it (条例 24). ``revision``: what was
    read; nobody confirms words that were changed meanwhile.

    Raises Refusal: not one's right, the writer, not written, changed since it was read, an item without a decision or
    which the actor may not read, a number that was given before, or a named unit that has become complained of.
    """
    at = at or now()
    number = said(number, _("请填写纪要文号。"), longest=40)
    try:
        with transaction.atomic():
            row = locked(meeting)
            rules.require(ConferenceAct.ISSUE, actor)
            require_state(row, MeetingState.RECORDED)
            if row.written_by_id == _id(actor):
                raise Refusal(
                    _("录入纪要的人不能自己确认印发，请由主持人或者其他领导确认。"), code="forbidden"
                )
            if row.revision != revision:
                who = row.written_by.get_full_name() if row.written_by else ""
                raise Refusal(
                    _("没有印发：%(who)s刚刚改过纪要，现在的内容在本页，请重新阅读后再确认。") % {"who": who},
                    code="stale",
                )
            items = _whole(row, actor)
            row.state, row.number, row.issued_at, row.issued_by = (
                MeetingState.ISSUED,
                number,
                at,
                actor.user,
            )
            for item in items:
                if item.dispute is not None and item.lead_unit is not None:
                    disputing.settle_in(item, actor, number, local_day(row.starts_at), at)
            row.save(update_fields=["state", "number", "issued_at", "issued_by"])
            inside.on_record(row, actor, "issue", at, number=number)
            posts = inside.attending(row, at)
            told = _("联席会议纪要已印发：%(number)s。") % {"number": number}
            inside.tell(row, [*posts, *inside.keepers(at)], told, "issued", at)
    except IntegrityError as error:
        if "meeting_number_once" in str(error):
            raise Refusal(_("这个纪要文号已经用过，请核对。"), code="invalid") from error
        raise
    return row


def _whole(row: Meeting, actor: Actor) -> list[Item]:
    """The items, each with its decision. What was sealed meanwhile is nobody's here any more."""
    related = ("petition", "dispute__petition", "lead_unit")
    items = [
        item
        for item in row.items.select_related(*related)
        if item.petition is None or not item.petition.sealed
    ]
    reads = set(Item.objects.visible_to(actor).filter(meeting=row).values_list("pk", flat=True))
    if any(item.pk not in reads for item in items):
        raise Refusal(_("会议有您须回避的议题，请由其他领导确认印发。"), code="forbidden")
    if not items:
        raise Refusal(_("会议没有议题，不能印发纪要。"), code="invalid")
    if undecided := [str(item.ordinal) for item in items if not item.decision]:
        words = {"which": "、".join(undecided)}
        raise Refusal(_("第%(which)s项议题还没有写明决定，请补写后再印发。") % words, code="invalid")
    return items


def correct(
    *, meeting: Meeting, actor: Actor, text: str, item: Item | None = None, at: datetime | None = None
) -> Correction:
    """A note that names what it corrects; the minutes stay. Raises Refusal: not one's right, not issued, nothing said,
    an item that one may not read."""
    at = at or now()
    text = said(text, _("请写明更正内容。"), longest=inside.LONGEST)
    with transaction.atomic():
        row = locked(meeting)
        rules.require(ConferenceAct.CORRECT, actor, item=item)
        if row.state != MeetingState.ISSUED:
            raise Refusal(_("纪要还没有印发，请直接修改。"), code="stale")
        if item is not None and item.meeting_id != row.pk:
            raise Refusal(_("没有您选的这一项，请从列表中选择。"), code="invalid")
        if row.corrections.filter(item=item, text=text).exists():
            raise Refusal(_("没有重复登记：这条更正已经作过。"), code="stale")
        note = Correction.objects.create(
            meeting=row,
            ordinal=row.corrections.count() + 1,
            item=item,
            text=text,
            at=at,
            by=actor.user,
            who=actor.label[:120],
        )
        inside.on_record(row, actor, "correct", at, number=row.number)
        posts = inside.attending(row, at)
        told = _("联席会议纪要%(number)s有更正说明。") % {"number": row.number}
        case = item.petition if item is not None else None
        inside.tell(row, [*posts, *inside.keepers(at)], told, f"corrected:{note.ordinal}", at, case=case)
    return note
