from supervision.models.clocks import SupervisionClock
from supervision.models.listing import Listing, Milestone
from supervision.models.rules import SupervisionRule
from supervision.models.suggestions import Suggestion, SuggestionClock
from supervision.models.supervisions import Supervision, SupervisionEffort, SupervisionFeedback
from supervision.models.urgent import DispatchedUnit, UpwardReport, UrgentNote, UrgentResponse

__all__ = [
    "DispatchedUnit",
    "Listing",
    "Milestone",
    "Suggestion",
    "SuggestionClock",
    "Supervision",
    "SupervisionClock",
    "SupervisionEffort",
    "SupervisionFeedback",
    "SupervisionRule",
    "UpwardReport",
    "UrgentNote",
    "UrgentResponse",
]
