"""On the day: calling the next one, who came and who did not, and the three stages."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.actor import Actor
from accounts.models import AuditEntry
from core.converters import scattered
from core.errors import Refusal
from core.timekeeping import now
from leaders.models import Booking, DayCase, VisitDay, VisitRecord
from leaders.reception_enums import Stage, Turn
from leaders.selectors.desk import desk_of
from leaders.services import sealing, stages, turns
from leaders.services.bookings import NewBooking, book, cancel_booking, walk_in
from leaders.services.day_cases import pick_case
from leaders.services.days import cancel_day
from leaders.services.instructions import acknowledge_instruction, report_instruction
from leaders.services.receptions import NewPromise, Talk, receive
from leaders.services.replacing import substitute
from petitions.enums import Kind
from petitions.models import Petition
from petitions.services.codes import new_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def asks(cast):
    """``asks(day, "张三")``: a place asked for the day before."""

    def make(day, name, **new):
        at = day.starts_at - timedelta(days=1)
        fields = {"name": name, "matter": f"{name}的事", **new}
        return book(
            day=day, actor=Actor.petitioner(), new=NewBooking(**fields), token=new_token(), at=at
        ).booking

    return make


@pytest.fixture
def comes(cast):
    def make(day, name):
        new = NewBooking(name=name, matter=f"{name}的事")
        return walk_in(day=day, actor=cast.actor("clerk"), new=new, token=new_token())

    return make


@pytest.fixture
def talk(cast):
    def make(day, **fields):
        return Talk(**{"post": cast.post("leader"), "said": "谈了。", "day": day, **fields})

    return make


def turn_of(booking):
    return Booking.objects.get(pk=booking.pk).turn


def test_turns_go_by_slots_and_then_by_coming(cast, asks, comes, day_today):
    day, clerk = day_today(), cast.actor("clerk")
    came = comes(day, "赵来")
    first, second = asks(day, "钱甲"), asks(day, "孙乙")
    assert [row.pk for row in desk_of(day, clerk).line] == [first.pk, second.pk, came.pk]
    for expected in (first, second, came):
        assert turns.call(day=day, actor=clerk) == expected
    assert [turn_of(row) for row in (first, second, came)] == [Turn.DONE, Turn.DONE, Turn.IN_ROOM]
    with pytest.raises(Refusal, match="没有人在等了"):
        turns.call(day=day, actor=clerk)


def test_somebody_may_be_called_first_and_whoever_came_late_is_back_in_line(cast, asks, day_today):
    day, leader = day_today(), cast.actor("leader")
    first, second = asks(day, "钱甲"), asks(day, "孙乙")
    turns.mark(booking=first, actor=leader, turn=Turn.ABSENT)
    assert turns.call(day=day, actor=leader, booking=second) == second
    turns.mark(booking=first, actor=leader, turn=Turn.WAITING)
    assert turns.call(day=day, actor=leader) == first
    assert AuditEntry.objects.filter(act="visit_turn.call").count() == 2
    with pytest.raises(Refusal, match="已经叫过"):
        turns.call(day=day, actor=leader, booking=second)


def test_the_room_holds_one(cast, asks, day_today):
    day = day_today()
    asks(day, "钱甲"), asks(day, "孙乙")
    with pytest.raises(IntegrityError, match="booking_one_in_the_room"), transaction.atomic():
        Booking.objects.filter(day=day).update(turn=Turn.IN_ROOM)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_call_at_once_call_two(cast, asks, day_today):
    day = day_today()
    both = {asks(day, "钱甲").pk, asks(day, "孙乙").pk}
    called = []

    def run(key):
        try:
            called.append(turns.call(day=day, actor=cast.actor(key)).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(key,)) for key in ("leader", "clerk")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(called) == both
    assert Booking.objects.filter(day=day, turn=Turn.IN_ROOM).count() == 1


def test_turns_are_called_on_the_day_alone_and_by_those_who_receive(cast, asks, day_of, day_today, plan):
    later = day_of(slots=2)
    booking = asks(later, "钱甲")
    for door in (
        lambda: turns.call(day=later, actor=cast.actor("clerk")),
        lambda: turns.mark(booking=booking, actor=cast.actor("clerk"), turn=Turn.ABSENT),
    ):
        with pytest.raises(Refusal, match="接访当天"):
            door()
    day = day_today()
    booking = asks(day, "孙乙")
    for key in ("leader2", "handler", "inspector"):
        with pytest.raises(Refusal) as refusal:
            turns.call(day=day, actor=cast.actor(key))
        assert refusal.value.code == "forbidden"
    assert turn_of(booking) == Turn.WAITING


def test_a_talk_written_down_ends_the_turn_once(cast, asks, day_today, talk, fresh_case):
    day, clerk, case = day_today(), cast.actor("clerk"), fresh_case()
    booking = asks(day, "钱甲")
    turns.call(day=day, actor=clerk)
    record = receive(petition=case, actor=clerk, talk=talk(day, booking=booking))
    assert (record.booking, turn_of(booking)) == (booking, Turn.DONE)
    with pytest.raises(Refusal, match="已经记录"):
        turns.mark(booking=booking, actor=clerk, turn=Turn.ABSENT)
    with pytest.raises(Refusal, match="已经记录过"):
        receive(petition=case, actor=clerk, talk=talk(day, booking=booking))
    other = asks(day_today(post="leader2"), "孙乙")
    with pytest.raises(Refusal, match="已经取消或改期"):
        receive(petition=case, actor=clerk, talk=talk(day, booking=other))
    assert VisitRecord.objects.count() == 1


def test_heard_is_not_said_of_somebody_who_was_never_called(cast, asks, day_today):
    day = day_today()
    booking = asks(day, "钱甲")
    with pytest.raises(Refusal, match="请先叫到"):
        turns.mark(booking=booking, actor=cast.actor("clerk"), turn=Turn.DONE)
    cancel_booking(booking=booking, actor=cast.actor("clerk"))
    with pytest.raises(Refusal, match="取消或改期"):
        turns.mark(booking=booking, actor=cast.actor("clerk"), turn=Turn.ABSENT)


def test_the_page_calls_marks_and_leads_to_a_form_with_what_is_known(
    cast, asks, client_as, day_today, fresh_case
):
    day, client = day_today(), client_as(cast.leader)
    first, second = asks(day, "钱甲", phone="13800001111"), asks(day, "孙乙")
    page = reverse("leaders:day_desk", args=[day.pk])
    assert "叫下一位：1 号 钱甲" in client.get(page).content.decode().replace("\n", "")
    answer = client.post(reverse("leaders:day_call", args=[day.pk]), follow=True)
    assert "请 1 号 进来" in answer.content.decode()
    form = client.get(reverse("leaders:receive_booking", args=[first.pk])).context["form"]
    assert (form["name"].value(), form["people"].value(), form["body"].value()) == (
        "钱甲",
        "钱甲",
        "钱甲的事",
    )
    case = fresh_case()
    third = asks(day, "李丙", petition=case)
    page3 = reverse("leaders:receive_booking", args=[third.pk])
    answer = client.get(page3)
    assert (answer.context["case"], "body" in answer.context["form"].fields) == (case, False)
    assert client.get(f"{page3}?other=1").context["form"]["body"].value() == "李丙的事"
    client.post(reverse("leaders:booking_turn", args=[second.pk]), {"turn": "absent"})
    assert turn_of(second) == Turn.ABSENT
    answer = client.post(
        reverse("leaders:day_call", args=[day.pk]), {"booking": scattered(second.pk)}, follow=True
    )
    assert "刚才已经叫过" in answer.content.decode()
    assert client_as(cast.leader2).get(page).status_code == 403
    assert client_as(cast.handler).get(page).status_code == 403


def test_the_page_asks_as_often_for_three_as_for_one(
    cast, asks, client_as, day_today, django_assert_num_queries, fresh_case
):
    from django.test.utils import CaptureQueriesContext

    day, clerk = day_today(slots=9), cast.actor("clerk")
    asks(day, "钱甲", petition=fresh_case())
    pick_case(day=day, petition=fresh_case(), actor=cast.actor("petition_officer"))
    with CaptureQueriesContext(connection) as one:
        desk_of(day, clerk)
    for name in ("孙乙", "李丙"):
        asks(day, name, petition=fresh_case())
        pick_case(day=day, petition=fresh_case(), actor=cast.actor("petition_officer"))
    with CaptureQueriesContext(connection) as three:
        assert len(desk_of(day, clerk).line) == 3
    assert len(three) == len(one)


def close(cast, day, stage, key="petition_officer"):
    return stages.close_stage(day=day, actor=cast.actor(key), stage=stage)


def test_three_stages_each_after_the_one_before_with_when_and_by_whom(
    cast, asks, day_today, talk, fresh_case, today
):
    """受理一场接访 from the list to the last promise: what is open is named each time."""
    day, officer, clerk = day_today(), cast.actor("petition_officer"), cast.actor("clerk")
    case = fresh_case()
    picked = pick_case(day=day, petition=case, actor=officer)
    booking = asks(day, "钱甲")
    for stage in (Stage.HOLD, Stage.FOLLOW):
        with pytest.raises(Refusal, match="请先完成“事前登记”"):
            close(cast, day, stage)
    with pytest.raises(Refusal, match=f"{case.number} 还没有预读"):
        close(cast, day, Stage.PREPARE)
    assert stages.mark_read(day=day, actor=cast.actor("leader")) == 1
    close(cast, day, Stage.PREPARE)
    with pytest.raises(Refusal, match="不能再加带案"):
        pick_case(day=day, petition=fresh_case(), actor=officer)

    with pytest.raises(Refusal) as refusal:
        close(cast, day, Stage.HOLD)
    assert "1 号（等候）没有谈话记录" in refusal.value.sentence
    assert f"带案 {case.number} 没有谈话记录" in refusal.value.sentence
    turns.mark(booking=booking, actor=clerk, turn=Turn.ABSENT)
    promises = [
        NewPromise(text="十点收摊", to_whom="张小河", due_on=today + timedelta(days=5)),
        NewPromise(text="下周回电话", to_whom="张小河", due_on=today + timedelta(days=5), task=False),
    ]
    record = receive(petition=case, actor=clerk, talk=talk(day, promises=promises))
    with pytest.raises(Refusal, match="已经记录"):
        turns.mark_case(picked=picked, actor=officer, came=False)
    close(cast, day, Stage.HOLD, "leader")
    with pytest.raises(Refusal, match="事中处置已于"):
        receive(petition=case, actor=clerk, talk=talk(day))

    task, own = record.promises.all()
    with pytest.raises(Refusal) as refusal:
        close(cast, day, Stage.FOLLOW)
    assert "“十点收摊” 城市管理局还没有反馈" in refusal.value.sentence
    assert "“下周回电话” 还没有记为兑现" in refusal.value.sentence
    report_instruction(instruction=task.instruction, actor=cast.actor("handler"), text="已收摊。")
    stages.keep_promise(promise=own, actor=officer, text="已回电话。")
    with pytest.raises(Refusal, match="领导还没有阅示"):
        close(cast, day, Stage.FOLLOW)
    acknowledge_instruction(instruction=task.instruction, actor=cast.actor("leader"), enough=True)
    done = close(cast, day, Stage.FOLLOW)
    assert (done.prepared_by, done.held_by, done.followed_by) == (
        cast.petition_officer,
        cast.leader,
        cast.petition_officer,
    )
    assert done.prepared_at < done.held_at < done.followed_at
    assert done.stage is None
    with pytest.raises(Refusal, match="“事后督办”已于"):
        close(cast, day, Stage.FOLLOW)
    assert AuditEntry.objects.filter(act="visit_day.stage").count() == 3


def test_the_database_keeps_the_order_of_the_stages(cast, day_today):
    day = day_today()
    for wrong in ({"held_at": now()}, {"prepared_at": now(), "followed_at": now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            VisitDay.objects.filter(pk=day.pk).update(**wrong)


def test_nobody_books_after_the_list_is_closed_but_whoever_comes_is_received(cast, asks, comes, day_today):
    day = day_today()
    close(cast, day, Stage.PREPARE)
    with pytest.raises(Refusal, match="名单已经定了"):
        asks(day, "钱甲")
    assert comes(day, "赵来").turn == Turn.WAITING


def test_a_day_of_another_leader_is_prepared_anew(cast, day_of, fresh_case):
    day, officer = day_of(), cast.actor("petition_officer")
    pick_case(day=day, petition=fresh_case(unit=cast.units.housing), actor=officer)
    stages.mark_read(day=day, actor=officer)
    close(cast, day, Stage.PREPARE)
    substitute(day=day, actor=officer, post=cast.post("leader2"), reason="出差")
    day.refresh_from_db()
    assert (day.prepared_at, day.stage) == (None, Stage.PREPARE)
    assert DayCase.objects.get(day=day).read_at is None


def test_neither_before_it_began_nor_after_it_was_called_off_nor_by_others(cast, day_of):
    day = day_of()
    close(cast, day, Stage.PREPARE)
    with pytest.raises(Refusal, match="还没有开始"):
        close(cast, day, Stage.HOLD)
    for key in ("clerk", "leader2", "handler"):
        with pytest.raises(Refusal) as refusal:
            close(cast, day, Stage.HOLD, key)
        assert refusal.value.code == "forbidden"
    cancel_day(day=day, actor=cast.actor("petition_officer"), reason="防汛")
    with pytest.raises(Refusal, match="已经取消"):
        close(cast, day, Stage.HOLD)


@pytest.mark.article(30)
def test_a_case_sealed_later_holds_no_stage_up_and_is_not_named(cast, day_today, talk, fresh_case, asks):
    day, officer, case = day_today(), cast.actor("petition_officer"), fresh_case()
    booking = asks(day, "钱甲")
    promise = NewPromise(text="查清", to_whom="某人", due_on=now().date() + timedelta(days=5))
    receive(petition=case, actor=officer, talk=talk(day, booking=booking, promises=[promise]))
    Petition.objects.filter(pk=case.pk).update(sealed=True, kind=Kind.ACCUSATION)
    case.refresh_from_db()
    sealing.let_go(case, now())
    for stage in Stage:
        assert stages.open_items(day, stage) == []
        close(cast, day, stage)
    assert Booking.objects.get(pk=booking.pk).matter == ""
    assert desk_of(day, officer).line == [], "no row that was heard and has no record to be read"


@pytest.mark.article(28)
def test_those_who_did_not_come_are_noted_with_the_stage_in_one_press(
    cast, client_as, asks, day_today, talk, fresh_case
):
    day, officer = day_today(slots=2), cast.actor("petition_officer")
    here, *gone = [asks(day, name) for name in "甲乙丙丁"]
    picked = pick_case(day=day, petition=fresh_case(), actor=officer)
    stages.mark_read(day=day, actor=officer)
    close(cast, day, Stage.PREPARE)
    turns.call(day=day, actor=officer)
    desk, address = client_as(cast.petition_officer), reverse("leaders:day_stage", args=[day.pk])
    answer = desk.post(address, {"stage": "hold", "rest_absent": "1"}, follow=True)
    assert "1 号（正在谈）没有谈话记录" in answer.content.decode(), "who was called in is not absent"
    assert set(day.bookings.values_list("turn", flat=True)) == {Turn.IN_ROOM, Turn.WAITING}, (
        "nothing is half done"
    )
    receive(petition=fresh_case(), actor=officer, talk=talk(day, booking=here))
    desk.post(address, {"stage": "hold", "rest_absent": "1"})
    day.refresh_from_db()
    picked.refresh_from_db()
    assert day.held_at is not None and picked.turn == Turn.ABSENT
    assert set(day.bookings.filter(pk__in=[one.pk for one in gone]).values_list("turn", flat=True)) == {
        Turn.ABSENT
    }


def test_what_is_open_of_a_case_out_of_sight_is_not_named(cast, day_today, talk, fresh_case, today):
    day, case = day_today(), fresh_case()
    promise = NewPromise(text="查清", to_whom="某人", due_on=today + timedelta(days=5))
    receive(petition=case, actor=cast.actor("clerk"), talk=talk(day, promises=[promise]))
    items = stages.open_items(day, Stage.FOLLOW)
    assert case.number in stages.in_words(items, cast.actor("petition_officer"))[0]
    assert stages.in_words(items, cast.actor("outsider")) == ["还有没有办完的，请信访局核对"]


def test_a_promise_without_a_task_is_kept_on_the_page_of_its_record(
    cast, client_as, talk, day_today, fresh_case
):
    day = day_today()
    due = now().date() + timedelta(days=5)
    own = NewPromise(text="回电话", to_whom="张小河", due_on=due, task=False)
    record = receive(petition=fresh_case(), actor=cast.actor("clerk"), talk=talk(day, promises=[own]))
    promise, client = record.promises.get(), client_as(cast.petition_officer)
    address = reverse("leaders:promise_done", args=[promise.pk])
    assert client.post(address, {"text": " "}).status_code == 422
    assert client.post(address, {"text": "已打电话说清。"}).url == record.get_absolute_url()
    assert "已打电话说清。" in client.get(record.get_absolute_url()).content.decode()
    answer = client.post(address, {"text": "再来一次"})
    assert answer.status_code == 409
    assert "再来一次" in answer.content.decode()
    assert client_as(cast.clerk).post(address, {"text": "x"}).status_code == 403


def test_the_page_closes_a_stage_or_says_what_is_open_and_the_list_shows_it(cast, client_as, asks, day_today):
    day, client = day_today(), client_as(cast.petition_officer)
    asks(day, "钱甲")
    address = reverse("leaders:day_stage", args=[day.pk])
    assert "“事前登记”已完成" in client.post(address, {"stage": "prepare"}, follow=True).content.decode()
    page = client.post(address, {"stage": "hold"}, follow=True).content.decode()
    assert "还不能完成“事中处置”：1 号（等候）没有谈话记录" in page
    assert "事中处置" in client.get(reverse("leaders:days") + "?view=open").content.decode()
    assert VisitDay.objects.get(pk=day.pk).held_at is None
