"""Who has asked for a place on a reception day: booked, waiting, or come without asking."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.converters import scattered
from core.sealing import BlindIndexField, SealedTextField
from leaders.enums import BookingHow, BookingState, Tell
from leaders.models.turns import Turned
from leaders.models.visits import VisitDay
from leaders.querysets import BookingQuerySet
from leaders.reception_enums import Turn
from petitions.models import Petition

LIVE = (BookingState.BOOKED, BookingState.WAITING)
#: In line on the day itself.
IN_LINE = (*LIVE, BookingState.WALKED_IN)


class Booking(Turned):
    """A place in line. ``ordinal`` is the order of asking on that day and the only thing that decides about places;
    how often somebody petitioned is looked at nowhere (domain G). Who it is, is sealed.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    day = models.ForeignKey(VisitDay, on_delete=models.PROTECT, related_name="bookings")
    ordinal = models.PositiveIntegerField()
    how = models.CharField(_("方式"), max_length=8, choices=BookingHow)
    state = models.CharField(_("状态"), max_length=10, choices=BookingState)
    slot = models.PositiveSmallIntegerField(_("名额"), null=True, blank=True)
    petition = models.ForeignKey(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="bookings"
    )
    heads = models.PositiveIntegerField(_("人数"), default=1)
    name = SealedTextField(_("称呼"))
    phone = SealedTextField(_("电话"))
    matter = SealedTextField(_("要谈的事"))
    phone_index = BlindIndexField(of=["phone"])
    code_hash = models.CharField(max_length=64)
    submit_key = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(_("预约时间"))
    recorded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    moved_from = models.ForeignKey(
        VisitDay, null=True, blank=True, on_delete=models.PROTECT, related_name="moved_away"
    )
    kept_day = models.ForeignKey(
        VisitDay, null=True, blank=True, on_delete=models.PROTECT, related_name="kept_for"
    )
    kept_until = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    to_tell = models.CharField(max_length=12, choices=Tell, blank=True, default="")
    told_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("预约")
        constraints = [
            models.UniqueConstraint(fields=["day", "ordinal"], name="booking_ordinal"),
            # The last place goes to one of two.
            models.UniqueConstraint(
                fields=["day", "slot"], condition=Q(state=BookingState.BOOKED), name="booking_one_per_slot"
            ),
            models.CheckConstraint(
                condition=Q(state=BookingState.BOOKED, slot__isnull=False, slot__gte=1)
                | ~Q(state=BookingState.BOOKED) & Q(slot=None),
                name="booking_booked_has_slot",
            ),
            models.UniqueConstraint(
                fields=["day", "phone_index"],
                condition=Q(state__in=LIVE, phone_index__isnull=False),
                name="booking_once_by_phone",
            ),
            models.UniqueConstraint(
                fields=["day", "petition"],
                condition=Q(state__in=LIVE, petition__isnull=False),
                name="booking_once_by_case",
            ),
            # One leader talks to one at a time.
            models.UniqueConstraint(
                fields=["day"],
                condition=Q(turn=Turn.IN_ROOM, state__in=IN_LINE),
                name="booking_one_in_the_room",
            ),
            models.CheckConstraint(
                condition=Q(kept_day=None, kept_until=None)
                | Q(kept_day__isnull=False, kept_until__isnull=False, state=BookingState.OFFERED),
                name="booking_kept_while_offered",
            ),
        ]
        indexes = [
            models.Index("day", "state", "ordinal", name="booking_line"),
            models.Index("kept_until", name="booking_kept", condition=Q(kept_until__isnull=False)),
            models.Index("asked_at", "id", name="booking_to_tell", condition=~Q(to_tell="")),
        ]

    def sealed_to(self) -> str:
        """The row its sealed texts belong to; it stays when the booking moves to another day."""
        return str(self.key)

    @property
    def number(self) -> str:
        """预约号: says neither how many there are nor who came before."""
        return scattered(self.pk)

    @property
    def comes_at(self) -> datetime | None:
        """When it is this one's turn, as far as one can say."""
        if self.slot is None:
            return None
        return self.day.starts_at + (self.slot - 1) * timedelta(minutes=self.day.slot_minutes)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE
