"""Each number of a rate opens the list it was counted from: page = list = file, for every cell, for every reader."""

from datetime import datetime, timedelta
from itertools import product
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from python_calamine import CalamineWorkbook

from core.marking import CONSOLE, Mark
from core.timekeeping import SHANGHAI
from petitions.enums import Channel, Rating, Status
from petitions.models import Petition
from reports import asking, workbook
from reports.definitions import shown_definitions
from reports.periods import Month
from reports.selectors.behind import behind
from reports.selectors.figures import FIGURES, reading_of, shown
from reports.selectors.month import district_figures, month_figures
from reports.tests.conftest import FIRST, rate_case

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
MARK = Mark(CONSOLE, 0, 0, NOW)
MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11")
READERS = ("statistician", "petition_officer", "inspector", "leader", "leader2", "unit_head", "unit_head2")


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


def month_page(client, month, unit):
    page = client.get(reverse("reports:month"), {"month": month, "unit": unit.pk})
    assert page.status_code == 200
    return page


def lines_of(page):
    if page.context.get("empty"):
        return []
    return [page.context["total"], *page.context["rows"], *page.context["channels"]]


def whole_list(client, url):
    """All lines of a list, over its pages."""
    found, cursor = [], None
    while True:
        page = client.get(url if cursor is None else f"{url}&cursor={cursor}")
        assert page.status_code == 200, url
        found += page.context["found"].page.items
        cursor = page.context["found"].page.next_cursor
        if cursor is None:
            return page, found


def selected(actor, url):
    """The same list as the page's selector gives it; the page itself is opened for the totals."""
    address = urlsplit(url)
    code = resolve(address.path).kwargs["code"]
    place, unit, month, at = asking.place_of(QueryDict(address.query), code, default=actor.unit)
    found = behind(reading_of(actor, unit, month, at=at), place)
    assert found.page.next_cursor is None
    return found.page.items


def own_unit(cast, who):
    unit = cast.post(who).unit
    return unit if who.startswith("unit_head") else cast.units.district


def test_every_number_of_every_rate_is_the_length_of_its_list_for_every_reader(cast, autumn, client_as):
    for who in READERS:
        months = MONTHS if who == "petition_officer" else ("2026-09",)
        assert opened_lists(cast, autumn, client_as(getattr(cast, who)), who, months) > 10, who


def opened_lists(cast, hidden, client, who, months):
    unit = own_unit(cast, who)
    readable = set(
        Petition.objects.visible_to(cast.actor(who)).filter(sealed=False).values_list("pk", flat=True)
    )
    opened = 0
    for month in months:
        for number_of_line, line in enumerate(lines_of(month_page(client, month, unit))):
            for cell, name in product(line["rates"], ("part", "whole", "rest")):
                number = getattr(cell, name)
                if number is None or not number.url:
                    continue
                if number_of_line == 0:
                    page, listed = whole_list(client, number.url)
                    assert f"{page.context['number']:,}" == number.text, number.url
                else:
                    listed = selected(cast.actor(who), number.url)
                assert f"{weight(number, listed):,}" == number.text, number.url
                assert {row.case.pk for row in listed} <= readable - hidden
                opened += 1
    return opened


def weight(number, listed):
    """件次: a batch of visitors counts each; in every other figure a row is one."""
    visits = "repeat_rate" in number.url
    return sum(row.case.batch_count if visits and row.case.channel == "visit" else 1 for row in listed)


def test_numerator_and_misses_are_the_denominator_and_nothing_else(cast, autumn, client_as):
    client = client_as(cast.inspector)
    compared = 0
    for line in lines_of(month_page(client, "2026-09", cast.units.district)):
        for cell in line["rates"]:
            if cell.whole is None:
                continue
            sides = [f"{cell.whole.url}&side={side}" for side in ("part", "rest", "whole")]
            part, rest, whole = (
                sorted(row.case.pk for row in selected(cast.actor("inspector"), url)) for url in sides
            )
            assert sorted(part + rest) == whole, cell.label
            compared += 1
    assert compared > 20


