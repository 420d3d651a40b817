"""What the doors of this room share. Nothing outside ``hearings.services`` calls it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import desk_posts, holders, unit_and_ancestors
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import full_moment, han_date, local_day
from hearings import rules
from hearings.enums import HearingAct, State
from hearings.models import Hearing
from petitions.enums import Act
from petitions.models import Petition
from petitions.services import following, telling
from petitions.services.stepping import lock

#: A day farther off than this is a slip of the year.
FARTHEST = 180


def locked_case(petition_id: int, actor: Actor, act: HearingAct) -> Petition:
    """The case, locked. Raises Refusal: sealed meanwhile, not one's right, or no longer in handling."""
    case = lock(petition_id)
    if case.sealed:
        raise Refusal(_("检举控告件按纪检监察程序办理，不在此举行听证。"), code="forbidden")
    rules.require(act, actor, case)
    if not rules.in_handling(case):
        raise Refusal(rules.why_no_hearing(case), code="stale")
    return case


def locked(hearing: Hearing, actor: Actor, act: HearingAct, *states: State) -> Hearing:
    """Case and hearing locked, in that order. Raises Refusal: as ``locked_case``, or not in one of ``states``."""
    case = locked_case(hearing.petition_id, actor, act)
    row: Hearing = Hearing.objects.select_for_update(of=("self",)).select_related("unit").get(pk=hearing.pk)
    row.petition = case
    require_state(row, *states)
    return row


def require_state(row: Hearing, *states: State) -> None:
    if states and row.state not in states:
        raise Refusal(
            _("没有生效：本次听证现在是“%(state)s”。") % {"state": State(row.state).label}, code="stale"
        )


def earliest(told_on: date) -> date:
    """The first day on which it may be held when the petitioner is told on that day (HEARING_NOTICE_DAYS)."""
    return told_on + timedelta(days=settings.HEARING_NOTICE_DAYS)


def check_day(starts_at: datetime, at: datetime) -> None:
    """Raises Refusal: in the past, too far away, or too soon for the notice, with the first day that is possible."""
    if starts_at <= at:
        raise Refusal(_("听证时间已经过去，请填写今天以后的时间。"), code="invalid")
    first = earliest(local_day(at))
    if local_day(starts_at) < first:
        raise Refusal(
            _("信访人须在听证 %(n)d 日前得到通知：今天通知，最早可以定在 %(day)s。")
            % {"n": settings.HEARING_NOTICE_DAYS, "day": han_date(first)},
            code="invalid",
        )
    if (starts_at - at).days > FARTHEST:
        raise Refusal(_("听证时间离今天超过 %(n)d 天，请核对年份。") % {"n": FARTHEST}, code="invalid")


def history(case: Petition, actor: Actor, text: str, at: datetime, *, public: str = "") -> None:
    following.remark(petition=case, act=Act.HEAR, actor=actor, text=text, public_text=public, at=at)


def on_record(case: Petition, row: Any, actor: Actor, act: str, at: datetime, **detail: object) -> None:
    audit.record(
        actor=actor, act=f"hearing.{act}", obj=row, detail={"case": case.audit_name, **detail}, at=at
    )


def heads(row: Hearing, at: datetime, *, but: int | None = None) -> list[Post]:
    """Who decides: the heads of the unit that has the case now, without the person ``but``; where there is none, those
    of the nearest unit above that has one."""
    assert row.petition.lead_unit is not None
    for unit in unit_and_ancestors(row.petition.lead_unit):
        if found := [post for post in holders(Role.UNIT_HEAD, unit=unit, at=at) if post.user_id != but]:
            return found
    return []


def desk(row: Hearing, at: datetime) -> list[Post]:
    """Who answers for the unit that has the case now."""
    assert row.petition.lead_unit is not None
    return desk_posts(row.petition.lead_unit, at)


def tell_panel(row: Hearing, text: str, *, key: str, at: datetime, user_id: int | None = None) -> None:
    """Those of the staff who sit (or this one of them), who need not read the case: they are led to their list.
    ``text`` takes number, time and place."""
    sitting = row.panel.filter(left_at=None, user__isnull=False).values_list("user_id", flat=True)
    words = {"when": full_moment(row.starts_at), "place": row.place, "number": "%(number)s"}
    people = [user_id] if user_id is not None else list(sitting)
    tell(row, people, text % words, key=f"panel:{key}", at=at, link=reverse("hearings:list"))


def tell(
    row: Hearing, people: Iterable[Post | int], text: str, *, key: str, at: datetime, link: str = ""
) -> None:
    """``text`` takes the case's number; neither subject nor name (domain G)."""
    telling.notify_about(
        row.petition,
        people,
        text=text.replace("%(number)s", row.petition.number),
        link=link or row.get_absolute_url(),
        dedupe_key=f"hearing:{row.pk}:{key}",
        level="soon",
        at=at,
    )
