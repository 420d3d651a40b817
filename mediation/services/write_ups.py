"""Training material: a closed mediation written up, cleaned by one person, checked by another, read by all of them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now
from core.wording import said
from mediation.models import MediationCase, WriteUp
from mediation.services.matters import Matter
from mediation.services.write_up_names import found_in
from mediation.write_up_enums import WriteUpState

S = WriteUpState
LONGEST_TITLE, LONGEST_WORDS, MOST = 80, 8000, 5


def write(
    *, mediation: MediationCase, actor: Actor, title: str, words: str, at: datetime | None = None
) -> WriteUp:
    """A mediator writes up a matter of their own that is over.

    Raises Refusal: not a mediator of it, not over, sealed, nothing said, too many, or the same text twice.
    """
    at = at or now()
    title, words = _texts(title, words)
    with transaction.atomic():
        row = _locked(mediation.pk)
        own = MediationCase.objects.of_mediator(actor.user)
        if actor.role != Role.MEDIATOR or not own.filter(pk=row.pk).exists():
            raise Refusal(_("只有调解过这件的调解员可以写。"), code="forbidden")
        if row.is_open:
            raise Refusal(_("这件还在调解，结束以后再写。"), code="stale")
        there = list(row.write_ups.all())
        if any((one.title, one.words) == (title, words) for one in there):
            raise Refusal(_("同样的内容已经保存。"), code="repeated")
        if len(there) >= MOST:
            raise Refusal(_("一件最多写 %(n)d 篇。") % {"n": MOST}, code="invalid")
        made: WriteUp = WriteUp.objects.create(
            mediation=row, title=title, words=words, written_at=at, written_by=actor.user
        )
        audit.record(actor=actor, act="write_up.write", obj=made, at=at)
    return made


def change(
    *, write_up: WriteUp, actor: Actor, title: str, words: str, revision: int, at: datetime | None = None
) -> WriteUp:
    """Another wording; whatever was cleaned is to be cleaned anew. Raises Refusal: not one's right, published or
    withdrawn, nothing said, or changed by somebody else since it was read."""
    at = at or now()
    title, words = _texts(title, words)
    with transaction.atomic():
        row = _own(write_up, actor, revision, S.DRAFT, S.CLEANED)
        row.title, row.words, row.state, row.revision = title, words, S.DRAFT, row.revision + 1
        row.cleaned_at, row.cleaned_by = None, None
        row.save()
        audit.record(actor=actor, act="write_up.change", obj=row, at=at)
    return row


def clean(*, write_up: WriteUp, actor: Actor, revision: int, at: datetime | None = None) -> WriteUp:
    """The first person: nobody is named in it any more. Raises Refusal: not one's right, not a draft, changed since,
    or somebody is (with who)."""
    at = at or now()
    with transaction.atomic():
        row = _own(write_up, actor, revision, S.DRAFT)
        refuse_named(row)
        row.state, row.cleaned_at, row.cleaned_by = S.CLEANED, at, actor.user
        row.save(update_fields=["state", "cleaned_at", "cleaned_by"])
        audit.record(actor=actor, act="write_up.clean", obj=row, at=at)
    return row


def publish(*, write_up: WriteUp, actor: Actor, revision: int, at: datetime | None = None) -> WriteUp:
    """The second person read it and lets all mediators read it. Raises Refusal: not one's right, whoever wrote or
    cleaned it, not cleaned, changed since, or somebody is named in it (with who)."""
    at = at or now()
    with transaction.atomic():
        row = _own(write_up, actor, revision, S.CLEANED)
        if actor.user is None or actor.user.pk in {row.cleaned_by_id, row.written_by_id}:
            raise Refusal(_("写的人和去掉姓名的人不能自己核对，请另一个人核对。"), code="forbidden")
        refuse_named(row)
        row.state, row.published_at, row.published_by = S.PUBLISHED, at, actor.user
        row.save(update_fields=["state", "published_at", "published_by"])
        audit.record(actor=actor, act="write_up.publish", obj=row, at=at)
    return row


def withdraw(*, write_up: WriteUp, actor: Actor, at: datetime | None = None) -> WriteUp:
    """Nobody else reads it any more. Raises Refusal: not one's right, or withdrawn before."""
    at = at or now()
    with transaction.atomic():
        row = _own(write_up, actor, None, S.DRAFT, S.CLEANED, S.PUBLISHED)
        row.state, row.withdrawn_at, row.withdrawn_by = S.WITHDRAWN, at, actor.user
        row.save(update_fields=["state", "withdrawn_at", "withdrawn_by"])
        audit.record(actor=actor, act="write_up.withdraw", obj=row, at=at)
    return row


def may_change(write_up: WriteUp, actor: Actor) -> bool:
    """A mediator of the matter, or a petition officer who may see it; of published ones others are readers only."""
    if actor.user is None:
        return False
    if actor.role == Role.MEDIATOR:
        found = MediationCase.objects.of_mediator(actor.user)
    elif actor.role == Role.PETITION_OFFICER:
        found = MediationCase.objects.visible_to(actor)
    else:
        return False
    return bool(found.filter(pk=write_up.mediation_id).exists())


def require_own(write_up: WriteUp, actor: Actor) -> None:
    """Raises Refusal (403): see ``may_change``."""
    if not may_change(write_up, actor):
        raise Refusal(_("只有调解过这件的调解员和信访专员可以改。"), code="forbidden")


def refuse_named(row: WriteUp) -> None:
    """Raises Refusal ("invalid"): the text names who it was about; each masked, for it is to be found and taken out."""
    if found := found_in(row.mediation, f"{row.title}\n{row.words}"):
        raise Refusal(
            _("里面还有%(found)s，请改掉以后再提交。") % {"found": "、".join(found[:10])}, code="invalid"
        )


def forget(matter: Matter) -> int:
    """Empty what was never published, when the people of the case or dispute are forgotten; how many there were."""
    rows = WriteUp.objects.select_for_update(of=("self",)).filter(mediation__in=matter.mediations.all())
    found = list(rows.exclude(state=S.PUBLISHED).exclude(words=b""))
    for row in found:
        row.title = row.words = ""
        row.save(update_fields=["title", "words"])
    return len(found)


def _texts(title: str, words: str) -> tuple[str, str]:
    return (
        said(title, _("请写题目。"), longest=LONGEST_TITLE),
        said(words, _("请写内容：怎么回事、怎样调、有什么体会。"), longest=LONGEST_WORDS),
    )


def _locked(pk: int) -> MediationCase:
    """Not by the case: it is over, and nothing of it moves. Raises Refusal (403): sealed since."""
    found = MediationCase.objects.select_for_update(of=("self",)).select_related("petition", "dispute")
    row: MediationCase = found.get(pk=pk)
    if row.matter.sealed:
        raise Refusal(_("检举控告件不能写成案例。"), code="forbidden")
    return row


def _own(write_up: WriteUp, actor: Actor, revision: int | None, *states: WriteUpState) -> WriteUp:
    mediation = _locked(write_up.mediation_id)
    row: WriteUp = WriteUp.objects.select_for_update().get(pk=write_up.pk)
    row.mediation = mediation
    require_own(row, actor)
    if row.state not in states:
        raise Refusal(
            _("没有生效：这篇案例现在是“%(state)s”。") % {"state": S(row.state).label}, code="stale"
        )
    if revision is not None and revision != row.revision:
        raise Refusal(_("没有生效：刚刚有人改过，请看新的内容以后再办。"), code="stale")
    return row
