from accounts.models.audit import AuditEntry, AuditHead, AuditPending, AuditSeal
from accounts.models.people import Post, User
from accounts.models.units import Unit

__all__ = ["AuditEntry", "AuditHead", "AuditPending", "AuditSeal", "Post", "Unit", "User"]
