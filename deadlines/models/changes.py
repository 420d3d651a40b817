"""Changes that reach running clocks, until it is sure that they reached every one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from deadlines.models.rules import Rule


class SecondLook(models.Model):
    """A year's table, or a version that running clocks went over to (or away from, ``leaving``).

    Whoever was starting a clock while the change was made counted by what stood before, and the change did not see that
    clock. ``seen_at``: when the change was first seen to stand; once every transaction that began before has ended,
    what such ones left is counted again, once (``done_at``).
    """

    year = models.PositiveSmallIntegerField(null=True, blank=True)
    rule = models.ForeignKey(Rule, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    leaving = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    moved = models.PositiveIntegerField(default=0)
    #: Of a change that is carried out in batches: how many clocks there were, how many were looked at, the class and
    #: the id of the last, how many could not be counted, and when it had come to the end.
    total = models.PositiveIntegerField(null=True, blank=True)
    looked_at = models.PositiveIntegerField(default=0)
    at_class = models.CharField(max_length=60, blank=True, default="")
    at_clock = models.BigIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    carried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index("id", condition=Q(done_at=None), name="second_look_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(year=None, rule__isnull=False) | Q(year__isnull=False, rule=None),
                name="second_look_of_a_table_or_a_rule",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year or self.rule}"
