"""What became of cases, and what other rooms did, counted by hand; each time as it runs, frozen, and by plain SQL."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from conference.enums import ItemKind, OrderKind
from conference.models import Item, Meeting, Order, OrderClock, OrderReport
from core.timekeeping import SHANGHAI
from deadlines.models import Rule
from leaders.enums import LeaveWhy
from leaders.models import PackageCase, VisitRecord
from leaders.services.packages import assign_package
from outcomes.enums import (
    CheckItem,
    CheckResult,
    MarkHow,
    MarkKind,
    VisitGround,
    VisitResult,
    VisitState,
    VisitWay,
)
from outcomes.models import ClosingCheck, ReturnVisit
from outcomes.services import ending
from petitions.enums import Channel, Kind, Status
from petitions.models import Petition, PetitionEvent
from petitions.services import answering, following, forwarding, reviewing, sealing
from reports.periods import Month
from reports.rates import Mean, Rate, Tally, change_text
from reports.selectors.behind import PART, REST, Place, behind
from reports.selectors.figures import FIGURES, MORE
from reports.selectors.frozen import reading_for
from reports.selectors.month import month_figures
from reports.services.freezing import freeze
from reports.tests.independent import Count
from reports.tests.independent_further import FURTHER
from supervision.enums import Adoption, Ground, State, SuggestionKind
from supervision.models import Suggestion, Supervision

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
AUGUST = Month(2026, 8)
MOMENT = timedelta(microseconds=1)
TAKEN = datetime(2026, 7, 25, 9, tzinfo=SHANGHAI)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


def on(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def again(make_case, cast, original, at):
    """The same matter once more."""
    case = make_case(at=at)
    following.link(petition=case, actor=cast.actor("petition_officer"), original=original, at=at)
    return case


def resolved(cast, case, at, actor="handler"):
    return ending.mark(
        petition=case, actor=cast.actor(actor), kind=MarkKind.RESOLVED, on=at.date(), how=MarkHow.SAID,
        evidence="本人电话表示满意", at=at,
    )  # fmt: skip


def of_august(cast, code, *, version=None, who="inspector", month=AUGUST):
    """The figure: of the district, and by line."""
    figures = month_figures(
        actor=cast.actor(who), unit=cast.units.district, month=month, freeze=version, codes=[code]
    )
    lines = {line: rates[code] for line, rates in figures.rates_by_unit.items() if rates[code].whole}
    return figures.rates[code], lines


def is_everywhere(cast, code, total, lines, *, kept):
    """On the page as it runs and as it was frozen, in the lists, and by plain SQL."""
    counted = FIGURES[code].adds
    expected = counted(*total), {line: counted(*pair) for line, pair in lines.items()}
    mine = Count(
        district=cast.units.district.pk,
        start=AUGUST.start,
        end=AUGUST.end,
        now=NOW,
        hidden=list(
            Petition.objects.filter(complained_unit=cast.units.petition_office).values_list("pk", flat=True)
        ),
    )
    assert {line: pair for line, pair in mine.pairs(FURTHER[code]).items() if pair[1]} == lines, code
    for version in (None, kept):
        assert of_august(cast, code, version=version) == expected, (code, version)
        reading = reading_for(cast.actor("inspector"), cast.units.district, AUGUST, freeze=version)
        listed = behind(reading, Place(code=code))
        assert listed.rate == expected[0] and listed.cases == len(listed.page.items)
        if FIGURES[code].has_sides:
            sides = [behind(reading, Place(code=code, side=side)).cases for side in (PART, REST)]
            assert sides == [total[0], total[1] - total[0]]


@pytest.mark.article(27)
def test_what_became_of_the_cases_of_august(cast, make_case):
    units, officer = cast.units, cast.actor("petition_officer")
    closed = {"until": Status.CLOSED}

    # 1. Closed on 3 August; back on the last moment of 2 October, the sixtieth day.
    first = make_case(at=on(8, 3), **closed)
    again(make_case, cast, first, on(10, 3, 0) - MOMENT)
    # 2. Closed on 4 August; back when the sixtieth day, 3 October, is over.
    second = make_case(at=on(8, 4), **closed)
    again(make_case, cast, second, on(10, 4, 0))
    # 3. 住建局, never back; the petitioner says that it is solved.
    third = make_case(at=on(8, 5), unit=units.housing, handler="handler2", **closed)
    resolved(cast, third, on(9, 20), "handler2")
    # 4. 化解 taken back; what the unit said of one item is put right after the closing: not done.
    fourth = make_case(at=on(8, 6), **closed)
    mark = resolved(cast, fourth, on(8, 7))
    ending.unmark(row=mark, actor=cast.actor("handler"), reason="又反映夜里噪音", at=on(8, 20))
    ClosingCheck.objects.create(
        petition=fourth, reply=fourth.reply, item=CheckItem.SOLVED, result=CheckResult.NOT_DONE,
        note="还没有收摊", at=on(8, 21), who="城市管理局",
    )  # fmt: skip
    # 5. A repeat itself, closed on the last day; no first case.
    again(make_case, cast, fourth, on(7, 30))
    # 6. A suggestion: no demand, and nothing to check.
    make_case(at=on(8, 10), kind=Kind.SUGGESTION, **closed)
    # 9. Closed and ordered anew: it is not closed any more.
    anew = make_case(at=on(8, 12), **closed)
    reviewing.redo(
        petition=anew, actor=cast.actor("leader"), text="责令重办", public_text="重办", at=on(8, 20)
    )
    # 10. Closed and sealed later: in no figure, and neither is what came back as its repeat.
    gone = make_case(at=on(8, 13), **closed)
    # 11. Refused: nobody answered it. 12. It complains of the petition office. 13. Closed in July.
    make_case(at=on(8, 14), until=Status.REFUSED)
    make_case(at=on(8, 14), complained_unit=units.petition_office)
    make_case(at=on(7, 31), **closed)
    # 14. Closed on 7 August; what came back was sealed since, so nobody is told that it came.
    quiet = make_case(at=on(8, 7), **closed)
    hidden = make_case(at=on(8, 25), until=Status.ACCEPTED)
    following.link(petition=hidden, actor=officer, original=quiet, at=on(8, 26))
    following.unlink(petition=hidden, actor=officer, reason="不是同一件事", at=on(8, 27))
    sealing.seal(petition=hidden, actor=officer, reason="反映干部违纪", at=on(9, 12))

    kept = freeze(actor=officer, month=AUGUST)
    urban, housing = units.urban.pk, units.housing.pk
    # First cases: 1, 2, 4, 6, 10, 14 by 城管局, 3 by 住建局. Back within the days: 1, and 4 (5 came before its closing).
    is_everywhere(cast, "first_resolved", (6, 7), {urban: (5, 6), housing: (1, 1)}, kept=kept)
    # Back at any time: 1, 2, 4.
    is_everywhere(cast, "settled_once", (4, 7), {urban: (3, 6), housing: (1, 1)}, kept=kept)
    # Demands: 1, 2, 4, 10, 14 and 3; 6 is a suggestion.
    is_everywhere(cast, "demands_resolved", (1, 6), {urban: (0, 5), housing: (1, 1)}, kept=kept)
    # Checked: the same; not done: 4, by the newest word on it.
    is_everywhere(cast, "well_handled", (5, 6), {urban: (4, 5), housing: (1, 1)}, kept=kept)
    assert gone.status == Status.CLOSED


def test_a_town_s_own_cases_are_settled_there_or_go_up(cast, make_case):
    units, town = cast.units, cast.units.xiling
    stayed = make_case.registered(at=on(8, 3), unit=town).petition
    went_up = make_case.registered(at=on(8, 3), unit=town).petition
    for case, unit, handler in ((stayed, town, "outsider"), (went_up, units.urban, "handler")):
        forwarding.forward(petition=case, actor=cast.actor("petition_officer"), unit=unit, at=on(8, 3, 10))
        act = cast.actor(handler)
        forwarding.accept(petition=case, actor=act, kind=Kind.APPEAL, path=6, at=on(8, 3, 11))
        answering.conclude(
            petition=case, actor=act, text="已约谈摊主。", basis="《噪声污染防治法》", at=on(8, 3, 12),
            outcomes={one.pk: ("supported", "支持") for one in case.requests.all()},
        )  # fmt: skip
        resolved(cast, case, on(8, 4), handler)
        Petition.objects.filter(pk=case.pk).update(status=Status.CLOSED, closed_at=on(8, 31, 23))
        PetitionEvent.objects.create(
            petition=case, act="close", at=on(8, 31, 23), who="信访局", to_status=Status.CLOSED
        )
    kept = freeze(actor=cast.actor("petition_officer"), month=AUGUST)
    lines = {_line(cast, town): (1, 1), units.urban.pk: (0, 1)}
    is_everywhere(cast, "grassroots_resolved", (1, 2), lines, kept=kept)


def _line(cast, unit):
    return unit.ancestor_ids[cast.units.district.depth]


def test_months_whose_days_still_run_are_marked_provisional_and_stay_so_where_they_were_frozen(
    cast, make_case, settings
):
    settings.FIRST_RESOLVED_DAYS = 60
    make_case(at=on(10, 12), until=Status.CLOSED)
    october = Month(2026, 10)
    kept = freeze(actor=cast.actor("petition_officer"), month=october)
    said = {one["code"]: one for one in kept.definitions}
    assert said["first_resolved"]["provisional"] and said["first_resolved"]["set_to"] == "本地设定：60 日"
    assert not said["settled_once"]["provisional"]

    def marked(month, version=None):
        codes = ["first_resolved"]
        return month_figures(
            actor=cast.actor("inspector"), unit=cast.units.district, month=month, freeze=version, codes=codes
        ).provisional

    assert marked(october) == {"first_resolved"}  # 60 days from 1 November are over on 31 December
    assert marked(Month(2026, 9)) == {"first_resolved"} and marked(AUGUST) == set()
    with time_machine.travel(datetime(2027, 1, 5, tzinfo=SHANGHAI), tick=False):
        assert marked(october) == set() and marked(october, kept) == {"first_resolved"}


def test_the_thirtieth_day_counts_by_the_calendar_and_runs_out_at_its_end(cast, make_case):
    officer, handler = cast.actor("petition_officer"), cast.actor("handler")
    for at in (on(7, 20, 23) - MOMENT + timedelta(hours=1), on(7, 20)):
        for decided in (on(8, 20, 0) - MOMENT, on(8, 20, 0)):  # the thirtieth day is 19 August
            case = make_case(at=at)
            forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=at + MOMENT)
            forwarding.accept(petition=case, actor=handler, kind=Kind.APPEAL, path=6, at=decided)
    make_case(at=on(7, 20))  # reached nobody
    assert of_august(cast, "unit_acceptance")[0] == Rate(2, 4)


def test_what_the_other_rooms_did_in_august(cast, make_case):
    units, officer = cast.units, cast.actor("petition_officer")
    case, other, closed = (
        make_case(at=on(7, 20), until=Status.ACCEPTED),
        make_case(at=on(7, 20), until=Status.SERVED),
        make_case(at=on(8, 3), until=Status.CLOSED),
    )
    against = make_case(at=on(8, 4), complained_unit=units.petition_office)

    # 包案: one with two cases, of which one is resolved in August and the other in September; one that was struck off in
    # August; one that left before August; one taken up in September. Of 高远, who belongs to the district.
    def package(petition, more=(), at=TAKEN):
        return assign_package(
            petition=petition, actor=officer, post=cast.post("leader"), target_on=date(2026, 12, 31),
            reason="多次反映未解决", more=more, at=at,
        )  # fmt: skip

    package(other, [closed], at=on(8, 5))
    resolved(cast, other, on(8, 31))
    resolved(cast, closed, on(9, 1, 0))
    struck = package(make_case(at=on(7, 21), until=Status.SERVED))
    type(struck).objects.filter(pk=struck.pk).update(
        state="struck_off", struck_off_at=on(8, 31, 23), evidence="本人签字", watch_until=date(2027, 2, 1)
    )
    PackageCase.objects.filter(package=struck).update(left_at=on(8, 31, 23), left_why=LeaveWhy.STRUCK_OFF)
    before = package(make_case(at=on(7, 21), until=Status.ACCEPTED))
    PackageCase.objects.filter(package=before).update(left_at=on(8, 1, 0) - MOMENT, left_why=LeaveWhy.SOLVED)
    package(case, at=on(9, 1, 0))

    for petition, heads, at in (
        (case, 3, on(8, 1, 0)),
        (case, 5, on(8, 9)),
        (against, 9, on(8, 9)),
        (case, 1, on(9, 1, 0)),
    ):
        VisitRecord.objects.create(
            petition=petition, leader=cast.leader, post=cast.post("leader"), at=at, heads=heads, said="谈",
            recorded_at=at,
        )  # fmt: skip

    def press(petition, state, at, ended=None, **more):
        Supervision.objects.create(
            petition=petition, unit=units.urban, ground=Ground.OTHER, demand="请抓紧", found_at=at,
            state=state, opened_at=at, due_on=date(2026, 9, 1), ended_at=ended, **more,
        )  # fmt: skip

    press(case, State.OPEN, on(8, 10))
    press(case, State.CLOSED, on(8, 10), on(9, 1))
    press(against, State.OPEN, on(8, 10))
    press(case, State.OPEN, on(9, 1, 0))
    Supervision.objects.create(
        unit=units.urban, ground=Ground.LOW_RATING, demand="请改进", found_at=on(8, 10), opened_at=on(8, 10),
        due_on=date(2026, 9, 1),
    )  # fmt: skip

    def suggest(kind, unit, at, adoption="", petition=None):
        answered = {"adoption": adoption, "answer": "已办", "answered_at": at} if adoption else {}
        Suggestion.objects.create(
            kind=kind, unit=unit, petition=petition, title="建议", facts="事实", basis="条例", text="改进",
            issued_at=at, **answered,
        )  # fmt: skip

    suggest(SuggestionKind.IMPROVE, units.urban, on(8, 3), Adoption.PARTLY)
    suggest(SuggestionKind.POLICY, units.housing, on(8, 3), Adoption.NOT_ADOPTED, case)
    suggest(SuggestionKind.POLICY, units.housing, on(8, 3))
    suggest(SuggestionKind.ACCOUNTABILITY, units.discipline, on(8, 3), Adoption.ADOPTED)
    suggest(SuggestionKind.IMPROVE, units.urban, on(8, 3), Adoption.ADOPTED, against)

    rule = Rule.objects.order_by("pk").first()
    # Decisions with a day: reported on the last moment; reported late; of September; 通报, which asks for no report.
    meeting = Meeting.objects.create(
        title="联席会议", starts_at=on(7, 20), place="县政府", chair=cast.post("leader"), called_at=on(7, 19)
    )
    for ordinal, (kind, due, told) in enumerate(
        (
            (OrderKind.RECTIFY, on(8, 20), on(8, 20)),
            (OrderKind.RECTIFY, on(8, 20), on(8, 20) + MOMENT),
            (OrderKind.RECTIFY, on(9, 1, 0), None),
            (OrderKind.CRITICISM, None, None),
        ),
        start=1,
    ):
        item = Item.objects.create(
            meeting=meeting, ordinal=ordinal, kind=ItemKind.OTHER, title="超期", text="九件超期"
        )
        order = Order.objects.create(
            item=item, kind=kind, unit=units.urban, facts="事实", basis="条例", demand="整改", issued_at=on(7, 20),
            issued_unit=units.petition_office, due_on=due.date() if due else None,
        )  # fmt: skip
        if due is None:
            continue
        OrderClock.objects.create(order=order, rule=rule, started_at=on(7, 20), raw_due_at=due, due_at=due)
        if told:
            OrderReport.objects.create(order=order, text="已整改", at=told, who="城管局")

    ReturnVisit.objects.create(
        petition=closed, ordinal=1, ground=VisitGround.BY_HAND, opened_at=on(8, 10), ended_at=on(8, 31, 23),
        state=VisitState.DONE, assignee=cast.petition_officer, visited_on=date(2026, 8, 31), way=VisitWay.PHONE,
        result=VisitResult.NOTHING_MORE,
    )  # fmt: skip
    ReturnVisit.objects.create(
        petition=closed, ordinal=2, ground=VisitGround.BY_HAND, opened_at=on(8, 10), ended_at=on(8, 12),
        state=VisitState.DONE, assignee=cast.petition_officer, visited_on=date(2026, 8, 12), way=VisitWay.PHONE,
        result=VisitResult.NOT_REACHED,
    )  # fmt: skip
    ReturnVisit.objects.create(  # not closed: not everybody reads what came of it
        petition=other, ordinal=1, ground=VisitGround.BY_HAND, opened_at=on(8, 10), ended_at=on(8, 12),
        state=VisitState.DONE, assignee=cast.petition_officer, visited_on=date(2026, 8, 12), way=VisitWay.PHONE,
        result=VisitResult.NOTHING_MORE,
    )  # fmt: skip

    kept = freeze(actor=officer, month=AUGUST)
    urban, housing = units.urban.pk, units.housing.pk
    head = _line(cast, cast.post("leader").unit) if cast.post("leader").unit != units.district else None
    own = units.district.pk if head is None else head
    for code, total, lines in (
        ("supervised", (1, 2), {urban: (1, 2)}),
        ("suggestions_answered", (2, 3), {urban: (1, 1), housing: (1, 2)}),
        ("suggestions_adopted", (1, 3), {urban: (1, 1), housing: (0, 2)}),
        ("orders_answered", (1, 2), {urban: (1, 2)}),
        ("visited_back", (1, 2), {urban: (1, 2)}),
    ):
        is_everywhere(cast, code, total, lines, kept=kept)
    # The leader's own unit is the district: its line bears the district's name.
    for code, total in (("packages_resolved", (0, 2)), ("packages_struck", (1, 2)), ("receptions", (8, 2))):
        assert of_august(cast, code) == of_august(cast, code, version=kept), code
        rate, lines = of_august(cast, code)
        assert (rate.part, rate.whole) == total and list(lines) == [own], code
    # The statistician of the office counts the same; a unit what is its own; nobody but the office what concerns it.
    for code in MORE:
        assert of_august(cast, code, who="statistician") == of_august(cast, code), code
    mine = month_figures(
        actor=cast.actor("unit_head"),
        unit=units.urban,
        month=AUGUST,
        codes=["supervised", "suggestions_answered"],
    )
    assert (mine.rates["supervised"], mine.rates["suggestions_answered"]) == (Rate(1, 2), Rate(1, 1))


def test_days_and_heads_are_added_never_averaged():
    assert (Mean(10, 4) + Mean(1, 1)).text == "2.2 天"
    assert Mean(5, 4).text == "1.3 天"  # 1.25, half up
    assert Mean(0, 0).text == Tally(0, 0).text == "—"
    assert (Tally(3, 1) + Tally(5, 1)).text == "2 批 8 人次"
    assert change_text(3, 0) == "—"


@pytest.mark.parametrize("channel", [Channel.VISIT, Channel.RECEPTION])
def test_visits_have_no_part_in_the_share_of_what_came_online(cast, make_case, channel):
    make_case(at=on(8, 3), channel=channel)
    assert of_august(cast, "online_share")[0] == Rate(0, 0)
