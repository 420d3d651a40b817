from leaders.models.clocks import InstructionClock, PackageClock
from leaders.models.instructions import Instruction, InstructionReport
from leaders.models.packages import CasePackage, PackageCase
from leaders.models.proposals import PackageHandover, PackageProposal, PackageRule
from leaders.models.rounds import PackageRound
from leaders.models.striking import PackageReopening, StrikeOff
from leaders.models.team import PackageInquiry, PackageMember, PackageMilestone, PackageNote
from leaders.models.visits import Promise, VisitDay, VisitRecord

__all__ = [
    "CasePackage",
    "Instruction",
    "InstructionClock",
    "InstructionReport",
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
    "StrikeOff",
    "VisitDay",
    "VisitRecord",
]
