"""The secret address of a leader's own calendar: made, made anew, looked up."""

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
from leaders.models import VisitFeed

#: Signs of an address; 256 bits, so that a plain hash of it is enough.
BYTES = 32


def renew_feed(*, actor: Actor, at: datetime | None = None) -> str:
    """A new address, known only here; the one before is dead at once. Raises Refusal: no leader."""
    at = at or now()
    if actor.role != Role.LEADER or actor.user is None:
        raise Refusal(_("只有领导有自己的接访日历。"), code="forbidden")
    token = secrets.token_urlsafe(BYTES)
    with transaction.atomic():
        feed, _new = VisitFeed.objects.update_or_create(
            user=actor.user, defaults={"token_hash": hashed(token), "made_at": at}
        )
        audit.record(actor=actor, act="visit_feed.renew", obj=feed, at=at)
    return token


def owner_of(token: str, at: datetime | None = None) -> User | None:
    """Whose calendar it is, while they are a leader still."""
    feed = VisitFeed.objects.filter(token_hash=hashed(token)).select_related("user").first()
    if feed is None or not feed.user.is_active:
        return None
    held = feed.user.posts.current(local_day(at or now())).filter(role=Role.LEADER)
    return feed.user if held.exists() else None


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
