"""The charts: their numbers are the month's own, their tables say what is drawn, and a map is offered where there is one."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.checks import run_checks
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Post, User
from core.charts import Kind
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from petitions.enums import Channel, Status
from reports.periods import Month
from reports.selectors.charts import charts
from reports.selectors.month import month_figures
from reports.selectors.series import TIMELY, by_hour, series
from reports.services.freezing import freeze
from reports.tests.conftest import FIRST

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
SEPTEMBER = Month(2026, 9)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


def drawn(cast, who="statistician", unit="district", month=SEPTEMBER):
    found = charts(actor=cast.actor(who), unit=getattr(cast.units, unit), month=month)
    return {chart.key: chart for chart in found}


def values(chart):
    return {line.name: [mark.value for mark in line.marks] for line in chart.lines}


def month_of(cast, who, unit, month, kept=None):
    return month_figures(actor=cast.actor(who), unit=unit, month=month, freeze=kept)


@pytest.mark.parametrize(
    ("who", "unit"),
    [
        ("statistician", "district"),
        ("inspector", "urban"),
        ("leader", "district"),
        ("unit_head", "urban"),
        ("unit_head2", "housing"),
    ],
)
def test_every_number_drawn_is_the_one_its_month_prints(cast, autumn, who, unit):
    found, asked = drawn(cast, who, unit), getattr(cast.units, unit)
    months = values(found["months"])
    assert list(months) == [str(month) for month in SEPTEMBER.up_to_here(12)]
    for month in (Month(2026, 7), Month(2026, 8), SEPTEMBER):
        page = month_of(cast, who, asked, month)
        assert months[str(month)] == [page.total.count, 0], month
        rates = [page.rates[code] for code in TIMELY]
        told = [rate.value * 100 if rate.whole else None for rate in rates]
        assert values(found["timeliness"])[str(month)] == told, month
    page = month_of(cast, who, asked, SEPTEMBER)
    assert page.total.count > 0
    assert {name: row[0] for name, row in values(found["channels"]).items() if row[0]} == {
        str(channel.label): volume.count for channel, volume in page.by_channel.items()
    }
    assert sum(sum(row) for row in values(found["hours"]).values()) == page.total.count
    if "places" in found:
        assert values(found["places"]) == {
            place.label: [page.by_unit[place.pk].count if place.pk in page.by_unit else 0]
            for place in (cast.units.xiling, cast.units.dongxi)
        }


def test_last_year_stands_beside_each_month(cast, make_case):
    make_case(at=datetime(2025, 9, 30, 23, 59, tzinfo=SHANGHAI), channel=Channel.VISIT, batch_count=3)
    make_case(at=datetime(2025, 10, 1, 0, 0, tzinfo=SHANGHAI))
    make_case(at=FIRST)
    found = drawn(cast)
    assert values(found["months"])["2026-09"] == [1, 3]
    assert values(found["months"])["2025-10"] == [1, 0]
    assert "上年同月 3 件次（同比 -66.7%）" in found["months"].sentence
    assert values(found["channels"])["来访"] == [0, 0, 3]


def test_frozen_months_are_drawn_as_they_were_frozen(cast, autumn, make_case):
    before = values(drawn(cast)["months"])["2026-09"]
    kept = freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    make_case(at=FIRST + timedelta(days=3), channel=Channel.LETTER)
    found = series(actor=cast.actor("statistician"), unit=cast.units.district, month=SEPTEMBER)
    charted = drawn(cast)
    assert values(charted["months"])["2026-09"] == before
    assert found.frozen == 1 and "1 个月已冻结" in charted["months"].note
    assert by_hour(found.asked) == by_hour(series_today(cast, kept))
    assert sum(by_hour(found.asked).values()) == before[0]
    assert "来信" not in values(charted["channels"])


def series_today(cast, kept):
    from reports.selectors.frozen import reading_for

    return reading_for(cast.actor("statistician"), cast.units.district, SEPTEMBER, freeze=kept)


def test_hours_are_those_of_the_county(cast, make_case):
    make_case(at=datetime(2026, 9, 6, 23, 30, tzinfo=SHANGHAI))  # a Sunday
    make_case(at=datetime(2026, 9, 7, 0, 10, tzinfo=SHANGHAI), channel=Channel.VISIT, batch_count=2)
    hours = drawn(cast)["hours"]
    assert values(hours)["周日"][23] == 1
    assert values(hours)["周一"][0] == 2
    assert "最多的是周一 0 点至 1 点，2 件次" in hours.sentence
    assert "占 100.00%" in hours.sentence


def test_a_number_opens_the_list_that_has_as_many(cast, client_as, make_case):
    for n in range(3):
        make_case(at=FIRST + timedelta(days=n), until=Status.ACCEPTED)
    client = client_as(cast.inspector)
    opened = 0
    for chart in drawn(cast, "inspector").values():
        for line in chart.lines:
            for mark in line.marks:
                if not mark.url:
                    continue
                context = client.get(mark.url).context
                behind = (context["page"] if "page" in context else context["found"].page).items
                whole = mark.text.partition("/")[2].rstrip(")") or mark.text
                assert len(behind) == int(whole), (chart.key, line.name)
                opened += 1
    assert opened >= 3


def test_a_month_without_anything_says_so_and_draws_gaps(cast):
    found = drawn(cast, month=Month(2026, 2))
    assert values(found["timeliness"])["2026-02"] == [None, None, None]
    assert [mark.text for mark in found["timeliness"].lines[-1].marks] == ["—"] * 3
    assert found["hours"].sentence == "2026年2月没有登记。"
    assert "最多的是" not in found["months"].sentence


def test_sealed_cases_are_in_no_chart(cast, make_case, autumn):
    before = {key: values(chart) for key, chart in drawn(cast).items()}
    make_case.registered(at=FIRST, kind="accusation")
    assert {key: values(chart) for key, chart in drawn(cast).items()} == before


def test_a_unit_without_places_below_has_no_chart_of_places(cast, autumn):
    assert "places" not in drawn(cast, "unit_head", "urban")
    assert set(values(drawn(cast, unit="dongxi")["places"])) == {"柳湾村", "石桥村"}


def outlines(tmp_path, settings, *named):
    shape = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}
    rows = [{"type": "Feature", "properties": said, "geometry": shape} for said in named]
    file = tmp_path / "towns.json"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), "utf-8")
    settings.DIVISIONS_GEOJSON = str(file)


def test_a_map_is_offered_where_there_are_outlines_of_its_places(cast, autumn, client_as, tmp_path, settings):
    before = drawn(cast)["places"]
    outlines(tmp_path, settings, {"name": "外省某镇"})
    assert before.kind is drawn(cast)["places"].kind is Kind.BAR
    outlines(
        tmp_path, settings, {"name": "东溪"}, {"adcode": 339999100}, {"name": "西岭街道"}, {"name": "别处"}
    )
    found = drawn(cast)["places"]
    assert found.kind is Kind.MAP
    assert values(found) == values(before)
    answer = client_as(cast.statistician).get(found.map_url)
    assert answer["Content-Type"] == "application/geo+json"
    names = [one["properties"] for one in answer.json()["features"]]
    assert names == [{"name": "东溪镇"}, {"name": "西岭街道"}]
    assert client_as(cast.handler).get(found.map_url).status_code == 403


@pytest.mark.parametrize("text", ["", "{}", '{"features": 3}', '{"features": [{}]}', "[1]"])
def test_a_file_that_is_no_map_offers_none_and_the_operator_is_told(cast, tmp_path, settings, text):
    (tmp_path / "bad.json").write_text(text)
    settings.DIVISIONS_GEOJSON = str(tmp_path / "bad.json")
    assert drawn(cast)["places"].kind is Kind.BAR
    assert "reports.W001" in {found.id for found in run_checks()}


def test_the_page_says_what_is_wrong_with_a_month_and_with_a_unit(cast, client_as):
    client, url = client_as(cast.unit_head), reverse("reports:charts")
    assert client.get(url).status_code == 200
    for asked, said in (
        ({"month": "2026-13"}, "月份请写成 2026-10 这样。"),
        ({"month": "2026-12"}, "2026年12月还没有到，请选本月或以前的月份。"),
        ({"unit": cast.units.housing.pk}, "没有这个机构，或不在您的统计范围内。"),
        ({"unit": "x"}, "没有这个机构，或不在您的统计范围内。"),
    ):
        answer = client.get(url, asked)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert "2026-13" in client.get(url, {"month": "2026-13"}).content.decode()
    assert client_as(cast.clerk).get(url).status_code == 403
    with pytest.raises(Refusal):
        list(charts(actor=cast.actor("unit_head"), unit=cast.units.housing, month=SEPTEMBER))


def test_a_share_is_drawn_with_the_digits_it_is_printed_with(cast, autumn):
    marks = [
        mark for line in drawn(cast)["timeliness"].lines for mark in line.marks if mark.value is not None
    ]
    assert marks
    for mark in marks:
        assert mark.text.startswith(f"{mark.value:.2f}%")
        assert Decimal(mark.drawn) == mark.value


def test_a_town_sees_its_own_and_its_villages(cast, autumn, client_as):
    head = User.objects.create(username="town_head", name="石守信", password="!")
    Post.objects.create(user=head, unit=cast.units.dongxi, role=Role.UNIT_HEAD, valid_from=date(2020, 1, 1))
    client, url = client_as(head), reverse("reports:charts")
    found = {chart.key: chart for chart in client.get(url, {"month": "2026-09"}).context["charts"]}
    assert values(found["months"])["2026-09"] == [2, 0]
    assert values(found["places"]) == {"柳湾村": [1], "石桥村": [0]}
    assert client.get(url, {"unit": cast.units.xiling.pk}).status_code == 422
    assert client.get(reverse("reports:divisions"), {"unit": cast.units.district.pk}).status_code == 404
    assert client.get(reverse("reports:walls")).status_code == 403
    assert client.get(reverse("reports:home")).context["standing"].unit == cast.units.dongxi
