"""Duty rosters: a week on one page, whoever goes writes what is open, the next one confirms it."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.in_office import InOffice
from accounts.models import AuditEntry, DutyShift, Post, User
from accounts.services import duty
from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day, now

pytestmark = pytest.mark.django_db
DAY, NIGHT = 0, 1


@pytest.fixture
def colleague(cast):
    user = User.objects.create(username="colleague", name="李四")
    Post.objects.create(user=user, unit=cast.units.urban, role=Role.HANDLER, valid_from=date(2020, 1, 1))
    return user


@pytest.fixture
def monday():
    """Of the week after the next."""
    return duty.monday_of(local_day(now())) + timedelta(days=14)


@pytest.fixture
def plan(cast, monday):
    def make(turns, *, by="unit_head", at=None):
        given = {(monday + timedelta(days=n), place): user for (n, place), user in turns.items()}
        return duty.plan(unit=cast.units.urban, turns=given, by=cast.actor(by), at=at)

    return make


def test_a_night_ends_the_next_morning(monday):
    starts, ends = duty.hours_of(monday, NIGHT)
    assert (starts.hour, ends.date() - starts.date()) == (17, timedelta(days=1))
    assert duty.hours_of(monday, DAY)[1] == starts


def test_a_week_is_planned_changed_and_kept(plan, cast, colleague, monday):
    assert plan({(0, DAY): cast.handler, (0, NIGHT): colleague}) == 2
    assert plan({(0, DAY): cast.handler, (0, NIGHT): cast.unit_head, (1, DAY): None}) == 1
    given = duty.week_of(cast.units.urban, monday)
    assert {turn: row.user for turn, row in given.items()} == {
        (monday, DAY): cast.handler, (monday, NIGHT): cast.unit_head,
    }  # fmt: skip
    assert AuditEntry.objects.filter(act="duty.plan").count() == 2


def test_what_has_begun_stays_as_it_was(plan, cast, colleague, monday):
    plan({(0, DAY): cast.handler})
    later = datetime.combine(monday, datetime.min.time(), SHANGHAI) + timedelta(hours=12)
    assert plan({(0, DAY): colleague}, at=later) == 0
    assert DutyShift.objects.get().user == cast.handler


@pytest.mark.parametrize("by", ["handler", "unit_head2", "sysadmin", "leader"])
def test_nobody_but_the_units_head_plans(plan, cast, by):
    with pytest.raises(Refusal, match="本单位负责人"):
        plan({(0, DAY): cast.handler}, by=by)


def test_whoever_does_not_work_there_is_refused_and_nothing_is_kept(plan, cast):
    with pytest.raises(Refusal, match="不是本单位"):
        plan({(0, DAY): cast.handler, (1, DAY): cast.handler2})
    assert not DutyShift.objects.exists()


def test_nobody_is_on_duty_in_two_places_at_once(plan, cast, monday):
    Post.objects.create(
        user=cast.handler, unit=cast.units.housing, role=Role.HANDLER, valid_from=date(2020, 1, 1)
    )
    plan({(0, DAY): cast.handler})
    with pytest.raises(Refusal, match="同一时段已有值班"):
        duty.plan(unit=cast.units.housing, turns={(monday, DAY): cast.handler}, by=cast.actor("unit_head2"))
    row = DutyShift.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyShift.objects.create(
            unit=cast.units.housing, user=cast.handler, starts_at=row.starts_at, ends_at=row.ends_at
        )


class TestHandingOver:
    @pytest.fixture
    def turns(self, plan, cast, colleague):
        plan({(0, DAY): cast.handler, (0, NIGHT): colleague})
        return list(DutyShift.objects.order_by("starts_at"))

    def test_the_one_who_goes_writes_and_the_next_confirms(self, turns, cast, colleague):
        first, second = turns
        at = first.ends_at - timedelta(minutes=5)
        duty.hand_over(shift=first, by=cast.actor("handler"), note="一件待回电。", at=at)
        done = duty.take_over(shift=first, by=actor_of(colleague), at=second.starts_at)
        assert (done.note, done.taken_over_by) == ("一件待回电。", colleague)
        with pytest.raises(Refusal, match="不能再改"):
            duty.hand_over(shift=first, by=cast.actor("handler"), note="改。", at=second.starts_at)

    def test_not_before_it_is_written_nor_by_another(self, turns, cast, colleague):
        first, second = turns
        with pytest.raises(Refusal, match="还没有填写"):
            duty.take_over(shift=first, by=actor_of(colleague), at=second.starts_at)
        with pytest.raises(Refusal, match="当班人填写"):
            duty.hand_over(shift=first, by=cast.actor("unit_head"), note="无", at=first.ends_at)
        with pytest.raises(Refusal, match="下一班"):
            duty.take_over(shift=first, by=cast.actor("unit_head"), at=second.starts_at)

    def test_nor_before_the_turn_has_begun_nor_without_a_word(self, turns, cast):
        with pytest.raises(Refusal, match="还没有开始"):
            duty.hand_over(shift=turns[0], by=cast.actor("handler"), note="无")
        with pytest.raises(Refusal, match="请写明"):
            duty.hand_over(shift=turns[0], by=cast.actor("handler"), note=" ", at=turns[0].ends_at)


def actor_of(user):
    from accounts.actor import Actor

    return Actor.of(user.posts.get())


class TestWhoIsOnDuty:
    def test_it_is_looked_up_at_the_moment(self, plan, cast, colleague):
        plan({(0, DAY): cast.handler, (0, NIGHT): colleague})
        first, second = DutyShift.objects.order_by("starts_at")
        on = [
            {post.user for post in InOffice(at).on_duty(cast.units.urban)}
            for at in (first.starts_at, second.starts_at, second.ends_at)
        ]
        assert on == [{cast.handler}, {colleague}, set()]

    def test_whoever_has_left_is_not_on_duty(self, plan, cast, monday):
        plan({(0, DAY): cast.handler})
        Post.objects.filter(user=cast.handler).update(valid_until=monday)
        assert InOffice(DutyShift.objects.get().starts_at).on_duty(cast.units.urban) == []


class TestPages:
    def test_the_head_enters_a_week(self, cast, client_as, colleague, monday):
        client = client_as(cast.unit_head)
        url = reverse("accounts:duty_week") + f"?from={monday}"
        assert client.get(url).status_code == 200
        assert client.post(url, {"t0_0": cast.handler.pk, "t0_1": colleague.pk}).status_code == 302
        assert DutyShift.objects.count() == 2
        assert "陈立" in client.get(url).content.decode()

    def test_others_see_it_and_do_not_plan(self, cast, client_as):
        client = client_as(cast.handler)
        assert client.get(reverse("accounts:duty")).status_code == 200
        assert client.get(reverse("accounts:duty_week")).status_code == 403

    def test_what_is_open_is_between_the_two_and_their_head(self, cast, client_as, colleague):
        at = now()
        third = User.objects.create(username="third", name="王五")
        Post.objects.create(user=third, unit=cast.units.urban, role=Role.HANDLER, valid_from=date(2020, 1, 1))
        first = DutyShift.objects.create(
            unit=cast.units.urban, user=cast.handler, starts_at=at - timedelta(hours=8), ends_at=at
        )
        DutyShift.objects.create(
            unit=cast.units.urban, user=colleague, starts_at=at, ends_at=at + timedelta(hours=8)
        )
        url = reverse("accounts:duty_hand_over", args=[first.pk])
        assert client_as(cast.handler).post(url, {"note": ""}).status_code == 422
        assert client_as(cast.handler).post(url, {"note": "一件待回电"}).status_code == 302
        read = {
            user.name: "一件待回电" in client_as(user).get(reverse("accounts:duty")).content.decode()
            for user in (cast.handler, colleague, cast.unit_head, third)
        }
        assert read == {"陈立": True, "李四": True, "赵建国": True, "王五": False}
        take = reverse("accounts:duty_take_over", args=[first.pk])
        assert client_as(third).post(take).status_code == 403
        assert client_as(cast.handler2).post(take).status_code == 404
        assert client_as(colleague).post(take).status_code == 302
