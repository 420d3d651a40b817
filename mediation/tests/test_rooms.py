from datetime import datetime, time

import pytest
from django.urls import reverse

from core.errors import Refusal
from core.timekeeping import SHANGHAI, now
from mediation import qr
from mediation.enums import DisputeKind
from mediation.models import Mediator
from mediation.people_enums import RoomKind
from mediation.week import Span, covers, read_day, week_words

pytestmark = pytest.mark.django_db

WEEK = [Span(day, time(8, 30), time(17, 30)) for day in range(5)]


@pytest.mark.parametrize(
    "text, spans",
    [
        ("", []),
        ("8:30-12:00", [(8, 30, 12, 0)]),
        ("8:30–12:00，13:30–17:30", [(8, 30, 12, 0), (13, 30, 17, 30)]),
        ("13：30至17：30 8：30～12：00", [(8, 30, 12, 0), (13, 30, 17, 30)]),
    ],
)
def test_hours_are_read_as_people_write_them(text, spans):
    assert read_day(2, text) == [Span(2, time(a, b), time(c, d)) for a, b, c, d in spans]


@pytest.mark.parametrize(
    "text, words",
    [
        ("上午", "请写成"),
        ("8:30–12:00 有时", "请写成"),
        ("8:30–25:00", "23:59"),
        ("12:00–8:30", "晚于"),
        ("8:00–12:00，11:00–13:00", "重叠"),
        ("8:00–9:00，9:00–10:00，10:00–11:00，11:00–12:00，13:00–14:00", "最多"),
    ],
)
def test_hours_that_cannot_be_are_told_what_to_write(text, words):
    with pytest.raises(Refusal) as refusal:
        read_day(0, text)
    assert words in refusal.value.sentence


def test_weekdays_of_the_same_hours_stand_in_one_line():
    assert week_words([*WEEK, Span(6, time(9), time(11))]) == [
        ("周一至周五", "08:30–17:30"),
        ("周日", "09:00–11:00"),
    ]


@pytest.mark.parametrize(
    "start, end, inside",
    [((8, 30), (17, 30), True), ((8, 0), (9, 0), False), ((17, 0), (18, 0), False)],
)
def test_a_time_lies_in_the_hours_of_its_day_or_not(start, end, inside):
    monday = datetime(2026, 11, 23, tzinfo=SHANGHAI)
    moments = (monday.replace(hour=h, minute=m) for h, m in (start, end))
    assert covers(WEEK, *moments) is inside


def test_a_room_keeps_what_is_known_of_it(room_of):
    room = room_of(
        kind=RoomKind.COURTYARD,
        brand="解忧小院",
        directions="3 路车到河沿站",
        seats=12,
        video=True,
        disputes=[DisputeKind.DEBT, DisputeKind.NEIGHBOURS],
        opening=WEEK,
    )
    room.refresh_from_db()
    assert room.dispute_words == "邻里、债务"
    assert [row.span for row in room.opening.all()] == WEEK
    assert (room.get_kind_display(), room.seats, room.video) == ("小院", 12, True)


@pytest.mark.parametrize("fields", [{"seats": 0}, {"seats": 10**9}, {"opening": [WEEK[0], WEEK[0]]}])
def test_a_room_with_figures_that_cannot_be_is_refused(room_of, fields):
    with pytest.raises(Refusal):
        room_of(**fields)


def test_residents_read_how_to_get_there_and_who_agreed_to_be_shown(cast, client, room_of):
    room = room_of(opening=WEEK, directions="3 路车到河沿站", disputes=[DisputeKind.NEIGHBOURS])
    address = reverse("mediation:room", args=[room.pk])
    page = client.get(address).content.decode()
    for words in ("周一至周五", "3 路车到河沿站", "邻里", "data:image/svg+xml", "自愿"):
        assert words in page
    assert cast.mediator.name not in page
    card = Mediator.objects.create(user=cast.mediator, fields=["debt"], changed_at=now())
    assert cast.mediator.name not in client.get(address).content.decode()
    Mediator.objects.filter(pk=card.pk).update(shown=True)
    page = client.get(address).content.decode()
    assert cast.mediator.name in page and "债务" in page
    cast.post("mediator").delete()
    assert cast.mediator.name not in client.get(address).content.decode()


def test_a_room_that_is_not_published_has_no_page(client, room_of):
    room = room_of(published=False)
    assert client.get(reverse("mediation:room", args=[room.pk])).status_code == 404


def test_the_code_leads_to_filing_here(client, room_of):
    room = room_of()
    page = client.get(reverse("mediation:room", args=[room.pk])).content.decode()
    assert qr.filing_path(room) == reverse("mediation:room_file", args=[room.pk])
    assert f'href="{qr.filing_path(room)}"' in page


def test_the_hours_of_a_room_are_kept_as_typed_when_one_line_is_wrong(cast, client_as):
    client = client_as(cast.petition_officer)
    data = {"unit": cast.units.xishan.pk, "name": "宋哥调解室", "address": "西山路1号", "day_0": "8:30–12:00"}
    address = reverse("mediation:room_add")
    wrong = client.post(address, {**data, "day_1": "全天"})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "请写成" in page and "全天" in page and "8:30–12:00" in page
    assert client.post(address, data).status_code == 302


def test_a_rooms_page_costs_the_same_for_one_and_three(cast, client, room_of, django_assert_num_queries):
    room = room_of(opening=WEEK)
    address = reverse("mediation:room", args=[room.pk])
    Mediator.objects.create(user=cast.mediator, shown=True, changed_at=now())
    with django_assert_num_queries(3):
        client.get(address)
    for key in ("handler", "clerk"):
        person = getattr(cast, key)
        Mediator.objects.create(user=person, shown=True, changed_at=now())
        post = cast.post("mediator")
        post.pk, post.user = None, person
        post.save()
        room.mediators.add(person)
    with django_assert_num_queries(3):
        page = client.get(address).content.decode()
    assert all(person.name in page for person in (cast.mediator, cast.handler, cast.clerk))
