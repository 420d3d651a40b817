from mediation.models.cases import Consent, MediationCase
from mediation.models.rooms import Room
from mediation.models.sessions import Session
from mediation.models.talks import PublicTalk, TalkChange, TalkMatter, TalkPanelist

__all__ = [
    "Consent",
    "MediationCase",
    "PublicTalk",
    "Room",
    "Session",
    "TalkChange",
    "TalkMatter",
    "TalkPanelist",
]
