"""The reviewing body calls a hearing, both sides are told, and the applicant may ask that a member stand aside.

The 条例 says only that a 复核 may have one and that its days are left out (36); notice, panel and recusal go by the
rules of a hearing in handling (``hearings``), by analogy.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import full_moment, han_date, local_day, now
from core.wording import said
from petitions import rules as petition_rules
from petitions.services import reviewing
from reviews import rules
from reviews.enums import Level, ReviewAct, State, ToldHow
from reviews.models import CalledHearing, HearingMember, HearingPeriod, Review
from reviews.services import inside

FEWEST = 3
#: Who of the staff may sit; as in a hearing of handling.
ROLES = (Role.HANDLER, Role.UNIT_HEAD, Role.PETITION_OFFICER, Role.INSPECTOR, Role.LEADER)


def coming(review: Review) -> CalledHearing | None:
    """The one that was called and not held yet. Two queries."""
    found: CalledHearing | None = (
        CalledHearing.objects.filter(review=review, ended_at=None).prefetch_related("panel__user").first()
    )
    return found


def candidates(review: Review, at: datetime) -> QuerySet[Post]:
    """Posts to choose the panel from: of the body, the petition office, and the heads of other units; nobody of the
    unit complained about or of the body that decided before, nor who had a hand in either paper, is recused or
    complained of (条例 28). A few small queries, however many posts."""
    case = review.petition
    near = Q(unit=review.body_id) | Q(unit__kind=UnitKind.PETITION_OFFICE)
    posts: QuerySet[Post] = Post.objects.current(local_day(at)).filter(
        (near & Q(role__in=ROLES)) | Q(role=Role.UNIT_HEAD), user__is_active=True
    )
    posts = posts.exclude(unit__kind=UnitKind.DISCIPLINE).exclude(user__in=petition_rules.recused_from(case))
    sides = [review.handled_by, case.complained_unit]
    if review.first is not None:
        sides.append(review.first.body)
    for unit in sides:
        # Everybody stands within the district; who decided there is left out by name.
        if unit is not None and unit.kind != UnitKind.DISTRICT:
            posts = posts.exclude(user__posts__unit__path__startswith=unit.path)
    posts = posts.exclude(user__in=rules.hands_on_papers(review))
    return posts.select_related("user", "unit").order_by("unit__path", "id")


def first_day(told_on: date) -> date:
    """The first day on which it may be held when the applicant is told on that day (HEARING_NOTICE_DAYS)."""
    return told_on + timedelta(days=settings.HEARING_NOTICE_DAYS)


def call(
    *,
    review: Review,
    actor: Actor,
    starts_at: datetime,
    place: str,
    told_on: date,
    told_how: ToldHow,
    posts: Sequence[Post],
    at: datetime | None = None,
) -> CalledHearing:
    """Call a hearing with its panel, the chair first; the applicant was told, the unit is told now.

    Raises Refusal: not one's right, decided, one is called already, no place, told too late or in days to come, fewer
    than three, somebody who must not sit.
    """
    at = at or now()
    place = said(place, _("请写明听证的地点。"), longest=200)
    with transaction.atomic():
        row = inside.locked(review)
        rules.require(ReviewAct.CALL_HEARING, actor, review=row)
        inside.require_state(row, State.ASKED)
        if coming(row) is not None:
            raise Refusal(_("没有生效：已经定了一次听证，请先举行或者取消。"), code="stale")
        if not local_day(row.applied_at) <= told_on <= local_day(at):
            raise Refusal(_("通知申请人的日期须在收到申请之日到今天之间。"), code="invalid")
        if local_day(starts_at) < (first := first_day(told_on)):
            raise Refusal(
                _("须提前 %(n)d 日通知申请人，最早 %(day)s举行。")
                % {"n": settings.HEARING_NOTICE_DAYS, "day": han_date(first)},
                code="invalid",
            )
        _require_panel(row, posts, at)
        assert actor.user is not None
        made: CalledHearing = CalledHearing.objects.create(
            review=row,
            starts_at=starts_at,
            place=place,
            told_on=told_on,
            told_how=told_how,
            called_at=at,
            called_by=actor.user,
        )
        for place_of, post in enumerate(posts):
            HearingMember.objects.create(
                hearing=made, user=post.user, label=post.label[:120], chair=place_of == 0
            )
        words = {"level": Level(row.level).label, "when": full_moment(starts_at), "place": place}
        told = _("%(level)s听证定于%(when)s在%(place)s举行。") % words
        reviewing.note(petition=row.petition, actor=actor, text=told, public_text=told, at=at)
        inside.on_record(row, actor, "call_hearing", at)
        unit_told = _("%(number)s 的%(level)s要举行听证，请看时间、地点。")
        inside.tell(row, inside.those_reviewed(row, at), unit_told, f"hearing:{made.pk}", at)
        inside.tell(
            row,
            list(posts),
            _("%(number)s 的%(level)s听证由您参加，请看时间、地点。"),
            f"panel:{made.pk}",
            at,
        )
    return made


def _require_panel(review: Review, posts: Sequence[Post], at: datetime) -> None:
    users = {post.user_id for post in posts}
    if len(users) < len(posts):
        raise Refusal(_("同一人在听证人员里写了两次，请另选一人。"), code="invalid")
    if len(posts) < FEWEST:
        raise Refusal(
            _("听证人员至少 %(least)d 人，其中一人主持，请再选 %(more)d 人。")
            % {"least": FEWEST, "more": FEWEST - len(posts)},
            code="invalid",
        )
    free = set(candidates(review, at).values_list("pk", flat=True))
    for post in posts:
        if post.pk not in free:
            raise Refusal(
                _("%(who)s不能作听证人员：原办理、复查的人员和应当回避的人不参加。请另选一人。")
                % {"who": post.user.get_full_name()},
                code="invalid",
            )


def decide_recusal(
    *,
    review: Review,
    actor: Actor,
    member: HearingMember,
    asked: str,
    granted: bool,
    decision: str,
    instead: Post | None = None,
    at: datetime | None = None,
) -> HearingMember:
    """The head of the body decides on what the applicant asked, before the hearing; ``instead`` sits in the place of
    whoever stands aside, as chair where they were.

    Raises Refusal: not the head, the very member, begun, decided before, no reasons, nobody instead.
    """
    at = at or now()
    asked = said(asked, _("请写明申请回避的理由。"), longest=500)
    decision = said(decision, _("请写明决定的理由。"), longest=500)
    with transaction.atomic():
        row = inside.locked(review)
        rules.require(ReviewAct.HEARING_RECUSAL, actor, review=row)
        hearing = _coming_or_refused(row)
        if at >= hearing.starts_at:
            raise Refusal(_("听证已经开始，回避请当场向听证主持人提出。"), code="stale")
        one = (
            HearingMember.objects.select_for_update(of=("self",))
            .filter(hearing=hearing, pk=member.pk)
            .first()
        )
        if one is None or one.granted is not None:
            raise Refusal(_("没有生效：这名听证人员的回避已经决定过，或者不在这次听证里。"), code="stale")
        if actor.user is not None and one.user_id == actor.user.pk:
            raise Refusal(_("申请的是您本人回避，请由另一名负责人决定。"), code="forbidden")
        one.asked, one.granted, one.decision = asked, granted, decision
        one.left_at = at if granted else None
        one.save(update_fields=["asked", "granted", "decision", "left_at"])
        if granted:
            _seat_instead(row, hearing, one, instead, at)
        told = _("同意一名听证人员回避。") if granted else _("不同意听证人员回避的申请。")
        reviewing.note(
            petition=row.petition, actor=actor, text=told + decision, public_text=told + decision, at=at
        )
        inside.on_record(row, actor, "hearing_recusal", at, granted=granted)
    return one


def _seat_instead(
    review: Review, hearing: CalledHearing, gone: HearingMember, instead: Post | None, at: datetime
) -> None:
    staying = {one.user_id for one in hearing.panel.all()} | {gone.user_id}
    if (
        instead is None
        or instead.user_id in staying
        or not candidates(review, at).filter(pk=instead.pk).exists()
    ):
        raise Refusal(_("同意回避的，请另选一人参加听证：没有参加本次听证、也不须回避的人。"), code="invalid")
    HearingMember.objects.create(
        hearing=hearing, user=instead.user, label=instead.label[:120], chair=gone.chair
    )
    words = _("%(number)s 的%(level)s听证由您参加，请看时间、地点。")
    inside.tell(review, [instead], words, f"panel:{hearing.pk}:{instead.pk}", at)


def call_off(*, review: Review, actor: Actor, reason: str, at: datetime | None = None) -> None:
    """Raises Refusal: not the head of the body, none called, no reason."""
    at = at or now()
    reason = said(reason, _("请写明取消听证的理由。"), longest=500)
    with transaction.atomic():
        row = inside.locked(review)
        rules.require(ReviewAct.CALL_OFF_HEARING, actor, review=row)
        hearing = _coming_or_refused(row)
        _end(hearing, reason, at)
        told = _("原定%(when)s的听证取消：%(why)s") % {"when": full_moment(hearing.starts_at), "why": reason}
        reviewing.note(petition=row.petition, actor=actor, text=told, public_text=told, at=at)
        inside.on_record(row, actor, "call_off_hearing", at)
        unit_told = _("%(number)s 的%(level)s听证取消。")
        people: list[Post | int] = [
            *inside.those_reviewed(row, at),
            *(one.user_id for one in hearing.sitting),
        ]
        inside.tell(row, people, unit_told, f"hearing-off:{hearing.pk}", at)


def _coming_or_refused(review: Review) -> CalledHearing:
    found = coming(review)
    if found is None:
        raise Refusal(_("没有生效：现在没有要举行的听证。"), code="stale")
    return found


def hold(review: Review, period: HearingPeriod, at: datetime) -> None:
    """In the transaction of the record: the hearing that was called is the one that was held. None called: nothing.

    Raises Refusal: on another day than both sides were told.
    """
    hearing = coming(review)
    if hearing is None:
        return
    if period.start_on != local_day(hearing.starts_at):
        raise Refusal(
            _("通知的听证日期是%(day)s。在别的日子举行的，请先取消，重新通知。")
            % {"day": han_date(hearing.starts_at)},
            code="invalid",
        )
    hearing.period, hearing.ended_at = period, at
    hearing.save(update_fields=["period", "ended_at"])


def refuse_while_coming(review: Review) -> None:
    """Before the decision. Raises Refusal: a hearing was called and is still to be held."""
    hearing = coming(review)
    if hearing is not None:
        raise Refusal(
            _("定于%(when)s的听证还没有登记举行，请先登记听证，或者取消听证再作出意见。")
            % {"when": full_moment(hearing.starts_at)},
            code="stale",
        )


def let_go(review: Review, at: datetime) -> None:
    """The review has ended otherwise: nobody is to come."""
    hearing = coming(review)
    if hearing is not None:
        _end(hearing, _("本次申请已经结束"), at)


def _end(hearing: CalledHearing, reason: str, at: datetime) -> None:
    hearing.ended_at, hearing.end_reason = at, clean_text(reason)
    hearing.save(update_fields=["ended_at", "end_reason"])
