"""A hearing from the proposal to its day. Every door locks the case first, then the hearing.

Nothing here moves the case or stops one of its clocks: 条例 34 counts the 60 days through. Only a final review leaves
hearing days out (条例 36), and does so in its own room.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import full_moment, han_date, local_day, now
from core.wording import said
from hearings import panel, rules
from hearings.enums import COMING, OPEN, ChangeKind, HearingAct, State, ToldHow
from hearings.models import Hearing, HearingChange
from hearings.services import inside
from petitions.models import Petition

LONGEST = 5000


def prepare(
    *,
    petition: Petition,
    actor: Actor,
    matter: str,
    place: str,
    starts_at: datetime,
    public: bool = False,
    at: datetime | None = None,
) -> Hearing:
    """Propose a hearing to the head; the panel is seated next.

    Raises Refusal: not of the lead unit, no case for a hearing, one open already, nothing said, an impossible day.
    """
    at = at or now()
    matter = said(matter, _("请写明为什么要听证、听什么。"), longest=LONGEST)
    place = said(place, _("请写明地点。"), longest=200)
    with transaction.atomic():
        case = inside.locked_case(petition.pk, actor, HearingAct.PREPARE)
        if why := rules.why_no_hearing(case):
            raise Refusal(why, code="stale")
        if (there := Hearing.objects.filter(petition=case, state__in=OPEN).first()) is not None:
            raise Refusal(
                _("本件已有一次听证（%(state)s），结束以后才能再提。") % {"state": there.get_state_display()},
                code="stale",
            )
        inside.check_day(starts_at, at)
        assert case.lead_unit is not None
        row: Hearing = Hearing.objects.create(
            petition=case,
            unit=case.lead_unit,
            matter=matter,
            place=place,
            starts_at=starts_at,
            public=public,
            prepared_at=at,
            prepared_by=actor.user,
            prepared_who=actor.label[:120],
        )
        inside.on_record(case, row, actor, "prepare", at)
        inside.tell(
            row, inside.heads(row, at), _("%(number)s 提出听证，请决定是否举行。"), key="prepare", at=at
        )
    return row


def decide(*, hearing: Hearing, actor: Actor, hold: bool, reason: str, at: datetime | None = None) -> Hearing:
    """The head's word. From then on the petitioner sees day, place and panel on the own page.

    Raises Refusal: not the head, no reason, a panel that is not whole, a day that comes too soon for the notice.
    """
    at = at or now()
    reason = said(reason, _("请写明决定的理由。"), longest=LONGEST)
    with transaction.atomic():
        row = inside.locked(hearing, actor, HearingAct.DECIDE, State.PREPARED)
        if hold:
            if why := rules.why_no_hearing(row.petition) or panel.lacking(row, at):
                raise Refusal(why, code="invalid")
            inside.check_day(row.starts_at, at)
        row.state = State.DECIDED if hold else State.DECLINED
        row.decision, row.decided_at = reason, at
        row.decided_by, row.decided_who = actor.user, actor.label[:120]
        row.ended_at = None if hold else at
        row.save()
        if hold:
            words = {"when": full_moment(row.starts_at), "place": row.place}
            public = _("决定举行听证：%(when)s，%(place)s。") % words
            inside.history(row.petition, actor, public, at, public=public)
        inside.on_record(row.petition, row, actor, "decide", at, hold=hold)
        told = _("%(number)s 决定举行听证，请通知信访人。") if hold else _("%(number)s 决定不举行听证。")
        inside.tell(row, inside.desk(row, at), told, key="decide", at=at)
        known = _("%(number)s 决定举行听证：%(when)s，%(place)s。") if hold else _("%(number)s 不举行听证。")
        inside.tell_panel(row, known, key="decide", at=at)
    hearing.refresh_from_db()
    return hearing


def tell_petitioner(
    *,
    hearing: Hearing,
    actor: Actor,
    how: ToldHow,
    told_on: date,
    moved: int | None = None,
    at: datetime | None = None,
) -> Hearing:
    """Enter how and when (day in Asia/Shanghai) the petitioner was told; ``moved``: of which day, by how
    often it had been changed.

    Raises Refusal: before the decision, put off meanwhile, in the future, or too late for the day that is set.
    """
    at = at or now()
    with transaction.atomic():
        row = inside.locked(hearing, actor, HearingAct.TELL, State.DECIDED)
        if moved not in {None, row.changes.count()}:
            now_set = {"when": full_moment(row.starts_at)}
            raise Refusal(
                _("没有登记：听证刚刚改到 %(when)s，请按新的时间通知信访人。") % now_set, code="stale"
            )
        if why := panel.lacking(row, at):
            raise Refusal(why, code="invalid")
        since = _last_word(row)
        if not since <= told_on <= local_day(at):
            raise Refusal(
                _("通知日期须在 %(day)s（定下时间的那一天）到今天之间。") % {"day": han_date(since)},
                code="invalid",
            )
        first = inside.earliest(told_on)
        if row.day < first:
            raise Refusal(
                _("通知晚了：%(told)s通知，听证最早可以在 %(first)s举行，现在定在 %(day)s。请先改期。")
                % {"told": han_date(told_on), "first": han_date(first), "day": han_date(row.day)},
                code="invalid",
            )
        row.state, row.told_on, row.told_how = State.TOLD, told_on, how
        row.save(update_fields=["state", "told_on", "told_how"])
        words = {"how": ToldHow(how).label, "when": full_moment(row.starts_at)}
        inside.history(row.petition, actor, _("已%(how)s通知信访人：%(when)s听证。") % words, at)
        inside.on_record(row.petition, row, actor, "tell", at, told_on=told_on.isoformat())
    hearing.refresh_from_db()
    return hearing


def _last_word(row: Hearing) -> date:
    """The day on which the present day and place were set."""
    last = row.changes.filter(kind=ChangeKind.POSTPONED).last()
    moment = last.at if last is not None else row.decided_at
    assert moment is not None
    return local_day(moment)


def postpone(
    *,
    hearing: Hearing,
    actor: Actor,
    starts_at: datetime,
    place: str,
    reason: str,
    at: datetime | None = None,
) -> Hearing:
    """Another day, and if need be another place; the petitioner must be told of it anew.

    Raises Refusal: not the head, no reason, a day that comes too soon for the notice, the very day that is set.
    """
    at = at or now()
    reason = said(reason, _("请写明改期的理由。"), longest=LONGEST)
    place = said(place, _("请写明地点。"), longest=200)
    with transaction.atomic():
        row = inside.locked(hearing, actor, HearingAct.POSTPONE, *OPEN)
        if starts_at == row.starts_at and place == row.place:
            raise Refusal(_("时间和地点都没有改变。"), code="invalid")
        inside.check_day(starts_at, at)
        _change(row, ChangeKind.POSTPONED, reason, actor, at)
        known = row.state in COMING
        row.starts_at, row.place = starts_at, place
        row.told_on, row.told_how = None, ""
        row.state = State.DECIDED if known else State.PREPARED
        row.save(update_fields=["starts_at", "place", "told_on", "told_how", "state"])
        if known:
            words = {"when": full_moment(starts_at), "place": place}
            public = _("听证改期：%(when)s，%(place)s。") % words
            inside.history(row.petition, actor, f"{public}{reason}", at, public=public)
        inside.on_record(row.petition, row, actor, "postpone", at)
        told = _("%(number)s 的听证已改期，请再次通知信访人。")
        key = f"postpone:{at.timestamp()}"
        inside.tell(row, inside.desk(row, at), told, key=key, at=at)
        moved = _("%(number)s 的听证改到：%(when)s，%(place)s。")
        inside.tell_panel(row, moved, key=key, at=at)
    hearing.refresh_from_db()
    return hearing


def call_off(*, hearing: Hearing, actor: Actor, reason: str, at: datetime | None = None) -> Hearing:
    """It is not held. Raises Refusal: not the head, no reason, held already."""
    at = at or now()
    reason = said(reason, _("请写明取消的理由。"), longest=LONGEST)
    with transaction.atomic():
        row = inside.locked(hearing, actor, HearingAct.CALL_OFF, *OPEN)
        known = row.state in COMING
        _change(row, ChangeKind.CALLED_OFF, reason, actor, at)
        row.state, row.ended_at = State.CALLED_OFF, at
        row.save(update_fields=["state", "ended_at"])
        if known:
            public = _("听证取消，本件依法继续办理。")
            inside.history(row.petition, actor, f"{public}{reason}", at, public=public)
        inside.on_record(row.petition, row, actor, "call_off", at)
        _tell_called_off(row, at)
    hearing.refresh_from_db()
    return hearing


def _tell_called_off(row: Hearing, at: datetime) -> None:
    inside.tell_panel(row, _("%(number)s 原定%(when)s的听证已取消。"), key="called_off", at=at)


def _change(row: Hearing, kind: ChangeKind, reason: str, actor: Actor, at: datetime) -> None:
    HearingChange.objects.create(
        hearing=row,
        kind=kind,
        was=row.starts_at,
        reason=reason,
        at=at,
        by=actor.user,
        who=actor.label[:120],
    )


def refuse_while_coming(case: Petition) -> None:
    """In the transaction of an answer or of another path: what the petitioner was promised is held or called off first.

    Raises Refusal (code "stale")."""
    coming = Hearing.objects.filter(petition=case, state__in=COMING).first()
    if coming is not None:
        raise Refusal(
            _("本件定于 %(when)s听证，请先举行并登记笔录，或者写明理由取消，再作答复或者改变路径。")
            % {"when": full_moment(coming.starts_at)},
            code="stale",
        )


def let_go(case: Petition, at: datetime) -> None:
    """The case left the unit's hands, was answered, or was sealed: what is open falls away. The panel is told, but not
    of a case that was sealed."""
    rows = Hearing.objects.select_for_update(of=("self",)).filter(petition=case, state__in=OPEN)
    for row in rows:
        _change(row, ChangeKind.CALLED_OFF, _("本件不再由本单位办理，或者已经答复"), Actor.system(), at)
        row.state, row.ended_at = State.CALLED_OFF, at
        row.save(update_fields=["state", "ended_at"])
        if not case.sealed:
            row.petition = case
            _tell_called_off(row, at)
