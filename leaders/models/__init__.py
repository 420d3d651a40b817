from leaders.models.areas import LeaderArea
from leaders.models.bookings import Booking
from leaders.models.clocks import InstructionClock, PackageClock, ReadingClock
from leaders.models.day_cases import DayCase
from leaders.models.day_rules import DayRule, RuleSite, RuleTurn
from leaders.models.extensions import ExtensionAsk
from leaders.models.feeds import VisitFeed
from leaders.models.inboxes import InboxDelegate, InboxLetter, LeaderInbox, LetterReply
from leaders.models.instructions import Instruction, InstructionReport
from leaders.models.packages import CasePackage
from leaders.models.readings import Reading, ReadingDuty
from leaders.models.sites import Site
from leaders.models.visits import Promise, VisitDay, VisitRecord

__all__ = [
    "Booking",
    "CasePackage",
    "DayCase",
    "DayRule",
    "ExtensionAsk",
    "InboxDelegate",
    "InboxLetter",
    "Instruction",
    "InstructionClock",
    "InstructionReport",
    "LeaderArea",
    "LeaderInbox",
    "LetterReply",
    "PackageClock",
    "Promise",
    "Reading",
    "ReadingClock",
    "ReadingDuty",
    "RuleSite",
    "RuleTurn",
    "Site",
    "VisitDay",
    "VisitFeed",
    "VisitRecord",
]
