"""How papers write days."""

from datetime import date, datetime

from core.timekeeping import local_day


def on_paper(day: date | datetime) -> str:
    """2026年9月3日."""
    if isinstance(day, datetime):
        day = local_day(day)
    return f"{day.year}年{day.month}月{day.day}日"
