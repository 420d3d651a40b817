"""Volumes by channel, category, purpose, path, first or repeated and place, beside earlier months: page = list = file."""

from collections import Counter
from datetime import datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core.marking import CONSOLE, Mark
from core.timekeeping import SHANGHAI
from petitions.enums import Channel, Kind, Path, Status
from petitions.models import Category, Petition
from petitions.services import following, sealing
from reports import workbook
from reports.models import Freeze
from reports.periods import Month
from reports.selectors.behind import Place, behind
from reports.selectors.figures import reading_of, shown
from reports.selectors.frozen import reading_for
from reports.selectors.further import total_row
from reports.selectors.month import month_figures
from reports.selectors.volumes import BY, Line, compared_with, volumes
from reports.services.freezing import freeze

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
AUGUST = Month(2026, 8)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


def on(year, month, day, hour=9):
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def cases(cast, make_case):
    """August 2026 and the months it is compared with; the numbers of the tests are added up from these by hand."""
    units, officer = cast.units, cast.actor("petition_officer")
    noise = Category.objects.order_by("pk").first()
    first = make_case(at=on(2026, 8, 1, 0), channel=Channel.LETTER, category_id=noise.pk)
    make_case(at=on(2026, 8, 31, 23), channel=Channel.VISIT, batch_count=3, head_count=4, place_unit=None)
    make_case(at=on(2026, 8, 3), until=Status.ACCEPTED, place_unit=units.dongxi)
    make_case(at=on(2026, 8, 3), until=Status.ACCEPTED, kind=Kind.SUGGESTION)
    make_case(at=on(2026, 8, 4), until=Status.ACCEPTED, path=Path.DUTY)
    again = make_case(at=on(2026, 8, 5), channel=Channel.PHONE)
    following.link(petition=again, actor=officer, original=first, at=on(2026, 8, 6))
    hidden = make_case(at=on(2026, 8, 7), until=Status.ACCEPTED)
    sealing.seal(petition=hidden, actor=officer, reason="反映干部违纪", at=on(2026, 9, 1))
    make_case(at=on(2026, 8, 7), complained_unit=units.petition_office)
    for at, channel in (
        (on(2026, 7, 31, 23), Channel.LETTER), (on(2026, 7, 1, 0), Channel.ONLINE),  # 上月: 2
        (on(2025, 8, 9), Channel.LETTER), (on(2024, 8, 9), Channel.LETTER), (on(2024, 8, 10), Channel.ONLINE),
        (on(2023, 8, 10), Channel.LETTER), (on(2022, 8, 10), Channel.LETTER), (on(2025, 9, 1, 0), Channel.LETTER),
    ):  # fmt: skip
        make_case(at=at, channel=channel)
    return noise


def of(cast, *, who="inspector", unit=None, version=None, month=AUGUST):
    reading = reading_for(cast.actor(who), unit or cast.units.district, month, freeze=version)
    return volumes(reading), reading


def now_of(found, by):
    return {line.key: line.now for line in found.lines[by] if line.now}


def test_compared_months():
    assert [str(month) for month in compared_with(Month(2026, 1))] == [
        "2025-12",
        "2025-01",
        "2024-01",
        "2023-01",
    ]


def test_august_counted_by_hand(cast, cases):
    units = cast.units
    found, _reading = of(cast)
    # 来信 1, 来访 3 批, 来电 1, 网上 3; the sealed one and the one about the office itself are the reader's in no line.
    assert now_of(found, "channel") == {"letter": 1, "visit": 3, "phone": 1, "online": 3}
    assert now_of(found, "category") == {cases.level1: 1, "": 7}
    assert now_of(found, "kind") == {"appeal": 2, "suggestion": 1, "": 5}
    assert now_of(found, "path") == {"6": 1, "5": 1, "": 6}
    assert now_of(found, "first") == {"first": 7, "repeated": 1}
    # 柳湾 stands below its town; 东溪镇 one by itself; three batches name no place.
    town = units.liuwan.ancestor_ids[1]
    places = now_of(found, "place")
    assert places[str(units.liuwan.pk)] == 4 and places[""] == 3
    assert places[str(town)] == 4 + (town == units.dongxi.pk)
    assert (found.total.now, found.total.before, found.total.years) == (8, 2, (1, 2, 1))
    assert found.total.mean == Decimal("1.3")
    assert (found.total.on_month, found.total.on_year, found.total.on_three_years) == (
        "+300.0%", "+700.0%", "+500.0%",
    )  # fmt: skip
    letters = next(line for line in found.lines["channel"] if line.key == "letter")
    assert (letters.before, letters.years) == (1, (1, 1, 1)) and letters.on_three_years == "+0.0%"
    phone = next(line for line in found.lines["channel"] if line.key == "phone")
    assert (phone.on_month, phone.on_year, phone.on_three_years) == ("—", "—", "—")


