"""满意度评价 of the bodies that reviewed: by the petitioner alone, once for each service, until its own window ends
(条例 21; domain B5)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post
from accounts.selectors import office_posts
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import han_date, local_day, now
from outcomes.enums import RatingStatus, Stage
from outcomes.models import StageEvaluation
from outcomes.services import inside, visiting
from petitions.enums import Rating
from petitions.models import Petition
from petitions.rateable import Served, served_in
from petitions.services import telling

LONGEST = 2000


def last_day(one: Served) -> date:
    """The last day on which the body may be rated, that day included (Asia/Shanghai), that of service not counted."""
    return local_day(one.at) + timedelta(days=settings.EVALUATION_DAYS[one.stage])


def status_of(one: Served, rated: StageEvaluation | None, at: datetime) -> RatingStatus:
    """Overdue and not rated is a status of its own, and no word of satisfaction."""
    if rated is not None:
        return RatingStatus.RATED
    if one.at > at:
        return RatingStatus.AHEAD
    return RatingStatus.OPEN if local_day(at) <= last_day(one) else RatingStatus.OVERDUE


def evaluate(
    *,
    petition: Petition,
    actor: Actor,
    stage: Stage,
    rating: Rating,
    comment: str = "",
    at: datetime | None = None,
) -> StageEvaluation:
    """Rate the body whose decision of this stage was served last. 不满意 opens a return visit by somebody else.

    Raises Refusal: not the petitioner (code "forbidden"), nothing served yet, rated already (code "repeated"), the
    window over.
    """
    at = at or now()
    if actor.role != Role.PETITIONER:
        raise Refusal(_("只有信访人本人可以评价，工作人员不能代评（条例第二十一条）。"), code="forbidden")
    words = clean_text(comment)
    if len(words) > LONGEST:
        raise Refusal(_("想说的话最多 %(most)d 字，请精简。") % {"most": LONGEST}, code="invalid")
    with transaction.atomic():
        case = inside.locked_case(petition.pk)
        one = _last(case, stage, at)
        if StageEvaluation.objects.of_service(case, stage, one.unit, one.at).exists():
            raise Refusal(
                _("这份%(stage)s意见已经评价过，只评一次。") % {"stage": stage.label}, code="repeated"
            )
        if local_day(at) > last_day(one):
            raise Refusal(
                _("没有记录：这份%(stage)s意见的评价期到 %(day)s为止。")
                % {"stage": stage.label, "day": han_date(last_day(one))},
                code="stale",
            )
        row = StageEvaluation.objects.create(
            petition=case, stage=stage, unit=one.unit, served_at=one.at, rating=rating, comment=words, at=at
        )
        # Neither the rating nor the words: the log is read by more people than the rating is.
        inside.on_record(case, row, actor, "evaluate", at, level=str(stage))
        if rating == Rating.DISSATISFIED:
            visiting.open_by_stage(case, row, at)
            inside.tell(
                case,
                _told(case, row, at),
                _("%(number)s 信访人对复查复核评价“不满意”，请了解情况。"),
                link="",
                key=f"stage-evaluation:{row.pk}",
                at=at,
            )
    return row


def _last(case: Petition, stage: Stage, at: datetime) -> Served:
    found = [one for one in served_in(case) if one.stage == stage and one.at <= at]
    if not found:
        raise Refusal(_("没有记录：%(stage)s意见送达以后才能评价。") % {"stage": stage.label}, code="stale")
    return found[-1]


def _told(case: Petition, row: StageEvaluation, at: datetime) -> list[int]:
    """Whoever arranges the visit: the petition office's officers, or its inspectors where the government was rated for
    which that office prepares and serves. Never anybody posted in the body itself."""
    government = row.unit.kind in {UnitKind.DISTRICT, UnitKind.PETITION_OFFICE}
    posts: list[Post] = office_posts(Role.INSPECTOR if government else Role.PETITION_OFFICER, at)
    if row.unit.kind != UnitKind.DISTRICT:  # everybody stands within the district
        posts = [post for post in posts if not post.unit.is_within(row.unit)]
    return telling.who_may_know(case, posts, at=at)
