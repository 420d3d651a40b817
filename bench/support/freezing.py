"""Freezes a month in a process of its own: ``python -m bench.support.freezing MONTH``; prints as JSON the seconds, those
of the processors, and the rows kept of each figure that is kept at all."""

from __future__ import annotations

import json
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.db.models import Count

from accounts.actor import Actor
from accounts.models import Post
from bench.support.busy import busy
from reports.periods import Month
from reports.selectors.figures import default_unit
from reports.selectors.frozen import latest
from reports.services.freezing import freeze, kept_codes

actor = Actor.of(Post.objects.select_related("unit", "user").get(user__username="statistician"))
month = Month.parse(sys.argv[1])
again = latest(default_unit(actor), month) is not None
before, begin = busy(), time.perf_counter()
kept = freeze(actor=actor, month=month, reason="再测一次" if again else "")
spent, worked = time.perf_counter() - begin, (busy() - before) / 1000
counted = dict(kept.rows.order_by().values_list("figure").annotate(n=Count("pk")))
print(
    json.dumps(
        {"seconds": spent, "busy": worked, "rows": {code: counted.get(code, 0) for code in kept_codes()}}
    )
)
