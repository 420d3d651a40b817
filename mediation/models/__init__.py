from mediation.models.cases import Consent, MediationCase
from mediation.models.ladders import Ladder, Level, Stay, StayClock
from mediation.models.parties import Bar, Party
from mediation.models.rooms import Room
from mediation.models.sessions import Session

__all__ = [
    "Bar",
    "Consent",
    "Ladder",
    "Level",
    "MediationCase",
    "Party",
    "Room",
    "Session",
    "Stay",
    "StayClock",
]
