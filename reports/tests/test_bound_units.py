"""Whose a missed time is, where the case went on to another unit."""

from datetime import datetime

import pytest
import time_machine

from core.timekeeping import SHANGHAI
from petitions.enums import Status
from petitions.services import forwarding
from petitions.workflow import ClockCode as C
from reports.periods import Month
from reports.rates import NO_RATE, Rate
from reports.selectors.month import month_figures
from reports.selectors.units_late import ORDERS, overdue

pytestmark = pytest.mark.django_db


def moment(month, day, hour=12):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def test_time_that_ran_out_before_a_unit_had_the_case_is_the_former_holders_to_answer_for(cast, make_case):
    case = make_case(at=moment(9, 10), until=Status.REGISTERED)
    forwarding.forward(
        petition=case, actor=cast.actor("petition_officer"), unit=cast.units.urban, at=moment(9, 13)
    )
    clocks = case.clocks.filter(rule__code__in=[C.RESPOND, C.CALL, C.FIRST_ROUND])
    assert {clock.unit for clock in clocks} == {cast.units.urban}, "what is still to be done is the unit's"
    assert {clock.missed_unit for clock in clocks} == {cast.units.petition_office}
    with time_machine.travel(moment(9, 20), tick=False):
        figures = month_figures(
            actor=cast.actor("statistician"), unit=cast.units.district, month=Month(2026, 9), codes=ORDERS
        )
        own = month_figures(
            actor=cast.actor("unit_head"), unit=cast.units.urban, month=Month(2026, 9), codes=ORDERS
        )
        assert overdue(moment(9, 14)) == [], "minutes and hours are no date of the law"
    for code in ORDERS:
        assert figures.rates[code] == Rate(0, 1)
        assert figures.rates_by_unit[cast.units.petition_office.pk][code] == Rate(0, 1)
        assert code not in figures.rates_by_unit.get(cast.units.urban.pk, {})
        assert own.rates[code] == NO_RATE
