import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import now
from leaders.enums import BookingState, Tell
from leaders.models import Booking, VisitDay
from leaders.services import archives
from leaders.services.bookings import NewBooking, book, cancel_booking, mark_told, promote, walk_in
from leaders.services.days import change_day
from leaders.services.sealing import let_go
from leaders.views import public_bookings
from notifications.models import Notice
from petitions.enums import Kind, RecusalGround
from petitions.models import Petition
from petitions.services import codes, recusing
from petitions.services.codes import new_token, query_code

pytestmark = pytest.mark.django_db
RESIDENT = Actor.petitioner()


@pytest.fixture
def asks():
    """``asks(day)``: a resident books for themselves."""

    def make(day, *, token="", actor=RESIDENT, at=None, **new):
        new = NewBooking(**{"matter": "老房漏水"} | new)
        return book(day=day, actor=actor, new=new, token=token or new_token(), at=at).booking

    return make


def out(cast, case):
    """高远 is recused from the case."""
    recusing.exclude(
        petition=case,
        actor=cast.actor("petition_officer"),
        user=cast.leader,
        ground=RecusalGround.FAMILY,
        reason="亲属",
    )


def line(day):
    return [
        (row.state, row.slot)
        for row in Booking.objects.filter(day=day).order_by("ordinal").only("state", "slot")
    ]


def test_two_hundred_people_for_five_slots_are_five_booked_and_the_rest_waiting_in_order(asks, day_of):
    day = day_of(slots=5)
    for n in range(200):
        asks(day, phone=f"1380000{n:04d}")
    assert line(day) == [("booked", n) for n in range(1, 6)] + [("waiting", None)] * 195
    cancel_booking(booking=Booking.objects.get(day=day, slot=2), actor=RESIDENT)
    sixth = Booking.objects.get(day=day, ordinal=6)
    assert (sixth.state, sixth.slot, sixth.to_tell) == (BookingState.BOOKED, 2, Tell.PROMOTED)
    assert Booking.objects.filter(day=day, state=BookingState.WAITING).count() == 194


def test_earlier_petitions_never_lower_a_place(cast, asks, day_of, fresh_case):
    day = day_of(slots=2)
    busy = [fresh_case() for _n in range(4)]
    first = asks(day, petition=busy[0], phone="13800001111")
    asks(day, phone="13900002222")
    third = asks(day, petition=busy[1], phone="13800003333")
    asks(day, phone="13900004444")
    assert (first.slot, third.state) == (1, BookingState.WAITING)
    cancel_booking(booking=first, actor=RESIDENT)
    third.refresh_from_db()
    assert (third.state, third.slot) == (BookingState.BOOKED, 1)


@pytest.mark.django_db(transaction=True)
def test_the_last_slot_asked_for_over_two_connections_goes_to_one_and_the_other_waits(asks, day_of):
    day = day_of(slots=1)
    start, failed = threading.Barrier(2), []

    def ask(n):
        try:
            start.wait(10)
            asks(
                VisitDay.objects.select_related("post__unit", "place_unit").get(pk=day.pk),
                phone=f"1380000000{n}",
            )
        except Exception as error:  # told below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(n,)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failed == []
    assert sorted(line(day), key=str) == [("booked", 1), ("waiting", None)]


def test_the_database_too_gives_a_slot_once(asks, day_of):
    day = day_of(slots=2)
    asks(day)
    second = asks(day)
    with pytest.raises(IntegrityError, match="booking_one_per_slot"), transaction.atomic():
        Booking.objects.filter(pk=second.pk).update(slot=1)


def test_the_same_form_twice_is_one_booking(day_of):
    day, token = day_of(slots=3), new_token()
    new = NewBooking(matter="老房漏水", phone="13800001111")
    one = book(day=day, actor=RESIDENT, new=new, token=token)
    two = book(day=day, actor=RESIDENT, new=new, token=token)
    assert (one.created, two.created) == (True, False)
    assert (one.booking, one.code) == (two.booking, two.code)
    assert Booking.objects.count() == 1


def test_a_telephone_or_a_case_has_one_place_in_a_line(asks, day_of, fresh_case):
    day, case = day_of(slots=3), fresh_case()
    asks(day, petition=case, phone="13800001111")
    for again in ({"phone": "13800001111"}, {"petition": case}):
        with pytest.raises(Refusal) as refusal:
            asks(day, **again)
        assert "不用再约" in refusal.value.sentence
    other = day_of(days=5, slots=3)
    assert asks(other, phone="13800001111").state == BookingState.BOOKED


