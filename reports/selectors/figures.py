"""What each rate of the month counts: its rows, and which of them are in the numerator.

A rate is one :class:`Figure`. The page and the workbook add its rows up (``selectors.month``), the list behind a
number shows the same rows (``selectors.behind``); there is no second description of either. Every figure starts from
the cases the reader may see and leaves sealed cases out. Timeliness is keyed on the deadline falling in the month,
and only on deadlines that have passed (domain C).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from accounts.selectors import district_of
from core.errors import Refusal
from core.timekeeping import now
from deadlines.models import ENDS_AT
from petitions.enums import ATTEMPTS, Act, Channel, Rating, RecordKind, Status
from petitions.models import Evaluation, HandlingRecord, Petition, PetitionClock, PetitionEvent
from petitions.querysets import PetitionQuerySet, sees_district
from petitions.workflow import ClockCode as C
from reports.models import Freeze
from reports.periods import Month, Year

VISITS = (Channel.VISIT, Channel.RECEPTION)
CONTENT = [Rating.SATISFIED, Rating.FAIRLY]
#: A clock that one of these stopped was taken away with its case, not answered late or in time.
TAKEN_AWAY = [Act.AGREE_OBJECTION, Act.CLASSIFY, Act.ROUTE]
DEADLINE = _("期限")
ONE = Value(1)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Whose eyes read which month of which unit. ``cases``: visible, not sealed, led by the unit or below it.

    ``seen``: visible, not sealed, whoever leads them. What happens under a unit's own name, a clock or a decision, is
    counted by that name among these (``within``), so that a unit's page and its line in the pages above say the same.

    ``at``: deadlines and events up to this instant. ``open_ratings``: ratings of cases that are not closed yet count.
    ``each_rating``: which case got which of them may be listed. Rates of few ratings need both, else they are
    withheld (``selectors.withholding``), as are those that tell of them among ``top_cases``, all that the reader can
    ask for: of ``top`` or below it.

    ``freeze``: read from what was kept of the month and not from the cases (``selectors.frozen``);
    ``reads_all_frozen``: every row of it, also of cases that the reader may not read any more.
    """

    cases: PetitionQuerySet
    seen: PetitionQuerySet
    unit: Unit
    top_cases: PetitionQuerySet
    top: Unit
    month: Month | Year
    at: datetime
    open_ratings: bool = True
    each_rating: bool = True
    freeze: Freeze | None = None
    reads_all_frozen: bool = False

    def within(self, column: str) -> Q:
        """Rows whose unit in ``column`` is the unit asked for or below it; all for the district."""
        if self.unit.kind == UnitKind.DISTRICT:
            return Q()
        return Q(**{f"{column}__in": Unit.objects.subtree(self.unit)})


def reading_of(actor: Actor, unit: Unit, month: Month | Year, *, at: datetime | None = None) -> Reading:
    """What this actor reads of a unit and what is below it.

    Raises:
        Refusal: code ``"not_found"`` if the actor may not read that unit's figures.
    """
    require_unit(actor, unit)
    open_ratings = reads_open_ratings(actor)
    visible, widest = Petition.objects.visible_to(actor), default_unit(actor)
    top = widest if unit.is_within(widest) else unit
    return Reading(
        cases=cases_of(visible, unit),
        seen=visible.filter(sealed=False),
        unit=unit,
        top_cases=cases_of(visible, top),
        top=top,
        month=month,
        at=at or now(),
        open_ratings=open_ratings,
        each_rating=not open_ratings or actor.role in {Role.INSPECTOR, Role.LEADER},
    )


def district_reading(unit: Unit, month: Month) -> Reading:
    """For the command line, which the operator of the server runs: every case but the sealed."""
    cases, seen = cases_of(Petition.objects.all(), unit), Petition.objects.filter(sealed=False)
    return Reading(cases=cases, seen=seen, unit=unit, top_cases=cases, top=unit, month=month, at=now())


def default_unit(actor: Actor) -> Unit:
    """The district for those who read it, one's own unit otherwise: the top of what can be asked for."""
    assert actor.unit is not None
    if sees_district(actor):
        return district_of(actor.unit) or actor.unit
    return actor.unit


