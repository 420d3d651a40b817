from mediation.models.cases import Consent, MediationCase
from mediation.models.ladders import Ladder, Level, Stay, StayClock
from mediation.models.mediators import DayOff, Mediator, MediatorHours, Pool, RoomDuty, SessionFeed
from mediation.models.parties import Bar, Party
from mediation.models.rooms import Room, RoomHours
from mediation.models.sessions import Seat, Session

__all__ = [
    "Bar",
    "Consent",
    "DayOff",
    "Ladder",
    "Level",
    "MediationCase",
    "Mediator",
    "MediatorHours",
    "Party",
    "Pool",
    "Room",
    "RoomDuty",
    "RoomHours",
    "Seat",
    "Session",
    "SessionFeed",
    "Stay",
    "StayClock",
]
