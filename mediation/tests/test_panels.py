"""Several mediators in one session: nobody twice at a time, women alone where asked for, moved and told of it."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import SHANGHAI, now
from mediation.enums import Result
from mediation.models import MediationCase, Mediator, Seat, Session
from mediation.services.on_the_spot import record_session
from mediation.services.opening import end_mediation
from mediation.services.sessions import cancel_session, move_session
from mediation.tests.test_doors import history, race, refused
from mediation.week import Span
from notifications.models import Notice
from petitions.models import Petition
from petitions.services.codes import new_token
from tests.mediating import older

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(cast):
    """The mediator of the cast and two more of the same centre."""
    found = [cast.mediator]
    for name in ("宋哥", "千鹤嫂"):
        person = User.objects.create(username=f"mediator-{name}", name=name)
        Post.objects.create(
            user=person,
            unit=cast.units.mediation,
            role=Role.MEDIATOR,
            valid_from=cast.post("mediator").valid_from,
        )
        found.append(person)
    return found


@pytest.fixture
def rooms(room_of, people):
    return [room_of(name=name, mediators=people) for name in ("一室", "二室", "三室")]


def move(session, cast, **fields):
    values = {
        "room": session.room,
        "mediator": session.mediator,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "beside": session.beside,
        **fields,
    }
    return move_session(session=session, actor=cast.actor("mediator"), **values)


def seats(session):
    return set(session.seats.values_list("user__name", "starts_at", "cancelled_at"))


def told(session, occasion):
    found = Notice.objects.filter(dedupe_key__startswith=f"session:{session.pk}:{occasion}")
    return set(found.values_list("recipient__name", flat=True))


def test_everybody_of_a_panel_sits_reads_the_case_and_is_told(cast, mediation_of, session_of, rooms, people):
    one, two, three = people
    mediation = mediation_of(agreed=True, room=rooms[0])
    session = session_of(mediation, beside=[two, three, two, one])
    assert {name for name, *_rest in seats(session)} == {person.name for person in people}
    assert told(session, "scheduled") == {person.name for person in people}
    assert mediation.petition.scopes.filter(user__in=people).count() == 3
    assert MediationCase.objects.of_mediator(three).get() == mediation


def test_nobody_sits_in_two_rooms_at_once_whether_leading_or_beside(
    cast, mediation_of, session_of, rooms, people
):
    one, two, three = people
    session_of(mediation_of(agreed=True, room=rooms[0]), beside=[two])
    other = mediation_of(agreed=True, room=rooms[1])
    for fields in (
        {"mediator": two},
        {"mediator": three, "beside": [two]},
        {"mediator": three, "beside": [one]},
    ):
        said = refused(lambda fields=fields: session_of(other, hour=10, **fields), "overlap")
        assert "已有安排" in said and "三室" not in said
    assert session_of(other, hour=10, mediator=three).is_planned


def test_the_database_seats_nobody_twice(cast, mediation_of, session_of, rooms, people):
    _one, two, three = people
    session_of(mediation_of(agreed=True, room=rooms[0]), beside=[two])
    other = session_of(mediation_of(agreed=True, room=rooms[1]), mediator=three)
    with pytest.raises(IntegrityError, match="seat_once_at_a_time"), transaction.atomic():
        Seat.objects.create(session=other, user=two, starts_at=other.starts_at, ends_at=other.ends_at)


def test_seats_follow_their_session_whatever_moves_it(cast, mediation_of, session_of, rooms, people):
    _one, two, three = people
    session = session_of(mediation_of(agreed=True, room=rooms[0]), beside=[two])
    later, at = session.starts_at + timedelta(days=1), now()
    Session.objects.filter(pk=session.pk).update(
        starts_at=later, ends_at=later + timedelta(hours=1), mediator=three
    )
    assert seats(session) == {(two.name, later, None), (three.name, later, None)}
    Session.objects.filter(pk=session.pk).update(cancelled_at=at)
    assert seats(session) == {(two.name, later, at), (three.name, later, at)}


def test_the_end_of_a_mediation_ends_the_reading_of_all_who_sat(
    cast, mediation_of, session_of, rooms, people
):
    mediation = mediation_of(agreed=True, room=rooms[0])
    session_of(mediation, beside=people[1:])
    end_mediation(mediation=mediation, actor=cast.actor("mediator"), text="差距较大")
    assert not mediation.petition.scopes.filter(user__in=people).exists()


@pytest.mark.django_db(transaction=True)
def test_two_cases_ask_for_one_person_at_once_beside_and_leading_and_one_is_told(
    cast, mediation_of, session_of, rooms, people
):
    one, two, three = people
    cases = [mediation_of(agreed=True, room=room) for room in rooms[:2]]
    outcomes = race(
        lambda: session_of(cases[0], mediator=one, beside=[three]),
        lambda: session_of(cases[1], mediator=two, beside=[three]),
    )
    assert outcomes == ["done", "overlap"]
    assert Seat.objects.filter(user=three).count() == 1


@pytest.mark.django_db(transaction=True)
def test_panels_crossed_over_rooms_never_lock_each_other_out(cast, mediation_of, session_of, rooms, people):
    one, two, three = people
    cases = [mediation_of(agreed=True, room=room) for room in rooms]
    panels = [(one, [two, three]), (two, [three, one]), (three, [one, two])]
    outcomes = race(
        *[
            lambda case=case, panel=panel: session_of(case, mediator=panel[0], beside=panel[1])
            for case, panel in zip(cases, panels, strict=True)
        ]
    )
    assert outcomes == ["done", "overlap", "overlap"]
    assert Seat.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_sessions_moved_onto_one_person_at_once_and_one_is_told(
    cast, mediation_of, session_of, rooms, people
):
    one, two, three = people
    first = session_of(mediation_of(agreed=True, room=rooms[0]), mediator=one)
    second = session_of(mediation_of(agreed=True, room=rooms[1]), mediator=two)
    doors = [lambda s=s: move(s, cast, beside=[three]) for s in (first, second)]
    # The mediator of the cast mediates both cases, whoever sits in the session.
    assert race(*doors) == ["done", "overlap"]
    assert Seat.objects.filter(user=three).count() == 1


def test_only_women_sit_where_a_party_asked_for_them(cast, mediation_of, session_of, rooms, people):
    one, two, three = people
    for person, sits in ((one, False), (three, True)):
        Mediator.objects.create(user=person, on_women_panels=sits, changed_at=now())
    mediation = mediation_of(agreed=True, room=rooms[0])
    said = refused(
        lambda: session_of(mediation, mediator=three, beside=[one, two], women_only=True), "invalid"
    )
    assert one.name in said and two.name in said and three.name not in said
    session = session_of(mediation, mediator=three, women_only=True)
    refused(lambda: move(session, cast, beside=[two]), "invalid")
    assert session.women_only


def test_a_moved_session_is_told_to_all_with_what_changed(cast, mediation_of, session_of, rooms, people):
    one, two, three = people
    mediation = mediation_of(agreed=True, room=rooms[0])
    session = session_of(mediation, beside=[two])
    Session.objects.update(reminded_at=now())
    later = session.starts_at + timedelta(days=1)
    move(session, cast, room=rooms[1], starts_at=later, ends_at=later + timedelta(hours=1), beside=[three])
    assert told(session, "moved") == {person.name for person in people}
    text = Notice.objects.filter(dedupe_key__startswith=f"session:{session.pk}:moved").first().text
    for words in ("改期", "时间改为", later.date().isoformat(), "地点改为二室", "调解员改为方平、千鹤嫂"):
        assert words in text
    assert "改期" in history(mediation.petition)[-1]
    assert (session.room, session.reminded_at) == (rooms[1], None)
    assert {name for name, *_rest in seats(session)} == {one.name, three.name}
    readers = set(mediation.petition.scopes.filter(user__in=people).values_list("user__name", flat=True))
    assert readers == {one.name, three.name}


def test_a_move_within_its_own_time_is_no_clash_with_itself(cast, mediation_of, session_of, rooms):
    session = session_of(mediation_of(agreed=True, room=rooms[0]))
    move(session, cast, ends_at=session.ends_at + timedelta(minutes=30))
    assert session.hours == "09:00–11:00"


def test_what_is_over_or_unchanged_is_not_moved(cast, mediation_of, session_of, rooms):
    session = session_of(mediation_of(agreed=True, room=rooms[0]))
    assert "没有改" in refused(lambda: move(session, cast), "invalid")
    refused(lambda: move(session, cast, starts_at=now() - timedelta(hours=3)), "invalid")
    cancel_session(session=session, actor=cast.actor("mediator"))
    refused(lambda: move(session, cast, room=rooms[1]), "stale")
    with pytest.raises(Refusal) as refusal:
        move_session(
            session=session,
            actor=cast.actor("outsider"),
            room=rooms[1],
            mediator=session.mediator,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )
    assert refusal.value.code == "forbidden"


def test_everybody_who_sat_is_told_that_it_was_cancelled(cast, mediation_of, session_of, rooms, people):
    session = session_of(mediation_of(agreed=True, room=rooms[0]), beside=people[1:])
    cancel_session(session=session, actor=cast.actor("mediator"))
    assert told(session, "cancelled") >= {cast.mediator.name}
    assert not Seat.objects.filter(cancelled_at=None).exists()


def test_a_night_or_a_closed_day_is_asked_about_and_then_taken(cast, mediation_of, session_of, room_of):
    start = now() + timedelta(days=7 - now().weekday())  # a Monday
    days = (start.date() - now().date()).days
    room = room_of(name="平日调解室", opening=[Span(day, time(8, 30), time(17, 30)) for day in range(5)])
    mediation = mediation_of(agreed=True, room=room)
    said = refused(lambda: session_of(mediation, days=days, hour=22, minutes=30), "confirm")
    assert "太早或者太晚" in said and "仍按这个时间安排" in said
    said = refused(lambda: session_of(mediation, days=days + 5), "confirm")
    assert "不开放" in said and "周一至周五 08:30–17:30" in said
    assert "08:30–17:30" in refused(lambda: session_of(mediation, days=days, hour=17), "confirm")
    assert session_of(mediation, days=days + 5, anyway=True).is_planned
    assert session_of(mediation, days=days, hour=9).is_planned


def test_the_form_asks_whether_an_unusual_time_is_meant_and_keeps_what_was_typed(
    cast, client_as, mediation_of, rooms, people
):
    mediation = mediation_of(agreed=True, room=rooms[0])
    client = client_as(cast.mediator)
    address = reverse("mediation:schedule", args=[mediation.petition.number])
    assert "仍按这个时间安排" not in client.get(address).content.decode()
    data = {
        "room": rooms[0].pk,
        "mediator": people[1].pk,
        "beside": [people[2].pk],
        "day": (now() + timedelta(days=2)).date(),
        "start": "22:10",
        "end": "23:00",
        "token": new_token(),
    }
    asked = client.post(address, data)
    page = asked.content.decode()
    assert asked.status_code == 409
    assert 'name="anyway"' in page and "22:10" in page
    assert not Session.objects.exists()
    assert client.post(address, {**data, "anyway": "on"}).status_code == 302
    assert Session.objects.get().starts_at.astimezone(SHANGHAI).hour == 22


def test_a_session_is_moved_from_the_pages(cast, client_as, mediation_of, session_of, rooms, people):
    mediation = mediation_of(agreed=True, room=rooms[0])
    session = session_of(mediation, beside=[people[1]])
    client, number = client_as(cast.mediator), mediation.petition.number
    address = reverse("mediation:move", args=[number, session.pk])
    assert address in client.get(reverse("mediation:case", args=[number])).content.decode()
    page = client.get(address).content.decode()
    assert "09:00" in page and "宋哥" in page
    data = {
        "room": rooms[1].pk,
        "mediator": cast.mediator.pk,
        "day": session.day,
        "start": "14:00",
        "end": "13:00",
    }
    wrong = client.post(address, data)
    assert wrong.status_code == 422 and "晚于" in wrong.content.decode()
    assert client.post(address, {**data, "end": "15:30"}).status_code == 302
    session.refresh_from_db()
    assert (session.hours, session.room, session.beside) == ("14:00–15:30", rooms[1], [])
    assert Petition.objects.visible_to(cast.actor("mediator")).filter(number=number).exists()


def earlier(session, cast, hours_ago=3, **fields):
    """What was booked for later took place some hours ago."""
    begun = now() - timedelta(hours=hours_ago)
    older(session.mediation)
    return record_session(
        mediation=session.mediation,
        actor=cast.actor("mediator"),
        room=session.room,
        starts_at=begun,
        ends_at=begun + timedelta(hours=1),
        record="提前开了。",
        result=Result.NOT_AGREED,
        instead_of=session,
        **fields,
    )


def test_a_session_held_before_its_time_takes_its_panel_along(cast, mediation_of, session_of, rooms, people):
    _one, two, _three = people
    mediation = mediation_of(agreed=True, room=rooms[0])
    older(mediation, 3)
    session = session_of(mediation, beside=[two])
    held = earlier(session, cast)
    assert {(name, at) for name, at, _gone in seats(held)} == {
        (cast.mediator.name, held.starts_at),
        (two.name, held.starts_at),
    }


def test_a_panel_of_women_stays_one_when_it_is_held_before_its_time(
    cast, mediation_of, session_of, rooms, people
):
    Mediator.objects.create(user=people[2], on_women_panels=True, changed_at=now())
    mediation = mediation_of(agreed=True, room=rooms[0])
    older(mediation, 3)
    session = session_of(mediation, mediator=people[2], women_only=True)
    assert "女性调解组" in refused(lambda: earlier(session, cast), "invalid")
