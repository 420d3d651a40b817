"""The month's figures: definitions, periods, dashes, and page = file = list."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.actor import Actor
from core.errors import Refusal
from core.marking import CONSOLE, Mark
from core.timekeeping import SHANGHAI
from petitions.enums import CallOutcome, Channel, Kind, NoticeWay, Path, Rating, Status
from petitions.models import Petition
from petitions.services import changing, following, forwarding, handling, noticing
from petitions.services.registering import NewPerson
from reports import workbook
from reports.periods import Month
from reports.rates import Rate, change_text
from reports.selectors.behind import Place, behind
from reports.selectors.figures import FIGURES, RATES, reading_of
from reports.selectors.month import count_figures, district_figures, month_figures
from tests.cases import check_off

SEPTEMBER = Month(2026, 9)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
MARK = Mark(CONSOLE, 0, 0, NOW)
FIRST = datetime(2026, 9, 1, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


def figures(cast, who="statistician", unit=None, month=SEPTEMBER):
    return month_figures(actor=cast.actor(who), unit=unit or cast.units.district, month=month)


def test_pieces_batches_and_heads_are_counted_in_their_own_units(cast, make_case):
    make_case(at=FIRST, channel=Channel.ONLINE, head_count=40)
    make_case(at=FIRST, channel=Channel.LETTER)
    make_case(at=FIRST, channel=Channel.VISIT, head_count=12, batch_count=1)
    make_case(at=FIRST, channel=Channel.VISIT, head_count=3, batch_count=2)
    total = figures(cast).total
    assert (total.pieces, total.batches, total.heads, total.count) == (2, 3, 15, 5)
    assert (total.mass_batches, total.mass_heads) == (1, 12)


@pytest.mark.article(20)
@pytest.mark.parametrize(("least", "mass"), [(5, (1, 46)), (4, (2, 50)), (47, (0, 0))])
def test_a_mass_visit_is_one_by_the_county_s_own_number_and_counts_apart(
    cast, make_case, settings, least, mass
):
    """However many came, five at most speak for them and all are counted; a letter of forty is no visit."""
    settings.MASS_VISIT_HEADS = least
    whole = make_case(at=FIRST, channel=Channel.VISIT, head_count=46)
    make_case(at=FIRST, channel=Channel.RECEPTION, head_count=4)
    make_case(at=FIRST, channel=Channel.VISIT, head_count=8, batch_count=4)
    letter = make_case(at=FIRST, channel=Channel.LETTER, head_count=40)
    total = figures(cast).total
    assert (total.batches, total.heads) == (6, 58)
    assert (total.mass_batches, total.mass_heads) == mass
    assert whole.is_mass_visit == (least < 47) and not letter.is_mass_visit


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        (datetime(2026, 8, 31, 23, 59, 59, tzinfo=SHANGHAI), False),
        (datetime(2026, 9, 1, 0, 0, tzinfo=SHANGHAI), True),
        (datetime(2026, 9, 30, 23, 59, 59, tzinfo=SHANGHAI), True),
        (datetime(2026, 10, 1, 0, 0, tzinfo=SHANGHAI), False),
    ],
)
def test_a_month_is_a_month_in_shanghai(cast, make_case, moment, inside):
    make_case(at=moment)
    assert figures(cast).total.count == int(inside)


def test_sealed_cases_are_in_no_figure_of_anyone(cast, make_case):
    make_case.registered(at=FIRST, kind=Kind.ACCUSATION)
    assert figures(cast).total.count == 0
    assert figures(cast, "discipline_officer", cast.units.discipline).total.count == 0
    assert district_figures(unit=cast.units.district, month=SEPTEMBER).total.count == 0


def test_on_time_rates_are_keyed_on_the_deadline_not_on_registration(cast, make_case):
    # Registered on 20 September: the 15 days to forward end on 5 October, the notice in October too.
    make_case(at=datetime(2026, 9, 20, 9, 0, tzinfo=SHANGHAI), until=Status.ACCEPTED)
    assert figures(cast).rates["acceptance"] == Rate(0, 0)
    assert figures(cast, month=Month(2026, 10)).rates["acceptance"] == Rate(1, 1)


@pytest.mark.article(44)
def test_a_late_acceptance_and_an_open_one_both_count_as_not_on_time(cast, make_case):
    at = datetime(2026, 8, 25, 9, 0, tzinfo=SHANGHAI)
    officer, handler = cast.actor("petition_officer"), cast.actor("handler")
    late, never, in_time = (make_case(at=at) for _ in range(3))
    for case in (late, never, in_time):
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=at + timedelta(hours=1))
    forwarding.accept(
        petition=late, actor=handler, kind=Kind.APPEAL, path=Path.PETITION, at=at + timedelta(days=20)
    )
    forwarding.accept(
        petition=in_time, actor=handler, kind=Kind.APPEAL, path=Path.PETITION, at=at + timedelta(days=9)
    )
    assert figures(cast).rates["acceptance"] == Rate(1, 3)


@pytest.mark.article(23, 44)
def test_accepted_in_time_and_told_too_late_or_never_is_not_on_time(cast, make_case):
    at = datetime(2026, 8, 25, 9, 0, tzinfo=SHANGHAI)
    officer, handler = cast.actor("petition_officer"), cast.actor("handler")
    letter = {"channel": Channel.LETTER, "persons": [NewPerson(name="张小河", address="柳湾村三组")]}
    told_on = (at + timedelta(days=10), at + timedelta(days=18), None)
    for told_at in told_on:
        case = make_case(at=at, **letter)
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=at + timedelta(hours=1))
        forwarding.accept(
            petition=case, actor=handler, kind=Kind.APPEAL, path=Path.PETITION, at=at + timedelta(days=9)
        )
        if told_at is not None:
            given = {"way": NoticeWay.DIRECT, "recipient": "张小河", "told_at": told_at, "at": told_at}
            noticing.give_notice(petition=case, actor=handler, **given)
    assert figures(cast).rates["acceptance"] == Rate(1, 3)


@pytest.mark.article(34)
def test_what_left_path_six_in_time_is_left_out_and_what_was_late_by_then_stays_late(cast, make_case):
    at = datetime(2026, 7, 10, 9, 0, tzinfo=SHANGHAI)
    for days in (50, 64):
        case = make_case(at=at, until=Status.ACCEPTED)
        changing.change_way(
            petition=case,
            actor=cast.actor("unit_head"),
            kind=Kind.APPEAL,
            path=Path.DUTY,
            reason="属于查处违法",
            at=at + timedelta(days=days),
        )
    assert figures(cast).rates["conclusion"] == Rate(0, 1)


def test_deadlines_that_have_not_passed_yet_are_left_out(cast, make_case):
    make_case(at=NOW - timedelta(days=3), until=Status.FORWARDED)
    november = figures(cast, month=Month(2026, 11))
    assert november.total.count == 1
    assert november.rates["acceptance"] == Rate(0, 0)
    assert november.rates["acceptance"].text == "—"


def test_a_case_taken_back_after_an_objection_counts_neither_for_nor_against_the_unit(cast, make_case):
    at = datetime(2026, 8, 25, 9, 0, tzinfo=SHANGHAI)
    case = make_case(until=Status.OBJECTED, at=at)
    forwarding.decide_objection(
        petition=case,
        actor=cast.actor("petition_officer"),
        agree=True,
        decision="同意",
        at=at + timedelta(days=1),
    )
    assert figures(cast).rates["acceptance"] == Rate(0, 0)


@pytest.mark.article(34, 45)
def test_only_path_six_has_a_conclusion_deadline_and_an_approved_extension_moves_it(cast, make_case):
    at = datetime(2026, 7, 1, 9, 0, tzinfo=SHANGHAI)
    make_case(at=at, until=Status.ACCEPTED, path=Path.DUTY)
    slow = make_case(at=at, until=Status.ACCEPTED)
    handling.extend(
        petition=slow, actor=cast.actor("unit_head"), days=30, reason="情况复杂", at=at + timedelta(days=50)
    )
    assert figures(cast, month=Month(2026, 8)).rates["conclusion"] == Rate(0, 0)
    assert figures(cast).rates["conclusion"] == Rate(0, 1)


@pytest.mark.article(21, 39)
def test_satisfaction_is_apart_for_office_and_unit_and_unrated_is_never_satisfied(cast, make_case):
    at = FIRST
    pleased, cross, silent = (make_case(until=Status.SERVED, at=at) for _ in range(3))
    own = Actor.petitioner()
    following.evaluate(
        petition=pleased,
        actor=own,
        office_rating=Rating.FAIRLY,
        unit_rating=Rating.SATISFIED,
        at=at + timedelta(days=2),
    )
    following.evaluate(
        petition=cross,
        actor=own,
        office_rating=Rating.SATISFIED,
        unit_rating=Rating.DISSATISFIED,
        at=at + timedelta(days=2),
    )
    found = figures(cast, "inspector").rates
    assert found["office_satisfaction"] == Rate(2, 2)
    assert found["unit_satisfaction"] == Rate(1, 2)
    assert figures(cast, month=Month(2026, 10)).rates["participation"] == Rate(2, 3)
    assert silent.status == Status.SERVED


def test_ten_thirty_twenty_four_hit_rates_and_unreached_attempts(cast, make_case):
    officer = cast.actor("petition_officer")
    quick, slow = make_case(at=FIRST), make_case(at=FIRST)
    handling.respond(petition=quick, actor=officer, text="已收到", at=FIRST + timedelta(minutes=5))
    handling.call(
        petition=quick,
        actor=officer,
        outcome=CallOutcome.REACHED,
        text="",
        at=FIRST + timedelta(minutes=20),
        meeting_at=FIRST + timedelta(hours=3),
    )
    handling.respond(petition=slow, actor=officer, text="已收到", at=FIRST + timedelta(minutes=15))
    handling.call(
        petition=slow,
        actor=officer,
        outcome=CallOutcome.NOT_REACHED,
        text="",
        at=FIRST + timedelta(minutes=12),
    )
    wrong = make_case(at=FIRST)
    handling.call(
        petition=wrong,
        actor=officer,
        outcome=CallOutcome.WRONG_NUMBER,
        text="",
        at=FIRST + timedelta(minutes=12),
    )
    make_case(at=FIRST, persons=[])  # nobody to call, and nobody to answer
    found = figures(cast)
    assert found.rates["respond_10"] == Rate(1, 3)
    assert found.rates["call_30"] == Rate(1, 3)
    assert found.rates["first_round_24"] == Rate(0, 4)
    assert found.unreached == 2


def test_a_reply_or_a_refusal_is_no_response_no_call_and_no_first_round(cast, make_case):
    """Both came within the day; the limits of 10, 30 minutes and 24 hours passed without the act they ask for."""
    make_case(at=FIRST, until=Status.CONCLUDED)
    make_case(at=FIRST, until=Status.REFUSED)
    found = figures(cast)
    assert found.rates["respond_10"] == Rate(0, 2)
    assert found.rates["call_30"] == Rate(0, 2)
    assert found.rates["first_round_24"] == Rate(0, 2)
    assert found.rates["acceptance"] == Rate(2, 2)


@pytest.mark.parametrize("until", [Status.CONCLUDED, Status.REFUSED])
def test_even_within_ten_minutes_only_the_response_itself_is_a_response(cast, make_case, until):
    case = make_case(at=FIRST, until=until)
    case.clocks.filter(rule__code__in=["respond_10", "call_30", "first_round_24"]).update(
        stopped_at=FIRST + timedelta(minutes=5)
    )
    found = figures(cast).rates
    assert [found[name] for name in ("respond_10", "call_30", "first_round_24")] == [Rate(0, 1)] * 3


def rated(make_case, *, closed, unit_rating=Rating.SATISFIED):
    case = make_case(until=Status.SERVED, at=FIRST)
    following.evaluate(
        petition=case,
        actor=Actor.petitioner(),
        office_rating=Rating.SATISFIED,
        unit_rating=unit_rating,
        at=FIRST + timedelta(days=2),
    )
    if closed:
        check_off(case)
        following.close(
            petition=case, actor=make_case.cast.actor("petition_officer"), at=FIRST + timedelta(days=3)
        )


def test_the_rated_unit_learns_no_rating_of_an_open_case_from_the_month(cast, make_case):
    for _n in range(5):
        rated(make_case, closed=True)
    rated(make_case, closed=False, unit_rating=Rating.DISSATISFIED)
    own = figures(cast, "unit_head", cast.units.urban)
    assert own.rates["unit_satisfaction"] == own.rates["office_satisfaction"] == Rate(5, 5)
    for desk in ("statistician", "petition_officer", "inspector", "leader"):
        assert figures(cast, desk).rates["unit_satisfaction"] == Rate(5, 6), desk


def test_the_rated_unit_sees_no_rate_of_fewer_than_five_ratings(cast, make_case, client_as):
    for _n in range(4):
        rated(make_case, closed=True)
    own = figures(cast, "unit_head", cast.units.urban)
    assert own.rates["unit_satisfaction"].text == own.rates["office_satisfaction"].text == "—"
    assert own.rates_by_unit[cast.units.urban.pk]["unit_satisfaction"].text == "—"
    for desk in ("inspector", "leader"):
        assert figures(cast, desk).rates["unit_satisfaction"] == Rate(4, 4), desk
    page = client_as(cast.unit_head).get(reverse("reports:month"), {"month": "2026-09"})
    names = [str(head.name) for head in page.context["rate_heads"]]
    shown = dict(zip(names, [rate.text for rate in page.context["total"]["rates"]], strict=True))
    assert shown["信访部门满意率"] == shown["责任单位满意率"] == "—"
    assert "不足 5 件评价的不显示" in page.content.decode()


def test_the_statistician_reads_no_rate_that_is_one_rating_of_an_open_case(cast, make_case):
    for _n in range(4):
        rated(make_case, closed=False)
    few = figures(cast)
    assert few.rates["unit_satisfaction"].text == few.rates["office_satisfaction"].text == "—"
    assert few.rates_by_unit[cast.units.urban.pk]["unit_satisfaction"].text == "—"
    rated(make_case, closed=False, unit_rating=Rating.DISSATISFIED)
    assert figures(cast).rates["unit_satisfaction"] == Rate(4, 5)


def test_a_leaders_month_says_that_it_counts_what_is_in_the_leaders_charge(
    cast, make_case, client_as, tmp_path
):
    make_case(until=Status.ACCEPTED, at=FIRST)
    make_case(until=Status.ACCEPTED, at=FIRST, unit=cast.units.housing, handler="handler2")
    for who, title, count in (("leader", "清江县（分管范围） ", 1), ("statistician", "清江县 ", 2)):
        found = figures(cast, who)
        assert found.total.count == count
        page = client_as(getattr(cast, who)).get(reverse("reports:month"), {"month": "2026-09"})
        assert f"{title}{SEPTEMBER.label}信访月报" in page.content.decode()
        workbook.write(found, tmp_path / "m.xlsx", provenance="x", mark=MARK)
        sheet = CalamineWorkbook.from_path(str(tmp_path / "m.xlsx")).get_sheet_by_name("月报")
        assert sheet.to_python()[0][0] == f"{title}{SEPTEMBER.label} 信访工作月报"


def test_an_empty_month_shows_dashes_not_zeros_or_hundreds(cast):
    found = figures(cast)
    assert found.total.count == 0
    assert {rate.text for rate in found.rates.values()} == {"—"}


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 3, "33.33%"), (2, 3, "66.67%"), (0, 5, "0.00%"), (1, 1, "100.00%"), (0, 0, "—"), (1, 32, "3.13%")],
)
def test_rates_round_half_up_and_never_divide_by_nothing(part, whole, text):
    assert Rate(part, whole).text == text


def test_change_against_nothing_is_a_dash():
    assert [change_text(3, 0), change_text(3, 2), change_text(1, 2)] == ["—", "+50.0%", "-50.0%"]


def test_a_unit_reader_asks_only_for_the_own_unit(cast, make_case):
    make_case(until=Status.FORWARDED, at=FIRST)
    assert figures(cast, "unit_head", cast.units.urban).total.count == 1
    with pytest.raises(Refusal) as refusal:
        figures(cast, "unit_head", cast.units.district)
    assert refusal.value.code == "not_found"


def test_the_workbook_holds_the_page_numbers_and_the_definitions(cast, make_case, tmp_path):
    make_case(until=Status.ACCEPTED, at=FIRST)
    make_case(at=FIRST, channel=Channel.VISIT, head_count=7, subject="=1+1")
    found = figures(cast)
    workbook.write(found, tmp_path / "m.xlsx", provenance="许晴", mark=MARK)
    sheets = CalamineWorkbook.from_path(str(tmp_path / "m.xlsx"))
    assert sheets.sheet_names == [
        "月报",
        "指标口径",
        "分单位分渠道分类",
        "其他指标",
        "分子分母",
        workbook.PROPERTY,
    ]
    total = sheets.get_sheet_by_name("月报").to_python()[4]
    assert total[:8] == ["合计", 2, 1, 1, 7, 1, 7, 0]
    cells = sheets.get_sheet_by_name("分单位分渠道分类").to_python()[1:]
    assert sorted((row[0], row[1], row[3]) for row in cells if row[1]) == [
        ("未转送", "来访", 1),
        ("清江县城市管理局", "网上", 1),
    ]


def test_every_linked_number_on_the_page_is_the_count_of_its_list(cast, make_case, client_as):
    make_case(until=Status.ACCEPTED, at=FIRST)
    make_case(until=Status.CLOSED, at=FIRST, channel=Channel.VISIT, batch_count=2, head_count=12)
    original = make_case(at=FIRST)
    again = make_case(at=FIRST + timedelta(days=1))
    following.link(
        petition=again, actor=cast.actor("petition_officer"), original=original, at=FIRST + timedelta(days=1)
    )
    make_case.registered(at=FIRST, kind=Kind.ACCUSATION)
    make_case(at=datetime(2026, 10, 2, tzinfo=SHANGHAI))
    client = client_as(cast.statistician)
    page = client.get(reverse("reports:month"), {"month": "2026-09", "unit": cast.units.district.pk})
    lines = [page.context["total"], *page.context["rows"], *page.context["channels"]]
    numbers = [number for line in lines for number in line["figures"]]
    assert all(bool(number.url) is (number.text != "0") for number in numbers)
    linked = [number for number in numbers if number.url]
    assert {number.label for number in linked} == {
        "件次",
        "件",
        "批",
        "人次",
        "集体访批",
        "集体访人次",
        "重复件次",
    }
    for number in linked:
        listed = client.get(number.url)
        assert f"{listed.context['number']:,}" == number.text, number.url
        if number.label != "重复件次":
            assert number.label.removeprefix("集体访") in {str(listed.context["counted_in"]), "批", "人次"}


def test_the_figures_take_the_same_number_of_queries_for_one_case_and_for_three(cast, make_case):
    make_case(until=Status.ACCEPTED, at=FIRST)
    actor = cast.actor("statistician")
    with CaptureQueriesContext(connection) as one:
        month_figures(actor=actor, unit=cast.units.district, month=SEPTEMBER)
    make_case(until=Status.CLOSED, at=FIRST, unit=cast.units.housing, handler="handler2")
    make_case(at=FIRST, channel=Channel.VISIT)
    with CaptureQueriesContext(connection) as three:
        month_figures(actor=actor, unit=cast.units.district, month=SEPTEMBER)
    assert len(one) == len(three) == 22  # two of them set how long a statement may take, and set it back
    assert Petition.objects.count() == 3


def test_a_unit_reads_of_itself_what_the_district_reads_of_it(cast, make_case):
    """Clocks count for the unit they ran against: forwarding, and a call that the office made, for the office."""
    at = datetime(2026, 8, 25, 9, 0, tzinfo=SHANGHAI)
    make_case(at=at, until=Status.ACCEPTED)
    make_case(at=FIRST, until=Status.SERVED)
    make_case(at=FIRST, until=Status.REGISTERED)
    office = cast.units.petition_office
    for month in (Month(2026, 8), SEPTEMBER, Month(2026, 10)):
        for unit, who in ((cast.units.urban, "unit_head"), (office, "petition_officer")):
            told = reading_of(cast.actor("statistician"), cast.units.district, month)
            own = reading_of(cast.actor(who), unit, month)
            for code in RATES:
                if FIGURES[code].of_ratings:
                    continue
                line = behind(told, Place(code=code, line=unit.pk))
                total = behind(own, Place(code=code))
                listed = {row.case.number for row in line.page.items}
                assert (line.rate, listed) == (total.rate, {row.case.number for row in total.page.items}), (
                    code
                )
                page = count_figures(told).rates_by_unit.get(unit.pk, {}).get(code, Rate(0, 0))
                assert page == total.rate == count_figures(own).rates[code], (code, unit, month)
    forwarded = count_figures(reading_of(cast.actor("statistician"), office, SEPTEMBER)).rates["forwarding"]
    assert forwarded.whole == 3
    assert (
        count_figures(reading_of(cast.actor("unit_head"), cast.units.urban, SEPTEMBER))
        .rates["forwarding"]
        .whole
        == 0
    )


def test_a_month_that_takes_too_long_is_a_sentence_and_no_error(cast, client_as, settings, monkeypatch):
    settings.REPORT_SECONDS = 1

    def endless(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)")

    monkeypatch.setattr("reports.selectors.month.count_figures", endless)
    answer = client_as(cast.statistician).get("/reports/month/")
    assert answer.status_code == 503 and "统计超过 1 秒" in answer.content.decode()
