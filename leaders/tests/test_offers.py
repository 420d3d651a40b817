from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actor import Actor
from core.converters import scattered
from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day, now
from deadlines.rulebook import rulebook
from leaders import tasks
from leaders.enums import BookingState, Tell, VisitKind
from leaders.models import Booking, VisitDay
from leaders.reception_enums import Stage
from leaders.services import stages, turns
from leaders.services.bookings import NewBooking, book, cancel_booking, mark_told, walk_in
from leaders.services.days import DayPlan, cancel_day, change_day
from leaders.services.offers import lapse, remind, take_offer
from leaders.services.receptions import Talk, receive
from leaders.services.replacing import substitute, swap
from notifications.models import Notice
from petitions.services.codes import new_token

pytestmark = pytest.mark.django_db
RESIDENT = Actor.petitioner()


@pytest.fixture
def asks():
    def make(day, *, at=None, **new):
        new = NewBooking(**{"matter": "老房漏水"} | new)
        return book(day=day, actor=RESIDENT, new=new, token=new_token(), at=at).booking

    return make


def fresh(booking):
    return Booking.objects.select_related("day", "kept_day").get(pk=booking.pk)


def test_a_cancelled_day_keeps_a_later_place_for_each_in_order(cast, asks, day_of):
    day, later, last = day_of(slots=6), day_of(days=5, slots=5), day_of(days=9, slots=6, post="leader2")
    line = [asks(day) for _n in range(12)]
    cancel_day(day=day, actor=cast.actor("petition_officer"), reason="防汛值守")
    kept = [fresh(one).kept_day for one in line]
    assert kept == [later] * 5 + [last] * 6 + [None]
    assert {fresh(one).state for one in line} == {BookingState.OFFERED}
    assert {fresh(one).to_tell for one in line} == {Tell.CALLED_OFF}
    told = Notice.objects.get(dedupe_key__startswith=f"visit_calls:off:{day.pk}")
    assert "12 位预约人" in told.text and told.recipient == cast.town_clerk


def test_a_kept_place_is_ahead_of_whoever_asks_anew_and_is_taken_by_one_press(cast, asks, day_of):
    day, later = day_of(slots=2), day_of(days=5, slots=2)
    old = [asks(day, name="甲"), asks(day)]
    cancel_day(day=day, actor=cast.actor("petition_officer"), reason="防汛")
    new = asks(later)
    assert new.state == BookingState.WAITING
    before = fresh(old[0])
    moved = take_offer(booking=before, actor=RESIDENT)
    assert (moved.day, moved.state, moved.slot, moved.moved_from) == (later, BookingState.BOOKED, 1, day)
    assert (fresh(moved).name, fresh(moved).code_hash) == ("甲", before.code_hash)
    with pytest.raises(Refusal):
        take_offer(booking=before, actor=RESIDENT)
    cancel_booking(booking=fresh(old[1]), actor=RESIDENT)
    assert fresh(new).slot == 2, "who gives the offer up makes room"


def test_an_offer_that_lapses_goes_to_those_who_wait(cast, asks, day_of):
    day, later = day_of(slots=1), day_of(days=20, slots=1)
    old = asks(day)
    cancel_day(day=day, actor=cast.actor("petition_officer"), reason="防汛")
    new, after = asks(later), fresh(old).kept_until
    assert lapse(now()) == 0
    assert lapse(after) == 1
    assert (fresh(new).state, fresh(old).kept_day) == (BookingState.BOOKED, None)
    assert lapse(after) == 0
    with pytest.raises(Refusal) as refusal:
        take_offer(booking=fresh(old), actor=RESIDENT, at=after)
    assert "另选一天" in refusal.value.sentence


def test_somebody_who_booked_the_later_day_too_is_not_booked_twice(cast, asks, day_of):
    day, later = day_of(slots=1), day_of(days=5, slots=3)
    old = asks(day, phone="13800001111")
    asks(later, phone="13800001111")
    cancel_day(day=day, actor=cast.actor("petition_officer"), reason="防汛")
    with pytest.raises(Refusal) as refusal:
        take_offer(booking=fresh(old), actor=RESIDENT)
    assert "不用再约" in refusal.value.sentence


