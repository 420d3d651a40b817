from mediation.models.cases import Consent, MediationCase
from mediation.models.rooms import Room
from mediation.models.sessions import Session
from mediation.models.sittings import (
    DoingReport,
    Invitation,
    Sitting,
    StandingUnits,
    Undertaking,
    UndertakingClock,
)
from mediation.models.talks import PublicTalk, TalkChange, TalkMatter, TalkPanelist

__all__ = [
    "Consent",
    "DoingReport",
    "Invitation",
    "MediationCase",
    "PublicTalk",
    "Room",
    "Session",
    "Sitting",
    "StandingUnits",
    "TalkChange",
    "TalkMatter",
    "TalkPanelist",
    "Undertaking",
    "UndertakingClock",
]
