"""Celery beat that goes on when the machine's clock is put back.

Beat keeps when each entry ran last. Where that lies ahead of the present, because the clock was an hour fast and was
mended, beat would be silent for an hour, and every deadline with it.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery.beat import PersistentScheduler

log = logging.getLogger(__name__)
#: Less than this is the wandering of a clock that is kept right.
WANDERING = timedelta(seconds=5)


class SteadyScheduler(PersistentScheduler):
    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Seconds until the next tick, as Celery's own."""
        ahead = [entry for entry in self.schedule.values() if self._is_ahead(entry)]
        if ahead:
            log.warning(
                "The machine's clock was put back; %d entries of the schedule begin anew.", len(ahead)
            )
            for entry in ahead:
                entry.last_run_at = entry.default_now()
            self._heap = None  # counted anew by the tick
        wait: float = super().tick(*args, **kwargs)
        return wait

    @staticmethod
    def _is_ahead(entry: Any) -> bool:
        return bool(entry.last_run_at > entry.default_now() + WANDERING)
