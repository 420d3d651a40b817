"""What papers say: templates as rows, in versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from documents.enums import Layout, PaperKind, Series


@dataclass(frozen=True)
class FieldSpec:
    """One named field: what it is called on screen, and the article that asks for it where it must be there."""

    name: str
    label: str
    basis: str = ""
    required: bool = True

    @classmethod
    def of(cls, row: dict[str, Any]) -> FieldSpec:
        return cls(row["name"], row["label"], row.get("basis", ""), bool(row.get("required", True)))

    @property
    def row(self) -> dict[str, Any]:
        return {"name": self.name, "label": self.label, "basis": self.basis, "required": self.required}


class PaperTemplate(models.Model):
    """One version of a kind's text. A paper keeps the version it was drafted under.

    ``valid_from`` is the first day on which a paper may be drafted under it, ``valid_until`` the first day on which
    none may any more. ``title`` and ``body`` are text in which ``{name}`` stands for a field and nothing else means
    anything.
    A trigger (migration 0002) refuses to change the words of a version under which a paper stands.
    """

    kind = models.CharField(_("文书种类"), max_length=20, choices=PaperKind.choices)
    version = models.PositiveSmallIntegerField(_("版本"))
    layout = models.CharField(_("版式"), max_length=8, choices=Layout.choices)
    series = models.CharField(_("编号系列"), max_length=12, choices=Series.choices)
    title = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("正文"))
    fields = models.JSONField(
        _("字段"), default=list, help_text="Rows of FieldSpec, in the order of the form."
    )
    approval = models.BooleanField(_("须经核稿、签发"), default=True)
    service = models.BooleanField(_("须送达"), default=False, help_text="Not archived before it was served.")
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("文书模板")
        verbose_name_plural = _("文书模板")
        ordering = ("kind", "version")
        constraints = (
            models.UniqueConstraint(fields=["kind", "version"], name="paper_template_version"),
            models.CheckConstraint(condition=Q(version__gt=0), name="paper_template_version_positive"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="paper_template_in_order",
            ),
            ExclusionConstraint(
                name="paper_template_one_at_a_time",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from", "valid_until", function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} v{self.version}"

    @property
    def specs(self) -> list[FieldSpec]:
        return [FieldSpec.of(row) for row in self.fields]
