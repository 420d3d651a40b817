"""阅批: new letters that the head of a unit, or the leader of an inbox, is to read within a limit."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from leaders.enums import ReadHow
from leaders.models.inboxes import LeaderInbox
from leaders.reading_querysets import ReadingQuerySet
from petitions.models import Petition


class ReadingDuty(models.Model):
    """A unit whose head reads new letters within the limit (rule ``reading``). No unit does until it is named here."""

    unit = models.ForeignKey(Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(_("开始"))
    began_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("停止"), null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("限期阅批单位")
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(ended_at__isnull=True), name="reading_duty_one_running"
            ),
        ]


class Reading(models.Model):
    """One letter to be read: by the head of ``unit`` (or a leader in charge of it), or by the leader of ``inbox``."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="readings")
    unit = models.ForeignKey(
        Unit, verbose_name=_("单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    inbox = models.ForeignKey(
        LeaderInbox, null=True, blank=True, on_delete=models.PROTECT, related_name="readings"
    )
    started_at = models.DateTimeField(_("收到时间"))
    read_at = models.DateTimeField(_("阅批时间"), null=True, blank=True)
    read_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    read_post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(_("方式"), max_length=12, choices=ReadHow, blank=True, default="")
    words = models.TextField(_("阅批意见"), blank=True, default="")
    let_go_at = models.DateTimeField(
        null=True, blank=True, help_text="The case went to another unit or was sealed before anybody read it."
    )

    objects: ClassVar[Any] = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("阅批")
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, inbox__isnull=True)
                | Q(unit__isnull=True, inbox__isnull=False),
                name="reading_of_unit_or_inbox",
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True, how="")
                | Q(read_at__isnull=False, read_by__isnull=False) & ~Q(how=""),
                name="reading_read_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["petition", "unit"],
                condition=Q(unit__isnull=False, let_go_at__isnull=True),
                name="reading_once_per_unit",
            ),
            models.UniqueConstraint(
                fields=["petition"], condition=Q(inbox__isnull=False), name="reading_once_per_inbox"
            ),
        ]
        indexes = [
            models.Index(
                "unit",
                "started_at",
                name="reading_to_do_of_unit",
                condition=Q(read_at__isnull=True, let_go_at__isnull=True),
            ),
            models.Index(
                "inbox",
                "started_at",
                name="reading_to_do_of_inbox",
                condition=Q(read_at__isnull=True, let_go_at__isnull=True),
            ),
            models.Index(F("started_at").desc(), F("id").desc(), name="reading_newest"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("leaders:reading", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.read_at is None and self.let_go_at is None

    @property
    def whose(self) -> str:
        return self.inbox.name if self.inbox is not None else (self.unit.label if self.unit else "")
