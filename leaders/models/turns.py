"""What rows of a day's line share: where somebody is on the day, since when, and who said so."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from leaders.reception_enums import Turn


class Turned(models.Model):
    turn = models.CharField(_("现场状态"), max_length=8, choices=Turn, default=Turn.WAITING)
    turned_at = models.DateTimeField(null=True, blank=True)
    turned_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def turn_tone(self) -> str:
        return Turn(self.turn).tone
