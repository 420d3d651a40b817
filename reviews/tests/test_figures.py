"""What a month said of an answer it goes on saying when the answer is set aside (条例 36)."""

from datetime import date, timedelta

import pytest

from accounts.actor import Actor
from petitions.enums import Rating
from petitions.models import Evaluation, Petition
from petitions.services import following
from reports.periods import Month
from reports.rates import Rate
from reports.selectors.behind import Place, behind
from reports.selectors.figures import reading_of
from reports.selectors.month import count_figures
from reviews.enums import Outcome
from reviews.tests.conftest import answer, hand_over, moment

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)


@pytest.fixture
def rated(served):
    """Served and rated in January 2026; the window ends on 2026-02-04."""
    case = served(moment(date(2026, 1, 5)))
    own = {"actor": Actor.petitioner(), "office_rating": Rating.SATISFIED, "unit_rating": Rating.DISSATISFIED}
    following.evaluate(petition=case, at=moment(date(2026, 1, 8)), **own)
    return case


def rates(cast, month, person="inspector"):
    return count_figures(reading_of(cast.actor(person), cast.units.district, month)).rates


@pytest.mark.parametrize("decided", [date(2026, 1, 20), date(2026, 2, 10)])
def test_a_rating_stays_in_its_month_when_the_answer_is_set_aside(cast, rated, ask, decide, decided):
    before = rates(cast, JANUARY)
    review = ask(rated, at=moment(date(2026, 1, 12)))
    decide(review, outcome=Outcome.REDO, text="没有查清。", at=moment(decided))
    assert not hasattr(Petition.objects.get(pk=rated.pk), "evaluation")
    assert Evaluation.objects.get().former_of_id == rated.pk
    after = rates(cast, JANUARY)
    assert after["unit_satisfaction"] == before["unit_satisfaction"] == Rate(0, 1)
    assert after["office_satisfaction"] == before["office_satisfaction"] == Rate(1, 1)
    # Whoever was asked and answered took part, whether the order came before the window's end or after it.
    assert rates(cast, FEBRUARY)["participation"] == Rate(1, 1)


def test_the_list_behind_the_rate_names_the_case_of_a_former_rating(cast, rated, ask, decide):
    decide(
        ask(rated, at=moment(date(2026, 1, 12))),
        outcome=Outcome.REDO,
        text="没有查清。",
        at=moment(date(2026, 1, 20)),
    )
    reading = reading_of(cast.actor("inspector"), cast.units.district, JANUARY)
    for place in (
        Place(code="unit_satisfaction"),
        Place(code="unit_satisfaction", line=cast.units.urban.pk),
        Place(code="unit_satisfaction", channel=rated.channel),
    ):
        found = behind(reading, place)
        assert [line.case.pk for line in found.page.items] == [rated.pk]
        assert not found.page.items[0].hit


def test_the_new_answer_is_rated_in_its_own_month_beside_the_old_rating(cast, rated, ask, decide):
    decide(
        ask(rated, at=moment(date(2026, 1, 12))),
        outcome=Outcome.REDO,
        text="没有查清。",
        at=moment(date(2026, 1, 20)),
    )
    case, handler = Petition.objects.get(pk=rated.pk), cast.actor("handler")
    answer(case, handler, at=moment(date(2026, 2, 2)), text="重新调查，九点半收摊。")
    case = Petition.objects.get(pk=rated.pk)
    hand_over(case, handler, at=moment(date(2026, 2, 3)))
    own = {"actor": Actor.petitioner(), "office_rating": Rating.SATISFIED, "unit_rating": Rating.SATISFIED}
    following.evaluate(petition=Petition.objects.get(pk=rated.pk), at=moment(date(2026, 2, 5)), **own)
    assert rates(cast, JANUARY)["unit_satisfaction"] == Rate(0, 1)
    assert rates(cast, FEBRUARY)["unit_satisfaction"] == Rate(1, 1)


@pytest.mark.article(30)
def test_article_30_the_rated_unit_learns_no_former_rating_while_it_handles_anew(cast, rated, ask, decide):
    decide(
        ask(rated, at=moment(date(2026, 1, 12))),
        outcome=Outcome.REDO,
        text="没有查清。",
        at=moment(date(2026, 1, 20)),
    )
    reading = reading_of(cast.actor("unit_head"), cast.units.urban, JANUARY)
    assert count_figures(reading).rates["unit_satisfaction"].text == "—"
