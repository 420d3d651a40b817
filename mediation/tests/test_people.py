"""Mediators' cards, pools of experts, and who stands for a room."""

from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import local_day, now
from mediation.enums import DisputeKind
from mediation.models import Mediator, Pool, RoomDuty
from mediation.people_enums import Grade, Language, MediatorKind, Presence
from mediation.services.duties import forget_old_notes, hand_over, keep_duty, take_over
from mediation.services.mediators import MediatorCard, keep_mediator, keep_pool
from mediation.tasks import forget_room_duties
from mediation.tests.test_doors import refused
from mediation.week import Span

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(cast):
    person = User.objects.create(username="mediator2", name="宋哥")
    Post.objects.create(
        user=person,
        unit=cast.units.mediation,
        role=Role.MEDIATOR,
        valid_from=cast.post("mediator").valid_from,
    )
    return person


def keep(cast, user=None, key="petition_officer", **fields):
    return keep_mediator(actor=cast.actor(key), user=user or cast.mediator, card=MediatorCard(**fields))


def test_a_card_says_what_somebody_can_do_and_when(cast):
    card = keep(
        cast,
        kind=MediatorKind.VILLAGER,
        fields=[DisputeKind.LAND, DisputeKind.NEIGHBOURS],
        languages=[Language.WU],
        grade=Grade.GOLD,
        presence=Presence.RESIDENT,
        villages=[cast.units.liuwan],
        available=[Span(2, time(9), time(11))],
        days_off=[(date(2026, 12, 1), date(2026, 12, 5))],
    )
    assert (card.field_words, card.language_words, card.get_grade_display()) == (
        "邻里、土地承包",
        "吴语",
        "金牌调解员",
    )
    again = keep(cast, fields=[DisputeKind.DEBT])
    assert again.pk == card.pk
    assert (again.available.count(), again.days_off.count(), again.villages.count()) == (0, 0, 0)


@pytest.mark.parametrize("key", ["mediator", "handler", "unit_head", "leader", "clerk", "outsider"])
def test_nobody_else_keeps_cards_pools_or_rosters(cast, room_of, key):
    room, day = room_of(), local_day(now())
    refused(lambda: keep(cast, key=key), "forbidden")
    actor = cast.actor(key)
    refused(lambda: keep_pool(actor=actor, name="片区", units=[cast.units.dongxi]), "forbidden")
    refused(lambda: keep_duty(actor=actor, room=room, user=cast.mediator, first=day, last=day), "forbidden")


def test_a_card_that_cannot_be_is_refused(cast):
    day = date(2026, 12, 5)
    for fields in (
        {"days_off": [(day, day - timedelta(days=1))]},
        {"days_off": [(day, day)] * 21},
        {"available": [Span(0, time(9), time(8))]},
    ):
        refused(lambda fields=fields: keep(cast, **fields), "invalid")
    refused(lambda: keep(cast, user=cast.handler), "invalid")
    assert not Mediator.objects.exists()


def test_the_officer_keeps_cards_and_pools_from_the_pages(cast, client_as, other):
    client = client_as(cast.petition_officer)
    address = reverse("mediation:mediator_change", args=[cast.mediator.pk])
    data = {
        "kind": "lawyer",
        "presence": "rotating",
        "fields_known": ["debt"],
        "day_1": "9:00–11:00",
        "days_off": "2026-12-1至2026-12-05\n2026-12-24",
        "shown": "on",
    }
    for wrong in ({"days_off": "下周"}, {"days_off": "2026-13-01"}, {"kind": ""}, {"day_1": "11:00–9:00"}):
        page = client.post(address, data | wrong)
        assert page.status_code == 422
        assert all(text in page.content.decode() for text in wrong.values())
    assert client.post(address, data).status_code == 302
    card = Mediator.objects.get()
    assert [(one.first.day, one.last.day) for one in card.days_off.all()] == [(1, 5), (24, 24)]
    assert "2026-12-24" in client.get(address).content.decode()
    pool = {"name": "东片专家库", "units": [cast.units.dongxi.pk], "members": [card.pk]}
    assert client.post(reverse("mediation:pool_add"), {**pool, "units": []}).status_code == 422
    assert client.post(reverse("mediation:pool_add"), pool).status_code == 302
    again = client.post(reverse("mediation:pool_add"), pool)
    assert again.status_code == 422 and "同名" in again.content.decode()
    change = reverse("mediation:pool_change", args=[Pool.objects.get().pk])
    assert client.post(change, {**pool, "name": "东南片专家库"}).status_code == 302
    page = client.get(reverse("mediation:mediator_list")).content.decode()
    assert "东南片专家库" in page and "律师" in page and "宋哥" in page
    assert client.get(reverse("mediation:mediator_change", args=[cast.handler.pk])).status_code == 404


