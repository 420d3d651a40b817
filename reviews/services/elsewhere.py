"""复核 by a body above this system (条例 36): that the petitioner asked there, and what came of it, entered by the
petition office from the body's paper. No clock of ours runs but for a 复查 that was referred upward, of which the
office is reminded; what the body decides ends the matter or sends the case back as a decision of ours would.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import SHANGHAI, han_date, local_day, now
from core.uploads import prepare_files
from core.wording import said
from deadlines.enums import RuleCode
from petitions.models import Petition
from petitions.services import attaching, reviewing
from petitions.services.stepping import lock
from reviews import rules, windows
from reviews.enums import Channel, Level, Outcome, ReviewAct, State
from reviews.models import Review
from reviews.services import deciding, inside

LONGEST_NAME = 80


def enter(
    *,
    petition: Petition,
    actor: Actor,
    body_name: str,
    asked_on: date,
    reason: str = "",
    at: datetime | None = None,
    token: str = "",
) -> Review:
    """The petitioner asked for 复核 there on ``asked_on`` (a day in Asia/Shanghai); whether that was in time is the
    body's to say.

    Raises Refusal: not one's right; a 复核 that a body of this system decides, or none to ask for; asked already;
    no name of the body; a day to come or before the 复查 was served.
    """
    at = at or now()
    body_name = said(body_name, _("请写明复核机关的名称。"), longest=LONGEST_NAME)
    reason = said(reason, longest=5000) if reason.strip() else ""
    try:
        with transaction.atomic():
            case = lock(petition.pk)
            rules.require(ReviewAct.ELSEWHERE, actor, petition=case)
            window = windows.require_elsewhere(case, at)
            if not local_day(window.opened_at) <= asked_on <= local_day(at):
                raise Refusal(
                    _("申请日期须在复查意见送达之日（%(day)s）到今天之间。")
                    % {"day": han_date(window.opened_at)},
                    code="invalid",
                )
            review: Review = Review.objects.create(
                petition=case,
                level=Level.FINAL,
                body_name=body_name,
                first=window.first,
                applied_at=max(_noon(asked_on, at), window.opened_at),
                channel=Channel.ELSEWHERE,
                reason=reason,
                taken_by=actor.user,
            )
            words = {"body": body_name, "day": han_date(review.applied_at)}
            told = _("%(day)s向%(body)s申请复核。") % words
            reviewing.note(petition=case, actor=actor, text=told, public_text=told, at=at, token=token)
            inside.on_record(review, actor, "elsewhere", at)
    except IntegrityError as error:
        if "review_" in str(error):
            raise Refusal(_("没有生效：本件刚刚已经有人登记了申请。"), code="stale") from error
        raise
    return review


def enter_outcome(
    *,
    review: Review,
    actor: Actor,
    outcome: Outcome,
    decided_on: date,
    served_on: date,
    text: str,
    body_name: str = "",
    grants: Collection[int] = (),
    files: Sequence[UploadedFile] = (),
    at: datetime | None = None,
) -> Review:
    """What the body decided and when the petitioner received it. 责令重新办理 sends the case back, with 60 days.
    Of a 复查 that was referred upward ``body_name`` says who decided, and its service opens the window for 复核.
    ``grants``: ordinals of the requests that its opinion supports; ``files``: its paper, kept with the case.

    Raises Refusal: not one's right; entered before, or withdrawn; no text; days out of order or to come; files that
    are not taken.
    """
    at = at or now()
    text = said(text, _("请写明复核意见的内容。"))
    files = prepare_files(files)
    with attaching.undone_with_the_step(), transaction.atomic():
        row = inside.locked(review)
        rules.require(ReviewAct.ELSEWHERE_OUTCOME, actor, review=row)
        inside.require_state(row, State.ASKED)
        if not local_day(row.applied_at) <= decided_on <= served_on <= local_day(at):
            raise Refusal(_("先申请，再作出意见，再送达，都不晚于今天；请核对日期。"), code="invalid")
        row.state, row.outcome, row.text = State.SERVED, outcome, text
        row.decided_at = max(_noon(decided_on, at), row.applied_at)
        row.served_at, row.ended_at = max(_noon(served_on, at), row.decided_at), at
        if row.is_referred and body_name.strip():
            row.body_name = said(body_name, longest=LONGEST_NAME)
        row.save(
            update_fields=["state", "outcome", "text", "decided_at", "served_at", "ended_at", "body_name"]
        )
        inside.stop_clocks(row, at)
        deciding.open_window(row)
        row.grants.set(inside.granted(row, outcome, grants))
        inside.replace_answer(row, actor, at)
        row.files.set(attaching.attach(row.petition, files, actor=actor, at=at))
        _into_history(row, actor, at)
        inside.on_record(row, actor, "elsewhere_outcome", at, outcome=outcome)
        told = _("%(number)s 的%(level)s意见已登记，请查看。")
        inside.tell(row, inside.those_reviewed(row, at), told, "entered", at)
    review.refresh_from_db()
    return review


def _into_history(row: Review, actor: Actor, at: datetime) -> None:
    words = {"body": row.body_label, "outcome": Outcome(row.outcome).label}
    if row.outcome == Outcome.REDO:
        words["level"] = Level(row.level).label
        told = _("%(body)s%(level)s：责令原办理单位重新办理，60 日内答复。") % words
        reviewing.redo(petition=row.petition, actor=actor, text=told, public_text=told, at=at)
        return
    if row.is_referred:
        words["day"] = han_date(row.clocks.get(rule__code=RuleCode.PETITIONER_WINDOW).due_at)
        told = _("%(body)s复查意见：%(outcome)s；不服的，%(day)s前可以申请复核。") % words
        reviewing.note(petition=row.petition, actor=actor, text=told, public_text=told, at=at)
        return
    told = (
        _(
            "%(body)s复核意见：%(outcome)s。复核意见是终结意见；以同一事实和理由再次提出的不再受理（条例第三十六条）。"
        )
        % words
    )
    reviewing.note(petition=row.petition, actor=actor, text=told, public_text=told, at=at)


def _noon(day: date, at: datetime) -> datetime:
    return at if day == local_day(at) else datetime.combine(day, time(12), SHANGHAI)
