"""Asking for a review: by the petitioner's page, at a counter, by letter; taking it back; not admitting it."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.selectors import office_posts
from core.errors import Refusal
from core.timekeeping import SHANGHAI, han_date, local_day, now
from core.wording import said
from deadlines import services as deadlines
from deadlines.enums import RuleCode
from petitions.facts import facts_of
from petitions.models import Petition
from petitions.services import reviewing
from petitions.services.stepping import lock
from reviews import people, rules, windows
from reviews.enums import Channel, Level, NotAdmitted, ReviewAct, State
from reviews.models import Review, ReviewClock
from reviews.services import hearings, inside

LONGEST_REASON, LONGEST_WHY = 5000, 300
CLOCKS = {Level.REVIEW: RuleCode.REVIEW_30, Level.FINAL: RuleCode.FINAL_REVIEW_30}


def apply(
    *,
    petition: Petition,
    actor: Actor,
    channel: Channel,
    reason: str,
    received_on: date | None = None,
    posted_on: date | None = None,
    why: str = "",
    at: datetime | None = None,
    token: str = "",
) -> Review:
    """Ask for 复查 of the opinion, or for 复核 of the review, whichever was served last (条例 35, 36). Where every body
    in the line of a 复查 is complained of or recused, it is taken in all the same and referred upward (条例 28).

    ``received_on`` is the day it came to the counter (today by default), from which the body's 30 days count;
    ``posted_on`` the day of the postmark: posted in time is in time. Both are days in Asia/Shanghai. ``why`` is asked
    where it is entered for an earlier day, or after the window by an earlier day's word; it stands in the history.

    Raises Refusal: not one's right; nothing to complain about, or not served yet; under review already; too late, with
    how many days and what remains possible; impossible days; no ``why``; the same form twice.
    """
    at = at or now()
    reason = said(reason, _("请写明不服的理由。"), longest=LONGEST_REASON)
    day = received_on or local_day(at)
    try:
        with transaction.atomic():
            case = lock(petition.pk)
            rules.require(ReviewAct.APPLY, actor, petition=case)
            _check_channel(actor, channel, day, posted_on, at)
            window = windows.require_open(case, at, posted_on or day)
            _check_days(window, day, posted_on)
            why = _said_why(window, day, why, at)
            review = Review.objects.create(
                petition=case,
                level=window.level,
                body=window.body,
                body_name="" if window.body is not None else windows.referred_to(),
                reply=window.reply,
                first=window.first,
                applied_at=max(_moment(day, at), window.opened_at),
                posted_on=posted_on,
                channel=channel,
                reason=reason,
                taken_by=actor.user,
            )
            # Of one that was referred upward the office keeps the same days in sight, though another decides.
            known = facts_of(case, window.body)
            deadlines.start(
                ReviewClock, rule_code=CLOCKS[window.level], at=review.applied_at, facts=known, review=review
            )
            inside.let_in(review, at)
            told, public = _words_of(review)
            reviewing.note(
                petition=case,
                actor=actor,
                text=told + _entered_late(day, posted_on, why),
                public_text=public,
                at=at,
                token=token,
            )
            inside.on_record(
                review, actor, "apply", at, channel=channel, **_days_on_record(day, posted_on, why)
            )
            _tell(review, at)
    except IntegrityError as error:
        if "review_" in str(error):
            raise Refusal(_("没有生效：本件刚刚已经有人登记了申请。"), code="stale") from error
        raise
    return review


def withdraw(*, review: Review, actor: Actor, text: str = "", at: datetime | None = None) -> Review:
    """The petitioner takes the application back while it is not decided; no reason is asked. Within the window they may
    apply again. Raises Refusal: not one's right, or decided."""
    at = at or now()
    with transaction.atomic():
        row = inside.locked(review)
        rules.require(ReviewAct.WITHDRAW, actor, review=row)
        _end(row, State.WITHDRAWN, said(text, longest=500) if text else "", at)
        words = _("%(level)s申请已撤回；期限以内可以再次申请。") % {"level": Level(row.level).label}
        reviewing.note(petition=row.petition, actor=actor, text=words, public_text=words, at=at)
        inside.on_record(row, actor, "withdraw", at)
    review.refresh_from_db()
    return review


def not_admit(
    *, review: Review, actor: Actor, ground: NotAdmitted, text: str, at: datetime | None = None
) -> Review:
    """Not decide upon it, on one of the listed grounds, told to the petitioner with an explanation.

    Raises Refusal: not one's right, decided, or no explanation.
    """
    at = at or now()
    text = said(text, _("请写明不予受理的具体情况，信访人会看到。"), longest=2000)
    with transaction.atomic():
        row = inside.locked(review)
        rules.require(ReviewAct.NOT_ADMIT, actor, review=row)
        row.not_admitted = ground
        _end(row, State.NOT_ADMITTED, text, at)
        words = {"level": Level(row.level).label, "body": row.body_label, "text": text}
        ground_words = NotAdmitted(ground).label
        reviewing.note(
            petition=row.petition,
            actor=actor,
            text=_("%(level)s申请不予受理：") % words + f"{ground_words}；{text}",
            public_text=_("%(body)s不予受理您的%(level)s申请：") % words + f"{ground_words}。{text}",
            at=at,
        )
        inside.on_record(row, actor, "not_admit", at, ground=ground)
    review.refresh_from_db()
    return review


