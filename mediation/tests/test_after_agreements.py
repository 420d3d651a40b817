"""What was agreed is kept or not: duties with their days, the court, return visits, a matter that comes back."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines.services import sweep
from mediation.agreement_enums import AgreementKind, DutyState, Performed, Ruling, SaidBy, VisitResult
from mediation.enums import Result
from mediation.models import AgreementClock, CameBack, Dispute, MediationCase
from mediation.services import agreement_keeping, coming_back, confirmations, disputes, performance
from mediation.services.performance import Told
from mediation.tests.agreement_world import drafted, duties_of, duty, in_force, settled, today, unguarded
from notifications.models import Notice
from petitions.enums import Status

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def refused(door, code):
    with pytest.raises(Refusal) as refusal:
        door()
    assert refusal.value.code == code, refusal.value.sentence
    return refusal.value.sentence


@pytest.fixture
def matter(cast, mediation_of):
    return settled(cast, mediation_of(agreed=True))


@pytest.fixture
def agreed(cast, matter):
    """In force, three instalments."""
    return in_force(cast, matter, duties=[duty(matter, days=days) for days in (1, 31, 61)])


def tell(cast, row, outcome=Performed.DONE, key="mediator", **more):
    new = {"outcome": outcome, "on": today(), "said_by": SaidBy.OWED, **more}
    return performance.report(duty=row, actor=cast.actor(key), new=Told(**new))


def late(row):
    """As if its day had been yesterday, and it had been agreed before that."""
    agreement = row.agreement
    with unguarded():
        agreement.effective_on = today() - 20 * DAY
        agreement.save(update_fields=["effective_on"])
        row.due_on = today() - DAY
        row.save(update_fields=["due_on"])
    due = now() - DAY
    row.clocks.update(started_at=due - 5 * DAY, raw_due_at=due, due_at=due)
    return row


def test_a_duty_done_in_time_stops_its_clock_and_no_other(cast, agreed):
    first, second, _third = duties_of(agreed)
    tell(cast, first)
    first.refresh_from_db()
    assert (first.state, first.done_on, first.paid, first.late) == (
        DutyState.DONE,
        today(),
        Decimal("1000.00"),
        False,
    )
    clock = first.clocks.get()
    assert clock.stopped_at is not None and clock.breached_at is None
    assert second.clocks.get().running
    refused(lambda: tell(cast, first), "stale")


def test_a_part_keeps_the_rest_open(cast, agreed):
    first = duties_of(agreed)[0]
    for wrong in (None, Decimal("0"), Decimal("-3"), Decimal("1000"), Decimal("1e12")):
        refused(lambda wrong=wrong: tell(cast, first, Performed.PARTLY, amount=wrong), "invalid")
    tell(cast, first, Performed.PARTLY, amount=Decimal("400"))
    first.refresh_from_db()
    assert (first.state, first.left) == (DutyState.PARTLY, Decimal("600.00"))
    assert first.clocks.get().running
    assert "600" in refused(lambda: tell(cast, first, amount=Decimal("100")), "invalid")
    tell(cast, first, amount=Decimal("600"))
    first.refresh_from_db()
    assert (first.state, first.left, first.paid) == (DutyState.DONE, 0, Decimal("1000.00"))


def test_late_is_noted_and_still_expected(cast, agreed):
    first = duties_of(agreed)[0]
    assert "还没有过" in refused(lambda: tell(cast, first, Performed.LATE), "invalid")
    first = late(first)
    tell(cast, first, Performed.LATE)
    first.refresh_from_db()
    assert (first.state, first.late, first.clocks.get().running) == (DutyState.OPEN, True, True)
    tell(cast, first)
    first.refresh_from_db()
    assert (first.state, first.late) == (DutyState.DONE, True)
    assert first.clocks.get().breached_at is not None


def test_what_was_done_in_time_and_written_down_later_is_in_time(cast, agreed):
    first = late(duties_of(agreed)[0])
    tell(cast, first, on=today() - 2 * DAY)
    first.refresh_from_db()
    assert not first.late and first.clocks.get().breached_at is None


def test_a_broken_one_is_waited_for_no_more_and_may_still_be_done(cast, agreed):
    first = late(duties_of(agreed)[0])
    tell(cast, first, Performed.BROKEN, words="说没钱。")
    first.refresh_from_db()
    assert first.state == DutyState.BROKEN and not first.clocks.get().running
    tell(cast, first)
    first.refresh_from_db()
    assert first.state == DutyState.DONE and first.late


def test_a_report_that_cannot_be_is_refused(cast, agreed, matter):
    first = duties_of(agreed)[0]
    refused(lambda: tell(cast, first, on=today() + DAY), "invalid")
    refused(lambda: tell(cast, first, on=today() - 9 * DAY), "invalid")
    refused(lambda: tell(cast, first, Performed.BROKEN, amount=Decimal("5")), "invalid")
    for key in ("handler", "unit_head", "clerk", "inspector"):
        refused(lambda key=key: tell(cast, first, key=key), "forbidden")
    tell(cast, first, Performed.PARTLY, amount=Decimal("1"), key="petition_officer", seen=0)
    refused(lambda: tell(cast, first, seen=0), "stale")


def test_a_duty_without_money_takes_none(cast, matter):
    agreed = in_force(cast, matter, duties=[duty(matter, amount=None, what="拆掉雨棚")])
    [row] = duties_of(agreed)
    refused(lambda: tell(cast, row, amount=Decimal("5")), "invalid")
    tell(cast, row)
    row.refresh_from_db()
    assert row.state == DutyState.DONE and row.left is None


def test_nothing_is_reported_before_it_binds(cast, matter):
    made = drafted(cast, matter)
    [row] = duties_of(made)
    refused(lambda: tell(cast, row), "stale")


def test_the_mediator_is_reminded_then_told_then_those_above(cast, agreed):
    row = duties_of(agreed)[1]
    due = row.clocks.get().due_at
    sweep(AgreementClock, now=due - 2 * DAY)
    assert Notice.objects.filter(recipient=cast.mediator, text__contains="将到期").exists()
    sweep(AgreementClock, now=due + timedelta(minutes=5))
    told = Notice.objects.filter(recipient=cast.mediator, text__contains="请核实履行情况")
    assert told.exists() and told.first().link == agreed.get_absolute_url()
    sweep(AgreementClock, now=due + 6 * DAY)
    assert Notice.objects.filter(recipient=cast.petition_officer, text__contains="请过问").exists()
    assert not Notice.objects.filter(text__contains="补偿").exists()


def test_thirty_days_to_ask_the_court_together(cast, agreed):
    clock = confirmations.window_of(agreed)
    assert local_day(clock.raw_due_at) == agreed.effective_on + 30 * DAY
    ask = partial(
        confirmations.apply,
        agreement=agreed,
        actor=cast.actor("mediator"),
        court="清江县人民法院",
        applied_on=today(),
        applied_by="双方本人",
        together=True,
    )
    assert "共同" in refused(lambda: ask(together=False), "invalid")
    refused(lambda: ask(court=" "), "invalid")
    refused(lambda: ask(applied_by=""), "invalid")
    refused(lambda: ask(applied_on=today() + DAY), "invalid")
    refused(lambda: ask(applied_on=today() - DAY), "invalid")
    refused(lambda: ask(actor=cast.actor("handler")), "forbidden")
    ask()
    clock.refresh_from_db()
    assert not clock.running and clock.breached_at is None
    refused(ask, "stale")


def test_the_window_closes_and_is_nobody_s_breach(cast, matter):
    agreed = in_force(cast, matter)
    clock = confirmations.window_of(agreed)
    at = clock.due_at + timedelta(minutes=1)
    sweep(AgreementClock, now=at)
    clock.refresh_from_db()
    assert not clock.running and clock.breached_at is None
    late_day = local_day(clock.due_at) + DAY
    said = refused(
        lambda: confirmations.apply(
            agreement=agreed,
            actor=cast.actor("mediator"),
            court="清江县人民法院",
            applied_on=late_day,
            applied_by="双方本人",
            together=True,
            at=clock.due_at + 2 * DAY,
        ),
        "invalid",
    )
    assert "起诉" in said


def test_what_the_court_did(cast, agreed):
    result = partial(
        confirmations.record_result, agreement=agreed, actor=cast.actor("mediator"), result_on=today()
    )
    refused(lambda: result(result=Ruling.REJECTED), "stale")
    ask = partial(
        confirmations.apply,
        agreement=agreed,
        actor=cast.actor("petition_officer"),
        court="清江县人民法院",
        applied_on=today(),
        applied_by="双方本人",
        together=True,
    )
    ask()
    refused(lambda: result(result=Ruling.CONFIRMED), "invalid")
    refused(lambda: result(result=Ruling.REJECTED, result_on=today() + DAY), "invalid")
    result(result=Ruling.WITHDRAWN)
    ask()
    made = result(result=Ruling.CONFIRMED, ruling_number="（2026）浙0000民特1号")
    assert made.result == Ruling.CONFIRMED
    refused(lambda: result(result=Ruling.REJECTED), "stale")
    refused(ask, "stale")


def test_a_settlement_without_a_mediator_is_not_confirmed(cast, matter):
    agreed = in_force(cast, matter, kind=AgreementKind.SETTLED)
    said = refused(
        lambda: confirmations.apply(
            agreement=agreed,
            actor=cast.actor("mediator"),
            court="法院",
            applied_on=today(),
            applied_by="双方",
            together=True,
        ),
        "invalid",
    )
    assert "和解协议" in said


def test_visits_stand_on_the_days_that_are_set(cast, matter, settings):
    settings.MEDIATION_VISIT_DAYS = [3, 10]
    agreed = in_force(cast, matter)
    days = [visit.due_on - agreed.effective_on for visit in agreed.visits.all()]
    assert days == [3 * DAY, 10 * DAY]
    visit = agreed.visits.first()
    record = partial(coming_back.record_visit, visit=visit, actor=cast.actor("mediator"))
    assert "怎么说" in refused(lambda: record(result=VisitResult.UNSATISFIED), "invalid")
    refused(lambda: record(result=VisitResult.SATISFIED, actor=cast.actor("handler")), "forbidden")
    record(result=VisitResult.UNSATISFIED, words="音响又响了。")
    visit.refresh_from_db()
    assert (visit.result, visit.words) == (VisitResult.UNSATISFIED, "音响又响了。")
    assert not visit.clocks.get().running
    refused(lambda: record(result=VisitResult.SATISFIED), "stale")


def test_whoever_visits_is_reminded(cast, agreed):
    due = agreed.visits.first().clocks.get().due_at
    sweep(AgreementClock, now=due - timedelta(hours=12))
    assert Notice.objects.filter(recipient=cast.mediator, text__contains="快到回访日期").exists()
    sweep(AgreementClock, now=due + timedelta(minutes=5))
    assert Notice.objects.filter(recipient=cast.mediator, text__contains="该回访了").exists()


def test_a_matter_comes_back_by_the_same_door_and_is_linked(cast, agreed, room_of):
    again = partial(coming_back.mediate_again, agreement=agreed, room=room_of(), mediator=cast.mediator)
    refused(lambda: again(actor=cast.actor("mediator")), "forbidden")
    made = again(actor=cast.actor("handler"))
    assert CameBack.objects.get(mediation=made).agreement == agreed
    assert made.parties.filter(is_petitioner=True).exists() and not made.consents.exists()
    assert "已在调解中" in refused(lambda: again(actor=cast.actor("handler")), "stale")
    assert MediationCase.objects.count() == 2


def test_a_dispute_comes_back_to_its_mediator_and_is_linked(cast, taken_up):
    dispute = settled(cast, taken_up(agreed=True))
    agreed = in_force(cast, dispute)
    again = partial(coming_back.mediate_again, agreement=agreed, room=dispute.room, mediator=cast.mediator)
    refused(lambda: again(actor=cast.actor("outsider")), "forbidden")
    made = again(actor=cast.actor("mediator"))
    assert CameBack.objects.get(mediation=made).agreement == agreed
    assert made.dispute == dispute.dispute and not made.consents.exists()
    assert made.parties.count() == 2
    refused(lambda: again(actor=cast.actor("mediator")), "stale")


def test_a_mediator_links_what_comes_back_to_a_dispute_they_mediated(cast, taken_up, dispute_of):
    first = settled(cast, taken_up(agreed=True))
    back = dispute_of(first.room)
    disputes.relate(dispute=back, actor=cast.actor("mediator"), number=first.dispute.number)
    assert back.earlier == first.dispute
    page = Dispute.objects.visible_to(cast.actor("mediator"))
    assert not page.filter(pk=first.dispute_id).exists()


@pytest.mark.article(33)
def test_the_petition_goes_on_with_its_clocks_and_is_told_that_and_not_what(cast, matter):
    case = matter.petition
    before = list(case.clocks.filter(stopped_at=None).values_list("pk", "due_at"))
    agreed = in_force(cast, matter)
    case.refresh_from_db()
    assert case.status == Status.ACCEPTED and matter.result == Result.AGREED
    assert list(case.clocks.filter(stopped_at=None).values_list("pk", "due_at")) == before and before
    told = Notice.objects.filter(text__contains="双方已在调解中达成协议")
    assert told.exists() and not told.filter(text__contains="收摊").exists()
    assert agreed.holds


def test_a_case_with_something_owed_is_not_put_away(cast, matter, agreed):
    case = matter.petition
    assert agreement_keeping.unfinished([case.pk]) == {case.pk}
    for row in duties_of(agreed):
        tell(cast, row)
    assert agreement_keeping.unfinished([case.pk]) == set()


def test_its_people_are_forgotten_with_the_case(cast, matter, agreed):
    first = duties_of(agreed)[0]
    tell(cast, first, words="李四付的现金。")
    assert agreement_keeping.forget(matter.petition) > 0
    text = agreed.texts.get()
    assert (text.facts, text.content) == ("", "")
    first.refresh_from_db()
    assert (first.what, first.way, first.reports.get().words) == ("", "", "")
    assert first.amount == Decimal("1000.00")
    assert agreed.files.get().content == ""
