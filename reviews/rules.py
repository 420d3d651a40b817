"""Who may do what in this room: one small table, read by services, views and templates alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit
from core.errors import Refusal
from core.timekeeping import local_day, now
from petitions import rules as petition_rules
from petitions.models import Petition, Reply
from reviews import papers, people
from reviews.enums import ReviewAct
from reviews.models import CareTask, Review


class Stand(Enum):
    """How the actor must stand to the case and the body, beside holding the role."""

    OWN = "the petitioner, by number and query code"
    DESK = "the petition office or the office that registered the case, and reads it"
    APART = "the same desk, where it has no part in the paper complained about"
    BODY = "works for the body that reviews"
    HEAD = "decides for the body that reviews"
    OUTSIDE = "the petition office, of a 复核 by a body that is no unit of this system, no part in the paper"
    EITHER = "works for the body that reviewed; of a body outside, the petition office, no part in the paper"


@dataclass(frozen=True)
class Row:
    act: ReviewAct
    by: Role
    stand: Stand
    basis: str


A, R = ReviewAct, Role
_BASIS = "条例 35, 36"
_DESKS = (R.CLERK, R.PETITION_OFFICER)
_WORKING, _DECIDING = sorted(people.WORKING), sorted(people.DECIDING)
TABLE: tuple[Row, ...] = (
    *(Row(act, R.PETITIONER, Stand.OWN, _BASIS) for act in (A.APPLY, A.WITHDRAW)),
    # Every counter takes an application in (条例 28): only what follows is kept from those whose paper it is about.
    *(Row(A.APPLY, role, Stand.DESK, _BASIS) for role in _DESKS),
    *(Row(A.WITHDRAW, role, Stand.APART, _BASIS) for role in _DESKS),
    Row(A.ELSEWHERE, R.PETITION_OFFICER, Stand.APART, "条例 36"),
    Row(A.ELSEWHERE_OUTCOME, R.PETITION_OFFICER, Stand.OUTSIDE, "条例 36"),
    *(Row(act, role, Stand.EITHER, "条例 36") for act in (A.PREPARE, A.PUBLISH) for role in _WORKING),
    Row(A.CARE, R.PETITION_OFFICER, Stand.DESK, "条例 37"),
    *(
        Row(act, role, Stand.BODY, _BASIS)
        for act in (A.CALL_HEARING, A.HEARING, A.SERVE)
        for role in _WORKING
    ),
    *(
        Row(act, role, Stand.HEAD, _BASIS)
        for act in (A.HEARING_RECUSAL, A.CALL_OFF_HEARING, A.NOT_ADMIT, A.DECIDE)
        for role in _DECIDING
    ),
)


def may(
    act: ReviewAct, actor: Actor, *, petition: Petition | None = None, review: Review | None = None
) -> bool:
    """``review`` is what it is done to; APPLY is done to a ``petition``. Nobody recused or complained of does anything,
    nor do those whose paper is complained about steer its review (条例 28).
    """
    case = review.petition if review is not None else petition
    rows = [row for row in TABLE if row.act == act and row.by == actor.role]
    if case is None or case.sealed or not rows:
        return False
    if actor.role == Role.PETITIONER:
        return True
    if petition_rules.is_recused(case, actor) or petition_rules.is_complained_of(case, actor):
        return False
    if not Petition.objects.visible_to(actor).filter(pk=case.pk).exists():
        return False
    return any(_stands(row.stand, actor, case, review) for row in rows)


def require(
    act: ReviewAct, actor: Actor, *, petition: Petition | None = None, review: Review | None = None
) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    if not may(act, actor, petition=petition, review=review):
        raise Refusal(_("您当前的岗位不能对本件“%(act)s”。") % {"act": act.label}, code="forbidden")


def _stands(stand: Stand, actor: Actor, case: Petition, review: Review | None) -> bool:
    if actor.unit is None or actor.user is None:
        return False
    is_office = actor.unit.kind == UnitKind.PETITION_OFFICE
    if stand in {Stand.DESK, Stand.APART}:
        at_desk = is_office or case.registered_unit.is_within(actor.unit)
        return at_desk and (stand is Stand.DESK or not _has_part_in_the_paper(actor, case, review))
    if review is None:
        return False
    if review.body is None:
        # The office enters and publishes what another decided: it takes no side in it, unless the paper is its own.
        outside = stand in {Stand.OUTSIDE, Stand.EITHER} and is_office
        return outside and not _has_part_in_the_paper(actor, case, review)
    theirs = people.decides_for if stand is Stand.HEAD else people.works_for
    return (
        stand is not Stand.OUTSIDE and theirs(actor, review.body) and not is_of_the_other_side(actor, review)
    )


def may_care(actor: Actor, task: CareTask) -> bool:
    """Done by a handler or head of the unit that was told to, or entered by the petition office (条例 37)."""
    case = task.petition
    if case.sealed or actor.unit is None or actor.role not in people.CARING:
        return False
    if petition_rules.is_recused(case, actor) or petition_rules.is_complained_of(case, actor):
        return False
    theirs = actor.unit.pk == task.unit_id or (
        actor.unit.kind == UnitKind.PETITION_OFFICE and actor.role == Role.PETITION_OFFICER
    )
    return theirs and Petition.objects.visible_to(actor).filter(pk=case.pk).exists()


def require_care(actor: Actor, task: CareTask) -> None:
    """Raises Refusal (code "forbidden", 403) with a sentence for the user."""
    if not may_care(actor, task):
        raise Refusal(_("您当前的岗位不能登记这一项疏导帮扶的办理情况。"), code="forbidden")


def is_of_the_other_side(actor: Actor, review: Review) -> bool:
    """Whoever wrote, checked or signed the paper complained about, or holds a post today, under whatever hat, in the
    unit it came from; of a 复核 also whoever decided the 复查, or works in the body that did (条例 28). Two queries.
    """
    return bool(of_the_other_side(actor, [review]))


def of_the_other_side(actor: Actor, reviews: Iterable[Review]) -> set[int]:
    """Ids of those reviews of which ``is_of_the_other_side`` holds. Two queries, however many there are."""
    found = list({review.pk: review for review in reviews}.values())
    if not found or actor.user is None or actor.unit is None:
        return set()
    hands = _hands_on([(review.reply, review.first) for review in found])
    units = _posted_in(actor)
    barred = set()
    for review in found:
        sides = [review.handled_by]
        if review.first is not None and review.first.body is not None:
            sides.append(review.first.body)
        authors = _authors(review.reply, review.first, hands)
        if actor.user.pk in authors or any(unit.is_within(side) for unit in units for side in sides):
            barred.add(review.pk)
    return barred


def hands_on_papers(review: Review) -> set[int]:
    """User ids of whoever wrote, decided, checked or signed the papers that the review is about. One query."""
    pair = (review.reply, review.first)
    return {pk for pk in _authors(*pair, _hands_on([pair])) if pk is not None}


def _has_part_in_the_paper(actor: Actor, case: Petition, review: Review | None) -> bool:
    """The same of whoever stands at a desk. ``review`` is None where a 复核 outside is to be entered: then it is about
    the last paper of the case. A government that decided the 复查 does not count: its petition office stands within
    it, and enters what the body above has to say."""
    if actor.user is None or actor.unit is None:
        return False
    reply, first = (review.reply, review.first) if review is not None else _last_paper(case)
    answered = reply or (first.reply if first is not None else None)
    sides = [answered.unit] if answered is not None else []
    if first is not None and first.body is not None and first.body.kind != UnitKind.DISTRICT:
        sides.append(first.body)
    if actor.user.pk in _authors(reply, first, _hands_on([(reply, first)])):
        return True
    return any(unit.is_within(side) for unit in _posted_in(actor) for side in sides)


def _last_paper(case: Petition) -> tuple[Reply | None, Review | None]:
    """The answer in force, and the review of it that counts."""
    reply = getattr(case, "reply", None)
    if reply is None:
        return None, None
    related = ("body", "reply__unit")
    return reply, Review.objects.used().filter(reply=reply).select_related(*related).first()


Hands = tuple[dict[int, set[int]], dict[int, set[int]]]


def _hands_on(about: Sequence[tuple[Reply | None, Review | None]]) -> Hands:
    """Of each pair: who made the papers of the answer, of the 复查 and of the answer that it was about. One query."""
    replies = {reply.pk for reply, _first in about if reply is not None}
    replies |= {first.reply_id for _reply, first in about if first is not None and first.reply_id}
    return papers.hands_on(replies, {first.pk for _reply, first in about if first is not None})


def _authors(reply: Reply | None, first: Review | None, hands: Hands) -> set[int | None]:
    """Whoever stood behind the answer or the 复查: wrote it down, decided it, or made its paper."""
    of_replies, of_reviews = hands
    authors: set[int | None] = set()
    for one in (reply, first.reply if first is not None else None):
        if one is not None:
            authors |= {one.by_id, *of_replies.get(one.pk, ())}
    if first is not None:
        authors |= {first.decided_by_id, *of_reviews.get(first.pk, ())}
    return authors


def _posted_in(actor: Actor) -> list[Unit]:
    """Units in which the person holds a post today, under whatever hat. One query."""
    held = Post.objects.current(local_day(now())).filter(user=actor.user).select_related("unit")
    return [post.unit for post in held]


def reads_reason(review: Review, actor: Actor) -> bool:
    """What the petitioner wrote is read by the body that decides and by the petition office, not by the unit complained
    about: it learns that there is a review, from whom and with what result."""
    if actor.unit is None:
        return False
    if review.body is None:
        return actor.unit.kind == UnitKind.PETITION_OFFICE
    if is_of_the_other_side(actor, review):
        return False
    if people.works_for(actor, review.body) or people.decides_for(actor, review.body):
        return True
    return actor.unit.kind == UnitKind.PETITION_OFFICE
