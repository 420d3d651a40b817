"""Sealed cases held by name: asked of whoever has no second factor."""

from __future__ import annotations

from accounts.actor import Actor
from accounts.models import Post
from petitions.models import Petition


def holds_sealed_case(post: Post) -> bool:
    """Whether a sealed case is read by name under that post now. One query (a leader's charge: one more), none for a
    post that can hold none."""
    return bool(Petition.objects.filter(sealed=True).held_by_name(Actor.of(post)).exists())
