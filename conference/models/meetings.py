"""A meeting of the joint conference (条例 13): agenda, minutes, and what corrects them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from conference.enums import ItemKind, MeetingState
from conference.models.disputes import Dispute
from conference.querysets import ItemQuerySet, MeetingQuerySet
from petitions.models import Petition


class Meeting(models.Model):
    """Once its minutes are issued a trigger refuses any change (migration 0002); ``Correction`` rows come beside it.
    ``revision`` counts what was saved of the minutes: whoever writes over another's words is told."""

    title = models.CharField(_("会议名称"), max_length=120)
    starts_at = models.DateTimeField(_("会议时间"))
    place = models.CharField(_("地点"), max_length=200)
    chair = models.ForeignKey(Post, verbose_name=_("主持"), on_delete=models.PROTECT, related_name="+")
    units: Any = models.ManyToManyField(Unit, verbose_name=_("参加单位"), related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    called_at = models.DateTimeField()
    called_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    minutes = models.TextField(_("纪要"), blank=True, default="")
    revision = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField(_("录入时间"), null=True, blank=True)
    written_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(_("纪要文号"), max_length=40, blank=True, default="")
    issued_at = models.DateTimeField(_("印发时间"), null=True, blank=True)
    issued_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(_("取消原因"), max_length=500, blank=True, default="")

    objects: ClassVar[Any] = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("联席会议")
        indexes = [models.Index(F("starts_at").desc(), "id", name="meeting_newest")]
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="meeting_number_once"),
            models.UniqueConstraint(
                fields=["starts_at", "title"],
                condition=~Q(state=MeetingState.CANCELLED),
                name="meeting_called_once",
            ),
            models.CheckConstraint(
                condition=Q(state=MeetingState.ISSUED, issued_at__isnull=False, written_at__isnull=False)
                & ~Q(number="")
                & ~Q(minutes="")
                | ~Q(state=MeetingState.ISSUED) & Q(issued_at=None, number=""),
                name="meeting_issued_whole",
            ),
            models.CheckConstraint(
                condition=Q(issued_by=None) | ~Q(issued_by=F("written_by")), name="meeting_issued_by_another"
            ),
            models.CheckConstraint(
                condition=Q(written_at=None) | Q(written_at__gte=F("starts_at")),
                name="meeting_minutes_after_it",
            ),
            models.CheckConstraint(
                condition=Q(state=MeetingState.CANCELLED, cancelled_at__isnull=False) & ~Q(cancel_reason="")
                | ~Q(state=MeetingState.CANCELLED) & Q(cancelled_at=None),
                name="meeting_cancelled_with_a_reason",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("conference:meeting", args=[self.pk])

    @property
    def state_tone(self) -> str:
        return MeetingState(self.state).tone

    @property
    def is_planned(self) -> bool:
        return self.state == MeetingState.PLANNED

    @property
    def is_issued(self) -> bool:
        return self.state == MeetingState.ISSUED


class Item(models.Model):
    """One item of an agenda, and what was decided on it. ``petition`` is the case it names, if one: that of the
    dispute, or in which the unit's shortcomings showed."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items", db_index=False)
    ordinal = models.PositiveSmallIntegerField()
    kind = models.CharField(_("议题类型"), max_length=12, choices=ItemKind)
    title = models.CharField(_("议题"), max_length=120)
    text = models.TextField(_("情况"))
    dispute = models.ForeignKey(
        Dispute, null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("涉及单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    petition = models.ForeignKey(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="conference_items"
    )
    lead_unit = models.ForeignKey(
        Unit, verbose_name=_("主办单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    co_units: Any = models.ManyToManyField(Unit, verbose_name=_("协办单位"), blank=True, related_name="+")
    decision = models.TextField(_("决定"), blank=True, default="")

    objects: ClassVar[Any] = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("联席会议议题")
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "ordinal"], name="item_ordinal_once"),
            models.UniqueConstraint(
                fields=["meeting", "dispute"], condition=Q(dispute__isnull=False), name="item_dispute_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=ItemKind.DISPUTE, dispute__isnull=False, petition__isnull=False)
                | Q(kind=ItemKind.SHORTCOMING, dispute=None, lead_unit=None, unit__isnull=False)
                | Q(kind=ItemKind.OTHER, dispute=None, lead_unit=None),
                name="item_of_its_kind",
            ),
        ]


class Correction(models.Model):
    """更正: a note beside issued minutes, which stay as they are; append-only. ``ordinal`` counts within the
    meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="corrections", db_index=False)
    ordinal = models.PositiveSmallIntegerField()
    item = models.ForeignKey(Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("更正内容"))
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("纪要更正")
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "ordinal"], name="correction_ordinal_once"),
            models.CheckConstraint(condition=~Q(text=""), name="correction_says_something"),
        ]