def test_the_person_reads_the_offer_and_takes_it(cast, client, day_of):
    day, later = day_of(slots=1), day_of(days=5, slots=1)
    client.post(reverse("leaders:public_day", args=[day.pk]), {"token": new_token(), "matter": "漏水"})
    cancel_day(day=day, actor=cast.actor("petition_officer"), reason="防汛值守")
    mine = reverse("leaders:my_booking")
    page = client.get(mine).content.decode()
    assert "防汛值守" in page and "改到这一天" in page
    assert client.post(reverse("leaders:my_booking_take")).status_code == 302
    assert Booking.objects.get().day == later
    assert "这是改到的日子" in client.get(mine).content.decode()
    closed = client.get(reverse("leaders:public_day", args=[day.pk])).content.decode()
    assert "已经取消" in closed and "可以改约的日子" in closed


def days_until(fits):
    """To the first day beyond any holiday that begins now of which ``fits(calendar, day)``."""
    calendar, today = rulebook().calendar, local_day(now())
    return next(n for n in range(14, 60) if fits(calendar, today + timedelta(days=n)))


def test_on_the_day_before_each_is_reminded_once(cast, asks, day_of):
    two = days_until(lambda calendar, day: all(calendar.is_workday(day - timedelta(days=n)) for n in (0, 1)))
    day, further = day_of(days=two, slots=2), day_of(days=two + 3, slots=2)
    booking = asks(day, at=now())
    asks(day)
    asks(day)
    asks(further)
    assert remind(now()) == 0
    before = day.starts_at - timedelta(hours=20)
    assert remind(before) == 2
    assert (fresh(booking).to_tell, fresh(booking).reminded_at) == (Tell.REMINDER, before)
    notices = Notice.objects.count()
    assert remind(before) == 0
    assert remind(before + timedelta(hours=1)) == 0
    assert Notice.objects.count() == notices
    cancel_booking(booking=booking, actor=RESIDENT, at=before)
    assert remind(before + timedelta(hours=2)) == 1, "who was promoted is reminded too"


def test_the_task_runs_and_runs_again(asks, day_of):
    asks(day_of(days=1, slots=1))
    tasks.settle_bookings()
    tasks.settle_bookings()
    assert Booking.objects.exclude(reminded_at=None).count() == 1


@pytest.mark.parametrize("hour", [9, 17])
def test_a_weekend_is_no_time_to_take_an_offer_or_to_be_reminded(cast, asks, day_of, hour):
    def monday_after_a_weekend(calendar, day):
        works = [calendar.is_workday(day - timedelta(days=n)) for n in range(4)]
        return (
            day.weekday() == 0
            and works == [True, False, False, True]
            and calendar.is_workday(day + timedelta(days=1))
        )

    n = days_until(monday_after_a_weekend)
    monday, later = day_of(days=n, slots=2), day_of(days=n + 10, slots=2)
    booking = asks(monday, at=now())
    friday = (monday.starts_at - timedelta(days=3)).astimezone(SHANGHAI).replace(hour=hour)
    assert remind(friday - timedelta(days=1)) == 0
    assert remind(friday) == 1, "nobody calls on Sunday"
    cancel_day(day=monday, actor=cast.actor("petition_officer"), reason="防汛", at=friday)
    assert fresh(booking).kept_day == later
    assert fresh(booking).kept_until == friday + timedelta(days=4)


def test_who_was_called_in_before_it_was_called_off_is_written_down_and_the_rest_is_offered(
    cast, day_today, day_of, fresh_case
):
    day, later, officer = day_today(), day_of(days=5, slots=2), cast.actor("petition_officer")
    at = day.starts_at - timedelta(days=1)

    def ask(name):
        return book(
            day=day, actor=RESIDENT, new=NewBooking(matter="漏水", name=name), token=new_token(), at=at
        ).booking

    first, second, third = ask("甲"), ask("乙"), ask("丙")
    come = walk_in(day=day, actor=officer, new=NewBooking(matter="路灯", name="丁"), token=new_token())
    turns.call(day=day, actor=officer)
    receive(
        petition=fresh_case(), actor=officer, talk=Talk(post=day.post, said="谈了。", day=day, booking=first)
    )
    called = turns.call(day=day, actor=officer)
    assert called == second
    with pytest.raises(Refusal, match="已经开始叫号"):
        change_day(day=day, actor=officer, plan=DayPlan(**plan_of(day)))
    with pytest.raises(Refusal, match="已经叫到"):
        cancel_booking(booking=fresh(second), actor=RESIDENT)
    cancel_day(day=day, actor=officer, reason="临时防汛")
    assert [fresh(one).state for one in (first, second)] == [BookingState.BOOKED] * 2
    assert [fresh(one).kept_day for one in (third, come)] == [later] * 2
    assert {fresh(one).to_tell for one in (third, come)} == {Tell.CALLED_OFF}
    day.refresh_from_db()
    talk = Talk(post=day.post, said="也谈了。", day=day, booking=fresh(second))
    record = receive(petition=fresh_case(), actor=officer, talk=talk)
    assert record.at == fresh(second).record.at < now()
    with pytest.raises(Refusal, match="已经取消"):
        receive(petition=fresh_case(), actor=officer, talk=Talk(post=day.post, said="没谈。", day=day))


