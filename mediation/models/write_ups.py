"""Training material: a closed mediation written up, without the names of anybody."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.sealing import SealedTextField
from mediation.models.cases import MediationCase
from mediation.write_up_enums import WriteUpState
from mediation.write_up_querysets import WriteUpQuerySet


def _by() -> Any:
    return models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")


class WriteUp(models.Model):
    """What can be learnt from a mediation. One person takes out who it was about, another looks whether that was done;
    only then do all mediators read it. ``revision`` counts the versions, so that nobody passes a text they did not
    read."""

    mediation = models.ForeignKey(MediationCase, on_delete=models.PROTECT, related_name="write_ups")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = SealedTextField(_("题目"))
    words = SealedTextField(_("内容"))
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(_("状态"), max_length=12, choices=WriteUpState, default=WriteUpState.DRAFT)
    written_at = models.DateTimeField()
    written_by = _by()
    cleaned_at = models.DateTimeField(null=True, blank=True)
    cleaned_by = _by()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = _by()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = _by()

    objects: ClassVar[Any] = WriteUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("调解案例")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None)
                | (
                    Q(published_by__isnull=False, cleaned_by__isnull=False)
                    & ~Q(published_by=F("cleaned_by"))
                    & ~Q(published_by=F("written_by"))
                ),
                name="write_up_checked_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state=WriteUpState.PUBLISHED) | Q(published_at__isnull=False),
                name="write_up_published_when",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("mediation:write_up", args=[self.pk])

    def sealed_to(self) -> str:
        """The row its sealed texts belong to."""
        return str(self.key)

    @property
    def state_tone(self) -> str:
        return WriteUpState(self.state).tone
