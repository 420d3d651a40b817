"""Hearings, the decision and its service (条例 35, 36)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.selectors import office_posts
from core.errors import Refusal
from core.timekeeping import han_date, local_day, now
from core.uploads import prepare_files
from core.wording import said
from deadlines import services as deadlines
from deadlines.enums import RuleCode
from deadlines.services.clocks import leave_out
from petitions.enums import ServiceMethod
from petitions.facts import facts_of
from petitions.services import attaching, reviewing
from petitions.services.answering import PUBLIC_NOTICE
from reviews import rules
from reviews.enums import REPLACING, Level, Outcome, ReviewAct, State
from reviews.models import HearingPeriod, Review, ReviewClock
from reviews.models.reviews import days_between
from reviews.services import hearings, inside


def record_hearing(
    *, review: Review, actor: Actor, start_on: date, end_on: date, text: str, at: datetime | None = None
) -> HearingPeriod:
    """The days a hearing took, both included. They are left out of the 30 days of a 复核, not of a 复查 (条例 36).

    Raises Refusal: not one's right, decided, days to come or before the application, or days entered before.
    """
    at = at or now()
    text = said(text, _("请写明听证的情况。"), longest=5000)
    try:
        with transaction.atomic():
            row = inside.locked(review)
            rules.require(ReviewAct.HEARING, actor, review=row)
            inside.require_state(row, State.ASKED)
            if end_on < start_on or end_on > local_day(at) or start_on < local_day(row.applied_at):
                raise Refusal(_("听证日期须在收到申请之日到今天之间，先开始后结束。"), code="invalid")
            period: HearingPeriod = HearingPeriod.objects.create(
                review=row,
                start_on=start_on,
                end_on=end_on,
                text=text,
                recorded_at=at,
                recorded_by=actor.user,
            )
            hearings.hold(row, period, at)
            _move_clock(row, at)
            words = {"level": Level(row.level).label, "days": period.days}
            told = _("%(level)s听证 %(days)d 天。") % words
            if row.is_final:
                told += _("听证所需时间不计算在 30 日以内（条例第三十六条）。")
            reviewing.note(petition=row.petition, actor=actor, text=told, public_text=told, at=at)
            inside.on_record(row, actor, "hearing", at, days=period.days)
    except IntegrityError as error:
        if "hearing_days_once" in str(error):
            raise Refusal(_("这些日子里有的已经登记过听证，请核对。"), code="invalid") from error
        raise
    return period


def _move_clock(review: Review, at: datetime) -> None:
    if not review.is_final:
        return
    days = sum(days_between(one.start_on, one.end_on) for one in review.hearings.all())
    clock = ReviewClock.objects.filter(review=review, stopped_at=None).get()
    leave_out(clock, days, at)


def decide(
    *,
    review: Review,
    actor: Actor,
    outcome: Outcome,
    text: str,
    basis: str,
    opinion: str = "",
    grants: Collection[int] = (),
    files: Sequence[UploadedFile] = (),
    at: datetime | None = None,
) -> Review:
    """维持, 撤销, 变更 or 责令重新办理, by the head of the body. The last sends the case back at once, with 60 days.
    ``grants``: ordinals of the requests that the body's own opinion supports, carried out once it is served;
    ``files``: what it rests on, kept with the case.

    Raises Refusal: not one's right; decided before; no text or basis; 撤销 or 变更 without the body's own opinion;
    files that are not taken.
    """
    at = at or now()
    text = said(text, _("请写明查明的事实和意见。"))
    basis = said(basis, _("请写明依据（条例第三十五条、第三十六条）。"), longest=5000)
    opinion = _said_opinion(outcome, opinion)
    files = prepare_files(files)
    with attaching.undone_with_the_step(), transaction.atomic():
        row = inside.locked(review)
        rules.require(ReviewAct.DECIDE, actor, review=row)
        inside.require_state(row, State.ASKED)
        hearings.refuse_while_coming(row)
        row.state, row.outcome = State.DECIDED, outcome
        row.text, row.basis, row.opinion = text, basis, opinion
        row.decided_at, row.decided_by = at, actor.user
        row.save(update_fields=["state", "outcome", "text", "basis", "opinion", "decided_at", "decided_by"])
        row.grants.set(inside.granted(row, outcome, grants))
        row.files.set(attaching.attach(row.petition, files, actor=actor, at=at))
        inside.stop_clocks(row, at)
        _into_history(row, actor, at)
        inside.on_record(row, actor, "decide", at, outcome=outcome)
        told = _("%(number)s 的%(level)s意见已作出，请查看。")
        inside.tell(row, inside.those_reviewed(row, at), told, "decided", at)
    review.refresh_from_db()
    return review


def _said_opinion(outcome: Outcome, opinion: str) -> str:
    """What stands in the place of the answer: the body's own, of 撤销 and 变更 alone."""
    opinion = opinion.strip() and said(opinion)
    if outcome in REPLACING and not opinion:
        raise Refusal(_("撤销、变更的，须写明新的处理意见。"), code="invalid")
    if outcome not in REPLACING and opinion:
        raise Refusal(_("只有撤销、变更的才写新的处理意见。"), code="invalid")
    return opinion


