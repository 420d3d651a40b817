from __future__ import annotations

from typing import Any

from django import template

from accounts.models import User
from notifications import selectors

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context: dict[str, Any]) -> str:
    """``{% unread_notices as count %}``: what the bell shows, empty when there is nothing new."""
    user = getattr(context.get("request"), "user", None)
    return selectors.unread_count(user) if isinstance(user, User) else ""
