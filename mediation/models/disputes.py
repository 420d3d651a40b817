"""A dispute that came to a room without being a petition: from the code on its door, a walk-in, a court, the police."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.sealing import SealedTextField
from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock
from mediation.dispute_enums import SETTLED, DisputeState, Source
from mediation.dispute_querysets import RoomDisputeQuerySet
from mediation.enums import DisputeKind
from mediation.models.rooms import Room
from petitions.models import Petition


class Dispute(models.Model):
    """One dispute as it was brought. Whoever brought it, and the other side, are sealed, and so are the words.

    ``other_unit``: the other side is this unit, whose people neither see nor steer it; ``kept_out``: nor do these
    people (条例 28). ``earlier``: the dispute that came back in this one. ``petition``: it was registered as one.
    ``forgotten_at``: what was sealed was emptied.
    """

    number = models.CharField(_("编号"), max_length=20, unique=True)
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    room = models.ForeignKey(Room, verbose_name=_("调解室"), on_delete=models.PROTECT, related_name="brought")
    kind = models.CharField(_("纠纷类型"), max_length=12, choices=DisputeKind, default=DisputeKind.OTHER)
    came_at = models.DateTimeField(_("收到时间"))
    name = SealedTextField(_("姓名"))
    phone = SealedTextField(_("电话"))
    address = SealedTextField(_("住址"))
    other_name = SealedTextField(_("对方姓名或单位"))
    other_phone = SealedTextField(_("对方电话"))
    words = SealedTextField(_("什么纠纷"))
    other_unit = models.ForeignKey(
        Unit, verbose_name=_("对方是哪个单位"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    kept_out = models.ManyToManyField(User, verbose_name=_("须回避的人"), related_name="+")
    reference = models.CharField(_("对方文号"), max_length=80, blank=True, default="")
    query_code_hash = models.CharField(max_length=64, blank=True, default="")
    submit_key = models.CharField(max_length=64)
    registered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=12, choices=DisputeState, default=DisputeState.WAITING)
    settled_at = models.DateTimeField(_("办结时间"), null=True)
    settled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answer = SealedTextField(_("答复"))
    earlier = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="later")
    petition = models.ForeignKey(Petition, null=True, on_delete=models.PROTECT, related_name="room_disputes")
    forgotten_at = models.DateTimeField(null=True)

    #: The clock that runs on it; set by dispute_selectors.with_clocks.
    clock: DisputeClock | None

    objects: ClassVar[Any] = RoomDisputeQuerySet.as_manager()

    #: 检举控告 never come here; what shares a page with petitions asks all the same.
    sealed = False

    class Meta:
        verbose_name = _("纠纷")
        constraints = [
            models.UniqueConstraint(fields=["submit_key"], name="dispute_once_per_form"),
            models.CheckConstraint(
                condition=Q(state__in=SETTLED, settled_at__isnull=False)
                | (~Q(state__in=SETTLED) & Q(settled_at=None)),
                name="dispute_settled_with_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=DisputeState.REGISTERED) | Q(petition__isnull=False),
                name="dispute_registered_has_its_petition",
            ),
        ]
        indexes = [
            models.Index(
                "room", "came_at", name="dispute_to_take_up", condition=Q(state=DisputeState.WAITING)
            ),
            models.Index("settled_at", name="dispute_to_forget", condition=Q(forgotten_at=None)),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("mediation:case", args=[self.number])

    def sealed_to(self) -> str:
        """The row its sealed texts belong to."""
        return str(self.number)

    @property
    def title(self) -> str:
        """邻里纠纷: what stands in lists, without a word of anybody."""
        return _now("%(kind)s纠纷") % {"kind": DisputeKind(self.kind).label}

    @property
    def about(self) -> str:
        """How notices name it."""
        return f"room_dispute:{self.pk}"

    @property
    def state_tone(self) -> str:
        return DisputeState(self.state).tone


class DisputeEvent(models.Model):
    """A line of what was done about a dispute; sealed, for it may say what somebody said. ``public``: for whoever
    brought it too."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)
    text = SealedTextField(_("经过"))
    public = models.BooleanField(default=False)
    submit_key = models.CharField(max_length=64, null=True)

    class Meta:
        verbose_name = _("纠纷经过")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["submit_key"], name="dispute_event_once_per_form")]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return str(self.dispute_id)


class DisputeClock(Clock):
    """The days within which somebody takes a dispute up or says where to go. No day of anybody's rights hangs on it."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("dispute_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["dispute"], condition=Q(stopped_at__isnull=True), name="dispute_clock_one_running"
            ),
        ]

    def get_explanation_url(self) -> str:
        return self.dispute.get_absolute_url()

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        return super().for_sweep().select_related("dispute__room__unit", "dispute__other_unit")

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """The room's mediators and its unit's people, its head, the petition office."""
        from mediation.services import dispute_alerts

        return dispute_alerts.lines(due)
