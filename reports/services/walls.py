"""The addresses by which screens on a wall show the county's figures without anybody logging in there."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from reports import brief_rules
from reports.models import WallLink

#: Signs of an address; 256 bits, so that a plain hash of it is enough.
BYTES = 32
#: A screen that nobody remembers goes dark by itself.
LASTS = timedelta(days=366)
MOST, LONGEST_NAME = 20, 40


def require_keeper(actor: Actor) -> None:
    """The petition office keeps them. Raises Refusal (403)."""
    if not brief_rules.makes(actor):
        raise Refusal(_("大屏地址由区信访部门管理。"), code="forbidden")


def make_link(*, actor: Actor, name: str, at: datetime | None = None) -> tuple[WallLink, str]:
    """A new address for one screen; what is returned beside the row is known only here.

    Raises:
        Refusal: ``"forbidden"``; ``"invalid"``: no name, one too long, one in use, or too many screens.
    """
    require_keeper(actor)
    assert actor.post is not None
    at, name = at or now(), clean_text(name)
    if not name:
        raise Refusal(_("请写明大屏装在哪里，例如一楼大厅。"), code="invalid")
    if len(name) > LONGEST_NAME:
        raise Refusal(_("装在哪里最多 %(n)d 字。") % {"n": LONGEST_NAME}, code="invalid")
    token = secrets.token_urlsafe(BYTES)
    with transaction.atomic():
        open_ones = list(_good(at).select_for_update().order_by("pk"))
        if any(link.name == name for link in open_ones):
            raise Refusal(
                _("“%(name)s”已有一个地址，请先停用它，或换个名称。") % {"name": name}, code="invalid"
            )
        if len(open_ones) >= MOST:
            raise Refusal(_("最多同时有 %(n)d 个大屏地址，请先停用不用的。") % {"n": MOST}, code="invalid")
        link = WallLink.objects.create(
            name=name, token_hash=hashed(token), made_at=at, made_by=actor.post, good_until=at + LASTS
        )
        audit.record(actor=actor, act="wall_link.make", obj=link, detail={"name": name}, at=at)
    return link, token


def end_link(*, link: WallLink, actor: Actor, at: datetime | None = None) -> None:
    """The screen goes dark with its next question. One that is dark already stays so.

    Raises:
        Refusal: ``"forbidden"``.
    """
    require_keeper(actor)
    at = at or now()
    with transaction.atomic():
        row = WallLink.objects.select_for_update().get(pk=link.pk)
        if row.ended_at is None:
            row.ended_at, row.ended_by = at, actor.post
            row.save(update_fields=["ended_at", "ended_by"])
            audit.record(actor=actor, act="wall_link.end", obj=row, detail={"name": row.name}, at=at)


def link_of(token: str, at: datetime | None = None) -> WallLink | None:
    """The screen's address while it is good. One query."""
    found = _good(at or now()).select_related("made_by__unit")
    return found.filter(token_hash=hashed(token)).first()


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _good(at: datetime) -> QuerySet[WallLink]:
    return WallLink.objects.filter(ended_at=None, good_until__gt=at)
