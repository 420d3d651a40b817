"""The participation rate: a window held back after a late entry, and one that begins in days to come."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.actor import Actor
from core.timekeeping import SHANGHAI
from deadlines.services.sweeping import sweep
from petitions.enums import Rating, ServiceMethod, Status
from petitions.models import PetitionClock
from petitions.selectors.public import own_case
from petitions.services import answering, following, reviewing
from petitions.workflow import ClockCode as C
from reports.periods import Month
from reports.rates import NO_RATE, Rate
from reports.selectors.behind import Place, behind
from reports.selectors.figures import clocks_due, reading_of
from reports.selectors.month import month_figures
from tests.cases import outside_number

pytestmark = pytest.mark.django_db


def moment(month, day, hour=12):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def served(cast, make_case):
    """Received on 4 September, entered on 1 October: due on 8 October, held back to 2 November."""

    def serve(**more):
        case = make_case(until=Status.CONCLUDED, at=moment(9, 1))
        fields = {"method": ServiceMethod.POST, "recipient": "本人", "served_at": moment(9, 4)}
        fields |= {"paper_number": outside_number(case), **more}
        fields.setdefault("at", moment(10, 1))
        answering.serve(petition=case, actor=cast.actor("handler"), **fields)
        return case

    return serve


def window_of(case):
    return PetitionClock.objects.get(petition=case, rule__code=C.PETITIONER_WINDOW)


def rate(case, at):
    following.evaluate(
        petition=case,
        actor=Actor.petitioner(),
        office_rating=Rating.SATISFIED,
        unit_rating=Rating.SATISFIED,
        at=at,
    )


def participation(cast, month, at):
    with time_machine.travel(at, tick=False):
        figures = month_figures(
            actor=cast.actor("inspector"), unit=cast.units.district, month=Month(2026, month)
        )
        reading = reading_of(cast.actor("inspector"), cast.units.district, Month(2026, month))
        listed = behind(reading, Place(code="participation"))
    assert listed.rate == figures.rates["participation"]
    assert len(listed.page.items) == listed.rate.whole
    return listed.rate


def test_a_held_window_keeps_its_due_date_and_says_until_when_it_waits(served):
    window = window_of(served())
    assert window.due_at.astimezone(SHANGHAI).date() == moment(10, 8).date()
    assert window.held_until == window.ends_at == window.next_at
    assert window.held_until.astimezone(SHANGHAI).date() == moment(11, 2).date()  # 31 October is a Saturday
    assert "held_until" not in window.explanation


def test_a_rating_within_the_held_back_window_is_in_time(cast, served):
    case = served()
    rate(case, window_of(case).due_at + timedelta(days=10))
    later = window_of(case).held_until + timedelta(hours=1)
    assert [participation(cast, month, later) for month in (10, 11)] == [NO_RATE, Rate(1, 1)]


def test_a_window_that_still_waits_is_in_no_month(cast, served):
    ended = window_of(served()).held_until
    for month in (10, 11):
        assert participation(cast, month, ended - timedelta(hours=1)) == NO_RATE
    assert participation(cast, 11, ended + timedelta(hours=1)) == Rate(0, 1)


def test_a_rating_after_the_held_end_is_not_in_time(cast, served):
    case = served()
    ended = window_of(case).held_until
    rate(case, ended + timedelta(minutes=5))  # before the next sweep has closed the case
    assert participation(cast, 11, ended + timedelta(hours=1)) == Rate(0, 1)


def test_a_held_window_counts_in_the_month_in_which_it_ends_and_in_no_other(cast, served):
    case = served(at=moment(10, 20))
    later = moment(12, 20)
    assert window_of(case).held_until.astimezone(SHANGHAI).month == 11
    assert [participation(cast, month, later) for month in (9, 10, 11, 12)] == [
        NO_RATE,
        NO_RATE,
        Rate(0, 1),
        NO_RATE,
    ]


def test_the_sweep_stops_a_held_window_at_its_held_end(served):
    case = served()
    ended = window_of(case).held_until
    assert not sweep(PetitionClock, now=ended - timedelta(minutes=1)).failed
    assert window_of(case).running
    sweep(PetitionClock, now=ended + timedelta(minutes=1))
    case.refresh_from_db()
    assert case.status == Status.CLOSED
    assert window_of(case).stopped_at >= ended


def test_the_resident_reads_the_held_end_as_the_last_day_to_evaluate(served):
    case = served()
    window = window_of(case)
    for at in (moment(10, 2), window.due_at + timedelta(days=3)):
        (promise,) = [p for p in own_case(case, at).promises if p.code == C.PETITIONER_WINDOW]
        assert (promise.due_at, promise.late) == (window.held_until, False)


def test_a_public_notice_counts_only_when_its_window_is_over(cast, served):
    case = served(method=ServiceMethod.PUBLIC, served_at=moment(9, 10), at=moment(9, 10), signed=False)
    window = window_of(case)
    assert (window.started_at, window.held_until) == (moment(10, 10), None)
    for month in (9, 10, 11):
        assert participation(cast, month, moment(9, 20)) == NO_RATE
    rate(case, moment(9, 14))
    assert participation(cast, 9, moment(10, 20)) == participation(cast, 11, moment(11, 1)) == NO_RATE
    after = window.due_at + timedelta(minutes=1)
    assert participation(cast, window.due_at.astimezone(SHANGHAI).month, after) == Rate(1, 1)


def test_an_open_notice_does_not_break_the_months_pages(cast, served, client_as):
    served(method=ServiceMethod.PUBLIC, served_at=moment(9, 10), at=moment(9, 10), signed=False)
    with time_machine.travel(moment(9, 20), tick=False):
        client = client_as(cast.statistician)
        for month, status in (("2026-09", 200), ("2026-10", 422), ("2026-11", 422)):
            assert client.get(reverse("reports:month"), {"month": month}).status_code == status
            page = client.get(reverse("reports:behind", args=["participation"]), {"month": month})
            assert page.context["found"].page.items == []


def test_the_months_clocks_are_read_by_their_index(cast, served):
    served()
    reading = reading_of(cast.actor("inspector"), cast.units.district, Month(2026, 11))
    with connection.cursor() as cursor:
        # A table of a few rows is read whole; what is asked is whether the index fits the query at all.
        for way in ("seqscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        # Nor is it asked which index so few rows make the cheapest: the others are away until the test's end.
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'petitions_petitionclock'")
        for (name,) in cursor.fetchall():
            if name not in {"petition_clock_month", "petitions_petitionclock_pkey"}:
                cursor.execute(f'DROP INDEX "{name}"')
    plan = clocks_due(reading, C.PETITIONER_WINDOW).explain()
    assert "petition_clock_month" in plan
    condition = next(line for line in plan.splitlines() if "Index Cond" in line and "GREATEST" in line)
    # By which end it is joined to its rule, the planner decides anew with every handful of rows.
    assert "2026-10-31 16:00" in condition


@pytest.mark.article(36)
def test_a_rating_given_before_the_answer_was_ordered_anew_counts_and_no_other_window_that_was_cut(
    cast, make_case
):
    for until in (Status.EVALUATED, Status.SERVED):
        case = make_case(until=until, at=moment(8, 3))
        reviewing.redo(
            petition=case, actor=cast.actor("leader"), text="重办", public_text="重办", at=moment(8, 10)
        )
    figures = month_figures(actor=cast.actor("inspector"), unit=cast.units.district, month=Month(2026, 9))
    assert figures.rates["participation"] == Rate(1, 1)
