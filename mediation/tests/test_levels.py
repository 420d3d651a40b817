"""2+1+N: two attempts in the village, one in the area, then the town's committee as often as needed; every level may be
passed over or declined, and nothing moves by itself."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.converters import scattered
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines.services.sweeping import sweep
from mediation.enums import Leaving, Result, State
from mediation.models import Ladder, Level, StayClock
from mediation.services import ladders, levels
from mediation.services.ladders import NewLevel
from mediation.services.on_the_spot import record_session
from mediation.services.opening import end_mediation
from notifications.models import Notice
from petitions.models import Petition
from tests.mediating import older

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def refused(door, code):
    with pytest.raises(Refusal) as refusal:
        door()
    assert refusal.value.code == code
    return refusal.value.sentence


@pytest.fixture
def place(cast, room_of):
    """A village's room, the area's and the town's, each with its mediator."""
    people = []
    for number in (2, 3):
        person = User.objects.create(username=f"mediator{number}", name=f"调解员{number}")
        start = cast.post("mediator").valid_from
        Post.objects.create(user=person, unit=cast.units.mediation, role=Role.MEDIATOR, valid_from=start)
        people.append(person)
    village = room_of(name="楼道角", unit=cast.units.liuwan)
    area = room_of(name="片区小院", unit=cast.units.dongxi, mediators=[people[0]])
    town = room_of(name="镇调委会", unit=cast.units.dongxi, mediators=[people[1]])
    return SimpleNamespace(village=village, area=area, town=town, second=people[0], third=people[1])


@pytest.fixture
def matter(mediation_of, place):
    return older(mediation_of(agreed=True, room=place.village))


def fails(cast, mediation, number=0, actor="mediator", result=Result.NOT_AGREED, **more):
    """An attempt of this very day; ``number`` keeps them apart."""
    end = now() - timedelta(minutes=20 * number + 1)
    return record_session(
        mediation=mediation,
        actor=cast.actor(actor),
        room=mediation.room,
        starts_at=end - timedelta(minutes=10),
        ends_at=end,
        record="没有谈拢。",
        result=result,
        **more,
    )


def up(cast, mediation, place, name, leaving=Leaving.FAILED, *, room=None, mediator=None, **more):
    level = Level.objects.get(ladder__ended_at=None, name__startswith=name)
    return levels.hand_on(
        mediation=mediation,
        actor=cast.actor("petition_officer"),
        leaving=leaving,
        level=level,
        room=room or place.area,
        mediator=mediator or place.second,
        **more,
    )


def standing(mediation):
    return mediation.stays.get(ended_at=None)


def test_a_village_s_room_begins_at_the_first_level_and_any_other_at_the_last(mediation_of, place, cast):
    near, far = mediation_of(room=place.village), mediation_of(room=place.town, mediator=place.third)
    assert (standing(near).level.place, standing(far).level.place) == (1, 3)
    clock = StayClock.objects.get(stay=standing(near))
    assert local_day(clock.due_at) == local_day(now()) + 15 * DAY
    assert clock.rule.code == "mediation_level"


def test_two_and_one_and_as_often_as_needed(cast, matter, place, session_of):
    fails(cast, matter)
    assert levels.failed_attempts(standing(matter)) == 1
    fails(cast, matter, 1)
    assert levels.is_spent(standing(matter))
    assert "上一级" in refused(lambda: session_of(matter), "stale")
    assert "上一级" in refused(lambda: fails(cast, matter, 2), "stale")
    first = standing(matter)
    second = up(cast, matter, place, "片区")
    first.refresh_from_db()
    assert (first.leaving, first.clocks.get().running) == (Leaving.FAILED, False)
    assert (second.level.place, second.clocks.get().running) == (2, True)
    matter.refresh_from_db()
    assert (matter.room, matter.mediator, matter.state) == (place.area, place.second, State.HELD)
    fails(cast, matter, 2, actor="petition_officer")
    assert levels.is_spent(second)
    third = up(cast, matter, place, "乡镇", room=place.town, mediator=place.third)
    matter.refresh_from_db()
    for number in (3, 4, 5):
        fails(cast, matter, number, actor="petition_officer")
    assert not levels.is_spent(third)
    fails(cast, matter, 6, actor="petition_officer", result=Result.AGREED, agreement="每晚十点收摊。")
    matter.refresh_from_db()
    third.refresh_from_db()
    assert (matter.result, third.leaving, third.clocks.get().running) == (Result.AGREED, Leaving.ENDED, False)
    assert matter.sessions.filter(held_at__isnull=False).count() == 7


