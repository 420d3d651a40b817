from accounts.models.audit import AuditEntry, AuditPending, AuditSeal
from accounts.models.people import Post, User
from accounts.models.units import Unit

__all__ = ["AuditEntry", "AuditPending", "AuditSeal", "Post", "Unit", "User"]
