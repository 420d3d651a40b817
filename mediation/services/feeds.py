"""The secret address of a mediator's own timetable: made, made anew, looked up."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import User
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from mediation.models import SessionFeed

#: Signs of an address; 256 bits, so that a plain hash of it is enough.
BYTES = 32


def renew_feed(*, actor: Actor, at: datetime | None = None) -> str:
    """A new address, known only here; the one before is dead at once. Raises Refusal: no mediator."""
    at = at or now()
    if actor.role != Role.MEDIATOR or actor.user is None:
        raise Refusal(_("只有调解员有自己的调解日历。"), code="forbidden")
    token = secrets.token_urlsafe(BYTES)
    with transaction.atomic():
        feed, _new = SessionFeed.objects.update_or_create(
            user=actor.user, defaults={"token_hash": hashed(token), "made_at": at}
        )
        audit.record(actor=actor, act="mediation.renew_feed", obj=feed, at=at)
    return token


def owner_of(token: str, at: datetime | None = None) -> User | None:
    """Whose timetable it is, while they are a mediator still."""
    feed = SessionFeed.objects.filter(token_hash=hashed(token)).select_related("user").first()
    if feed is None or not feed.user.is_active:
        return None
    held = feed.user.posts.current(local_day(at or now())).filter(role=Role.MEDIATOR)
    return feed.user if held.exists() else None


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
