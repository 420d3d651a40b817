"""Moments as people type them on a command line."""

from datetime import datetime

from core.timekeeping import SHANGHAI


def read_moment(text: str) -> datetime:
    """An ISO moment or day; Asia/Shanghai unless it carries an offset. Raises ValueError with a sentence."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"“{text}”不是有效的时间，应形如2026-09-29T16:50。") from None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=SHANGHAI)
    return moment.astimezone(SHANGHAI)