def _into_history(row: Review, actor: Actor, at: datetime) -> None:
    words = {
        "level": Level(row.level).label,
        "body": row.body_label,
        "outcome": Outcome(row.outcome).label,
    }
    if row.outcome == Outcome.REDO:
        reviewing.redo(
            petition=row.petition,
            actor=actor,
            text=_("%(level)s：责令重新办理，不能以同一事实和理由作出相同的意见。") % words,
            public_text=_("%(body)s%(level)s：责令原办理单位重新办理，60 日内答复您。") % words,
            at=at,
        )
        return
    reviewing.note(
        petition=row.petition,
        actor=actor,
        text=_("%(level)s意见：%(outcome)s") % words,
        public_text=_("%(body)s已作出%(level)s意见，正在送达。") % words,
        at=at,
    )


def serve(
    *,
    review: Review,
    actor: Actor,
    method: ServiceMethod,
    served_at: datetime,
    proof: str = "",
    consented: bool = False,
    at: datetime | None = None,
) -> Review:
    """送达 of the decision. Of a 复查 it opens the 30 days for 复核, of a 复核 it ends the matter (条例 36).

    ``served_at`` is when it was received; of a 公告 when it was put up, which counts as received 30 days later.
    Raises Refusal: not one's right; not decided; an impossible day; no proof where nobody signed; no consent.
    """
    at = at or now()
    with transaction.atomic():
        row = inside.locked(review)
        rules.require(ReviewAct.SERVE, actor, review=row)
        inside.require_state(row, State.DECIDED)
        _check_service(row, method, served_at, proof, consented, at)
        row.state, row.method, row.proof = State.SERVED, method, proof.strip()
        row.served_at = served_at + PUBLIC_NOTICE if method == ServiceMethod.PUBLIC else served_at
        row.ended_at = at
        row.save(update_fields=["state", "method", "proof", "served_at", "ended_at"])
        open_window(row)
        inside.replace_answer(row, actor, at)
        words = _words_of_service(row)
        reviewing.note(petition=row.petition, actor=actor, text=words, public_text=words, at=at)
        inside.on_record(row, actor, "serve", at, method=method)
        _tell_served(row, at)
        inside.let_out(row, at)
    review.refresh_from_db()
    return review


def _check_service(
    row: Review, method: ServiceMethod, served_at: datetime, proof: str, consented: bool, at: datetime
) -> None:
    assert row.decided_at is not None
    if method == ServiceMethod.PHONE:
        raise Refusal(
            _("复查复核意见须书面送达，不能电话告知（条例第三十五条、第三十六条）。"), code="invalid"
        )
    if served_at > at or local_day(served_at) < local_day(row.decided_at):
        raise Refusal(_("送达日期须在作出意见之日到今天之间。"), code="invalid")
    if method in {ServiceMethod.LEFT, ServiceMethod.PUBLIC} and not proof.strip():
        raise Refusal(_("留置、公告送达须写明见证人、拍照留证或者公告的情况。"), code="invalid")
    if method == ServiceMethod.ELECTRONIC and not consented:
        raise Refusal(_("电子送达须经收件人同意：请先征得同意并勾选，或者换一种送达方式。"), code="invalid")


def goes_on(review: Review) -> bool:
    """Whether its service opens the window for 复核: an order to handle anew opens none, its new answer does."""
    return review.level == Level.REVIEW and review.outcome != Outcome.REDO


def open_window(row: Review) -> None:
    """The 30 days for 复核, from the service of a 复查 that does not send the case back."""
    if not goes_on(row):
        return
    assert row.served_at is not None
    known = facts_of(row.petition, row.body)
    deadlines.start(
        ReviewClock, rule_code=RuleCode.PETITIONER_WINDOW, at=row.served_at, facts=known, review=row
    )


def _words_of_service(row: Review) -> str:
    words = {"level": Level(row.level).label, "outcome": Outcome(row.outcome).label}
    if goes_on(row):
        due = row.clocks.get(rule__code=RuleCode.PETITIONER_WINDOW).due_at
        return _("%(level)s意见（%(outcome)s）已送达；不服的，%(day)s前可以申请复核。") % {
            **words,
            "day": han_date(due),
        }
    if row.outcome == Outcome.REDO:
        return _("%(level)s意见（%(outcome)s）已送达；原办理单位重新办理后另行答复。") % words
    return (
        _(
            "复核意见（%(outcome)s）已送达，复核意见是终结意见；以同一事实和理由再次提出的不再受理（条例第三十六条）。"
        )
        % words
    )


def _tell_served(row: Review, at: datetime) -> None:
    posts = [*office_posts(Role.PETITION_OFFICER, at), *inside.those_reviewed(row, at)]
    inside.tell(row, posts, _("%(number)s 的%(level)s意见已送达。"), "served", at)