def test_a_base_of_nothing_is_a_dash_and_halves_are_rounded_up():
    assert Line("", "", 5, 0, (0, 0, 0)).on_three_years == "—"
    assert Line("", "", 1, 8, (8, 8, 8)).on_year == "-87.5%"
    assert Line("", "", 0, 0, (0, 1, 0)).mean == Decimal("0.3")


def test_years_before_the_first_case_are_not_known_and_make_no_mean_smaller(cast, make_case):
    for at in (on(2026, 8, 2), on(2025, 8, 9), on(2025, 8, 10), on(2024, 8, 31, 23)):
        make_case(at=at)
    found, reading = of(cast)
    assert (found.total.known, found.total.mean, found.total.mean_text) == (2, Decimal("1.5"), "1.5（2 年）")
    assert found.total.on_three_years == "-33.3%"
    assert total_row(found, reading).mean_of == "2025：2、2024：1"
    assert Line("", "", 5, 0, (0, 0, 0), known=0).mean_text == "—"


def test_a_month_is_compared_with_what_was_reported_of_the_others(cast, make_case, client_as):
    for at in (on(2026, 8, 2), on(2026, 7, 9), on(2025, 8, 9)):
        make_case(at=at)
    officer = cast.actor("petition_officer")
    july = freeze(actor=officer, month=Month(2026, 7))
    make_case(at=on(2026, 7, 31), channel=Channel.LETTER)  # entered late
    make_case(at=on(2025, 8, 31), channel=Channel.LETTER)
    august = freeze(actor=officer, month=AUGUST)
    for version in (None, august):
        found, reading = of(cast, version=version)
        assert (found.total.before, found.total.last_year) == (1, 2), "July as reported, last August as it is"
        assert list(found.frozen) == [Month(2026, 7)]
        assert f"version={july.version}" in total_row(found, reading).before.url
    page = client_as(cast.statistician).get(reverse("reports:volumes"), {"month": "2026-08"})
    for number in (page.context["total"].before, page.context["total"].last_year):
        listed = client_as(cast.statistician).get(number.url)
        assert f"{listed.context['number']:,}" == number.text


def test_every_line_is_the_length_of_its_list_running_and_frozen(cast, cases):
    kept = freeze(actor=cast.actor("petition_officer"), month=AUGUST)
    for version in (None, kept):
        found, reading = of(cast, version=version)
        assert not found.not_kept
        for by, lines in found.lines.items():
            if by != "place":
                assert sum(line.now for line in lines) == found.total.now == 8, by
            for line in lines:
                listed = behind(reading, Place(code="repeat_rate", by=by, key=line.key))
                assert listed.rate.whole == line.now, (by, line.key, version)
    running, _reading = of(cast)
    frozen, _reading = of(cast, version=kept)
    assert running.lines == frozen.lines


def test_what_was_frozen_stays_and_a_month_frozen_before_says_what_it_cannot_answer(cast, cases, make_case):
    kept = freeze(actor=cast.actor("petition_officer"), month=AUGUST)
    make_case(at=on(2026, 8, 9))
    assert (of(cast)[0].total.now, of(cast, version=kept)[0].total.now) == (9, 8)
    old = Freeze.objects.get(pk=kept.pk)
    old.definitions = [
        {key: value for key, value in one.items() if key != "set_to"} for one in kept.definitions
    ]
    found, _reading = of(cast, version=old)
    assert found.not_kept == {"kind", "path", "place"} and set(found.lines) == {
        "channel",
        "category",
        "first",
    }


def test_a_unit_counts_what_it_leads(cast, cases):
    found, _reading = of(cast, who="unit_head", unit=cast.units.urban)
    assert found.total.now == 3 and now_of(found, "kind") == {"appeal": 2, "suggestion": 1}


def test_the_pages_open_their_lists_and_keep_what_was_asked(cast, cases, client_as):
    client, at = client_as(cast.statistician), reverse("reports:volumes")
    for by, one in BY.items():
        page = client.get(at, {"month": "2026-08", "by": by})
        assert page.status_code == 200 and str(one.name) in page.content.decode()
        opened = 0
        for row in (page.context["total"], *page.context["rows"]):
            for number in (row.now, row.before, row.last_year):
                if number.url:
                    listed = client.get(number.url)
                    assert f"{listed.context['number']:,}" == number.text, number.url
                    opened += 1
        assert opened > 3, by
    assert client.get(at, {"by": "name"}).status_code == 404
    wrong = client.get(at, {"month": "2026-13", "by": "kind"})
    assert wrong.status_code == 422 and "2026-13" in wrong.content.decode()
    for key in ("999999999", "柳湾", "-1", "99999999\x00", "²"):
        place = {"month": "2026-08", "by": "place", "key": key}
        assert client.get(reverse("reports:behind", args=["repeat_rate"]), place).status_code == 404
    path = {"month": "2026-08", "by": "path", "key": "7"}
    assert client.get(reverse("reports:behind", args=["repeat_rate"]), path).status_code == 404
    assert client.get(reverse("reports:behind", args=["refusal"]), {**path, "key": "6"}).status_code == 404


