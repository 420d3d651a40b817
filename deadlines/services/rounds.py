"""One round over every concrete clock class: what Celery beat, the command line and a supervisor call."""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.cache import cache

from deadlines.models import Clock
from deadlines.pulse import LAST_SWEEP, PULSE, REMEMBERED, Pulse
from deadlines.registry import clock_classes
from deadlines.services.standing import take_back_early
from deadlines.services.sweeping import SweepResult, sweep
from deadlines.services.watermark import MARGIN, Watermark

logger = logging.getLogger(__name__)
_marks: dict[type[Clock], Watermark] = {}


def sweep_all(
    *, now: datetime, batch: int = 500, budget_seconds: float | None = None, remember: bool = False
) -> dict[str, SweepResult]:
    """Sweep every clock class at ``now``; class label → result. Notes the pulse when all went through.

    A class whose sweep raises does not keep the others waiting; its exception is raised at the end.
    ``remember`` keeps a watermark per class in this process, for callers that come every second.
    """
    if remember:
        _put_right(now)
    results: dict[str, SweepResult] = {}
    failure: Exception | None = None
    for clock_class in clock_classes():
        mark = _marks.setdefault(clock_class, Watermark()) if remember else None
        try:
            results[clock_class._meta.label_lower] = sweep(
                clock_class, now=now, batch=batch, budget_seconds=budget_seconds, watermark=mark
            )
        except Exception as error:
            logger.exception("The sweep of %s failed.", clock_class._meta.label)
            failure = error
    if failure is not None:
        raise failure
    _note(now, sum(results.values(), SweepResult()))
    return results


def _put_right(now: datetime) -> None:
    """A last sweep that lies ahead of ``now``: the machine's clock was fast, and breaches were noted before their time.
    Only those that lie ahead of the database's clock as well: of two hosts one may be slow instead."""
    last = cache.get(LAST_SWEEP)
    if last is None or last <= (now + MARGIN).timestamp():
        return
    for clock_class in clock_classes():
        if taken := take_back_early(clock_class, now):
            logger.warning("%d breaches of %s were noted too early.", taken, clock_class._meta.label)


def forget_watermarks() -> None:
    """The next round looks at everything."""
    _marks.clear()


def _note(now: datetime, total: SweepResult) -> None:
    at, worst_lag, worst_at = now.timestamp(), total.lag_seconds, now.timestamp()
    before = cache.get(PULSE) or {}
    remembered = 0 <= at - before.get("worst_at", 0.0) <= REMEMBERED.total_seconds()
    if remembered and before["worst_lag"] > worst_lag:
        worst_lag, worst_at = before["worst_lag"], before["worst_at"]
    pulse = Pulse(at, total.claimed, total.alerts, total.failed[:20], total.lag_seconds, worst_lag, worst_at)
    cache.set_many({LAST_SWEEP: now.timestamp(), PULSE: pulse.as_dict()}, timeout=None)
