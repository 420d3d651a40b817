"""What the pages of this room show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.timekeeping import now
from deadlines.enums import RuleCode
from petitions.enums import Kind, Path, Status
from petitions.enums import Outcome as RequestOutcome
from petitions.extensions import Part
from petitions.models import ArchiveFile, Petition, Reply
from petitions.selectors.public import ANSWERED
from petitions.selectors.veiling import Veil, may_need_veil, name_for, over_rows
from reviews import rules, windows
from reviews.enums import REPLACING, Level, NotAdmitted, Outcome, ReviewAct, State
from reviews.models import CareTask, Review, ReviewClock
from reviews.papers import Issued, issued_for

RIGHT = RuleCode.PETITIONER_WINDOW
#: Free texts of a review but the reason, which has its own rule.
TEXTS = ("text", "opinion", "basis", "end_text")
TEXTS_OF_A_TASK = ("text", "note")


@dataclass(frozen=True)
class ReviewRow:
    """A review as its reader may see it. ``clock`` is the body's own, ``until`` the end of the window it opened."""

    review: Review
    clock: ReviewClock | None
    until: datetime | None
    reason: str
    paper: Issued | None = None

    @property
    def level(self) -> str:
        return str(Level(self.review.level).label)

    @property
    def granted(self) -> str:
        """Which requests its own opinion supports, by their numbers."""
        return "、".join(str(one.ordinal) for one in self.review.grants.all())

    @property
    def ground(self) -> str:
        given = self.review.not_admitted
        return str(NotAdmitted(given).label) if given else ""


def row_of(review: Review, reason: str = "", paper: Issued | None = None) -> ReviewRow:
    """``with_row_relations`` comes first. ``reason`` is what its reader may have of the petitioner's own, ``paper`` the
    issued one of its decision."""
    clocks: list[ReviewClock] = review.ordered_clocks  # type: ignore[attr-defined]
    for clock in clocks:
        clock.review = review
    return ReviewRow(
        review=review,
        clock=next((one for one in clocks if one.rule.code != RIGHT), None),
        until=next((one.due_at for one in clocks if one.rule.code == RIGHT), None),
        reason=reason,
        paper=paper,
    )


def rows_of(reviews: Sequence[Review], actor: Actor) -> list[ReviewRow]:
    """Of a list, with the paper of each decision. One query."""
    issued = issued_for([review.pk for review in reviews if review.outcome], actor)
    return [row_of(review, paper=issued.get(review.pk)) for review in reviews]


def reviews_on(
    petition: Petition,
    reason: Callable[[Review], str] = lambda _review: "",
    reader: Actor | None = None,
) -> list[ReviewRow]:
    """All reviews of a case, the newest first. ``reason`` says what the reader may have of the petitioner's own;
    ``reader`` is who has the papers of the decisions with them."""
    found = list(Review.objects.filter(petition=petition).with_row_relations().order_by("-id"))
    issued = issued_for([one.pk for one in found if one.outcome], reader) if reader is not None else {}
    rows = []
    for review in found:
        review.petition = petition
        rows.append(row_of(review, reason(review), issued.get(review.pk)))
    return rows


def waiting_for(actor: Actor) -> dict[str, int]:
    """How many reviews and tasks of guidance and relief this reader sees waiting. Two queries."""
    return {
        "open": Review.objects.visible_to(actor).open().count(),
        "care": CareTask.objects.visible_to(actor).open().count(),
    }


def supported(petition: Petition) -> tuple[set[int], set[int]]:
    """Ordinals of the requests that are supported now: by the answer in force, or by the decision that was served in
    its place; and of those that the answer supported and that decision did not."""
    reply = Reply.objects.filter(petition=petition).first()
    by_answer = set(
        petition.requests.filter(outcome=RequestOutcome.SUPPORTED).values_list("ordinal", flat=True)
    )
    last = _in_its_place(petition, reply) if reply is not None else None
    if last is None:
        return by_answer, set()
    standing = set(last.grants.values_list("ordinal", flat=True))
    return standing, by_answer - standing


def _in_its_place(petition: Petition, reply: Reply) -> Review | None:
    """The decision that was served in the place of this answer; the newest."""
    served = Review.objects.filter(petition=petition, state=State.SERVED, outcome__in=REPLACING)
    return served.filter(Q(reply=reply) | Q(first__reply=reply)).order_by("-served_at", "-id").first()


def _replaced_words(petition: Petition, rows: list[ReviewRow]) -> str:
    """On the petitioner's own page, above an answer that no longer stands; no further query but for the answer."""
    reply = getattr(petition, "reply", None)
    for row in rows:
        review = row.review
        about = review.first.reply_id if review.first is not None else review.reply_id
        if review.state == State.SERVED and review.outcome in REPLACING and reply and about == reply.pk:
            return _(
                "这份意见和下面的结论已被%(body)s的%(level)s意见（%(outcome)s）代替，以新的意见为准。"
            ) % {
                "body": review.body_label,
                "level": row.level,
                "outcome": Outcome(review.outcome).label,
            }
    return ""


