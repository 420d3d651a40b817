from leaders.models.areas import LeaderArea
from leaders.models.clocks import InstructionClock, PackageClock, ReadingClock
from leaders.models.extensions import ExtensionAsk
from leaders.models.inboxes import InboxDelegate, InboxLetter, LeaderInbox, LetterReply
from leaders.models.instructions import Instruction, InstructionReport
from leaders.models.packages import CasePackage
from leaders.models.readings import Reading, ReadingDuty
from leaders.models.visits import Promise, VisitDay, VisitRecord

__all__ = [
    "CasePackage",
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
    "VisitDay",
    "VisitRecord",
]