@pytest.mark.parametrize(
    "plan_of, words",
    [({"slots": None}, "不用预约"), ({"slots": 3, "published": False}, "不用预约")],
)
def test_what_takes_no_bookings_says_that_one_may_come(asks, day_of, plan_of, words):
    with pytest.raises(Refusal) as refusal:
        asks(day_of(**plan_of))
    assert refusal.value.code == "stale"
    assert words in refusal.value.sentence


def test_after_the_start_one_comes_without_booking(asks, day_of):
    day = day_of(slots=3)
    with pytest.raises(Refusal) as refusal:
        asks(day, at=day.starts_at)
    assert "直接到现场取号" in refusal.value.sentence


@pytest.mark.parametrize(
    "new, words",
    [({"matter": " "}, "要谈什么事"), ({"heads": 0}, "人数"), ({"matter": "长" * 501}, "最多 500")],
)
def test_a_booking_that_says_nothing_is_refused(asks, day_of, new, words):
    with pytest.raises(Refusal) as refusal:
        asks(day_of(slots=3), **new)
    assert (refusal.value.code, words in refusal.value.sentence) == ("invalid", True)


def test_walk_ins_get_the_next_number_whatever_the_slots_say(cast, asks, day_of):
    day = day_of(slots=1)
    asks(day)
    clerk, at = cast.actor("clerk"), day.starts_at + timedelta(minutes=5)
    numbers = [
        walk_in(day=day, actor=clerk, new=NewBooking(matter="路灯"), token=new_token(), at=at).ordinal
        for _n in range(3)
    ]
    assert numbers == [2, 3, 4]
    with pytest.raises(Refusal) as refusal:
        walk_in(day=day, actor=clerk, new=NewBooking(matter="路灯"), token=new_token())
    assert "只在接访当天" in refusal.value.sentence
    free = day_of(days=3, slots=None)
    came = walk_in(day=free, actor=clerk, new=NewBooking(matter="路灯"), token=new_token(), at=free.starts_at)
    assert came.state == BookingState.WALKED_IN


def test_a_town_clerk_books_for_the_own_town_and_others_do_not(cast, asks, day_of):
    day = day_of(slots=3)  # at 东溪镇
    assert asks(day, actor=cast.actor("town_clerk")).recorded_by == cast.town_clerk
    for key in ("handler", "leader", "inspector", "outsider"):
        with pytest.raises(Refusal) as refusal:
            asks(day, actor=cast.actor(key))
        assert refusal.value.code == "forbidden"
    elsewhere = day_of(days=4, slots=3, place_unit=cast.units.xiling)
    with pytest.raises(Refusal):
        asks(elsewhere, actor=cast.actor("town_clerk"))


def test_a_case_of_a_recused_leader_or_a_sealed_one_is_not_booked_with_its_number(
    cast, asks, day_of, fresh_case
):
    day, case = day_of(slots=3), fresh_case()
    out(cast, case)
    case.refresh_from_db()
    with pytest.raises(Refusal) as refusal:
        asks(day, petition=case)
    assert "已回避" in refusal.value.sentence
    case = fresh_case()
    Petition.objects.filter(pk=case.pk).update(sealed=True, kind=Kind.ACCUSATION)
    with pytest.raises(Refusal) as refusal:
        asks(day, petition=case)
    assert "纪检监察" in refusal.value.sentence


def test_a_case_that_is_sealed_later_is_cut_from_its_booking(asks, day_of, fresh_case):
    case = fresh_case()
    booking = asks(day_of(slots=3), petition=case)
    let_go(case, now())
    booking.refresh_from_db()
    assert (booking.petition, booking.state) == (None, BookingState.BOOKED)


def test_who_booked_about_a_case_is_forgotten_with_its_people(asks, day_of, fresh_case):
    case = fresh_case()
    booking = asks(day_of(slots=3), petition=case, name="钱桂芳", phone="13800001111")
    assert archives.forget(case) == 1
    booking.refresh_from_db()
    assert (booking.name, booking.phone, booking.matter, booking.phone_index) == ("", "", "", None)
    assert archives.forget(case) == 0


def test_who_booked_without_a_case_is_forgotten_half_a_year_after_the_reception(asks, day_of, fresh_case):
    day = day_of(slots=3)
    booking = asks(day, name="钱桂芳", phone="13800001111")
    of_a_case = asks(day, petition=fresh_case(), name="钱桂芳")
    assert archives.forget_old_bookings(day.ends_at + timedelta(days=180)) == 0
    assert archives.forget_old_bookings(day.ends_at + timedelta(days=180, seconds=1)) == 1
    booking.refresh_from_db()
    of_a_case.refresh_from_db()
    assert (booking.name, booking.phone, booking.matter, booking.phone_index) == ("", "", "", None)
    assert of_a_case.name == "钱桂芳"
    assert archives.forget_old_bookings(day.ends_at + timedelta(days=181)) == 0


