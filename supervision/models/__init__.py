from supervision.models.clocks import SupervisionClock
from supervision.models.rules import SupervisionRule
from supervision.models.supervisions import Supervision, SupervisionEffort, SupervisionFeedback
from supervision.models.urgent import DispatchedUnit, UpwardReport, UrgentNote, UrgentResponse

__all__ = [
    "DispatchedUnit",
    "Supervision",
    "SupervisionClock",
    "SupervisionEffort",
    "SupervisionFeedback",
    "SupervisionRule",
    "UpwardReport",
    "UrgentNote",
    "UrgentResponse",
]
