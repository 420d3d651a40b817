"""Logins from beginning to end: how long one lasts, who is in, and putting others out.

Times are aware instants. Idle and absolute limits: SESSION_IDLE_MINUTES, SESSION_ABSOLUTE_HOURS.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.actor import Actor
from accounts.enums import AuditOutcome, LoginEnd
from accounts.models import AuditEntry, LoginSession, User
from accounts.services import audit
from core.throttle import client_address
from core.timekeeping import now

#: Where the browser's session keeps the id of its row, and why the last login in it ended.
SESSION_KEY = "login"
LEFT_KEY = "left"
TOUCH = timedelta(minutes=1)
#: Failures are counted up to this many: more says nothing more.
COUNTED = 999
FAILED_ACTS = ("login", "login.second_factor")


def idle_limit() -> timedelta:
    return timedelta(minutes=settings.SESSION_IDLE_MINUTES)


def absolute_limit() -> timedelta:
    return timedelta(hours=settings.SESSION_ABSOLUTE_HOURS)


def failures_since(user: User, since: datetime | None, *, most: int = COUNTED) -> int:
    """How many logins as this person failed after ``since``, at most ``most``. One query."""
    failed = AuditEntry.objects.filter(
        object_type=User._meta.label_lower,
        object_id=str(user.pk),
        act__in=FAILED_ACTS,
        outcome=AuditOutcome.REFUSED,
    )
    if since is not None:
        failed = failed.filter(at__gt=since)
    return failed.values("pk")[:most].count()


def begin(request: HttpRequest, user: User) -> LoginSession:
    """Write a new login down and tie the browser's session to it."""
    at, last = now(), previous(user)
    row = LoginSession.objects.create(
        user=user,
        address=client_address(request)[:45],
        agent=request.META.get("HTTP_USER_AGENT", "")[:300],
        started_at=at,
        last_seen_at=at,
        second_factor=bool(getattr(request, "second_factor_passed", False)),
        failures_before=failures_since(user, last.started_at if last else None),
    )
    request.session[SESSION_KEY] = row.pk
    request.login = row  # type: ignore[attr-defined]
    return row


def previous(user: User, before: LoginSession | None = None) -> LoginSession | None:
    """The person's last login, or the one before ``before``. One query."""
    rows = LoginSession.objects.filter(user=user).order_by("-started_at", "-pk")
    return (rows.filter(pk__lt=before.pk) if before else rows).first()


def of(request: HttpRequest) -> LoginSession | None:
    """The row of this browser's login. One query; None for a session that has none."""
    return LoginSession.objects.filter(pk=request.session.get(SESSION_KEY) or 0, user=request.user.pk).first()


def why_over(row: LoginSession | None, at: datetime) -> LoginEnd | None:
    """Why the login is over at that moment; None while it lasts. A session without a row is over."""
    if row is None:
        return LoginEnd.GONE
    if row.ended_at is not None:
        return LoginEnd(row.why)
    if at - row.started_at >= absolute_limit():
        return LoginEnd.TOO_LONG
    return LoginEnd.IDLE if at - row.last_seen_at >= idle_limit() else None


def touch(row: LoginSession, at: datetime) -> None:
    """Note that the person is there, at most once a minute: a login may end up to a minute before its idle limit."""
    if at - row.last_seen_at >= TOUCH:
        LoginSession.objects.filter(pk=row.pk, ended_at=None).update(last_seen_at=at)


@transaction.atomic
def time_out(row: LoginSession, why: LoginEnd, at: datetime) -> bool:
    """End a login that lasted too long, with an audit entry; False where somebody else has ended it."""
    if not _end(LoginSession.objects.filter(pk=row.pk), why, at):
        return False
    detail = {"why": why.value, "address": row.address, "login": row.pk}
    audit.record(actor=Actor.system(), act="login.timeout", obj=row.user, detail=detail, at=at)
    return True


def end_stale(at: datetime) -> int:
    """End the logins whose browsers never came back; how many."""
    stale = Q(last_seen_at__lte=at - idle_limit()) | Q(started_at__lte=at - absolute_limit())
    rows = LoginSession.objects.filter(stale, ended_at=None).select_related("user").order_by("pk")[:1000]
    return sum(time_out(row, why_over(row, at) or LoginEnd.IDLE, at) for row in rows)


def live(user: User, at: datetime) -> QuerySet[LoginSession]:
    """The person's logins that still open something, the latest first."""
    return LoginSession.objects.filter(
        user=user,
        ended_at=None,
        started_at__gt=at - absolute_limit(),
        last_seen_at__gt=at - idle_limit(),
    ).order_by("-last_seen_at", "-pk")


def forget_tries(at: datetime) -> int:
    """Remove what django-axes keeps of tries older than LOGIN_TRIES_DAYS; how many rows. The audit log has them."""
    old = at - timedelta(days=settings.LOGIN_TRIES_DAYS)
    tables = (AccessAttempt, AccessLog, AccessFailureLog)
    return sum(table.objects.filter(attempt_time__lt=old).delete()[0] for table in tables)


def log_out(row: LoginSession) -> None:
    _end(LoginSession.objects.filter(pk=row.pk), LoginEnd.LOGOUT, now())


def end_all(user: User, why: LoginEnd, *, but: LoginSession | None = None) -> int:
    """End every login of a person, ``but`` excepted; how many. The caller's own act stands in the audit log."""
    rows = LoginSession.objects.filter(user=user)
    return _end(rows.exclude(pk=but.pk) if but else rows, why, now())


@transaction.atomic
def end_own(*, row: LoginSession, actor: Actor) -> None:
    """End one login of one's own from elsewhere."""
    if _end(LoginSession.objects.filter(pk=row.pk), LoginEnd.OWNER, now()):
        audit.record(actor=actor, act="login.end", obj=row.user, detail={"login": row.pk})


@transaction.atomic
def end_others(*, row: LoginSession, actor: Actor) -> int:
    """End all logins of one's own but this one; how many."""
    count = end_all(row.user, LoginEnd.OWNER, but=row)
    audit.record(actor=actor, act="login.end_others", obj=row.user, detail={"count": count})
    return count


def _end(rows: QuerySet[LoginSession], why: LoginEnd, at: datetime) -> int:
    return rows.filter(ended_at=None).update(ended_at=at, why=why)