def test_names_and_telephones_are_sealed(asks, day_of):
    asks(day_of(slots=3), name="钱桂芳", phone="13800001111", matter="屋顶漏水三年")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(b)::text FROM leaders_booking b")
        row = cursor.fetchone()[0]
    for clear in ("钱桂芳", "13800001111", "漏水"):
        assert clear not in row and clear.encode().hex() not in row
    found = Booking.objects.get()
    assert (found.name, found.phone, found.matter) == ("钱桂芳", "13800001111", "屋顶漏水三年")


def test_a_change_tells_who_booked_and_keeps_their_slots(cast, asks, day_of, plan):
    day, officer = day_of(slots=3), cast.actor("petition_officer")
    bookings = [asks(day) for _n in range(4)]
    with pytest.raises(Refusal) as refusal:
        change_day(day=day, actor=officer, plan=plan(slots=2))
    assert "已经有人预约" in refusal.value.sentence
    change_day(day=day, actor=officer, plan=plan(slots=3, note="带上材料"))
    assert {one.to_tell for one in Booking.objects.all()} == {""}
    change_day(day=day, actor=officer, plan=plan(slots=4, hour=10))
    states = [(one.state, one.to_tell) for one in Booking.objects.order_by("ordinal")]
    assert states == [("booked", "changed")] * 3 + [("booked", "promoted")]
    told = Notice.objects.filter(dedupe_key__startswith=f"visit_calls:changed:{day.pk}")
    assert set(told.values_list("recipient__username", flat=True)) == {"town_clerk"}
    mark_told(booking=bookings[0], actor=cast.actor("town_clerk"))
    assert Booking.objects.exclude(to_tell="").count() == 3


def test_places_are_looked_for_under_the_lock_and_nobody_is_passed_over(asks, day_of):
    day = day_of(slots=1)
    first, second, third = (asks(day) for _n in range(3))
    cancel_booking(booking=second, actor=RESIDENT)
    cancel_booking(booking=first, actor=RESIDENT)
    assert line(day) == [("cancelled", None), ("cancelled", None), ("booked", 1)]
    assert promote(VisitDay.objects.get(pk=day.pk), now()) == []
    with pytest.raises(Refusal):
        cancel_booking(booking=first, actor=RESIDENT)
    assert third.ordinal == 3


# Pages


def test_a_resident_books_looks_it_up_and_cancels(client, day_of):
    day = day_of(slots=1, topics="住房、物业")
    address = reverse("leaders:public_day", args=[day.pk])
    assert address in client.get(reverse("leaders:public_visits")).content.decode()
    page = client.get(address).content.decode()
    assert "住房、物业" in page and "先约先得" in page
    token = new_token()
    assert client.post(address, {"token": token}).status_code == 422
    short = client.post(address, {"token": token, "matter": "老房漏水", "phone": "12"})
    assert short.status_code == 422 and "老房漏水" in short.content.decode()
    assert client.post(address, {"token": "x", "matter": "老房漏水"}).status_code == 422
    answer = client.post(address, {"token": token, "matter": "老房漏水", "phone": "13800001111"})
    assert answer.url == reverse("leaders:my_booking")
    booking = Booking.objects.get()
    mine = client.get(answer.url).content.decode()
    code = query_code(token)
    assert booking.number in mine and f"{code[:5]}-{code[5:]}" in mine
    assert code not in str(dict(client.session))
    client.post(reverse("leaders:my_booking_leave"))
    assert booking.number not in client.get(answer.url).content.decode()
    for wrong in (
        {"number": booking.number, "code": "AAAAA-AAAAA"},
        {"number": "1", "code": "x"},
        {"number": "九", "code": "x"},
    ):
        refused = client.post(answer.url, wrong)
        assert refused.status_code == 422 and "预约号或查询码不对" in refused.content.decode()
    assert client.post(answer.url, {"number": booking.number, "code": query_code(token)}).status_code == 302
    assert "老房漏水" in client.get(answer.url).content.decode()
    assert client.post(reverse("leaders:my_booking_take")).status_code == 409
    client.post(reverse("leaders:my_booking_cancel"))
    booking.refresh_from_db()
    assert booking.state == BookingState.CANCELLED


