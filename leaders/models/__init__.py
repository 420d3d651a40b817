from leaders.models.clocks import InstructionClock, PackageClock
from leaders.models.instructions import Instruction, InstructionReport
from leaders.models.packages import CasePackage, PackageCase
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
    "PackageInquiry",
    "PackageMember",
    "PackageMilestone",
    "PackageNote",
    "PackageReopening",
    "Promise",
    "StrikeOff",
    "VisitDay",
    "VisitRecord",
]
