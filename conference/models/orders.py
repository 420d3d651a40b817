"""What a conference decides against a unit (条例 39): 约谈, 通报, 限期整改, 挂牌督办; and the unit's written report."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from conference.enums import WITH_A_DAY, OrderKind, OrderState
from conference.models.meetings import Item
from conference.querysets import OrderQuerySet
from petitions.models import Petition
from supervision.models import Supervision


class Order(models.Model):
    """One decision against one unit, on an item of issued minutes. ``due_on`` is a day in Asia/Shanghai, the last one
    that is in time. ``talk_post``: the unit's head in office, by post. ``issued_unit``: the office it went out from.
    ``supervision``: where it was put on the red list, which goes on there."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="orders", db_index=False)
    kind = models.CharField(_("决定"), max_length=10, choices=OrderKind)
    unit = models.ForeignKey(Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+")
    petition = models.ForeignKey(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="conference_orders"
    )
    facts = models.TextField(_("事实"))
    basis = models.TextField(_("依据"))
    demand = models.TextField(_("要求"))
    due_on = models.DateField(_("报告期限"), null=True, blank=True)
    circulated: Any = models.ManyToManyField(Unit, verbose_name=_("通报范围"), blank=True, related_name="+")
    talk_post = models.ForeignKey(
        Post, verbose_name=_("约谈对象"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    talk_by = models.CharField(_("约谈人"), max_length=120, blank=True, default="")
    talked_on = models.DateField(_("约谈日期"), null=True, blank=True)
    talk_record = models.TextField(_("约谈记录"), blank=True, default="")
    talk_recorded_at = models.DateTimeField(null=True, blank=True)
    talk_recorded_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    supervision = models.ForeignKey(
        Supervision, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    issued_at = models.DateTimeField(_("下达时间"))
    issued_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    issued_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=OrderState, default=OrderState.OPEN)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects: ClassVar[Any] = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("联席会议决定")
        indexes = [
            models.Index(F("issued_at").desc(), "id", name="order_register"),
            models.Index("unit", F("issued_at").desc(), "id", name="order_of_unit"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["item", "kind", "unit"], name="order_once_per_item"),
            models.CheckConstraint(condition=~Q(facts="") & ~Q(basis="") & ~Q(demand=""), name="order_whole"),
            models.CheckConstraint(
                condition=~Q(kind__in=WITH_A_DAY) | Q(due_on__isnull=False), name="order_with_its_day"
            ),
            models.CheckConstraint(
                condition=Q(kind=OrderKind.TALK, talk_post__isnull=False) & ~Q(talk_by="")
                | ~Q(kind=OrderKind.TALK) & Q(talk_post=None, talk_by="", talked_on=None),
                name="order_talk_with_whom",
            ),
            models.CheckConstraint(
                condition=Q(talked_on=None, talk_record="", talk_recorded_at=None)
                | Q(talked_on__isnull=False, talk_recorded_at__isnull=False) & ~Q(talk_record=""),
                name="order_talk_recorded_whole",
            ),
            models.CheckConstraint(
                condition=Q(kind=OrderKind.LISTED, supervision__isnull=False, petition__isnull=False)
                | ~Q(kind=OrderKind.LISTED) & Q(supervision=None),
                name="order_listed_where",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[OrderState.OPEN, OrderState.REPORTED], ended_at=None)
                | Q(
                    state__in=[OrderState.DONE, OrderState.HANDED, OrderState.LAPSED], ended_at__isnull=False
                ),
                name="order_ended_with_its_time",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("conference:order", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in {OrderState.OPEN, OrderState.REPORTED}

    @property
    def state_tone(self) -> str:
        return OrderState(self.state).tone


class OrderReport(models.Model):
    """What the unit reports in writing, and the word on it: done, or not yet, with the reason and a new day;
    append-only but for that word."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reports")
    text = models.TextField(_("报告"))
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)
    accepted = models.BooleanField(null=True, blank=True)
    reply = models.TextField(_("审核意见"), blank=True, default="")
    new_due_on = models.DateField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(accepted__isnull=True), name="order_report_one_unread"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="order_report_says_something"),
            models.CheckConstraint(
                condition=~Q(accepted=False) | ~Q(reply="") & Q(new_due_on__isnull=False),
                name="order_report_sent_back_with_a_day",
            ),
        ]
