"""The yearly report in its chapters (条例 41): what the months say, added up, and what other rooms did."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Refusal
from core.timekeeping import SHANGHAI
from petitions.enums import CallOutcome, Channel, Kind, Status
from petitions.models import Petition
from petitions.services import forwarding
from reports.periods import Month, Year
from reports.rates import Rate
from reports.selectors.month import month_figures
from reports.selectors.year import default_year, year_report
from reports.services.freezing import freeze
from supervision.enums import Adoption, Ground, Mode, SuggestionKind
from supervision.services import opening, suggesting, working
from tests.cases import MORNING

pytestmark = pytest.mark.django_db
PAGE = "/reports/year/"


def report(cast, key="statistician", year=2026):
    return year_report(actor=cast.actor(key), unit=cast.units.district, year=Year(year))


@pytest.mark.article(41)
@time_machine.travel(datetime(2027, 1, 5, 9, 0, tzinfo=SHANGHAI), tick=False)
def test_the_year_is_the_sum_of_its_months(cast, make_case):
    for month in (1, 5, 12):
        make_case(until=Status.FORWARDED, at=datetime(2026, month, 6, 9, 0, tzinfo=SHANGHAI))
    make_case(at=datetime(2025, 12, 31, 23, 59, tzinfo=SHANGHAI))
    make_case(at=datetime(2027, 1, 1, 0, 0, tzinfo=SHANGHAI))
    actor, unit = cast.actor("statistician"), cast.units.district
    months = [month_figures(actor=actor, unit=unit, month=Month(2026, n)).total.count for n in range(1, 13)]
    found = report(cast)
    assert found.figures.total.count == sum(months) == 3
    assert found.before.count == 1
    assert [unit.pk for unit, _volume in found.units] == [cast.units.urban.pk]
    assert sum(volume.count for _name, volume in found.fields) == 3
    assert found.sent == 3 and found.assigned == 0


@pytest.mark.article(41)
def test_chapters_two_and_three_say_what_was_pressed_and_suggested_and_what_came_of_it(cast, make_case):
    case, at = make_case(), MORNING + timedelta(days=1)
    forwarding.assign(
        petition=case,
        actor=cast.actor("petition_officer"),
        unit=cast.units.urban,
        feedback_due_on=date(2026, 9, 20),
        demand="请按期办结。",
        at=at,
    )
    inspector = cast.actor("inspector")
    press = opening.open_supervision(
        petition=case, actor=inspector, ground=Ground.PERFUNCTORY, demand="请反馈。", at=at
    )
    working.record_effort(
        supervision=press,
        actor=inspector,
        mode=Mode.PHONE,
        on=at.date(),
        who="罗正",
        found="已催办。",
        outcome=CallOutcome.REACHED,
        at=at,
    )
    made = [
        suggesting.issue(
            actor=inspector,
            kind=kind,
            unit=cast.units.urban,
            title="夜市管理",
            facts="夜市扰民集中。",
            basis="《信访工作条例》第四十条",
            text="请明确收摊时间。",
            at=at,
        )
        for kind in (SuggestionKind.IMPROVE, SuggestionKind.IMPROVE, SuggestionKind.POLICY)
    ]
    suggesting.answer(
        suggestion=made[0], actor=cast.actor("unit_head"), adoption=Adoption.PARTLY, text="部分采纳。", at=at
    )
    found = report(cast, "inspector")
    assert (found.sent, found.assigned, found.pressed, found.pressed_ended) == (0, 1, 1, 0)
    assert found.modes == [(Mode.PHONE, 1)]
    counts = {row.kind: (row.made, row.partly, row.waiting) for row in found.suggestions}
    assert counts[SuggestionKind.IMPROVE] == (2, 1, 1)
    assert counts[SuggestionKind.POLICY] == (1, 0, 1)
    assert counts[SuggestionKind.ACCOUNTABILITY] == (0, 0, 0)


def test_sealed_cases_are_in_no_chapter(cast, make_case):
    make_case.registered(kind=Kind.ACCUSATION, at=MORNING)
    assert report(cast).figures.total.count == 0


def test_a_town_reports_of_itself_and_nobody_of_others(cast, make_case):
    with pytest.raises(Refusal):
        year_report(actor=cast.actor("outsider"), unit=cast.units.district, year=Year(2026))


def test_the_page_prints_all_four_chapters_for_the_office_alone(cast, client_as, make_case):
    make_case(until=Status.FORWARDED, at=datetime(2026, 5, 6, 9, 0, tzinfo=SHANGHAI))
    text = client_as(cast.statistician).get(PAGE, {"year": "2026"}).content.decode()
    for words in (
        "一、信访数据",
        "登记 1 件次",
        "二、转送、交办和督办",
        "三、三项建议和采纳",
        "四、其他需要报告的事项",
    ):
        assert words in text
    for key in ("unit_head", "leader", "handler", "auditor"):
        assert client_as(cast.people[key]).get(PAGE).status_code == 403
    assert "年度报告" in client_as(cast.statistician).get("/reports/month/").content.decode()


@pytest.mark.parametrize(
    "year", ["", "26", "1999", "9999", "二〇二六", "2026 ", "٢٠٢٦", "2026-01", "x" * 5000]
)
def test_a_year_that_is_none_is_said_to_be_none(cast, client_as, year):
    answer = client_as(cast.statistician).get(PAGE, {"year": year})
    empty = not year.strip() or year.strip() == "2026"
    assert answer.status_code == (200 if empty else 422)
    if not empty:
        assert "年份请写成 2026 这样" in answer.content.decode()


def test_it_asks_the_same_of_one_case_and_of_many(cast, make_case):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            report(cast)
        return len(asked)

    make_case(until=Status.FORWARDED)
    one = queries()
    for _n in range(3):
        make_case(until=Status.FORWARDED)
    assert queries() == one
    assert Petition.objects.count() == 4


@pytest.mark.parametrize(("day", "year"), [(date(2027, 2, 28), 2026), (date(2027, 3, 1), 2027)])
def test_last_year_is_reported_in_its_first_two_months(monkeypatch, day, year):
    moment = datetime(day.year, day.month, day.day, 9, 0, tzinfo=SHANGHAI)
    monkeypatch.setattr("reports.selectors.year.now", lambda: moment)
    assert default_year() == Year(year)


@pytest.mark.article(41)
def test_frozen_months_are_read_as_they_were_reported_and_the_rest_as_it_is_counted_today(
    cast, make_case, client_as
):
    """What came in later changes the months that are not frozen alone; the report says which is which."""
    officer, at = cast.actor("petition_officer"), datetime(2026, 7, 3, 9, 0, tzinfo=SHANGHAI)
    with time_machine.travel(datetime(2026, 10, 5, tzinfo=SHANGHAI), tick=False):
        make_case(at=at, until=Status.ACCEPTED, channel=Channel.VISIT, batch_count=2, head_count=3)
        make_case(at=at + timedelta(days=31), until=Status.ACCEPTED)
        for month in (Month(2026, 7), Month(2026, 9)):
            freeze(actor=officer, month=month)
        before = report(cast)
        late = (make_case(at=at, until=Status.ACCEPTED), make_case(at=at + timedelta(days=31)))
        found = report(cast)
        assert (before.figures.total.count, found.figures.total.count) == (
            3,
            4,
        )  # the late one of July is not in it
        assert found.figures.total.heads == 3
        assert found.rates["forwarding"] == Rate(2, 3) and before.rates["forwarding"] == Rate(2, 2)
        assert [str(month) for month, _kept in found.frozen] == ["2026-07", "2026-09"]
        assert [str(month) for month in found.live] == [f"2026-{n:02d}" for n in (1, 2, 3, 4, 5, 6, 8, 10)]
        page = client_as(cast.statistician).get(PAGE, {"year": "2026"}).content.decode()
        assert (
            "2026年7月（第 1 版）、2026年9月（第 1 版）用冻结的数" in page and "没有冻结，按今天计算" in page
        )
        freeze(actor=officer, month=Month(2026, 7), reason="补录")
        assert report(cast).figures.total.count == 5  # the version that holds is the last one
        assert {unit.pk: volume.count for unit, volume in report(cast).units} == {cast.units.urban.pk: 4}
        # The next year's report compares with the same.
        assert report(cast, year=2027).before.count == 5
        assert late[0].lead_unit_id is not None


def test_a_year_with_many_frozen_months_takes_no_more_queries_than_one_with_one(cast, make_case, client_as):
    client, officer = client_as(cast.statistician), cast.actor("petition_officer")
    make_case(at=datetime(2026, 3, 3, 9, 0, tzinfo=SHANGHAI))
    counts = []
    for months in ((1,), (2, 3, 4)):
        for number in months:
            freeze(actor=officer, month=Month(2026, number))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE, {"year": "2026"}).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
