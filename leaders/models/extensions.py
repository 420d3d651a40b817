"""Asking for an extension (延期申请): the extension itself is ``petitions.Extension``, made by the petitions' door."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from leaders.ask_querysets import AskQuerySet
from leaders.enums import AskState
from petitions.models import Petition


class ExtensionAsk(models.Model):
    """One request, until the head says yes or no; asked back, it is asked again by the same row."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="extension_asks")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField(_("延长天数"))
    reason = models.TextField(_("理由"))
    state = models.CharField(max_length=10, choices=AskState, default=AskState.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    asked_who = models.CharField(max_length=120)
    words = models.TextField(_("意见"), blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = AskQuerySet.as_manager()

    class Meta:
        verbose_name = _("延期申请")
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=30), name="ask_one_to_thirty_days"),
            models.UniqueConstraint(
                fields=["petition"],
                condition=Q(state__in=[AskState.ASKED, AskState.RETURNED]),
                name="ask_one_open_per_case",
            ),
            models.CheckConstraint(
                condition=Q(state=AskState.ASKED) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="ask_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index("unit", "asked_at", name="ask_to_decide", condition=Q(state=AskState.ASKED)),
        ]

    def get_absolute_url(self) -> str:
        return reverse("leaders:extension", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in {AskState.ASKED, AskState.RETURNED}
