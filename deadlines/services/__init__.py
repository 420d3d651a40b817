"""The doors of the deadline engine."""

from deadlines.ladder import AlertLine, DueStep
from deadlines.services.calendar import (
    decoded,
    foresee_year,
    load_published,
    load_year,
    read_rows,
    read_table,
    too_few_off,
)
from deadlines.services.clocks import build, extend, start, stop, stop_all
from deadlines.services.gaps import report_gaps
from deadlines.services.hours import enter_hours
from deadlines.services.own_codes import add_code
from deadlines.services.rounds import forget_watermarks, sweep_all
from deadlines.services.rule_checks import NewVersion
from deadlines.services.ruling import (
    Changed,
    change_rule,
    end_rule,
    foresee_end,
    foresee_rule,
    withdraw_rule,
)
from deadlines.services.second_looks import look_again
from deadlines.services.sweeping import SweepResult, sweep
from deadlines.services.taking_back import foresee_taking_back, leaves_none, take_back
from deadlines.services.watermark import Watermark

__all__ = [
    "AlertLine",
    "Changed",
    "DueStep",
    "NewVersion",
    "SweepResult",
    "Watermark",
    "add_code",
    "build",
    "change_rule",
    "decoded",
    "end_rule",
    "enter_hours",
    "extend",
    "foresee_end",
    "foresee_rule",
    "foresee_taking_back",
    "foresee_year",
    "forget_watermarks",
    "leaves_none",
    "load_published",
    "load_year",
    "look_again",
    "read_rows",
    "read_table",
    "report_gaps",
    "start",
    "stop",
    "stop_all",
    "sweep",
    "sweep_all",
    "take_back",
    "too_few_off",
    "withdraw_rule",
]