def test_the_file_holds_the_numbers_of_the_page_in_every_cell(cast, autumn, client_as, tmp_path):
    client, district = client_as(cast.statistician), cast.units.district
    for month in MONTHS:
        figures = month_figures(actor=cast.actor("statistician"), unit=district, month=Month.parse(month))
        page = month_page(client, month, district)
        workbook.write(figures, tmp_path / "m.xlsx", provenance="许晴", mark=MARK)
        sheet = CalamineWorkbook.from_path(str(tmp_path / "m.xlsx")).get_sheet_by_name("月报").to_python()
        for number, line in enumerate((page.context["total"], *page.context["rows"])):
            row = sheet[4 + number]
            assert [f"{cell:,.0f}" for cell in row[1:8]] == [cell.text for cell in line["figures"]]
            printed = [
                "—" if cell.text == "—" else pytest.approx(float(cell.text.rstrip("%")) / 100)
                for cell in line["rates"]
            ]
            assert row[8:] == printed, (month, row[0])


def test_the_command_counts_what_the_petition_office_counts_but_for_what_is_hidden_from_it(cast, autumn):
    month = Month.parse("2026-09")
    desk = month_figures(actor=cast.actor("inspector"), unit=cast.units.district, month=month)
    server = district_figures(unit=cast.units.district, month=month)
    # One case complains of the petition office itself: its desk neither sees nor counts it (条例 28).
    assert server.total.count == desk.total.count + 1
    assert server.rates["unit_satisfaction"] == desk.rates["unit_satisfaction"]


def test_the_definitions_name_numerator_and_denominator_of_each_rate(cast, tmp_path):
    workbook.write(
        district_figures(unit=cast.units.district, month=Month(2026, 9)),
        tmp_path / "m.xlsx",
        provenance="x",
        mark=MARK,
    )
    book = CalamineWorkbook.from_path(str(tmp_path / "m.xlsx"))
    head, *lines = book.get_sheet_by_name("指标口径").to_python()
    assert head[:4] == ["指标", "分子", "分母", "口径"]
    said = {line[0]: line for line in lines}
    rates = [item for item in shown_definitions() if item.unit == "%"]
    no_share = {code for code, figure in FIGURES.items() if not figure.has_sides}
    assert {item.code for item in rates} == {"repeat_rate", *shown()} - no_share
    for item in rates:
        _name, part, whole, formula, *_rest = said[str(item.name)]
        assert part and whole and f"{part} ÷ {whole}" in formula
    over, under = book.get_sheet_by_name("月报").to_python()[2:4]
    columns = [low or high for high, low in zip(over, under, strict=True)][6:]
    assert set(columns) <= set(said)


def test_the_unreached_open_their_list(cast, autumn, client_as):
    client = client_as(cast.statistician)
    page = month_page(client, "2026-09", cast.units.district)
    number = page.context["unreached"]
    assert number.text == "1"
    assert len(whole_list(client, number.url)[1]) == 1


def test_the_statistician_reads_the_sum_of_open_ratings_and_not_which_case_got_them(cast, autumn, client_as):
    client = client_as(cast.statistician)
    page = month_page(client, "2026-09", cast.units.district)
    cell = next(cell for cell in page.context["total"]["rates"] if cell.label == "责任单位满意率")
    assert (cell.part.url, cell.rest.url) == ("", "")
    _page, listed = whole_list(client, cell.whole.url)
    assert "不满意" not in client.get(cell.whole.url).content.decode().split("<table")[1]
    assert f"{len(listed)}" == cell.whole.text
    assert client.get(f"{cell.whole.url}&side=rest").status_code == 403
    assert client_as(cast.inspector).get(f"{cell.whole.url}&side=rest").status_code == 200


def test_few_ratings_are_withheld_from_the_list_as_from_the_page(cast, autumn, client_as):
    url = reverse("reports:behind", args=["unit_satisfaction"])
    asked = {"month": "2026-09", "unit": cast.units.housing.pk}
    for side in ("whole", "part", "rest"):
        page = client_as(cast.unit_head2).get(url, {**asked, "side": side})
        assert (page.context["found"].cases, page.context["found"].page.items) == (0, [])
    assert client_as(cast.inspector).get(url, asked).context["found"].cases == 1


