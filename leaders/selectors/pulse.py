"""The pulse of a leader's area: new cases this week, the same days a year ago, and the matters that rise most against
their own past. Categories only, never people, and nothing of sealed cases (domain G)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Count, Q
from django.urls import reverse

from accounts.actor import Actor
from core.paging import capped_count
from core.timekeeping import SHANGHAI, local_day
from petitions.models import Petition
from petitions.querysets import PetitionQuerySet

#: A week's count may be this old on the leader's page; the past does not change.
WEEK_SECONDS = 300
PAST_SECONDS = 24 * 3600
#: How many weeks before this one a matter is measured by, how many matters are shown, and what is too few to speak of.
WEEKS, SHOWN, LEAST = 4, 3, 3


@dataclass(frozen=True)
class Rising:
    """A matter with this week's count and what it was on average in the same days of the four weeks before."""

    name: str
    week: int
    before: float
    url: str


@dataclass(frozen=True)
class Area:
    """New cases in the charge area since Monday, and in the same days 52 weeks ago; capped figures as text."""

    week: str
    last_year: str
    url: str
    last_year_url: str
    rising: list[Rising]


def area_pulse(actor: Actor, at: datetime) -> Area | None:
    """New cases the leader may read, this week so far against the same days 52 weeks ago.

    Counted to 1,000 at most and kept for five minutes: the reading grows with the week, not with the years.
    """
    if actor.post is None:
        return None
    monday = local_day(at) - timedelta(days=local_day(at).weekday())
    start, back = datetime.combine(monday, time.min, SHANGHAI), timedelta(weeks=52)
    key = f"leaders:area:{actor.post.pk}:{monday}"
    kept: dict[str, object] = cache.get_many([key, f"{key}:{at:%w}", f"{key}:matters", f"{key}:past:{at:%w}"])
    return Area(
        week=_counted(kept, key, WEEK_SECONDS, actor, start, at),
        last_year=_counted(kept, f"{key}:{at:%w}", PAST_SECONDS, actor, start - back, at - back),
        url=list_of(monday, local_day(at)),
        last_year_url=list_of(monday - back, local_day(at) - back),
        rising=_rising(kept, key, actor, start, at),
    )


def list_of(since: object, until: object, **more: str) -> str:
    """The address of the list that a figure counts."""
    asked = {"view": "all", "since": str(since), "until": str(until), "sealed": "0", **more}
    return f"{reverse('petitions:list')}?{urlencode(asked)}"


def _counted(
    kept: dict[str, object], key: str, seconds: int, actor: Actor, start: datetime, end: datetime
) -> str:
    if key in kept:
        return str(kept[key])
    known = capped_count(_new(actor).filter(registered_at__gte=start, registered_at__lt=end))
    cache.set(key, known, seconds)
    return str(known)


def _rising(kept: dict[str, object], key: str, actor: Actor, start: datetime, at: datetime) -> list[Rising]:
    """The three that rise most against their own past, each with the list it counts."""
    week, past = kept.get(f"{key}:matters"), kept.get(f"{key}:past:{at:%w}")
    if week is None:
        week = _by_matter(actor, Q(registered_at__gte=start, registered_at__lt=at))
        cache.set(f"{key}:matters", week, WEEK_SECONDS)
    if past is None:
        spans = Q()
        for n in range(1, WEEKS + 1):
            back = timedelta(weeks=n)
            spans |= Q(registered_at__gte=start - back, registered_at__lt=at - back)
        past = _by_matter(actor, spans)
        cache.set(f"{key}:past:{at:%w}", past, PAST_SECONDS)
    assert isinstance(week, dict) and isinstance(past, dict)
    return rising_of(week, past, start, at)


def rising_of(week: dict[str, int], past: dict[str, int], start: datetime, at: datetime) -> list[Rising]:
    """By how much more there is than on average before; what is too few to speak of, or does not rise, is left out."""
    more = Counter({name: n - past.get(name, 0) / WEEKS for name, n in week.items() if n >= LEAST})
    return [
        Rising(
            name=name,
            week=week[name],
            before=round(past.get(name, 0) / WEEKS, 1),
            url=list_of(local_day(start), local_day(at), category=name),
        )
        for name, growth in sorted(more.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]
        if growth > 0
    ]


def _by_matter(actor: Actor, when: Q) -> dict[str, int]:
    found = _new(actor).filter(when).exclude(category=None).order_by()
    return dict(found.values("category__level1").annotate(n=Count("pk")).values_list("category__level1", "n"))


def _new(actor: Actor) -> PetitionQuerySet:
    found: PetitionQuerySet = Petition.objects.visible_to(actor).filter(sealed=False)
    return found
