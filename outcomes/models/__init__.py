from outcomes.models.clocks import ExecutionClock
from outcomes.models.executions import Execution, ExecutionReport
from outcomes.models.visits import ReturnVisit

__all__ = ["Execution", "ExecutionClock", "ExecutionReport", "ReturnVisit"]
