"""The numbers of own tables: those of the month, cut otherwise, and each with its list."""

from datetime import date, datetime, timedelta
from itertools import product

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Refusal
from core.timekeeping import SHANGHAI
from petitions.enums import Channel, Kind, Path, Rating, Status
from petitions.models import Category, CategoryVersion, Petition
from reports.periods import Month
from reports.rates import NO_RATE, Rate
from reports.selectors.figures import RATES
from reports.selectors.month import month_figures
from reports.tests.conftest import rate_case
from tables.enums import Key, Period
from tables.measures import MEASURES, REGISTERED, VOLUMES
from tables.selectors import behind as listing
from tables.selectors import counting
from tables.selectors.counting import TOTAL, count, require_shown, view_of
from tables.shape import Shape

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
FIRST = datetime(2026, 9, 1, 9, 0, tzinfo=SHANGHAI)
SEPTEMBER = {"period": Period.FIXED, "since": date(2026, 9, 1), "until": date(2026, 9, 30)}
YEAR = {"period": Period.THIS_YEAR}
PLAIN = (*VOLUMES, REGISTERED, *(code for code in RATES if not MEASURES[code].figure.of_ratings))
READERS = ("statistician", "petition_officer", "inspector", "unit_head", "leader")


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


def table(cast, who="statistician", *, rows=Key.UNIT, columns="", measures=("count",), **more):
    shape = Shape(rows=rows, columns=columns, measures=tuple(measures), **(SEPTEMBER | more))
    return count(view_of(cast.actor(who), shape, day=NOW.date()))


def numbers(found, code="count"):
    return {
        line.label: found.cells[line.key, TOTAL, code]
        for line in found.lines
        if (line.key, TOTAL, code) in found.cells
    }


@pytest.mark.parametrize("who", READERS)
def test_by_unit_a_table_of_a_month_says_what_the_month_says(cast, autumn, who):
    """Every volume and every rate, the ratings that may be told included, in the total and in every line."""
    actor = cast.actor(who)
    unit = cast.units.urban if who == "unit_head" else cast.units.district
    month = month_figures(actor=actor, unit=unit, month=Month(2026, 9))
    for code in (*VOLUMES, REGISTERED, *RATES):
        found = table(cast, who, measures=[code])
        ours = {line.unit_id or None: found.cells[line.key, TOTAL, code] for line in found.lines
                if (line.key, TOTAL, code) in found.cells}  # fmt: skip
        if code in RATES:
            theirs = {key: rates[code] for key, rates in month.rates_by_unit.items() if code in rates}
            total = month.rates[code]
        else:
            name = "repeat_rate" if code == REGISTERED else code
            theirs = {key: getattr(volume, name) for key, volume in month.by_unit.items()}
            total = getattr(month.total, name)
        assert ours == theirs, code
        assert found.cells.get((TOTAL, TOTAL, code), NO_RATE if MEASURES[code].is_rate else 0) == total, code


def test_however_it_is_cut_the_parts_add_up_to_the_total(cast, autumn):
    for chunk in (PLAIN[:6], PLAIN[6:12], PLAIN[12:]):
        whole = table(cast, measures=chunk) if chunk else None
        for key in Key if chunk else ():
            other = Key.CHANNEL if key != Key.CHANNEL else Key.STATUS
            found = table(cast, rows=key, columns=other, measures=chunk)
            for code in chunk:
                nothing = NO_RATE if MEASURES[code].is_rate else 0
                total = whole.cells.get((TOTAL, TOTAL, code), nothing)
                by_line = [found.cells.get((line.key, TOTAL, code), nothing) for line in found.lines]
                by_column = [found.cells.get((TOTAL, one.key, code), nothing) for one in found.columns]
                places = product(found.lines, found.columns)
                cells = [found.cells.get((line.key, one.key, code), nothing) for line, one in places]
                assert sum(by_line, nothing) == sum(by_column, nothing) == sum(cells, nothing) == total
                assert found.cells.get((TOTAL, TOTAL, code), nothing) == total


