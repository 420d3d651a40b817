"""Asks for own tables over a year in a process of its own: ``python -m bench.support.tabling ROUNDS``.

Prints a line for each table: seconds of its slowest round, lines (-1: it was refused), what it was. The page is the preview of the form: it
counts and draws what the saved table would.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import permutations

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.db.models import Max
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Post, User
from core.timekeeping import local_day
from petitions.models import Petition
from tables.enums import Key
from tables.measures import MEASURES
from tables.periods import LONGEST_DAYS
from tables.shape import MOST_MEASURES

#: Every pair of keys is counted with these: volumes, and two rates of clocks.
MIXED = ("count", "pieces", "heads", "repeats", "acceptance", "conclusion")
Wish = dict[str, object]


def wishes(since: date, until: date) -> Iterator[tuple[str, Wish]]:
    fixed = {"period": "fixed", "since": since, "until": until}
    pairs = [pair for pair in permutations(Key, 2) if pair[1] != Key.CATEGORY3]  # too many for columns
    for rows, columns in [*((key, "") for key in Key), *pairs]:
        yield f"{rows} × {columns or '—'}", {"rows": rows, "columns": columns, "measures": MIXED, **fixed}
    every = list(MEASURES)
    for first in range(0, len(every), MOST_MEASURES):
        codes = every[first : first + MOST_MEASURES]
        yield ", ".join(codes), {"rows": Key.UNIT, "columns": Key.MONTH, "measures": codes, **fixed}


def inspector() -> User:
    """May be told every rating, so that nothing is left out."""
    user, _new = User.objects.get_or_create(username="inspector", defaults={"name": "督查", "password": "!"})
    if not user.posts.exists():
        beside = Post.objects.get(user__username="statistician")
        Post.objects.create(user=user, unit=beside.unit, role=Role.INSPECTOR, valid_from=beside.valid_from)
    return user


def main() -> None:
    client = Client(headers={"HX-Request": "true"})
    client.force_login(inspector(), backend="django.contrib.auth.backends.ModelBackend")
    newest = Petition.objects.aggregate(newest=Max("registered_at"))["newest"]
    until = local_day(newest)
    address = reverse("tables:preview")
    for words, wish in wishes(until - timedelta(days=LONGEST_DAYS - 1), until):
        spent = []
        for _round in range(int(sys.argv[1])):
            begin = time.perf_counter()
            answer = client.get(address, wish)
            spent.append(time.perf_counter() - begin)
        problem = answer.status_code != 200 or b'role="alert"' in answer.content
        lines = -1 if problem else answer.content.count(b'<th scope="row">')
        print(f"{max(spent):.3f}\t{lines}\t{words}", flush=True)


if __name__ == "__main__":
    main()
