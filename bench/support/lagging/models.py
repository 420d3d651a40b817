"""Clocks that fall due second by second, and one row for each run of a task with an ETA."""

from __future__ import annotations

from django.db import models

from bench.support.clocks import BenchClock
from deadlines.models import Clock


class Falling(BenchClock):
    class Meta(BenchClock.Meta):
        abstract = False
        app_label = "lagging"
        indexes = [Clock.sweep_index("lagging_falling_next")]


class Told(models.Model):
    """``due_at`` as it was put into the task; ``at`` when a worker came to it."""

    number = models.IntegerField()
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        app_label = "lagging"
