"""Counts the volumes of 36 months by unit, channel and category in a process of its own, a query for each month:
``python -m bench.support.three_years MONTH``. Prints the seconds of two rounds, those of the processors, and 件次 as JSON."""

from __future__ import annotations

import json
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from accounts.actor import Actor
from accounts.models import Post
from bench.support.busy import busy
from reports.periods import Month
from reports.selectors.figures import default_unit
from reports.selectors.lines import lines_under
from reports.selectors.month import MonthFigures, add_volume
from reports.selectors.reading import reading_of

MONTHS = 36
actor = Actor.of(Post.objects.select_related("unit", "user").get(user__username="statistician"))
unit, seconds, worked = default_unit(actor), [], []
for _round in range(2):
    before, begin, count = busy(), time.perf_counter(), 0
    for month in Month.parse(sys.argv[1]).up_to_here(MONTHS):
        reading = reading_of(actor, unit, month)
        figures = MonthFigures(month=month, unit=unit, made_at=reading.at)
        add_volume(figures, reading, lines_under(unit))
        count += figures.total.count
    seconds.append(time.perf_counter() - begin)
    worked.append((busy() - before) / 1000)
print(json.dumps({"seconds": seconds, "busy": worked, "count": count}))
