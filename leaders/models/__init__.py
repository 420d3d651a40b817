from leaders.models.areas import LeaderArea
from leaders.models.bookings import Booking
from leaders.models.clocks import InstructionClock, PackageClock, PromiseClock, ReadingClock
from leaders.models.day_cases import DayCase
from leaders.models.day_rules import DayRule, RuleSite, RuleTurn
from leaders.models.extensions import ExtensionAsk
from leaders.models.feeds import VisitFeed
from leaders.models.inboxes import InboxDelegate, InboxLetter, LeaderInbox, LetterReply
from leaders.models.instructions import Instruction, InstructionReport
from leaders.models.packages import CasePackage, PackageCase
from leaders.models.proposals import PackageHandover, PackageProposal, PackageRule
from leaders.models.readings import Reading, ReadingDuty
from leaders.models.records import Promise, VisitRecord
from leaders.models.rounds import PackageRound
from leaders.models.sites import Site
from leaders.models.striking import PackageReopening, StrikeOff
from leaders.models.team import PackageInquiry, PackageMember, PackageMilestone, PackageNote
from leaders.models.visits import VisitDay

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
    "PackageCase",
    "PackageClock",
    "PackageHandover",
    "PackageInquiry",
    "PackageMember",
    "PackageMilestone",
    "PackageNote",
    "PackageProposal",
    "PackageReopening",
    "PackageRound",
    "PackageRule",
    "Promise",
    "PromiseClock",
    "Reading",
    "ReadingClock",
    "ReadingDuty",
    "RuleSite",
    "RuleTurn",
    "Site",
    "StrikeOff",
    "VisitDay",
    "VisitFeed",
    "VisitRecord",
]
