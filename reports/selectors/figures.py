"""The figures of the month: what each rate counts, and which of it is in the numerator.

Timeliness is keyed on the deadline falling in the month, and only on deadlines that have passed (domain C). What the
main table does not show is told apart by sections; what became of cases is in ``outcome_figures``, what other rooms did
in ``room_figures`` and ``review_figures``.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from deadlines.models import ENDS_AT
from petitions.enums import ATTEMPTS, Act, Rating, RecordKind, Status
from petitions.models import Evaluation, HandlingRecord, PetitionClock, PetitionEvent
from petitions.workflow import ClockCode as C
from reports.selectors.outcome_figures import DECIDED, JOINT, OUTCOMES, REQUESTS, REST, TIMES
from reports.selectors.reading import (
    VISITS,
    Figure,
    Reading,
    cases_of,
    default_unit,
    district_reading,
    reading_of,
    reads_open_ratings,
    registered,
    require_unit,
)
from reports.selectors.review_figures import FINAL_REVIEWS, REVIEWS
from reports.selectors.room_figures import PACKAGES, PRESSURE

__all__ = [
    "FIGURES",
    "MORE",
    "RATES",
    "SECTIONS",
    "VISITS",
    "Figure",
    "Reading",
    "cases_of",
    "clocks_due",
    "default_unit",
    "district_reading",
    "reading_of",
    "reads_open_ratings",
    "registered",
    "require_unit",
    "shown",
]

CONTENT = [Rating.SATISFIED, Rating.FAIRLY]
#: A clock that one of these stopped was taken away with its case, not answered late or in time.
TAKEN_AWAY = [Act.AGREE_OBJECTION, Act.CLASSIFY, Act.ROUTE]


def clocks_due(reading: Reading, code: str) -> QuerySet[PetitionClock]:
    """Clocks of a rule that ran against the unit or one below it, whose time ended in the month and is over, the ones
    taken away left out. ``bound_unit``: who had the case when the time ran out.

    ``ends``: the deadline, or for a window entered late the later moment until which it is held back
    (docs/deadlines.md); a window that still waits is in no month.
    """
    month = reading.month
    bound = Coalesce("missed_unit_id", "unit_id")
    clocks = PetitionClock.objects.annotate(ends=ENDS_AT, bound_unit=bound).filter(
        reading.within("bound_unit"),
        rule__code=code,
        ends__gte=month.start,
        ends__lt=min(month.end, reading.at),
        petition__in=reading.seen,
    )
    if reading.without:
        clocks = clocks.exclude(reading.left_out("ends"))
    clocks = clocks.exclude(stopped_by__in=TAKEN_AWAY)
    # What was late before the case left the path stays late.
    return clocks.exclude(stopped_by=Act.CHANGE_WAY, stopped_at__lte=F("due_at"))


def in_time(*acts: Act) -> Q:
    return Q(stopped_at__lte=F("due_at"), stopped_by__in=acts)


def _timely(code: str, clock: str, part: Q, part_word: Any, rest_word: Any) -> Figure:
    return Figure(
        code=code,
        rows=lambda reading: clocks_due(reading, clock),
        part=part,
        part_word=part_word,
        rest_word=rest_word,
        unit="bound_unit",
        done="stopped_at",
    )


def _unreached(reading: Reading) -> QuerySet[PetitionClock]:
    """Calls that did not lead to an appointment in time, with an attempt on record before the limit."""
    attempt = HandlingRecord.objects.filter(
        petition=OuterRef("petition"),
        kind=RecordKind.PHONE,
        call_outcome__in=ATTEMPTS,
        at__lte=OuterRef("due_at"),
    )
    late = clocks_due(reading, C.CALL).exclude(stopped_at__lte=F("due_at"), stopped_by=Act.CALL)
    return late.filter(Exists(attempt))


def _rated(reading: Reading) -> QuerySet[Evaluation]:
    """Ratings of answers in force and of those ordered to be made anew (条例 36): what was rated in a month
    stays in that month."""
    month = reading.month
    rated = Evaluation.objects.annotate(
        rated_case=Coalesce("petition_id", "former_of_id"),
        rated_unit=Coalesce("petition__lead_unit_id", "former_of__lead_unit_id"),
        rated_channel=Coalesce("petition__channel", "former_of__channel"),
    )
    # One way to the case, not one for each column: PostgreSQL looks the month's cases up then, instead of gathering all
    # that may be seen.
    rated = rated.filter(
        at__gte=month.start, at__lt=month.end, at__lte=reading.at, rated_case__in=reading.cases.values("pk")
    )
    if reading.open_ratings:
        return rated
    return rated.filter(Q(petition__status=Status.CLOSED) | Q(former_of__status=Status.CLOSED))


def _windows(reading: Reading) -> QuerySet[PetitionClock]:
    """Windows for rating that ended in the month, each with the rating of its answer; one that an order to handle anew
    cut short did not end (条例 36), unless its rating had been given by then. A rating may come before its window: a
    public notice opens it 30 days later."""
    anew = PetitionEvent.objects.filter(
        petition=OuterRef("petition"), act=Act.REDO, at__lte=OuterRef("started_at")
    )
    given = Evaluation.objects.filter(
        Q(petition=OuterRef("petition")) | Q(former_of=OuterRef("petition")),
        at__gte=OuterRef("answered_anew"),
        at__lte=OuterRef("open_until"),
    )
    cut_short = Q(stopped_by=Act.REDO, stopped_at__lt=F("ends"))
    windows = clocks_due(reading, C.PETITIONER_WINDOW).annotate(
        answered_anew=Coalesce(Subquery(anew.order_by("-at").values("at")[:1]), F("petition__registered_at")),
        open_until=Case(When(cut_short, then=F("stopped_at")), default=F("ends")),
    )
    rated = windows.annotate(rated_at=Subquery(given.order_by("-at").values("at")[:1]))
    return rated.exclude(cut_short, rated_at=None)


def _satisfaction(code: str, column: str) -> Figure:
    return Figure(
        code=code,
        rows=_rated,
        part=Q(**{f"{column}__in": CONTENT}),
        part_word=_("满意、基本满意"),
        rest_word=_("不满意"),
        unit="rated_unit",
        case="rated_case",
        channel="rated_channel",
        moment="at",
        moment_word=_("评价时间"),
        of_ratings=True,
    )


def _decided(reading: Reading) -> QuerySet[PetitionEvent]:
    month = reading.month
    return PetitionEvent.objects.filter(
        reading.within("unit"),
        act__in=[Act.ACCEPT, Act.REFUSE],
        at__gte=month.start,
        at__lt=month.end,
        at__lte=reading.at,
        petition__in=reading.seen,
    )


def _own_days(reading: Reading) -> QuerySet[Any]:
    """The unit's own fifteen days of first cases, from its receipt on; ``decided``: whether it takes the case, or where
    else it goes, told or not."""
    decided = PetitionEvent.objects.filter(
        petition=OuterRef("petition"),
        act__in=DECIDED,
        at__gte=OuterRef("started_at"),
        at__lte=OuterRef("due_at"),
    )
    rows = clocks_due(reading, C.NOTICE).filter(petition__first_here=True)
    return rows.annotate(decided=Exists(decided))


def _answered_late_or_not(reading: Reading) -> QuerySet[PetitionClock]:
    return clocks_due(reading, C.CONCLUSION).filter(stopped_by__in=[*MADE, *SETTLED])


def _content_or_silent(reading: Reading, column: str) -> QuerySet[Any]:
    """Windows with what their ratings say; nothing where none was given."""
    given = Evaluation.objects.filter(
        Q(petition=OuterRef("petition")) | Q(former_of=OuterRef("petition")), at=OuterRef("rated_at")
    )
    windows = _windows(reading)
    if not reading.open_ratings:
        windows = windows.filter(petition__status=Status.CLOSED)
    return windows.annotate(rating=Subquery(given.values(column)[:1]))


def _pmb(code: str, column: str) -> Figure:
    return Figure(
        code=code,
        rows=lambda reading: _content_or_silent(reading, column),
        part=Q(rating__in=CONTENT) | Q(rating=None),
        part_word=_("满意、基本满意、超期未评价"),
        rest_word=_("不满意"),
        moment="ends",
        moment_word=_("评价期截止"),
        of_ratings=True,
        in_table=False,
    )


KEPT, LATE = _("按期"), _("未按期")
HIT, MISSED = _("达成"), _("未达成")
# A reply or a refusal settles what the statute asks for. 10/30/24 ask for the act itself: without it the clock was
# missed, whatever else ended it in time (domain C).
SETTLED = (Act.CONCLUDE, Act.REFUSE)
# The sixty days ask for the opinion, which is made with its paper (条例 34); at the latest it was when it was served.
# Before that was kept, the answer ended them.
MADE = (Act.MAKE_OPINION, Act.SERVE)
# Acceptance is told in writing (条例 23), by the step itself or after it; the answer in hand tells it too.
TOLD = (Act.GIVE_NOTICE, Act.SERVE)
FIGURES: dict[str, Figure] = {
    figure.code: figure
    for figure in (
        _timely("forwarding", C.FORWARDING, in_time(Act.FORWARD, Act.ASSIGN, *SETTLED), KEPT, LATE),
        _timely("acceptance", C.NOTICE, in_time(Act.ACCEPT, *TOLD, *SETTLED), KEPT, LATE),
        _timely("conclusion", C.CONCLUSION, in_time(*MADE, *SETTLED), KEPT, LATE),
        _timely("respond_10", C.RESPOND, in_time(Act.RESPOND), HIT, MISSED),
        _timely("call_30", C.CALL, in_time(Act.CALL), HIT, MISSED),
        _timely("first_round_24", C.FIRST_ROUND, in_time(Act.FIRST_ROUND), HIT, MISSED),
        _satisfaction("office_satisfaction", "office_rating"),
        _satisfaction("unit_satisfaction", "unit_rating"),
        Figure(
            code="participation",
            rows=_windows,
            part=Q(rated_at__isnull=False),
            part_word=_("已评价"),
            rest_word=_("超期未评价"),
            moment="ends",
            moment_word=_("评价期截止"),
            done="rated_at",
        ),
        Figure(
            code="refusal",
            rows=_decided,
            part=Q(act=Act.REFUSE),
            part_word=_("不予受理"),
            rest_word=_("受理"),
            moment="at",
            moment_word=_("决定时间"),
            rest_is_miss=False,
        ),
        Figure(
            code="repeat_rate",
            rows=registered,
            part=Q(first_here=False),
            part_word=_("重复"),
            rest_word=_("初次"),
            unit="lead_unit_id",
            case="",
            moment="registered_at",
            moment_word=_("登记时间"),
            weight=Case(
                When(channel__in=VISITS, then=F("batch_count")),
                default=Value(1),
                output_field=IntegerField(),
            ),
            rest_is_miss=False,
            in_table=False,
        ),
        Figure(
            code="unreached",
            rows=_unreached,
            part=Q(pk__in=[]),
            part_word=HIT,
            rest_word=_("未接通"),
            done="stopped_at",
            in_table=False,
        ),
        *TIMES,
        Figure(
            code="unit_acceptance_own",
            rows=_own_days,
            part=Q(decided=True),
            part_word=KEPT,
            rest_word=LATE,
            in_table=False,
        ),
        *JOINT,
        *OUTCOMES,
        *REST,
        *REQUESTS,
        *REVIEWS,
        *FINAL_REVIEWS,
        *PACKAGES,
        *PRESSURE,
        Figure(
            code="answered_in_time",
            rows=_answered_late_or_not,
            part=in_time(*MADE, *SETTLED),
            part_word=KEPT,
            rest_word=LATE,
            done="stopped_at",
            in_table=False,
        ),
        _pmb("office_content_or_silent", "office_rating"),
        _pmb("unit_content_or_silent", "unit_rating"),
    )
}
#: The columns of rates, in the order of the page and of the workbook; the repeat rate stands with the volumes.
RATES = tuple(code for code, figure in FIGURES.items() if figure.in_table)
#: What stands beside the main table, in the order of its page.
SECTIONS: dict[str, tuple[str, ...]] = {
    "times": (
        "unit_acceptance",
        "unit_acceptance_own",
        "days_to_acceptance",
        "days_to_answer",
        "online_share",
    ),
    "joint": tuple(figure.code for figure in JOINT),
    "outcomes": (*(figure.code for figure in OUTCOMES), "visited_back"),
    "requests": tuple(figure.code for figure in REQUESTS),
    "reviews": tuple(figure.code for figure in REVIEWS),
    "final_reviews": tuple(figure.code for figure in FINAL_REVIEWS),
    "leaders": tuple(figure.code for figure in PACKAGES),
    "pressure": tuple(figure.code for figure in PRESSURE),
    "variants": ("answered_in_time", "office_content_or_silent", "unit_content_or_silent"),
}
MORE = tuple(code for section, codes in SECTIONS.items() if section != "variants" for code in codes)


def shown() -> tuple[str, ...]:
    """Codes of all figures that this county counts: formulas of other places beside ours are off unless set."""
    more = (*MORE, *SECTIONS["variants"]) if settings.REPORT_VARIANTS else MORE
    return (*RATES, *more)
