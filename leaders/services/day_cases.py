"""Taking cases along to a reception (带案下访)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from leaders import rules
from leaders.enums import LeaderAct
from leaders.models import Booking, DayCase, VisitDay
from leaders.models.bookings import IN_LINE
from leaders.reception_enums import Turn
from leaders.services import stages
from leaders.services.bookings import lock_day
from leaders.services.holding import interested, refuse_interested
from petitions.models import Petition
from petitions.services import following, telling
from petitions.services.stepping import lock

LONGEST, MOST = 2000, 20


def pick_case(
    *,
    day: VisitDay,
    petition: Petition,
    actor: Actor,
    law: str = "",
    open_points: str = "",
    at: datetime | None = None,
) -> DayCase:
    """Put a case before the leader of that day, who may read it from now on; picked again, its words are changed.

    Raises Refusal: not one's right, a sealed or closed case, a leader recused or complained of (条例 28), a day that
    is over or called off, or twenty cases already.
    """
    at = at or now()
    with transaction.atomic():
        case = lock(petition.pk)
        row = lock_day(day.pk)
        rules.require(LeaderAct.PLAN_DAY, actor, leader=row.post, petition=case)
        if case.sealed:
            raise Refusal(_("检举控告件按纪检监察程序办理，不能带案下访。"), code="forbidden")
        if row.cancelled_at is not None or row.is_over(at):
            raise Refusal(_("这次接访已经结束或取消。"), code="stale")
        if row.prepared_at is not None:
            raise Refusal(_("这场接访的事前登记已经完成，不能再加带案；请安排到下一场。"), code="stale")
        if not case.state.is_open:
            raise Refusal(_("%(number)s 已经办结，不用带案。") % {"number": case.number}, code="stale")
        refuse_interested(case, row.post, at)
        texts = {"law": clean_text(law)[:LONGEST], "open_points": clean_text(open_points)[:LONGEST]}
        picked, new = DayCase.objects.update_or_create(
            day=row,
            petition=case,
            defaults=texts,
            create_defaults=texts | {"picked_at": at, "picked_by": actor.user},
        )
        if DayCase.objects.filter(day=row).count() > MOST:
            raise Refusal(_("一次接访最多带 %(n)d 件，请分次安排。") % {"n": MOST}, code="stale")
        following.grant_reading(petition=case, user_id=row.leader_id)
        audit.record(actor=actor, act="visit_case.pick", obj=picked, detail={"case": case.audit_name}, at=at)
        if new:
            telling.notify_about(
                case,
                [row.post],
                text=_("%(number)s 列入您的带案下访，请预读。") % {"number": case.number},
                link=row.get_absolute_url(),
                dedupe_key=f"visit_case:{picked.pk}",
                at=at,
            )
    return picked


def drop_case(*, picked: DayCase, actor: Actor, at: datetime | None = None) -> None:
    """Take it off again; the leader's reading ends with it, unless it is given for something else too."""
    at = at or now()
    with transaction.atomic():
        case = lock(picked.petition_id)
        day = lock_day(picked.day_id)
        rules.require(LeaderAct.PLAN_DAY, actor, leader=day.post, petition=case)
        if not DayCase.objects.filter(pk=picked.pk).exists():
            return
        audit.record(actor=actor, act="visit_case.drop", obj=picked, detail={"case": case.audit_name}, at=at)
        DayCase.objects.filter(pk=picked.pk).delete()
        following.revoke_reading(petition=case, user_id=day.leader_id)


def hand_on(day: VisitDay, before: int, at: datetime) -> None:
    """Of a locked day whose leader was ``before``, or that was called off: whoever goes reads what is taken along, who
    does not go no longer does, and 事前登记 begins anew. Raises Refusal: the new leader is recused from one of the
    cases or complained of."""
    if day.cancelled_at is None and before != day.leader_id:
        stages.begin_anew(day)
    taken = Q(pk__in=DayCase.objects.filter(day=day).values("petition"))
    booked = Q(pk__in=Booking.objects.filter(day=day, turn=Turn.WAITING).values("petition"))
    for case in Petition.objects.filter(taken | booked).select_related("complained_unit"):
        if day.cancelled_at is None and not case.sealed:
            if interested(case, day.post, at):
                raise Refusal(
                    _("%(who)s须回避这一场带案或有人预约的信访件（条例第二十八条），请另选领导。")
                    % {"who": day.post.user.get_full_name()},
                    code="invalid",
                )
            following.grant_reading(petition=case, user_id=day.leader_id)
        if day.cancelled_at is not None or before != day.leader_id:
            following.revoke_reading(petition=case, user_id=before)


def reads_for_a_day(petition: Petition, user_id: int) -> bool:
    """The case is taken along to a day of this leader that was not called off, or somebody has a place there to speak
    of it; read afterwards too, as a talk is."""
    mine = Q(petition=petition, day__leader=user_id, day__cancelled_at=None)
    booked = Booking.objects.filter(mine, state__in=IN_LINE)
    return DayCase.objects.filter(mine).exists() or booked.exists()
