"""What follows a 复核: its publication with names removed (条例 36), guidance and relief (条例 37)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from petitions.models import Petition
from reviews.enums import Care
from reviews.models.reviews import Review
from reviews.querysets import CareQuerySet, PublicationQuerySet


class Publication(models.Model):
    """公示 of a 复核意见: prepared by one person, put up by another. ``text`` names nobody."""

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="publication")
    title = models.CharField(_("标题"), max_length=80)
    text = models.TextField(_("公示内容"))
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    checked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("公示时间"), null=True, blank=True)
    taken_down_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("复核意见公示")
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None, checked_by=None)
                | Q(published_at__isnull=False, checked_by__isnull=False) & ~Q(checked_by=F("prepared_by")),
                name="publication_checked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(taken_down_at=None) | Q(published_at__isnull=False),
                name="publication_down_after_up",
            ),
        ]
        indexes = [
            models.Index(
                F("published_at").desc(),
                F("id").desc(),
                name="publication_public",
                condition=Q(published_at__isnull=False, taken_down_at=None),
            )
        ]

    def get_absolute_url(self) -> str:
        return self.review.get_absolute_url()

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.taken_down_at is None


class CareTask(models.Model):
    """疏导教育 or 帮扶救助 once a matter has ended (条例 37): what is to be done, by which unit, until which day (in
    Asia/Shanghai). It says nothing about the person, and nothing is counted per person."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="care_tasks")
    kind = models.CharField(_("事项"), max_length=8, choices=Care)
    text = models.CharField(_("做什么"), max_length=300)
    unit = models.ForeignKey(Unit, verbose_name=_("由谁做"), on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("期限"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("办理情况"), blank=True, default="")

    objects: ClassVar[Any] = CareQuerySet.as_manager()

    class Meta:
        verbose_name = _("疏导帮扶")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on=None, done_by=None, note="")
                | Q(done_on__isnull=False, done_by__isnull=False) & ~Q(note=""),
                name="care_done_whole",
            )
        ]
        indexes = [models.Index("unit", "due_on", "id", name="care_open", condition=Q(done_on=None))]

    def get_absolute_url(self) -> str:
        return reverse("reviews:case", args=[self.petition.number])
