"""包案, 化解, 销案 by unit and level; every number opens the list it counts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders.selectors import figures
from leaders.services.rounds import set_round
from tests.cases import strike_off_package

pytestmark = pytest.mark.django_db


def test_every_number_opens_the_list_it_counts(cast, client_as, package_of):
    package_of()
    struck = package_of()
    strike_off_package(struck, cast.actor("leader"), cast.actor("petition_officer"))
    client = client_as(cast.petition_officer)
    (row,) = client.get(reverse("leaders:package_figures")).context["rows"]
    assert [n for _label, n, _query in row.cells] == [2, 0, 1, 0]
    assert (row.resolved_rate, row.struck_rate) == ("0.0%", "50.0%")
    for _label, n, query in row.cells:
        rows = client.get(f"{reverse('leaders:packages')}?{query}").context["rows"]
        assert len(rows) == n, query


def test_nothing_is_divided_by_zero():
    assert figures.rate(0, 0) == "—"


def test_a_round_counts_what_came_and_went_in_it_and_two_do_not_overlap(cast, client_as, package_of):
    today, officer = local_day(now()), cast.actor("petition_officer")
    span = {"unit": cast.units.district, "starts_on": today - timedelta(days=3), "ends_on": today}
    made = set_round(actor=officer, name="第一轮", **span)
    with pytest.raises(Refusal) as refusal:
        set_round(actor=officer, name="又一轮", **{**span, "ends_on": today + timedelta(days=9)})
    assert refusal.value.code == "stale"
    with pytest.raises(Refusal) as refusal:
        set_round(actor=officer, name="倒着", **{**span, "ends_on": today - timedelta(days=9)})
    assert refusal.value.code == "invalid"
    struck = package_of()
    strike_off_package(struck, cast.actor("leader"), officer)
    package_of(at=now() - timedelta(days=1))
    (one,) = figures.compared(officer)
    assert (one.entered, one.left, one.struck) == (2, 0, 1)
    page = client_as(cast.petition_officer).get(reverse("leaders:package_figures"), {"round": made.pk})
    assert page.context["rows"][0].cells[0][1] == 2


@pytest.mark.parametrize("value", ["x", "-1", "99999999999999999999", "²"])
def test_what_is_no_number_is_no_filter(cast, client_as, package_of, value):
    package_of()
    client = client_as(cast.petition_officer)
    for name in ("round", "unit", "level", "count"):
        assert client.get(reverse("leaders:packages"), {name: value}).status_code == 200
        assert client.get(reverse("leaders:package_figures"), {name: value}).status_code == 200


def test_the_page_costs_the_same_for_one_and_three(cast, client_as, package_of):
    client = client_as(cast.petition_officer)
    package_of()
    client.get(reverse("leaders:package_figures"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("leaders:package_figures"))
    package_of()
    package_of()
    with CaptureQueriesContext(connection) as three:
        client.get(reverse("leaders:package_figures"))
    assert len(one) == len(three)


def test_a_round_from_the_page_keeps_what_was_typed(cast, client_as):
    client = client_as(cast.petition_officer)
    bad = client.post(
        reverse("leaders:round_add"),
        {"name": "冬季攻坚", "unit": cast.units.district.pk, "starts_on": "2026-12-01", "ends_on": ""},
    )
    assert bad.status_code == 422 and "冬季攻坚" in bad.content.decode()
    assert client_as(cast.unit_head).post(reverse("leaders:round_add"), {}).status_code == 403
