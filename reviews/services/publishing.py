"""公示 of a 复核意见 with names removed: one person prepares it, a second one reads it and puts it up (条例 36)."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import now
from core.wording import said
from petitions.models import Petition
from petitions.selectors.veiling import Veil
from petitions.services import reviewing
from reviews import rules
from reviews.enums import Outcome, ReviewAct, State
from reviews.models import Publication, Review
from reviews.services import inside

COVERED = "×××"
LONGEST_TITLE, LONGEST = 80, 20_000
#: Numbers that belong to somebody, whoever it is: identity card, mobile, landline, bank card.
NUMBERS = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9}|0\d{2,3}[-— ]?\d{7,8}|\d{16,19})(?!\d)")


class Cover:
    """What takes the people of a case and numbers out of a text for everybody. Two queries."""

    def __init__(self, petition: Petition) -> None:
        self.veil = Veil(petition, Actor.petitioner(), [petition.number, petition.national_number])

    def __call__(self, text: str) -> str:
        for word in self.veil.hidden:
            text = text.replace(word, COVERED)
        return NUMBERS.sub(COVERED, text)


def draft_of(review: Review) -> tuple[str, str]:
    """Title and text to begin with, covered."""
    cover = Cover(review.petition)
    parts = [review.text, review.opinion, review.basis and _("依据：") + review.basis]
    title = _("%(body)s复核意见（%(outcome)s）") % {
        "body": review.body_label,
        "outcome": Outcome(review.outcome).label,
    }
    return title, cover("\n\n".join(part for part in parts if part))


def prepare(
    *, review: Review, actor: Actor, title: str, text: str, at: datetime | None = None
) -> Publication:
    """Lay a text ready for a second person. Raises Refusal: not one's right; not a 复核 that was served and stands;
    public already; a name, number, phone or address left in it."""
    at = at or now()
    title = said(title, _("请写明标题。"), longest=LONGEST_TITLE)
    text = said(text, _("请写明公示内容。"), longest=LONGEST)
    with transaction.atomic():
        row = inside.locked(review)
        rules.require(ReviewAct.PREPARE, actor, review=row)
        _require_standing(row)
        _require_nobody_named(row, title + "\n" + text)
        assert actor.user is not None
        old = Publication.objects.filter(review=row).first()
        if old is not None and old.is_public:
            raise Refusal(_("已经公示；要改内容的，先撤下再重新报核。"), code="stale")
        given = {"title": title, "text": text, "prepared_by": actor.user, "prepared_at": at}
        fresh = {"checked_by": None, "published_at": None, "taken_down_at": None}
        found, _new = Publication.objects.update_or_create(review=row, defaults=given | fresh)
        inside.on_record(row, actor, "prepare", at)
    publication: Publication = found
    return publication


def publish(*, publication: Publication, actor: Actor, at: datetime | None = None) -> Publication:
    """A second person has read it: it is public. Raises Refusal: not one's right; the same person; public already; a
    name left in it."""
    at = at or now()
    with transaction.atomic():
        row, waiting = _locked(publication)
        rules.require(ReviewAct.PUBLISH, actor, review=row)
        _require_standing(row)
        if waiting.published_at is not None:
            raise Refusal(_("没有生效：已经公示过了。"), code="stale")
        if actor.user is None or waiting.prepared_by_id == actor.user.pk:
            raise Refusal(_("公示内容须由另一人核对：拟稿人不能自己核对。"), code="forbidden")
        _require_nobody_named(row, waiting.title + "\n" + waiting.text)
        waiting.checked_by, waiting.published_at = actor.user, at
        waiting.save(update_fields=["checked_by", "published_at"])
        words = _("复核意见已经隐去个人信息公示。")
        reviewing.note(petition=row.petition, actor=actor, text=words, public_text=words, at=at)
        inside.on_record(row, actor, "publish", at)
    publication.refresh_from_db()
    return publication


def take_down(*, publication: Publication, actor: Actor, at: datetime | None = None) -> None:
    """It is public no more. Raises Refusal: not one's right, or not public."""
    at = at or now()
    with transaction.atomic():
        row, shown = _locked(publication)
        rules.require(ReviewAct.PUBLISH, actor, review=row)
        if not shown.is_public:
            raise Refusal(_("没有生效：现在没有公示。"), code="stale")
        shown.taken_down_at = at
        shown.save(update_fields=["taken_down_at"])
        inside.on_record(row, actor, "take_down", at)
    publication.refresh_from_db()


def _locked(publication: Publication) -> tuple[Review, Publication]:
    row = inside.locked(publication.review)
    return row, Publication.objects.select_for_update(of=("self",)).get(pk=publication.pk)


def _require_standing(row: Review) -> None:
    if not row.is_final or row.state != State.SERVED or row.outcome == Outcome.REDO:
        raise Refusal(_("只有已经送达的复核意见可以公示（条例第三十六条）。"), code="stale")


def _require_nobody_named(row: Review, text: str) -> None:
    cover = Cover(row.petition)
    if cover.veil.forgotten:
        raise Refusal(
            _("本件的信访人已经去标识，无法再核对公示内容里有没有个人信息，不能公示。"), code="stale"
        )
    left = [word for word in cover.veil.hidden if word in text] + NUMBERS.findall(text)
    if left:
        raise Refusal(
            _("公示内容里还有个人信息：%(words)s。请隐去姓名、号码、电话和住址。")
            % {"words": "、".join(left)},
            code="invalid",
        )
