from leaders.models.bookings import Booking
from leaders.models.clocks import InstructionClock, PackageClock
from leaders.models.day_cases import DayCase
from leaders.models.day_rules import DayRule, RuleSite, RuleTurn
from leaders.models.feeds import VisitFeed
from leaders.models.instructions import Instruction, InstructionReport
from leaders.models.packages import CasePackage
from leaders.models.sites import Site
from leaders.models.visits import Promise, VisitDay, VisitRecord

__all__ = [
    "Booking",
    "CasePackage",
    "DayCase",
    "DayRule",
    "Instruction",
    "InstructionClock",
    "InstructionReport",
    "PackageClock",
    "Promise",
    "RuleSite",
    "RuleTurn",
    "Site",
    "VisitDay",
    "VisitFeed",
    "VisitRecord",
]
