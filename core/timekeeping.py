"""Instants and days in China's one time zone, and how people say them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def now() -> datetime:
    """The present instant, aware, in Asia/Shanghai."""
    return timezone.now().astimezone(SHANGHAI)


def local_day(dt: datetime) -> date:
    """The day in China on which an aware instant falls.

    Raises ValueError for a naive datetime, which would be read in the wrong zone silently.
    """
    if dt.tzinfo is None:
        raise ValueError("local_day needs an aware datetime")
    return dt.astimezone(SHANGHAI).date()


def han_date(day: date | datetime) -> str:
    """A day as residents read it, on screen and on paper, the same everywhere: 2026年10月8日（周四）."""
    if isinstance(day, datetime):
        day = local_day(day)
    return f"{day.year}年{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


def full_moment(dt: datetime) -> str:
    """An instant on paper: 2026年11月23日（周一）16:50, never 今天 or 明天."""
    return f"{han_date(dt)}{dt.astimezone(SHANGHAI):%H:%M}"


def friendly_moment(dt: datetime, *, at: datetime | None = None) -> str:
    """An instant as the desk says it: 今天 16:50, 昨天 08:05, 明天 09:00, else 2026-10-08 16:50."""
    local = dt.astimezone(SHANGHAI)
    apart = (local.date() - local_day(at or now())).days
    word = {-2: "前天", -1: "昨天", 0: "今天", 1: "明天"}.get(apart)
    return f"{word} {local:%H:%M}" if word else f"{local:%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class TimeLeft:
    """Time until (or since) a due moment, in words.

    ``seconds`` is negative once the moment has passed. Whole units are rounded down, so that the
    words never promise time that is not there.
    """

    seconds: int
    text: str

    @property
    def late(self) -> bool:
        return self.seconds < 0

    @property
    def counting(self) -> bool:
        """Under one hour is left: the page counts the seconds down."""
        return 0 <= self.seconds < HOUR


def length_text(seconds: int) -> str:
    """A length in its largest whole unit: 2 天, 5 小时, 12 分钟; under a minute, 不到 1 分钟."""
    if seconds >= DAY:
        return f"{seconds // DAY} 天"
    if seconds >= HOUR:
        return f"{seconds // HOUR} 小时"
    if seconds >= MINUTE:
        return f"{seconds // MINUTE} 分钟"
    return "不到 1 分钟"


def time_left(due_at: datetime, *, at: datetime | None = None) -> TimeLeft:
    """How long until ``due_at``: 还剩 3 天, 还剩 5 小时, 剩 06:12, 刚刚超时, 已超 2 天."""
    seconds = (due_at - (at or now())) // timedelta(seconds=1)
    if -MINUTE < seconds < 0:
        return TimeLeft(seconds, "刚刚超时")
    if seconds < 0:
        return TimeLeft(seconds, f"已超 {length_text(-seconds)}")
    if seconds < HOUR:
        return TimeLeft(seconds, f"剩 {seconds // MINUTE:02d}:{seconds % MINUTE:02d}")
    return TimeLeft(seconds, f"还剩 {length_text(seconds)}")
