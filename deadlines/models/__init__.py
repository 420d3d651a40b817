from deadlines.models.calendar import CalendarDay, CalendarYear
from deadlines.models.clock import ENDS_AT, Clock
from deadlines.models.rules import Rule, RuleStep

__all__ = ["ENDS_AT", "CalendarDay", "CalendarYear", "Clock", "Rule", "RuleStep"]