def test_the_statistician_finds_no_single_rating_by_line_channel_or_unit(cast, autumn, make_case, client_as):
    letter = make_case(at=FIRST, until=Status.SERVED, channel=Channel.LETTER)
    rate_case(letter, Rating.SATISFIED, Rating.SATISFIED, FIRST + timedelta(days=2))
    client, url = client_as(cast.statistician), reverse("reports:behind", args=["unit_satisfaction"])
    urban, housing = cast.units.urban.pk, cast.units.housing.pk
    asked = {"month": "2026-09", "unit": cast.units.district.pk}
    for narrowed in (
        {"line": housing},
        {"channel": "letter"},
        {"line": urban, "channel": "letter"},
        {"unit": housing},
        {"unit": urban, "channel": "letter"},
    ):
        page = client.get(url, {**asked, **narrowed})
        found = page.context["found"]
        assert (found.withheld, found.rate.whole, found.cases, found.page.items) == (True, 0, 0, []), narrowed
        assert "%</span>" not in page.content.decode()
        told = client_as(cast.inspector).get(url, {**asked, **narrowed}).context["found"]
        assert (told.withheld, told.rate.whole) == (False, 1), narrowed
    # The other line is too few; so is what the total less this one would leave.
    assert client.get(url, {**asked, "line": urban}).context["found"].withheld
    many, desk = (who.get(url, asked) for who in (client, client_as(cast.inspector)))
    assert many.context["found"].rate == desk.context["found"].rate
    assert many.context["found"].rate.whole >= 5


def test_the_statistician_cannot_ask_before_and_after_a_rating(cast, autumn, client_as):
    client, url = client_as(cast.statistician), reverse("reports:behind", args=["unit_satisfaction"])
    asked = {"month": "2026-09", "unit": cast.units.district.pk}
    rates = {
        client.get(url, {**asked, "at": (FIRST + timedelta(days=day)).isoformat()}).context["found"].rate
        for day in (1, 5, 7, 20)
    }
    assert len(rates) == 1


@pytest.mark.parametrize(
    "who", ["outsider", "clerk", "handler", "mediator", "auditor", "sysadmin", "secadmin"]
)
def test_lists_of_the_month_are_for_those_who_report(cast, client_as, who):
    page = client_as(getattr(cast, who)).get(
        reverse("reports:behind", args=["conclusion"]), {"month": "2026-09"}
    )
    assert page.status_code == 403


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"month": "2026-13"}, 422),
        ({"month": ""}, 422),
        ({"unit": "99999999"}, 404),
        ({"unit": "x"}, 404),
        ({"line": "99999999"}, 404),
        ({"line": "-"}, 404),
        ({"side": "none"}, 404),
        ({"channel": "pigeon"}, 404),
        ({"at": "yesterday"}, 422),
        ({"at": "2026-11-21T12:00:00"}, 422),
        ({"at": "9999-12-31T23:59:59+08:00"}, 200),
        ({"cursor": "forged"}, 200),
    ],
)
def test_a_forged_address_is_refused_with_a_sentence(cast, client_as, asked, status):
    url = reverse("reports:behind", args=["conclusion"])
    assert client_as(cast.statistician).get(url, {"month": "2026-09", **asked}).status_code == status


def test_an_unknown_figure_is_not_found(cast, client_as):
    url = reverse("reports:behind", args=["happiness"])
    assert client_as(cast.statistician).get(url, {"month": "2026-09"}).status_code == 404


def test_a_unit_head_opens_no_list_of_another_unit(cast, client_as):
    client, url = client_as(cast.unit_head), reverse("reports:behind", args=["acceptance"])
    for unit in (cast.units.housing, cast.units.district):
        assert client.get(url, {"month": "2026-09", "unit": unit.pk}).status_code == 404
    own = {"month": "2026-09", "unit": cast.units.urban.pk}
    assert client.get(url, {**own, "line": cast.units.housing.pk}).status_code == 404


def test_a_running_month_lists_what_the_page_had_counted(cast, make_case, client_as):
    make_case(at=NOW - timedelta(hours=2))
    client = client_as(cast.statistician)
    cell = next(
        cell
        for cell in month_page(client, "2026-11", cast.units.district).context["total"]["rates"]
        if cell.label == "10 分钟首次回应率"
    )
    make_case(at=NOW - timedelta(minutes=9))  # falls due a minute later
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        assert len(whole_list(client, cell.whole.url)[1]) == int(cell.whole.text) == 1


def test_a_list_takes_the_same_number_of_queries_for_one_case_and_for_three(cast, make_case, client_as):
    client = client_as(cast.statistician)
    url = reverse("reports:behind", args=["acceptance"])
    asked = {"month": "2026-09", "line": cast.units.urban.pk}
    make_case(until=Status.ACCEPTED, at=FIRST)
    client.get(url, asked)
    with CaptureQueriesContext(connection) as one:
        assert client.get(url, asked).context["found"].cases == 1
    make_case(until=Status.ACCEPTED, at=FIRST)
    make_case(until=Status.FORWARDED, at=FIRST)
    with CaptureQueriesContext(connection) as three:
        assert client.get(url, asked).context["found"].cases == 3
    assert len(one) == len(three)
