from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import SHANGHAI, now
from mediation.enums import DisputeKind
from mediation.free_times import Ask, free_times
from mediation.models import DayOff, Mediator, MediatorHours, Pool
from mediation.people_enums import Language
from mediation.week import Span

pytestmark = pytest.mark.django_db
#: A Thursday morning.
START = datetime(2026, 11, 26, 9, tzinfo=SHANGHAI)
NEXT = START + timedelta(days=1)


@pytest.fixture(autouse=True)
def thursday(cast):
    with time_machine.travel(START):
        yield


@pytest.fixture
def two(cast):
    """A second mediator beside the cast's, both with cards."""
    other = User.objects.create(username="mediator2", name="宋哥")
    Post.objects.create(
        user=other, unit=cast.units.mediation, role=Role.MEDIATOR, valid_from=cast.post("mediator").valid_from
    )
    for person, fields, languages in (
        (cast.mediator, ["neighbours", "family"], ["mandarin"]),
        (other, ["neighbours"], ["wu"]),
    ):
        Mediator.objects.create(user=person, fields=fields, languages=languages, changed_at=now())
    return [cast.mediator, other]


@pytest.fixture
def room(room_of, two):
    return room_of(mediators=two, opening=[Span(day, time(9), time(12)) for day in range(5)])


