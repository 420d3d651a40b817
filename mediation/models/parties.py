"""The people on both sides of a mediation."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.sealing import SealedTextField
from mediation.enums import BarGround, Side
from mediation.models.cases import MediationCase


class Party(models.Model):
    """Somebody a mediation is between. Name, telephone and address are sealed; the other side never sees the last two.

    ``is_petitioner``: the petitioner of the case, whose name and telephone stay with the case and are not written here
    again. ``protected``: asked to be kept apart (domestic violence, minors): no joint session unless ``wants_joint``,
    which only this party says and ``services.wishes`` alone writes. Whoever left stays on record. ``slip``: the number
    of the own page of anybody but the petitioner (``services.slips``).
    """

    mediation = models.ForeignKey(MediationCase, on_delete=models.PROTECT, related_name="parties")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    side = models.CharField(_("哪一方"), max_length=12, choices=Side)
    is_petitioner = models.BooleanField(default=False)
    name = SealedTextField(_("姓名或单位"))
    phone = SealedTextField(_("电话"))
    address = SealedTextField(_("住址"))
    represented_by = SealedTextField(_("代理人或陪同人"))
    protected = models.BooleanField(_("须分开调解"), default=False)
    wants_joint = models.BooleanField(_("本人要求当面调"), default=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(_("退出时间"), null=True, blank=True)
    slip = models.CharField(_("查询编号"), max_length=12, null=True, unique=True)
    slip_hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("当事人")
        ordering = ["side", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["mediation"], condition=Q(is_petitioner=True), name="party_one_petitioner"
            ),
            models.CheckConstraint(
                condition=Q(is_petitioner=False) | Q(side=Side.PETITIONER),
                name="party_petitioner_on_own_side",
            ),
            models.CheckConstraint(condition=Q(is_petitioner=True) | ~Q(name=""), name="party_has_a_name"),
            models.CheckConstraint(
                condition=Q(slip=None, slip_hash="")
                | Q(is_petitioner=False, slip__isnull=False) & ~Q(slip_hash=""),
                name="party_slip_of_others",
            ),
        ]

    def sealed_to(self) -> str:
        """The row its sealed texts belong to."""
        return str(self.key)

    @property
    def must_sit_apart(self) -> bool:
        return self.protected and not self.wants_joint


class Bar(models.Model):
    """Somebody who may not mediate this matter. It stands for this matter alone and says nothing of the person."""

    mediation = models.ForeignKey(MediationCase, on_delete=models.PROTECT, related_name="bars")
    user = models.ForeignKey(User, verbose_name=_("调解员"), on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(_("原因"), max_length=10, choices=BarGround)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("不宜调解的人")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["mediation", "user"], name="bar_once")]