def plan_of(day):
    """The same a day later."""
    names = ("post", "kind", "starts_at", "ends_at", "place_unit", "place_text", "slots")
    tomorrow = {name: getattr(day, name) + timedelta(days=1) for name in ("starts_at", "ends_at")}
    return {name: getattr(day, name) for name in names} | tomorrow


def test_whose_kept_place_is_called_off_too_is_offered_another(cast, asks, day_of):
    officer = cast.actor("petition_officer")
    day, second, third = day_of(slots=1), day_of(days=20, slots=1), day_of(days=22, slots=1)
    booking = asks(day)
    cancel_day(day=day, actor=officer, reason="防汛")
    Booking.objects.update(to_tell="")
    substitute(day=second, actor=officer, post=cast.post("leader2"), reason="出差")
    assert fresh(booking).to_tell == Tell.CHANGED
    cancel_day(day=second, actor=officer, reason="开会")
    assert (fresh(booking).kept_day, fresh(booking).to_tell) == (third, Tell.CALLED_OFF)


def test_what_was_not_said_is_not_noted_as_told(cast, asks, day_of):
    booking, clerk = asks(day_of(slots=1)), cast.actor("town_clerk")
    Booking.objects.update(to_tell=Tell.CALLED_OFF)
    with pytest.raises(Refusal, match="刚才又有变动：本场取消"):
        mark_told(booking=booking, actor=clerk, what=Tell.REMINDER)
    assert fresh(booking).to_tell == Tell.CALLED_OFF


def test_a_home_is_never_announced(cast, client, day_of):
    day = day_of(kind=VisitKind.AT_HOME, place_text="柳湾村钱家", published=True)
    assert not day.published
    assert "柳湾村钱家" not in client.get(reverse("leaders:public_visits")).content.decode()


def test_a_reception_that_is_done_changes_hands_no_more(cast, day_today):
    day, officer = day_today(), cast.actor("petition_officer")
    for stage in (Stage.PREPARE, Stage.HOLD):
        stages.close_stage(day=day, actor=officer, stage=stage)
    with pytest.raises(Refusal, match="已经结束"):
        substitute(day=day, actor=officer, post=cast.post("leader2"), reason="出差")


def test_one_telephone_has_one_place_however_it_is_written(asks, day_of):
    day = day_of(slots=5)
    asks(day, phone="13800001111")
    for written in (
        "138-0000-1111",
        "138 0000 1111",
        "+86 138 0000 1111",
        "１３８００００１１１１",
        "86-13800001111",
    ):
        with pytest.raises(Refusal, match="已经用这个电话"):
            asks(day, phone=written)


def test_a_talk_belongs_to_its_day(cast, day_of, fresh_case):
    day, officer = day_of(days=2), cast.actor("petition_officer")
    talk = Talk(post=day.post, said="谈过了。", day=day)
    with pytest.raises(Refusal, match="接访当天才能"):
        receive(petition=fresh_case(), actor=officer, talk=talk)
    record = receive(petition=fresh_case(), actor=officer, talk=talk, at=day.ends_at + timedelta(days=1))
    assert record.at == day.starts_at


# Another leader