def test_every_number_opens_a_list_as_long_as_it_says(cast, autumn):
    """Read by somebody who may be told every rating. Every measure once, and every key."""
    cut = [(Key.UNIT, VOLUMES[:6]), (Key.UNIT, RATES[:5]), (Key.CHANNEL, (*RATES[5:], REGISTERED))]
    some = ("repeats", "acceptance", "unit_satisfaction")
    for rows, measures in (*cut, *((key, some) for key in Key)):
        columns = Key.PATH if rows != Key.PATH else Key.KIND
        found = table(cast, "inspector", rows=rows, columns=columns, measures=measures, **YEAR)
        assert found.lines
        for (row, column, code), value in found.cells.items():
            listed = listing.behind(found.view, MEASURES[code], row=row, column=column)
            assert listed.value == value, (row, column, code)
            assert len(listed.page.items) == listed.cases
            if code in RATES:
                assert listed.cases == value.whole


def test_sides_of_a_rate_are_its_numerator_and_the_rest(cast, autumn):
    found = table(cast, measures=["acceptance"])
    rate = found.cells[TOTAL, TOTAL, "acceptance"]
    for side, n in (("part", rate.part), ("rest", rate.rest)):
        listed = listing.behind(found.view, MEASURES["acceptance"], side=side)
        assert listed.cases == len(listed.page.items) == n
        assert all(item.missed == (side == "rest") for item in listed.page.items)


@pytest.mark.article(30)
@pytest.mark.parametrize("who", READERS)
def test_sealed_cases_are_in_no_table_of_anyone(cast, make_case, who):
    make_case.registered(at=FIRST, kind=Kind.ACCUSATION)
    assert not table(cast, who).cells


@pytest.mark.article(28)
def test_a_reader_counts_what_that_reader_may_see(cast, make_case):
    make_case(at=FIRST, until=Status.ACCEPTED)
    make_case(at=FIRST, until=Status.ACCEPTED, unit=cast.units.housing, handler="handler2")
    make_case(at=FIRST, complained_unit=cast.units.petition_office)
    assert numbers(table(cast)) == {"城市管理局": 1, "住房和城乡建设局": 1}
    assert numbers(table(cast, "unit_head")) == {"城市管理局": 1}
    assert numbers(table(cast, "leader2")) == {"住房和城乡建设局": 1}


def test_cases_not_forwarded_yet_have_a_line_of_their_own(cast, make_case):
    make_case(at=FIRST)
    found = table(cast)
    assert numbers(found) == {"未转送": 1}
    assert listing.behind(found.view, MEASURES["count"], row="none").cases == 1


def test_categories_count_by_the_names_of_their_level_and_none_apart(cast, make_case):
    old, new = (CategoryVersion.objects.create(name=n, digest=n, loaded_at=NOW) for n in ("旧表", "新表"))
    noise, dust = (
        Category.objects.create(version=old, level1="城乡建设", level2="市容", level3=x)
        for x in ("噪音", "扬尘")
    )
    again = Category.objects.create(version=new, level1="城乡建设", level2="市容", level3="噪音")
    for category in (noise, dust, again, None):
        case = make_case(at=FIRST)
        Petition.objects.filter(pk=case.pk).update(category=category)
    assert numbers(table(cast, rows=Key.CATEGORY1)) == {"城乡建设": 3, "未分类": 1}
    assert numbers(table(cast, rows=Key.CATEGORY2)) == {"城乡建设 / 市容": 3, "未分类": 1}
    leaves = table(cast, rows=Key.CATEGORY3)
    assert numbers(leaves) == {"城乡建设 / 市容 / 噪音": 2, "城乡建设 / 市容 / 扬尘": 1, "未分类": 1}
    for line in leaves.lines:
        assert (
            listing.behind(leaves.view, MEASURES["count"], row=line.key).cases == numbers(leaves)[line.label]
        )
    assert numbers(table(cast, category="城乡建设", rows=Key.CHANNEL)) == {"网上": 3}


