"""How papers write days."""

from datetime import date, datetime

from core.timekeeping import SHANGHAI, local_day


def on_paper(day: date | datetime) -> str:
    """2026年9月3日."""
    if isinstance(day, datetime):
        day = local_day(day)
    return f"{day.year}年{day.month}月{day.day}日"


def local_time(moment: datetime) -> str:
    """9时05分, in Asia/Shanghai."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.hour}时{local.minute:02d}分"
