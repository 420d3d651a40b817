"""Calling a meeting of the joint conference, its agenda, and calling it off (条例 13)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, Unit
from accounts.selectors import people_of
from accounts.services.units import check_active
from conference import rules
from conference.enums import ConferenceAct, DisputeState, ItemKind, MeetingState
from conference.models import Dispute, Item, Meeting
from conference.services import inside
from core.errors import Refusal
from core.timekeeping import friendly_moment, full_moment, local_day, now
from core.wording import said
from petitions.models import Petition
from petitions.services import complained
from petitions.services.stepping import lock

#: Minutes of earlier meetings are entered within so many days; none is planned further ahead.
BACK, AHEAD = timedelta(days=60), timedelta(days=366)


def call(
    *,
    actor: Actor,
    title: str,
    starts_at: datetime,
    place: str,
    chair: Post,
    units: Collection[Unit],
    at: datetime | None = None,
) -> Meeting:
    """A meeting on a day, at a place, under a leader of the district or the petition office's head. The units are told.

    Raises Refusal: not one's right, nothing said, nobody attends, a chair who may not be, an impossible time, called
    before.
    """
    at = at or now()
    rules.require(ConferenceAct.CALL, actor)
    title = said(title, _("请写明会议名称。"), longest=120)
    place = said(place, _("请写明开会地点。"), longest=200)
    _check_moment(starts_at, at)
    if not units:
        raise Refusal(_("请选择参加会议的单位。"), code="invalid")
    check_active(units, at)
    _check_chair(chair, at)
    with transaction.atomic():
        meeting = Meeting(
            title=title, starts_at=starts_at, place=place, chair=chair, called_at=at, called_by=actor.user
        )
        _save_once(meeting)
        meeting.units.set(units)
        inside.on_record(meeting, actor, "call", at, units=sorted(unit.pk for unit in units))
        if starts_at > at:
            text = _("请参加联席会议：%(when)s，%(place)s。") % {
                "when": full_moment(starts_at),
                "place": place,
            }
            inside.tell(meeting, [chair, *people_of(units, at)], text, "called", at)
    return meeting


def move(
    *, meeting: Meeting, actor: Actor, starts_at: datetime, place: str, at: datetime | None = None
) -> Meeting:
    """Another time or place for a meeting of which there are no minutes yet; its agenda stays, and whoever attends is
    told both times.

    Raises Refusal: not one's right, written or called off by now, nothing that differs, an impossible time.
    """
    at = at or now()
    place = said(place, _("请写明开会地点。"), longest=200)
    _check_moment(starts_at, at)
    with transaction.atomic():
        row = locked(meeting)
        rules.require(ConferenceAct.MOVE, actor)
        require_state(row, MeetingState.PLANNED)
        before = row.starts_at
        if (starts_at, place) == (before, row.place):
            raise Refusal(_("时间和地点都没有改变，请核对。"), code="invalid")
        row.starts_at, row.place = starts_at, place
        _save_once(row)
        inside.on_record(
            row, actor, "move", at, moved_from=before.isoformat(), moved_to=starts_at.isoformat()
        )
        if max(before, starts_at) > at:
            _tell_of_move(row, before, at)
    return row


def _tell_of_move(row: Meeting, before: datetime, at: datetime) -> None:
    words = {
        "title": row.title,
        "before": full_moment(before),
        "when": full_moment(row.starts_at),
        "place": row.place,
    }
    text = _("联席会议改期：%(title)s，原定%(before)s，改为%(when)s，%(place)s。") % words
    inside.tell(row, [row.chair, *inside.attending(row, at)], text, f"moved:{at.isoformat()}", at)


def _check_moment(starts_at: datetime, at: datetime) -> None:
    if not at - BACK <= starts_at <= at + AHEAD:
        raise Refusal(_("会议时间须在过去60天到今后一年之内，请核对日期。"), code="invalid")


def _save_once(meeting: Meeting) -> None:
    try:
        with transaction.atomic():
            meeting.save()
    except IntegrityError as error:
        if "meeting_called_once" in str(error):
            raise Refusal(_("同名、同一时间的会议已经召集，没有重复召集。"), code="stale") from error
        raise


def _check_chair(chair: Post, at: datetime) -> None:
    from conference.querysets import presides

    if not chair.held_on(local_day(at)) or not presides(Actor.of(chair)):
        raise Refusal(_("请选择主持会议的县领导或者信访部门负责人。"), code="invalid")


def locked(meeting: Meeting) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("chair__user", "chair__unit")
    row: Meeting = rows.get(pk=meeting.pk)
    return row


def require_state(row: Meeting, *wanted: MeetingState) -> None:
    """Raises Refusal, saying how the meeting stands now."""
    if row.state in wanted:
        return
    if row.state == MeetingState.ISSUED:
        assert row.issued_at is not None
        who = row.issued_by.get_full_name() if row.issued_by else ""
        words = {"who": who, "when": friendly_moment(row.issued_at)}
        raise Refusal(
            _("没有生效：纪要已由%(who)s于%(when)s印发，不再改变。确有错误的，请另作更正说明。") % words,
            code="stale",
        )
    words = {"state": str(MeetingState(row.state).label)}
    raise Refusal(_("没有生效：会议现在是“%(state)s”。") % words, code="stale")


def add_item(
    *,
    meeting: Meeting,
    actor: Actor,
    kind: ItemKind,
    title: str,
    text: str,
    dispute: Dispute | None = None,
    unit: Unit | None = None,
    petition: Petition | None = None,
    at: datetime | None = None,
) -> Item:
    """Put something on the agenda: a dispute that has come to the conference, a unit's shortcomings (with the case in
    which they showed, if one), or another subject.

    Raises Refusal: not one's right, the minutes are written, nothing said, a sealed case, a unit complained of.
    """
    at = at or now()
    title = said(title, _("请写明议题。"), longest=120)
    text = said(text, _("请写明情况。"), longest=inside.LONGEST)
    with transaction.atomic():
        row = locked(meeting)
        rules.require(ConferenceAct.AGENDA, actor)
        require_state(row, MeetingState.PLANNED)
        item = Item(meeting=row, kind=kind, title=title, text=text, ordinal=row.items.count() + 1)
        if kind == ItemKind.DISPUTE:
            _of_dispute(item, actor, dispute)
        else:
            _of_unit(item, actor, unit, petition, at)
            if row.items.filter(kind=kind, title=title, unit=unit, petition=petition).exists():
                raise Refusal(_("这一议题已经列入，没有重复列入。"), code="stale")
        try:
            with transaction.atomic():
                item.save(force_insert=True)
        except IntegrityError as error:
            if "item_dispute_once" in str(error):
                raise Refusal(_("这件争议已经在本次会议的议题中。"), code="stale") from error
            raise
        detail = {"case": item.petition.audit_name} if item.petition is not None else {}
        inside.on_record(row, actor, "agenda", at, kind=kind, **detail)
    return item


def _of_dispute(item: Item, actor: Actor, dispute: Dispute | None) -> None:
    if dispute is None:
        raise Refusal(_("请选择要提交会议的管辖争议。"), code="invalid")
    case = lock(dispute.petition_id)
    row: Dispute = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
    rules.require(ConferenceAct.AGENDA, actor, petition=case)
    if row.state != DisputeState.CONFERENCE:
        words = {"state": DisputeState(row.state).label}
        raise Refusal(_("这件争议现在是“%(state)s”，还不由联席会议决定。") % words, code="stale")
    item.dispute, item.petition = row, case


def _of_unit(item: Item, actor: Actor, unit: Unit | None, petition: Petition | None, at: datetime) -> None:
    if item.kind == ItemKind.SHORTCOMING and unit is None:
        raise Refusal(_("请选择存在问题的单位。"), code="invalid")
    if unit is not None:
        check_active([unit], at)
    if petition is not None:
        case = lock(petition.pk)
        if case.sealed:
            raise Refusal(_(inside.SEALED), code="forbidden")
        rules.require(ConferenceAct.AGENDA, actor, petition=case)
        if unit is not None and complained.blocks(case, unit, at):
            words = {"unit": unit.label}
            raise Refusal(
                _(
                    "本件反映的就是%(unit)s，它不参与、也看不到这一议题（条例第二十八条）。请不填信访件编号，只写单位的问题。"
                )
                % words,
                code="invalid",
            )
        item.petition = case
    item.unit = unit


def cancel(*, meeting: Meeting, actor: Actor, reason: str, at: datetime | None = None) -> Meeting:
    """A meeting that was not held; what was on its agenda may be put on another. Raises Refusal."""
    at = at or now()
    reason = said(reason, _("请写明取消的原因。"), longest=500)
    with transaction.atomic():
        row = locked(meeting)
        rules.require(ConferenceAct.CANCEL, actor)
        require_state(row, MeetingState.PLANNED)
        row.state, row.cancelled_at, row.cancel_reason = MeetingState.CANCELLED, at, reason
        row.save(update_fields=["state", "cancelled_at", "cancel_reason"])
        inside.on_record(row, actor, "cancel", at)
        posts = [row.chair, *inside.attending(row, at)]
        words = {"title": row.title}
        inside.tell(row, posts, _("联席会议已取消：%(title)s。") % words, "cancelled", at)
    return row


def chairs(at: datetime) -> list[Post]:
    """Posts that may be in the chair."""
    from accounts.enums import UnitKind
    from accounts.selectors import holders, office_posts

    leaders = [post for post in holders(Role.LEADER, at=at) if post.unit.kind == UnitKind.DISTRICT]
    return [*leaders, *office_posts(Role.UNIT_HEAD, at)]