def test_places_are_towns_with_their_villages(cast, make_case):
    units = cast.units
    for place in (units.dongxi, units.liuwan, units.xishan, units.district, None):
        case = make_case(at=FIRST)
        Petition.objects.filter(pk=case.pk).update(place_unit=place)
    assert numbers(table(cast, rows=Key.PLACE)) == {"东溪镇": 2, "西岭街道": 1, "乡镇以外": 1, "未填属地": 1}
    assert numbers(table(cast, rows=Key.CHANNEL, place=units.dongxi)) == {"网上": 2}


def test_a_month_begins_in_shanghai(cast, make_case):
    make_case(at=datetime(2026, 8, 31, 23, 59, 59, tzinfo=SHANGHAI))
    make_case(at=datetime(2026, 9, 1, tzinfo=SHANGHAI))
    assert numbers(table(cast, rows=Key.MONTH, **YEAR)) == {"2026年8月": 1, "2026年9月": 1}
    assert numbers(table(cast, rows=Key.MONTH)) == {"2026年9月": 1}


def test_a_window_that_was_held_back_stands_in_the_month_in_which_it_was_over(cast, make_case):
    """Its deadline may be before the first day of the table."""
    case = make_case(at=FIRST - timedelta(days=30), until=Status.ACCEPTED)
    late = datetime(2026, 9, 9, 9, 0, tzinfo=SHANGHAI)
    case.clocks.filter(rule__code="notice").update(due_at=late - timedelta(days=20), held_until=late)
    found = table(cast, rows=Key.MONTH, measures=["acceptance"])
    assert [line.label for line in found.lines] == ["2026年9月"]
    assert found.cells[TOTAL, TOTAL, "acceptance"].whole == 1
    assert listing.behind(found.view, MEASURES["acceptance"], row=found.lines[0].key).cases == 1


def test_filters_narrow_volumes_and_rates_alike(cast, make_case):
    at = FIRST - timedelta(days=30)
    make_case(at=at, until=Status.ACCEPTED, channel=Channel.PHONE)
    make_case(at=at, until=Status.ACCEPTED, path=Path.DUTY)
    make_case(at=at, until=Status.ACCEPTED)
    for wish, n in (({"channel": Channel.PHONE}, 1), ({"path": Path.DUTY}, 1), ({"path": Path.PETITION}, 2),
                    ({"status": Status.ACCEPTED}, 3), ({"status": Status.CLOSED}, 0), ({"kind": Kind.APPEAL}, 3)):  # fmt: skip
        found = table(cast, measures=["count", "acceptance"], **YEAR, **wish)
        assert found.cells.get((TOTAL, TOTAL, "count"), 0) == n
        assert found.cells.get((TOTAL, TOTAL, "acceptance"), NO_RATE).whole == n


def test_ratings_that_are_not_told_one_by_one_are_not_cut_otherwise_than_in_the_month(cast, make_case):
    """A statistician reads the sums by unit and month; a channel, a year or a filter would come apart into few."""
    for n in range(6):
        case = make_case(at=FIRST, until=Status.SERVED, channel=Channel.PHONE if n else Channel.ONLINE)
        rate_case(case, Rating.SATISFIED, Rating.DISSATISFIED, FIRST + timedelta(days=2))
    code, rate = "unit_satisfaction", Rate(0, 6)
    assert table(cast, measures=[code]).cells[TOTAL, TOTAL, code] == rate
    for wish in ({"columns": Key.CHANNEL}, {"rows": Key.CHANNEL}, {"channel": Channel.PHONE}, YEAR):
        found = table(cast, measures=["count", code], **wish)
        assert [one.code for one in found.withheld] == [code]
        assert not [key for key in found.cells if key[2] == code]
        assert found.cells[TOTAL, TOTAL, "count"]
        with pytest.raises(Refusal, match="责任单位满意率只能按单位") as caught:
            require_shown(found.view)
        assert caught.value.code == "forbidden"
        with pytest.raises(Refusal) as caught:
            listing.behind(found.view, MEASURES[code])
        assert caught.value.code == "forbidden"
        assert table(cast, "inspector", measures=[code], **wish).cells[TOTAL, TOTAL, code].whole >= 5


