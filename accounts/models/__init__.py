from accounts.models.audit import AuditEntry, AuditHead, AuditPending, AuditSeal
from accounts.models.duty import DutyShift
from accounts.models.logins import LoginSession, PasswordUsed, RecoveryCode, SecondFactor
from accounts.models.people import Post, User
from accounts.models.units import Unit, UnitSuccession

__all__ = [
    "AuditEntry",
    "AuditHead",
    "AuditPending",
    "AuditSeal",
    "DutyShift",
    "LoginSession",
    "PasswordUsed",
    "Post",
    "RecoveryCode",
    "SecondFactor",
    "Unit",
    "UnitSuccession",
    "User",
]
