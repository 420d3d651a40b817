from mediation.models.after import AgreementClock, AgreementVisit, CameBack, Confirmation, DutyReport
from mediation.models.agreements import Agreement, AgreementFile, AgreementText, Duty, Signature
from mediation.models.cases import Consent, MediationCase
from mediation.models.disputes import Dispute, DisputeClock, DisputeEvent
from mediation.models.ladders import Ladder, Level, Stay, StayClock
from mediation.models.mediators import DayOff, Mediator, MediatorHours, Pool, RoomDuty, SessionFeed
from mediation.models.minutes import Agenda, Attendee, Minute, Proposal, ProposalAnswer
from mediation.models.parties import Bar, Party
from mediation.models.recordings import Recording, RecordingConsent
from mediation.models.rooms import Room, RoomHours
from mediation.models.sessions import Seat, Session
from mediation.models.sittings import (
    DoingReport,
    Invitation,
    Sitting,
    StandingUnits,
    Undertaking,
    UndertakingClock,
)
from mediation.models.talks import PublicTalk, TalkChange, TalkMatter, TalkPanelist
from mediation.models.wishes import JointWish, OnlineLink
from mediation.models.write_ups import WriteUp

__all__ = [
    "Agenda",
    "Agreement",
    "AgreementClock",
    "AgreementFile",
    "AgreementText",
    "AgreementVisit",
    "Attendee",
    "Bar",
    "CameBack",
    "Confirmation",
    "Consent",
    "DayOff",
    "Dispute",
    "DisputeClock",
    "DisputeEvent",
    "DoingReport",
    "Duty",
    "DutyReport",
    "Invitation",
    "JointWish",
    "Ladder",
    "Level",
    "MediationCase",
    "Mediator",
    "MediatorHours",
    "Minute",
    "OnlineLink",
    "Party",
    "Pool",
    "Proposal",
    "ProposalAnswer",
    "PublicTalk",
    "Recording",
    "RecordingConsent",
    "Room",
    "RoomDuty",
    "RoomHours",
    "Seat",
    "Session",
    "SessionFeed",
    "Signature",
    "Sitting",
    "StandingUnits",
    "Stay",
    "StayClock",
    "TalkChange",
    "TalkMatter",
    "TalkPanelist",
    "Undertaking",
    "UndertakingClock",
    "WriteUp",
]