def require_unit(actor: Actor, unit: Unit) -> None:
    """A reader asks for figures of what the hat covers: the district for its offices, one's own unit for the rest."""
    if actor.unit is None or not (sees_district(actor) or unit.is_within(actor.unit)):
        raise Refusal(_now("没有这个机构，或不在您的统计范围内。"), code="not_found")


def reads_open_ratings(actor: Actor) -> bool:
    """The desks of the district and its leaders. For the others a rating is hidden until the case is closed
    (``petitions.rules.sees_evaluation``), so it must not show in a sum either. The statistician reads the sums, but
    the same rule shows that post, and the officer, no single rating of an open case: hence ``Reading.each_rating``."""
    leads = actor.role == Role.LEADER and actor.unit is not None and actor.unit.kind == UnitKind.DISTRICT
    return leads or sees_district(actor)


def cases_of(base: PetitionQuerySet, unit: Unit) -> PetitionQuerySet:
    """Cases counted for a unit: led by it or below it; for the district all, forwarded or not."""
    cases = base.filter(sealed=False)
    if unit.kind == UnitKind.DISTRICT:
        return cases
    return cases.filter(lead_unit__in=Unit.objects.subtree(unit))


def registered(reading: Reading) -> PetitionQuerySet:
    month = reading.month
    return reading.cases.filter(registered_at__gte=month.start, registered_at__lt=month.end)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One rate. ``rows(reading)`` are counted, those that fulfil ``part`` are its numerator.

    ``unit``: the column whose unit says in which line of the table a row stands. ``case``: the way from a row to its
    case, "" where the row is the case. ``moment``: the instant that puts a row into the month. ``done``: the instant
    at which what was asked for happened. ``weight``: what a row counts (件次), one by default.
    """

    code: str
    rows: Callable[[Reading], QuerySet[Any]]
    part: Q
    part_word: str | Promise
    rest_word: str | Promise
    unit: str = "unit_id"
    case: str = "petition"
    moment: str = "due_at"
    moment_word: str | Promise = DEADLINE
    done: str = ""
    weight: Any = ONE
    channel: str = ""
    rest_is_miss: bool = True
    of_ratings: bool = False
    in_table: bool = True

    @property
    def of_channel(self) -> str:
        """The column with the channel of a row's case."""
        return self.channel or (f"{self.case}__channel" if self.case else "channel")

    def counted(self, reading: Reading) -> QuerySet[Any]:
        """The rows of the denominator, each with ``hit`` (of the numerator) and ``counts``.

        ``hit`` is a column and not a second filter, so that what is no hit is exactly the rest.
        """
        hit = Case(When(self.part, then=Value(True)), default=Value(False))
        return self.rows(reading).annotate(hit=hit, counts=self.weight)


def clocks_due(reading: Reading, code: str) -> QuerySet[PetitionClock]:
    """Clocks of a rule that ran against the unit or one below it (``PetitionClock.unit``), whose time ended in the
    month and is over, the ones taken away left out.

    ``ends``: the deadline, or for a window entered late the later moment until which it is held back
    (docs/deadlines.md); a window that still waits is in no month.
    """
    month = reading.month
    clocks = PetitionClock.objects.annotate(ends=ENDS_AT).filter(
        reading.within("unit"),
        rule__code=code,
        ends__gte=month.start,
        ends__lt=min(month.end, reading.at),
        petition__in=reading.seen,
    )
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
    rated = Evaluation.objects.filter(
        Q(petition__in=reading.cases) | Q(former_of__in=reading.cases),
        at__gte=month.start,
        at__lt=month.end,
        at__lte=reading.at,
    ).annotate(
        rated_case=Coalesce("petition_id", "former_of_id"),
        rated_unit=Coalesce("petition__lead_unit_id", "former_of__lead_unit_id"),
        rated_channel=Coalesce("petition__channel", "former_of__channel"),
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
    )
}
#: The columns of rates, in the order of the page and of the workbook; the repeat rate stands with the volumes.
RATES = tuple(code for code, figure in FIGURES.items() if figure.in_table)
