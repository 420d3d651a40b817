"""A month as it was reported: every counted row of every figure, kept for good.

A frozen figure is added up from these rows in the way a running one is added up from the cases, so its list always has
as many rows as the figure says. A trigger refuses to change or delete them. A row says which case counted where, and
when; what the case says stays with the case. Where a unit stood and what it was called is kept with the month, so that
no village that is moved and no department that is renamed or ended since changes a line of it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import Post, Unit
from petitions.enums import Channel, Kind, Path
from petitions.models import Petition


class Freeze(models.Model):
    """One version of a month as the district reported it. What changed since stands beside it, never in it.

    ``definitions``: what each figure meant, in words, with the version of the definition.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("月份"), help_text="First day of the month, Asia/Shanghai.")
    version = models.PositiveSmallIntegerField(_("版本"))
    reason = models.CharField(_("重报原因"), max_length=200, blank=True)
    frozen_at = models.DateTimeField(_("冻结时间"))
    frozen_by = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="+", help_text="Whose eyes counted."
    )
    definitions = models.JSONField(
        help_text="[{code, version, name, unit, part, whole, counts, note, formula, basis, set_to, provisional}, …]"
    )
    mediation_kept = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Not of months that were frozen before mediations were kept.",
    )

    class Meta:
        verbose_name = _("月报冻结")
        verbose_name_plural = _("月报冻结")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["unit", "month", "version"], name="freeze_one_per_version"),
            models.CheckConstraint(
                condition=Q(version=1, reason="") | Q(version__gt=1) & ~Q(reason=""),
                name="freeze_again_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.month:%Y-%m} v{self.version}"


class FrozenRow(models.Model):
    """One counted row of one figure. Column names keep clear of those that ``Figure.counted`` adds."""

    freeze = models.ForeignKey(Freeze, on_delete=models.PROTECT, related_name="rows", db_index=False)
    figure = models.CharField(max_length=24)
    petition = models.ForeignKey(
        Petition, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    item = models.BigIntegerField(null=True, help_text="Of another room: which row of it was counted.")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=16, choices=Channel, blank=True)
    moment = models.DateTimeField(help_text="What put it into the month.")
    met = models.BooleanField(help_text="In the numerator.")
    met_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=20, blank=True)
    weight = models.PositiveIntegerField(help_text="What it counts: 件次, or days, or heads.")
    # Of what was registered (figure "repeat_rate") alone:
    level1 = models.CharField(max_length=60, blank=True)
    batches = models.PositiveIntegerField(default=0)
    heads = models.PositiveIntegerField(default=0)
    mass = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, choices=Kind, blank=True, default="", db_default="")
    path = models.PositiveSmallIntegerField(choices=Path, null=True)
    place = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("冻结的行")
        verbose_name_plural = _("冻结的行")
        indexes: ClassVar[list[Any]] = [
            models.Index("freeze", "figure", "moment", "id", name="frozen_row_list"),
        ]


class FrozenUnit(models.Model):
    """A unit of the tree as it was when a month was frozen: its name, kind, code and place.

    ``path``: as ``accounts.models.Unit.path`` was then.
    """

    freeze = models.ForeignKey(Freeze, on_delete=models.PROTECT, related_name="units", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=24, blank=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=24, choices=UnitKind)
    path = models.CharField(max_length=400, db_collation="C")

    class Meta:
        verbose_name = _("冻结时的机构")
        verbose_name_plural = _("冻结时的机构")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["freeze", "unit"], name="frozen_unit_once"),
            models.UniqueConstraint(fields=["freeze", "path"], name="frozen_unit_path"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    def as_unit(self) -> Unit:
        """The unit as it was then, to be read and printed; never to be saved."""
        return Unit(
            pk=self.unit_id,
            code=self.code,
            name=self.name,
            short_name=self.short_name,
            kind=self.kind,
            path=self.path,
        )


class FrozenMediation(models.Model):
    """One mediation that counted in the month, with what the figures of that room ask of it (``mediation.figures``).

    ``mediation``, ``room``: ids there. ``place``, ``last_place``: the step of the ladder it stood on and the last one.
    """

    freeze = models.ForeignKey(Freeze, on_delete=models.PROTECT, related_name="mediations", db_index=False)
    mediation = models.BigIntegerField()
    room = models.BigIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, blank=True)
    first_held = models.DateTimeField(null=True)
    place = models.PositiveSmallIntegerField(null=True)
    last_place = models.PositiveSmallIntegerField(null=True)
    again = models.BooleanField()

    class Meta:
        verbose_name = _("冻结的调解")
        verbose_name_plural = _("冻结的调解")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["freeze", "mediation"], name="frozen_mediation_once"),
        ]

    def __str__(self) -> str:
        return str(self.mediation)
