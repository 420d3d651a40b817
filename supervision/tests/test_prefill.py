"""What the form of an urgent dispatch begins with."""

import pytest
from django.urls import reverse

from core.timekeeping import now
from petitions.enums import Status
from petitions.models import Category, CategoryVersion, Petition
from supervision import prefill
from supervision.services import urgent

pytestmark = pytest.mark.django_db


def initial(case, actor):
    return prefill.dispatch_initial(case, actor, urgent.units_to_call(case, now()), now())


@pytest.mark.article(25)
def test_town_department_of_the_category_place_and_words_are_there_before_anything_is_typed(
    cast, make_case, client_as
):
    version = CategoryVersion.objects.filter(is_current=True).first()
    leaf = Category.objects.filter(version=version).first()
    for _n in range(4):
        Petition.objects.filter(pk=make_case(until=Status.ACCEPTED, at=now()).pk).update(category=leaf)
    case = make_case(at=now(), place_text="后山", head_count=7, category_id=leaf.pk)
    clerk = cast.actor("clerk")
    begun = initial(case, clerk)
    assert set(begun["units"]) == {cast.units.dongxi.pk, cast.units.urban.pk}
    assert begun["place"] == f"{cast.units.liuwan.name} 后山" and begun["situation"] == case.body
    assert begun["heads"] == 7
    page = client_as(cast.clerk).get(reverse("supervision:dispatch", args=[case.number])).content.decode()
    assert case.body in page and "后山" in page and "请核对、增减" in page


@pytest.mark.article(28)
def test_what_may_not_be_called_is_not_chosen_beforehand(cast, make_case):
    case = make_case(at=now(), complained_unit=cast.units.dongxi)
    assert cast.units.dongxi.pk not in initial(case, cast.actor("clerk"))["units"]


@pytest.mark.article(30)
def test_the_words_are_those_that_this_reader_has(cast, make_case):
    case = make_case(at=now(), confidential=True, body="张小河家后院塌了。")
    assert "张小河" in initial(case, cast.actor("clerk"))["situation"]
    assert "张小河" not in initial(case, cast.actor("handler"))["situation"]


def test_a_case_that_says_nothing_more_leaves_the_rest_to_be_typed(cast, make_case):
    case = make_case(at=now(), place_unit=None)
    begun = initial(case, cast.actor("clerk"))
    assert begun["units"] == [] and begun["place"] == "" and begun["heads"] is None
