from deadlines.models.calendar import CalendarTable
from deadlines.models.changes import SecondLook
from deadlines.models.clock import ENDS_AT, Clock
from deadlines.models.hours import DutyHours
from deadlines.models.ledger import ClockEntry
from deadlines.models.rules import Rule, RuleStep

__all__ = ["ENDS_AT", "CalendarTable", "Clock", "ClockEntry", "DutyHours", "Rule", "RuleStep", "SecondLook"]
