"""The tree of units (机构)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.querysets import UnitQuerySet


class Unit(models.Model):
    """A body in the tree, of any depth. Made and moved through ``services.units`` only.

    ``path`` lists the ids from the root down, each padded to six digits and closed by a dot
    (``000001.000004.``). It is compared byte by byte, so that "below X" is one index range.
    """

    code = models.CharField(_("统计代码"), max_length=24, blank=True, default="")
    name = models.CharField(_("名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=40, blank=True, default="")
    kind = models.CharField(_("性质"), max_length=24, choices=UnitKind.choices)
    phone = models.CharField(_("值班电话"), max_length=30, blank=True, default="", db_default="")
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级机构"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    path = models.CharField(max_length=400, unique=True, db_collation="C", editable=False)
    review_superior = models.ForeignKey(
        "self",
        verbose_name=_("复查机关"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reviews_for",
    )
    valid_from = models.DateField(_("启用日期"), null=True, blank=True)
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    objects: ClassVar[Any] = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("机构")
        verbose_name_plural = _("机构")
        constraints = (
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="unit_code_once"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_from=None) | Q(valid_until__gt=F("valid_from")),
                name="unit_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(path__endswith="."), name="unit_path_closed"),
            models.CheckConstraint(
                condition=~Q(review_superior=F("id")) | Q(review_superior=None),
                name="unit_not_own_reviewer",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name

    @property
    def depth(self) -> int:
        return self.path.count(".")

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root down to this unit, itself included; no query."""
        return [int(part) for part in self.path.split(".") if part]

    def is_within(self, other: Unit) -> bool:
        """Whether this unit is ``other`` or stands below it."""
        return self.path.startswith(other.path)


class UnitSuccession(models.Model):
    """The unit ends on its ``valid_until``; ``successor`` takes over what it did (条例 24: 分立、合并、撤销).

    One row per successor: a unit that was merged has one, a unit that was split has several. ``followed_at``: when its
    cases had all gone over, None until then.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="succeeded_by")
    successor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="succeeds")
    basis = models.CharField(_("依据"), max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    followed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["unit", "successor"], name="succession_once"),
            models.CheckConstraint(condition=~Q(unit=F("successor")), name="succession_by_another"),
        )

    def __str__(self) -> str:
        return f"{self.unit} → {self.successor}"
