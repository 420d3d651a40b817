from leaders.models.clocks import InstructionClock, PackageClock
from leaders.models.instructions import Instruction, InstructionReport
from leaders.models.packages import CasePackage
from leaders.models.visits import Promise, VisitDay, VisitRecord

__all__ = [
    "CasePackage",
    "Instruction",
    "InstructionClock",
    "InstructionReport",
    "PackageClock",
    "Promise",
    "VisitDay",
    "VisitRecord",
]
