"""Whoever is complained of neither receives the case nor reads who booked about it (条例 28, 30; domain G)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import now
from leaders.enums import BookingState
from leaders.models import Booking, VisitDay
from leaders.reception_enums import Stage, Turn
from leaders.selectors.desk import desk_of
from leaders.services import stages, turns
from leaders.services.bookings import NewBooking, book, cancel_booking, walk_in
from leaders.services.days import cancel_day, plan_day
from leaders.services.offers import take_offer
from leaders.services.receptions import Talk, receive
from leaders.services.replacing import substitute, swap
from petitions.enums import Kind, Path
from petitions.models import Petition
from petitions.services import forwarding
from petitions.services.codes import new_token
from tests.cast import SINCE

pytestmark = [pytest.mark.django_db, pytest.mark.article(28)]
RESIDENT = Actor.petitioner()
WHO = {"name": "钱桂芳", "phone": "13800009999"}


def ask(day, **new):
    fields = NewBooking(**({"matter": "反映镇里占地不赔"} | WHO | new))
    return book(
        day=day, actor=RESIDENT, new=fields, token=new_token(), at=day.starts_at - timedelta(days=1)
    ).booking


def fresh(booking):
    return Booking.objects.select_related("day", "kept_day", "petition").get(pk=booking.pk)


def known_of(page):
    return [word for word in (*WHO.values(), "反映镇里占地不赔") if word in page.content.decode()]


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def mayor(cast):
    """Leads 东溪镇 and receives there."""
    user = User.objects.create(username="town_leader", name="镇长甲", password="!")
    post = Post.objects.create(user=user, unit=cast.units.dongxi, role=Role.LEADER, valid_from=SINCE)
    post.charge_units.add(cast.units.dongxi)
    return post


@pytest.fixture
def against_the_town(cast, fresh_case):
    return fresh_case(complained_unit=cast.units.dongxi)


class TestSealing:
    @pytest.mark.article(30)
    def test_whoever_booked_leaves_the_line_without_a_word_of_it(self, cast, client_as, day_of, fresh_case):
        case, day = fresh_case(until="registered"), day_of(slots=1)
        booking, waiting = ask(day, petition=case), ask(day, name="孙", phone="", matter="路灯")
        forwarding.classify(
            petition=case,
            actor=cast.actor("petition_officer"),
            kind=Kind.ACCUSATION,
            complained_people=[cast.leader],
        )
        booking, waiting = fresh(booking), fresh(waiting)
        assert (booking.state, booking.slot, waiting.slot) == (BookingState.CANCELLED, None, 1)
        assert (booking.name, booking.phone, booking.phone_index, booking.matter) == ("", "", None, "")
        for user in (cast.leader, cast.town_clerk, cast.petition_officer, cast.clerk):
            page = client_as(user).get(reverse("leaders:day_bookings", args=[day.pk]))
            assert known_of(page) == [] and case.number not in page.content.decode()
            assert not Booking.objects.visible_to(Actor.of(user.posts.first())).filter(pk=booking.pk).exists()

    @pytest.mark.article(30)
    def test_whoever_booked_reads_who_takes_care_of_it(self, client, cast, day_of, fresh_case):
        day, case = day_of(slots=1), fresh_case(until="registered")
        token = new_token()
        data = {"matter": "占地", "token": token, **WHO}
        client.post(reverse("leaders:public_day", args=[day.pk]), data)
        Booking.objects.update(petition=case)
        forwarding.classify(petition=case, actor=cast.actor("petition_officer"), kind=Kind.ACCUSATION)
        page = client.get(reverse("leaders:my_booking")).content.decode()
        assert "由纪检监察机关办理" in page and "钱桂芳" not in page


class TestTheDeskOfTheUnitComplainedOf:
    def test_it_neither_reads_nor_calls_nor_cancels(self, cast, client_as, day_of, against_the_town):
        day = day_of(slots=2)
        booking = ask(day, petition=against_the_town)
        Booking.objects.update(to_tell="reminder")
        town, office = client_as(cast.town_clerk), client_as(cast.clerk)
        for address in (reverse("leaders:day_bookings", args=[day.pk]), reverse("leaders:calls")):
            assert known_of(town.get(address)) == []
            assert "钱桂芳" in office.get(address).content.decode()
        for door in ("booking_cancel", "booking_told"):
            assert town.post(reverse(f"leaders:{door}", args=[booking.pk])).status_code == 404
        with pytest.raises(Refusal):
            cancel_booking(booking=fresh(booking), actor=cast.actor("town_clerk"))
        assert fresh(booking).state == BookingState.BOOKED

    def test_the_office_is_asked_to_call_in_its_place(self, cast, day_of, officer, against_the_town):
        from notifications.models import Notice

        day = day_of(slots=2)
        ask(day, petition=against_the_town)
        ask(day, name="孙", phone="13800001111")
        cancel_day(day=day, actor=officer, reason="防汛")
        told = Notice.objects.filter(dedupe_key__startswith=f"visit_calls:off:{day.pk}")
        who = {notice.recipient: notice.text for notice in told}
        assert set(who) == {cast.town_clerk, cast.clerk}
        assert all("1 位" in text for text in who.values())


class TestTheLeaderComplainedOf:
    def test_no_place_on_their_day_is_kept(self, cast, day_of, plan, officer, mayor, against_the_town):
        day = day_of(slots=2)
        later = plan_day(actor=officer, plan=plan(post=mayor, days=5, slots=2))
        booking = ask(day, petition=against_the_town)
        cancel_day(day=day, actor=officer, reason="防汛")
        assert fresh(booking).kept_day is None
        Booking.objects.update(kept_day=later, kept_until=later.starts_at)
        with pytest.raises(Refusal, match="第二十八条"):
            take_offer(booking=fresh(booking), actor=RESIDENT)

    def test_they_take_over_no_day_on_which_it_was_booked(
        self, cast, day_of, plan, officer, mayor, against_the_town
    ):
        day = day_of(slots=2)
        other = plan_day(actor=officer, plan=plan(post=mayor, days=5, slots=2))
        ask(day, petition=against_the_town)
        for take in (
            lambda: substitute(day=day, actor=officer, post=mayor, reason="出差"),
            lambda: swap(day=day, other=other, actor=officer, reason="出差"),
        ):
            with pytest.raises(Refusal, match="须回避这一场带案或有人预约的信访件"):
                take()
        assert VisitDay.objects.get(pk=day.pk).leader == cast.leader

    def test_who_was_named_after_the_booking_is_not_called_in_and_received_by_others(
        self, cast, client_as, day_today, officer, fresh_case
    ):
        case, day = fresh_case(until="registered"), day_today()
        booking = ask(day, petition=case)
        ask(day, name="孙", phone="")
        forwarding.classify(
            petition=case,
            actor=officer,
            kind=Kind.APPEAL,
            path=Path.PETITION,
            complained_people=[cast.leader],
        )
        with pytest.raises(Refusal, match="改由其他领导或接待人员接待"):
            turns.call(day=day, actor=officer)
        address = reverse("leaders:booking_turn", args=[booking.pk])
        client_as(cast.petition_officer).post(address, {"turn": "other"})
        assert fresh(booking).turn == Turn.OTHER
        assert turns.call(day=day, actor=officer).name == "孙"
        assert not any("1 号" in item.text for item in stages.open_items(day, Stage.HOLD))

    def test_whoever_comes_all_the_same_gets_a_number_and_is_received_by_somebody_else(
        self, cast, client_as, plan, officer, day_today, mayor, against_the_town
    ):
        day = day_today(post=mayor)
        data = {"number": against_the_town.number, "walk_in": "1", "token": new_token(), "name": "钱桂芳"}
        answer = client_as(cast.clerk).post(reverse("leaders:day_book", args=[day.pk]), data, follow=True)
        assert "请改由其他领导或接待人员接待" in answer.content.decode()
        assert Booking.objects.get().turn == Turn.OTHER
        assert desk_of(day, Actor.of(mayor)).line == []


class TestAKeptName:
    def test_only_the_petition_office_reads_it_and_calls(self, cast, client_as, day_today, fresh_case):
        case = fresh_case(confidential=True)
        day = day_today()
        ask(day, petition=case)
        Booking.objects.update(to_tell="reminder")
        for user in (cast.leader, cast.town_clerk):
            for door in ("day_bookings", "day_desk"):
                page = client_as(user).get(reverse(f"leaders:{door}", args=[day.pk]))
                if page.status_code == 200:
                    assert known_of(page) == [] and "（保密）" in page.content.decode()
        assert "没有要打的电话" in client_as(cast.town_clerk).get(reverse("leaders:calls")).content.decode()
        assert known_of(client_as(cast.clerk).get(reverse("leaders:day_bookings", args=[day.pk]))) == [
            *WHO.values(),
            "反映镇里占地不赔",
        ]
        booking = Booking.objects.get()
        page = client_as(cast.leader).get(reverse("leaders:receive_booking", args=[booking.pk]))
        assert page.status_code == 200 and known_of(page) == []


class TestTheLeaderOfTheDay:
    def test_whoever_booked_by_number_is_seen_and_the_case_read_while_there_is_the_place(
        self, cast, day_today, day_of, fresh_case, officer
    ):
        case, leader = fresh_case(unit=cast.units.housing, place_unit=cast.units.xishan), cast.actor("leader")
        read = Petition.objects.visible_to(leader).filter(pk=case.pk)
        assert not read.exists()
        day = day_today()
        booking = ask(day, petition=case)
        assert read.exists()
        assert [row.name for row in desk_of(day, leader).line] == ["钱桂芳"]
        assert turns.call(day=day, actor=leader) == booking
        far = day_of(days=6, slots=2)
        second = ask(
            far, petition=fresh_case(unit=cast.units.housing, place_unit=cast.units.xishan), phone=""
        )
        read = Petition.objects.visible_to(leader).filter(pk=second.petition_id)
        assert read.exists()
        cancel_booking(booking=second, actor=RESIDENT)
        assert not read.exists()

    def test_the_new_one_reads_it_and_the_former_does_not(self, cast, day_of, fresh_case, officer):
        case = fresh_case(unit=cast.units.urban, place_unit=cast.units.xishan)
        day = day_of(slots=2)
        ask(day, petition=case)
        substitute(day=day, actor=officer, post=cast.post("leader2"), reason="出差")
        assert Petition.objects.visible_to(cast.actor("leader2")).filter(pk=case.pk).exists()


def test_a_record_closes_the_place_of_the_same_case(cast, day_today, fresh_case, officer):
    case, day = fresh_case(), day_today()
    booking = ask(day, petition=case)
    record = receive(petition=case, actor=officer, talk=Talk(post=day.post, said="谈过了。", day=day))
    assert (record.booking, fresh(booking).turn) == (booking, Turn.DONE)


def test_a_walk_in_is_never_turned_away_for_what_they_speak_of(cast, day_today, against_the_town, mayor):
    day = day_today(post=mayor)
    came = walk_in(
        day=day,
        actor=cast.actor("petition_officer"),
        new=NewBooking(petition=against_the_town),
        token=new_token(),
        at=now(),
    )
    assert came.state == BookingState.WALKED_IN
