"""Figures of 复查 and 复核 (条例 35, 36): what was asked for, decided in time, and with what result.

What is asked for and what comes of it is counted at the unit whose opinion is reviewed, which every review has; the
thirty days bind the body that decides, and are counted there. Whoever reads the case reads that it was reviewed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from reports.rates import Pieces
from reports.selectors.reading import Figure, Reading
from reviews.enums import Level, Outcome, State
from reviews.models import Review, ReviewClock
from reviews.services.applying import CLOCKS

#: The unit whose opinion it is about.
ANSWERED_BY = {Level.REVIEW: "reply__unit", Level.FINAL: "first__reply__unit"}
#: Ended without a decision; in time, it asks no decision of anybody.
WITHOUT_ONE = (State.WITHDRAWN, State.NOT_ADMITTED)


def _reviews(reading: Reading, level: Level) -> QuerySet[Any]:
    found: QuerySet[Any] = Review.objects.filter(
        reading.within(ANSWERED_BY[level]), level=level, petition__in=reading.seen
    )
    return found.exclude(state=State.LAPSED)


def _asked(reading: Reading, level: Level) -> QuerySet[Any]:
    month = reading.month
    return _reviews(reading, level).filter(
        applied_at__gte=month.start, applied_at__lt=month.end, applied_at__lte=reading.at
    )


def _admissible(reading: Reading, level: Level) -> QuerySet[Any]:
    return _asked(reading, level).exclude(state=State.WITHDRAWN)


def _decided(reading: Reading, level: Level) -> QuerySet[Any]:
    month = reading.month
    return _reviews(reading, level).filter(
        decided_at__gte=month.start, decided_at__lt=month.end, decided_at__lte=reading.at
    )


def _due(reading: Reading, level: Level) -> QuerySet[Any]:
    """The thirty days of bodies of this system that ended in the month and are over. One that was withdrawn or not
    admitted after them stays late."""
    clocks: QuerySet[Any] = ReviewClock.objects.filter(
        reading.within("review__body"),
        review__level=level,
        review__body__isnull=False,
        review__petition__in=reading.seen,
        rule__code=CLOCKS[level],
        due_at__gte=reading.month.start,
        due_at__lt=reading.until,
    )
    clocks = clocks.exclude(review__state=State.LAPSED)
    return clocks.exclude(review__state__in=WITHOUT_ONE, stopped_at__lte=F("due_at"))


def _of(level: Level, rows: Callable[[Reading, Level], QuerySet[Any]]) -> Callable[[Reading], QuerySet[Any]]:
    return lambda reading: rows(reading, level)


def _of_level(prefix: str, level: Level) -> Iterator[Figure]:
    received: dict[str, Any] = {
        "unit": f"{ANSWERED_BY[level]}_id",
        "moment": "applied_at",
        "moment_word": _("收到申请"),
        "rest_is_miss": False,
        "in_table": False,
    }
    yield Figure(
        code=f"{prefix}_asked",
        rows=_of(level, _asked),
        part=Q(pk__in=[]),
        part_word="",
        rest_word="",
        adds=Pieces,
        **received,
    )
    yield Figure(
        code=f"{prefix}_declined",
        rows=_of(level, _admissible),
        part=Q(state=State.NOT_ADMITTED),
        part_word=_("不予受理"),
        rest_word=_("受理"),
        **received,
    )
    yield Figure(
        code=f"{prefix}_in_time",
        rows=_of(level, _due),
        part=Q(review__decided_at__lte=F("due_at")),
        part_word=_("按期"),
        rest_word=_("未按期"),
        unit="review__body_id",
        case="review__petition",
        done="review__decided_at",
        in_table=False,
    )
    for outcome in Outcome:
        yield Figure(
            code=f"{prefix}_{outcome.value}",
            rows=_of(level, _decided),
            part=Q(outcome=outcome),
            part_word=outcome.label,
            rest_word=_("其他结论"),
            unit=f"{ANSWERED_BY[level]}_id",
            moment="decided_at",
            moment_word=_("作出时间"),
            rest_is_miss=False,
            in_table=False,
        )


REVIEWS = tuple(_of_level("review", Level.REVIEW))
FINAL_REVIEWS = tuple(_of_level("final", Level.FINAL))