def test_too_few_ratings_are_a_dash_as_in_the_month(cast, make_case):
    case = make_case(at=FIRST, until=Status.SERVED)
    rate_case(case, Rating.SATISFIED, Rating.DISSATISFIED, FIRST + timedelta(days=2))
    found = table(cast, measures=["unit_satisfaction"])
    assert set(found.cells.values()) == {NO_RATE}


@pytest.mark.parametrize(
    ("wish", "code", "words"),
    [
        ({"rows": "name"}, "invalid", "请选择行"),
        ({"columns": Key.UNIT}, "invalid", "不能相同"),
        ({"measures": []}, "invalid", "至少选择一个"),
        ({"measures": ["score"]}, "invalid", "至少选择一个"),
        ({"measures": list(MEASURES)[:7]}, "invalid", "最多 6 个"),
        ({"kind": Kind.ACCUSATION}, "forbidden", "检举控告"),
        ({"period": "ever"}, "invalid", "统计期间"),
        ({"since": None}, "invalid", "开始日期"),
        ({"since": date(2026, 10, 2)}, "invalid", "不能早于"),
        ({"since": date(2025, 9, 1)}, "invalid", "最多统计一年"),
        ({"since": date(1999, 9, 1)}, "invalid", "2000 年"),
    ],
)  # fmt: skip
def test_what_cannot_be_counted_is_refused_with_what_to_change(cast, wish, code, words):
    with pytest.raises(Refusal, match=words) as caught:
        table(cast, **wish)
    assert caught.value.code == code


def test_a_unit_that_the_reader_has_no_figures_of_is_refused(cast):
    with pytest.raises(Refusal, match="不在您的统计范围内") as caught:
        table(cast, "unit_head", unit=cast.units.housing)
    assert caught.value.code == "not_found"
    assert table(cast, "statistician", unit=cast.units.housing).cells == {}


@pytest.mark.parametrize(("row", "column"), [("nobody", ""), ("", "phone"), ("1", ""), ("rest", "")])
def test_a_line_or_column_that_is_not_there_has_no_list(cast, row, column):
    found = table(cast)
    with pytest.raises(Refusal) as caught:
        listing.behind(found.view, MEASURES["count"], row=row, column=column)
    assert caught.value.code == "not_found"


def test_too_many_columns_go_into_lines(cast):
    version = CategoryVersion.objects.create(name="表", digest="d", loaded_at=NOW)
    Category.objects.bulk_create(
        Category(version=version, level1="类", level2="二", level3=str(n)) for n in range(61)
    )
    with pytest.raises(Refusal, match="请放到行里"):
        table(cast, columns=Key.CATEGORY3)
    assert table(cast, rows=Key.CATEGORY3).lines == []


def test_a_table_too_large_for_a_page_says_how_to_make_it_smaller(cast, make_case, monkeypatch):
    monkeypatch.setattr(counting, "MOST_CELLS", 3)
    make_case(at=FIRST)
    assert table(cast, measures=VOLUMES[:3]).cells
    with pytest.raises(Refusal, match="这张表有 4 格，最多 3 格") as caught:
        table(cast, measures=VOLUMES[:2], columns=Key.CHANNEL)
    assert caught.value.code == "invalid"


def test_it_takes_as_many_queries_for_three_cases_as_for_one(cast, make_case):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            table(cast, columns=Key.PLACE, measures=["count", "heads", "acceptance"])
        return len(caught)

    make_case(at=FIRST, until=Status.ACCEPTED)
    few = queries()
    for _n in range(3):
        make_case(at=FIRST, until=Status.ACCEPTED, unit=cast.units.housing, handler="handler2")
    assert queries() == few
