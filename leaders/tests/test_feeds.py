import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from icalendar import Calendar

from accounts.actor import Actor
from core.errors import Refusal
from leaders.models import VisitFeed
from leaders.services.bookings import NewBooking, book
from leaders.services.days import cancel_day
from leaders.services.feeds import owner_of, renew_feed
from leaders.views import feeds
from petitions.services.codes import new_token

pytestmark = pytest.mark.django_db


def events(answer):
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return [dict(one) for one in Calendar.from_ical(answer.content).walk("VEVENT")]


def feed(client, token):
    return client.get(reverse("leaders:personal_calendar", args=[token]))


def test_the_public_calendar_holds_what_is_announced(cast, client, day_of):
    day = day_of(topics="住房", slots=3)
    day_of(days=4, published=False, place_text="未公布的地方")
    cancel_day(day=day_of(days=6), actor=cast.actor("petition_officer"), reason="防汛值守")
    found = events(client.get(reverse("leaders:public_calendar")))
    assert [str(one["SUMMARY"]) for one in found] == ["高远定点接访", "已取消：高远定点接访"]
    assert [str(one["STATUS"]) for one in found] == ["CONFIRMED", "CANCELLED"]
    assert found[0]["DTSTART"].dt == day.starts_at
    assert "受理范围：住房" in found[0]["DESCRIPTION"]
    assert found[0]["URL"].endswith(reverse("leaders:public_day", args=[day.pk]))


def test_a_leaders_calendar_has_all_own_days_and_nobody_who_booked(cast, client, day_of, fresh_case):
    token = renew_feed(actor=cast.actor("leader"))
    day, case = day_of(slots=3, published=False, accompanying=[cast.units.urban]), fresh_case()
    day_of(days=5, post="leader2")
    open_day = day_of(days=6, slots=3)
    new = NewBooking(petition=case, matter="老房漏水", name="钱桂芳", phone="13800001111")
    book(day=open_day, actor=Actor.petitioner(), new=new, token=new_token())
    answer = feed(client, token)
    assert [one["DTSTART"].dt for one in events(answer)] == [day.starts_at, open_day.starts_at]
    text = Calendar.from_ical(answer.content).to_ical().decode().replace("\r\n ", "")
    assert "城市管理局" in text
    for hidden in ("钱桂芳", "13800001111", "漏水", case.number):
        assert hidden not in text


def test_only_a_hash_is_kept_and_a_new_address_ends_the_old_one(cast, client):
    old = renew_feed(actor=cast.actor("leader"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(f)::text FROM leaders_visitfeed f")
        assert old not in cursor.fetchone()[0]
    new = renew_feed(actor=cast.actor("leader"))
    assert feed(client, old).status_code == 404
    assert feed(client, new).status_code == 200
    assert VisitFeed.objects.count() == 1


def test_whoever_is_no_leader_any_more_has_no_calendar(cast, today):
    token = renew_feed(actor=cast.actor("leader"))
    assert owner_of(token) == cast.leader
    cast.leader.is_active = False
    cast.leader.save(update_fields=["is_active"])
    assert owner_of(token) is None
    with pytest.raises(Refusal):
        renew_feed(actor=cast.actor("petition_officer"))


def test_guessed_addresses_are_not_found_and_then_stopped(cast, client, monkeypatch):
    cache.clear()
    monkeypatch.setattr(feeds, "MISSES", 3)
    token = renew_feed(actor=cast.actor("leader"))
    assert [feed(client, f"{token[:-1]}{n}x").status_code for n in range(4)] == [404, 404, 404, 429]
    assert client.get("/visits/feed/a.b.ics").status_code == 404


def test_a_leader_gets_the_address_once(cast, client_as):
    client, address = client_as(cast.leader), reverse("leaders:own_calendar")
    assert "还没有地址" in client.get(address).content.decode()
    page = client.post(address).content.decode()
    assert "/visits/feed/" in page and "旧地址已失效" in page
    assert "/visits/feed/" not in client.get(address).content.decode()
    assert client_as(cast.petition_officer).get(address).status_code == 403


def test_the_calendars_cost_the_same_for_one_and_three(cast, client, day_of, django_assert_num_queries):
    token = renew_feed(actor=cast.actor("leader"))
    day_of(accompanying=[cast.units.urban])
    for spare in (6, 8):
        with django_assert_num_queries(3):
            client.get(reverse("leaders:public_calendar"))
        with django_assert_num_queries(5):
            feed(client, token)
        day_of(days=spare, accompanying=[cast.units.urban])
        day_of(days=spare + 1, accompanying=[cast.units.urban])
