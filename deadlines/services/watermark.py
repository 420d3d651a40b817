"""A lower bound for the sweep's claim, kept in the memory of a process that sweeps every second.

Clocks that were handled leave dead entries at the left edge of the partial index until vacuum; an old
snapshot held elsewhere makes every empty sweep step over all of them. Nothing depends on the bound: a clock
that comes to be due in the past (a late commit, an import, a claim another sweep rolled back) is found by the
whole sweep once a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: A transaction may commit a clock a little after its first moment; entries this young are always looked at.
MARGIN = timedelta(seconds=5)
WHOLE_EVERY = timedelta(minutes=1)


@dataclass
class Watermark:
    low: datetime | None = None
    whole_at: datetime | None = None

    def bound(self, now: datetime) -> datetime | None:
        """The moment up to which all is swept; None when this sweep must look at everything."""
        if self.low is None or self.whole_at is None or not self.low <= now:
            return None
        return self.low if now - self.whole_at < WHOLE_EVERY else None

    def swept(self, now: datetime, *, whole: bool) -> None:
        """Everything due at ``now`` was handled or is held by another sweep."""
        self.low = now - MARGIN
        if whole:
            self.whole_at = now

    def forget(self) -> None:
        self.low = self.whole_at = None
