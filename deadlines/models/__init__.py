from deadlines.models.calendar import CalendarDay, CalendarYear
from deadlines.models.clock import Clock
from deadlines.models.rules import Rule, RuleStep

__all__ = ["CalendarDay", "CalendarYear", "Clock", "Rule", "RuleStep"]
