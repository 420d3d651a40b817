from mediation.models.cases import Consent, MediationCase
from mediation.models.rooms import Room
from mediation.models.sessions import Session

__all__ = ["Consent", "MediationCase", "Room", "Session"]
