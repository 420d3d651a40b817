"""The first page of an office and of a unit: what waits, as the list counts it, and how it stands, as its month says."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.timekeeping import SHANGHAI
from petitions.enums import Channel, Status
from petitions.selectors.desk import TABS
from reports.periods import Month
from reports.selectors.board import FIRST_VIEWS
from reports.selectors.month import month_figures
from reports.services.freezing import freeze

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
OCTOBER = datetime(2026, 10, 8, 9, 0, tzinfo=SHANGHAI)
HOME = reverse("reports:home")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cases(cast, make_case):
    for n in range(3):
        make_case(at=OCTOBER + timedelta(days=n), until=Status.ACCEPTED)
        make_case(at=NOW - timedelta(days=n, hours=1), until=Status.FORWARDED)
    make_case(at=NOW - timedelta(hours=2))
    make_case(at=NOW - timedelta(hours=3), unit=cast.units.housing, until=Status.FORWARDED)


def page_of(client_as, user):
    page = client_as(user).get(HOME)
    assert page.status_code == 200
    return page


@pytest.mark.parametrize("who", ["petition_officer", "inspector", "unit_head"])
def test_what_waits_is_what_the_list_holds(cast, cases, client_as, who):
    client = client_as(getattr(cast, who))
    tiles = client.get(HOME).context["board"]
    for tile in tiles:
        assert str(len(client.get(tile.url).context["page"].items)) == tile.text, tile.label
    assert any(tile.text != "0" for tile in tiles)


def test_a_unit_waits_for_other_things_than_the_office(cast, cases, client_as):
    office = [tile.label for tile in page_of(client_as, cast.petition_officer).context["board"]]
    unit = {tile.label: tile.text for tile in page_of(client_as, cast.unit_head).context["board"]}
    assert office == ["待转送", "异议待核", "待审办结报告", "今日到期", "已超期"]
    assert unit["待受理"] == "3" and "待转送" not in unit


def test_every_tile_is_a_tab_of_the_list_it_leads_to():
    for role, keys in FIRST_VIEWS.items():
        assert set(keys) <= set(TABS[role]), role


@pytest.mark.parametrize(
    ("who", "unit"), [("petition_officer", "district"), ("inspector", "district"), ("unit_head", "urban")]
)
def test_how_it_stands_is_what_the_month_says(cast, cases, client_as, who, unit):
    found = page_of(client_as, getattr(cast, who)).context["standing"]
    assert found.unit == getattr(cast.units, unit)
    assert found.months == [Month(2026, 11), Month(2026, 10)]
    for n, month in enumerate(found.months):
        figures = month_figures(actor=cast.actor(who), unit=found.unit, month=month)
        for definition, marks in found.rows:
            if definition.code == "count":
                assert marks[n].value == figures.total.count
            else:
                rate = figures.rates[definition.code]
                assert marks[n].text == (f"{rate.text} ({rate.part}/{rate.whole})" if rate.whole else "—")
    codes = [definition.code for definition, _marks in found.rows]
    assert ("forwarding" in codes) == (unit == "district")


def test_a_frozen_month_stands_as_it_was_frozen(cast, cases, make_case, client_as):
    freeze(actor=cast.actor("statistician"), month=Month(2026, 10))
    make_case(at=OCTOBER, channel=Channel.LETTER)
    found = page_of(client_as, cast.petition_officer).context["standing"]
    assert [mark.text for mark in found.rows[0][1]] == ["5", "3"]


@pytest.mark.article(30)
def test_accusations_are_in_no_number_of_the_page(cast, cases, make_case, client_as):
    before = {
        who: numbers(page_of(client_as, getattr(cast, who))) for who in ("petition_officer", "unit_head")
    }
    make_case.registered(at=NOW - timedelta(hours=1), kind="accusation")
    for who, said in before.items():
        assert numbers(page_of(client_as, getattr(cast, who))) == said


def numbers(page):
    marks = [mark.text for _definition, marks in page.context["standing"].rows for mark in marks]
    return [tile.text for tile in page.context["board"]], marks


def test_only_who_looks_after_the_clocks_is_told_of_them_and_only_keepers_of_screens(cast, cases, client_as):
    office = page_of(client_as, cast.petition_officer).content.decode()
    unit = page_of(client_as, cast.unit_head).content.decode()
    assert "提醒引擎" in office and reverse("reports:walls") in office
    assert "提醒引擎" not in unit and reverse("reports:walls") not in unit


def test_handlers_and_clerks_begin_where_their_work_is(cast, client_as):
    for who, name in (("handler", "petitions:list"), ("clerk", "petitions:register")):
        assert client_as(getattr(cast, who)).get(HOME).url == reverse(name)


def test_the_page_asks_as_much_of_many_cases_as_of_few(cast, cases, make_case, client_as):
    client = client_as(cast.unit_head)
    client.get(HOME)
    with CaptureQueriesContext(connection) as few:
        client.get(HOME)
    for n in range(4):
        make_case(at=NOW - timedelta(days=2, hours=n), until=Status.FORWARDED)
    with CaptureQueriesContext(connection) as many:
        client.get(HOME)
    assert len(many) == len(few)
