"""Places of mediation (调解室) and the people who mediate there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User


class Room(models.Model):
    """A room of a unit. ``published`` puts it on the page residents read; mediators' names stay off it."""

    unit = models.ForeignKey(Unit, verbose_name=_("所属单位"), on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=80)
    address = models.CharField(_("地址"), max_length=200)
    phone = models.CharField(_("电话"), max_length=30, blank=True, default="")
    hours = models.CharField(_("开放时间"), max_length=120, blank=True, default="")
    mediators = models.ManyToManyField(
        User, verbose_name=_("调解员"), blank=True, related_name="mediation_rooms"
    )
    published = models.BooleanField(_("向社会公布"), default=True)

    class Meta:
        verbose_name = _("调解室")
        ordering = ["unit__path", "name", "id"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="room_name_once_per_unit")]

    def __str__(self) -> str:
        return self.name
