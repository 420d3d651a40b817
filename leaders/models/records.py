"""What was said when a leader met people, at a desk or at their home, and what was promised."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from core.sealing import SealedTextField
from leaders.models.bookings import Booking
from leaders.models.instructions import Instruction
from leaders.models.visits import VisitDay
from leaders.querysets import VisitRecordQuerySet
from leaders.reception_enums import RecordWay
from petitions.models import Attachment, Petition


class VisitRecord(models.Model):
    """One talk about one case. ``first_receiver`` stays who it was (首接责任). ``place_unit`` and ``changed`` are of a
    home visit; ``at_the_desk``: the departments of a joint desk (组团接访)."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="visit_records")
    day = models.ForeignKey(VisitDay, null=True, blank=True, on_delete=models.PROTECT, related_name="records")
    leader = models.ForeignKey(User, verbose_name=_("接访领导"), on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("接访时间"))
    heads = models.PositiveIntegerField(_("人数"), default=1)
    said = models.TextField(_("谈话内容"))
    new_matter = models.BooleanField(default=False, help_text="The case was registered in this reception.")
    first_receiver = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    key = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    submit_key = models.CharField(max_length=64, unique=True, null=True, blank=True)
    way = models.CharField(_("方式"), max_length=8, choices=RecordWay, default=RecordWay.DESK)
    people = SealedTextField(_("来访人"))
    asked = models.TextField(_("诉求"), blank=True, default="")
    changed = models.TextField(_("有什么变化"), blank=True, default="")
    place_unit = models.ForeignKey(
        Unit, verbose_name=_("走访地点"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at_the_desk = models.ManyToManyField(Unit, verbose_name=_("在场部门"), blank=True, related_name="+")
    slips = models.ManyToManyField(Attachment, verbose_name=_("签字单"), blank=True, related_name="+")
    booking = models.OneToOneField(
        Booking, null=True, blank=True, on_delete=models.PROTECT, related_name="record"
    )

    objects: ClassVar[Any] = VisitRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("接访记录")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(heads__gte=1), name="visit_record_at_least_one_head"),
            models.CheckConstraint(condition=~Q(said=""), name="visit_record_says_something"),
            models.CheckConstraint(
                condition=~Q(way=RecordWay.HOME) | Q(place_unit__isnull=False),
                name="visit_record_at_home_somewhere",
            ),
        ]
        indexes = [models.Index("petition", "at", name="visit_record_of_case")]

    def get_absolute_url(self) -> str:
        return reverse("leaders:record", args=[self.pk])

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return str(self.key)


class Promise(models.Model):
    """What was promised, to whom and by when; an instruction where a unit has to keep it, else kept by the leader's own
    office, which says how (``kept_text``)."""

    record = models.ForeignKey(VisitRecord, on_delete=models.PROTECT, related_name="promises")
    ordinal = models.PositiveSmallIntegerField()
    text = models.CharField(_("承诺事项"), max_length=500)
    to_whom = SealedTextField(_("向谁承诺"))
    due_on = models.DateField(_("何时兑现"))
    instruction = models.OneToOneField(
        Instruction, null=True, blank=True, on_delete=models.PROTECT, related_name="promise"
    )
    kept_at = models.DateTimeField(_("兑现时间"), null=True, blank=True)
    kept_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kept_text = models.CharField(_("怎样兑现的"), max_length=500, blank=True, default="")

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["record", "ordinal"], name="promise_ordinal"),
            models.CheckConstraint(condition=~Q(text=""), name="promise_says_something"),
            models.CheckConstraint(
                condition=Q(kept_at=None) | ~Q(kept_text="") & Q(instruction=None),
                name="promise_kept_in_words",
            ),
        ]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return f"{self.record_id}/{self.ordinal}"
