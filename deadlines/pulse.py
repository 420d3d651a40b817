"""What the last sweep did, kept in the cache: a glance for pages, never a record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

#: Moment of the last whole sweep, seconds since 1970; the health page reads it.
LAST_SWEEP = "deadlines:last_sweep"
PULSE = "deadlines:pulse"
#: A clock that failed is tried again at least so often.
LONGEST_PUT_OFF = timedelta(hours=6)
#: Why a clock waits whose alert reached nobody, in its ``last_error``; those are counted apart from faults.
NOBODY = "没有可以通知的人：从承办人到系统管理员，应当知道的岗位都没有人。"
#: So long a late step is told of.
REMEMBERED = timedelta(minutes=5)


@dataclass(frozen=True)
class Pulse:
    """``at`` in seconds since 1970; ``failed`` names up to twenty clocks that were put off, and why. ``worst_lag`` is
    the greatest of the last minutes, of the sweep ``worst_at``: the next second's sweep is never late any more."""

    at: float
    claimed: int
    alerts: int
    failed: tuple[str, ...]
    lag_seconds: float
    worst_lag: float = 0.0
    worst_at: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
