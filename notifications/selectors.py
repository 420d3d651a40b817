"""Reads of one person's own notices."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from notifications.models import Notice

UNREAD_CAP = 99


def notices_of(user: User) -> QuerySet[Notice]:
    """The only start of a query for notices: one's own."""
    return Notice.objects.filter(recipient=user)


def unread_count(user: User) -> str:
    """Unread notices as the bell shows them: "", "7", "99+". One query that stops counting at 100."""
    found = len(notices_of(user).filter(read_at=None).values_list("pk")[: UNREAD_CAP + 1])
    if not found:
        return ""
    return f"{UNREAD_CAP}+" if found > UNREAD_CAP else str(found)
