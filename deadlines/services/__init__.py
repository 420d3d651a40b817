"""The doors of the deadline engine."""

from deadlines.ladder import AlertLine, DueStep
from deadlines.services.calendar import foresee_year, load_published, load_year, read_table
from deadlines.services.clocks import build, extend, start, stop, stop_all
from deadlines.services.gaps import report_gaps
from deadlines.services.rounds import forget_watermarks, sweep_all
from deadlines.services.sweeping import SweepResult, sweep
from deadlines.services.watermark import Watermark

__all__ = [
    "AlertLine",
    "DueStep",
    "SweepResult",
    "Watermark",
    "build",
    "extend",
    "foresee_year",
    "forget_watermarks",
    "load_published",
    "load_year",
    "read_table",
    "report_gaps",
    "start",
    "stop",
    "stop_all",
    "sweep",
    "sweep_all",
]