def _end(row: Review, state: State, text: str, at: datetime) -> None:
    inside.require_state(row, State.ASKED)
    row.state, row.end_text, row.ended_at = state, text, at
    row.save(update_fields=["state", "end_text", "ended_at", "not_admitted"])
    inside.stop_clocks(row, at)
    hearings.let_go(row, at)
    inside.let_out(row, at)


def _check_channel(actor: Actor, channel: Channel, day: date, posted_on: date | None, at: datetime) -> None:
    if (actor.role == Role.PETITIONER) != (channel == Channel.PAGE):
        raise Refusal(_("请选择窗口或者信函。"), code="invalid")
    if channel != Channel.LETTER and posted_on is not None:
        raise Refusal(_("只有信函填写邮戳日期。"), code="invalid")
    if channel == Channel.LETTER and posted_on is None:
        raise Refusal(_("请填写邮戳日期：以邮戳日期算是不是在期限以内。"), code="invalid")
    if day > local_day(at):
        raise Refusal(_("收到日期不能晚于今天。"), code="invalid")
    if posted_on is not None and posted_on > day:
        raise Refusal(_("邮戳日期不能晚于收到日期。"), code="invalid")


def _check_days(window: windows.Window, day: date, posted_on: date | None) -> None:
    if (posted_on or day) < local_day(window.opened_at):
        raise Refusal(
            _("收到或者邮戳日期早于送达之日 %(day)s，请核对日期。") % {"day": han_date(window.opened_at)},
            code="invalid",
        )


def _said_why(window: windows.Window, day: date, why: str, at: datetime) -> str:
    """What is entered for an earlier day shortens the body's 30 days, or brings a late application in: that is not done
    without a word on record. Empty where nothing is to be explained."""
    today = local_day(at)
    if day == today and not window.days_late(today):
        return ""
    missing = _("收到日期早于今天，或者期限已过、按邮戳日期算按时的，请写明补录原因和凭据。")
    return said(why, missing, longest=LONGEST_WHY)


def _entered_late(day: date, posted_on: date | None, why: str) -> str:
    if not why:
        return ""
    words = {"day": han_date(day), "why": why, "posted": han_date(posted_on) if posted_on else ""}
    if posted_on is not None:
        return _("补录：%(posted)s邮戳，%(day)s收到；%(why)s") % words
    return _("补录：%(day)s收到；%(why)s") % words


def _days_on_record(day: date, posted_on: date | None, why: str) -> dict[str, str]:
    """For the log, which holds no free words about people."""
    if not why:
        return {}
    return {"received_on": day.isoformat(), **({"posted_on": posted_on.isoformat()} if posted_on else {})}


def _moment(day: date, at: datetime) -> datetime:
    """The start day is not counted, so any moment of it does."""
    return at if day == local_day(at) else datetime.combine(day, time(12), SHANGHAI)


def _words_of(review: Review) -> tuple[str, str]:
    """For the staff and for the petitioner: who decides until when, or that this is asked of the level above."""
    if review.body is None:
        return (
            _("申请复查。可以办理的机关都须回避，由信访局报请上级机关确定。"),
            _("已收到您的复查申请。可以办理的机关都须回避，信访局正在报请上级机关确定由谁办理，再告诉您。"),
        )
    day = han_date(review.clocks.get(stopped_at=None).due_at)
    words = {"level": Level(review.level).label, "body": review.body.name, "day": day}
    return (
        _("申请%(level)s，由%(body)s办理，%(day)s前作出意见。") % words,
        _("已收到您的%(level)s申请，由%(body)s办理，%(day)s前作出意见。") % words,
    )


def _tell(review: Review, at: datetime) -> None:
    if review.body is None:
        asked = _("%(number)s 申请%(level)s，可以办理的机关都须回避：请报请上级机关确定，并登记结果。")
        inside.tell(review, office_posts(Role.PETITION_OFFICER, at), asked, "applied", at)
        return
    posts = [*people.workers(review.body, at), *people.deciders(review.body, at)]
    inside.tell(review, posts, _("%(number)s 申请%(level)s，请在期限以内作出意见。"), "applied", at)
    words = _("%(number)s 的处理意见被申请%(level)s，由%(body)s办理。")
    inside.tell(review, inside.those_reviewed(review, at), words, "reviewed", at)
