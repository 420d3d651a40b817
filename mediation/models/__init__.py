from mediation.models.cases import Consent, MediationCase
from mediation.models.mediators import DayOff, Mediator, MediatorHours, Pool, RoomDuty, SessionFeed
from mediation.models.rooms import Room, RoomHours
from mediation.models.sessions import Seat, Session

__all__ = [
    "Consent",
    "DayOff",
    "MediationCase",
    "Mediator",
    "MediatorHours",
    "Pool",
    "Room",
    "RoomDuty",
    "RoomHours",
    "Seat",
    "Session",
    "SessionFeed",
]
