"""Addresses of the wall display (大屏)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post


class WallLink(models.Model):
    """One screen's address; only a hash of it is kept. It is good until ``good_until``, or until it is withdrawn."""

    name = models.CharField(_("装在哪里"), max_length=40)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("生成时间"))
    made_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    good_until = models.DateTimeField(_("有效期至"))
    ended_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    ended_by = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("大屏地址")
        verbose_name_plural = _("大屏地址")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="wall_link_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name
