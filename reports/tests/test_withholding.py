"""No rating is found by taking what is shown from what is shown."""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from accounts.models import Unit
from core.timekeeping import SHANGHAI
from petitions.enums import Rating, Status
from petitions.services import following
from reports.periods import Month
from reports.selectors.figures import FIGURES, reading_of
from reports.selectors.month import month_figures
from reports.selectors.withholding import LEAST_RATINGS, Told, tellable, told

FIRST = datetime(2026, 9, 1, 9, 0, tzinfo=SHANGHAI)
SEPTEMBER = Month(2026, 9)


@given(st.dictionaries(st.integers(1, 30) | st.none(), st.integers(0, 12), max_size=8))
def test_what_a_total_less_its_lines_leaves_is_nothing_or_enough(wholes):
    shown = tellable(wholes)
    assert all(wholes[line] >= LEAST_RATINGS for line in shown)
    rest = sum(wholes.values()) - sum(wholes[line] for line in shown)
    assert rest == 0 or rest >= LEAST_RATINGS or not shown


@given(st.dictionaries(st.integers(1, 30), st.integers(LEAST_RATINGS, 12), max_size=8))
def test_nothing_is_withheld_where_nothing_is_too_few(wholes):
    assert tellable(wholes) == frozenset(wholes)


@pytest.fixture
def rated(cast, make_case):
    """``rated(unit, n)``: so many cases of that unit rated in September, not closed."""
    moment = iter(FIRST + timedelta(minutes=n) for n in range(1000))

    def make(unit, count):
        for _n in range(count):
            at = next(moment)
            case = make_case(at=at, until=Status.SERVED)
            if case.lead_unit != unit:
                case.lead_unit = unit
                case.save(update_fields=["lead_unit"])
            following.evaluate(
                petition=case,
                actor=Actor.petitioner(),
                office_rating=Rating.SATISFIED,
                unit_rating=Rating.SATISFIED,
                at=at + timedelta(days=2),
            )

    return make


def everything_shown(cast, who):
    """Every rate of ratings that this post is shown on any page: {the set of units counted in it: how many ratings}."""
    found = {}
    for unit in Unit.objects.filter(path__startswith=cast.units.district.path):
        figures = month_figures(actor=cast.actor(who), unit=unit, month=SEPTEMBER)
        below = frozenset(Unit.objects.subtree(unit).values_list("pk", flat=True))
        lines = {
            line: rates["unit_satisfaction"].whole
            for line, rates in figures.rates_by_unit.items()
            if "unit_satisfaction" in rates
        }
        if figures.rates["unit_satisfaction"].whole:
            found[below] = figures.rates["unit_satisfaction"].whole
        for line, whole in lines.items():
            if line == unit.pk:
                found[frozenset({unit.pk})] = whole
            else:
                found[
                    frozenset(Unit.objects.subtree(Unit.objects.get(pk=line)).values_list("pk", flat=True))
                ] = whole
    return {units: whole for units, whole in found.items() if whole}


def found_by_subtraction(shown):
    """Every sum of ratings of some units that follows from two, or from one and several others within it."""
    results = defaultdict(set)
    for units, whole in shown.items():
        inside = [other for other in shown if other < units]
        for size in range(len(inside) + 1):
            for parts in combinations(inside, size):
                if all(a.isdisjoint(b) for a, b in combinations(parts, 2)):
                    rest = units.difference(*parts) if parts else units
                    results[rest].add(whole - sum(shown[part] for part in parts))
    return results


@pytest.mark.django_db
@pytest.mark.parametrize(
    "counts",
    [
        {"urban": 5, "housing": 1},
        {"urban": 7, "housing": 5, "dongxi": 2},
        {"urban": 6, "dongxi": 4, "liuwan": 3},
        {"urban": 9, "dongxi": 0, "liuwan": 6, "xiling": 3},
        {"urban": 1, "housing": 1, "dongxi": 1, "liuwan": 1, "xiling": 1},
    ],
)
def test_the_statistician_finds_no_few_ratings_by_subtraction_over_all_pages(cast, rated, counts):
    for name, count in counts.items():
        rated(getattr(cast.units, name), count)
    shown = everything_shown(cast, "statistician")
    assert shown  # the district's total at least
    for units, sums in found_by_subtraction(shown).items():
        assert all(number == 0 or number >= LEAST_RATINGS for number in sums), (units, sums)
    desk = everything_shown(cast, "inspector")
    assert min(desk.values()) == min(count for count in counts.values() if count)


@pytest.mark.django_db
def test_below_a_unit_that_is_withheld_nothing_is_told(cast, rated):
    rated(cast.units.urban, 4)
    rated(cast.units.liuwan, 6)
    figure, actor = FIGURES["unit_satisfaction"], cast.actor("statistician")
    assert told(figure, reading_of(actor, cast.units.district, SEPTEMBER)) == Told(
        total=True, lines=frozenset()
    )
    below = told(figure, reading_of(actor, cast.units.dongxi, SEPTEMBER))
    assert (below.total, below.lines) == (False, frozenset())
