"""Whose eyes read which month of which unit, and what a figure is: its rows, and which of them are in the numerator.

The page and the workbook add a figure's rows up (``selectors.month``), the list behind a number shows the same rows
(``selectors.behind``); there is no second description of either. Every figure starts from the cases the reader may see
and leaves sealed cases out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
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
from petitions.enums import Channel
from petitions.models import Petition
from petitions.querysets import PetitionQuerySet, sees_district
from reports.models import Freeze
from reports.periods import Month, Year
from reports.rates import Rate

VISITS = (Channel.VISIT, Channel.RECEPTION)
DEADLINE = _("期限")
CASES = _("件")
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

    ``freeze``: read from what was kept of the month and not from the cases (``selectors.frozen``), with ``unit`` and
    ``top`` as they were then; ``reads_all_frozen``: every row of it, also of cases that the reader may not read any
    more.
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
    freezes: tuple[Freeze, ...] = ()
    """Of a year: the frozen months of it that are read together."""
    without: tuple[Month, ...] = ()
    """Of a year: months that are left out here, because they are read as they were frozen."""
    actor: Actor | None = None
    """None: the command line, which the operator of the server runs."""

    def left_out(self, column: str) -> Q:
        """Rows whose instant in ``column`` is in a month that is left out."""
        found = Q(pk__in=[])
        for month in self.without:
            found |= Q(**{f"{column}__gte": month.start, f"{column}__lt": month.end})
        return found

    @property
    def until(self) -> datetime:
        """The end of the month, or the moment of counting where it runs still."""
        return min(self.month.end, self.at)

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
        actor=actor,
    )


def office_reading(actor: Actor, unit: Unit, month: Month, *, at: datetime) -> Reading:
    """What the actor's office reads, whoever of it stays out of single cases."""
    mine, all_of_it = reading_of(actor, unit, month, at=at), Petition.objects.visible_to_office(actor)
    cases = cases_of(all_of_it, unit)
    return replace(
        mine, cases=cases, seen=all_of_it.filter(sealed=False), top_cases=cases_of(all_of_it, mine.top)
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
    cases = reading.cases.filter(
        registered_at__gte=month.start, registered_at__lt=month.end, registered_at__lte=reading.at
    )
    return cases.exclude(reading.left_out("registered_at")) if reading.without else cases


#: Units that are made of two columns: who had the case when the time ran out, who answered what is rated.
UNIT_PATHS = {
    "bound_unit": ("missed_unit__path", "unit__path"),
    "rated_unit": ("petition__lead_unit__path", "former_of__lead_unit__path"),
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One rate. ``rows(reading)`` are counted, those that fulfil ``part`` are its numerator.

    ``unit``: the column whose unit says in which line of the table a row stands. ``case``: the way from a row to its
    case, "" where the row is the case. ``moment``: the instant that puts a row into the month. ``done``: the instant
    at which what was asked for happened. ``weight``: what a row counts (件次), one by default.

    ``adds``: a share of what the rows count; or the sum of their days (``Mean``) or heads (``Tally``) over their
    number. ``items``: all rows of another room that this reader may count, where reading their case is not enough.
    ``named``: of rows that may have no case, what the list calls them and where it leads, by id.
    ``row_word``: what a row of its list is counted in, where it is no case.
    ``provisional``: not all of what the figure waits for can have happened by the moment of counting.
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
    adds: type[Rate] = Rate
    row_word: str | Promise = CASES
    items: Callable[[Reading], QuerySet[Any]] | None = None
    named: Callable[[Reading, list[int]], dict[int, tuple[str, str]]] | None = None
    provisional: Callable[[Reading], bool] = lambda reading: False

    @property
    def unit_path(self) -> Any:
        """The place in the tree of the unit of a row, by joins (``accounts.models.Unit.path``)."""
        ways = UNIT_PATHS.get(self.unit)
        return Coalesce(*ways) if ways else F(f"{self.unit.removesuffix('_id')}__path")

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

    @property
    def sums(self) -> dict[str, Any]:
        """``part`` and ``whole`` of counted rows, to be aggregated."""
        whole: dict[str, Any] = {"whole": Sum("counts", default=0)}
        if self.adds is Rate:
            return {**whole, "part": Sum("counts", filter=Q(hit=True), default=0)}
        return {"whole": Count("pk"), "part": whole["whole"]}

    @property
    def has_sides(self) -> bool:
        """Its rows are told apart into those of the numerator and the rest."""
        return self.adds is Rate
