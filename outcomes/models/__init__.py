from outcomes.models.clocks import ExecutionClock
from outcomes.models.endings import ClosingCheck, Mark
from outcomes.models.evaluations import StageEvaluation
from outcomes.models.executions import Execution, ExecutionReport
from outcomes.models.visits import ReturnVisit

__all__ = [
    "ClosingCheck",
    "Execution",
    "ExecutionClock",
    "ExecutionReport",
    "Mark",
    "ReturnVisit",
    "StageEvaluation",
]
