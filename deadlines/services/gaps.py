"""Telling people that a year's table is missing."""

from __future__ import annotations

from datetime import datetime

from accounts.enums import Role
from accounts.selectors import holders
from core.timekeeping import local_day
from deadlines.selectors import calendar_gaps
from notifications.enums import Level
from notifications.services import notify


def report_gaps(*, now: datetime, link: str = "/") -> int:
    """Notices to every system administrator, one per day and missing year; how many were new."""
    gaps = calendar_gaps(now)
    if not gaps:
        return 0
    people = {post.user_id for post in holders(Role.SYSTEM_ADMIN, at=now)}
    return sum(
        notify(
            recipients=people,
            text=gap.sentence,
            link=link,
            dedupe_key=f"deadlines.calendar:{gap.year}:{local_day(now).isoformat()}",
            level=Level.LATE if gap.days_left <= 0 else Level.SOON,
            at=now,
        )
        for gap in gaps
    )
