from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from icalendar import Calendar

from accounts.enums import Role
from accounts.models import Post, User
from core.converters import scattered
from core.errors import Refusal
from core.timekeeping import local_day, now
from mediation.models import RoomDuty, Session, SessionFeed
from mediation.services.feeds import owner_of, renew_feed
from mediation.services.sessions import cancel_session
from mediation.views import timetable as views

pytestmark = pytest.mark.django_db


@pytest.fixture
def week_after():
    """What in the address shows the week of ten days from now."""
    return {"week": (local_day(now()) + timedelta(days=10)).isoformat()}


def test_the_week_shows_when_rooms_and_people_are_taken_and_no_case(
    cast, client_as, mediation_of, session_of, week_after
):
    mediation = mediation_of(agreed=True)
    session_of(mediation, days=10)
    for by, name in (("rooms", mediation.room.name), ("people", "方平")):
        page = client_as(cast.petition_officer).get(reverse("mediation:timetable"), {"by": by, **week_after})
        text = page.content.decode()
        assert "09:00–10:30" in text and name in text
        assert mediation.petition.number not in text and mediation.petition.subject not in text
        assert [row.name for row in page.context["week"].rows] == [name]


@pytest.mark.parametrize("week", ["", "下周", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_week_that_is_none_is_this_one(cast, client_as, week):
    page = client_as(cast.mediator).get(reverse("mediation:timetable"), {"week": week})
    assert page.context["week"].first == local_day(now()) - timedelta(days=local_day(now()).weekday())


def test_the_timetable_costs_the_same_for_one_and_three(
    cast, client_as, mediation_of, session_of, week_after, django_assert_num_queries
):
    client, address = client_as(cast.petition_officer), reverse("mediation:timetable")
    session_of(mediation_of(agreed=True), days=10)
    client.get(address)
    for hours in ((11, 13), (15, 17)):
        for by in ("rooms", "people"):
            with django_assert_num_queries(7):
                client.get(address, {"by": by, **week_after})
        for hour in hours:
            session_of(mediation_of(agreed=True), days=10, hour=hour)


def test_the_board_shows_a_towns_rooms_today(cast, client_as, room_of, mediation_of, session_of):
    room = room_of()
    room_of(name="宋哥工作室", unit=cast.units.xishan)
    RoomDuty.objects.create(room=room, day=local_day(now()), user=cast.mediator)
    session = session_of(mediation_of(agreed=True, room=room))
    noon = now().replace(hour=12, minute=0)
    Session.objects.filter(pk=session.pk).update(starts_at=noon, ends_at=noon + timedelta(hours=1))
    client, address = client_as(cast.petition_officer), reverse("mediation:board")
    everywhere = client.get(address).content.decode()
    assert "宋哥工作室" in everywhere and "12:00–13:00" in everywhere and "方平" in everywhere
    there = client.get(address, {"town": scattered(cast.units.dongxi.pk)})
    assert [line.room for line in there.context["lines"]] == [room]
    assert client.get(address, {"town": "²"}).status_code == 200


def test_the_board_costs_the_same_for_one_and_three(
    cast, client_as, mediation_of, session_of, django_assert_num_queries
):
    client, midnight = client_as(cast.petition_officer), now().replace(hour=0, minute=0)

    def one_more(hour):
        session = session_of(mediation_of(agreed=True), hour=hour)
        start = midnight + timedelta(hours=hour)
        Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + timedelta(hours=1))
        RoomDuty.objects.create(room=session.room, day=local_day(now()), user=cast.mediator)

    one_more(9)
    client.get(reverse("mediation:board"))
    with django_assert_num_queries(12):
        client.get(reverse("mediation:board"))
    one_more(11)
    one_more(13)
    with django_assert_num_queries(12):
        client.get(reverse("mediation:board"))


def test_a_mediators_day(cast, client_as, mediation_of, session_of, room_of):
    over = session_of(mediation_of(agreed=True))
    waiting = mediation_of()
    RoomDuty.objects.create(room=over.room, day=local_day(now()), user=cast.mediator)
    past = now() - timedelta(days=2)
    Session.objects.filter(pk=over.pk).update(starts_at=past, ends_at=past + timedelta(hours=1))
    coming = session_of(mediation_of(agreed=True))
    noon = now().replace(hour=12, minute=0)
    Session.objects.filter(pk=coming.pk).update(starts_at=noon, ends_at=noon + timedelta(hours=1))
    page = client_as(cast.mediator).get(reverse("mediation:today"))
    day = page.context["day"]
    assert [one.pk for one in day.sessions] == [coming.pk]
    assert over.pk in [one.pk for one in day.to_record]
    assert day.waiting == [waiting]
    assert "轮值院长" in page.content.decode()
    assert client_as(cast.petition_officer).get(reverse("mediation:today")).status_code == 403


def test_somebody_elses_day_shows_nothing_of_it(cast, client_as, mediation_of, session_of):
    session = session_of(mediation_of(agreed=True))
    past = now() - timedelta(hours=3)
    Session.objects.filter(pk=session.pk).update(starts_at=past, ends_at=past + timedelta(hours=1))
    other = User.objects.create(username="mediator2", name="宋哥")
    Post.objects.create(
        user=other, unit=cast.units.mediation, role=Role.MEDIATOR, valid_from=cast.post("mediator").valid_from
    )
    day = client_as(other).get(reverse("mediation:today")).context["day"]
    assert not (day.sessions or day.to_record or day.waiting or day.duties)


def test_a_mediators_day_costs_the_same_for_one_and_three(
    cast, client_as, mediation_of, session_of, django_assert_num_queries
):
    client, address = client_as(cast.mediator), reverse("mediation:today")

    def one_more(n):
        session = session_of(mediation_of(agreed=True), hour=8 + 2 * n)
        past = now() - timedelta(days=1 + n)
        Session.objects.filter(pk=session.pk).update(starts_at=past, ends_at=past + timedelta(minutes=30))
        mediation_of()

    one_more(0)
    client.get(address)
    with django_assert_num_queries(11):
        client.get(address)
    one_more(1)
    one_more(2)
    with django_assert_num_queries(11):
        client.get(address)


# The calendar to subscribe to


def feed(client, token):
    return client.get(reverse("mediation:feed", args=[token]))


def test_a_calendar_says_when_and_where_and_nothing_of_the_case(cast, client, mediation_of, session_of):
    token = renew_feed(actor=cast.actor("mediator"))
    mediation = mediation_of(agreed=True)
    session_of(mediation)
    cancel_session(session=session_of(mediation, days=4), actor=cast.actor("mediator"))
    answer = feed(client, token)
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(one["SUMMARY"]) for one in found] == ["调解", "已取消：调解"]
    assert [str(one["STATUS"]) for one in found] == ["CONFIRMED", "CANCELLED"]
    text = Calendar.from_ical(answer.content).to_ical().decode().replace("\r\n ", "")
    assert mediation.room.address in text
    for hidden in ("张小河", "摊主老李", mediation.petition.number, mediation.petition.subject):
        assert hidden not in text


