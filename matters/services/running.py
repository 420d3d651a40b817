"""The nightly run: what came since the last one is put into the matter it is most like, or makes a new one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Left

from accounts.enums import UnitKind
from accounts.models import Unit
from core.db import one_moment
from core.timekeeping import now
from matters.grouping import SIGNS, Groups, Text, group, names_pattern
from matters.models import Matter, MatterCase, Run
from matters.selectors import open_cases
from matters.services import inside
from petitions.models import Petition

#: One run looks at so many new cases at most; the rest comes the next night.
MOST_FRESH = 5000
#: Looked at again although an earlier run had its turn: numbers are drawn before a long import commits.
AGAIN = timedelta(days=2)


def run(*, at: datetime | None = None) -> Run:
    """Group what is new. Links that are there stay as they are, a person's above all; the same cases give the same."""
    at = at or now()
    _bring_after(at)
    with transaction.atomic():
        one_moment()  # the texts are read three times: what changes meanwhile waits for the next night
        last = Run.objects.select_for_update().order_by("-at", "-pk").first()
        window = timedelta(days=settings.MATTER_WINDOW_DAYS)
        cases = open_cases(Petition.objects.filter(registered_at__gte=at - window, registered_at__lt=at))
        rows = MatterCase.objects.filter(petition__in=cases.order_by().values("pk"))
        linked: dict[int, int] = {}
        left: set[int] = set()
        for petition, matter, out in rows.values_list("petition", "matter", "out"):
            if out:
                left.add(petition)
            else:
                linked[petition] = matter
        # Taken out by a person: no run puts it anywhere, and it draws no other case to itself.
        left -= linked.keys()
        fresh = _fresh(cases, last, {*linked, *left})
        looked = fresh[:MOST_FRESH]
        groups = group(
            lambda: _texts(cases, linked, left),
            [pk for pk, _registered in looked],
            window=window,
            names=names_pattern(_town_names()),
        )
        return Run.objects.create(
            at=at,
            last=max([last.last if last else 0, *(pk for pk, _registered in fresh)]),
            # What did not get its turn is asked for by its day.
            until=at if len(looked) == len(fresh) else looked[-1][1],
            looked=len(looked),
            linked=len(groups.of),
            made=_keep(groups, at),
        )


def _bring_after(at: datetime) -> None:
    """What the last run put into a matter while somebody merged it into another follows it there. Each in a
    transaction of its own, which waits for whoever keeps one of the two."""
    left = Matter.objects.filter(merged_into__isnull=False, cases__out=False).distinct()
    for matter in left:
        with transaction.atomic():
            pair = Matter.objects.select_for_update().filter(pk__in=(matter.pk, matter.merged_into_id or 0))
            rows = {row.pk: row for row in pair.order_by("pk")}
            # Else it went on meanwhile, and the next night brings it there.
            if (into := rows[matter.pk].merged_into_id) in rows:
                inside.move(rows[matter.pk], rows[into], None, at)


def _fresh(cases: Any, last: Run | None, known: set[int]) -> list[tuple[int, datetime]]:
    """Ids and moments of what no run has looked at, the oldest first. A single case of an earlier run is not looked at
    again: a later one joins it."""
    rows = cases.order_by("registered_at", "pk").values_list("pk", "registered_at")
    return [
        (pk, registered)
        for pk, registered in rows
        if pk not in known and (last is None or pk > last.last or registered >= last.until - AGAIN)
    ]


def _texts(cases: Any, linked: dict[int, int], left: set[int]) -> Iterator[Text]:
    rows = cases.order_by("registered_at", "pk").annotate(start=Left("body", SIGNS))
    wanted = ("pk", "registered_at", "subject", "start", "place_unit_id", "category__level1")
    for pk, at, subject, body, place, category in rows.values_list(*wanted).iterator(chunk_size=2000):
        if pk not in left:
            yield Text(pk, at, subject, body, place, category, linked.get(pk))


def _town_names() -> list[str]:
    """Names of the district, its towns and villages: what everybody who writes from there says."""
    kinds = (UnitKind.DISTRICT, UnitKind.TOWN, UnitKind.VILLAGE)
    return list(Unit.objects.filter(kind__in=kinds).values_list("name", flat=True))


def _keep(groups: Groups, at: datetime) -> int:
    """Write what came out; the number of new matters."""
    made = 0
    for number, keys in sorted(groups.made().items()):
        if number < 0:
            matter = Matter.objects.create(made_at=at)
            made += 1
        else:
            matter = Matter(pk=number)
        links = [MatterCase(matter=matter, petition_id=key, at=at) for key in sorted(keys)]
        # Somebody may have linked one by hand meanwhile: that word stands.
        MatterCase.objects.bulk_create(links, ignore_conflicts=True)
    return made