def own_part(petition: Petition, at: datetime) -> Part | None:
    """On the petitioner's own page: the window with its end, what was asked and decided."""
    if petition.sealed:
        return None
    rows = reviews_on(petition, lambda review: review.reason)  # they wrote it
    window = windows.window_of(petition, at) if petition.status in ANSWERED else None
    current = next((row for row in rows if _in_the_way(row)), None)
    if window is None and not rows:
        return _why_no_right(petition)
    free = window is not None and current is None
    context: dict[str, Any] = {
        "petition": petition,
        "rows": rows,
        "window": window if free else None,
        "open": free and window is not None and window.is_open(at),
        "ahead": free and window is not None and window.is_ahead(at),
        "days_left": window.days_left(at) if window is not None else 0,
        "elsewhere": windows.elsewhere(window) if free and window is not None and window.body is None else "",
        "ended": _ended(rows),
        "rated": petition.status != Status.SERVED,
        "may_withdraw": current is not None
        and current.review.state == State.ASKED
        and (current.review.is_referred or not current.review.is_elsewhere),
        "asks_here": window is not None and (window.body is not None or window.level == Level.REVIEW),
    }
    top = "reviews/own_top.html" if context["open"] else ""
    return Part("reviews/own_part.html", context, top=top, replaces=_replaced_words(petition, rows))


def _why_no_right(petition: Petition) -> Part | None:
    """Of an answer that was served and cannot be taken to 复查: why, so that nobody looks for the form. What was not
    taken in has no answer; where to go instead stands with the refusal."""
    if petition.status not in ANSWERED or petition.kind != Kind.APPEAL or petition.path == Path.PETITION:
        return None
    if petition.concluded_at is None and hasattr(petition, "refusal"):
        return None
    return Part("reviews/own_none.html", {"path": (petition.get_path_display() or "").partition("、")[2]})


def _in_the_way(row: ReviewRow) -> bool:
    """A review that runs; an order to handle anew that waits to be served stands in nobody's way."""
    return row.review.is_open and row.review.outcome != Outcome.REDO


def _ended(rows: list[ReviewRow]) -> bool:
    """The newest is a decision of a 复核 that was served and stands."""
    last = rows[0].review if rows else None
    return last is not None and last.is_final and last.state == State.SERVED and last.outcome != Outcome.REDO


def case_part(petition: Petition, actor: Actor, at: datetime) -> Part | None:
    """On the case's page: the window, and the reviews with a link to their page."""
    if petition.sealed or petition.status not in {*ANSWERED, "accepted", "concluded"}:
        return None
    rows = reviews_on(petition, reader=actor)
    window = windows.window_of(petition, at) if petition.status in ANSWERED else None
    if window is None and not rows:
        return None
    return Part("reviews/case_part.html", _both(petition, actor, rows, window, at))


def page(petition: Petition, actor: Actor) -> dict[str, Any]:
    """The page of a case's reviews; whoever must not know the petitioner has its texts under the veil (条例 30)."""
    at = now()
    rows = _read_by(petition, actor)
    window = windows.window_of(petition, at)
    current = next((row for row in rows if row.review.is_open), None)
    why = "" if window is not None or current is not None else windows.why_none(petition)
    told = {"current": current, "why_none": why, "paper": _paper(petition, actor, rows)}
    return _both(petition, actor, rows, window, at) | told


def _paper(petition: Petition, actor: Actor, rows: list[ReviewRow]) -> Reply | None:
    """The opinion that the newest review is about, as this reader may have it."""
    if not rows:
        return None
    last = rows[0].review
    paper = last.first.reply if last.first is not None else last.reply
    Veil(petition, actor).over(paper, ("text", "basis"))
    return paper


def cover_tasks(tasks: Sequence[CareTask], actor: Actor) -> None:
    """Lay the veil over what listed tasks say, each by its own case's people, and over the cases' titles (条例 30)."""
    cases = [task.petition for task in tasks]
    over_rows(cases, actor)
    doubtful = [case.pk for case in cases if may_need_veil(case)]
    done = ArchiveFile.objects.filter(petition__in=doubtful, done_at__isnull=False) if doubtful else ()
    forgotten = {row.petition_id for row in done}
    for task in tasks:
        if may_need_veil(task.petition):
            gone = task.petition_id in forgotten
            Veil(task.petition, actor, forgotten=gone).over(task, TEXTS_OF_A_TASK)


def _read_by(petition: Petition, actor: Actor) -> list[ReviewRow]:
    """The reviews with what this reader may have of their texts; the case's title is covered with them."""
    cover = Veil(petition, actor)
    rows = reviews_on(
        petition, lambda review: cover(review.reason) if rules.reads_reason(review, actor) else "", actor
    )
    cover.over(petition, ("subject",))
    for row in rows:
        cover.over(row.review, TEXTS)
        # Shown only, like the texts under the veil.
        shown = [(file, name_for(file, petition, actor)) for file in row.review.files.all()]
        row.review.shown_files = shown  # type: ignore[attr-defined]
        for period in row.review.hearings.all():
            cover.over(period, ("text",))
        for called in row.review.called_hearings.all():
            cover.over(called, ("end_reason",))
            for member in called.panel.all():
                cover.over(member, ("asked", "decision"))
    return rows


def _both(
    petition: Petition,
    actor: Actor,
    rows: list[ReviewRow],
    window: windows.Window | None,
    at: datetime,
) -> dict[str, Any]:
    free = window is not None and not any(_in_the_way(row) for row in rows)
    ended = _ended(rows)
    if not free or ended:
        window = None
    begun = window is not None and not window.is_ahead(at)
    return {
        "petition": petition,
        "rows": rows,
        "window": window,
        "open": window is not None and window.is_open(at),
        "ahead": window is not None and window.is_ahead(at),
        "ended": ended,
        "elsewhere": windows.elsewhere(window) if window is not None and window.body is None else "",
        "may_enter": begun
        and window is not None
        and window.level == Level.FINAL
        and window.body is None
        and rules.may(ReviewAct.ELSEWHERE, actor, petition=petition),
        "may_apply": begun
        and window is not None
        and (window.body is not None or window.level == Level.REVIEW)
        and rules.may(ReviewAct.APPLY, actor, petition=petition),
    }
