"""How the engine is: its pulse, what it put off, what is wrong with its calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection
from django.utils.translation import gettext as _

from core.timekeeping import MINUTE, SHANGHAI, length_text
from deadlines.models import Clock
from deadlines.pulse import LONGEST_PUT_OFF, NOBODY, PULSE, Pulse
from deadlines.registry import clock_classes
from deadlines.rulebook import rulebook
from notifications.selectors import Queue, about, queue, roughly

#: A sweep comes every second; longer than this without one, somebody should look.
MAY_REST = timedelta(minutes=2)
#: A message that waits longer is being refused somewhere.
MAIL_MAY_WAIT = timedelta(minutes=30)


def pulse() -> Pulse | None:
    """What the last whole sweep did; None when there was none or the cache is empty."""
    kept = cache.get(PULSE)
    return Pulse(**{**kept, "failed": tuple(kept["failed"])}) if kept else None


def put_off(clock_class: type[Clock], limit: int = 50) -> list[Clock]:
    """Running clocks whose last sweep failed, worst first. Reads all running clocks of the class."""
    rows = clock_class._base_manager.filter(next_at__isnull=False, error_count__gt=0)
    return list(rows.select_related("rule").order_by("-error_count", "pk")[:limit])


@dataclass(frozen=True)
class EngineState:
    """How the engine is: ``swept_at`` the last whole sweep, ``lag_seconds`` how late a step was in the last minutes at
    worst, or how long the oldest clock has been due by now, how many running clocks are put off because they
    ``failed``, and the ``queue`` of messages. ``trouble``: what is wrong, in sentences.
    """

    swept_at: datetime | None
    lag_seconds: float
    failed: int
    queue: Queue
    trouble: Sequence[str]
    #: How late a step was in the last minutes, in seconds.
    sweep_lag: float = 0.0
    #: Running clocks of which an alert is due that reached nobody.
    unreached: int = 0

    @property
    def lag_words(self) -> str:
        return lag_in_words(self.lag_seconds)

    @property
    def sweep_lag_words(self) -> str:
        """Without the clocks that wait now: which those are may be of a case about whoever reads this."""
        return lag_in_words(self.sweep_lag)

    @property
    def unreached_roughly(self) -> str:
        return roughly(self.unreached)

    @property
    def failed_roughly(self) -> str:
        """In words: clocks of sealed cases are among them (条例 30)."""
        return roughly(self.failed)


def lag_in_words(seconds: float) -> str:
    """没有迟, 1.3 秒, 25 天."""
    if not seconds:
        return _("没有迟")
    return _("%(n).1f 秒") % {"n": seconds} if seconds < MINUTE else length_text(int(seconds))


def engine_state(at: datetime) -> EngineState:
    """One read of the cache and four queries."""
    last, waiting, running = pulse(), queue(), _running(at)
    swept_at = datetime.fromtimestamp(last.at, SHANGHAI) if last else None
    trouble = []
    if swept_at is None or at - swept_at > MAY_REST:
        trouble.append(
            "提醒引擎没有在扫描，到期的提醒会晚到；恢复后会补上，不会漏。请系统管理员检查后台任务。"
        )
    if running.failed:
        trouble.append(f"有期限扫描出错（{about(running.failed)}），已推迟再试，请系统管理员查看。")
    if running.unreached:
        trouble.append(
            f"有到期提醒没有人可以通知（{about(running.unreached)}）：相关岗位都空缺，有人到岗后补发，"
            "请系统管理员尽快配备人员。"
        )
    trouble += calendar_trouble()
    if waiting.oldest is not None and at - waiting.oldest > MAIL_MAY_WAIT:
        trouble.append("有消息等了半小时以上还没有发出去，请系统管理员检查邮件服务。")
    swept = last.worst_lag if last else 0.0
    lag = max(swept, running.waits)
    return EngineState(swept_at, lag, running.failed, waiting, trouble, swept, running.unreached)


def calendar_trouble() -> list[str]:
    """What is wrong with the tables that were entered. One query."""
    what = "工作日历有误：{}涉及的期限按普通周计算并标为暂定，请系统管理员重新录入这一年。"
    return [what.format(fault) for fault in rulebook().calendar.faults]


def provisional_words() -> str:
    """How many running clocks have a date that is 暂定, in words; nothing where none has. Reads all running ones."""
    found = sum(
        one._base_manager.filter(stopped_at=None, provisional=True).count() for one in clock_classes()
    )
    return about(found) if found else ""


@dataclass(frozen=True)
class _Running:
    """``failed`` clocks that are put off, ``unreached`` those of which nobody could be told; the oldest due one
    ``waits`` so many seconds by now."""

    failed: int
    unreached: int
    waits: float


def _running(at: datetime) -> _Running:
    """One query over the sweep's partial indexes: whoever failed comes back within ``LONGEST_PUT_OFF``, so that the
    clocks due later need not be looked at."""
    tables = [connection.ops.quote_name(one._meta.db_table) for one in clock_classes()]
    soon = " UNION ALL ".join(
        f"SELECT next_at, error_count, last_error FROM {table} WHERE next_at <= %(until)s"  # noqa: S608 - names of our own tables
        for table in tables
    )
    counted = (
        "count(*) FILTER (WHERE error_count > 0 AND last_error <> %(nobody)s),"
        " count(*) FILTER (WHERE error_count > 0 AND last_error = %(nobody)s),"
        " min(next_at) FILTER (WHERE next_at <= %(at)s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {counted} FROM ({soon}) AS soon",  # noqa: S608 - names of our own tables
            {"until": at + LONGEST_PUT_OFF, "at": at, "nobody": NOBODY},
        )
        failed, unreached, oldest = cursor.fetchone()
    return _Running(failed, unreached, 0.0 if oldest is None else (at - oldest).total_seconds())


def all_put_off(limit: int) -> list[Clock]:
    """``put_off`` of every clock class, worst first."""
    found = [clock for clock_class in clock_classes() for clock in put_off(clock_class, limit)]
    return sorted(found, key=lambda clock: -clock.error_count)[:limit]
