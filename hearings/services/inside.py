"""What the doors of this room share. Nothing outside ``hearings.services`` calls it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Post
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import han_date, local_day
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


def tell(row: Hearing, people: Iterable[Post], text: str, *, key: str, at: datetime) -> None:
    """``text`` takes the case's number; neither subject nor name (domain G)."""
    telling.notify_about(
        row.petition,
        people,
        text=text % {"number": row.petition.number},
        link=row.get_absolute_url(),
        dedupe_key=f"hearing:{row.pk}:{key}",
        level="soon",
        at=at,
    )
