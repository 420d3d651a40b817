"""Who hears of what a petitioner sends: those who answer, and for 不满意 those who watch over them."""

from datetime import datetime, timedelta

import pytest

from accounts.actor import Actor
from accounts.models import Post
from core.timekeeping import SHANGHAI, local_day
from notifications.models import Notice
from petitions.enums import Kind, Rating, Status
from petitions.services import following, forwarding, handling
from tests.cases import MORNING

pytestmark = pytest.mark.django_db


def moment(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def told(text):
    return set(Notice.objects.filter(text__contains=text).values_list("recipient__username", flat=True))


class TestSupplement:
    def supplement(self, case):
        following.supplement(
            petition=case, actor=Actor.petitioner(), text="又有两家开到三点。", at=moment(9, 8)
        )
        return told(f"{case.number} 有补充材料")

    def test_the_responsible_person_hears_of_it(self, cast, make_case):
        case = make_case(until=Status.ACCEPTED)
        handling.name_responsible(
            petition=case, actor=cast.actor("handler"), user=cast.handler, at=MORNING + timedelta(hours=3)
        )
        assert self.supplement(case) == {"handler"}

    def test_where_none_is_named_or_the_one_named_has_left_the_units_handlers_and_head(self, cast, make_case):
        case = make_case(until=Status.ACCEPTED)
        handling.name_responsible(
            petition=case, actor=cast.actor("handler"), user=cast.unit_head, at=MORNING + timedelta(hours=3)
        )
        Post.objects.filter(user=cast.unit_head).update(valid_until=local_day(moment(9, 6)))
        assert self.supplement(case) == {"handler"}
        assert self.supplement(make_case(until=Status.FORWARDED)) == {"handler"}

    def test_before_there_is_a_unit_the_office_that_registered_it(self, make_case):
        assert self.supplement(make_case()) == {"petition_officer", "clerk"}

    def test_the_unit_complained_of_hears_nothing(self, cast, make_case):
        case = make_case(complained_unit=cast.units.dongxi, unit=cast.units.urban)
        forwarding.forward(
            petition=case, actor=cast.actor("petition_officer"), unit=cast.units.urban, at=moment(9, 4)
        )
        assert self.supplement(case) == {"handler", "unit_head"}
        about_the_office = make_case(complained_unit=cast.units.petition_office)
        assert self.supplement(about_the_office) == set()

    def test_of_a_sealed_case_only_its_route_hears(self, cast, make_case):
        case = make_case.registered(kind=Kind.ACCUSATION).petition
        assert self.supplement(case) == {"discipline_officer"}
        held = make_case.registered(kind=Kind.ACCUSATION, complained_unit=cast.units.discipline).petition
        assert self.supplement(held) == {"petition_officer"}


class TestDissatisfied:
    def rate(self, case, office, unit):
        following.evaluate(
            petition=case,
            actor=Actor.petitioner(),
            office_rating=office,
            unit_rating=unit,
            at=moment(9, 10),
        )
        return told("不满意")

    @pytest.mark.parametrize(
        "office, unit, hears",
        [
            (Rating.DISSATISFIED, Rating.SATISFIED, "inspector"),
            (Rating.DISSATISFIED, Rating.DISSATISFIED, "inspector"),
            (Rating.FAIRLY, Rating.DISSATISFIED, "petition_officer"),
        ],
    )
    def test_somebody_hears_of_it_who_was_not_rated(self, make_case, office, unit, hears):
        assert self.rate(make_case(until=Status.SERVED), office, unit) == {hears}

    def test_without_an_inspector_a_leader_in_charge_hears_how_the_office_was_rated(self, make_case, cast):
        Post.objects.filter(user=cast.inspector).delete()
        case = make_case(until=Status.SERVED)
        assert self.rate(case, Rating.DISSATISFIED, Rating.SATISFIED) <= {"leader"}

    def test_content_petitioners_make_no_noise(self, make_case):
        assert self.rate(make_case(until=Status.SERVED), Rating.FAIRLY, Rating.SATISFIED) == set()
