"""Timed sessions. No room and nobody who sits is booked twice at once: the database holds that.

``Session.mediator`` leads; everybody who sits, the leader too, has a ``Seat``. A trigger of the database gives the
leader theirs and keeps times and cancelling of all seats as the session's are, whichever door moved it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.sealing import SealedTextField
from core.timekeeping import SHANGHAI, full_moment, now
from mediation.enums import SESSION_RESULTS, Result, Side
from mediation.models.cases import MediationCase
from mediation.models.rooms import Room


def _never_twice(field: str, name: str) -> ExclusionConstraint:
    when = Func("starts_at", "ends_at", function="tstzrange", output_field=DateTimeRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[(field, RangeOperators.EQUAL), (when, RangeOperators.OVERLAPS)],
        condition=Q(cancelled_at=None),
    )


class Session(models.Model):
    """One meeting, from ``starts_at`` up to ``ends_at`` (not included); held when ``held_at`` is set."""

    mediation = models.ForeignKey(MediationCase, on_delete=models.PROTECT, related_name="sessions")
    stay = models.ForeignKey("Stay", null=True, on_delete=models.PROTECT, related_name="sessions")
    room = models.ForeignKey(
        Room, verbose_name=_("调解室"), on_delete=models.PROTECT, related_name="sessions"
    )
    mediator = models.ForeignKey(
        User, verbose_name=_("调解员"), on_delete=models.PROTECT, related_name="sessions"
    )
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    scheduled_at = models.DateTimeField()
    scheduled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # Only women sit: asked for in a family matter, and kept when the session is moved.
    women_only = models.BooleanField(_("女性调解组"), default=False)
    # The sides come at different times and are heard by themselves (反家庭暴力法 13); kept when it is moved.
    apart = models.BooleanField(_("分开调解"), default=False)
    # When the other side is to come where the sides come apart; ``starts_at`` is the petitioner's time.
    other_comes_at = models.DateTimeField(_("对方几点到"), null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    record = SealedTextField(_("调解记录"))
    result = models.CharField(
        _("结果"),
        max_length=12,
        choices=[(result.value, result.label) for result in SESSION_RESULTS],
        blank=True,
        default="",
    )
    agreement = SealedTextField(_("调解协议"))
    # What of them is printed for one reader; set by selectors.veil_records.
    record_shown: str
    agreement_shown: str
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("调解安排")
        ordering = ["starts_at", "id"]
        constraints = [
            _never_twice("room", "session_room_once_at_a_time"),
            _never_twice("mediator", "session_mediator_once_at_a_time"),
            _never_twice("mediation", "session_case_once_at_a_time"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"),
            models.CheckConstraint(
                condition=Q(other_comes_at=None)
                | Q(apart=True, other_comes_at__gt=F("starts_at"), other_comes_at__lt=F("ends_at")),
                name="session_other_side_comes_within",
            ),
            models.CheckConstraint(
                condition=Q(held_at=None, result="")
                | Q(held_at__isnull=False, cancelled_at=None) & ~Q(result="") & ~Q(record=""),
                name="session_held_with_record_and_result",
            ),
            models.CheckConstraint(
                condition=~Q(result=Result.AGREED) | ~Q(agreement=""), name="session_agreed_with_agreement"
            ),
        ]
        indexes = [
            models.Index("mediator", "starts_at", name="session_of_mediator"),
            models.Index("starts_at", name="session_to_come", condition=Q(cancelled_at=None)),
        ]

    def sealed_to(self) -> str:
        """The row its sealed texts belong to: a session never leaves its mediation."""
        return str(self.mediation_id)

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(SHANGHAI).date()

    @property
    def hours(self) -> str:
        """09:00–11:30, in Asia/Shanghai."""
        start, end = self.starts_at.astimezone(SHANGHAI), self.ends_at.astimezone(SHANGHAI)
        return f"{start:%H:%M}–{end:%H:%M}"

    def comes_at(self, side: str) -> datetime:
        """When this side is to come."""
        later = self.other_comes_at if side == Side.OTHER else None
        return later or self.starts_at

    @property
    def moment_words(self) -> str:
        """For whoever mediates: when it begins, and when the other side is to come."""
        words = full_moment(self.starts_at)
        return words + _now("（对方%(hour)s到）") % {"hour": self.other_hour} if self.other_hour else words

    @property
    def other_hour(self) -> str:
        """09:45, in Asia/Shanghai; empty where both come at the same time."""
        return f"{self.other_comes_at.astimezone(SHANGHAI):%H:%M}" if self.other_comes_at else ""

    @property
    def beside(self) -> list[User]:
        """Who sits beside the one who leads; of the seats that were fetched."""
        return [seat.user for seat in self.seats.all() if seat.user_id != self.mediator_id]

    @property
    def panel_words(self) -> str:
        """The one who leads, then who sits beside them."""
        return "、".join(person.get_full_name() for person in (self.mediator, *self.beside))

    @property
    def is_planned(self) -> bool:
        return self.cancelled_at is None and self.held_at is None

    def has_begun(self, at: datetime | None = None) -> bool:
        return self.starts_at <= (at or now())

    def get_result_tone(self) -> Any:
        return "done" if self.result == Result.AGREED else "plain"


class Seat(models.Model):
    """Somebody who sits in a session as mediator, from ``starts_at`` up to ``ends_at``, as the session says."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(
        User, verbose_name=_("调解员"), on_delete=models.PROTECT, related_name="session_seats"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("调解席位")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="seat_once_in_a_session"),
            _never_twice("user", "seat_once_at_a_time"),
        ]
        indexes = [models.Index("starts_at", name="seat_to_come", condition=Q(cancelled_at=None))]
