"""One small month counted by hand: each number below was added up on paper from the words of docs/indicators.md.

August 2026: the 1st is a Saturday, the 31st a Monday, and no holiday moves anything but the weekends. Days are counted
from the next one, and a last day on a day off moves to the next working day.
"""

from datetime import datetime, timedelta

import pytest
import time_machine

from accounts.actor import Actor
from core.timekeeping import SHANGHAI, local_day
from petitions.enums import (
    CallOutcome,
    Channel,
    Kind,
    NoticeWay,
    Outcome,
    Path,
    Rating,
    RefusalReason,
    ServiceMethod,
    Status,
)
from petitions.services import (
    answering,
    following,
    forwarding,
    handling,
    making,
    noticing,
    refusing,
    reviewing,
    sealing,
)
from reports.periods import Month
from reports.selectors.month import Volume, month_figures
from reports.services.freezing import freeze

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
AUGUST = Month(2026, 8)
MOMENT = timedelta(microseconds=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


def on(month, day, hour=9, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def end_of(month, day):
    """24:00, the last moment that still belongs to the day."""
    return on(month, day, 0) + timedelta(days=1) - MOMENT


class Hands:
    """Whoever does something to the cases below."""

    def __init__(self, cast):
        self.cast = cast
        self.officer = cast.actor("petition_officer")
        self.urban, self.housing = cast.actor("handler"), cast.actor("handler2")

    def answer_at_once(self, case, at, *, meeting_after=timedelta(minutes=20)):
        """10-30-24 by the petition office, before the case goes anywhere: the first response on its last minute."""
        done = {"petition": case, "actor": self.officer}
        handling.respond(**done, text="已收到", at=at + timedelta(minutes=10))
        handling.call(
            **done,
            outcome=CallOutcome.REACHED,
            text="",
            meeting_at=at + timedelta(hours=5),
            at=at + meeting_after,
        )
        handling.name_responsible(**done, user=self.cast.petition_officer, at=at + timedelta(minutes=40))
        handling.finish_first_round(**done, text="已安排", at=at + timedelta(minutes=45))

    def forward(self, case, unit, at):
        forwarding.forward(petition=case, actor=self.officer, unit=unit, at=at)

    def accept(self, case, by, at):
        forwarding.accept(petition=case, actor=by, kind=Kind.APPEAL, path=Path.PETITION, at=at)

    def tell(self, case, by, at):
        number = f"清告〔2026〕{case.pk}号"
        noticing.give_notice(
            petition=case,
            actor=by,
            way=NoticeWay.DIRECT,
            told_at=at,
            recipient="本人",
            paper_number=number,
            at=at,
        )

    def refuse(self, case, by, at):
        refusing.refuse(
            petition=case,
            actor=by,
            reason=RefusalReason.LEGAL_ROUTE,
            explanation="应由法院审理。",
            where_to_go="清江县人民法院",
            at=at,
        )

    def answer(self, case, by, text, at):
        case.refresh_from_db()
        answering.conclude(
            petition=case,
            actor=by,
            text=text,
            basis="《噪声污染防治法》",
            outcomes={one.pk: (Outcome.SUPPORTED, "支持") for one in case.requests.all()},
            at=at,
        )

    def make_opinion(self, case, by, number, at):
        making.record_outside(petition=case, actor=by, paper_number=number, made_on=local_day(at), at=at)

    def serve(self, case, by, number, at):
        answering.serve(
            petition=case,
            actor=by,
            method=ServiceMethod.DIRECT,
            served_at=at,
            recipient="本人",
            paper_number=number,
            at=at,
        )


@pytest.fixture
def august(cast, make_case):
    """Fifteen cases; what each adds to August stands beside it."""
    hands, units = Hands(cast), cast.units
    officer, urban, housing = hands.officer, hands.urban, hands.housing

    # 1. Registered on Sunday the 16th; its 15 days end on Monday the 31st, and it is forwarded on the last moment of
    # that day. 受理告知 is due in September. The call came a microsecond after the 30 minutes.
    first = make_case(at=on(8, 16, 10))
    hands.answer_at_once(first, on(8, 16, 10), meeting_after=timedelta(minutes=30) + MOMENT)
    hands.forward(first, units.urban, end_of(8, 31))

    # 2. Two batches of six came in person on Friday the 14th, 集体访 both. Nobody but a call in vain after 20 minutes.
    # The 15 days end on Saturday the 29th, so on Monday the 31st, and it lies there still.
    crowd = make_case(at=on(8, 14), channel=Channel.VISIT, batch_count=2, head_count=12)
    handling.call(
        petition=crowd, actor=officer, outcome=CallOutcome.NOT_REACHED, text="", at=on(8, 14, 9, 20)
    )

    # 3. Transferred twice: 城管局's 15 days would end on 4 August, but its objection was agreed to, so they are nobody's.
    # 住建局's end on 5 August, and it accepts on the 6th. Registered and forwarded on 20 July, due on 4 August.
    sent_on = make_case(at=on(7, 20))
    hands.forward(sent_on, units.urban, on(7, 20, 10))
    forwarding.object_to(petition=sent_on, actor=urban, reason="不属于本单位职责范围", at=on(7, 20, 11))
    forwarding.decide_objection(
        petition=sent_on, actor=officer, agree=True, decision="同意", at=on(7, 21, 11)
    )
    hands.forward(sent_on, units.housing, on(7, 21, 12))
    hands.accept(sent_on, housing, on(8, 6))

    # 4. Accepted on 15 June, so 60 days end on 14 August; extended by 30 days they end on Sunday 13 September, so on
    # the 14th, and the case is in no rate of August.
    longer = make_case(at=on(6, 15), until=Status.ACCEPTED)
    handling.extend(petition=longer, actor=cast.actor("unit_head"), days=30, reason="情况复杂", at=on(8, 10))

    # 5. Accepted on 2 July, so the 60 days end on 31 August: made on the last moment of that day.
    last_day = make_case(at=on(7, 2), until=Status.ACCEPTED)
    hands.answer(last_day, urban, "已约谈摊主。", on(8, 31, 10))
    hands.make_opinion(last_day, urban, "清城管意〔2026〕5号", end_of(8, 31))

    # 6. Closed and ordered anew: served, rated and closed on 6 July, so the window of that answer ends on 5 August with
    # a rating in it. The new answer is rated on 12 August, its window ends in September, its 60 days in October.
    anew = make_case(at=on(7, 6), until=Status.CLOSED)
    reviewing.redo(
        petition=anew, actor=cast.actor("leader"), text="责令重办", public_text="重新办理", at=on(8, 10)
    )
    hands.answer(anew, urban, "重新调查：夜市十点收摊，已装隔音。", on(8, 11))
    hands.serve(anew, urban, "清城管意〔2026〕6号", on(8, 11, 10))
    following.evaluate(
        petition=anew,
        actor=Actor.petitioner(),
        office_rating=Rating.DISSATISFIED,
        unit_rating=Rating.FAIRLY,
        at=on(8, 12),
    )

    # 7. Registered and accepted in August, sealed since: in no figure.
    sealed = make_case(at=on(8, 3), until=Status.ACCEPTED)
    sealing.seal(petition=sealed, actor=officer, reason="反映干部违纪", at=on(9, 12))

    # 8 and 9. A call and a letter of Monday the 10th, joined and forwarded as one, taken apart on the 11th: no repeat.
    # Both 15 days of 城管局 end on Tuesday the 25th: of the call it decides in time and tells a day late, of the letter
    # it tells on the last moment.
    called = make_case(at=on(8, 10), channel=Channel.PHONE)
    letter = make_case(at=on(8, 10, 9, 5), channel=Channel.LETTER)
    hands.answer_at_once(called, on(8, 10))
    hands.answer_at_once(letter, on(8, 10, 9, 5))
    following.link(petition=letter, actor=officer, original=called, join=True, at=on(8, 10, 10))
    hands.forward(called, units.urban, on(8, 10, 11))
    following.unlink(petition=letter, actor=officer, reason="不是同一件事", at=on(8, 11))
    letter.refresh_from_db()
    assert letter.lead_unit == units.urban
    hands.accept(letter, urban, on(8, 20))
    hands.tell(letter, urban, end_of(8, 25))
    hands.accept(called, urban, on(8, 25, 23))
    hands.tell(called, urban, on(8, 26))

    # 10. Three batches with a leader on the 20th, 14 people, one too few for 集体访; who they are and where to call them
    # is not known, so the 24 hours alone bind. A repeat of the first case. Due in September.
    again = make_case(
        at=on(8, 20), channel=Channel.RECEPTION, batch_count=3, head_count=14, persons=[], anonymous=True
    )
    following.link(petition=again, actor=officer, original=first, at=on(8, 20, 10))

    # 11. Refused on the 6th by 住建局 after all of 10-30-24 was done; the own page tells the petitioner at once.
    refused = make_case(at=on(8, 5))
    hands.answer_at_once(refused, on(8, 5))
    hands.forward(refused, units.housing, on(8, 5, 10))
    hands.refuse(refused, housing, on(8, 6))

    # 12. With 住建局 after two minutes and refused after six: none of 10-30-24 was done, and all three bound 住建局.
    # The 15 days end on Saturday the 22nd, so on Monday the 24th, of both offices.
    hasty = make_case(at=on(8, 7))
    hands.forward(hasty, units.housing, on(8, 7, 9, 2))
    hands.refuse(hasty, housing, on(8, 7, 9, 6))

    # 13. It complains of the petition office itself, whose people do not count it.
    make_case(at=on(8, 4), complained_unit=units.petition_office)

    # 14. Registered on the last moment of July: no case of August, but 10-30-24 end on its first day, and the 15 days on
    # Saturday the 15th, so on Monday the 17th. Nobody does anything.
    make_case(at=end_of(7, 31))

    # 15. Served by 住建局 on 8 July and never rated: the window ends on Friday 7 August.
    make_case(at=on(7, 8), until=Status.SERVED, unit=units.housing, handler="handler2")


#: 件 of 1, 8, 9 / 11, 12; 批 of 2 and 10 are 2 + 3, 人次 12 + 14; 集体访 of 2 alone; 重复 of 10, by its three batches.
URBAN = Volume(pieces=3)
HOUSING = Volume(pieces=2)
NOT_FORWARDED = Volume(batches=5, heads=26, mass_batches=2, mass_heads=12, repeats=3)
TOTAL = Volume(pieces=5, batches=5, heads=26, mass_batches=2, mass_heads=12, repeats=3)

#: (part, whole) of the district, 信访局, 城管局, 住建局.
RATES = {
    # Whole: 1, 2, 3, 8, 9, 11, 12, 14; not in time: 2, 14.
    "forwarding": ((6, 8), (6, 8), None, None),
    # 城管局: 8 told late, 9 in time. 住建局: 3 decided late, 11 and 12 in time.
    "acceptance": ((3, 5), None, (1, 2), (2, 3)),
    # 5. The days of 4 were extended into September.
    "conclusion": ((1, 1), None, (1, 1), None),
    # 信访局: 1, 2, 8, 9, 11, 14; not 2, 14. 住建局: 12, not done. Nobody could answer 10.
    "respond_10": ((4, 7), (4, 6), None, (0, 1)),
    # As before, and the call of 1 was late.
    "call_30": ((3, 7), (3, 6), None, (0, 1)),
    # As the first response, and 10, not done.
    "first_round_24": ((4, 8), (4, 7), None, (0, 1)),
    # 6: 不满意 with the office, 基本满意 with the unit; its first rating was of July.
    "office_satisfaction": ((0, 1), None, (0, 1), None),
    "unit_satisfaction": ((1, 1), None, (1, 1), None),
    # 6 rated, 15 not.
    "participation": ((1, 2), None, (1, 1), (0, 1)),
    # Accepted: 8, 9 by 城管局, 3 by 住建局, which refused 11 and 12.
    "refusal": ((2, 5), None, (0, 2), (2, 3)),
    # The thirtieth day in August: registered from 2 July to 1 August. 5 and 6 by 城管局, 3 and 15 by 住建局, all within
    # the thirty days; 14 reached no unit.
    "unit_acceptance": ((4, 4), None, (2, 2), (2, 2)),
    # As 受理告知, but 8 was decided in time and told late: that counts here.
    "unit_acceptance_own": ((4, 5), None, (2, 2), (2, 3)),
    # 网上 of 件: 1 of 1, 8, 9 by 城管局, 11 and 12 by 住建局.
    "online_share": ((3, 5), None, (1, 3), (2, 2)),
    # Days and cases. 8: 10 to 25 August, 9: 10 to 20 August; 3: 20 July to 6 August.
    "days_to_acceptance": ((42, 3), None, (25, 2), (17, 1)),
    # 5: 2 July to 31 August. The answer of 6 was given anew.
    "days_to_answer": ((60, 1), None, (60, 1), None),
    # Nothing was closed, checked, visited, taken in hand or pressed in August.
    **dict.fromkeys(
        ("first_resolved", "settled_once", "demands_resolved", "well_handled", "visited_back", "receptions"),
        ((0, 0), None, None, None),
    ),
}


def test_a_month_counted_by_hand(cast, august):
    units = cast.units
    kept = freeze(actor=cast.actor("statistician"), month=AUGUST)
    for version in (None, kept):
        figures = month_figures(
            actor=cast.actor("inspector"),
            unit=units.district,
            month=AUGUST,
            freeze=version,
            codes=tuple(RATES),
        )
        assert figures.total == TOTAL
        assert figures.total.count == 10  # 5 件 and 5 批
        assert (figures.total.repeat_rate.part, figures.total.repeat_rate.whole) == (3, 10)
        assert {line: volume for line, volume in figures.by_unit.items() if volume != Volume()} == {
            units.urban.pk: URBAN,
            units.housing.pk: HOUSING,
            None: NOT_FORWARDED,
        }
        assert {channel: volume.count for channel, volume in figures.by_channel.items() if volume.count} == {
            Channel.ONLINE: 3,  # 1, 11, 12
            Channel.VISIT: 2,  # 2
            Channel.PHONE: 1,  # 8
            Channel.LETTER: 1,  # 9
            Channel.RECEPTION: 3,  # 10
        }
        assert figures.unreached == 1  # 2
        for code, (whole, *lines) in RATES.items():
            assert (figures.rates[code].part, figures.rates[code].whole) == whole, code
            found = {
                line: (rates[code].part, rates[code].whole)
                for line, rates in figures.rates_by_unit.items()
                if code in rates and rates[code].whole
            }
            ids = (units.petition_office.pk, units.urban.pk, units.housing.pk)
            expected = {pk: cell for pk, cell in zip(ids, lines, strict=True) if cell}
            assert found == expected, code


def test_the_one_rating_of_the_month_is_not_told_to_the_statistician(cast, august):
    figures = month_figures(actor=cast.actor("statistician"), unit=cast.units.district, month=AUGUST)
    for code in ("office_satisfaction", "unit_satisfaction"):
        assert figures.rates[code].text == "—"  # one rating, fewer than five
