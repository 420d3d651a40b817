"""The panel: who is seated, who leaves, and whom the petitioner asks to stand aside."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import friendly_moment, local_day, now
from core.wording import said
from hearings import panel
from hearings.enums import COMING, OPEN, HearingAct, Outside, Seat, State
from hearings.models import Hearing, PanelMember, RecusalAsked
from hearings.services import inside
from petitions.services.stepping import lock

MOST = 15
LONGEST = 2000


def seat(
    *,
    hearing: Hearing,
    actor: Actor,
    chair: bool,
    post: Post | None = None,
    name: str = "",
    outside: Outside | str = "",
    body: str = "",
    at: datetime | None = None,
) -> PanelMember:
    """Seat one of the staff (``post``), or a person from outside (``name``, what they are, their body).

    Raises Refusal: neither or both, whoever handled the case or is out of it, somebody seated already, a second chair.
    """
    at = at or now()
    name, body = clean_text(name), clean_text(body)[:120]
    with transaction.atomic():
        row = inside.locked(hearing, actor, HearingAct.SEAT, *OPEN)
        members = panel.sitting(row)
        if len(members) >= MOST:
            raise Refusal(_("听证人员最多 %(n)d 人。") % {"n": MOST}, code="invalid")
        if chair and any(one.seat == Seat.CHAIR for one in members):
            raise Refusal(_("已经有听证主持人，要换人请先更换原来的主持人。"), code="invalid")
        known = (
            _of_staff(row, post, members, at)
            if post is not None
            else _from_outside(row, name, outside, members)
        )
        if post is not None and name:
            raise Refusal(_("工作人员和社会人士请分两次添加。"), code="invalid")
        made = PanelMember(
            hearing=row,
            seat=Seat.CHAIR if chair else Seat.MEMBER,
            body=body if post is None else "",
            seated_at=at,
            seated_by=actor.user,
            **known,
        )
        made.save(force_insert=True)
        inside.on_record(row.petition, row, actor, "seat", at, seat=made.seat)
        if made.user_id is not None:
            _tell_seated(row, made, at)
    return made


def _tell_seated(hearing: Hearing, row: PanelMember, at: datetime) -> None:
    words = _("请您作 %(number)s 听证的%(seat)s：%(when)s，%(place)s。")
    if hearing.state == State.PREPARED:
        words += _("是否举行，由负责人决定。")
    words = words.replace("%(seat)s", str(Seat(row.seat).label))
    inside.tell_panel(hearing, words, key=f"seat:{row.pk}", at=at, user_id=row.user_id)


def _of_staff(row: Hearing, post: Post, members: list[PanelMember], at: datetime) -> dict[str, object]:
    user = post.user
    if not post.held_on(local_day(at)) or not user.is_active:
        raise Refusal(_("%(who)s已不在任。") % {"who": user.get_full_name()}, code="invalid")
    if post.role not in panel.ROLES:
        raise Refusal(
            _("%(who)s的岗位不作听证人员，请另选一人。") % {"who": user.get_full_name()}, code="invalid"
        )
    if any(one.user_id == user.pk for one in members):
        raise Refusal(_("%(who)s已经是听证人员。") % {"who": user.get_full_name()}, code="invalid")
    if why := panel.barred(row.petition, [user.pk], at, row.prepared_by_id).get(user.pk):
        raise Refusal(
            _("%(who)s%(why)s，不能作听证人员，请另选一人。") % {"who": user.get_full_name(), "why": why},
            code="invalid",
        )
    return {"user": user, "label": post.label[:120]}


def _from_outside(
    row: Hearing, name: str, outside: Outside | str, members: list[PanelMember]
) -> dict[str, object]:
    if not name:
        raise Refusal(_("请选择工作人员，或者写明社会人士的姓名。"), code="invalid")
    if len(name) > 50:
        raise Refusal(_("姓名最多 50 字，请核对。"), code="invalid")
    if outside not in Outside.values:
        raise Refusal(_("请选择社会人士的身份。"), code="invalid")
    if any(one.user is None and one.name == name for one in members):
        raise Refusal(_("%(who)s已经是听证人员。") % {"who": name}, code="invalid")
    if any(one.name == name for one in row.petition.persons.all()):
        raise Refusal(_("信访人本人不能作听证人员。"), code="invalid")
    return {"name": name, "outside": outside}


def leave(*, member: PanelMember, actor: Actor, reason: str, at: datetime | None = None) -> PanelMember:
    """Somebody leaves the panel. Raises Refusal: no reason, left before."""
    at = at or now()
    reason = said(reason, _("请写明更换的理由。"), longest=500)
    with transaction.atomic():
        hearing = inside.locked(member.hearing, actor, HearingAct.LEAVE, *OPEN)
        row = PanelMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
        _require_sitting(row)
        if row.recusals_asked.filter(granted=None).exists():
            raise Refusal(_("信访人已申请其回避，请由负责人决定。"), code="stale")
        row.left_at, row.left_reason = at, reason
        row.save(update_fields=["left_at", "left_reason"])
        inside.on_record(hearing.petition, hearing, actor, "leave", at)
        _tell_left(hearing, row, at)
    return row


def _tell_left(hearing: Hearing, row: PanelMember, at: datetime) -> None:
    if row.user_id is not None:
        words = _("您不再是 %(number)s 的听证人员。")
        inside.tell_panel(hearing, words, key=f"left:{row.pk}", at=at, user_id=row.user_id)


def _require_sitting(row: PanelMember) -> None:
    if row.left_at is not None:
        raise Refusal(
            _("没有生效：其已于%(when)s不再是听证人员。") % {"when": friendly_moment(row.left_at)},
            code="stale",
        )


def ask_recusal(
    *, member: PanelMember, actor: Actor, reason: str, at: datetime | None = None
) -> RecusalAsked:
    """The petitioner asks on the own page, or by word of mouth, which the staff enter. Before the hearing begins.

    Raises Refusal: no reason, asked already, the member left, the hearing is over or begun.
    """
    at = at or now()
    reason = said(reason, _("请写明申请回避的理由。"), longest=LONGEST)
    with transaction.atomic():
        if actor.role == Role.PETITIONER:
            hearing = _locked_for_petitioner(member)
        else:
            hearing = inside.locked(member.hearing, actor, HearingAct.ASK_RECUSAL, *COMING)
        if at >= hearing.starts_at:
            raise Refusal(_("听证已经开始，请当场向听证主持人提出。"), code="stale")
        row = PanelMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
        _require_sitting(row)
        if row.recusals_asked.filter(granted=None).exists():
            raise Refusal(_("这个申请已经收到，正等待决定。"), code="stale")
        made: RecusalAsked = RecusalAsked.objects.create(
            member=row, reason=reason, asked_at=at, by=actor.user, who=actor.label[:120]
        )
        inside.on_record(hearing.petition, hearing, actor, "ask_recusal", at)
        heads = inside.heads(hearing, at, but=row.user_id)
        words = _("%(number)s 的信访人申请听证人员回避，请决定。")
        inside.tell(hearing, heads, words, key=f"recusal:{made.pk}", at=at)
    return made


def _locked_for_petitioner(member: PanelMember) -> Hearing:
    """Raises Refusal in words for the petitioner, without the name of anybody who acted."""
    case = lock(member.hearing.petition_id)
    row: Hearing = (
        Hearing.objects.select_for_update(of=("self",)).select_related("unit").get(pk=member.hearing_id)
    )
    row.petition = case
    if case.sealed or row.state not in COMING:
        raise Refusal(_("现在不能申请回避：听证已经结束或者取消。"), code="stale")
    return row


def decide_recusal(
    *, asked: RecusalAsked, actor: Actor, granted: bool, reason: str, at: datetime | None = None
) -> RecusalAsked:
    """The head decides; whoever stands aside leaves the panel, and somebody else is seated.

    Raises Refusal: not the head, the very member, decided before, no reason.
    """
    at = at or now()
    reason = said(reason, _("请写明决定的理由。"), longest=LONGEST)
    with transaction.atomic():
        hearing = inside.locked(asked.member.hearing, actor, HearingAct.DECIDE_RECUSAL, *COMING)
        row = RecusalAsked.objects.select_for_update(of=("self",)).select_related("member").get(pk=asked.pk)
        if row.granted is not None:
            assert row.decided_at is not None
            words = {"who": row.decided_who, "when": friendly_moment(row.decided_at)}
            raise Refusal(_("没有生效：%(who)s已于%(when)s作出决定。") % words, code="stale")
        if actor.user is not None and row.member.user_id == actor.user.pk:
            raise Refusal(_("申请的是您本人回避，请由上级单位负责人或者另一名负责人决定。"), code="forbidden")
        row.granted, row.decision, row.decided_at = granted, reason, at
        row.decided_by, row.decided_who = actor.user, actor.label[:120]
        row.save()
        if granted:
            member = row.member
            member.left_at, member.left_reason = at, _("信访人申请回避，已同意")
            member.save(update_fields=["left_at", "left_reason"])
            _tell_left(hearing, member, at)
        words_ = _("同意一名听证人员回避。") if granted else _("不同意听证人员回避的申请。")
        inside.history(hearing.petition, actor, f"{words_}{reason}", at, public=f"{words_}{reason}")
        inside.on_record(hearing.petition, hearing, actor, "decide_recusal", at, granted=granted)
    asked.refresh_from_db()
    return asked