def hours(found):
    return [(one.starts_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M"), one.names) for one in found]


def test_the_first_free_time_of_each_open_day_comes_first(room):
    found = free_times(Ask(rooms=[room.pk]), most=3)
    assert [day for day, _names in hours(found)] == ["11-27 09:00", "11-30 09:00", "12-01 09:00"]
    assert found[0].ends_at - found[0].starts_at == timedelta(minutes=90)
    assert (found[0].room_name, found[0].hours) == (room.name, "09:00–10:30")


def test_what_is_booked_for_the_room_moves_the_suggestion(room, mediation_of, session_of):
    session_of(mediation_of(agreed=True, room=room), days=1, hour=9, minutes=45)
    assert hours(free_times(Ask(rooms=[room.pk]), most=1))[0][0] == "11-27 10:00"
    long = Ask(rooms=[room.pk], length=timedelta(minutes=150))
    assert hours(free_times(long, most=1))[0][0] == "11-30 09:00"


def test_several_must_be_free_together_wherever_else_they_sit(room, room_of, two, mediation_of, session_of):
    elsewhere = room_of(name="二室", mediators=two)
    matter = mediation_of(agreed=True, room=elsewhere)
    session_of(matter, days=1, hour=9, minutes=60, mediator=two[1])
    one, both = (free_times(Ask(rooms=[room.pk], mediators=n), most=1)[0] for n in (1, 2))
    assert hours([one]) == [("11-27 09:00", ["方平"])]
    assert (hours([both])[0][0], set(both.names)) == ("11-27 10:00", {"方平", "宋哥"})
    assert not free_times(Ask(rooms=[room.pk], mediators=3))


def test_hours_given_and_days_off_are_kept(room, two):
    card = two[0].mediator_card
    MediatorHours.objects.create(mediator=card, weekday=4, opens=time(10, 10), closes=time(12))
    MediatorHours.objects.create(mediator=card, weekday=0, opens=time(9), closes=time(12))
    asked = Ask(rooms=[room.pk], these=[two[0].pk])
    assert [day for day, _ in hours(free_times(asked, most=2))] == ["11-27 10:30", "11-30 09:00"]
    DayOff.objects.create(mediator=card, first=NEXT.date(), last=datetime(2026, 12, 1).date())
    assert hours(free_times(asked, most=1))[0][0] == "12-04 10:30"


@pytest.mark.parametrize(
    "ask, names",
    [
        ({"field": DisputeKind.FAMILY}, ["方平"]),
        ({"language": Language.WU}, ["宋哥"]),
        ({"field": DisputeKind.FAMILY, "language": Language.WU}, None),
        ({"field": DisputeKind.MEDICAL}, None),
    ],
)
def test_who_sits_knows_the_field_and_speaks_the_language(room, ask, names):
    found = free_times(Ask(rooms=[room.pk], **ask), most=1)
    assert [one.names for one in found] == ([names] if names else [])


def test_whoever_must_sit_sits_and_whoever_may_not_does_not(room, two):
    one, other = two
    found = free_times(Ask(rooms=[room.pk], field=DisputeKind.FAMILY, these=[other.pk]), most=1)
    assert found[0].names == ["宋哥"]
    assert free_times(Ask(rooms=[room.pk], not_these=[one.pk]), most=1)[0].names == ["宋哥"]
    assert not free_times(Ask(rooms=[room.pk], not_these=[one.pk, other.pk]))


def test_a_panel_of_women_has_women_alone(room, two):
    assert not free_times(Ask(rooms=[room.pk], women_only=True))
    Mediator.objects.filter(user=two[1]).update(on_women_panels=True)
    assert free_times(Ask(rooms=[room.pk], women_only=True), most=1)[0].names == ["宋哥"]


def test_experts_of_the_areas_pool_are_suggested_and_may_be_booked(
    cast, room_of, two, mediation_of, session_of
):
    alone = room_of(name="小院", mediators=[cast.mediator])
    expert = two[1]
    asked = Ask(rooms=[alone.pk], mediators=2)
    mediation = mediation_of(agreed=True, room=alone)
    assert not free_times(asked)
    with pytest.raises(Refusal):
        session_of(mediation, beside=[expert])
    pool = Pool.objects.create(name="西片")
    pool.members.add(expert.mediator_card)
    pool.units.add(cast.units.xishan)
    assert not free_times(asked)
    pool.units.add(cast.units.dongxi)
    assert set(free_times(asked, most=1)[0].names) == {"方平", "宋哥"}
    assert session_of(mediation, beside=[expert]).beside == [expert]


def test_rooms_are_found_by_unit_and_kind_of_dispute(cast, room, room_of, two):
    room_of(name="债务室", mediators=two, disputes=[DisputeKind.DEBT], unit=cast.units.xishan)
    assert {one.room_name for one in free_times(Ask(unit=cast.units.xishan))} == {"债务室"}
    assert {one.room_name for one in free_times(Ask(kind=DisputeKind.DEBT))} == {"债务室", room.name}
    assert {one.room_name for one in free_times(Ask(kind=DisputeKind.LAND))} == {room.name}


def test_the_matters_own_times_and_the_next_hours_are_left_out(room):
    busy = [(NEXT, NEXT + timedelta(hours=1))]
    assert hours(free_times(Ask(rooms=[room.pk], busy=busy), most=1))[0][0] == "11-27 10:00"
    with time_machine.travel(NEXT.replace(hour=8)):
        assert hours(free_times(Ask(rooms=[room.pk]), most=1))[0][0] == "11-30 09:00"


def test_it_is_one_query_beside_the_calendars_whatever_there_is(
    room, room_of, two, django_assert_num_queries
):
    free_times(Ask(rooms=[room.pk]))
    for name in ("二室", "三室"):
        with django_assert_num_queries(2):
            free_times(Ask())
        room_of(name=name, mediators=two)


def test_whoever_left_office_is_not_suggested(cast, room, two):
    Post.objects.filter(user=two[1]).update(valid_until=START.date())
    cast.mediator.is_active = False
    cast.mediator.save(update_fields=["is_active"])
    assert not free_times(Ask(rooms=[room.pk]))


def test_the_booking_page_suggests_times_and_one_press_fills_the_form_in(
    room, two, mediation_of, client_as, cast
):
    mediation = mediation_of(agreed=True, room=room)
    client = client_as(cast.mediator)
    address = reverse("mediation:schedule", args=[mediation.petition.number])
    page = client.get(address, {"minutes": 60, "n": 2, "language": ""})
    first = page.context["free"][0]
    assert (first.hours, set(first.names)) == ("09:00–10:00", {"方平", "宋哥"})
    assert "2026年11月27日" in page.content.decode()
    form = client.get(f"{address}?{first.query}").context["form"]
    data = {
        name: form[name].value() for name in ("room", "mediator", "beside", "day", "start", "end", "token")
    }
    assert client.post(address, data).status_code == 302
    session = mediation.sessions.get()
    assert (session.hours, session.panel_words) == (first.hours, first.panel_words)


def test_the_booking_page_bears_whatever_stands_in_the_address(room, mediation_of, client_as, cast):
    mediation = mediation_of(agreed=True, room=room)
    address = reverse("mediation:schedule", args=[mediation.petition.number])
    wrong = {
        "minutes": "一会儿",
        "n": 99,
        "field": "x",
        "day": "明天",
        "start": "9",
        "beside": "-1",
        "room": "²",
    }
    assert client_as(cast.mediator).get(address, wrong).status_code == 200
