"""包案, 化解, 销案 by unit and level; every number opens the list it counts."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders.models import CasePackage, PackageCase
from leaders.selectors import figures
from leaders.services.packages import enter_case
from leaders.services.receptions import Talk, receive
from leaders.services.rounds import set_round
from petitions.enums import Kind, Status
from petitions.services import forwarding
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


def test_a_package_that_goes_on_is_counted_in_the_next_round_and_one_that_ended_is_not(
    cast, client_as, package_of
):
    """滚动包案: solved ones leave, what is not done is carried over."""
    today, officer = local_day(now()), cast.actor("petition_officer")
    unit, day = cast.units.district, timedelta(days=1)
    first = set_round(actor=officer, unit=unit, name="一", starts_on=today - 9 * day, ends_on=today - 3 * day)
    second = set_round(actor=officer, unit=unit, name="二", starts_on=today - 2 * day, ends_on=today)
    goes_on, ended = package_of(at=now() - 5 * day), package_of(at=now() - 5 * day)
    strike_off_package(ended, cast.actor("leader"), officer)
    back = now() - 4 * day
    CasePackage.objects.filter(pk=ended.pk).update(struck_off_at=back)
    PackageCase.objects.filter(package=ended).update(left_at=back)
    fresh = package_of()
    newest, oldest = figures.compared(officer)
    assert (oldest.carried, oldest.entered, oldest.struck, oldest.stayed) == (0, 2, 1, 1)
    assert (newest.carried, newest.entered, newest.struck, newest.stayed) == (1, 1, 0, 2)
    client = client_as(cast.petition_officer)
    listed = {}
    for one in (first, second):
        (row,) = client.get(reverse("leaders:package_figures"), {"round": one.pk}).context["rows"]
        for _label, n, query in row.cells:
            rows = client.get(f"{reverse('leaders:packages')}?{query}").context["rows"]
            assert len(rows) == n, query
        address = f"{reverse('leaders:packages')}?{row.cells[0][2]}"
        listed[one.name] = {found.package.pk for found in client.get(address).context["rows"]}
    assert listed == {"一": {goes_on.pk, ended.pk}, "二": {goes_on.pk, fresh.pk}}


def test_what_is_struck_off_after_a_round_is_not_struck_off_in_it(cast, client_as, package_of):
    today, officer = local_day(now()), cast.actor("petition_officer")
    day = timedelta(days=1)
    made = set_round(
        actor=officer, unit=cast.units.district, name="一", starts_on=today - 9 * day, ends_on=today - 3 * day
    )
    package = package_of(at=now() - 5 * day)
    strike_off_package(package, cast.actor("leader"), officer)
    page = client_as(cast.petition_officer).get(reverse("leaders:package_figures"), {"round": made.pk})
    (row,) = page.context["rows"]
    assert [n for _label, n, _query in row.cells] == [1, 0, 0, 0]


@pytest.mark.article(30)
def test_visits_of_a_case_that_was_sealed_are_in_no_sum(cast, client_as, package_of, fresh_case):
    package, gone = package_of(), fresh_case(until=Status.REGISTERED)
    enter_case(package=package, petition=gone, actor=cast.actor("petition_officer"))
    for case in (package.petition, gone):
        talk = Talk(post=cast.post("leader"), said="谈过了。")
        receive(petition=case, actor=cast.actor("petition_officer"), talk=talk)

    def visits():
        (row,) = client_as(cast.petition_officer).get(reverse("leaders:package_figures")).context["rows"]
        return row.visits

    assert visits() == 2
    forwarding.classify(petition=gone, actor=cast.actor("petition_officer"), kind=Kind.ACCUSATION)
    assert visits() == 1


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
