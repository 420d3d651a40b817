"""What the doors of this room share. Nothing outside ``reviews.services`` calls it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Post
from accounts.selectors import desk_posts
from accounts.services import audit
from core.errors import Refusal
from deadlines import services as deadlines
from petitions import extensions
from petitions.models import Petition, PetitionRequest
from petitions.services import following, scope, telling
from petitions.services.stepping import lock
from reviews import people
from reviews.enums import REPLACING, Level, Outcome, State
from reviews.models import Review, ReviewClock


def locked(review: Review) -> Review:
    """The case and the review locked, in that order. Raises Refusal for a case that was sealed meanwhile."""
    case = lock(review.petition_id)
    row: Review = (
        Review.objects.select_for_update(of=("self",))
        .select_related("body", "reply__unit", "first__body", "first__reply__unit")
        .get(pk=review.pk)
    )
    row.petition = case
    if case.sealed:
        raise Refusal(_("检举控告件按纪检监察程序办理，没有复查复核。"), code="forbidden")
    return row


def require_state(review: Review, wanted: State) -> None:
    if review.state != wanted:
        raise Refusal(
            _("没有生效：本次%(level)s现在是“%(state)s”。")
            % {"level": Level(review.level).label, "state": State(review.state).label},
            code="stale",
        )


def let_in(review: Review, at: datetime) -> None:
    """Let the body's people read the case until the review ends: a unit by its row, leaders by name, for they read by
    what they are in charge of. The petition office of a government reads the district's cases anyway."""
    case = review.petition
    if review.body is not None and review.body.kind != UnitKind.DISTRICT:
        scope.grant_unit(case, review.body)
    for user_id in telling.who_may_know(case, _leaders(review, at), at=at):
        following.grant_reading(petition=case, user_id=user_id)


def let_out(review: Review, at: datetime) -> None:
    """The review has ended: so has its people's reading. Save the state before."""
    case = review.petition
    # The order to handle anew may be served while its new answer is under review by the same body.
    if review.body_id is None:
        return
    if not Review.objects.open().filter(petition=case, body=review.body_id).exists():
        scope.revoke_unit(case, review.body_id)
    for post in _leaders(review, at):
        following.revoke_reading(petition=case, user_id=post.user_id)


def _leaders(review: Review, at: datetime) -> list[Post]:
    if review.body is None or review.body.kind != UnitKind.DISTRICT:
        return []
    return people.deciders(review.body, at)


def _short(review: Review) -> str:
    return review.body.label if review.body is not None else review.body_name


def granted(review: Review, outcome: Outcome, ordinals: Collection[int]) -> list[PetitionRequest]:
    """The requests that the opinion of a 撤销 or 变更 supports. Raises Refusal: of another outcome, or none such."""
    if not ordinals:
        return []
    if outcome not in REPLACING:
        raise Refusal(_("只有撤销、变更的才选择新的意见支持的诉求。"), code="invalid")
    found = list(review.petition.requests.filter(ordinal__in=set(ordinals)))
    if len(found) < len(set(ordinals)):
        raise Refusal(_("没有您选的这一项诉求，请从列表中选择。"), code="invalid")
    return found


def replace_answer(review: Review, actor: Actor, at: datetime) -> None:
    """A 撤销 or 变更 that was served stands in the place of the answer: rooms beside this one follow (条例 32)."""
    reply = review.reply if review.reply is not None else review.first.reply if review.first else None
    if review.outcome not in REPLACING or reply is None:
        return
    words = {
        "body": review.body_label,
        "level": Level(review.level).label,
        "outcome": Outcome(review.outcome).label,
    }
    named = _("%(body)s%(level)s意见（%(outcome)s）") % words
    what = review.opinion or review.text
    replaced = extensions.Replaced(reply, named, list(review.grants.order_by("ordinal")), what)
    extensions.answer_replaced(review.petition, replaced, actor, at)


def stop_clocks(review: Review, at: datetime) -> None:
    deadlines.stop_all(ReviewClock.objects.filter(review=review), at)


def on_record(review: Review, actor: Actor, act: str, at: datetime, **detail: object) -> None:
    known = {"case": review.petition.audit_name, "level": review.level, "body": _short(review)}
    audit.record(actor=actor, act=f"review.{act}", obj=review, detail=known | detail, at=at)


def tell(review: Review, posts: Iterable[Post | int], words: str, what: str, at: datetime) -> None:
    """``words`` takes the case's number, the level and the body."""
    case: Petition = review.petition
    telling.notify_about(
        case,
        posts,
        text=words % {"number": case.number, "level": Level(review.level).label, "body": _short(review)},
        link=review.get_absolute_url(),
        dedupe_key=f"review:{review.pk}:{what}",
        at=at,
    )


def those_reviewed(review: Review, at: datetime) -> list[Post]:
    """Who answers for the unit whose paper it is about."""
    return desk_posts(review.handled_by, at)
