from deadlines.views.access import READERS
from deadlines.views.engine import calendar, calendar_new, calendar_take_back, engine, retry_message
from deadlines.views.hours import hours
from deadlines.views.own_codes import rule_add
from deadlines.views.rules import rule, rule_end, rule_new, rule_withdraw, rules

__all__ = [
    "READERS",
    "calendar",
    "calendar_new",
    "calendar_take_back",
    "engine",
    "hours",
    "retry_message",
    "rule",
    "rule_add",
    "rule_end",
    "rule_new",
    "rule_withdraw",
    "rules",
]