def test_a_resident_books_with_number_and_query_code(client, day_of, fresh_case):
    day, case = day_of(slots=2), fresh_case()
    Petition.objects.filter(pk=case.pk).update(query_code_hash=codes.hash_code(case.number, "ABCDE23456"))
    address = reverse("leaders:public_day", args=[day.pk])
    wrong = {"token": new_token(), "number": case.number, "code": "ABCDE23457"}
    answer = client.post(address, wrong)
    assert answer.status_code == 422 and "编号或查询码不对" in answer.content.decode()
    assert client.post(address, {**wrong, "code": "abcde-23456"}).status_code == 302
    assert Booking.objects.get().petition == case


def test_guessing_is_slowed(client, day_of, monkeypatch):
    monkeypatch.setattr(public_bookings, "TRIES", 2)
    address = reverse("leaders:my_booking")
    said = [client.post(address, {"number": "1", "code": "x"}).status_code for _n in range(4)]
    assert said == [422, 422, 429, 429]


def test_unpublished_and_unknown_days_are_not_found_by_residents(client, day_of):
    day = day_of(slots=2, published=False)
    assert client.get(reverse("leaders:public_day", args=[day.pk])).status_code == 404
    assert client.get(reverse("leaders:public_day", args=[day.pk + 999])).status_code == 404


def test_the_desk_sees_the_line_books_by_telephone_and_calls(cast, client_as, day_of, asks, fresh_case):
    day = day_of(slots=1)
    asks(day, name="钱桂芳", phone="13800001111")
    case = fresh_case()
    desk = client_as(cast.clerk)
    address = reverse("leaders:day_bookings", args=[day.pk])
    assert "钱桂芳" in desk.get(address).content.decode()
    book_here = reverse("leaders:day_book", args=[day.pk])
    assert desk.post(book_here, {}).status_code == 422
    wrong = desk.post(book_here, {"number": "339999-2026-000000", "name": "孙"})
    assert wrong.status_code == 422 and "没有找到" in wrong.content.decode()
    done = desk.post(book_here, {"number": case.number, "name": "孙", "token": new_token()}, follow=True)
    assert "候补中。预约号" in done.content.decode()
    late = desk.post(book_here, {"matter": "路灯", "walk_in": "1", "token": new_token()})
    assert late.status_code == 409 and "只在接访当天" in late.content.decode()
    first = Booking.objects.get(slot=1)
    desk.post(reverse("leaders:booking_cancel", args=[first.pk]))
    calls = reverse("leaders:calls")
    page = desk.get(calls).content.decode()
    assert "候补转为约上" in page and "孙" in page
    second = Booking.objects.get(slot=1)
    desk.post(reverse("leaders:booking_told", args=[second.pk]))
    assert "没有要打的电话" in desk.get(calls).content.decode()


def test_only_the_desks_and_the_leader_of_the_day_see_who_booked(cast, client_as, day_of, asks):
    day = day_of(slots=2)
    booking = asks(day, name="钱桂芳")
    address = reverse("leaders:day_bookings", args=[day.pk])
    for key in ("petition_officer", "clerk", "town_clerk", "leader"):
        assert "钱桂芳" in client_as(getattr(cast, key)).get(address).content.decode(), key
    for key in ("leader2", "handler", "inspector", "outsider", "sysadmin"):
        assert client_as(getattr(cast, key)).get(address).status_code == 403, key
    cancel = reverse("leaders:booking_cancel", args=[booking.pk])
    assert client_as(cast.leader).post(cancel).status_code == 403
    assert client_as(cast.leader2).post(cancel).status_code == 403


def test_a_leader_does_not_see_a_booking_of_a_case_that_is_closed_to_them(
    cast, client_as, day_of, asks, fresh_case
):
    day, case = day_of(slots=2), fresh_case()
    asks(day, name="钱桂芳", petition=case)
    address = reverse("leaders:day_bookings", args=[day.pk])
    assert "钱桂芳" in client_as(cast.leader).get(address).content.decode()
    out(cast, case)
    assert "钱桂芳" not in client_as(cast.leader).get(address).content.decode()


def test_the_pages_cost_the_same_for_one_and_three(
    cast, client, client_as, day_of, asks, fresh_case, django_assert_num_queries
):
    desk, day = client_as(cast.clerk), day_of(slots=2)
    asks(day, petition=fresh_case())
    Booking.objects.update(to_tell="changed")
    addresses = reverse("leaders:day_bookings", args=[day.pk]), reverse("leaders:calls")
    for address in addresses:
        desk.get(address)
    for _n in range(2):
        with django_assert_num_queries(9):
            desk.get(addresses[0])
        with django_assert_num_queries(5):
            desk.get(addresses[1])
        with django_assert_num_queries(4):
            client.get(reverse("leaders:public_day", args=[day.pk]))
        asks(day, petition=fresh_case())
        Booking.objects.update(to_tell="changed")