def test_a_deputy_takes_the_day_and_everybody_is_told(cast, asks, day_of):
    day = day_of(slots=2, deputy=cast.post("leader2"), accompanying=[cast.units.urban])
    booking = asks(day)
    done = substitute(day=day, actor=cast.actor("petition_officer"), post=cast.post("leader2"), reason="出差")
    assert (done.leader, done.post, done.deputy) == (cast.leader2, cast.post("leader2"), None)
    assert fresh(booking).to_tell == Tell.CHANGED
    told = Notice.objects.filter(dedupe_key__startswith=f"visit_day:{day.pk}:replaced")
    assert set(told.values_list("recipient__username", flat=True)) == {"leader", "leader2", "unit_head"}


def test_two_leaders_exchange_days_even_at_the_same_hours(cast, asks, day_of):
    one, two = day_of(slots=2), day_of(post="leader2", place_text="村委会")
    booking = asks(one)
    swap(day=one, other=two, actor=cast.actor("petition_officer"), reason="工作安排")
    one, two = VisitDay.objects.get(pk=one.pk), VisitDay.objects.get(pk=two.pk)
    assert (one.leader, two.leader) == (cast.leader2, cast.leader)
    assert (one.post, two.post) == (cast.post("leader2"), cast.post("leader"))
    assert fresh(booking).to_tell == Tell.CHANGED


def test_nobody_takes_a_day_while_elsewhere(cast, day_of):
    day, officer = day_of(), cast.actor("petition_officer")
    day_of(hour=10, post="leader2", place_text="村委会")
    with pytest.raises(Refusal) as refusal:
        substitute(day=day, actor=officer, post=cast.post("leader2"), reason="出差")
    assert refusal.value.code == "overlap" and "村委会" in refusal.value.sentence
    third = day_of(days=6, post="leader2")
    day_of(days=6, hour=10, place_text="接访大厅")
    with pytest.raises(Refusal) as refusal:
        swap(day=day, other=third, actor=officer, reason="出差")
    assert refusal.value.code == "overlap"


@pytest.mark.parametrize("key", ["leader", "clerk", "handler", "outsider"])
def test_only_planners_put_somebody_else_there(cast, day_of, key):
    day, other = day_of(), day_of(days=4, post="leader2")
    for door in (
        lambda: substitute(day=day, actor=cast.actor(key), post=cast.post("leader2"), reason="x"),
        lambda: swap(day=day, other=other, actor=cast.actor(key), reason="x"),
    ):
        with pytest.raises(Refusal) as refusal:
            door()
        assert refusal.value.code == "forbidden"


def test_what_cannot_be_exchanged_is_refused(cast, day_of):
    day, officer = day_of(), cast.actor("petition_officer")
    same, gone = day_of(days=4), day_of(days=7, post="leader2")
    cancel_day(day=gone, actor=officer, reason="防汛")
    for door, words in (
        (lambda: swap(day=day, other=day, actor=officer, reason="x"), "另一场"),
        (lambda: swap(day=day, other=same, actor=officer, reason="x"), "同一位"),
        (lambda: swap(day=day, other=gone, actor=officer, reason="x"), "已经取消"),
        (lambda: substitute(day=day, actor=officer, post=cast.post("leader"), reason="x"), "就是这位"),
        (lambda: substitute(day=day, actor=officer, post=cast.post("unit_head"), reason="x"), "在任的领导"),
        (lambda: substitute(day=day, actor=officer, post=cast.post("leader2"), reason=" "), "原因"),
        (
            lambda: substitute(day=day, actor=officer, post=cast.post("leader2"), reason="x", at=day.ends_at),
            "已经结束",
        ),
    ):
        with pytest.raises(Refusal) as refusal:
            door()
        assert words in refusal.value.sentence


def test_the_officer_exchanges_and_replaces_from_the_page(cast, client_as, day_of):
    day, other = day_of(), day_of(days=5, post="leader2", kind=VisitKind.GO_DOWN)
    client, address = client_as(cast.petition_officer), reverse("leaders:day_replace", args=[day.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "出差"}).status_code == 422
    both = {"post": cast.post("leader2").pk, "other": scattered(other.pk), "reason": "出差"}
    assert client.post(address, both).status_code == 422
    assert client.post(address, {"other": scattered(other.pk), "reason": "出差"}).status_code == 302
    assert VisitDay.objects.get(pk=day.pk).leader == cast.leader2
    back = client.post(address, {"post": cast.post("leader").pk, "reason": "回来了"})
    assert back.status_code == 302
    assert VisitDay.objects.get(pk=day.pk).leader == cast.leader
