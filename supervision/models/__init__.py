from supervision.models.clocks import SupervisionClock
from supervision.models.rules import SupervisionRule
from supervision.models.supervisions import Supervision, SupervisionEffort, SupervisionFeedback

__all__ = ["Supervision", "SupervisionClock", "SupervisionEffort", "SupervisionFeedback", "SupervisionRule"]