def test_the_list_of_mediators_shows_load_and_costs_the_same_for_one_and_three(
    cast, client_as, mediation_of, django_assert_num_queries
):
    client = client_as(cast.petition_officer)
    mediation_of()
    keep(cast, villages=[cast.units.liuwan])
    address = reverse("mediation:mediator_list")
    client.get(address)
    with django_assert_num_queries(10):
        page = client.get(address)
    assert page.context["people"][0].load == 1
    for n in range(2):
        person = User.objects.create(username=f"more{n}", name=f"调解员{n}")
        Post.objects.create(
            user=person,
            unit=cast.units.mediation,
            role=Role.MEDIATOR,
            valid_from=cast.post("mediator").valid_from,
        )
        keep(cast, user=person, villages=[cast.units.shiqiao])
    with django_assert_num_queries(10):
        client.get(address)


# 轮值院长


@pytest.fixture
def roster(cast, room_of, other):
    """The cast's mediator today, the other one tomorrow."""
    room, day = room_of(mediators=[cast.mediator, other]), local_day(now())
    officer = cast.actor("petition_officer")
    for n, user in enumerate((cast.mediator, other)):
        keep_duty(
            actor=officer, room=room, user=user, first=day + timedelta(days=n), last=day + timedelta(days=n)
        )
    return list(RoomDuty.objects.order_by("day"))


def test_a_day_is_handed_over_by_whoever_had_it_and_taken_by_the_next(cast, roster, other):
    today, tomorrow = roster
    mine, theirs = cast.actor("mediator"), Actor.of(other.posts.get())
    refused(lambda: take_over(duty=today, actor=theirs), "stale")
    refused(lambda: hand_over(duty=today, actor=theirs, note="无"), "forbidden")
    refused(lambda: hand_over(duty=tomorrow, actor=theirs, note="无"), "invalid")
    refused(lambda: hand_over(duty=today, actor=mine, note=" "), "invalid")
    assert hand_over(duty=today, actor=mine, note="李家的事明天再约。").note.startswith("李家")
    refused(lambda: hand_over(duty=today, actor=mine, note="无"), "stale")
    refused(lambda: take_over(duty=today, actor=mine), "forbidden")
    assert take_over(duty=today, actor=theirs).taken_by == other
    refused(lambda: take_over(duty=today, actor=theirs), "stale")


def test_a_roster_is_of_days_to_come_and_of_people_of_the_room(cast, roster, other):
    room, day, officer = roster[0].room, local_day(now()), cast.actor("petition_officer")

    def plan(user=other, first=day, last=day):
        return keep_duty(actor=officer, room=room, user=user, first=first, last=last)

    assert "名单" in refused(lambda: plan(user=cast.handler), "invalid")
    refused(lambda: plan(first=day - timedelta(days=1)), "invalid")
    refused(lambda: plan(last=day - timedelta(days=1)), "invalid")
    refused(lambda: plan(last=day + timedelta(days=90)), "invalid")
    refused(lambda: plan(last=date.max), "invalid")
    assert plan(last=day + timedelta(days=6)) == 7
    assert set(RoomDuty.objects.values_list("user__name", flat=True)) == {"宋哥"}
    hand_over(duty=RoomDuty.objects.order_by("day").first(), actor=Actor.of(other.posts.get()), note="无")
    refused(lambda: plan(user=cast.mediator), "stale")


def test_the_roster_from_the_pages(cast, client_as, roster, other):
    address = reverse("mediation:room_duty", args=[roster[0].room_id])
    officer, mediator, second = (client_as(one) for one in (cast.petition_officer, cast.mediator, other))
    day = local_day(now()) + timedelta(days=3)
    keep = reverse("mediation:duty_keep", args=[roster[0].room_id])
    wrong = officer.post(keep, {"user": other.pk, "first": day, "last": "那天"})
    assert wrong.status_code == 422 and "那天" in wrong.content.decode()
    assert officer.post(keep, {"user": other.pk, "first": day, "last": day}).status_code == 302
    assert mediator.post(keep, {"user": other.pk, "first": day, "last": day}).status_code == 403
    note = reverse("mediation:hand_over", args=[roster[0].pk])
    assert note in mediator.get(address).content.decode()
    assert mediator.post(note, {"note": ""}).status_code == 422
    assert mediator.post(note, {"note": "李家的事明天再约。"}).status_code == 302
    taken = reverse("mediation:take_over", args=[roster[0].pk])
    page = second.get(address).content.decode()
    assert "李家的事明天再约" in page and taken in page
    assert mediator.post(taken).status_code == 403
    assert second.post(taken).status_code == 302
    with pytest.raises(Refusal):
        take_over(duty=roster[0], actor=Actor.of(other.posts.get()))


def test_what_was_handed_over_is_sealed_and_emptied_after_a_year(cast, roster):
    duty = hand_over(duty=roster[0], actor=cast.actor("mediator"), note="李家的事明天再约。")
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM mediation_roomduty WHERE id = %s", [duty.pk])
        assert "李家".encode() not in bytes(cursor.fetchone()[0])
    duty.refresh_from_db()
    assert duty.note == "李家的事明天再约。"
    forget_room_duties()
    assert forget_old_notes(now() + timedelta(days=370)) == 1
    duty.refresh_from_db()
    assert (duty.note, duty.noted_at is None) == ("", False)
