"""A concrete clock for tests only. Its app label is no installed app, so no migration ever sees it."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock


class Faulty(Exception):
    pass


class Egg(Clock):
    """Tells its ``owner`` every step. ``broken`` eggs raise when asked for their lines."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    broken = models.BooleanField(default=False)

    #: Called with each batch of steps before the lines are made; tests put races and crashes here.
    hook: ClassVar[Callable[[list[DueStep]], None] | None] = None
    lapsed: ClassVar[list[tuple[int, datetime]]] = []

    class Meta(Clock.Meta):
        abstract = False
        app_label = "deadlines_tests"
        db_table = "deadlines_tests_egg"
        indexes = [Clock.sweep_index("egg_next")]

    @classmethod
    def alert_lines(cls, due):
        if cls.hook is not None:
            cls.hook(due)
        for step in due:
            if step.clock.broken:
                raise Faulty(f"egg {step.clock.pk} is broken")
        return [
            AlertLine(
                recipients=[step.clock.owner_id],
                text=f"{step.clock.rule.code} {step.ordinal} {step.kind} {step.role}{step.late_text}",
                link="/eggs/",
                dedupe_key=step.key,
                level=step.level,
            )
            for step in due
        ]

    @classmethod
    def on_lapse(cls, due, now):
        cls.lapsed += [(step.clock.pk, step.at) for step in due]
