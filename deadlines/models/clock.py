"""The abstract clock. A room above makes it concrete with a real foreign key to what it clocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from core.timekeeping import now
from deadlines.enums import Lamp
from deadlines.models.rules import Rule

if TYPE_CHECKING:
    from deadlines.ladder import AlertLine, DueStep

#: When a clock's time is over: the later of ``due_at`` and ``held_until``; PostgreSQL's GREATEST passes over NULL.
ENDS_AT = Greatest("due_at", "held_until")


class Clock(models.Model):
    """One running or stopped deadline. All moments are aware; days end at 24:00 Asia/Shanghai.

    ``next_at`` is the next moment at which something must happen, empty when nothing will. A clock runs while
    ``stopped_at`` is empty. ``step_no`` counts the rungs of the rule's ladder that are done. ``speed`` is the
    factor by which a trial hastened this clock (minute and hour rules only). ``held_until`` is set for a window
    whose beginning became known late: nothing happens to the clock before it, see ``ENDS_AT``. Only
    ``deadlines.services`` writes these columns.

    A concrete class declares ``class Meta(Clock.Meta)`` with ``indexes = [Clock.sweep_index("its_name")]``.
    """

    rule = models.ForeignKey(Rule, verbose_name=_("规则"), on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("起算"))
    raw_due_at = models.DateTimeField(_("期限届满"))
    due_at = models.DateTimeField(_("到期"))
    held_until = models.DateTimeField(_("保留至"), null=True, blank=True)
    soon_at = models.DateTimeField(_("将到期"), null=True, blank=True)
    provisional = models.BooleanField(_("暂定"), default=False)
    next_at = models.DateTimeField(null=True, blank=True)
    step_no = models.PositiveSmallIntegerField(default=0)
    stopped_at = models.DateTimeField(_("停止"), null=True, blank=True)
    breached_at = models.DateTimeField(_("超期"), null=True, blank=True)
    extended_days = models.PositiveSmallIntegerField(_("延长日数"), default=0)
    speed = models.PositiveSmallIntegerField(default=1)
    error_count = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True, default="")
    explanation = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__gte=F("raw_due_at"), raw_due_at__gte=F("started_at")),
                name="%(class)s_due_in_order",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(next_at=None), name="%(class)s_stopped_has_no_next"
            ),
            models.CheckConstraint(condition=Q(speed__gte=1), name="%(class)s_speed_positive"),
        ]

    @staticmethod
    def sweep_index(name: str) -> models.Index:
        """The partial index the sweep reads; it holds only clocks to which something will still happen."""
        return models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name=name)

    @property
    def running(self) -> bool:
        return self.stopped_at is None

    @property
    def facts(self) -> Mapping[str, str]:
        """What was known of the matter when the clock started; by it the rule was chosen."""
        found: Mapping[str, str] = self.explanation.get("facts", {})
        return found

    @property
    def ends_at(self) -> datetime:
        """``ENDS_AT`` of a row that is read."""
        return self.due_at if self.held_until is None else max(self.due_at, self.held_until)

    @property
    def key(self) -> str:
        """Start of every dedupe key of this clock's alerts: petitions.petitionclock:17."""
        return f"{self._meta.label_lower}:{self.pk}"

    def lamp(self, at: datetime | None = None) -> Lamp:
        """Red by the raw due date, so that nobody leans on a roll; breach in law goes by ``due_at``."""
        at = at or now()
        end = self.stopped_at or at
        if end > self.raw_due_at:
            return Lamp.RED
        if self.running and self.soon_at is not None and at >= self.soon_at:
            return Lamp.YELLOW
        return Lamp.GREEN

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """Who is told what for these steps, in a number of queries that does not depend on how many steps
        there are.

        Called inside the sweep's transaction. Use ``step.key`` as the dedupe key of a step's line.
        """
        raise NotImplementedError

    @classmethod
    def on_lapse(cls, due: Sequence[DueStep], now: datetime) -> None:
        """Called inside the sweep's transaction with the ``lapse`` steps of a batch; the clocks stop
        afterwards.

        May run again for the same steps when another clock of the batch failed (its work was rolled back
        then).
        """

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        """The rows the sweep reads. Override to add ``select_related``; only the clock itself is locked."""
        return cls._base_manager.defer("explanation")

    @classmethod
    def check(cls, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        partial = [index for index in cls._meta.indexes if index.condition is not None]
        if not any("next_at" in _first_columns(index) for index in partial):
            found.append(
                checks.Error(
                    "A clock class needs the sweep's partial index.",
                    hint='Add Clock.sweep_index("name") to Meta.indexes.',
                    obj=cls,
                    id="deadlines.E001",
                )
            )
        return found


def _first_columns(index: models.Index) -> list[str]:
    """Names an index leads with, whether given as fields or as expressions."""
    return [*index.fields[:1], *(getattr(part, "name", "") for part in index.expressions[:1])]
