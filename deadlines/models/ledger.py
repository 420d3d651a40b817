"""The ledger of all clocks: what was done to each, in order. A trigger writes it, whoever changes the clock."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from deadlines.enums import EntryKind
from deadlines.models.rules import Rule


class ClockEntry(models.Model):
    """One change to one clock, with all that its due date follows from; see ``deadlines.ledger``.

    ``at`` is when the row was written, which may be later than the moment it tells of: a start entered days late has
    its own ``started_at``. ``calendar`` is the id of the newest CalendarTable by which it was counted. Nobody writes
    here but the triggers on the clocks' tables, and nothing is changed or taken away.
    """

    id = models.BigAutoField(primary_key=True)
    clock_class = models.CharField(_("时钟"), max_length=60)
    clock_id = models.BigIntegerField()
    at = models.DateTimeField(_("记录时间"))
    kind = models.CharField(_("变动"), max_length=10, choices=EntryKind.choices)
    #: The clock's own foreign key holds the rule; a second check of every row would cost and add nothing.
    rule = models.ForeignKey(
        Rule,
        verbose_name=_("规则"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    started_at = models.DateTimeField(_("起算"))
    length = models.PositiveSmallIntegerField(null=True)
    due_on = models.DateField(null=True)
    speed = models.PositiveSmallIntegerField()
    calendar = models.BigIntegerField(null=True)
    #: The DutyHours by which it was counted; empty where nights count.
    hours = models.BigIntegerField(null=True)
    extended_days = models.PositiveSmallIntegerField()
    raw_due_at = models.DateTimeField(_("期限届满"))
    due_at = models.DateTimeField(_("到期"))
    held_until = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("期限台账")
        verbose_name_plural = _("期限台账")
        ordering = ("pk",)
        indexes = (models.Index(fields=["clock_id", "clock_class"], name="clock_entry_of_clock"),)

    def __str__(self) -> str:
        return f"{self.clock_class}:{self.clock_id} {self.kind}"
