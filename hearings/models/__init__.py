from hearings.models.experts import ExpertAnswer, ExpertQuestion
from hearings.models.hearings import Hearing, HearingChange, HearingRecord, PanelMember, RecusalAsked

__all__ = [
    "ExpertAnswer",
    "ExpertQuestion",
    "Hearing",
    "HearingChange",
    "HearingRecord",
    "PanelMember",
    "RecusalAsked",
]