def test_what_goes_up_takes_the_record_and_the_consents_along_and_leaves_the_reader_behind(
    cast, matter, place, session_of
):
    planned = session_of(matter)
    fails(cast, matter)
    up(cast, matter, place, "片区")
    planned.refresh_from_db()
    assert planned.cancelled_at is not None
    assert matter.consents.filter(withdrawn_at=None).count() == 2
    assert matter.sessions.filter(result=Result.NOT_AGREED).count() == 1
    number = matter.petition.number
    former, present = cast.actor("mediator"), Post.objects.get(user=place.second)
    assert not Petition.objects.visible_to(former).filter(number=number).exists()
    assert Petition.objects.visible_to(Actor.of(present)).filter(number=number).exists()
    stay = standing(matter)
    told = Notice.objects.filter(dedupe_key__startswith=f"stay:{stay.pk}:")
    assert sorted(told.values_list("recipient_id", flat=True)) == sorted([cast.mediator.pk, place.second.pk])


def test_a_level_may_be_passed_over_with_a_word_and_declined_without_one(cast, matter, place):
    assert "为什么" in refused(lambda: up(cast, matter, place, "片区", Leaving.SKIPPED), "invalid")
    up(cast, matter, place, "片区", Leaving.DECLINED)
    stay = up(cast, matter, place, "乡镇", Leaving.SKIPPED, words="片区没有懂物业的人。")
    assert [one.leaving for one in matter.stays.order_by("id")] == [Leaving.DECLINED, Leaving.SKIPPED, ""]
    assert stay.level.place == 3


def test_no_failure_is_written_down_that_nobody_tried(cast, matter, place):
    assert "还没有调过" in refused(lambda: up(cast, matter, place, "片区"), "invalid")
    assert matter.stays.count() == 1


def test_it_goes_up_and_at_one_level_from_room_to_room_and_never_down(cast, matter, place):
    up(cast, matter, place, "片区", Leaving.DECLINED)
    refused(lambda: up(cast, matter, place, "村", Leaving.DECLINED), "invalid")
    refused(lambda: up(cast, matter, place, "片区", Leaving.DECLINED), "invalid")
    changed = up(cast, matter, place, "片区", Leaving.CHANGED, room=place.town, mediator=place.third)
    assert (changed.level.place, changed.room) == (2, place.town)
    refused(lambda: up(cast, matter, place, "乡镇", Leaving.CHANGED), "invalid")
    refused(lambda: up(cast, matter, place, "乡镇", Leaving.ENDED), "invalid")


def test_a_mediator_of_another_room_does_not_get_it(cast, matter, place):
    refused(lambda: up(cast, matter, place, "片区", Leaving.DECLINED, mediator=place.third), "invalid")
    assert matter.stays.count() == 1


@pytest.mark.parametrize("key", ["handler2", "leader", "inspector", "clerk", "outsider"])
def test_nobody_else_moves_it(cast, matter, place, key):
    level = Level.objects.get(place=2)
    door = {
        "mediation": matter,
        "leaving": Leaving.DECLINED,
        "level": level,
        "room": place.area,
        "mediator": place.second,
    }
    refused(lambda: levels.hand_on(actor=cast.actor(key), **door), "forbidden")


@pytest.mark.article(34)
def test_the_case_s_own_clocks_know_nothing_of_it(cast, matter, place):
    clocks = list(matter.petition.clocks.order_by("id").values_list("rule__code", "due_at", "stopped_at"))
    fails(cast, matter)
    up(cast, matter, place, "片区")
    end_mediation(mediation=matter, actor=cast.actor("petition_officer"), text="双方不再调")
    kept = list(matter.petition.clocks.order_by("id").values_list("rule__code", "due_at", "stopped_at"))
    assert kept == clocks
    assert not StayClock.objects.filter(stopped_at=None).exists()


def test_the_days_of_a_level_remind_the_mediator_then_the_head_then_the_office(cast, mediation_of, place):
    matter = mediation_of(room=place.village)
    stay, start = standing(matter), now()

    def told(days):
        sweep(StayClock, now=start + timedelta(days=days))
        rows = Notice.objects.filter(link=matter.get_absolute_url(), level__in=["soon", "late"])
        return {row.recipient_id for row in rows.exclude(dedupe_key__startswith="mediation:")}

    assert told(10) == set()
    assert told(13) == {cast.mediator.pk}
    assert told(16) == {cast.mediator.pk}
    assert told(22) >= {cast.mediator.pk, cast.petition_officer.pk}
    texts = Notice.objects.filter(text__contains="调解天数").values_list("text", flat=True)
    assert texts and all(matter.petition.number in text for text in texts)
    assert not any(matter.petition.subject in text for text in texts)
    stay.refresh_from_db()
    assert stay.ended_at is None  # reminding moves nothing


