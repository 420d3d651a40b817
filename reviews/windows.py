"""Until when a paper can be complained about, to whom, and why not now (条例 35, 36). Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.selectors import has_ended, successors_of
from core.errors import Refusal
from core.timekeeping import han_date, local_day
from deadlines.enums import RuleCode
from petitions.enums import Kind, Path
from petitions.models import Petition, Reply
from petitions.services import complained
from petitions.services.answering import review_body_of
from reviews import papers, people
from reviews.enums import Level, Outcome, State
from reviews.models import Review, ReviewClock


@dataclass(frozen=True)
class Window:
    """The 30 days in which the paper in force may be complained about. ``until`` is the last moment, rolled off a day
    off; ``opened_at`` the service. ``body`` is None where it is none of this system's."""

    level: Level
    reply: Reply | None
    first: Review | None
    body: Unit | None
    opened_at: datetime
    until: datetime

    def is_open(self, at: datetime) -> bool:
        return self.opened_at <= at <= self.until

    def is_ahead(self, at: datetime) -> bool:
        """It has not begun: a 公告 counts as received 30 days after it was put up."""
        return at < self.opened_at

    def days_left(self, at: datetime) -> int:
        """Whole days after today; 0 on the last day."""
        return max((self.until - at) // timedelta(days=1), 0)

    def days_late(self, day: date) -> int:
        """How many days after the last one; 0 in time."""
        return max((day - local_day(self.until)).days, 0)


def window_of(case: Petition, at: datetime) -> Window | None:
    """The window of the last served paper; None where there is none to complain about. Up to four queries."""
    if case.sealed or case.kind != Kind.APPEAL or case.path != Path.PETITION:
        return None
    reply, service = getattr(case, "reply", None), getattr(case, "service", None)
    if reply is None or service is None:
        return None
    last = Review.objects.used().filter(reply=reply).select_related("body").first()
    if last is None or last.state != State.SERVED:
        clock = case.clocks.filter(rule__code=RuleCode.PETITIONER_WINDOW).order_by("-id").first()
        if clock is None:
            return None
        body = body_of_review(case, reply, at)
        return Window(Level.REVIEW, reply, None, body, service.served_at, clock.due_at)
    again = ReviewClock.objects.filter(review=last, rule__code=RuleCode.PETITIONER_WINDOW).first()
    if again is None or last.served_at is None:
        return None
    return Window(Level.FINAL, None, last, body_of_final(case, last, at), last.served_at, again.due_at)


def body_of_review(case: Petition, reply: Reply, at: datetime) -> Unit | None:
    """The body the paper names, or the next one above that is neither the unit that answered nor complained of."""
    made = papers.hands_on([reply.pk], [])[0].get(reply.pk, set())
    return _fit(case, reply.review_body, [reply.unit], made | _ids(reply.by_id), at)


def body_of_final(case: Petition, first: Review, at: datetime) -> Unit | None:
    """The body above the one that reviewed."""
    assert first.reply is not None
    if first.body is None:
        return None  # a body above this system decided: above it there is none of ours
    of_replies, of_reviews = papers.hands_on([first.reply.pk], [first.pk])
    made = of_replies.get(first.reply.pk, set()) | of_reviews.get(first.pk, set())
    made |= _ids(first.reply.by_id, first.decided_by_id)
    return _fit(case, review_body_of(first.body), [first.reply.unit, first.body], made, at)


def _ids(*people: int | None) -> set[int]:
    return {one for one in people if one is not None}


def _fit(case: Petition, body: Unit | None, sides: list[Unit], made: set[int], at: datetime) -> Unit | None:
    """The first one from ``body`` up that may decide; in the place of one that has ended, whoever followed it (条例
    24), who steps into the place of a side as well. ``made``: ids of whoever made the paper complained about."""
    day = local_day(at)
    sides = [one for side in sides for one in (side, *successors_of(side, day))]
    seen: set[int] = set()
    while body is not None and body.pk not in seen:
        seen.add(body.pk)
        heirs = successors_of(body, day)
        acting = (heirs[0] if len(heirs) == 1 else None) if has_ended(body, day) else body
        if acting is not None and not _bars(case, acting, sides, made, at):
            return acting
        body = review_body_of(body)
    return None


def _bars(case: Petition, body: Unit, sides: list[Unit], made: set[int], at: datetime) -> bool:
    if any(body.is_within(side) for side in sides) or complained.blocks(case, body, at):
        return True
    return _all_stand_back(case, body, made, at)


def _all_stand_back(case: Petition, body: Unit, made: set[int], at: datetime) -> bool:
    """Everybody who decides for the body is recused, or had a hand in the paper complained about (条例 28)."""
    out = set(made)
    if case.has_recusals:
        out |= set(case.recusals.filter(ended_at=None).values_list("user_id", flat=True))
    deciding = {post.user_id for post in people.deciders(body, at)}
    return bool(deciding) and deciding <= out


def referred_to() -> str:
    """In the place of the body's name, until it is known which one the level above has named."""
    return settings.FINAL_REVIEW_BODY or _("上级机关（由信访局报请确定）")


def require_open(case: Petition, at: datetime, day: date) -> Window:
    """The window in which an application handed in or posted on ``day`` falls.

    A 复查 is always taken in: where no body is free, ``body`` is None and the petition office refers it upward.

    Raises Refusal (code "stale"): nothing to complain about, not served yet, under review already, too late (with how
    many days, and what remains possible), decided for good, or of a 复核 a body that is none of this system's.
    """
    last = case.reviews.open().select_related("body").order_by("-id").first()
    set_aside = last is not None and last.outcome == Outcome.REDO and hasattr(case, "service")
    if last is not None and not set_aside:
        raise Refusal(_running(last), code="stale")
    window = window_of(case, at)
    if window is None:
        raise Refusal(why_none(case), code="stale")
    if Review.objects.used().filter(first=window.first, first__isnull=False).exists():
        raise Refusal(decided_for_good(), code="stale")
    if at < window.opened_at:
        raise Refusal(_too_early(window.level), code="stale")
    if late := window.days_late(day):
        raise Refusal(_too_late(window, late), code="stale")
    if window.body is None and window.level == Level.FINAL:
        raise Refusal(elsewhere(window), code="stale")
    return window


def require_elsewhere(case: Petition, at: datetime) -> Window:
    """The window for a 复核 that no body of this system decides on.

    Raises Refusal (code "stale"): no 复查 was served, it is under review, decided for good, or a body here decides.
    """
    if (running := case.reviews.open().select_related("body").order_by("-id").first()) is not None:
        raise Refusal(_running(running), code="stale")
    window = window_of(case, at)
    if window is None:
        raise Refusal(why_none(case), code="stale")
    if window.level != Level.FINAL or window.body is not None:
        raise Refusal(_("本件由本系统里的机关办理，请按复查复核申请登记。"), code="stale")
    if Review.objects.used().filter(first=window.first).exists():
        raise Refusal(decided_for_good(), code="stale")
    return window


def elsewhere(window: Window) -> str:
    """Where the body is none of this system's: whom to ask."""
    words = {"day": han_date(window.until), "body": settings.FINAL_REVIEW_BODY}
    if window.level == Level.REVIEW:
        return (
            _(
                "可以办理复查的机关都须回避（条例第二十八条）。仍然可以在 %(day)s以前申请：由信访局登记，"
                "报请上级机关确定由谁办理，再告知申请人。"
            )
            % words
        )
    if settings.FINAL_REVIEW_BODY:
        return _("复核由上一级机关%(body)s办理，请在 %(day)s以前直接向其提出（条例第三十六条）。") % words
    return (
        _(
            "复核由上一级机关办理，请在 %(day)s以前直接向其提出。"
            "上一级机关是复查机关的上一级行政机关，地址可以问复查机关（条例第三十六条）。"
        )
        % words
    )


def decided_for_good() -> str:
    return _(
        "本件已经复核终结，以同一事实和理由再次提出的不再受理（条例第三十六条）。有新的事实或者理由的，可以作为新的信访事项提出。"
    )


def _running(review: Review) -> str:
    words = {
        "level": Level(review.level).label,
        "body": review.body_label,
        "day": han_date(review.applied_at),
    }
    if review.state == State.DECIDED:
        return _("%(body)s已经作出%(level)s意见，正在送达；送达以后再看能不能继续申请。") % words
    return _("已经申请%(level)s：%(body)s %(day)s收到，正在办理，不用再次申请。") % words


def why_none(case: Petition) -> str:
    if case.sealed or case.kind != Kind.APPEAL or case.path != Path.PETITION:
        return _("只有信访程序（路径六）的处理意见可以申请复查（条例第三十一条、第三十五条）。")
    if not hasattr(case, "reply"):
        return _("本件还没有作出处理意见，不能申请复查（条例第三十五条）。")
    return _too_early(Level.REVIEW)


def _too_early(level: Level) -> str:
    if level == Level.REVIEW:
        return _(
            "处理意见书还没有送达，申请复查的期限还没有开始；送达以后 30 日内可以申请（条例第三十五条）。"
        )
    return _("复查意见还没有送达，申请复核的期限还没有开始；送达以后 30 日内可以申请（条例第三十六条）。")


def _too_late(window: Window, late: int) -> str:
    return _(
        "申请%(level)s的期限到 %(day)s为止，这份申请晚了 %(n)d 天，不能受理（条例第%(article)s条）。"
        "有新的事实或者理由的，可以作为新的信访事项提出。"
    ) % {
        "level": window.level.label,
        "day": han_date(window.until),
        "n": late,
        "article": window.level.article,
    }


def ended_words(case: Petition) -> str:
    """A hint for whoever looks at a repeat of this case: it was decided for good (条例 36). Empty otherwise."""
    final = (
        Review.objects.filter(petition=case, level=Level.FINAL, state=State.SERVED)
        .exclude(outcome=Outcome.REDO)
        .order_by("-served_at")
        .first()
    )
    if final is None or final.served_at is None or (hasattr(case, "reply") and _answered_since(case, final)):
        return ""
    return _(
        "原件已于%(day)s复核终结：以同一事实和理由再次提出的，可以“复核终结后以同一事实和理由再次提出”为由不再受理；"
        "有新的事实或者理由的，按新的信访事项办理（条例第三十六条）"
    ) % {"day": local_day(final.served_at).isoformat()}


def _answered_since(case: Petition, final: Review) -> bool:
    """The case was ordered to be handled anew since, and has an answer that nobody has decided on for good."""
    return final.first is not None and final.first.reply_id != case.reply.pk