def test_only_a_hash_is_kept_and_a_new_address_ends_the_old_one(cast, client):
    old = renew_feed(actor=cast.actor("mediator"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(f)::text FROM mediation_sessionfeed f")
        assert old not in cursor.fetchone()[0]
    new = renew_feed(actor=cast.actor("mediator"))
    assert (feed(client, old).status_code, feed(client, new).status_code) == (404, 200)
    assert SessionFeed.objects.count() == 1
    Post.objects.filter(user=cast.mediator).update(valid_until=local_day(now()))
    assert owner_of(new) is None
    with pytest.raises(Refusal):
        renew_feed(actor=cast.actor("petition_officer"))


def test_guessed_addresses_are_not_found_and_then_stopped(cast, client, monkeypatch):
    cache.clear()
    monkeypatch.setattr(views, "MISSES", 2)
    assert [feed(client, f"nothing{n}").status_code for n in range(3)] == [404, 404, 429]
    cache.clear()


def test_a_mediator_gets_the_address_once(cast, client_as):
    client, address = client_as(cast.mediator), reverse("mediation:own_calendar")
    assert "还没有地址" in client.get(address).content.decode()
    assert "/mediation/feed/" in client.post(address).content.decode()
    assert "/mediation/feed/" not in client.get(address).content.decode()
    assert client_as(cast.petition_officer).get(address).status_code == 403


def test_a_calendar_costs_the_same_for_one_and_three(
    cast, client, mediation_of, session_of, django_assert_num_queries
):
    token = renew_feed(actor=cast.actor("mediator"))
    mediation = mediation_of(agreed=True)
    session_of(mediation)
    with django_assert_num_queries(3):
        feed(client, token)
    session_of(mediation, days=3)
    session_of(mediation, days=5)
    with django_assert_num_queries(3):
        feed(client, token)
