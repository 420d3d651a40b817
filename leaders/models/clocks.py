"""The clocks of this room: a package's target date and an instruction's due date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock
from leaders.models.instructions import Instruction
from leaders.models.packages import CasePackage
from leaders.models.readings import Reading
from leaders.models.records import Promise


class PackageClock(Clock):
    """Runs to the end of the target day; stopped by striking the package off, not by closing the case."""

    package = models.ForeignKey(CasePackage, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("package_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["package"], condition=Q(stopped_at__isnull=True), name="package_clock_one_running"
            ),
        ]

    def get_explanation_url(self) -> str:
        return reverse("leaders:package_clock", args=[self.package_id, self.pk])

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        return (
            super()
            .for_sweep()
            .select_related(
                "package__petition__complained_unit", "package__post__unit", "package__post__user"
            )
        )

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """The leader before and at the date, the petition office after it; see ``services.alerts``."""
        from leaders.services import alerts

        return alerts.package_lines(due)


class InstructionClock(Clock):
    """Runs to the end of the due day; stopped by the unit's report, started anew by the leader's 不够."""

    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("instruction_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["instruction"],
                condition=Q(stopped_at__isnull=True),
                name="instruction_clock_one_running",
            ),
        ]

    def get_explanation_url(self) -> str:
        return reverse("leaders:instruction_clock", args=[self.instruction_id, self.pk])

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        return (
            super()
            .for_sweep()
            .select_related(
                "instruction__petition__complained_unit",
                "instruction__unit",
                "instruction__post__unit",
                "instruction__post__user",
                "instruction__doer__user",
            )
        )

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """The unit's people first, then the leader who wrote it, then the petition office."""
        from leaders.services import alerts

        return alerts.instruction_lines(due)


class ReadingClock(Clock):
    """Runs to the end of the limit; stopped by 已阅 or an instruction, or when the case leaves the reader."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("reading_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["reading"], condition=Q(stopped_at__isnull=True), name="reading_clock_one_running"
            ),
        ]

    def get_explanation_url(self) -> str:
        return reverse("leaders:reading_clock", args=[self.reading_id, self.pk])

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        return (
            super()
            .for_sweep()
            .select_related(
                "reading__petition__complained_unit",
                "reading__unit",
                "reading__inbox__post__unit",
                "reading__inbox__post__user",
            )
        )

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """Whoever must read it, then the petition office and its inspectors."""
        from leaders.services import readings

        return readings.alert_lines(due)


class PromiseClock(Clock):
    """Of a promise that no unit was asked to keep: runs to the end of the promised day; stopped when it was kept."""

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("promise_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["promise"], condition=Q(stopped_at__isnull=True), name="promise_clock_one_running"
            ),
        ]

    def get_explanation_url(self) -> str:
        return self.promise.record.get_absolute_url()

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        return (
            super()
            .for_sweep()
            .select_related(
                "promise__record__petition__complained_unit",
                "promise__record__post__unit",
                "promise__record__post__user",
            )
        )

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """The leader who promised it and the petition office, each time."""
        from leaders.services import promises

        return promises.alert_lines(due)