class TestLadders:
    def set(self, cast, rows, key="petition_officer", unit=None, name="1+N"):
        return ladders.set_ladder(actor=cast.actor(key), unit=unit, name=name, levels=rows)

    def test_a_new_one_ends_the_former_and_what_runs_stays_on_it(self, cast, matter, mediation_of, place):
        former = standing(matter).level.ladder
        made = self.set(cast, [NewLevel("村里", 1, 7), NewLevel("镇里", None, 20)])
        former.refresh_from_db()
        assert former.ended_at is not None and made.levels.count() == 2
        assert standing(matter).level.ladder == former
        assert standing(mediation_of(room=place.village)).level.ladder == made

    def test_the_nearest_one_holds(self, cast, mediation_of, place, room_of):
        own = self.set(cast, [NewLevel("东溪", None, 20)], unit=cast.units.dongxi, name="东溪")
        assert standing(mediation_of(room=place.village)).level.ladder == own
        elsewhere = room_of(name="石桥外", unit=cast.units.xishan)
        assert standing(mediation_of(room=elsewhere)).level.ladder.unit is None

    @pytest.mark.parametrize(
        "rows, words",
        [
            ([], "至少一级"),
            ([NewLevel("级", 1, 1)] * 6, "最多 5 级"),
            ([NewLevel("", 1, 1)], "名称"),
            ([NewLevel("村", 1, None)], "天数"),
            ([NewLevel("村", 1, 0)], "天数"),
            ([NewLevel("村", 1, 1000)], "天数"),
            ([NewLevel("村", None, 9), NewLevel("镇", None, 9)], "走不出来"),
            ([NewLevel("村", 100, 9)], "1 到 99"),
        ],
    )
    def test_one_without_an_end_and_other_slips_are_refused(self, cast, rows, words):
        kept = Ladder.objects.get(ended_at=None)
        assert words in refused(lambda: self.set(cast, rows), "invalid")
        assert Ladder.objects.get(ended_at=None) == kept

    @pytest.mark.parametrize("key", ["mediator", "handler", "unit_head", "leader", "clerk"])
    def test_only_the_petition_office_sets_it(self, cast, key):
        refused(lambda: self.set(cast, [NewLevel("村", 1, 9)], key=key), "forbidden")

    def test_from_the_page(self, cast, client_as):
        client, address = client_as(cast.petition_officer), reverse("mediation:ladders")
        data = {
            "name": "1+N",
            "name1": "村里",
            "attempts1": "1",
            "days1": "7",
            "name2": "镇里",
            "days2": "20",
        }
        bad = client.post(address, data | {"attempts1": ""})
        assert (
            bad.status_code == 422 and "走不出来" in bad.content.decode() and "镇里" in bad.content.decode()
        )
        assert client.post(address, data).status_code == 302
        assert "镇里" in client.get(address).content.decode()
        assert Ladder.objects.get(ended_at=None).levels.count() == 2


def test_from_the_page_of_the_case(cast, client_as, matter, place):
    client = client_as(cast.petition_officer)
    page, number = reverse("mediation:case", args=[matter.petition.number]), matter.petition.number
    assert "还可以调 2 次" in client.get(page).content.decode()
    fails(cast, matter)
    fails(cast, matter, 1)
    spent = client.get(page).content.decode()
    assert "本级次数已满" in spent and reverse("mediation:schedule", args=[number]) not in spent
    data = {
        "leaving": Leaving.FAILED,
        "level": scattered(Level.objects.get(place=2).pk),
        "room": place.area.pk,
        "mediator": place.second.pk,
    }
    address = reverse("mediation:hand_on", args=[number])
    wrong = client.post(address, data | {"mediator": place.third.pk, "words": "双方都愿意"})
    assert wrong.status_code == 422
    assert "双方都愿意" in wrong.content.decode()
    assert client.post(address, data).status_code == 302
    shown = client.get(page).content.decode()
    assert "片区调解" in shown and "本级未调成" in shown