@pytest.mark.parametrize("name", ["volumes", "indicators", "definitions"])
def test_the_pages_take_the_same_number_of_queries_for_few_and_for_many(cast, make_case, client_as, name):
    client, counts = client_as(cast.statistician), []
    for more in (1, 4):
        for day in range(more):
            make_case(at=on(2026, 8, 3 + day), until=Status.CLOSED)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse(f"reports:{name}"), {"month": "2026-08"})
        assert page.status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_every_number_of_the_indicators_opens_its_list(cast, cases, make_case, client_as):
    make_case(at=on(2026, 8, 10), until=Status.CLOSED)
    for who in ("inspector", "unit_head"):
        client = client_as(getattr(cast, who))
        page = client.get(reverse("reports:indicators"), {"month": "2026-08"})
        opened = Counter()
        for section in page.context["sections"]:
            for _name, cells in section.rows:
                for cell in cells:
                    numbers = [
                        one for one in (cell.part, cell.whole, cell.rest) if one is not None and one.url
                    ]
                    for number in numbers:
                        listed = client.get(number.url)
                        assert f"{listed.context['number']:,}" == number.text, number.url
                    if cell.url:
                        assert client.get(cell.url).context["found"].rate.text == cell.text
                    opened[section.code] += len(numbers) + bool(cell.url)
        assert opened["times"] and opened["outcomes"], who
        for _name, cell in page.context["channels"]:
            assert f"{client.get(cell.whole.url).context['number']:,}" == cell.whole.text


def test_a_definition_is_told_with_a_number_of_the_reader_s_month_and_its_list(cast, cases, client_as):
    client = client_as(cast.statistician)
    page = client.get(reverse("reports:definitions"), {"month": "2026-08"})
    examples = {one["definition"].code: one["example"] for one in page.context["examples"]}
    assert examples["count"].text == "8" and client.get(examples["count"].url).context["number"] == 8
    assert examples["repeats"].text == "1" and client.get(examples["repeats"].url).context["number"] == 1
    assert (examples["online_share"].part.text, examples["online_share"].whole.text) == ("3", "5")
    assert "本地设定：60 日" in page.content.decode()
    assert "按期答复率（只看已答复）" not in page.content.decode()


def test_formulas_of_other_places_stand_beside_ours_where_they_are_set(cast, cases, client_as, settings):
    settings.REPORT_VARIANTS = True
    page = client_as(cast.inspector).get(reverse("reports:indicators"), {"month": "2026-08"})
    assert page.context["sections"][-1].code == "variants"
    kept = freeze(actor=cast.actor("petition_officer"), month=AUGUST)
    assert "unit_content_or_silent" in {one["code"] for one in kept.definitions}


def test_the_workbook_holds_the_same_numbers(cast, cases, tmp_path):
    actor, district = cast.actor("statistician"), cast.units.district
    figures = month_figures(actor=actor, unit=district, month=AUGUST, codes=shown())
    apart = volumes(reading_of(actor, district, AUGUST))
    path = tmp_path / "m.xlsx"
    workbook.write(figures, path, provenance="x", mark=Mark(CONSOLE, 0, 0, NOW), apart=apart)
    book = CalamineWorkbook.from_path(str(path))
    rows = book.get_sheet_by_name("分类统计").to_python()
    assert rows[1][:7] == ["合计", "合计", 8, 2, 3.0, 1, 7.0]
    assert [row[2] for row in rows if row[1] == "来访"] == [3]
    head, total, *_rest = book.get_sheet_by_name("其他指标").to_python()
    assert total[head.index("网信占比")] == 0.6


def test_nobody_s_list_names_what_is_sealed_or_about_the_office(cast, cases):
    found, reading = of(cast, who="statistician")
    hidden = set(Petition.objects.filter(sealed=True).values_list("pk", flat=True))
    hidden |= set(
        Petition.objects.filter(complained_unit=cast.units.petition_office).values_list("pk", flat=True)
    )
    for by, lines in found.lines.items():
        for line in lines:
            listed = behind(reading, Place(code="repeat_rate", by=by, key=line.key)).page.items
            assert not {row.case.pk for row in listed} & hidden, (by, line.key)
